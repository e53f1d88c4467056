"""What the API tells of containers: the list with its filters, and one container in full.

Source: moby ``daemon/list.go``, ``daemon/inspect.go``, ``container/view.go``.
"""

from collections.abc import Callable
from typing import Any

from playground.engine import wire
from playground.engine.clock import Clock
from playground.engine.containers.container import Container, Endpoint, Mount, command_text
from playground.engine.errors import BadParameter, Conflict, EngineError, NotFound
from playground.engine.filters import Filters
from playground.engine.images.store import ImageStore
from playground.sim import SECOND

_ACCEPTED = [
    "ancestor",
    "before",
    "exited",
    "id",
    "isolation",
    "label",
    "name",
    "status",
    "health",
    "since",
    "volume",
    "network",
    "is-task",
    "publish",
    "expose",
]
_STATES = ("paused", "restarting", "removing", "running", "dead", "created", "exited")
_MOUNTED = frozenset(("/dev", "/proc", "/sys", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"))
_HEALTH = ("starting", "healthy", "unhealthy", "none")


def listed(
    containers: list[Container],
    find: Callable[[str], Container],
    images: ImageStore,
    clock: Clock,
    filters: Filters,
    everything: bool,
    limit: int,
    size: bool,
) -> list[dict[str, Any]]:
    """``GET /containers/json``, newest first.

    Raises:
        BadParameter: a filter or its value is unknown.
    """
    filters.validate(_ACCEPTED)
    chosen = _chosen(containers, find, images, filters, everything, limit)
    return [summary(container, images, clock, size) for container in chosen]


def _chosen(
    containers: list[Container],
    find: Callable[[str], Container],
    images: ImageStore,
    filters: Filters,
    everything: bool,
    limit: int,
) -> list[Container]:
    exited = []
    for value in filters.get("exited"):
        try:
            exited.append(int(value))
        except ValueError:
            raise BadParameter(
                f"invalid filter 'exited={value}': strconv.Atoi: parsing \"{value}\": invalid syntax"
            ) from None
    for value in filters.get("status"):
        if value not in _STATES:
            raise BadParameter(f"invalid filter 'status={value}'")
        everything = True
    for value in filters.get("health"):
        if value not in _HEALTH:
            raise BadParameter(f"unrecognized filter value for health: {value}")
    is_task = filters.boolean("is-task") if "is-task" in filters else None
    ancestors = _ancestors(images, filters)
    before = [find(value).created_us for value in filters.get("before")]
    since = [find(value).created_us for value in filters.get("since")]
    ports = {kind: _ports(kind, filters.get(kind)) for kind in ("publish", "expose")}
    found: list[Container] = []
    for container in sorted(containers, key=lambda c: c.created_us, reverse=True):
        if limit > 0 and len(found) == limit:
            break
        state = container.state
        if (
            (state.running or everything or limit > 0)
            and all(container.created_us < moment for moment in before)
            and all(container.created_us > moment for moment in since)
            and (filters.match("name", f"/{container.name}") or filters.match("name", container.name))
            and filters.match("id", container.id)
            and (is_task is None or is_task == container.managed)
            and filters.labels("label", container.labels)
            and (not exited or (state.exit_code in exited and not state.running and state.started_us is not None))
            and filters.match("status", state.word)
            and filters.exact("health", state.health.status if state.health else "none")
            and (ancestors is None or container.manifest.image_id in ancestors)
            and _has_volume(container, filters.get("volume"))
            and _has_network(container, filters.get("network"))
            and _has_port(container, ports)
        ):
            found.append(container)
    return found


def _ancestors(images: ImageStore, filters: Filters) -> list[str] | None:
    if "ancestor" not in filters:
        return None
    found = []
    for value in filters.get("ancestor"):
        try:
            found.append(images.find(value).image_id)
        except EngineError:
            continue
    return found


def _ports(kind: str, values: list[str]) -> list[str]:
    found: list[str] = []
    for value in values:
        if ":" in value:
            raise BadParameter(f"filter for '{kind}' should not contain ':': {value}")
        span, _, protocol = value.partition("/")
        first, _, last = span.partition("-")
        last = last or first
        if not first.isdigit() or not last.isdigit() or int(last) > 65535:
            number = last if first.isdigit() and int(first) < 1 << 16 else first
            fault = "value out of range" if number.isdigit() else "invalid syntax"
            raise EngineError(
                f'error while looking up for {kind} {value}: strconv.ParseUint: parsing "{number}": {fault}'
            )
        found += [f"{port}/{protocol or 'tcp'}" for port in range(int(first), int(last) + 1)]
    return found


def _has_volume(container: Container, wanted: list[str]) -> bool:
    known = {name for mount in container.mounts for name in (mount.name or mount.source, mount.target)}
    return not wanted or any(value in known for value in wanted)


def _has_network(container: Container, wanted: list[str]) -> bool:
    return not wanted or any(
        value == endpoint.network_name or (endpoint.network_id and endpoint.network_id.startswith(value))
        for value in wanted
        for endpoint in container.endpoints.values()
    )


def _has_port(container: Container, wanted: dict[str, list[str]]) -> bool:
    if not wanted["publish"] and not wanted["expose"]:
        return True
    for port in port_summaries(container):
        if f"{port.get('PublicPort', 0)}/{port['Type']}" in wanted["publish"]:
            return True
        if f"{port['PrivatePort']}/{port['Type']}" in wanted["expose"]:
            return True
    return False


def port_summaries(container: Container) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for port, bindings in sorted(container.ports.items()):
        number, _, protocol = port.partition("/")
        if not bindings:
            found.append({"PrivatePort": int(number), "Type": protocol})
        for address, published in bindings:
            found.append({"IP": address, "PrivatePort": int(number), "PublicPort": int(published), "Type": protocol})
    return found


def summary(container: Container, images: ImageStore, clock: Clock, size: bool) -> dict[str, Any]:
    image = container.config["Image"]
    try:
        if images.find(image).image_id != container.manifest.image_id:
            image = container.manifest.image_id
    except EngineError:
        image = container.manifest.image_id
    made: dict[str, Any] = {
        "Id": container.id,
        "Names": [f"/{container.name}"],
        "Image": image,
        "ImageID": container.manifest.image_id,
        "Command": command_text(container),
        "Created": clock.unix_us(container.created_us) // SECOND,
        "Ports": port_summaries(container),
    }
    if size:
        made |= {"SizeRw": size_of(container), "SizeRootFs": container.manifest.image.size + size_of(container)}
    made |= {
        "Labels": container.labels,
        "State": container.state.word,
        "Status": container.state.sentence(clock.now_us),
        "HostConfig": {"NetworkMode": container.host_config["NetworkMode"]},
        "NetworkSettings": {
            "Networks": {name: _endpoint(endpoint, None) for name, endpoint in sorted(container.endpoints.items())}
        },
        "Mounts": [_mount(mount) for mount in container.mounts],
    }
    return made


def size_of(container: Container) -> int:
    """Bytes that the container has written; what is mounted does not count."""
    return max(0, container.files.usage()[0])


def _endpoint(endpoint: Endpoint, names: list[str] | None) -> dict[str, Any]:
    return {
        "IPAMConfig": endpoint.ipam,
        "Links": endpoint.links,
        "Aliases": list(endpoint.aliases) or None,
        "MacAddress": endpoint.mac or endpoint.wanted_mac,
        "DriverOpts": endpoint.driver_options,
        "GwPriority": endpoint.gw_priority,
        "NetworkID": endpoint.network_id,
        "EndpointID": endpoint.endpoint_id,
        "Gateway": endpoint.gateway,
        "IPAddress": endpoint.address,
        "IPPrefixLen": endpoint.prefix,
        "IPv6Gateway": endpoint.gateway6,
        "GlobalIPv6Address": endpoint.address6,
        "GlobalIPv6PrefixLen": endpoint.prefix6,
        "DNSNames": names,
    }


def _mount(mount: Mount) -> dict[str, Any]:
    made: dict[str, Any] = {"Type": mount.kind}
    if mount.name:
        made["Name"] = mount.name
    made |= {"Source": mount.source, "Destination": mount.target}
    if mount.kind == "volume":
        made["Driver"] = "local"
    made |= {
        "Mode": mount.mode,
        "RW": not mount.read_only,
        "Propagation": (mount.propagation or "rprivate") if mount.kind == "bind" else "",
    }
    return made


def inspected(container: Container, clock: Clock, size: bool) -> dict[str, Any]:
    """``GET /containers/{id}/json``."""
    state = container.state
    shown: dict[str, Any] = {
        "Status": state.word,
        "Running": state.running,
        "Paused": state.paused,
        "Restarting": state.restarting,
        "OOMKilled": state.oom_killed,
        "Dead": state.dead,
        "Pid": state.pid,
        "ExitCode": state.exit_code,
        "Error": state.error,
        "StartedAt": clock.rfc3339(state.started_us),
        "FinishedAt": clock.rfc3339(state.finished_us),
    }
    if state.health is not None:
        shown["Health"] = {
            "Status": state.health.status,
            "FailingStreak": state.health.failing_streak,
            "Log": list(state.health.log),
        }
    path, *arguments = container.words
    root = f"/var/lib/docker/containers/{container.id}"
    layer = f"/var/lib/docker/overlay2/{container.id}"
    made: dict[str, Any] = {
        "Id": container.id,
        "Created": clock.rfc3339(container.created_us),
        "Path": path,
        "Args": arguments,
        "State": shown,
        "Image": container.manifest.image_id,
        "ResolvConfPath": f"{root}/resolv.conf" if container.runs else "",
        "HostnamePath": f"{root}/hostname" if container.runs else "",
        "HostsPath": f"{root}/hosts" if container.runs else "",
        "LogPath": f"{root}/{container.id}-json.log" if container.runs else "",
        "Name": f"/{container.name}",
        "RestartCount": container.restart_count,
        "Driver": "overlay2",
        "Platform": "linux",
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": "docker-default" if container.runs else "",
        "ExecIDs": sorted(container.execs) or None,
        "HostConfig": wire.HOST_CONFIG.write(container.host_config),
        "GraphDriver": {
            "Data": {
                "ID": container.id,
                "LowerDir": f"{layer}-init/diff",
                "MergedDir": f"{layer}/merged",
                "UpperDir": f"{layer}/diff",
                "WorkDir": f"{layer}/work",
            },
            "Name": "overlay2",
        },
    }
    if size:
        made |= {"SizeRw": size_of(container), "SizeRootFs": container.manifest.image.size + size_of(container)}
    default = container.endpoints.get("bridge", Endpoint("", "bridge"))
    made |= {
        "Mounts": [_mount(mount) for mount in container.mounts],
        "Config": wire.CONFIG.write(container.config),
        "NetworkSettings": {
            "Bridge": "",
            "SandboxID": (container.id[::-1]) if state.running else "",
            "SandboxKey": f"/var/run/docker/netns/{container.id[::-1][:12]}" if state.running else "",
            "Ports": {
                port: [{"HostIp": address, "HostPort": published} for address, published in bindings] or None
                for port, bindings in sorted(container.ports.items())
            },
            "HairpinMode": False,
            "LinkLocalIPv6Address": "",
            "LinkLocalIPv6PrefixLen": 0,
            "SecondaryIPAddresses": None,
            "SecondaryIPv6Addresses": None,
            "EndpointID": default.endpoint_id,
            "Gateway": default.gateway,
            "GlobalIPv6Address": "",
            "GlobalIPv6PrefixLen": 0,
            "IPAddress": default.address,
            "IPPrefixLen": default.prefix,
            "IPv6Gateway": "",
            "MacAddress": default.mac,
            "Networks": {
                name: _endpoint(endpoint, _dns_names(container, endpoint))
                for name, endpoint in sorted(container.endpoints.items())
            },
        },
    }
    return made


def _dns_names(container: Container, endpoint: Endpoint) -> list[str] | None:
    if endpoint.network_name in ("bridge", "host", "none"):
        return None
    return container.dns_names(endpoint)


def changes(container: Container) -> list[dict[str, Any]]:
    """``GET /containers/{id}/changes``: what differs from the image (0 changed, 1 added, 2 deleted)."""
    mounted = tuple(f"{mount.target.rstrip('/')}/" for mount in container.mounts)

    def elsewhere(path: str) -> bool:
        """What is mounted, by the engine or for a volume, is no change of the container's own layer."""
        return path in _MOUNTED or path.startswith(mounted)

    kinds = {"changed": 0, "added": 1, "deleted": 2}
    return [{"Path": path, "Kind": kinds[kind]} for path, kind in container.files.differences(elsewhere)]


def top(container: Container, clock: Clock, arguments: str) -> dict[str, Any]:
    """``GET /containers/{id}/top``.

    Raises:
        Conflict: the container does not run.
        EngineError: ps would not understand.
    """
    if not container.state.running:
        raise Conflict(f"container {container.id} is not running")
    if arguments and not arguments.replace(",", " ").replace("-", " ").replace("=", " ").replace("_", "").split():
        raise NotFound(f"ps: {arguments}")
    started = clock.rfc3339(container.state.started_us)[11:16]
    if ";" in arguments:
        raise EngineError("ps: error: garbage option")
    if arguments.startswith("-eo") and "pid" not in arguments:
        raise EngineError("Couldn't find PID field in ps output")
    user = container.config["User"].partition(":")[0] or "root"
    words = [(container.state.pid, container.state.pid - 21, container.words)]
    words += [(e.pid, container.state.pid, e.words) for e in container.execs.values() if e.running]
    rows = [[user, str(pid), str(parent), "0", started, "?", "00:00:00", " ".join(text)] for pid, parent, text in words]
    return {"Titles": ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"], "Processes": rows}
