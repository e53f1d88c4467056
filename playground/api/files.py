"""A file system in memory: what the programs of one emulated machine or container see as theirs.

Directories, regular files, links and a few devices, with owners, modes and times; directories and files of other file
systems can be mounted. Errors are the ones Linux gives, as ``OSError`` with ``errno``, ``strerror`` and ``filename``.
How much one file system may hold is bounded, so that nobody can fill the server's memory: past the bounds it answers
"No space left on device".
"""

import errno
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from playground.api.file_tree import PLAIN, ROOT, Base, Differences, Mounted, Node, Place, Tree, differences, file_error
from playground.api.file_walk import MAX_NAME, MAX_PATH, FileWalk, normal

__all__ = ["MAX_BYTES", "MAX_NODES", "FileStatus", "MemoryFiles", "normal"]

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_NODES: Final = 4096


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


class MemoryFiles(FileWalk):
    """One view of a file system: the whole tree, with a current directory and a user.

    It begins with ``base``; ``initial`` is written over that: absolute paths and contents, missing directories are
    made, a path that ends in ``/`` is an empty directory. ``at`` gives further views of the same tree. ``clock``
    tells the time in microseconds since 1970.
    """

    __slots__ = ()

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

    def same(self, path: str, other: str, follow: bool = True) -> bool:
        """True when two paths name one file."""
        return self._find(path, follow) is self._find(other)

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

    # Mounting

    def mount(self, path: str, source: "MemoryFiles", root: str = "/", read_only: bool = False) -> None:
        """Show here, at ``path``, what another file system has at ``root``: one directory or file with two names.

        The place is made where it is missing, and belongs to the mount until it is unmounted.

        Raises:
            OSError: there is nothing at ``root``, or one of both is a directory and the other is not.
        """
        tree, node, source_read_only = source._source(root)
        there = self._look(path)
        if there is None and node.entries is None:
            self.make_directories(normal(path, self.directory).rpartition("/")[0] or "/")
            self.write(path, b"")
        elif there is None:
            self.make_directories(path)
        elif (there.entries is None) != (node.entries is None):
            raise file_error(errno.ENOTDIR, path)
        self._tree.mounts[self.real(path)] = Mounted(tree, node, read_only or source_read_only)

    def unmount(self, path: str) -> None:
        """Show again what lies under a mount. Does nothing where there is none."""
        if self.exists(path):
            self._tree.mounts.pop(self.real(path), None)

    def unmount_all(self) -> None:
        self._tree.mounts.clear()

    def set_read_only(self, read_only: bool) -> None:
        """Refuse every change outside of mounts, or allow them again."""
        self._tree.read_only = read_only

    def _source(self, root: str) -> tuple[Tree, Node, bool]:
        """What a mount shows: the file system, its node at ``root``, and whether that may not be changed."""
        _, node, mount = self._way(root)[-1]
        tree, read_only = self._system(mount)
        return tree, node if read_only else self._own(root)[1], read_only

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
        _, node = self._own(path)
        node.changed_us = self._tree.clock() if changed_us is None else changed_us

    def mkdir(self, path: str, mode: int = 0o755) -> None:
        place = self._free_place(path)
        place.entries[place.name] = place.tree.make(self.user, mode, entries={}, path=path)

    def make_directories(self, path: str, mode: int = 0o755) -> None:
        """Make a directory and the ones above it; those that are there stay as they are."""
        parts = [part for part in normal(path, self.directory).split("/") if part]
        there = len(parts)
        while there and not self.exists("/" + "/".join(parts[:there]), follow=False):
            there -= 1
        if not self.is_directory("/" + "/".join(parts[:there])):
            raise file_error(errno.ENOTDIR, path)
        if there == len(parts):
            return
        first = "/" + "/".join(parts[: there + 1])
        self.mkdir(first, mode)
        tree, node = self._own(first)
        for part in parts[there + 1 :]:
            if len(part.encode(errors="surrogateescape")) > MAX_NAME or len(path) > MAX_PATH:
                raise file_error(errno.ENAMETOOLONG, path)
            assert node.entries is not None
            node.entries[part] = below = tree.make(self.user, mode, entries={}, path=path)
            node = below

    def remove(self, path: str) -> None:
        """Remove a file (not a directory)."""
        place, node = self._entry(path)
        if node.entries is not None or not place.name:
            raise file_error(errno.EISDIR, path)
        self._permit_removal(place, node, path)
        self._drop(place, node)

    def rmdir(self, path: str) -> None:
        """Remove an empty directory."""
        place, node = self._entry(path)
        if node.entries is None:
            raise file_error(errno.ENOTDIR, path)
        if not place.name or self._holds_mount(place):
            raise file_error(errno.EBUSY, path)
        if node.entries:
            raise file_error(errno.ENOTEMPTY, path)
        self._permit_removal(place, node, path)
        self._drop(place, node)

    def rename(self, source: str, target: str) -> None:
        """Give a file or directory another path; a file that is there is replaced, an empty directory too.

        Raises:
            OSError: it cannot be; with ``EXDEV`` where the other path lies in another file system.
        """
        before, node = self._entry(source)
        after = self._parent(target)
        if not before.name or not after.name or self._holds_mount(before):
            raise file_error(errno.EBUSY, source)
        if node.entries is not None and f"{self.absolute(target)}/".startswith(f"{self.absolute(source)}/"):
            if self.absolute(target) == self.absolute(source):
                return
            raise file_error(errno.EINVAL, source)
        if before.tree is not after.tree or after.path in self._tree.mounts:
            raise file_error(errno.EXDEV, source)
        self._permit_removal(before, node, source)
        self._permit_change(after, target)
        there = after.entries.get(after.name)
        if there is node:
            return
        if there is not None:
            if there.entries is not None and node.entries is None:
                raise file_error(errno.EISDIR, target)
            if there.entries is None and node.entries is not None:
                raise file_error(errno.ENOTDIR, target)
            if there.entries:
                raise file_error(errno.ENOTEMPTY, target)
            self._drop(after, there)
        del before.entries[before.name]
        after.entries[after.name] = node
        before.directory.changed_us = after.directory.changed_us = after.tree.clock()

    def make_link(self, path: str, target: str) -> None:
        """Make a symbolic link that points to ``target``, which need not be there."""
        place = self._free_place(path)
        if not target:
            raise file_error(errno.ENOENT, path)
        if len(target) > MAX_PATH:
            raise file_error(errno.ENAMETOOLONG, path)
        place.entries[place.name] = place.tree.make(self.user, 0o777, path=path, target=target)

    def make_hard_link(self, path: str, source: str) -> None:
        """Let the file ``source``, or the symbolic link there, lie at ``path`` too."""
        if self._find(source, follow=False).entries is not None:
            raise file_error(errno.EPERM, path)
        place = self._free_place(path)
        tree, node = self._own(source, follow=False)
        if tree is not place.tree:
            raise file_error(errno.EXDEV, path)
        place.entries[place.name] = node
        node.links += 1

    def chmod(self, path: str, mode: int) -> None:
        if self.user not in (ROOT, self._find(path).owner):
            raise file_error(errno.EPERM, path)
        self._own(path)[1].mode = mode

    def chown(self, path: str, owner: str, group: str = "") -> None:
        """Give it another owner, and another group where one is named."""
        self._find(path)
        if self.user != ROOT:
            raise file_error(errno.EPERM, path)
        _, node = self._own(path)
        node.group = group or node.group or node.owner
        node.owner = owner

    def make_socket(self, path: str, mode: int, group: str) -> None:
        """Make a socket, in a directory that is there; it can be looked at, not read."""
        self.write(path, b"")
        _, node = self._own(path)
        node.mode, node.group, node.is_socket = mode, group, True

    # Inside

    def _store(self, path: str, data: bytes, append: bool) -> None:
        place = self._parent(path)
        if not place.name:
            raise file_error(errno.EISDIR, path)
        mounted = self._tree.mounts.get(place.path)
        node = place.entries.get(place.name) if mounted is None else mounted.node
        if node is None:
            if path.endswith("/"):
                raise file_error(errno.EISDIR, path)
            self._permit_change(place, path)
            place.tree.reserve(len(data), path)
            place.entries[place.name] = place.tree.make(self.user, 0o644, data=bytes(data), path=path)
            place.directory.changed_us = place.tree.clock()
            return
        if node.target is not None:
            self._store(self._behind_link(path), data, append)
            return
        if node.entries is not None:
            raise file_error(errno.EISDIR, path)
        self._permit(node, 2, path)
        if node.data is None:
            return
        tree, node = self._own(path.rstrip("/"))
        assert node.data is not None
        if append:
            tree.reserve(len(data), path)
            if not isinstance(node.data, bytearray):
                node.data = bytearray(node.data)
            node.data += data
        else:
            tree.reserve(len(data) - len(node.data), path)
            node.data = bytes(data)
        node.changed_us = tree.clock()

    @staticmethod
    def _drop(place: Place, node: Node) -> None:
        del place.entries[place.name]
        place.tree.forget(node)
        place.directory.changed_us = place.tree.clock()
