"""From a request to a container's complete configuration: checks, defaults, what the image adds.

Source: moby ``daemon/create.go``, ``daemon/container.go``, ``daemon/commit.go`` (merge), ``volume/mounts``.
"""

import re
from collections.abc import Callable
from typing import Any

from playground.engine import ipam
from playground.engine.containers.container import Endpoint, Mount
from playground.engine.errors import BadParameter
from playground.engine.identity import signal_number
from playground.engine.images.registry import Manifest
from playground.engine.images.store import image_config
from playground.engine.local_network import LocalNetwork

_MAC = re.compile(r"([0-9a-fA-F]{2})([:-][0-9a-fA-F]{2}){5}")
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
# fmt: off
_KNOWN_SOURCES = ("/", "/var/run/docker.sock", "/run/docker.sock", "/etc", "/proc", "/sys", "/tmp", "/home", "/var",
                  "/var/lib/docker", "/var/lib/docker/volumes", "/run", "/dev", "/root", "/opt", "/srv", "/mnt")
# fmt: on
_LABELS = ("ro", "rw", "z", "Z", "nocopy")
_MODES = {
    "volume": _LABELS,
    "bind": (
        *_LABELS,
        "private",
        "rprivate",
        "shared",
        "rshared",
        "slave",
        "rslave",
        "consistent",
        "cached",
        "delegated",
    ),
}
_MIN_HEALTH_NS = 1_000_000
_MIN_MEMORY = 6 * 1024 * 1024


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
    host["MemorySwappiness"] = None  # There is no such thing in version 2 of the control groups.
    host["ConsoleSize"] = host["ConsoleSize"] or [0, 0]
    host["IpcMode"] = host["IpcMode"] or "private"
    host["CgroupnsMode"] = host["CgroupnsMode"] or "private"
    host["ShmSize"] = host["ShmSize"] or 64 * 1024 * 1024
    host["Runtime"] = host.get("Runtime") or "runc"
    host["MaskedPaths"] = _MASKED if host["MaskedPaths"] is None else host["MaskedPaths"]
    host["ReadonlyPaths"] = _READ_ONLY if host["ReadonlyPaths"] is None else host["ReadonlyPaths"]
    return host


def check(config: dict[str, Any], host: dict[str, Any]) -> None:
    """Refuse settings that make no sense.

    Raises:
        BadParameter: with the engine's sentence.
    """
    if config.get("StopSignal"):
        signal_number(config["StopSignal"])
    if config["WorkingDir"] and not config["WorkingDir"].startswith("/"):
        raise BadParameter(
            f"the working directory '{config['WorkingDir']}' is invalid, it needs to be an absolute path"
        )
    for entry in config["Env"] or ():
        if not entry.partition("=")[0]:
            raise BadParameter(f"invalid environment variable: {entry}")
    _check_health(config.get("Healthcheck") or {})
    policy = host["RestartPolicy"]
    if host["AutoRemove"] and policy["Name"] not in ("", "no"):
        raise BadParameter("can't create 'AutoRemove' container with restart policy")
    check_policy(policy)
    check_memory(host, update=False)
    _check_limits(host)
    if host["NanoCpus"] < 0:
        raise BadParameter("invalid NanoCPUs value: it must be positive")
    for port, bindings in (host["PortBindings"] or {}).items():
        number = port.partition("/")[0]
        if not number.isdigit() or not 0 < int(number) < 65536:
            raise BadParameter(f'invalid port specification: "{port}"')
        for binding in bindings or ():
            published = binding["HostPort"].partition("-")[0]
            if published and (not published.isdigit() or int(published) > 65535):
                raise BadParameter(f'invalid port specification: "{binding["HostPort"]}"')


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


def check_memory(limits: dict[str, Any], *, update: bool) -> None:
    """Source: moby ``daemon/daemon_unix.go``, ``verifyPlatformContainerResources``.

    Raises:
        BadParameter: limits of memory that contradict each other.
    """
    memory, swap, reserved = limits["Memory"], limits["MemorySwap"], limits["MemoryReservation"]
    if memory and memory < _MIN_MEMORY:
        raise BadParameter("Minimum memory limit allowed is 6MB")
    if memory > 0 and 0 < swap < memory:
        raise BadParameter("Minimum memoryswap limit should be larger than memory limit, see usage")
    if not memory and swap > 0 and not update:
        raise BadParameter("You should always set the Memory limit when using Memoryswap limit, see usage")
    if 0 < reserved < _MIN_MEMORY:
        raise BadParameter("Minimum memory reservation allowed is 6MB")
    if 0 < memory < reserved:
        raise BadParameter("Minimum memory limit can not be less than memory reservation limit, see usage")


def _check_limits(host: dict[str, Any]) -> None:
    if host["ShmSize"] < 0:
        raise BadParameter("SHM size can not be less than 0")
    if not -1000 <= host["OomScoreAdj"] <= 1000:
        raise BadParameter(f"Invalid value {host['OomScoreAdj']}, range for oom score adj is [-1000, 1000]")
    for key, word, known in (("IpcMode", "IPC", ("", "none", "private", "shareable", "host")),
                             ("PidMode", "PID", ("", "host"))):  # fmt: skip
        if host[key] not in known and not host[key].startswith("container:"):
            raise BadParameter(f"invalid {word} mode: {host[key]}")
    for entry in host["ExtraHosts"] or ():
        if not entry.partition(":")[0] or not entry.partition(":")[2]:
            raise BadParameter(f'bad format for add-host: "{entry}"')


def _check_health(health: dict[str, Any]) -> None:
    for key, words in (("Interval", "Interval"), ("Timeout", "Timeout"), ("StartPeriod", "StartPeriod"),
                       ("StartInterval", "StartInterval")):  # fmt: skip
        if health.get(key, 0) != 0 and health[key] < _MIN_HEALTH_NS:
            raise BadParameter(f"{words} in Healthcheck cannot be less than 1ms")
    if health.get("Retries", 0) < 0:
        raise BadParameter("Retries in Healthcheck cannot be negative")


def mounts(config: dict[str, Any], host: dict[str, Any]) -> list[Mount]:
    """Every mount point that a configuration asks for; sources of anonymous volumes are empty.

    Source: moby ``volume/mounts/linux_parser.go``.

    Raises:
        BadParameter: paths that make no sense, or one target twice.
    """
    found: dict[str, Mount] = {}

    def add(mount: Mount) -> None:
        if mount.target in found:
            raise BadParameter(f"Duplicate mount point: {mount.target}")
        found[mount.target] = mount

    for bind in host["Binds"] or ():
        parts = bind.split(":")
        if len(parts) not in (2, 3) or not all(parts[:2]):
            raise BadParameter(f"invalid volume specification: '{bind}'")
        source, target = parts[0], parts[1]
        mode = parts[2] if len(parts) == 3 else ""
        kind = "bind" if source.startswith("/") else "volume"
        if not target.startswith("/"):
            raise BadParameter(
                f"invalid volume specification: '{bind}': invalid mount config for type \"{kind}\": "
                f"invalid mount path: '{target}' mount path must be absolute"
            )
        if not all(word in _MODES[kind] for word in mode.split(",") if len(parts) == 3):
            raise BadParameter(f"invalid mode: {mode}")
        if target.rstrip("/") == "":
            raise BadParameter(
                f"invalid volume specification: '{bind}': invalid mount config for type "
                f'"{"bind" if source.startswith("/") else "volume"}": invalid specification: '
                "destination can't be '/'"
            )
        read_only = "ro" in mode.split(",")
        if source.startswith("/"):
            add(Mount("bind", source, target, read_only=read_only, mode=mode))
        else:
            add(Mount("volume", "", target, name=source, read_only=read_only, mode=mode or "z"))
    for spec in host.get("Mounts") or ():
        add(_mount(spec))
    for target in host.get("Tmpfs") or {}:
        add(Mount("tmpfs", "", target))
    for target in config.get("Volumes") or {}:
        if target not in found:
            add(Mount("volume", "", target, anonymous=True))
    return list(found.values())


def _mount(spec: dict[str, Any]) -> Mount:
    kind, source, target = spec.get("Type", ""), spec.get("Source", ""), spec.get("Target", "")
    problem = f'invalid mount config for type "{kind}": '
    if not target:
        raise BadParameter(problem + "field Target must not be empty")
    if not target.startswith("/"):
        raise BadParameter(problem + f"invalid mount path: '{target}' mount path must be absolute")
    if target.rstrip("/") == "":
        raise BadParameter(problem + "invalid specification: destination can't be '/'")
    if kind == "bind":
        if not source:
            raise BadParameter(problem + "field Source must not be empty")
        if not source.startswith("/"):
            raise BadParameter(problem + f"invalid mount path: '{source}' mount path must be absolute")
        if not source_exists(source) and not (spec.get("BindOptions") or {}).get("CreateMountpoint"):
            raise BadParameter(problem + f"bind source path does not exist: {source}")
    elif kind == "volume":
        subpath = str((spec.get("VolumeOptions") or {}).get("Subpath") or "")
        if subpath and not source:
            raise BadParameter(problem + "must not set Subpath when using anonymous volumes")
        if subpath.startswith("/") or ".." in subpath.split("/"):
            raise BadParameter(problem + "subpath must be a relative path within the volume")
        return Mount(
            "volume", "", target, source, bool(spec.get("ReadOnly")), "z", anonymous=not source, subpath=subpath
        )
    elif kind == "tmpfs":
        if source:
            raise BadParameter(problem + "field Source must not be specified")
    else:
        raise BadParameter("mount type unknown" if not kind else f'invalid mount config: mount type "{kind}" unknown')
    return Mount(kind, source, target, read_only=bool(spec.get("ReadOnly")))


def source_exists(path: str) -> bool:
    """True for the directories that every machine has. What a learner made there is not seen by the engine."""
    return (path.rstrip("/") or "/") in _KNOWN_SOURCES


def endpoints(request: dict[str, Any] | None, host: dict[str, Any], *, task: bool = False) -> list[Endpoint]:
    """The networks that a container shall be on, the one of ``NetworkMode`` first; a task's mode says nothing of them.

    Raises:
        BadParameter: the mode and the networks contradict each other.
    """
    asked: dict[str, dict[str, Any] | None] = dict((request or {}).get("EndpointsConfig") or {})
    mode = host["NetworkMode"]
    if "default" in asked:
        asked[mode] = asked.pop("default")
    if (mode == "host" or mode.startswith("container:")) and asked and any(name != mode for name in asked):
        raise BadParameter("conflicting options: cannot attach both user-defined and non-user-defined network-modes")
    if mode.startswith("container:"):
        names = []
    elif task and asked:
        names = list(asked)
    else:
        names = [mode, *(name for name in asked if name != mode)]
    return [endpoint(name, asked.get(name)) for name in names]


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
