"""``docker info``: what the engine says of itself.

Source: docker/cli command/system/info.go.
"""

from typing import Any

from playground.api import ApiError, EngineUnreachable
from playground.api.durations import human_duration
from playground.docker_cli import client_version
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.command.common_flags import INSPECT_FORMAT
from playground.docker_cli.command.model import Command, none
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.formatter.sizes import bytes_size
from playground.docker_cli.gotemplate import TemplateError, parse
from playground.docker_cli.gotemplate.values import typed


async def run(cli: Cli, values: Values) -> None:
    form = values.text("format")
    if form:
        await _formatted(cli, "{{json .}}" if form == "json" else form)
        return
    await cli.write(_client())
    await cli.write("\nServer:\n")
    try:
        info = await cli.get("/info")
    except ApiError as error:
        await cli.complain(f"ERROR: {error_text(error)}\n")
        raise CommandFailed("errors pretty printing info") from None
    except EngineUnreachable as error:
        raise CommandFailed(error_text(error)) from None
    await cli.write(server_text(info))
    for warning in info.get("Warnings") or []:
        await cli.complain(warning + "\n")


async def _formatted(cli: Cli, form: str) -> None:
    try:
        template = parse(form)
    except TemplateError as error:
        raise CommandFailed(f"template parsing error: {error}", 64) from None
    info = await cli.get("/info")
    shape = {**info, "ClientInfo": client_version.info_shape()}
    try:
        await cli.write(template.execute(typed("system.dockerInfo", shape)) + "\n")
    except TemplateError as error:
        await cli.line()
        raise CommandFailed(str(error)) from None


def _client() -> str:
    lines = [
        f"Client: {client_version.PLATFORM}",
        f" Version:    {client_version.VERSION}",
        " Context:    default",
        " Debug Mode: false",
        " Plugins:",
    ]
    for plugin in client_version.PLUGINS:
        lines += [
            f"  {plugin.name}: {plugin.description} ({plugin.vendor})",
            f"    Version:  {plugin.version}",
            f"    Path:     {plugin.path}",
        ]
    return "\n".join(lines) + "\n"


def server_text(info: Any) -> str:
    """The server's part of the text, with the empty line that ends it."""
    lines = [
        f" Containers: {info.get('Containers', 0)}",
        f"  Running: {info.get('ContainersRunning', 0)}",
        f"  Paused: {info.get('ContainersPaused', 0)}",
        f"  Stopped: {info.get('ContainersStopped', 0)}",
        f" Images: {info.get('Images', 0)}",
        *_given(info, ("Server Version", "ServerVersion"), ("Storage Driver", "Driver")),
        *(f"  {key}: {value}" for key, value in info.get("DriverStatus") or []),
        *_given(
            info,
            ("Logging Driver", "LoggingDriver"),
            ("Cgroup Driver", "CgroupDriver"),
            ("Cgroup Version", "CgroupVersion"),
        ),
        *_plugins(info.get("Plugins") or {}),
    ]
    if info.get("CDISpecDirs"):
        lines += [" CDI spec directories:", *(f"  {path}" for path in info["CDISpecDirs"])]
    swarm = info.get("Swarm") or {}
    lines += [f" Swarm: {swarm.get('LocalNodeState', '')}", *_swarm(swarm)]
    if info.get("Runtimes"):
        lines += [f" Runtimes: {' '.join(sorted(info['Runtimes']))}", f" Default Runtime: {info['DefaultRuntime']}"]
    if info.get("OSType") == "linux":
        lines += [
            f" Init Binary: {info.get('InitBinary', '')}",
            f" containerd version: {(info.get('ContainerdCommit') or {}).get('ID', '')}",
            f" runc version: {(info.get('RuncCommit') or {}).get('ID', '')}",
            f" init version: {(info.get('InitCommit') or {}).get('ID', '')}",
            *_security(info.get("SecurityOptions") or []),
        ]
    lines += _given(
        info,
        ("Kernel Version", "KernelVersion"),
        ("Operating System", "OperatingSystem"),
        ("OSType", "OSType"),
        ("Architecture", "Architecture"),
    )
    lines += [f" CPUs: {info.get('NCPU', 0)}", f" Total Memory: {bytes_size(info.get('MemTotal', 0))}"]
    lines += _given(info, ("Name", "Name"), ("ID", "ID"))
    lines += [f" Docker Root Dir: {info.get('DockerRootDir', '')}", f" Debug Mode: {_truth(info.get('Debug'))}"]
    lines += _given(info, ("HTTP Proxy", "HttpProxy"), ("HTTPS Proxy", "HttpsProxy"), ("No Proxy", "NoProxy"))
    if info.get("Labels"):
        lines += [" Labels:", *(f"  {label}" for label in info["Labels"])]
    lines.append(f" Experimental: {_truth(info.get('ExperimentalBuild'))}")
    lines += _registries(info.get("RegistryConfig") or {})
    lines.append(f" Live Restore Enabled: {_truth(info.get('LiveRestoreEnabled'))}")
    if info.get("ProductLicense"):
        lines.append(f" Product License: {info['ProductLicense']}")
    if info.get("DefaultAddressPools"):
        pools = info["DefaultAddressPools"]
        lines += [" Default Address Pools:", *(f"   Base: {pool['Base']}, Size: {pool['Size']}" for pool in pools)]
    return "\n".join(lines) + "\n\n"


def _given(info: Any, *pairs: tuple[str, str]) -> list[str]:
    return [f" {label}: {info[key]}" for label, key in pairs if info.get(key)]


def _truth(value: Any) -> str:
    return "true" if value else "false"


def _plugins(plugins: Any) -> list[str]:
    lines = [
        " Plugins:",
        f"  Volume: {' '.join(plugins.get('Volume') or [])}",
        f"  Network: {' '.join(plugins.get('Network') or [])}",
    ]
    if plugins.get("Authorization"):
        lines.append(f"  Authorization: {' '.join(plugins['Authorization'])}")
    return [*lines, f"  Log: {' '.join(plugins.get('Log') or [])}"]


def _security(options: list[str]) -> list[str]:
    if not options:
        return []
    lines = [" Security Options:"]
    for option in options:
        fields = dict(field.partition("=")[::2] for field in option.split(","))
        lines.append(f"  {fields.get('name', option)}")
        if "profile" in fields:
            lines.append(f"   Profile: {fields['profile']}")
    return lines


def _registries(config: Any) -> list[str]:
    lines: list[str] = []
    insecure = [name for name, index in (config.get("IndexConfigs") or {}).items() if not index.get("Secure")]
    ranges = config.get("InsecureRegistryCIDRs") or []
    if ranges or config.get("IndexConfigs"):
        lines += [" Insecure Registries:", *(f"  {entry}" for entry in [*insecure, *ranges])]
    if config.get("Mirrors"):
        lines += [" Registry Mirrors:", *(f"  {mirror}" for mirror in config["Mirrors"])]
    return lines


def _swarm(swarm: Any) -> list[str]:
    state = swarm.get("LocalNodeState", "")
    if state in ("inactive", "locked"):
        return []
    lines = [f"  NodeID: {swarm.get('NodeID', '')}"]
    if swarm.get("Error"):
        lines.append(f"  Error: {swarm['Error']}")
    lines.append(f"  Is Manager: {_truth(swarm.get('ControlAvailable'))}")
    cluster = swarm.get("Cluster")
    if cluster and swarm.get("ControlAvailable") and not swarm.get("Error") and state != "error":
        lines += _cluster(swarm, cluster)
    lines.append(f"  Node Address: {swarm.get('NodeAddr', '')}")
    managers = sorted(peer.get("Addr", "") for peer in swarm.get("RemoteManagers") or [])
    if managers:
        lines += ["  Manager Addresses:", *(f"   {address}" for address in managers)]
    return lines


def _cluster(swarm: Any, cluster: Any) -> list[str]:
    spec = cluster.get("Spec") or {}
    raft, authority = spec.get("Raft") or {}, spec.get("CAConfig") or {}
    lines = [
        f"  ClusterID: {cluster.get('ID', '')}",
        f"  Managers: {swarm.get('Managers', 0)}",
        f"  Nodes: {swarm.get('Nodes', 0)}",
    ]
    if cluster.get("DefaultAddrPool") is not None:
        pools = "".join(f"{pool}  " for pool in cluster["DefaultAddrPool"])
        lines += [f"  Default Address Pool: {pools}", f"  SubnetSize: {cluster.get('SubnetSize', 0)}"]
    if cluster.get("DataPathPort", 0) > 0:
        lines.append(f"  Data Path Port: {cluster['DataPathPort']}")
    retention = (spec.get("Orchestration") or {}).get("TaskHistoryRetentionLimit") or 0
    lines += [
        "  Orchestration:",
        f"   Task History Retention Limit: {retention}",
        "  Raft:",
        f"   Snapshot Interval: {raft.get('SnapshotInterval', 0)}",
    ]
    if raft.get("KeepOldSnapshots") is not None:
        lines.append(f"   Number of Old Snapshots to Retain: {raft['KeepOldSnapshots']}")
    heartbeat = (spec.get("Dispatcher") or {}).get("HeartbeatPeriod", 0)
    lines += [
        f"   Heartbeat Tick: {raft.get('HeartbeatTick', 0)}",
        f"   Election Tick: {raft.get('ElectionTick', 0)}",
        "  Dispatcher:",
        f"   Heartbeat Period: {human_duration(heartbeat)}",
        "  CA Configuration:",
        f"   Expiry Duration: {human_duration(authority.get('NodeCertExpiry', 0))}",
        f"   Force Rotate: {authority.get('ForceRotate', 0)}",
    ]
    if (authority.get("SigningCACert") or "").strip():
        lines.append(f"   Signing CA Certificate: \n{authority['SigningCACert'].strip()}\n")
    if authority.get("ExternalCAs"):
        externals = authority["ExternalCAs"]
        lines += ["   External CAs:", *(f"     {entry['Protocol']}: {entry['URL']}" for entry in externals)]
    locked = (spec.get("EncryptionConfig") or {}).get("AutoLockManagers")
    return [
        *lines,
        f"  Autolock Managers: {_truth(locked)}",
        f"  Root Rotation In Progress: {_truth(cluster.get('RootRotationInProgress'))}",
    ]


def command(also: str = "docker system info, docker info", top: int = 0) -> Command:
    return Command(
        "info [OPTIONS]", "Show what the engine says of itself", run, none, (INSPECT_FORMAT,), also=also, top=top
    )
