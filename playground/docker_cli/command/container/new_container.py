"""The configuration of a new container, from the flags of ``run`` and ``create``.

Source: docker/cli command/container/opts.go (parse).
"""

import re
from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.errors import CommandFailed, FlagValueError
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.opts import lists
from playground.docker_cli.opts.networks import Attachment
from playground.docker_cli.opts.ports import parse_mapping, parse_range, split_protocol

_HOST_FIELDS = {
    "oom-score-adj": "OomScoreAdj",
    "rm": "AutoRemove",
    "privileged": "Privileged",
    "link": "Links",
    "publish-all": "PublishAllPorts",
    "dns": "Dns",
    "dns-search": "DnsSearch",
    "dns-option": "DnsOptions",
    "add-host": "ExtraHosts",
    "volumes-from": "VolumesFrom",
    "ipc": "IpcMode",
    "pid": "PidMode",
    "uts": "UTSMode",
    "userns": "UsernsMode",
    "cgroupns": "CgroupnsMode",
    "cap-add": "CapAdd",
    "cap-drop": "CapDrop",
    "group-add": "GroupAdd",
    "security-opt": "SecurityOpt",
    "read-only": "ReadonlyRootfs",
    "volume-driver": "VolumeDriver",
    "isolation": "Isolation",
    "shm-size": "ShmSize",
    "sysctl": "Sysctls",
    "runtime": "Runtime",
    "mount": "Mounts",
    "annotation": "Annotations",
    "cgroup-parent": "CgroupParent",
    "memory": "Memory",
    "memory-reservation": "MemoryReservation",
    "memory-swap": "MemorySwap",
    "memory-swappiness": "MemorySwappiness",
    "oom-kill-disable": "OomKillDisable",
    "cpus": "NanoCpus",
    "cpu-count": "CpuCount",
    "cpu-percent": "CpuPercent",
    "cpu-shares": "CpuShares",
    "cpu-period": "CpuPeriod",
    "cpu-quota": "CpuQuota",
    "cpu-rt-period": "CpuRealtimePeriod",
    "cpu-rt-runtime": "CpuRealtimeRuntime",
    "cpuset-cpus": "CpusetCpus",
    "cpuset-mems": "CpusetMems",
    "pids-limit": "PidsLimit",
    "blkio-weight": "BlkioWeight",
    "ulimit": "Ulimits",
    "device-cgroup-rule": "DeviceCgroupRules",
    "cidfile": "ContainerIDFile",
}
"""Flags whose value is a field of the host configuration."""

_NONE_IF_EMPTY = {
    name: _HOST_FIELDS[name]
    for name in (
        "volumes-from",
        "cap-add",
        "cap-drop",
        "add-host",
        "group-add",
        "link",
        "security-opt",
        "device-cgroup-rule",
    )
}
_NO_DEVICES = (
    "BlkioWeightDevice",
    "BlkioDeviceReadBps",
    "BlkioDeviceWriteBps",
    "BlkioDeviceReadIOps",
    "BlkioDeviceWriteIOps",
)
_POLICIES = ("no", "always", "unless-stopped", "on-failure")


def new_container(cli: Cli, values: Values) -> dict[str, Any]:
    """The body of ``POST /containers/create``.

    Raises:
        CommandFailed: flags are wrong or contradict each other.
    """
    image, *arguments = values.words
    attach = values.items("attach")
    stdin = values.truth("interactive")
    try:
        exposed, bindings = _ports(values)
    except FlagValueError as error:
        raise CommandFailed(str(error)) from None
    binds, volumes = _volumes(values)
    entrypoint: list[str] | None = [values.text("entrypoint")] if values.changed("entrypoint") else None
    policy = restart_policy(values.text("restart"))
    if values.truth("rm") and policy["Name"] not in ("", "no"):
        raise CommandFailed("conflicting options: cannot specify both --restart and --rm")
    swappiness = values.number("memory-swappiness")
    if swappiness != -1 and not 0 <= swappiness <= 100:
        raise CommandFailed(f"invalid value: {swappiness}. Valid memory swappiness range is 0-100")
    _check_modes(values)
    body: dict[str, Any] = {
        "Hostname": values.text("hostname"),
        "Domainname": values.text("domainname"),
        "User": values.text("user"),
        "AttachStdin": stdin or "stdin" in attach,
        "AttachStdout": not attach or "stdout" in attach,
        "AttachStderr": not attach or "stderr" in attach,
        "ExposedPorts": exposed,
        "Tty": values.truth("tty"),
        "OpenStdin": stdin,
        "StdinOnce": stdin,
        "Env": lists.environment(cli, values.items("env-file"), values.items("env")),
        "Cmd": arguments or None,
        "Healthcheck": _health(values),
        "Image": image,
        "Volumes": volumes,
        "WorkingDir": values.text("workdir"),
        "Entrypoint": entrypoint,
        "MacAddress": values.text("mac-address"),
        "OnBuild": None,
        "Labels": lists.labels(cli, values.items("label-file"), values.items("label")),
        "StopSignal": values.text("stop-signal"),
    }
    if values.changed("stop-timeout"):
        body["StopTimeout"] = values.number("stop-timeout")
    body = {key: value for key, value in body.items() if key not in ("Healthcheck", "StopSignal") or value}
    attachments = values.items("network") or [Attachment("default")]
    body["HostConfig"] = {
        **{field: values[name] for name, field in _HOST_FIELDS.items()},
        **{field: values[name] or None for name, field in _NONE_IF_EMPTY.items()},
        **{key: [] for key in _NO_DEVICES},
        "Binds": binds,
        "PortBindings": bindings,
        "NetworkMode": attachments[0].target,
        "RestartPolicy": policy,
        "LogConfig": {"Type": values.text("log-driver"), "Config": lists.pairs(values.items("log-opt"))},
        "Tmpfs": dict(text.partition(":")[::2] for text in values.items("tmpfs")),
        "StorageOpt": lists.pairs(values.items("storage-opt")),
        "Devices": [_device(text) for text in values.items("device")],
    }
    if values.changed("init"):
        body["HostConfig"]["Init"] = values.truth("init")
    body["NetworkingConfig"] = {"EndpointsConfig": _endpoints(values, attachments)}
    return body


def _check_modes(values: Values) -> None:
    """What the command itself refuses, before any engine hears of it.

    Raises:
        CommandFailed: a namespace, a hardware address or an alias makes no sense.
    """
    pid, user = values.text("pid"), values.text("userns")
    if pid not in ("", "host") and not pid.startswith("container:"):
        raise CommandFailed("--pid: invalid PID mode")
    if user not in ("", "host"):
        raise CommandFailed("--userns: invalid USER mode")
    address = values.text("mac-address")
    places = [attachment.target for attachment in values.items("network")] or ["default"]
    if values.items("network-alias") and places[0] in ("default", "bridge", "host", "none"):
        raise CommandFailed("network-scoped aliases are only supported for user-defined networks")
    if address and not re.fullmatch(r"[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5,7}", address):
        raise CommandFailed(f"{address} is not a valid mac address")


def restart_policy(text: str) -> dict[str, Any]:
    """``on-failure:3`` in the API's form.

    Raises:
        CommandFailed: the policy is unknown, or its count is.
    """
    name, colon, count = text.partition(":")
    if colon and not count.isdigit():
        raise CommandFailed("invalid restart policy format: maximum retry count must be an integer")
    if text and not name:
        raise CommandFailed("invalid restart policy format: no policy provided before colon")
    return {"Name": name, "MaximumRetryCount": int(count or 0)}


def _ports(values: Values) -> tuple[dict[str, Any], dict[str, Any]]:
    exposed: dict[str, Any] = {}
    bindings: dict[str, Any] = {}
    for text in values.items("publish"):
        for mapping in parse_mapping(_short_form(text)):
            exposed[mapping.container] = {}
            binding = {"HostIp": mapping.host_ip, "HostPort": mapping.host_port}
            bindings.setdefault(mapping.container, []).append(binding)
    for text in values.items("expose"):
        if ":" in text:
            raise FlagValueError(f"invalid port format for --expose: {text}")
        port, protocol = split_protocol(text)
        try:
            start, end = parse_range(port)
        except FlagValueError as error:
            raise FlagValueError(f"invalid range format for --expose: {text}, error: {error}") from None
        for number in range(start, end + 1):
            exposed.setdefault(f"{number}/{protocol}", {})
    return exposed, bindings


def _short_form(text: str) -> str:
    """``published=8080,target=80`` as ``8080:80/tcp``."""
    if "=" not in text:
        return text
    fields = dict(part.lower().partition("=")[::2] for part in text.split(","))
    for key in fields:
        if key not in ("published", "target", "protocol", "mode"):
            raise FlagValueError(f"invalid publish opts format (should be name=value but got '{key}')")
    return f"{fields.get('published', '')}:{fields.get('target', '')}/{fields.get('protocol', 'tcp')}"


def _volumes(values: Values) -> tuple[list[str], dict[str, Any]]:
    binds: list[str] = []
    volumes: dict[str, Any] = {}
    for text in values.items("volume"):
        if ":" in text:
            binds.append(text)
        else:
            volumes[text] = {}
    return binds, volumes


def _device(text: str) -> dict[str, str]:
    source, _, rest = text.partition(":")
    target, _, permissions = rest.partition(":")
    if target and set(target) <= set("rwm") and not permissions:
        target, permissions = "", target
    return {
        "PathOnHost": source,
        "PathInContainer": target or source,
        "CgroupPermissions": permissions or "rwm",
    }


def _health(values: Values) -> dict[str, Any] | None:
    settings = {
        "Interval": "health-interval",
        "Timeout": "health-timeout",
        "StartPeriod": "health-start-period",
        "StartInterval": "health-start-interval",
        "Retries": "health-retries",
    }
    given = {field: values[name] for field, name in settings.items() if values[name]}
    command = values.text("health-cmd")
    if values.truth("no-healthcheck"):
        if given or command:
            raise CommandFailed("--no-healthcheck conflicts with --health-* options")
        return {"Test": ["NONE"]}
    for field, name in settings.items():
        if given.get(field, 0) < 0:
            raise CommandFailed(f"--{name} cannot be negative")
    if not (given or command):
        return None
    return {**({"Test": ["CMD-SHELL", command]} if command else {}), **given}


def _endpoints(values: Values, attachments: list[Attachment]) -> dict[str, Any]:
    endpoints: dict[str, Any] = {}
    for position, attachment in enumerate(attachments):
        if attachment.target in endpoints:
            raise CommandFailed(f'network "{attachment.target}" is specified multiple times')
        first = position == 0
        addresses = {
            "IPv4Address": attachment.ipv4 or (values.text("ip") if first else ""),
            "IPv6Address": attachment.ipv6 or (values.text("ip6") if first else ""),
            "LinkLocalIPs": attachment.link_local or (values.items("link-local-ip") if first else []),
        }
        addresses = {key: value for key, value in addresses.items() if value}
        aliases = [*attachment.aliases, *(values.items("network-alias") if first else [])]
        endpoints[attachment.target] = {
            "IPAMConfig": addresses or None,
            "Links": values.items("link") or None if first else None,
            "Aliases": aliases or None,
            "DriverOpts": attachment.driver_options or None,
            "GwPriority": attachment.gateway_priority,
            "MacAddress": attachment.mac or (values.text("mac-address") if first else ""),
        }
    return endpoints
