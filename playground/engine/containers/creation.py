"""From a request to a container's complete configuration: checks, defaults, what the image adds.

Source: moby ``daemon/create.go``, ``daemon/container.go``, ``daemon/commit.go`` (merge).
"""

import ipaddress
import re
from collections.abc import Callable
from typing import Any

from playground.engine import ipam
from playground.engine.containers import limits, modes, mounting, refusals
from playground.engine.containers.container import Endpoint
from playground.engine.errors import BadParameter
from playground.engine.identity import check_signal
from playground.engine.images.registry import Manifest
from playground.engine.images.store import image_config
from playground.engine.local_network import LocalNetwork

_MAC = re.compile(r"[0-9a-fA-F]{2}(?:(?:[:-][0-9a-fA-F]{2}){5}|(?:[:-][0-9a-fA-F]{2}){7}|(?:[:-][0-9a-fA-F]{2}){19})")
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_POLICIES = ("no", "always", "on-failure", "unless-stopped")
_MASKED = [
    "/proc/asound",
    "/proc/acpi",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",
]
_READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
_MIN_HEALTH_NS = 1_000_000


def merged(config: dict[str, Any], manifest: Manifest) -> dict[str, Any]:
    """The container's configuration with what its image says where the request says nothing.

    Raises:
        BadParameter: there is no command at all.
    """
    image = image_config(manifest)
    merged = dict(config)
    if not merged["User"]:
        merged["User"] = image["User"]
    ports = {**(image.get("ExposedPorts") or {}), **(merged.get("ExposedPorts") or {})}
    if ports:
        merged["ExposedPorts"] = dict(sorted(ports.items()))
    given = {entry.partition("=")[0] for entry in merged["Env"] or ()}
    merged["Env"] = [*(merged["Env"] or ()), *(e for e in image["Env"] if e.partition("=")[0] not in given)]
    merged["Labels"] = dict(sorted({**(image["Labels"] or {}), **(merged["Labels"] or {})}.items()))
    if not merged["Entrypoint"]:
        if not merged["Cmd"]:
            merged["Cmd"] = image["Cmd"]
        if merged["Entrypoint"] is None:
            merged["Entrypoint"] = image["Entrypoint"]
    if merged["Entrypoint"] == [""]:
        merged["Entrypoint"] = None
    if image.get("Healthcheck") and not (merged.get("Healthcheck") or {}).get("Test"):
        merged["Healthcheck"] = {**image["Healthcheck"], **(merged.get("Healthcheck") or {})}
    if not merged["WorkingDir"]:
        merged["WorkingDir"] = image["WorkingDir"]
    merged["Volumes"] = {**(image["Volumes"] or {}), **(merged["Volumes"] or {})} or None
    if image.get("StopSignal") and not merged.get("StopSignal"):
        merged["StopSignal"] = image["StopSignal"]
    if not merged["Entrypoint"] and not merged["Cmd"]:
        raise BadParameter("no command specified")
    return merged


def with_defaults(host: dict[str, Any]) -> dict[str, Any]:
    """The host configuration as it is kept and shown."""
    host = dict(host)
    if not host["LogConfig"]["Type"]:
        host["LogConfig"] = {"Type": "json-file", "Config": host["LogConfig"]["Config"] or {}}
    if host["NetworkMode"] in ("", "default"):
        host["NetworkMode"] = "bridge"
    if not host["RestartPolicy"]["Name"]:
        host["RestartPolicy"] = {**host["RestartPolicy"], "Name": "no"}
    if host["Memory"] > 0 and not host["MemorySwap"]:
        host["MemorySwap"] = 2 * host["Memory"]
    host["PortBindings"] = host["PortBindings"] or {}
    host["PidsLimit"] = host["PidsLimit"] if (host["PidsLimit"] or 0) > 0 else None
    host["ConsoleSize"] = host["ConsoleSize"] or [0, 0]
    host["IpcMode"] = host["IpcMode"] or "private"
    host["CgroupnsMode"] = host["CgroupnsMode"] or "private"
    host["ShmSize"] = host["ShmSize"] or 64 * 1024 * 1024
    host["Runtime"] = host.get("Runtime") or "runc"
    host["MaskedPaths"] = _MASKED if host["MaskedPaths"] is None else host["MaskedPaths"]
    host["ReadonlyPaths"] = _READ_ONLY if host["ReadonlyPaths"] is None else host["ReadonlyPaths"]
    return host


def check(config: dict[str, Any], host: dict[str, Any], cpus: int, is_there: Callable[[str], bool]) -> list[str]:
    """Refuse settings that make no sense, in the engine's order; returns its warnings.

    ``is_there`` tells whether the machine has a file or directory of a path.

    Raises:
        BadParameter: with the engine's sentence.
    """
    if config["WorkingDir"] and not config["WorkingDir"].startswith("/"):
        raise BadParameter(
            f"the working directory '{config['WorkingDir']}' is invalid, it needs to be an absolute path"
        )
    if config.get("StopSignal"):
        check_signal(config["StopSignal"])
    for entry in config["Env"] or ():
        if not entry.partition("=")[0]:
            raise BadParameter(f"invalid environment variable: {entry}")
    _check_health(config.get("Healthcheck") or {})
    policy = host["RestartPolicy"]
    if host["AutoRemove"] and policy["Name"] not in ("", "no"):
        raise BadParameter("can't create 'AutoRemove' container with restart policy")
    mounting.check(host.get("Mounts"), is_there)
    _check_hosts(host["ExtraHosts"])
    _check_ports(host["PortBindings"] or {})
    check_policy(policy)
    refusals.check_capabilities(host)
    if "" in (host.get("Annotations") or {}):
        raise BadParameter("invalid Annotations: the empty string is not permitted as an annotation key")
    warnings = limits.check(host, cpus, update=False)
    modes.check(host)
    mounting.check_temporary(host.get("Tmpfs"))
    if host["NetworkMode"] == "host" and host["PortBindings"]:
        warnings.append("Published ports are discarded when using host network mode")
    return warnings


def _check_ports(wanted: dict[str, list[dict[str, str]] | None]) -> None:
    for port, bindings in wanted.items():
        number = port.partition("/")[0]
        if not port.startswith("/") and not _is_port(number):
            raise BadParameter(f'invalid port specification: "{number}"')
        for binding in bindings or ():
            published = binding["HostPort"]
            first, dash, last = published.partition("/")[0].partition("-")
            if published and not (_is_port(first) and (not dash or (_is_port(last) and int(first) <= int(last)))):
                raise BadParameter(f'invalid port specification: "{published}"')


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) < 65536


def check_policy(policy: dict[str, Any]) -> None:
    """
    Raises:
        BadParameter: there is no such restart policy, or it counts no tries.
    """
    name, retries = policy["Name"], policy["MaximumRetryCount"]
    if name and name not in _POLICIES:
        raise BadParameter(
            f"invalid restart policy: unknown policy '{name}'; use one of 'no', 'always', 'on-failure', "
            "or 'unless-stopped'"
        )
    if name in ("no", "always", "unless-stopped") and retries:
        negative = " and cannot be negative" if retries < 0 else ""
        raise BadParameter(f"invalid restart policy: maximum retry count can only be used with 'on-failure'{negative}")
    if name == "on-failure" and retries < 0:
        raise BadParameter("invalid restart policy: maximum retry count cannot be negative")


def _check_hosts(entries: list[str] | None) -> None:
    """Source: docker ``opts/hosts.go``, ``ValidateExtraHost``."""
    for entry in entries or ():
        name, colon, address = entry.partition(":")
        if not name or not colon or not address:
            raise BadParameter(f'bad format for add-host: "{entry}"')
        if address == "host-gateway":
            continue
        try:
            ipaddress.ip_address(address.removeprefix("[").removesuffix("]") if address.startswith("[") else address)
        except ValueError:
            raise BadParameter(f'invalid IP address in add-host: "{address}"') from None


def _check_health(health: dict[str, Any]) -> None:
    for key, words in (("Interval", "Interval"), ("Timeout", "Timeout"), ("StartPeriod", "StartPeriod"),
                       ("StartInterval", "StartInterval")):  # fmt: skip
        if health.get(key, 0) != 0 and health[key] < _MIN_HEALTH_NS:
            raise BadParameter(f"{words} in Healthcheck cannot be less than 1ms")
    if health.get("Retries", 0) < 0:
        raise BadParameter("Retries in Healthcheck cannot be negative")


def endpoints(
    request: dict[str, Any] | None,
    host: dict[str, Any],
    find: Callable[[str], LocalNetwork | None],
    *,
    task: bool = False,
) -> list[Endpoint]:
    """The networks that a container shall be on, the one of ``NetworkMode`` first; a task's mode says nothing of them.

    ``find`` gives a network of this engine, if it knows it: one that was asked for by its id goes by its name.

    Raises:
        BadParameter: the mode and the networks contradict each other.
    """
    asked: dict[str, dict[str, Any] | None] = dict((request or {}).get("EndpointsConfig") or {})
    mode = host["NetworkMode"]
    if "default" in asked:
        asked[mode] = asked.pop("default")
    if mode.startswith("container:"):
        names = []
    elif task and asked:
        names = list(asked)
    else:
        names = [mode, *(name for name in asked if name != mode)]
    found = []
    for name in names:
        network = find(name)
        known = network is not None and network.id == name
        found.append(endpoint(network.name if network is not None and known else name, asked.get(name)))
    return found


def check_endpoints(request: dict[str, Any] | None, find: Callable[[str], LocalNetwork | None]) -> None:
    """Refuse settings of endpoints that make no sense. ``find`` gives a network of this engine, if it knows it.

    Source: moby ``daemon/create.go``, ``validateNetworkingConfig``.

    Raises:
        BadParameter: with every fault of every network.
    """
    faults = []
    for name, settings in ((request or {}).get("EndpointsConfig") or {}).items():
        if settings is None:
            faults.append(f"invalid config for network {name}: EndpointsConfig is nil")
            continue
        try:
            check_endpoint(name, settings, find(name))
        except BadParameter as error:
            faults.append(f"invalid config for network {name}: {error}")
    if faults:
        raise BadParameter(ipam.joined(faults))


def check_endpoint(name: str, settings: dict[str, Any] | None, network: LocalNetwork | None) -> None:
    """Refuse one endpoint's settings.

    Raises:
        BadParameter: with every fault.
    """
    user_defined = name not in ("default", "bridge", "host", "none") and not name.startswith("container:")
    faults = ipam.endpoint_faults(settings, user_defined)
    if network is not None and network.scope == "local":
        faults += ipam.address_faults((settings or {}).get("IPAMConfig"), network.pool, network.pool6)
    mac = str((settings or {}).get("MacAddress") or "")
    if mac and not _MAC.fullmatch(mac):
        raise BadParameter(f"invalid MAC address {mac}")
    if faults:
        raise BadParameter(f"invalid endpoint settings:\n{ipam.joined(faults)}")


def endpoint(name: str, settings: dict[str, Any] | None) -> Endpoint:
    """One endpoint as asked for."""
    if settings is None:
        return Endpoint("", name)
    return Endpoint(
        "",
        name,
        aliases=tuple(settings.get("Aliases") or ()),
        ipam=settings.get("IPAMConfig"),
        driver_options=settings.get("DriverOpts"),
        wanted_mac=str(settings.get("MacAddress") or ""),
        links=settings.get("Links"),
        gw_priority=int(settings.get("GwPriority") or 0),
    )
