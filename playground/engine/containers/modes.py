"""The namespaces that a container shall have, share or do without, and what does not go together.

Source: moby ``runconfig/hostconfig.go``, ``runconfig/errors.go``, ``daemon/daemon_unix.go``
(``verifyPlatformContainerSettings``, ``parseSecurityOpt``).
"""

from collections.abc import Callable
from typing import Any

from playground.engine.containers.container import Container
from playground.engine.errors import BadParameter, EngineError, NotFound

_RUNTIMES = ("runc", "io.containerd.runc.v2")
_CONFLICT = "conflicting options: "
_BOOLEANS = ("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False")


def check_conflicts(config: dict[str, Any], host: dict[str, Any]) -> None:
    """Refuse a network mode that does not go with the rest; this comes before everything else is looked at.

    Raises:
        BadParameter: with the engine's sentence.
    """
    mode = host["NetworkMode"]
    if mode == "container" or mode.startswith("container:"):
        _check_shared_network(mode.partition(":")[2], config, host)
    if host["UTSMode"] == "host" and config["Hostname"]:
        raise BadParameter(f"{_CONFLICT}hostname and the UTS mode")
    if mode == "host" and host["Links"]:
        raise BadParameter(
            f"{_CONFLICT}host type networking can't be used with links. This would result in undefined behavior"
        )
    if host["Isolation"].lower() not in ("", "default"):
        raise BadParameter(f"invalid isolation ({host['Isolation']}): linux only supports 'default'")
    if host["IOMaximumBandwidth"]:
        raise BadParameter("invalid option: QoS maximum bandwidth configuration is not supported on linux")
    if host["IOMaximumIOps"]:
        raise BadParameter("invalid option: QoS maximum IOPs configuration is not supported on linux")
    if host["CpuRealtimePeriod"] or host["CpuRealtimeRuntime"]:
        raise BadParameter("kernel does not support CPU real-time scheduler")
    if host["CpuShares"] < 0:
        raise BadParameter(f"invalid CPU shares ({host['CpuShares']}): value must be a positive integer")


def _check_shared_network(other: str, config: dict[str, Any], host: dict[str, Any]) -> None:
    if not other:
        raise BadParameter("invalid network mode: invalid container format container:<name|id>")
    if config["Hostname"]:
        raise BadParameter(f"{_CONFLICT}hostname and the network mode")
    if host["Links"]:
        raise BadParameter(
            f"{_CONFLICT}container type network can't be used with links. This would result in undefined behavior"
        )
    if host["Dns"]:
        raise BadParameter(f"{_CONFLICT}dns and the network mode")
    if host["ExtraHosts"]:
        raise BadParameter(f"{_CONFLICT}custom host-to-IP mapping and the network mode")
    if host["PortBindings"] or host["PublishAllPorts"]:
        raise BadParameter(f"{_CONFLICT}port publishing and the container type network mode")
    if config.get("ExposedPorts"):
        raise BadParameter(f"{_CONFLICT}port exposing and the container type network mode")


def check(host: dict[str, Any]) -> None:
    """Refuse modes and a runtime that there are not.

    Raises:
        BadParameter: with the engine's sentence.
    """
    for key, word, known in (
        ("IpcMode", "IPC", ("", "none", "private", "shareable", "host")),
        ("PidMode", "PID", ("", "host")),
    ):
        if host[key] not in known and not host[key].startswith("container:"):
            raise BadParameter(f"invalid {word} mode: {host[key]}")
    if host["ShmSize"] < 0:
        raise BadParameter("SHM size can not be less than 0")
    if host["UTSMode"] not in ("", "host"):
        raise BadParameter(f"invalid UTS mode: {host['UTSMode']}")
    if not -1000 <= host["OomScoreAdj"] <= 1000:
        raise BadParameter(f"Invalid value {host['OomScoreAdj']}, range for oom score adj is [-1000, 1000]")
    parent = host["CgroupParent"]
    if parent and not (len(parent) > len(".slice") and parent.endswith(".slice")):
        raise BadParameter('cgroup-parent for systemd cgroup should be a valid slice named as "xxx.slice"')
    if (runtime := host["Runtime"]) and runtime not in _RUNTIMES:
        raise BadParameter(f"unknown or invalid runtime name: {runtime}")
    if host["CgroupnsMode"] not in ("", "private", "host"):
        raise BadParameter(f"invalid cgroup namespace mode: {host['CgroupnsMode']}")


def check_shared(host: dict[str, Any], find: Callable[[str], Container]) -> None:
    """Refuse to share what a container that is not there has. ``find`` raises NotFound for such a one.

    Raises:
        BadParameter: there is no such container.
    """
    for key in ("IpcMode", "PidMode"):
        kind, _, name = host[key].partition(":")
        if kind == "container" and name:
            try:
                find(name)
            except NotFound as error:
                raise BadParameter(str(error)) from None


def check_security(options: list[str] | None) -> None:
    """Refuse security options that there are not.

    Raises:
        EngineError: with the engine's sentence.
    """
    for option in options or ():
        if option in ("no-new-privileges", "writable-cgroups", "disable"):
            continue
        key, separator, value = option.partition("=" if "=" in option else ":")
        if not separator:
            raise EngineError(f'invalid --security-opt 1: "{option}"')
        known = key in ("label", "apparmor", "seccomp")
        if not known and not (key in ("no-new-privileges", "writable-cgroups") and value in _BOOLEANS):
            raise EngineError(f'invalid --security-opt 2: "{option}"')
