"""The volumes of one engine (driver ``local``).

Source: moby ``volume/service``, ``api/server/router/volume``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from playground.api.file_tree import BARE
from playground.api.files import MemoryFiles
from playground.engine.clock import Clock
from playground.engine.errors import BadParameter, Conflict, EngineError, NotFound
from playground.engine.events import EventLog
from playground.engine.filters import Filters
from playground.engine.identity import new_hex_id

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
_LONGEST_NAME = 255
"""Bytes of a directory's name."""
_OPTIONS = ("type", "o", "device", "size")
_NEEDED = {"type": ("device",), "o": ("device", "type"), "device": ("type",)}
_ACCEPTED = ("dangling", "name", "driver", "label")
ANONYMOUS = "com.docker.volume.anonymous"
FOLDER = "/var/lib/docker/volumes"


def _check_options(name: str, options: dict[str, str]) -> None:
    """Refuse options that the driver ``local`` does not have, or that need another.

    Source: moby ``volume/local/local.go``, ``local_unix.go`` (validateOpts).

    Raises:
        BadParameter: the first fault.
    """
    for option in options:
        if option not in _OPTIONS:
            raise BadParameter(f'create {name}: invalid option: "{option}"')
    for option, needed in _NEEDED.items():
        if option in options and not all(other in options for other in needed):
            other = next(other for other in needed if other not in options)
            raise BadParameter(f'create {name}: missing required option: "{other}"')


@dataclass(slots=True)
class Volume:
    """One volume. ``files`` is what lies in it."""

    name: str
    created_us: int
    files: MemoryFiles
    labels: dict[str, str] | None = None
    options: dict[str, str] | None = None


@dataclass(slots=True)
class Volumes:
    """All volumes; ``users(name)`` tells the ids of containers that mount one."""

    clock: Clock
    events: EventLog
    random: Random
    users: Callable[[str], list[str]]
    host: MemoryFiles
    """The machine's file system, as root has it: volumes are seen there."""
    by_name: dict[str, Volume] = field(default_factory=dict)

    def create(self, request: dict[str, Any]) -> Volume:
        """``POST /volumes/create``; a volume of that name is returned as it is.

        Raises:
            BadParameter: the name is none.
            NotFound: no such driver.
        """
        name = str(request.get("Name") or "")
        driver = str(request.get("Driver") or "local")
        labels = request.get("Labels")
        if not name:
            name = new_hex_id(self.random)
            labels = {**(labels or {}), ANONYMOUS: ""}
        if driver != "local":
            raise NotFound(f'create {name}: error looking up volume plugin {driver}: plugin "{driver}" not found')
        if name in self.by_name:
            return self.by_name[name]
        if not _NAME.fullmatch(name):
            if len(name) == 1:
                raise BadParameter("volume name is too short, names should be at least two alphanumeric characters")
            raise BadParameter(
                f'create {name}: "{name}" includes invalid characters for a local volume name, only '
                '"[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path'
            )
        if len(name) == 1:
            raise BadParameter(
                f"create {name}: volume name is too short, names should be at least two alphanumeric characters"
            )
        if len(name) > _LONGEST_NAME:
            folder = f"{FOLDER}/{name}"
            raise EngineError(
                f"create {name}: error while creating volume root path '{folder}': mkdir {folder}: file name too long"
            )
        _check_options(name, request.get("DriverOpts") or {})
        files = MemoryFiles(base=BARE, clock=self.clock.unix_us)
        folder = f"{FOLDER}/{name}"
        try:
            self.host.make_directories(folder, 0o701)
            self.host.mount(f"{folder}/_data", files)
        except OSError as error:
            raise EngineError(
                f"create {name}: error while creating volume root path '{folder}': mkdir {folder}/_data: "
                f"{str(error.strerror).lower()}"
            ) from None
        volume = Volume(name, self.clock.now_us, files, labels, request.get("DriverOpts"))
        self.by_name[name] = volume
        self.events.log("volume", "create", name, {"driver": "local"})
        return volume

    def get(self, name: str) -> Volume:
        """
        Raises:
            NotFound: no such volume.
        """
        if name not in self.by_name:
            raise NotFound(f"get {name}: no such volume")
        return self.by_name[name]

    def log_use(self, name: str, action: str, attributes: dict[str, str]) -> None:
        """Tell that a container begins or ends to use a volume."""
        self.events.log("volume", action, name, {"driver": "local", **attributes})

    def remove(self, name: str, force: bool = False) -> None:
        """``DELETE /volumes/{name}``.

        Raises:
            NotFound: no such volume, unless forced.
            Conflict: a container mounts it.
        """
        if name not in self.by_name:
            if force:
                return
            raise NotFound(f"get {name}: no such volume")
        users = self.users(name)
        if users:
            raise Conflict(f"remove {name}: volume is in use - [{', '.join(users)}]")
        del self.by_name[name]
        self.host.unmount(f"{FOLDER}/{name}/_data")
        for path in (f"{FOLDER}/{name}/_data", f"{FOLDER}/{name}"):
            if self.host.is_directory(path) and not self.host.list(path):
                self.host.rmdir(path)
        self.events.log("volume", "destroy", name, {"driver": "local"})

    def wire(self, volume: Volume) -> dict[str, Any]:
        return {
            "CreatedAt": self.clock.rfc3339(volume.created_us).partition(".")[0].rstrip("Z") + "Z",
            "Driver": "local",
            "Labels": volume.labels,
            "Mountpoint": f"{FOLDER}/{volume.name}/_data",
            "Name": volume.name,
            "Options": volume.options,
            "Scope": "local",
        }

    def list(self, filters: Filters) -> dict[str, Any]:
        """``GET /volumes``, sorted by name."""
        filters.validate(_ACCEPTED)
        dangling = filters.boolean("dangling") if "dangling" in filters else None
        found = [
            self.wire(volume)
            for name, volume in sorted(self.by_name.items())
            if filters.match("name", name)
            and filters.exact("driver", "local")
            and filters.labels("label", volume.labels or {})
            and (dangling is None or dangling != bool(self.users(name)))
        ]
        return {"Volumes": found, "Warnings": None}

    def prune(self, filters: Filters) -> dict[str, Any]:
        """``POST /volumes/prune``: anonymous volumes that nobody mounts, or all such with ``all``."""
        filters.validate(("label", "label!", "all"))
        everything = filters.boolean("all")
        deleted = []
        for name, volume in sorted(self.by_name.items()):
            labels = volume.labels or {}
            if (everything or ANONYMOUS in labels) and not self.users(name) and filters.labels("label", labels):
                self.remove(name)
                deleted.append(name)
        if deleted:
            self.events.log("volume", "prune", "", {"reclaimed": "0"})
        return {"VolumesDeleted": deleted or None, "SpaceReclaimed": 0}
