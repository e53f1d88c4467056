"""What the engine puts into a container's file system when it starts: mounts, names of machines, directories.

Source: moby ``daemon/container_operations_unix.go``, ``daemon/volumes_unix.go``, ``daemon/create_unix.go``,
``volume/mounts/mounts.go``; runc ``libcontainer/rootfs_linux.go``.
"""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from playground.api.file_copies import copy_tree
from playground.api.file_tree import BARE
from playground.api.files import MemoryFiles, normal
from playground.engine.containers.container import GIVEN, Container, Mount
from playground.engine.containers.programs import RUN_FAILURE
from playground.engine.errors import BadParameter, EngineError, NotFound
from playground.engine.volumes import Volumes

_OPEN_TO_ALL = 0o1777
_NAMES = ("hostname", "hosts", "resolv.conf")


class MountFailure(BadParameter):
    """A directory and a file do not go onto each other. ``exit_code`` is what the container ends with."""

    exit_code = 127


class Furnishing:
    """Fills containers' file systems: ``host`` is that of the machine, ``clock`` tells microseconds since 1970."""

    def __init__(self, volumes: Volumes, host: MemoryFiles, clock: Callable[[], int]) -> None:
        self._volumes = volumes
        self._host = host
        self._clock = clock

    def mount_volumes(self, container: Container) -> None:
        """At creation: volumes are there at once, and one that is empty gets what the image has in its place.

        Where the names of machines will be told there are empty files. Source: moby ``daemon/initlayer``.
        """
        container.files.make_directories("/etc")
        for name in _NAMES:
            if not container.files.exists(f"/etc/{name}"):
                container.files.write(f"/etc/{name}", b"")
        for mount in _outermost_first(container):
            if mount.kind == "volume":
                with suppress(OSError):  # The start tells what cannot be mounted.
                    self._mount_volume(container.files, mount)

    def _mount_volume(self, files: MemoryFiles, mount: Mount) -> None:
        volume = self._volumes.get(mount.name).files
        copied = not mount.subpath and "nocopy" not in mount.mode.split(",") and not mount.no_copy
        if copied and files.is_directory(mount.target) and not volume.list("/"):
            copy_tree(files, mount.target, volume, "/")
        if volume.exists(mount.root):
            files.mount(mount.target, volume, mount.root, mount.read_only)
        else:
            files.make_directories(mount.target)

    def check_subpaths(self, container: Container) -> None:
        """
        Raises:
            NotFound: a volume has not the directory that shall be mounted.
        """
        for mount in container.mounts:
            if mount.kind == "volume" and mount.subpath:
                files = self._volumes.get(mount.name).files
                if not files.is_directory(mount.root) and not files.exists(mount.root):
                    place = f"{mount.source}{mount.root}"
                    raise NotFound(f"cannot access path {place}: lstat {place}: no such file or directory")

    def mount_all(self, container: Container) -> None:
        """At the start: everything is mounted anew, and the working directory is there.

        Raises:
            EngineError: something cannot be mounted, or the container's disk is full.
        """
        files = container.files
        files.set_read_only(False)
        files.unmount_all()
        with _starting():
            for mount in _outermost_first(container):
                self._mount(files, mount)
                if mount.kind == "volume":
                    self._log_mount(container, mount)
            for path, own in container.given.items():
                files.mount(path, own, GIVEN, read_only=True)
            if container.config["WorkingDir"]:
                files.make_directories(container.config["WorkingDir"])

    def mount_names(self, container: Container) -> None:
        """Once it is on its networks: the files that name machines, and from then on nothing else may change where
        the root is read-only.

        Raises:
            EngineError: its disk is full.
        """
        own = MemoryFiles(base=BARE, clock=self._clock)
        own.write("/hosts", _hosts(container).encode())
        own.write("/hostname", f"{container.hostname}\n".encode())
        own.write("/resolv.conf", b"nameserver 127.0.0.11\noptions ndots:0\n")
        read_only = bool(container.host_config["ReadonlyRootfs"])
        taken = {mount.target for mount in container.mounts}
        with _starting():
            for name in own.list("/"):
                if f"/etc/{name}" not in taken:
                    container.files.mount(f"/etc/{name}", own, f"/{name}", read_only)
        container.files.set_read_only(read_only)

    def clear(self, container: Container) -> None:
        """When it has ended, nothing stays of temporary file systems; its volumes are let go."""
        for mount in container.mounts:
            if mount.kind == "tmpfs":
                container.files.unmount(mount.target)
            elif mount.kind == "volume":
                self._log_unmount(container, mount)

    def look_inside(self, container: Container) -> None:
        """The engine reads or writes files of a container, for which it mounts the volumes itself."""
        volumes = [mount for mount in container.mounts if mount.kind == "volume"]
        for mount in volumes:
            self._log_mount(container, mount)
        for mount in volumes:
            self._log_unmount(container, mount)

    def _log_mount(self, container: Container, mount: Mount) -> None:
        self._volumes.log_use(mount.name, "mount", {
            "container": container.id, "destination": mount.target, "propagation": "",
            "read/write": str(not mount.read_only).lower(),
        })  # fmt: skip

    def _log_unmount(self, container: Container, mount: Mount) -> None:
        self._volumes.log_use(mount.name, "unmount", {"container": container.id})

    def _mount(self, files: MemoryFiles, mount: Mount) -> None:
        try:
            if mount.kind == "volume":
                files.mount(mount.target, self._volumes.get(mount.name).files, mount.root, mount.read_only)
            elif mount.kind == "bind":
                if not self._host.exists(mount.source):
                    if mount.must_exist:
                        raise EngineError(f"error while mounting '{mount.source}': no such file or directory")
                    self._host.make_directories(mount.source)
                files.mount(mount.target, self._host, mount.source, mount.read_only)
            else:
                temporary = MemoryFiles(base=BARE, clock=self._clock)
                temporary.chmod("/", _OPEN_TO_ALL)
                files.mount(mount.target, temporary, "/", mount.read_only)
        except OSError as error:
            if error.errno != errno.ENOTDIR:
                raise
            raise MountFailure(
                f"{RUN_FAILURE}unable to start container process: error during container init: error mounting "
                f'"{mount.source}" to rootfs at "{mount.target}": mount src={mount.source}, dst={mount.target}, '
                "dstFd=/proc/thread-self/fd/8, flags=MS_BIND|MS_REC: not a directory: unknown: Are you trying to mount "
                "a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected "
                "type"
            ) from None


def _outermost_first(container: Container) -> list[Mount]:
    """In the order in which they have to be mounted, so that none hides another; the root itself stays as it is."""
    mounts = [mount for mount in container.mounts if normal(mount.target) != "/"]
    return sorted(mounts, key=lambda mount: mount.target.rstrip("/").count("/"))


def _hosts(container: Container) -> str:
    hosts = "127.0.0.1\tlocalhost\n"
    for endpoint in container.endpoints.values():
        if endpoint.address:
            hosts += f"{endpoint.address}\t{container.hostname}\n"
    for extra in container.host_config["ExtraHosts"] or ():
        name, _, address = extra.replace("=", ":", 1).partition(":")
        hosts += f"{_gateway(container) if address == 'host-gateway' else address}\t{name}\n"
    return hosts


@contextmanager
def _starting() -> Iterator[None]:
    """Tells a fault of the file system as one of the start."""
    try:
        yield
    except OSError as error:
        sentence = str(error.strerror).lower()
        raise EngineError(f"{RUN_FAILURE}unable to start container process: {sentence}: unknown") from None


def _gateway(container: Container) -> str:
    return next((e.gateway for e in container.endpoints.values() if e.gateway), "172.17.0.1")
