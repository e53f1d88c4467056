"""What a container mounts: binds, volumes and temporary file systems, as the two ways to ask for them say.

Source: moby ``volume/mounts/linux_parser.go``, ``volume/mounts/validate.go``, ``daemon/volumes.go``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from playground.engine.containers.container import Container, Mount
from playground.engine.errors import BadParameter, EngineError

_PROPAGATION = ("private", "rprivate", "shared", "rshared", "slave", "rslave")
_MODES = (("rw", "ro"), ("z", "Z"), _PROPAGATION, ("nocopy",), ("consistent", "cached", "delegated", "default"))
_ROOT = "invalid specification: destination can't be '/'"


def check(specs: Iterable[dict[str, Any]] | None, is_there: Callable[[str], bool]) -> None:
    """Refuse mounts that make no sense, and binds of what the machine has not: ``is_there`` tells what it has.

    Raises:
        BadParameter: with the engine's sentence.
    """
    for spec in specs or ():
        kind = spec.get("Type", "")
        for options, of in (("VolumeOptions", "volume"), ("BindOptions", "bind"), ("TmpfsOptions", "tmpfs")):
            if spec.get(options) is not None and kind != of:
                raise BadParameter(f'{options} must not be specified on mount type "{kind}"')
    for spec in specs or ():
        fault = _fault(spec, is_there)
        if fault:
            raise BadParameter(f'invalid mount config for type "{spec.get("Type", "")}": {fault}')


def check_temporary(wanted: Mapping[str, str] | None) -> None:
    """Refuse places where no temporary file system can be.

    Raises:
        BadParameter: with the engine's sentence.
    """
    for target in wanted or {}:
        fault = _target_fault(target)
        if fault:
            raise BadParameter(fault)


def _target_fault(target: str) -> str:
    if target.startswith("/") and not target.strip("/."):
        return _ROOT
    return "" if target.startswith("/") else _not_absolute(target)


def _not_absolute(path: str) -> str:
    return f"invalid mount path: '{path}' mount path must be absolute"


def _fault(spec: Mapping[str, Any], is_there: Callable[[str], bool]) -> str:
    """What is wrong with a mount; empty when nothing is."""
    kind, source, target = spec.get("Type", ""), spec.get("Source", ""), spec.get("Target", "")
    if not target:
        return "field Target must not be empty"
    if fault := _target_fault(target):
        return fault
    if kind == "bind":
        return _bind_fault(spec, source, is_there)
    if kind == "volume":
        return _volume_fault(spec, source)
    if kind == "tmpfs":
        if source:
            return "field Source must not be specified"
        return _tmpfs_fault((spec.get("TmpfsOptions") or {}).get("Options") or ())
    if kind == "image":
        return "" if source else "field Source must not be empty"
    return "mount type unknown"


def _bind_fault(spec: Mapping[str, Any], source: str, is_there: Callable[[str], bool]) -> str:
    options = spec.get("BindOptions") or {}
    if not source:
        return "field Source must not be empty"
    propagation = options.get("Propagation")
    if propagation and propagation not in _PROPAGATION:
        return f"invalid propagation mode: {propagation}"
    if not source.startswith("/"):
        return _not_absolute(source)
    if not options.get("CreateMountpoint") and not is_there(source):
        return f"bind source path does not exist: {source}"
    return ""


def _volume_fault(spec: Mapping[str, Any], source: str) -> str:
    if spec.get("BindOptions") is not None:
        return "field BindOptions must not be specified"
    subpath = str((spec.get("VolumeOptions") or {}).get("Subpath") or "")
    if subpath and not source:
        return "must not set Subpath when using anonymous volumes"
    if subpath.startswith("/") or ".." in subpath.split("/"):
        return "subpath must be a relative path within the volume"
    if spec.get("ReadOnly") and not source:
        return "must not set ReadOnly mode when using anonymous volumes"
    return ""


def _tmpfs_fault(options: Iterable[list[str]]) -> str:
    for option in options:
        if not 1 <= len(option) <= 2:
            return "invalid option array length"
        if option[0] not in ("exec", "noexec"):
            return f"invalid option: {option[0]}"
    return ""


def mounts(config: dict[str, Any], host: dict[str, Any], find: Callable[[str], Container]) -> list[Mount]:
    """Every mount point that a configuration asks for; sources of anonymous volumes are empty.

    ``find`` gives the containers whose mounts it shall have too; what it asks for itself goes before those.

    Raises:
        EngineError: a bind that makes no sense.
        BadParameter: one target twice.
    """
    found: dict[str, Mount] = {}
    temporary = host.get("Tmpfs") or {}

    def add(mount: Mount) -> None:
        if mount.target in found:
            raise BadParameter(f"Duplicate mount point: {mount.target}")
        found[mount.target] = mount

    for text in host["Binds"] or ():
        mount = _bound(text, host["VolumeDriver"])
        if mount.target in temporary:
            raise BadParameter(f"Duplicate mount point: {mount.target}")
        add(mount)
    for spec in host.get("Mounts") or ():
        add(_mount(spec))
    for target, options in temporary.items():
        add(Mount("tmpfs", "", target, read_only="ro" in options.split(",")))
    others = {}
    for text in host["VolumesFrom"] or ():
        name = check_imported(text)
        read_only = "ro" in text.partition(":")[2].split(",")
        for mount in find(name).mounts:
            if mount.kind != "tmpfs":
                others[mount.target] = replace(mount, read_only=read_only or mount.read_only)
    for target in config.get("Volumes") or {}:
        if target not in found and target not in others:
            add(Mount("volume", "", target, anonymous=True))
    return list({**others, **found}.values())


def _bound(text: str, driver: str) -> Mount:
    """``source:target[:mode]``.

    Raises:
        EngineError: it makes no sense. The engine calls that a fault of its own.
    """
    wrong = f"invalid volume specification: '{text}'"
    parts = text.split(":", 3)
    if not parts[0] or len(parts) == 4 or (len(parts) == 2 and _is_mode(parts[1])):
        raise EngineError(wrong)
    source, target = (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])
    mode = parts[2] if len(parts) == 3 else ""
    if not _is_mode(mode):
        raise EngineError(f"invalid mode: {mode}")
    words = mode.split(",")
    kind = "bind" if source.startswith("/") else "volume"
    spec: dict[str, Any] = {"Type": kind, "Source": source, "Target": target, "ReadOnly": "ro" in words}
    if any(word in _PROPAGATION for word in words):
        spec["BindOptions"] = {}
    if fault := _fault(spec, lambda source: True):
        raise EngineError(f'{wrong}: invalid mount config for type "{kind}": {fault}')
    if kind == "bind":
        propagation = next((word for word in words if word in _PROPAGATION), "")
        return Mount("bind", source, target, read_only=spec["ReadOnly"], mode=mode, propagation=propagation)
    return Mount(
        "volume", "", target, source, spec["ReadOnly"], mode or "z",
        anonymous=not source, wanted={"Driver": driver} if driver else {},
    )  # fmt: skip


def _is_mode(text: str) -> bool:
    words = text.split(",") if text else []
    groups = [next((number for number, group in enumerate(_MODES) if word in group), -1) for word in words]
    return -1 not in groups and len(set(groups)) == len(groups)


def check_imported(text: str) -> str:
    """The container of ``name[:mode]``, whose volumes another one shall have.

    Raises:
        BadParameter: the text makes no sense.
    """
    if not text:
        raise BadParameter("volumes-from specification cannot be an empty string")
    name, _, mode = text.partition(":")
    if not _is_mode(mode) or any(word in (*_PROPAGATION, "nocopy") for word in mode.split(",")):
        raise BadParameter(f"invalid mode: {mode}")
    return name


def _mount(spec: dict[str, Any]) -> Mount:
    """A mount that ``check`` has found nothing wrong with."""
    kind, source, target = spec["Type"], spec.get("Source", ""), spec["Target"]
    if kind != "volume":
        options = spec.get("BindOptions") or {}
        return Mount(
            kind, source, target, read_only=bool(spec.get("ReadOnly")),
            propagation=str(options.get("Propagation") or ""), must_exist=not options.get("CreateMountpoint"),
        )  # fmt: skip
    options = spec.get("VolumeOptions") or {}
    driver = options.get("DriverConfig") or {}
    wanted = {"Driver": driver.get("Name"), "DriverOpts": driver.get("Options"), "Labels": options.get("Labels")}
    return Mount(
        "volume", "", target, source, bool(spec.get("ReadOnly")), "z",
        anonymous=not source, subpath=str(options.get("Subpath") or ""), no_copy=bool(options.get("NoCopy")),
        wanted={key: value for key, value in wanted.items() if value},
    )  # fmt: skip
