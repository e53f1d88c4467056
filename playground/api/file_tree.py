"""The nodes of file systems in memory, and bases that many file systems begin with.

A base is built once and shared: a file system that begins with it holds nothing of its own until something in it
changes. What changes is copied first, with the directories above it, as an overlay file system does.
"""

import errno
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

ROOT: Final = "root"
DEVICES: Final = ("null", "random", "urandom", "zero")
"""What lies in ``/dev``. As files they are empty; what they give is up to who opens them."""
_PROGRAM: Final = b"\x7fELF\x02\x01\x01"

_SENTENCES: Final = {
    errno.ENOENT: "No such file or directory",
    errno.EACCES: "Permission denied",
    errno.EEXIST: "File exists",
    errno.ENOTDIR: "Not a directory",
    errno.EISDIR: "Is a directory",
    errno.EINVAL: "Invalid argument",
    errno.ENOSPC: "No space left on device",
    errno.ENOTEMPTY: "Directory not empty",
    errno.ENAMETOOLONG: "File name too long",
    errno.EBUSY: "Device or resource busy",
    errno.EPERM: "Operation not permitted",
    errno.ELOOP: "Too many levels of symbolic links",
    errno.EROFS: "Read-only file system",
    errno.EXDEV: "Invalid cross-device link",
}

Differences = list[tuple[str, Literal["changed", "added", "deleted"]]]
"""Absolute paths, and what happened there."""


def file_error(number: int, path: str) -> OSError:
    return OSError(number, _SENTENCES[number], path)


@dataclass(slots=True)
class Node:
    """A file (``data``), a directory (``entries``), a symbolic link (``target``), a socket, or a device (none)."""

    owner: str
    mode: int
    changed_us: int
    number: int
    data: bytes | bytearray | None = None
    entries: "dict[str, Node] | None" = None
    group: str = ""
    """Another than the owner's own."""
    is_socket: bool = False
    shared: bool = False
    """Part of a base: never changed, only copied."""
    target: str | None = None
    """Where a symbolic link points."""
    links: int = 1
    """In how many directories a file lies."""


class Base:
    """What file systems begin with: a few devices, a ``/tmp``, and what is given.

    ``files`` maps absolute paths to contents; a path that ends in ``/`` is an empty directory. ``programs`` are
    paths of files that may be executed; the emulation knows them by name, so there is nothing to read in them.
    ``links`` maps paths to what the symbolic links there point to; what is given below such a path lies behind it.
    ``on`` is a base to begin with.
    """

    def __init__(
        self,
        files: Mapping[str, bytes] | None = None,
        programs: Iterable[str] = (),
        *,
        modes: Mapping[str, int] | None = None,
        owners: Mapping[str, str] | None = None,
        links: Mapping[str, str] | None = None,
        changed_us: int = 0,
        on: "Base | None" = None,
        bare: bool = False,
    ) -> None:
        self._changed_us = changed_us
        self.next_number: int = on.next_number if on else 2
        self.root: Node = on.root if on else self._made(0o755, entries={})
        if on is None and not bare:
            for name in DEVICES:
                self._put(f"/dev/{name}", self._made(0o666))
            self._put("/tmp", self._made(0o1777, entries={}))
        for path, target in (links or {}).items():
            self._put(path, self._made(0o777, target=target))
        for path, data in (files or {}).items():
            self._put(path.rstrip("/"), None if path.endswith("/") else self._made(0o644, data=data))
        for path in programs:
            self._put(path, self._made(0o755, data=_PROGRAM))
        for path, mode in (modes or {}).items():
            self._put(path, None).mode = mode
        for path, owner in (owners or {}).items():
            self._put(path, None).owner = owner

    def _made(
        self, mode: int, data: bytes | None = None, entries: dict[str, Node] | None = None, target: str | None = None
    ) -> Node:
        self.next_number += 1
        return Node(ROOT, mode, self._changed_us, self.next_number, data, entries, shared=True, target=target)

    def _put(self, path: str, node: Node | None) -> Node:
        """Put a node in its place, or find the directory there; what lies above it is copied or made."""
        self.root = above = replace(self.root, entries=dict(self.root.entries or {}))
        parts = path.split("/")[1:]
        for position, part in enumerate(parts):
            assert above.entries is not None
            last = position == len(parts) - 1
            there = above.entries.get(part)
            if last and node is not None:
                above.entries[part] = node
                return node
            if there is not None and there.target is not None:
                behind = (
                    there.target if there.target.startswith("/") else "/".join(("", *parts[:position], there.target))
                )
                return self._put("/".join((behind, *parts[position + 1 :])), node)
            if there is None:
                there = self._made(0o755, entries={})
            else:
                there = replace(there, entries=None if there.entries is None else dict(there.entries))
            above.entries[part] = there
            above = there
        return above


PLAIN: Final = Base()
"""Nothing but the devices and ``/tmp``."""
BARE: Final = Base(bare=True)
"""Nothing at all."""


@dataclass(slots=True)
class Tree:
    """What all views of one file system share. Bounds and counts are of what is not shared with the base."""

    clock: Callable[[], int]
    max_bytes: int
    max_nodes: int
    base: Base
    root: Node = field(init=False)
    used_bytes: int = 0
    used_nodes: int = 0
    next_number: int = field(init=False)
    draws: int = 0
    read_only: bool = False
    """Nothing in it can be changed; what is mounted in it can."""
    mounts: "dict[str, Mounted]" = field(default_factory=dict)
    """By absolute path without links: what is seen there instead of this file system's own."""

    def __post_init__(self) -> None:
        self.root = self.base.root
        self.next_number = self.base.next_number

    def make(
        self,
        owner: str,
        mode: int,
        data: bytes | None = None,
        entries: dict[str, Node] | None = None,
        path: str = "",
        target: str | None = None,
    ) -> Node:
        self._count(path)
        self.next_number += 1
        return Node(owner, mode, self.clock(), self.next_number, data, entries, target=target)

    def own(self, node: Node, path: str) -> Node:
        """The node itself, or a copy of one that is the base's, which the caller puts in its place.

        Raises:
            OSError: there is no space for it.
        """
        if not node.shared:
            return node
        self.reserve(len(node.data or b""), path)
        self._count(path)
        return replace(node, entries=None if node.entries is None else dict(node.entries), shared=False)

    def _count(self, path: str) -> None:
        if self.used_nodes >= self.max_nodes:
            raise file_error(errno.ENOSPC, path)
        self.used_nodes += 1

    def reserve(self, count: int, path: str) -> None:
        """Account for ``count`` more bytes (or fewer)."""
        if count > 0 and self.used_bytes + count > self.max_bytes:
            raise file_error(errno.ENOSPC, path)
        self.used_bytes += count

    def forget(self, node: Node) -> None:
        """A node has been taken out of one of its directories."""
        node.links -= not node.shared
        if not node.shared and not node.links:
            self.used_nodes -= 1
            self.used_bytes -= len(node.data or b"")


@dataclass(frozen=True, slots=True)
class Place:
    """A name in a directory, there to be changed unless its file system is read-only; ``path`` has no links."""

    tree: Tree
    directory: Node
    name: str
    path: str
    read_only: bool

    @property
    def entries(self) -> "dict[str, Node]":
        assert self.directory.entries is not None
        return self.directory.entries


@dataclass(frozen=True, slots=True)
class Mounted:
    """A directory or file of ``tree``, seen in another file system, by whatever name it has in its own.

    ``node`` is none of a base, so that it stays the same when something in it changes.
    """

    tree: Tree
    node: Node
    read_only: bool


Steps = list[tuple[str, Node, Mounted | None]]
"""From the root down: the name of each node in the one above, the node, and the mount through which it is seen."""


def differences(before: Node, now: Node, skip: Callable[[str], bool], path: str = "") -> Differences:
    """What changed, by path, directories before what they hold; the root itself is left out.

    ``skip`` says of a path that it, and what lies below it, does not count.
    """
    if before is now:
        return []
    old, new = before.entries or {}, now.entries or {}
    below: Differences = []
    for name in sorted({**old, **new}):
        inner = f"{path}/{name}"
        if skip(inner):
            continue
        if name not in new:
            below.append((inner, "deleted"))
        elif name not in old:
            below += _all_of(new[name], skip, inner)
        else:
            below += differences(old[name], new[name], skip, inner)
    itself = _facts(before) != _facts(now)
    return [(path, "changed"), *below] if path and (below or itself) else below


def _facts(node: Node) -> tuple[object, ...]:
    return node.mode, node.owner, node.group, node.data, node.target


def _all_of(node: Node, skip: Callable[[str], bool], path: str) -> Differences:
    found: Differences = [(path, "added")]
    for name, below in sorted((node.entries or {}).items()):
        if not skip(f"{path}/{name}"):
            found += _all_of(below, skip, f"{path}/{name}")
    return found
