"""Copying and moving between file systems in memory."""

import errno

from playground.api.files import MemoryFiles


def copy_tree(source: MemoryFiles, root: str, target: MemoryFiles, into: str) -> None:
    """Copy a file, or a directory with what it holds, with modes and owners; devices and sockets stay behind.

    Raises:
        OSError: something cannot be read or written.
    """
    for path in source.walk(root):
        place = (into.rstrip("/") + path[len(root.rstrip("/")) :]) or "/"
        facts = source.stat(path, follow=path == root)
        if facts.kind == "link":
            if target.exists(place, follow=False):
                target.remove(place)
            target.make_link(place, source.link(path) or "")
            continue
        if facts.kind == "directory":
            target.make_directories(place)
        elif facts.kind == "file":
            target.write(place, source.read(path))
        else:
            continue
        if (facts.owner, facts.group) != (target.user, target.user):
            target.chown(place, facts.owner, facts.group)
        target.chmod(place, facts.mode)


def move(files: MemoryFiles, source: str, place: str) -> None:
    """Give a file or directory another path; into another file system it is copied, and then removed here.

    Raises:
        OSError: as ``MemoryFiles.rename``.
    """
    try:
        files.rename(source, place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        target = files.link(source)
        if target is None:
            copy_tree(files, source, files, place)
        else:
            files.make_link(place, target)
        for path in reversed(list(files.walk(source))):
            if files.stat(path, follow=False).kind == "directory":
                files.rmdir(path)
            else:
                files.remove(path)
