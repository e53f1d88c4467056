"""What the engine puts into a container's file system when it starts, and takes out of it when it ends.

Source: moby ``daemon/container_operations_unix.go``, ``daemon/volumes_unix.go``.
"""

from playground.api.files import MemoryFiles
from playground.engine.containers.container import Container
from playground.engine.errors import NotFound
from playground.engine.volumes import Volumes


class Furnishing:
    """Fills containers' file systems from the volumes of one engine."""

    def __init__(self, volumes: Volumes) -> None:
        self._volumes = volumes

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

    def furnish(self, container: Container) -> None:
        """Mount points, names of machines, the working directory."""
        files = container.files
        for mount in container.mounts:
            files.make_directories(mount.target)
            if mount.kind == "volume":
                copy_tree(self._volumes.get(mount.name).files, mount.root, files, mount.target)
        hosts = "127.0.0.1\tlocalhost\n"
        for endpoint in container.endpoints.values():
            if endpoint.address:
                hosts += f"{endpoint.address}\t{container.hostname}\n"
        for extra in container.host_config["ExtraHosts"] or ():
            name, _, address = extra.replace("=", ":", 1).partition(":")
            hosts += f"{_gateway(container) if address == 'host-gateway' else address}\t{name}\n"
        files.make_directories("/etc")
        files.write("/etc/hosts", hosts.encode())
        files.write("/etc/hostname", f"{container.hostname}\n".encode())
        files.write("/etc/resolv.conf", b"nameserver 127.0.0.11\noptions ndots:0\n")
        if container.config["WorkingDir"]:
            files.make_directories(container.config["WorkingDir"])

    def keep(self, container: Container) -> None:
        """What was written below mount points goes to the volumes."""
        for mount in container.mounts:
            if mount.kind == "volume" and not mount.read_only and mount.name in self._volumes.by_name:
                copy_tree(container.files, mount.target, self._volumes.get(mount.name).files, mount.root)


def _gateway(container: Container) -> str:
    return next((e.gateway for e in container.endpoints.values() if e.gateway), "172.17.0.1")


def copy_tree(source: MemoryFiles, root: str, target: MemoryFiles, into: str) -> None:
    """Copy a tree of files into another file system."""
    if not source.is_directory(root):
        return
    for path in source.walk(root):
        relative = path[len(root.rstrip("/")) :].lstrip("/")
        place = f"{into.rstrip('/')}/{relative}"
        pointed = source.link(path) if path != root else None
        if pointed is not None:
            if target.exists(place, follow=False):
                target.remove(place)
            target.make_link(place, pointed)
        elif source.is_directory(path):
            target.make_directories(place or "/")
        else:
            target.write(place, source.read(path))
