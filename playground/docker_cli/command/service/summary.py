"""A service as ``docker service inspect --pretty`` shows it.

Source: docker/cli command/service/formatter.go.
"""

from typing import Any

from playground.api.durations import human_duration
from playground.docker_cli.cli import Cli
from playground.docker_cli.flags.numbers import format_duration
from playground.docker_cli.formatter.instants import parse_instant
from playground.docker_cli.formatter.sizes import bytes_size
from playground.docker_cli.gotemplate.floats import go_float


def summary(cli: Cli, service: Any, networks: dict[str, str]) -> str:
    """The whole text; ``networks`` has the names of the service's networks by id."""
    spec = service["Spec"]
    task = spec["TaskTemplate"]
    lines = ["", f"ID:\t\t{service['ID']}", f"Name:\t\t{spec.get('Name', '')}"]
    lines += _pairs("Labels:", spec.get("Labels"), " {key}", "={value}")
    lines += _mode(spec.get("Mode") or {})
    lines += _status(cli, service.get("UpdateStatus"))
    lines += _placement(task.get("Placement") or {})
    lines += _policy("UpdateConfig", "Update", spec.get("UpdateConfig"))
    lines += _policy("RollbackConfig", "Rollback", spec.get("RollbackConfig"))
    lines += _container(task.get("ContainerSpec") or {})
    lines += _log_driver(task.get("LogDriver"))
    lines += _resources(task.get("Resources"))
    attached = [networks.get(config.get("Target", ""), "") for config in task.get("Networks") or []]
    if attached:
        lines.append(f"Networks: {' '.join(attached)} ")
    lines.append(f"Endpoint Mode:\t{(spec.get('EndpointSpec') or {}).get('Mode', '')}")
    text = "\n".join(lines)
    text += _ports((service.get("Endpoint") or {}).get("Ports") or [])
    text += _health((task.get("ContainerSpec") or {}).get("Healthcheck"))
    return text + "\n\n"


def _pairs(title: str, pairs: dict[str, str] | None, key_form: str, value_form: str) -> list[str]:
    if not pairs:
        return []
    out = [title]
    for key in sorted(pairs):
        value = value_form.format(value=pairs[key]) if pairs[key] else ""
        out.append(key_form.format(key=key) + value)
    return out


def _mode(mode: Any) -> list[str]:
    if mode.get("Global") is not None:
        return ["Service Mode:\tGlobal"]
    if mode.get("Replicated") is None:
        return ["Service Mode:"]
    replicas = mode["Replicated"].get("Replicas")
    return ["Service Mode:\tReplicated", *([f" Replicas:\t{replicas}"] if replicas is not None else [])]


def _status(cli: Cli, status: Any) -> list[str]:
    if not status:
        return []

    def ago(text: str) -> str:
        return human_duration(cli.now_ns - parse_instant(text)) + " ago"

    lines = ["UpdateStatus:", f" State:\t\t{status.get('State', '')}"]
    if status.get("StartedAt"):
        lines.append(f" Started:\t{ago(status['StartedAt'])}")
    if status.get("State") == "completed" and status.get("CompletedAt"):
        lines.append(f" Completed:\t{ago(status['CompletedAt'])}")
    return [*lines, f" Message:\t{status.get('Message', '')}"]


def _placement(placement: Any) -> list[str]:
    lines = ["Placement:"]
    if placement.get("Constraints"):
        lines.append(f" Constraints:\t[{' '.join(placement['Constraints'])}]")
    spreads = [
        f"spread={preference['Spread']['SpreadDescriptor']}"
        for preference in placement.get("Preferences") or []
        if preference.get("Spread")
    ]
    if spreads:
        lines.append(f" Preferences:   [{' '.join(spreads)}]")
    if placement.get("MaxReplicas"):
        lines.append(f" Max Replicas Per Node:   {placement['MaxReplicas']}")
    return lines


def _policy(title: str, word: str, config: Any) -> list[str]:
    if not config:
        return []
    lines = [f"{title}:", f" Parallelism:\t{config.get('Parallelism', 0)}"]
    if config.get("Delay", 0) > 0:
        lines.append(f" Delay:\t\t{format_duration(config['Delay'])}")
    lines.append(f" On failure:\t{config.get('FailureAction', '')}")
    if config.get("Monitor", 0) > 0:
        lines.append(f" Monitoring Period: {format_duration(config['Monitor'])}")
    lines.append(f" Max failure ratio: {go_float(float(config.get('MaxFailureRatio', 0)))}")
    order = f" {word} order:"
    return [
        *lines,
        f"{order:<19} {config.get('Order', '')}" if word == "Update" else f"{order}    {config.get('Order', '')}",
    ]


def _container(container: Any) -> list[str]:
    lines = ["ContainerSpec:", f" Image:\t\t{container.get('Image', '')}"]
    if container.get("Args"):
        lines.append(f" Args:\t\t{' '.join(container['Args'])} ")
    if container.get("Env"):
        lines.append(f" Env:\t\t{' '.join(container['Env'])} ")
    if container.get("Dir"):
        lines.append(f" Dir:\t\t{container['Dir']}")
    if container.get("Init") is not None:
        lines.append(f" Init:\t\t{'true' if container['Init'] else 'false'}")
    if container.get("User"):
        lines.append(f" User: {container['User']}")
    add, drop = container.get("CapabilityAdd") or [], container.get("CapabilityDrop") or []
    if add or drop:
        lines.append("Capabilities:")
        lines += [f" Add: {', '.join(add)}"] if add else []
        lines += [f" Drop: {', '.join(drop)}"] if drop else []
    lines += _pairs("SysCtls:", container.get("Sysctls"), " {key}", ": {value}")
    limits = {limit["Name"]: f"{limit['Soft']}:{limit['Hard']}" for limit in container.get("Ulimits") or []}
    lines += _pairs("Ulimits:", limits, " {key}", ": {value}")
    mounts = container.get("Mounts") or []
    lines += ["Mounts:"] if mounts else []
    for mount in mounts:
        lines += [
            f" Target:\t{mount.get('Target', '')}",
            f"  Source:\t{mount.get('Source', '')}",
            f"  ReadOnly:\t{'true' if mount.get('ReadOnly') else 'false'}",
            f"  Type:\t\t{mount.get('Type', '')}",
        ]
    for what in ("Config", "Secret"):
        references = container.get(f"{what}s") or []
        lines += [f"{what}s:"] if references else []
        for reference in references:
            target = (reference.get("File") or {}).get("Name", "")
            lines += [f" Target:\t{target}", f"  Source:\t{reference.get(f'{what}Name', '')}"]
    return lines


def _log_driver(driver: Any) -> list[str]:
    if not driver:
        return []
    lines = ["Log Driver:"]
    if driver.get("Name"):
        lines.append(f" Name:\t\t{driver['Name']}")
    lines += _pairs(" LogOpts:", driver.get("Options"), "  {key}", ":       {value}")
    return [*lines, ""]


def _resources(resources: Any) -> list[str]:
    if resources is None:
        return []
    lines = ["Resources:"]
    for title, part in (
        (" Reservations:", resources.get("Reservations") or {}),
        (" Limits:", resources.get("Limits") or {}),
    ):
        if not (part.get("NanoCPUs") or part.get("MemoryBytes") or part.get("Pids")):
            continue
        lines.append(title)
        if part.get("NanoCPUs"):
            lines.append(f"  CPU:\t\t{go_float(part['NanoCPUs'] / 1e9)}")
        if part.get("MemoryBytes"):
            lines.append(f"  Memory:\t{bytes_size(part['MemoryBytes'])}")
        if part.get("Pids", 0) > 0:
            lines.append(f"  PIDs:\t\t{part['Pids']}")
    return lines


def _ports(ports: list[Any]) -> str:
    if not ports:
        return ""
    lines = ["", "Ports:"]
    for port in ports:
        lines += [
            f" PublishedPort = {port.get('PublishedPort', 0)}",
            f"  Protocol = {port.get('Protocol', '')}",
            f"  TargetPort = {port.get('TargetPort', 0)}",
            f"  PublishMode = {port.get('PublishMode', '')}",
        ]
    return "\n".join(lines) + " "


def _health(check: Any) -> str:
    if not check:
        return ""
    lines = [
        "",
        " Healthcheck:",
        f"  Interval = {format_duration(check.get('Interval', 0))}",
        f"  Retries = {check.get('Retries', 0)}",
        f"  StartPeriod =\t{format_duration(check.get('StartPeriod', 0))}",
        f"  Timeout =\t{format_duration(check.get('Timeout', 0))}",
    ]
    tests = check.get("Test") or []
    if tests:
        lines += ["  Tests:", *(f"\t Test = {test}" for test in tests)]
    return "\n".join(lines) + (" " if tests else "")
