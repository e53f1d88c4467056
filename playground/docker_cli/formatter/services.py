"""Tables of services.

Source: docker/cli command/service/formatter.go.
"""

from typing import Any

from playground.docker_cli.formatter.table import Columns, render
from playground.docker_cli.formatter.texts import familiar_image, natural, short_id
from playground.docker_cli.gotemplate.values import Row

COLUMNS = Columns(
    "*service.serviceContext",
    {"ID": "ID", "Name": "NAME", "Mode": "MODE", "Replicas": "REPLICAS", "Image": "IMAGE", "Ports": "PORTS"},
    "table {{.ID}}\t{{.Name}}\t{{.Mode}}\t{{.Replicas}}\t{{.Image}}\t{{.Ports}}",
    raw=(
        "id: {{.ID}}\\nname: {{.Name}}\\nmode: {{.Mode}}\\nreplicas: {{.Replicas}}\\n"
        "image: {{.Image}}\\nports: {{.Ports}}\\n"
    ),
    raw_quiet="id: {{.ID}}",
)
_MODES = {
    "Global": "global",
    "Replicated": "replicated",
    "ReplicatedJob": "replicated job",
    "GlobalJob": "global job",
}


def services_text(services: list[Any], form: str, quiet: bool) -> str:
    """The table, in natural order of names.

    Raises:
        CommandFailed: the format is wrong.
    """
    services = sorted(services, key=lambda service: natural(service["Spec"].get("Name", "")))
    return render(COLUMNS, COLUMNS.format(form, quiet), [_row(service) for service in services])


def mode_word(service: Any) -> str:
    mode = service["Spec"].get("Mode") or {}
    return next((word for key, word in _MODES.items() if mode.get(key) is not None), "")


def replicas(service: Any) -> str:
    """``2/3``, with what a job has completed or what a node takes at most."""
    status = service.get("ServiceStatus") or {}
    running, desired = status.get("RunningTasks", 0), status.get("DesiredTasks", 0)
    completed = status.get("CompletedTasks", 0)
    match mode_word(service):
        case "replicated job":
            total = service["Spec"]["Mode"]["ReplicatedJob"].get("TotalCompletions", 0)
            return f"{running}/{desired} ({completed}/{total} completed)"
        case "global job":
            return f"{running}/{desired} ({completed}/{desired + completed} completed)"
        case "replicated":
            most = (service["Spec"]["TaskTemplate"].get("Placement") or {}).get("MaxReplicas", 0)
            if most:
                return f"{running}/{desired} (max {most} per node)"
    return f"{running}/{desired}"


def published(service: Any) -> str:
    """Ports of the routing mesh, neighbours joined to ranges."""
    ports = (service.get("Endpoint") or {}).get("Ports") or []
    ports = sorted(ports, key=lambda port: (port.get("Protocol", ""), port.get("PublishedPort", 0)))
    out: list[str] = []
    ranges: list[tuple[str, list[int]]] = []
    for port in ports:
        if port.get("PublishMode") != "ingress":
            continue
        public, target, protocol = port.get("PublishedPort", 0), port.get("TargetPort", 0), port.get("Protocol", "")
        if ranges:
            last_protocol, bounds = ranges[-1]
            is_range = bounds[3] != bounds[2]
            apart = (public - bounds[1]) % (1 << 32) > 1 or (target - bounds[3]) % (1 << 32) > 1
            if protocol == last_protocol and not apart and not (is_range and target <= bounds[3]):
                bounds[1], bounds[3] = public, target
                continue
        ranges.append((protocol, [public, public, target, target]))
    for protocol, (first, last, start, end) in ranges:
        public_text = f"{first}-{last}" if last > first else str(first)
        target_text = f"{start}-{end}" if end > start else str(start)
        out.append(f"*:{public_text}->{target_text}/{protocol}")
    return ", ".join(out)


def _row(service: Any) -> Row:
    container = service["Spec"]["TaskTemplate"].get("ContainerSpec") or {}
    return COLUMNS.row(
        {
            "ID": lambda: short_id(service["ID"]),
            "Name": lambda: service["Spec"].get("Name", ""),
            "Mode": lambda: mode_word(service),
            "Replicas": lambda: replicas(service),
            "Image": lambda: familiar_image(container.get("Image", "")),
            "Ports": lambda: published(service),
        }
    )
