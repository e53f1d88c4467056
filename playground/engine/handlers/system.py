"""``/_ping``, ``/version``, ``/info``, ``/events``, ``/system/df`` and ``/auth``.

Source: moby ``api/server/router/system``, ``daemon/info.go``, ``daemon/cluster/swarm.go`` (Info).
"""

from typing import TYPE_CHECKING, Any

from playground.api.client import API_VERSION, ENGINE_VERSION, GIT_COMMIT, MIN_API_VERSION, Response
from playground.engine import query, wire
from playground.engine.call import Call
from playground.engine.clock import rfc3339
from playground.engine.containers import showing
from playground.engine.errors import BadParameter, EngineError, NotFound, Unauthorized
from playground.engine.filters import Filters
from playground.engine.task_container import LOG_DRIVERS, NETWORK_DRIVERS
from playground.swarm.errors import BadConfiguration, SwarmError
from playground.swarm.node import LocalState
from playground.swarm.wire import objects

if TYPE_CHECKING:
    from playground.engine.engine import Engine

KERNEL_VERSION = "6.8.0-58-generic"
BUILD_TIME = "2025-04-18T09:52:10.000000000+00:00"
GO_VERSION = "go1.23.8"
_CONTAINERD = ("1.7.27", "05044ec0a9a75232cad458027ca83437aae3f4da")
_RUNC = ("1.2.5", "v1.2.5-0-g59923ef")
_INIT = ("0.19.0", "de40ad0")
_TWO_MANAGERS = (
    "WARNING: Running Swarm in a two-manager configuration. This configuration provides\n"
    "         no fault tolerance, and poses a high risk to lose control over the cluster.\n"
    "         Refer to https://docs.docker.com/engine/swarm/admin_guide/ to configure the\n"
    "         Swarm for fault-tolerance."
)


def swarm_header(engine: "Engine") -> str:
    """The ``Swarm`` header of ``/_ping``."""
    state = engine.swarm.state
    if state is not LocalState.ACTIVE:
        return str(state.value)
    return f"active/{'manager' if engine.swarm.is_manager else 'worker'}"


async def ping(engine: "Engine", call: Call) -> Response:
    headers = {
        "Builder-Version": "2",
        "Cache-Control": "no-cache, no-store, must-revalidate",
        "Pragma": "no-cache",
        "Content-Type": "text/plain; charset=utf-8",
        "Swarm": swarm_header(engine),
    }
    return Response(200, "OK", headers=headers)


async def head_ping(engine: "Engine", call: Call) -> Response:
    answer = await ping(engine, call)
    return Response(200, headers={**answer.headers, "Content-Length": "0"})


async def options(engine: "Engine", call: Call) -> Response:
    """Whatever the path: no more than the daemon's usual headers."""
    return Response(200)


async def version(engine: "Engine", call: Call) -> Response:
    common = {"GitCommit": GIT_COMMIT, "GoVersion": GO_VERSION, "Os": "linux", "Arch": "amd64"}
    components: list[dict[str, Any]] = [
        {
            "Name": "Engine",
            "Version": ENGINE_VERSION,
            "Details": dict(
                sorted(
                    {
                        **common,
                        "ApiVersion": API_VERSION,
                        "BuildTime": BUILD_TIME,
                        "Experimental": "false",
                        "KernelVersion": KERNEL_VERSION,
                        "MinAPIVersion": MIN_API_VERSION,
                    }.items()
                )
            ),
        }
    ]
    for name, (number, commit) in (("containerd", _CONTAINERD), ("runc", _RUNC), ("docker-init", _INIT)):
        components.append({"Name": name, "Version": number, "Details": {"GitCommit": commit}})
    return Response(
        200,
        {
            "Platform": {"Name": "Docker Engine - Community"},
            "Components": components,
            "Version": ENGINE_VERSION,
            "ApiVersion": API_VERSION,
            "MinAPIVersion": MIN_API_VERSION,
            **common,
            "KernelVersion": KERNEL_VERSION,
            "BuildTime": BUILD_TIME,
        },
    )


async def info(engine: "Engine", call: Call) -> Response:
    words = [container.state.word for container in engine.containers.all()]
    running, paused = words.count("running") + words.count("restarting"), words.count("paused")
    swarm = await _swarm(engine)
    return Response(
        200,
        {
            "ID": engine.id,
            "Containers": len(words),
            "ContainersRunning": running,
            "ContainersPaused": paused,
            "ContainersStopped": len(words) - running - paused,
            "Images": len(engine.images),
            "Driver": "overlay2",
            "DriverStatus": [
                ["Backing Filesystem", "extfs"],
                ["Supports d_type", "true"],
                ["Using metacopy", "false"],
                ["Native Overlay Diff", "true"],
                ["userxattr", "false"],
            ],
            "Plugins": {
                "Volume": ["local"],
                "Network": list(NETWORK_DRIVERS),
                "Authorization": None,
                "Log": list(LOG_DRIVERS),
            },
            "MemoryLimit": True,
            "SwapLimit": True,
            "CpuCfsPeriod": True,
            "CpuCfsQuota": True,
            "CPUShares": True,
            "CPUSet": True,
            "PidsLimit": True,
            "IPv4Forwarding": True,
            "BridgeNfIptables": False,
            "BridgeNfIp6tables": False,
            "Debug": False,
            "NFd": 22 + 6 * running,
            "OomKillDisable": False,
            "NGoroutines": 48 + 9 * running,
            "SystemTime": rfc3339(engine.clock.unix_us()),
            "LoggingDriver": "json-file",
            "CgroupDriver": "systemd",
            "CgroupVersion": "2",
            "NEventsListener": engine.events.listeners,
            "KernelVersion": KERNEL_VERSION,
            "OperatingSystem": "Ubuntu 24.04.2 LTS",
            "OSVersion": "24.04",
            "OSType": "linux",
            "Architecture": "x86_64",
            "IndexServerAddress": "https://index.docker.io/v1/",
            "RegistryConfig": {
                "IndexConfigs": {"docker.io": {"Mirrors": [], "Name": "docker.io", "Official": True, "Secure": True}},
                "InsecureRegistryCIDRs": ["::1/128", "127.0.0.0/8"],
                "Mirrors": None,
            },
            "NCPU": engine.cpus,
            "MemTotal": engine.memory_bytes,
            "GenericResources": None,
            "DockerRootDir": "/var/lib/docker",
            "HttpProxy": "",
            "HttpsProxy": "",
            "NoProxy": "",
            "Name": engine.name,
            "Labels": [f"{key}={value}" for key, value in engine.labels.items()],
            "ExperimentalBuild": False,
            "ServerVersion": ENGINE_VERSION,
            "Runtimes": {
                name: {
                    "path": "runc",
                    "status": {"org.opencontainers.runtime-spec.features": "{}"},
                }
                for name in ("io.containerd.runc.v2", "runc")
            },
            "DefaultRuntime": "runc",
            "Swarm": swarm,
            "LiveRestoreEnabled": False,
            "Isolation": "",
            "InitBinary": "docker-init",
            "ContainerdCommit": {"ID": _CONTAINERD[1]},
            "RuncCommit": {"ID": _RUNC[1]},
            "InitCommit": {"ID": _INIT[1]},
            "SecurityOptions": ["name=apparmor", "name=seccomp,profile=builtin", "name=cgroupns"],
            "FirewallBackend": {"Driver": "iptables"},
            "CDISpecDirs": ["/etc/cdi", "/var/run/cdi"],
            "Containerd": {
                "Address": "/run/containerd/containerd.sock",
                "Namespaces": {"Containers": "moby", "Plugins": "plugins.moby"},
            },
            "Warnings": swarm.get("Warnings"),
        },
    )


async def _swarm(engine: "Engine") -> dict[str, Any]:
    """The ``Swarm`` block: it never fails; what goes wrong stands in its ``Error``."""
    node = engine.swarm
    remote = [{"NodeID": node_id, "Addr": address} for node_id, address in node.remote_managers()]
    block: dict[str, Any] = {
        "NodeID": node.node_id,
        "NodeAddr": node.node_address,
        "LocalNodeState": node.state.value,
        "ControlAvailable": node.control_available,
        "Error": node.error,
        "RemoteManagers": remote or None,
    }
    if node.control_available and node.state is LocalState.ACTIVE:
        try:
            cluster = await node.control("get_cluster")
            answers = await node.control("list_nodes")
        except SwarmError as error:
            block |= {"Error": str(error), "Cluster": objects.no_cluster_info()}
        else:
            managers = sum(1 for answer in answers if answer.manager_status is not None)
            block |= {
                "Nodes": len(answers),
                "Managers": managers,
                "Cluster": objects.cluster_info(cluster, engine.wall_us),
            }
            if managers == 2:
                block["Warnings"] = [_TWO_MANAGERS]
    return block


async def events(engine: "Engine", call: Call) -> Response:
    now = engine.clock.unix_us()
    bounds: list[int | None] = []
    for name in ("since", "until"):
        text = call.query.get(name, "")
        bounds.append(query.moment(text, now) if text else None)
    since, until = bounds
    if since is not None and until is not None and since > until:
        raise BadParameter(f"`since` time ({call.query['since']}) cannot be after `until` time ({call.query['until']})")
    return Response(
        200,
        stream=engine.events.stream(since, until, call.filters),
        headers={"Content-Type": "application/json"},
    )


async def disk_usage(engine: "Engine", call: Call) -> Response:
    kinds = call.query["type"].split("\n") if "type" in call.query else []
    for kind in kinds:
        if kind not in ("container", "image", "volume", "build-cache"):
            raise BadParameter(f"unknown object type: {kind}")
    body: dict[str, Any] = {"LayersSize": 0, "Images": None, "Containers": None, "Volumes": None, "BuildCache": None}
    if not kinds or "image" in kinds:
        images = engine.images.summaries(Filters(), shared_size=True)
        for image in images:
            image["Containers"] = len(engine.image_users(image["Id"]))
        body |= {"LayersSize": engine.images.total_size(), "Images": images}
    if not kinds or "container" in kinds:
        ordered = sorted(engine.containers.all(), key=lambda container: container.created_us, reverse=True)
        body["Containers"] = [showing.summary(c, engine.images, engine.clock, size=True) for c in ordered]
    if not kinds or "volume" in kinds:
        volumes = []
        for name, volume in sorted(engine.volumes.by_name.items()):
            usage = {"RefCount": len(engine.volumes.users(name)), "Size": volume.files.usage()[0]}
            volumes.append({**engine.volumes.wire(volume), "UsageData": usage})
        body["Volumes"] = volumes
    if not kinds or "build-cache" in kinds:
        body["BuildCache"] = []
    return Response(200, body)


async def auth(engine: "Engine", call: Call) -> Response:
    try:
        credentials = wire.read(wire.AUTH, call.body)
    except BadConfiguration as error:
        raise EngineError(str(error).removeprefix("invalid JSON: ")) from None
    await engine.kernel.sleep(400_000)
    server = credentials.get("serveraddress") or "https://index.docker.io/v1/"
    if not credentials.get("username") or not credentials.get("password"):
        raise Unauthorized('Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password')
    raise Unauthorized(
        f"login attempt to {server} failed with status: 401 Unauthorized: the emulated registry has no accounts"
    )


async def list_plugins(engine: "Engine", call: Call) -> Response:
    """There are none, and none can be installed."""
    return Response(200, [])


async def inspect_plugin(engine: "Engine", call: Call) -> Response:
    raise NotFound(f'plugin "{call.parameters["name"]}" not found')
