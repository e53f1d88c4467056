"""The way through a file system in memory: links, what is mounted on the way, and who may go it."""

import errno
from typing import Final

from playground.api.file_tree import ROOT, Mounted, Node, Place, Steps, Tree, file_error

MAX_NAME: Final = 255
MAX_PATH: Final = 4096
MAX_LINKS: Final = 40
"""Symbolic links on the way to one file."""


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


class FileWalk:
    """Finds nodes by their paths, as a user in a directory sees them."""

    __slots__ = ("_tree", "directory", "user")

    _tree: Tree
    directory: str
    user: str

    def real(self, path: str) -> str:
        """The path from the root without links.

        Raises:
            OSError: there is nothing.
        """
        return _path(self._way(path)) or "/"

    def _look(self, path: str, follow: bool = True) -> Node | None:
        try:
            return self._find(path, follow)
        except OSError:
            return None

    def _find(self, path: str, follow: bool = True) -> Node:
        return self._way(path, follow)[-1][1]

    def _system(self, mount: Mounted | None) -> tuple[Tree, bool]:
        """The file system of what is seen through a mount, or through none, and whether it may not be changed."""
        return (self._tree, self._tree.read_only) if mount is None else (mount.tree, mount.read_only)

    def _own(self, path: str, follow: bool = True) -> tuple[Tree, Node]:
        """What is there, as its file system's own, to be changed; and that file system."""
        way = self._way(path, follow)
        mount = way[-1][2]
        tree, read_only = self._system(mount)
        if read_only:
            raise file_error(errno.EROFS, path)
        (_, first, _), *steps = [step for step in way if step[2] is mount]
        node = tree.own(first, path)
        if first is tree.root:
            tree.root = node
        for part, below, _ in steps:
            entries = node.entries
            assert entries is not None
            node = entries[part] = tree.own(below, path)
        return tree, node

    def _way(self, path: str, follow: bool = True) -> Steps:
        """Every step from the root to what is there.

        Links on the way are gone through; one at the end only with ``follow``, or with a slash behind it.
        """
        if not path:
            raise file_error(errno.ENOENT, path)
        if len(path) > MAX_PATH:
            raise file_error(errno.ENAMETOOLONG, path)
        way: Steps = [("", self._tree.root, None)]
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
                mount = self._tree.mounts.get(f"{_path(way)}/{part}") if self._tree.mounts else None
                way.append((part, below, way[-1][2]) if mount is None else (part, mount.node, mount))
                continue
            followed += 1
            if followed > MAX_LINKS:
                raise file_error(errno.ELOOP, path)
            pending += below.target.split("/")[::-1]
            if below.target.startswith("/"):
                del way[1:]
        return way

    def _parent(self, path: str) -> Place:
        """The last part of ``path``, and the directory that holds it or would hold it."""
        if not path:
            raise file_error(errno.ENOENT, path)
        above, slash, name = path.rstrip("/").rpartition("/")
        if name in ("", ".", ".."):
            above, slash, name = self.real(path).rpartition("/")
        if len(name.encode(errors="surrogateescape")) > MAX_NAME:
            raise file_error(errno.ENAMETOOLONG, path)
        above = above or ("/" if slash else ".")
        try:
            way = self._way(above)
            tree, read_only = self._system(way[-1][2])
            parent = way[-1][1] if read_only else self._own(above)[1]
        except OSError as error:
            raise file_error(error.errno or errno.ENOENT, path) from None
        if parent.entries is None:
            raise file_error(errno.ENOTDIR, path)
        return Place(tree, parent, name, f"{_path(way)}/{name}", read_only)

    def _entry(self, path: str) -> tuple[Place, Node]:
        """As ``_parent``, and what lies there, links not followed."""
        place = self._parent(path)
        node = place.entries.get(place.name) if place.name else place.directory
        if node is None:
            raise file_error(errno.ENOENT, path)
        if path.endswith("/") and node.entries is None:
            raise file_error(errno.ENOTDIR, path)
        return place, node

    def _free_place(self, path: str) -> Place:
        """A directory to which something may be added, and the name, which is free."""
        place = self._parent(path)
        if not place.name or place.name in place.entries:
            raise file_error(errno.EEXIST, path)
        self._permit_change(place, path)
        place.directory.changed_us = place.tree.clock()
        return place

    def _behind_link(self, path: str) -> str:
        """Where the symbolic link at ``path`` leads: through as many links as there are."""
        for _ in range(MAX_LINKS):
            steps = self._way(path, follow=False)
            target = steps[-1][1].target
            if target is None:
                return path
            path = target if target.startswith("/") else f"{_path(steps[:-1])}/{target}"
            if self._look(path, follow=False) is None:
                return path
        raise file_error(errno.ELOOP, path)

    def _holds_mount(self, place: Place) -> bool:
        return any(f"{mount}/".startswith(f"{place.path}/") for mount in self._tree.mounts)

    def _allowed(self, node: Node, bits: int) -> bool:
        if self.user == ROOT:
            return True
        shift = 6 if node.owner == self.user else 3 if node.group == self.user else 0
        mode = node.mode >> shift
        return mode & bits == bits

    def _permit(self, node: Node, bits: int, path: str) -> None:
        if not self._allowed(node, bits):
            raise file_error(errno.EACCES, path)

    def _permit_change(self, place: Place, path: str) -> None:
        if place.read_only:
            raise file_error(errno.EROFS, path)
        self._permit(place.directory, 2, path)

    def _permit_removal(self, place: Place, node: Node, path: str) -> None:
        if self._holds_mount(place):
            raise file_error(errno.EBUSY, path)
        self._permit_change(place, path)
        if place.directory.mode & 0o1000 and self.user not in (ROOT, node.owner, place.directory.owner):
            raise file_error(errno.EPERM, path)


def _path(way: Steps) -> str:
    """The path of a way; that of the root is empty."""
    return "/".join(name for name, _, _ in way)
