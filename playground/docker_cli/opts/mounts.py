"""Mounts, as ``--mount`` takes them.

Source: docker/cli opts/mount.go.
"""

from typing import Any

from playground.docker_cli.errors import FlagValueError
from playground.docker_cli.flags.kinds import Kind, csv_record
from playground.docker_cli.flags.numbers import parse_bool, parse_uint
from playground.docker_cli.formatter.sizes import ram_in_bytes

_OPTIONS = {"VolumeOptions": "volume", "ImageOptions": "image", "BindOptions": "bind", "TmpfsOptions": "tmpfs"}
_RECURSIVE = {
    "enabled": "",
    "disabled": "NonRecursive",
    "writable": "ReadOnlyNonRecursive",
    "readonly": "ReadOnlyForceRecursive",
}


def parse_mount(text: str) -> dict[str, Any]:
    """A mount in the API's form.

    Raises:
        FlagValueError: a field is wrong, or two do not go together.
    """
    mount: dict[str, Any] = {"Type": "volume"}
    for field in csv_record(text):
        key, equals, value = field.partition("=")
        key = key.lower()
        if not equals:
            if key not in ("readonly", "ro", "volume-nocopy", "bind-nonrecursive"):
                raise FlagValueError(f"invalid field '{field}' must be a key=value pair")
            value = "true"
        _set(mount, key, value, field)
    _check(mount)
    return mount


def _set(mount: dict[str, Any], key: str, value: str, field: str) -> None:
    match key:
        case "type":
            mount["Type"] = value.lower()
        case "source" | "src":
            mount["Source"] = value
        case "target" | "dst" | "destination":
            mount["Target"] = value
        case "readonly" | "ro":
            mount["ReadOnly"] = _truth(key, value)
        case "consistency":
            mount["Consistency"] = value.lower()
        case "bind-propagation":
            _options(mount, "BindOptions")["Propagation"] = value.lower()
        case "bind-nonrecursive":
            _options(mount, "BindOptions")["NonRecursive"] = _truth(key, value)
        case "bind-recursive":
            if value not in _RECURSIVE:
                raise FlagValueError(
                    f'invalid value for {key}: {value} (must be "enabled", "disabled", "writable", or "readonly")'
                )
            if _RECURSIVE[value]:
                _options(mount, "BindOptions")[_RECURSIVE[value]] = True
        case "volume-subpath":
            _options(mount, "VolumeOptions")["Subpath"] = value
        case "volume-nocopy":
            _options(mount, "VolumeOptions")["NoCopy"] = _truth(key, value)
        case "volume-label":
            _pair(_options(mount, "VolumeOptions")["Labels"], value)
        case "volume-driver":
            _options(mount, "VolumeOptions")["DriverConfig"]["Name"] = value
        case "volume-opt":
            _pair(_options(mount, "VolumeOptions")["DriverConfig"].setdefault("Options", {}), value)
        case "image-subpath":
            _options(mount, "ImageOptions")["Subpath"] = value
        case "tmpfs-size":
            try:
                _options(mount, "TmpfsOptions")["SizeBytes"] = ram_in_bytes(value)
            except FlagValueError:
                raise FlagValueError(f"invalid value for {key}: {value}") from None
        case "tmpfs-mode":
            try:
                _options(mount, "TmpfsOptions")["Mode"] = parse_uint(value, 32, 8)
            except FlagValueError:
                raise FlagValueError(f"invalid value for {key}: {value}") from None
        case _:
            raise FlagValueError(f"unexpected key '{key}' in '{field}'")


def _options(mount: dict[str, Any], name: str) -> dict[str, Any]:
    options: dict[str, Any] = mount.setdefault(name, {})
    if name == "VolumeOptions":
        options.setdefault("Labels", {})
        options.setdefault("DriverConfig", {})
    return options


def _pair(into: dict[str, str], text: str) -> None:
    key, _, value = text.partition("=")
    if key:
        into[key] = value


def _truth(key: str, text: str) -> bool:
    try:
        return parse_bool(text)
    except FlagValueError:
        raise FlagValueError(f"invalid value for {key}: {text}") from None


def _check(mount: dict[str, Any]) -> None:
    if not mount["Type"]:
        raise FlagValueError("type is required")
    if not mount.get("Target"):
        raise FlagValueError("target is required")
    for name, kind in _OPTIONS.items():
        if name in mount and mount["Type"] != kind:
            raise FlagValueError(f"cannot mix '{kind}-*' options with mount type '{mount['Type']}'")
    bind = mount.get("BindOptions", {})
    if bind.get("ReadOnlyNonRecursive") and not mount.get("ReadOnly"):
        raise FlagValueError("option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction")
    if bind.get("ReadOnlyForceRecursive"):
        if not mount.get("ReadOnly"):
            raise FlagValueError("option 'bind-recursive=readonly' requires 'readonly' to be specified in conjunction")
        if bind.get("Propagation") != "rprivate":
            raise FlagValueError(
                "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction"
            )


MOUNT = Kind("mount", lambda old, text: [*old, parse_mount(text)], ())
