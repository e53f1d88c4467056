"""Brings the short forms of a Compose file into the long ones.

Services come out as mappings whose keys stand in the order in which the real client writes them.
Source: docker/cli compose/loader/loader.go, volume.go; compose/types.
"""

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any

from playground.docker_cli.compose.yaml_text import Bytes, Duration
from playground.docker_cli.errors import CommandFailed, FlagValueError
from playground.docker_cli.flags.numbers import parse_duration
from playground.docker_cli.formatter.sizes import ram_in_bytes
from playground.docker_cli.gotemplate.floats import go_float
from playground.docker_cli.opts.ports import parse_mapping, port_configs

_PROPAGATIONS = ("rprivate", "private", "rshared", "shared", "rslave", "slave")


def _texts(value: Any) -> list[str]:
    return [_text(item) for item in value]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return go_float(value)
    return "" if value is None else str(value)


def _string_or_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else _texts(value)


def _undecodable(reason: str) -> CommandFailed:
    return CommandFailed(f"decoding failed due to the following error(s):\n\n{reason}")


def _command(value: Any, field: str) -> list[str]:
    try:
        return shlex.split(value, comments=True) if isinstance(value, str) else _texts(value)
    except ValueError:
        raise _undecodable(f"error decoding '{field}': EOF found when expecting closing quote") from None


def _labels(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {key: _text(value[key]) for key in sorted(value)}
    pairs = [_text(item).partition("=") for item in value]
    return {key: text for key, _, text in sorted(pairs)}


def _environment(value: Any) -> dict[str, str | None]:
    if isinstance(value, dict):
        return {key: None if value[key] is None else _text(value[key]) for key in sorted(value)}
    out: dict[str, str | None] = {}
    for item in value:
        key, equals, text = _text(item).partition("=")
        out[key] = text if equals else None
    return {key: out[key] for key in sorted(out)}


def _hosts(value: Any) -> list[str]:
    if isinstance(value, dict):
        pairs = [f"{key}:{value[key]}" for key in sorted(value) if value[key] is not None]
    else:
        pairs = []
        for item in value:
            separator = "=" if "=" in item else ":"
            host, found, address = _text(item).partition(separator)
            pairs += [f"{host}:{address}"] if found else []
    out = []
    for pair in pairs:
        host, _, address = pair.partition(":")
        out.append(f"{host}:{address[1:-1] if address.startswith('[') and address.endswith(']') else address}")
    return out


def _duration(value: Any) -> Duration:
    try:
        return Duration(parse_duration(str(value)))
    except FlagValueError as error:
        raise CommandFailed(str(error)) from None


def _bytes(value: Any, field: str) -> Bytes:
    try:
        return Bytes(value if isinstance(value, int) else ram_in_bytes(str(value)))
    except FlagValueError as error:
        raise _undecodable(f"error decoding '{field}': {error}") from None


def _ports(value: Any) -> list[dict[str, Any]]:
    out = []
    for entry in value:
        if isinstance(entry, dict):
            out.append(_in_order(entry, dict.fromkeys(("mode", "target", "published", "protocol"), _same)))
            continue
        try:
            mappings = parse_mapping(str(entry))
        except FlagValueError as error:
            raise CommandFailed(str(error)) from None
        for mapping in mappings:
            for config in port_configs(mapping):
                port = {"mode": config["PublishMode"], "target": config["TargetPort"]}
                if config.get("PublishedPort"):
                    port["published"] = config["PublishedPort"]
                out.append({**port, "protocol": config["Protocol"]})
    return out


def parse_volume(text: str) -> dict[str, Any]:
    """``source:target:options`` in the long form.

    Raises:
        CommandFailed: a part is empty, or there are too many.
    """
    if not text:
        raise CommandFailed("invalid empty volume spec")
    parts = re.split(r"(?<!^[a-zA-Z])(?<!:[a-zA-Z]):", text) if len(text) > 2 else [text]
    if "" in parts:
        raise CommandFailed(f"invalid spec: {text}: empty section between colons")
    if len(parts) > 3:
        raise CommandFailed(f"invalid spec: {text}: too many colons")
    source = parts[0] if len(parts) > 1 else ""
    is_path = bool(re.match(r"[/.~]|[a-zA-Z]:", source))
    volume: dict[str, Any] = {"type": "bind" if is_path else "volume"}
    if source:
        volume["source"] = source
    volume["target"] = parts[1] if len(parts) > 1 else parts[0]
    for option in parts[2].split(",") if len(parts) == 3 else []:
        if option == "ro":
            volume["read_only"] = True
        elif option == "nocopy":
            volume["volume"] = {"nocopy": True}
        elif option in _PROPAGATIONS:
            volume["bind"] = {"propagation": option}
    return volume


def _volumes(value: Any) -> list[dict[str, Any]]:
    keys = ("type", "source", "target", "read_only", "consistency", "bind", "volume", "image", "tmpfs", "cluster")
    out = []
    for position, entry in enumerate(value):
        try:
            volume = parse_volume(entry) if isinstance(entry, str) else entry
        except CommandFailed as error:
            raise _undecodable(f"error decoding 'Volumes[{position}]': {error}") from None
        out.append(_in_order(volume, dict.fromkeys(keys, _same)))
    return out


def _references(value: Any) -> list[dict[str, Any]]:
    out = []
    for entry in value:
        reference = {"source": entry} if isinstance(entry, str) else entry
        out.append(_in_order(reference, dict.fromkeys(("source", "target", "uid", "gid", "mode"), _same)))
    return out


def _networks(value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return dict.fromkeys(sorted(value))
    return {name: value[name] for name in sorted(value)}


def _test(value: Any) -> list[str]:
    return ["CMD-SHELL", value] if isinstance(value, str) else _texts(value)


def _health(value: Any) -> dict[str, Any]:
    spans = dict.fromkeys(("timeout", "interval"), _duration)
    more = dict.fromkeys(("start_period", "start_interval"), _duration)
    return _in_order(value, {"test": _test, **spans, "retries": int, **more, "disable": _same})


def _update(value: Any) -> dict[str, Any]:
    return _in_order(
        value,
        {
            "parallelism": _same,
            "delay": _duration,
            "failure_action": _same,
            "monitor": _duration,
            "max_failure_ratio": _same,
            "order": _same,
        },
        keep=("parallelism",),
    )


def _resources(value: Any) -> dict[str, Any]:
    def memory(of: str) -> Callable[[Any], Bytes]:
        return lambda size: _bytes(size, f"Deploy.Resources.{of}.memory")

    limits = {"cpus": _text, "memory": memory("Limits"), "pids": _same}
    reservations = {"cpus": _text, "memory": memory("Reservations"), "generic_resources": _same}
    return _in_order(
        value,
        {
            "limits": lambda inner: _in_order(inner, limits),
            "reservations": lambda inner: _in_order(inner, reservations),
        },
    )


def _deploy(value: Any) -> dict[str, Any]:
    restart = {"condition": _same, "delay": _duration, "max_attempts": _same, "window": _duration}
    placement = {"constraints": _texts, "preferences": _same, "max_replicas_per_node": _same}
    return _in_order(
        value or {},
        {
            "mode": _same,
            "replicas": lambda value: _not_negative(value, "Deploy.Replicas"),
            "labels": _labels,
            "update_config": _update,
            "rollback_config": _update,
            "resources": _resources,
            "restart_policy": lambda inner: _in_order(inner, restart, keep=("max_attempts",)),
            "placement": lambda inner: _in_order(inner, placement),
            "endpoint_mode": _same,
        },
        keep=("replicas",),
    )


def _logging(value: Any) -> dict[str, Any]:
    return _in_order(value, {"driver": _same, "options": _labels})


def _not_negative(value: Any, field: str) -> Any:
    if isinstance(value, int) and value < 0:
        raise _undecodable(f"cannot parse '{field}', {value} overflows uint")
    return value


def _only_text(value: Any) -> Any:
    if isinstance(value, int):
        raise _undecodable(f"'shm_size' expected type 'string', got unconvertible type 'int', value: '{value}'")
    return value


def _ulimits(value: Any) -> dict[str, Any]:
    return {name: value[name] for name in sorted(value)}


def _same(value: Any) -> Any:
    return value


_SERVICE: dict[str, Callable[[Any], Any]] = {
    "build": lambda value: {"context": value} if isinstance(value, str) else value,
    "cap_add": _texts,
    "cap_drop": _texts,
    "cgroupns_mode": _same,
    "cgroup_parent": _same,
    "command": lambda value: _command(value, "Command"),
    "configs": _references,
    "container_name": _same,
    "credential_spec": _same,
    "depends_on": _texts,
    "deploy": _deploy,
    "devices": _texts,
    "dns": _string_or_list,
    "dns_search": _string_or_list,
    "domainname": _same,
    "entrypoint": lambda value: _command(value, "Entrypoint"),
    "environment": _environment,
    "env_file": _string_or_list,
    "expose": _texts,
    "external_links": _texts,
    "extra_hosts": _hosts,
    "hostname": _same,
    "healthcheck": _health,
    "image": _same,
    "init": _same,
    "ipc": _same,
    "isolation": _same,
    "labels": _labels,
    "links": _texts,
    "logging": _logging,
    "mac_address": _same,
    "network_mode": _same,
    "networks": _networks,
    "pid": _same,
    "ports": _ports,
    "privileged": _same,
    "read_only": _same,
    "restart": _same,
    "secrets": _references,
    "security_opt": _texts,
    "shm_size": _only_text,
    "stdin_open": _same,
    "stop_grace_period": _duration,
    "stop_signal": _same,
    "sysctls": _labels,
    "tmpfs": _string_or_list,
    "tty": _same,
    "ulimits": _ulimits,
    "user": _same,
    "userns_mode": _same,
    "volumes": _volumes,
    "working_dir": _same,
}


def _in_order(value: Any, fields: Mapping[str, Callable[[Any], Any]], keep: tuple[str, ...] = ()) -> dict[str, Any]:
    """The known fields that say something, each brought into its long form."""
    out = {}
    for key, convert in fields.items():
        if key not in value or (value[key] is None and key not in keep):
            continue
        converted = convert(value[key])
        if converted or key in keep or isinstance(converted, Duration):
            out[key] = converted
    return out


def ordered(definition: dict[str, Any]) -> dict[str, Any]:
    """A service in the long form, its fields in the order in which they are written."""
    known = {key: definition[key] for key in _SERVICE if key in definition}
    return {**known, **{key: definition[key] for key in definition if key not in known}}


def service(definition: dict[str, Any]) -> dict[str, Any]:
    """One service.

    Raises:
        CommandFailed: a text in it cannot be read.
    """
    out = _in_order(definition, _SERVICE, keep=("init", "stop_grace_period"))
    return {**out, **_extras(definition)}


def _external(value: Any) -> tuple[bool, str]:
    if isinstance(value, dict):
        return True, str(value.get("name") or "")
    return bool(value), ""


def named_object(kind: str, name: str, definition: Any) -> dict[str, Any]:
    """A network, volume, secret or config of the top level; ``external`` becomes a plain truth value.

    Raises:
        CommandFailed: it is external and says what only an own one may say.
    """
    source = dict(definition or {})
    external, old_name = _external(source.pop("external", False))
    fields: dict[str, Callable[[Any], Any]] = {
        "network": {"name": _same, "driver": _same, "driver_opts": _labels, "ipam": _same},
        "volume": {"name": _same, "driver": _same, "driver_opts": _labels},
    }.get(kind, {"name": _same, "file": _same})
    if external:
        if kind == "volume":
            for key in ("driver", "driver_opts", "labels"):
                if source.get(key):
                    raise CommandFailed(f'conflicting parameters "external" and "{key}" specified for volume "{name}"')
        if old_name and source.get("name"):
            raise CommandFailed(f"{kind} {name}: {kind}.external.name and {kind}.name conflict; only use {kind}.name")
        source["name"] = old_name or source.get("name") or name
    out = _in_order(source, fields)
    if external:
        out["external"] = True
    rest: dict[str, Callable[[Any], Any]] = {
        "internal": _same,
        "attachable": _same,
        "labels": _labels,
        "driver": _same,
        "driver_opts": _labels,
        "template_driver": _same,
    }
    more = _in_order(source, {key: convert for key, convert in rest.items() if key not in fields})
    return {**out, **more, **_extras(source)}


def _extras(definition: dict[str, Any]) -> dict[str, Any]:
    return {key: definition[key] for key in sorted(definition) if key.startswith("x-")}
