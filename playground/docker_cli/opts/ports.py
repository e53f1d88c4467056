"""Published ports, as ``-p`` takes them.

Source: docker/go-connections nat; docker/cli opts/swarmopts/port.go.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from playground.docker_cli.errors import FlagValueError
from playground.docker_cli.flags.kinds import Kind, csv_record
from playground.docker_cli.flags.numbers import parse_uint

_LONG = re.compile(r"\w+=\w+(,\w+=\w+)*")
_PROTOCOLS = ("tcp", "udp", "sctp")
_MODES = ("ingress", "host")


@dataclass(frozen=True, slots=True)
class Mapping:
    """One port of a container; ``host_port`` is text, as it may be empty or a range."""

    host_ip: str
    host_port: str
    port: int
    protocol: str

    @property
    def container(self) -> str:
        return f"{self.port}/{self.protocol}"


def parse_range(text: str) -> tuple[int, int]:
    """First and last port of ``80`` or ``8000-8010``.

    Raises:
        FlagValueError: it is no range of ports.
    """
    if not text:
        raise FlagValueError("empty string specified for ports")
    first, dash, last = text.partition("-")
    start = parse_uint(first, 16, 10)
    end = parse_uint(last, 16, 10) if dash else start
    if end < start:
        raise FlagValueError(f"invalid range specified for port: {text}")
    return start, end


def split_protocol(text: str) -> tuple[str, str]:
    """Port and protocol of ``80/udp``."""
    parts = text.split("/")
    if not parts[0]:
        return "", ""
    return (parts[0], parts[1]) if len(parts) > 1 and parts[1] else (parts[0], "tcp")


def parse_mapping(text: str) -> list[Mapping]:
    """The ports of ``[ip:][host port:]port[/protocol]``.

    Raises:
        FlagValueError: it does not read so.
    """
    parts = text.split(":")
    address, host, container = ":".join(parts[:-2]), parts[-2] if len(parts) > 1 else "", parts[-1]
    container, protocol = split_protocol(container)
    address = address.removeprefix("[").removesuffix("]") if address.startswith("[") else address
    if address:
        try:
            ip_address(address)
        except ValueError:
            raise FlagValueError(f"invalid IP address: {address}") from None
    if not container:
        raise FlagValueError(f"no port specified: {text}<empty>")
    start, end = _range_or(container, f"invalid containerPort: {container}")
    host_start, host_end = _range_or(host, f"invalid hostPort: {host}") if host else (0, 0)
    if host and end - start != host_end - host_start and end != start:
        raise FlagValueError(f"invalid ranges specified for container and host Ports: {container} and {host}")
    if protocol.lower() not in _PROTOCOLS:
        raise FlagValueError(f"invalid proto: {protocol}")
    mappings = []
    for step in range(end - start + 1):
        host_port = str(host_start + step) if host else ""
        if start == end and host_start != host_end:
            host_port = f"{host_start}-{host_end}"
        mappings.append(Mapping(address, host_port, start + step, protocol.lower()))
    return mappings


def service_ports(text: str) -> list[dict[str, Any]]:
    """Port configurations of a service, from either syntax.

    Raises:
        FlagValueError: it reads as neither.
    """
    if _LONG.search(text):
        return [_long_port(text)]
    mappings = parse_mapping(text)
    if any(mapping.host_ip for mapping in mappings):
        raise FlagValueError("hostip is not supported")
    return [config for mapping in sorted(mappings, key=lambda m: m.port) for config in port_configs(mapping)]


def port_configs(mapping: Mapping) -> list[dict[str, Any]]:
    """One configuration for every published port of a mapping."""
    start, end = parse_range(mapping.host_port) if mapping.host_port else (0, 0)
    return [port_config(mapping.protocol, mapping.port, published) for published in range(start, end + 1)]


def port_config(protocol: str, target: int, published: int, mode: str = "ingress") -> dict[str, Any]:
    config: dict[str, Any] = {"Protocol": protocol, "TargetPort": target}
    if published:
        config["PublishedPort"] = published
    return {**config, "PublishMode": mode}


def described(port: dict[str, Any]) -> str:
    """What tells two port configurations apart."""
    return (
        f"{port.get('PublishedPort', 0)}:{port.get('TargetPort', 0)}"
        f"/{port.get('Protocol', '')}/{port.get('PublishMode', '')}"
    )


def _range_or(text: str, complaint: str) -> tuple[int, int]:
    try:
        return parse_range(text)
    except FlagValueError:
        raise FlagValueError(complaint) from None


def _long_port(text: str) -> dict[str, Any]:
    protocol, mode, target, published = "tcp", "ingress", 0, 0
    for field in csv_record(text):
        key, equals, value = field.lower().partition("=")
        if not equals or not key:
            raise FlagValueError(f"invalid field: {field}")
        match key:
            case "protocol":
                if value not in _PROTOCOLS:
                    raise FlagValueError(f"invalid protocol value '{value}'")
                protocol = value
            case "mode":
                if value not in _MODES:
                    raise FlagValueError(f"invalid publish mode value ({value}): must be either 'ingress' or 'host'")
                mode = value
            case "target":
                target = _long_number("target", value)
            case "published":
                published = _long_number("published", value)
            case _:
                raise FlagValueError(f"invalid field key: {key}")
    if not target:
        raise FlagValueError("missing mandatory field 'target'")
    return port_config(protocol, target, published, mode)


def _long_number(what: str, text: str) -> int:
    try:
        return parse_uint(text, 16, 10)
    except FlagValueError as error:
        reason = str(error).rsplit(": ", 1)[-1]
        raise FlagValueError(f"invalid {what} port ({text}): value must be an integer: {reason}") from None


SERVICE_PORT = Kind("port", lambda old, text: [*old, *service_ports(text)], ())
