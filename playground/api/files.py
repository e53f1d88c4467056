"""A file system in memory: what the programs of one emulated machine or container see as theirs.

Directories, regular files, links and a few devices, with owners, modes and times. Errors are the ones Linux gives,
as ``OSError`` with ``errno``, ``strerror`` and ``filename``. How much one file system may hold is bounded, so
that nobody can fill the server's memory: past the bounds it answers "No space left on device".
"""

import errno
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from playground.api.file_tree import PLAIN, ROOT, Base, Differences, Node, Steps, Tree, differences, file_error

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_NODES: Final = 4096
MAX_NAME: Final = 255
MAX_PATH: Final = 4096
MAX_LINKS: Final = 40
"""Symbolic links on the way to one file."""


@dataclass(frozen=True, slots=True)
class FileStatus:
    """What ``stat`` tells. ``kind``: ``file``, ``directory``, ``link``, ``socket``, ``device``; µs since 1970."""

    kind: str
    mode: int
    owner: str
    size: int
    changed_us: int
    number: int
    links: int
    group: str


def normal(path: str, directory: str = "/") -> str:
    """Return ``path``, seen from ``directory``, as an absolute path without ``.``, ``..`` and doubled slashes."""
    whole = path if path.startswith("/") else f"{directory}/{path}"
    parts: list[str] = []
    for part in whole.split("/"):
        if part == "..":
            if parts:
                parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


class MemoryFiles:
    """One view of a file system: the whole tree, with a current directory and a user.

    It begins with ``base``; ``initial`` is written over that: absolute paths and contents, missing directories are
    made, a path that ends in ``/`` is an empty directory. ``at`` gives further views of the same tree. ``clock``
    tells the time in microseconds since 1970.
    """

    __slots__ = ("_tree", "directory", "user")

    def __init__(
        self,
        initial: Mapping[str, bytes] | None = None,
        directory: str = "/",
        *,
        base: Base = PLAIN,
        clock: Callable[[], int] = lambda: 0,
        max_bytes: int = MAX_BYTES,
        max_nodes: int = MAX_NODES,
    ) -> None:
        self._tree = Tree(clock, max_bytes, max_nodes, base)
        self.directory = normal(directory)
        self.user = ROOT
        for path, data in (initial or {}).items():
            if path.endswith("/"):
                self.make_directories(path)
            else:
                self.make_directories(normal(path).rsplit("/", 1)[0] or "/")
                self.write(path, data)
        self.make_directories(self.directory)

    def at(self, directory: str | None = None, user: str | None = None) -> "MemoryFiles":
        """Another view of the same tree; what is not given stays as in this one. Does not check the directory."""
        view = object.__new__(MemoryFiles)
        view._tree = self._tree
        view.directory = self.directory if directory is None else normal(directory, self.directory)
        view.user = self.user if user is None else user
        return view

    def absolute(self, path: str) -> str:
        """The path from the root; links are not looked at."""
        return normal(path, self.directory)

    def real(self, path: str) -> str:
        """The path from the root without links.

        Raises:
            OSError: there is nothing.
        """
        return "/".join(name for name, _ in self._way(path)) or "/"

    def draw(self) -> int:
        """How often the machine's random numbers were asked for, this time included."""
        self._tree.draws += 1
        return self._tree.draws

    # Reading

    def read(self, path: str) -> bytes:
        node = self._find(path)
        if node.entries is not None:
            raise file_error(errno.EISDIR, path)
        self._permit(node, 4, path)
        return b"" if node.data is None else bytes(node.data)

    def exists(self, path: str, follow: bool = True) -> bool:
        """True when something is there; a link that leads nowhere counts where links are not to be followed."""
        return self._look(path, follow) is not None

    def link(self, path: str) -> str | None:
        """Where the symbolic link at ``path`` points; None where there is none."""
        node = self._look(path, follow=False)
        return None if node is None else node.target

    def is_directory(self, path: str) -> bool:
        node = self._look(path)
        return node is not None and node.entries is not None

    def list(self, path: str) -> list[str]:
        """The names in a directory, sorted.

        Raises:
            OSError: there is no such directory, it is a file, or it may not be read.
        """
        node = self._find(path)
        if node.entries is None:
            raise file_error(errno.ENOTDIR, path)
        self._permit(node, 4, path)
        return sorted(node.entries)

    def stat(self, path: str, follow: bool = True) -> FileStatus:
        node = self._find(path, follow)
        kind, size, links = "file", len(node.data or b""), node.links
        if node.entries is not None:
            below = sum(1 for entry in node.entries.values() if entry.entries is not None)
            kind, size, links = "directory", 4096, 2 + below
        elif node.target is not None:
            kind, size = "link", len(node.target.encode(errors="surrogateescape"))
        elif node.is_socket:
            kind = "socket"
        elif node.data is None:
            kind = "device"
        group = node.group or node.owner
        return FileStatus(kind, node.mode, node.owner, size, node.changed_us, node.number, links, group)

    def mode(self, path: str) -> int:
        return self.stat(path).mode

    def may(self, path: str, wanted: str) -> bool:
        """True when the user may ``read``, ``write`` or ``execute`` what is there."""
        node = self._look(path)
        return node is not None and self._allowed(node, {"read": 4, "write": 2, "execute": 1}[wanted])

    def walk(self, path: str) -> Iterator[str]:
        """``path`` and everything below it, directories before what they hold, names in order. Follows no links."""
        pending = [path]
        while pending:
            current = pending.pop()
            yield current
            node = self._look(current, follow=False)
            if node is not None and node.entries is not None and self._allowed(node, 4):
                joint = current if current.endswith("/") else current + "/"
                pending.extend(joint + name for name in sorted(node.entries, reverse=True))

    def usage(self) -> tuple[int, int]:
        """Bytes used, the base not counted, and bytes there may be, for ``df``."""
        return self._tree.used_bytes, self._tree.max_bytes

    def differences(self, skip: Callable[[str], bool] = lambda path: False) -> Differences:
        """What differs from the base, by path, directories before what they hold; what ``skip`` names is left out."""
        return differences(self._tree.base.root, self._tree.root, skip)

    # Changing

    def write(self, path: str, data: bytes) -> None:
        """Make the file, or replace what is in it."""
        self._store(path, data, append=False)

    def append(self, path: str, data: bytes) -> None:
        """Make the file, or add at its end; the cost is that of the new bytes."""
        self._store(path, data, append=True)

    def touch(self, path: str, changed_us: int | None = None) -> None:
        """Make an empty file, or set the time of what is there."""
        if self._look(path) is None:
            self.write(path, b"")
        self._permit(self._find(path), 2, path)
        self._own(path).changed_us = self._tree.clock() if changed_us is None else changed_us

    def mkdir(self, path: str, mode: int = 0o755) -> None:
        entries, name = self._free_place(path)
        entries[name] = self._tree.make(self.user, mode, entries={}, path=path)

    def make_directories(self, path: str, mode: int = 0o755) -> None:
        """Make a directory and the ones above it; those that are there stay as they are."""
        sofar = ""
        for part in normal(path, self.directory).split("/")[1:]:
            if part:
                sofar += "/" + part
                node = self._look(sofar)
                if node is None:
                    self.mkdir(sofar, mode)
                elif node.entries is None:
                    raise file_error(errno.ENOTDIR, path)

    def remove(self, path: str) -> None:
        """Remove a file (not a directory)."""
        parent, name, node = self._entry(path)
        if node.entries is not None or not name:
            raise file_error(errno.EISDIR, path)
        self._permit_removal(parent, node, path)
        self._drop(parent, name, node)

    def rmdir(self, path: str) -> None:
        """Remove an empty directory."""
        parent, name, node = self._entry(path)
        if node.entries is None:
            raise file_error(errno.ENOTDIR, path)
        if not name:
            raise file_error(errno.EBUSY, path)
        if node.entries:
            raise file_error(errno.ENOTEMPTY, path)
        self._permit_removal(parent, node, path)
        self._drop(parent, name, node)

    def rename(self, source: str, target: str) -> None:
        """Give a file or directory another path; a file that is there is replaced, an empty directory too."""
        parent, name, node = self._entry(source)
        into, new_name = self._parent(target)
        if not name or not new_name:
            raise file_error(errno.EBUSY, source)
        if node.entries is not None and f"{self.absolute(target)}/".startswith(f"{self.absolute(source)}/"):
            if self.absolute(target) == self.absolute(source):
                return
            raise file_error(errno.EINVAL, source)
        self._permit_removal(parent, node, source)
        self._permit(into, 2, target)
        assert into.entries is not None
        assert parent.entries is not None
        there = into.entries.get(new_name)
        if there is node:
            return
        if there is not None:
            if there.entries is not None and node.entries is None:
                raise file_error(errno.EISDIR, target)
            if there.entries is None and node.entries is not None:
                raise file_error(errno.ENOTDIR, target)
            if there.entries:
                raise file_error(errno.ENOTEMPTY, target)
            self._drop(into, new_name, there)
        del parent.entries[name]
        into.entries[new_name] = node
        parent.changed_us = into.changed_us = self._tree.clock()

    def make_link(self, path: str, target: str) -> None:
        """Make a symbolic link that points to ``target``, which need not be there."""
        parent, name = self._free_place(path)
        if not target:
            raise file_error(errno.ENOENT, path)
        if len(target) > MAX_PATH:
            raise file_error(errno.ENAMETOOLONG, path)
        parent[name] = self._tree.make(self.user, 0o777, path=path, target=target)

    def make_hard_link(self, path: str, source: str) -> None:
        """Let the file ``source``, or the symbolic link there, lie at ``path`` too."""
        if self._find(source, follow=False).entries is not None:
            raise file_error(errno.EPERM, path)
        parent, name = self._free_place(path)
        parent[name] = node = self._own(source, follow=False)
        node.links += 1

    def chmod(self, path: str, mode: int) -> None:
        if self.user not in (ROOT, self._find(path).owner):
            raise file_error(errno.EPERM, path)
        self._own(path).mode = mode

    def chown(self, path: str, owner: str, group: str = "") -> None:
        """Give it another owner, and another group where one is named."""
        self._find(path)
        if self.user != ROOT:
            raise file_error(errno.EPERM, path)
        node = self._own(path)
        node.group = group or node.group or node.owner
        node.owner = owner

    def make_socket(self, path: str, mode: int, group: str) -> None:
        """Make a socket, in a directory that is there; it can be looked at, not read."""
        self.write(path, b"")
        node = self._own(path)
        node.mode, node.group, node.is_socket = mode, group, True

    # Inside

    def _look(self, path: str, follow: bool = True) -> Node | None:
        try:
            return self._find(path, follow)
        except OSError:
            return None

    def _find(self, path: str, follow: bool = True) -> Node:
        return self._way(path, follow)[-1][1]

    def _own(self, path: str, follow: bool = True) -> Node:
        """What is there, as this file system's own, to be changed."""
        (_, root), *steps = self._way(path, follow)
        node = self._tree.root = self._tree.own(root, path)
        for part, below in steps:
            entries = node.entries
            assert entries is not None
            node = entries[part] = self._tree.own(below, path)
        return node

    def _way(self, path: str, follow: bool = True) -> Steps:
        """Every step from the root to what is there: its name, and the node.

        Links on the way are gone through; one at the end only with ``follow``, or with a slash behind it.
        """
        if not path:
            raise file_error(errno.ENOENT, path)
        if len(path) > MAX_PATH:
            raise file_error(errno.ENAMETOOLONG, path)
        way = [("", self._tree.root)]
        whole = path if path.startswith("/") else f"{self.directory}/{path}"
        pending = whole.split("/")[::-1]
        followed = 0
        while pending:
            part = pending.pop()
            node = way[-1][1]
            if not part and not pending and node.entries is not None:
                break
            if node.entries is None:
                raise file_error(errno.ENOTDIR, path)
            if part in ("", "."):
                continue
            self._permit(node, 1, path)
            if part == "..":
                del way[max(1, len(way) - 1) :]
                continue
            below = node.entries.get(part)
            if below is None:
                raise file_error(errno.ENOENT, path)
            if below.target is None or not (follow or pending):
                way.append((part, below))
                continue
            followed += 1
            if followed > MAX_LINKS:
                raise file_error(errno.ELOOP, path)
            pending += below.target.split("/")[::-1]
            if below.target.startswith("/"):
                del way[1:]
        return way

    def _parent(self, path: str) -> tuple[Node, str]:
        """The directory that holds, or would hold, the last part of ``path``, to be changed; and that part."""
        if not path:
            raise file_error(errno.ENOENT, path)
        above, slash, name = path.rstrip("/").rpartition("/")
        if name in ("", ".", ".."):
            above, slash, name = self.real(path).rpartition("/")
        if len(name.encode(errors="surrogateescape")) > MAX_NAME:
            raise file_error(errno.ENAMETOOLONG, path)
        try:
            parent = self._own(above or ("/" if slash else "."))
        except OSError as error:
            raise file_error(error.errno or errno.ENOENT, path) from None
        if parent.entries is None:
            raise file_error(errno.ENOTDIR, path)
        return parent, name

    def _entry(self, path: str) -> tuple[Node, str, Node]:
        """As ``_parent``, and what lies there, links not followed."""
        parent, name = self._parent(path)
        assert parent.entries is not None
        node = parent.entries.get(name) if name else parent
        if node is None:
            raise file_error(errno.ENOENT, path)
        if path.endswith("/") and node.entries is None:
            raise file_error(errno.ENOTDIR, path)
        return parent, name, node

    def _free_place(self, path: str) -> tuple[dict[str, Node], str]:
        """The entries of a directory to which something may be added, and the name, which is free."""
        parent, name = self._parent(path)
        assert parent.entries is not None
        if not name or name in parent.entries:
            raise file_error(errno.EEXIST, path)
        self._permit(parent, 2, path)
        parent.changed_us = self._tree.clock()
        return parent.entries, name

    def _behind_link(self, path: str) -> str:
        """Where the symbolic link at ``path`` leads: through as many links as there are."""
        for _ in range(MAX_LINKS):
            steps = self._way(path, follow=False)
            target = steps[-1][1].target
            if target is None:
                return path
            above = "/".join(name for name, _ in steps[:-1])
            path = target if target.startswith("/") else f"{above}/{target}"
            if not self.exists(path, follow=False):
                return path
        raise file_error(errno.ELOOP, path)

    def _store(self, path: str, data: bytes, append: bool) -> None:
        parent, name = self._parent(path)
        if not name:
            raise file_error(errno.EISDIR, path)
        assert parent.entries is not None
        node = parent.entries.get(name)
        if node is None:
            if path.endswith("/"):
                raise file_error(errno.EISDIR, path)
            self._permit(parent, 2, path)
            self._tree.reserve(len(data), path)
            parent.entries[name] = self._tree.make(self.user, 0o644, data=bytes(data), path=path)
            parent.changed_us = self._tree.clock()
            return
        if node.target is not None:
            self._store(self._behind_link(path), data, append)
            return
        if node.entries is not None:
            raise file_error(errno.EISDIR, path)
        self._permit(node, 2, path)
        if node.data is None:
            return
        node = parent.entries[name] = self._tree.own(node, path)
        assert node.data is not None
        if append:
            self._tree.reserve(len(data), path)
            if not isinstance(node.data, bytearray):
                node.data = bytearray(node.data)
            node.data += data
        else:
            self._tree.reserve(len(data) - len(node.data), path)
            node.data = bytes(data)
        node.changed_us = self._tree.clock()

    def _drop(self, parent: Node, name: str, node: Node) -> None:
        assert parent.entries is not None
        del parent.entries[name]
        self._tree.forget(node)
        parent.changed_us = self._tree.clock()

    def _allowed(self, node: Node, bits: int) -> bool:
        if self.user == ROOT:
            return True
        shift = 6 if node.owner == self.user else 3 if node.group == self.user else 0
        mode = node.mode >> shift
        return mode & bits == bits

    def _permit(self, node: Node, bits: int, path: str) -> None:
        if not self._allowed(node, bits):
            raise file_error(errno.EACCES, path)

    def _permit_removal(self, parent: Node, node: Node, path: str) -> None:
        self._permit(parent, 2, path)
        if parent.mode & 0o1000 and self.user not in (ROOT, node.owner, parent.owner):
            raise file_error(errno.EPERM, path)
