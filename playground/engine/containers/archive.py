"""Files of a container as tar archives, for ``docker cp``.

Source: moby ``daemon/archive_unix.go``.
"""

import io
import tarfile
from typing import Any

from playground.api.files import MemoryFiles, normal
from playground.engine.containers.container import Container
from playground.engine.errors import BadParameter, NotFound

_DIRECTORY = 1 << 31
"""Go's ``os.ModeDir``."""
_LINK = 1 << 27
"""Go's ``os.ModeSymlink``."""


def _must_exist(files: MemoryFiles, path: str, container: str) -> None:
    if not files.exists(path, follow=False):
        raise NotFound(f"Could not find the file {path} in container {container}")


def stat(files: MemoryFiles, path: str, container: str) -> dict[str, Any]:
    """The path's facts; ``mtime`` in microseconds since 1970.

    Raises:
        NotFound: there is nothing.
    """
    _must_exist(files, path, container)
    found = files.stat(path, follow=False)
    kinds = {"directory": _DIRECTORY, "link": _LINK}
    return {
        "name": path.rstrip("/").rpartition("/")[2] or "/",
        "size": found.size,
        "mode": found.mode | kinds.get(found.kind, 0),
        "mtime": found.changed_us,
        "linkTarget": _pointed_at(files, path),
    }


def _pointed_at(files: MemoryFiles, path: str) -> str:
    """Where a link leads, from the container's root; nothing for what is no link."""
    target = files.link(path)
    return "" if target is None else normal(target, normal(path).rpartition("/")[0] or "/")


def pack(files: MemoryFiles, path: str, container: str) -> bytes:
    """A file or directory as an archive that begins with its own name.

    Raises:
        NotFound: there is nothing.
    """
    _must_exist(files, path, container)
    base = path.rstrip("/").removesuffix("/.")
    name = base.rpartition("/")[2] or "/"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for inner in files.walk(base or "/"):
            info = tarfile.TarInfo((name + inner[len(base) :]).lstrip("/") or "./")
            facts = files.stat(inner, follow=False)
            info.mode, info.mtime = facts.mode, facts.changed_us // 1_000_000
            if facts.kind == "directory":
                info.type = tarfile.DIRTYPE
                tar.addfile(info)
            elif facts.kind == "link":
                info.type, info.linkname = tarfile.SYMTYPE, files.link(inner) or ""
                tar.addfile(info)
            elif facts.kind == "file":
                data = files.read(inner)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def unpack(container: Container, path: str, data: bytes) -> None:
    """Write an archive's files below a directory.

    Raises:
        NotFound: there is no such directory.
        BadParameter: the path is a file, nothing can be written there, or the archive cannot be read.
    """
    files = container.files
    _must_exist(files, path, container.name)
    if not files.is_directory(path):
        raise BadParameter("extraction point is not a directory")
    _check_writable(container, files.real(path))
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
            for member in tar:
                target = f"{path.rstrip('/')}/{member.name}"
                if member.isdir():
                    files.make_directories(target)
                elif member.issym():
                    files.make_directories(target.rpartition("/")[0] or "/")
                    if files.exists(target, follow=False):
                        files.remove(target)
                    files.make_link(target, member.linkname)
                elif member.isfile():
                    files.make_directories(target.rpartition("/")[0] or "/")
                    source = tar.extractfile(member)
                    files.write(target, source.read() if source is not None else b"")
                    files.chmod(target, member.mode & 0o7777)
    except tarfile.TarError as error:
        raise BadParameter(f"Error processing tar file: {error}") from None
    except OSError as error:
        raise BadParameter(f"Error processing tar file: {error.strerror}") from None


def _check_writable(container: Container, path: str) -> None:
    for mount in container.mounts:
        if f"{path.rstrip('/')}/".startswith(f"{mount.target.rstrip('/')}/"):
            if mount.read_only:
                raise BadParameter("mounted volume is marked read-only")
            return
    if container.host_config["ReadonlyRootfs"]:
        raise BadParameter("container rootfs is marked read-only")
