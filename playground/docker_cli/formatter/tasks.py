"""Tables of tasks.

Source: docker/cli command/task/formatter.go, print.go.
"""

from typing import Any

from playground.api.durations import human_duration
from playground.docker_cli.cli import Cli
from playground.docker_cli.formatter.instants import parse_instant
from playground.docker_cli.formatter.table import Columns, render
from playground.docker_cli.formatter.texts import ellipsis, familiar_image, natural, pretty, short_id
from playground.docker_cli.gotemplate.values import Row
from playground.docker_cli.names import Names

_MOST_ERROR = 30

COLUMNS = Columns(
    "*task.taskContext",
    {
        "ID": "ID",
        "Name": "NAME",
        "Image": "IMAGE",
        "Node": "NODE",
        "DesiredState": "DESIRED STATE",
        "CurrentState": "CURRENT STATE",
        "Error": "ERROR",
        "Ports": "PORTS",
    },
    "table {{.ID}}\t{{.Name}}\t{{.Image}}\t{{.Node}}\t{{.DesiredState}}\t{{.CurrentState}}\t{{.Error}}\t{{.Ports}}",
    raw=(
        "id: {{.ID}}\\nname: {{.Name}}\\nimage: {{.Image}}\\nnode: {{.Node}}\\n"
        "desired_state: {{.DesiredState}}\\ncurrent_state: {{.CurrentState}}\\n"
        "error: {{.Error}}\\nports: {{.Ports}}\\n"
    ),
    raw_quiet="id: {{.ID}}",
)


async def print_tasks(cli: Cli, tasks: list[Any], names: Names, form: str, quiet: bool, truncate: bool) -> None:
    """Print tasks by service and slot, the newest of a slot first and its history indented below.

    Raises:
        CommandFailed: the format is wrong.
    """
    named = []
    for task in tasks:
        service = await names.service(task.get("ServiceID", ""))
        named.append((f"{service}.{task.get('Slot') or task.get('NodeID', '')}", task))
    named.sort(key=lambda pair: parse_instant(pair[1].get("CreatedAt", "")), reverse=True)
    named.sort(key=lambda pair: natural(pair[0]))
    wanted = COLUMNS.format(form, quiet)
    indent = " \\_ " if wanted.startswith("table") else ""
    shown, before = {}, ""
    for name, task in named:
        shown[task["ID"]] = indent + name if name == before else name  # a task that comes twice has one name
        before = name
    rows = [_row(cli, task, shown[task["ID"]], await names.node(task.get("NodeID", "")), truncate) for _, task in named]
    await cli.write(render(COLUMNS, wanted, rows))


def _row(cli: Cli, task: Any, name: str, node: str, truncate: bool) -> Row:
    status = task.get("Status", {})

    def image() -> str:
        written = str((task.get("Spec", {}).get("ContainerSpec") or {}).get("Image", ""))
        return familiar_image(written) if truncate else written

    def current() -> str:
        since = human_duration(cli.now_ns - parse_instant(status.get("Timestamp", "")))
        return f"{pretty(status.get('State', ''))} {since.lower()} ago"

    def error() -> str:
        text = status.get("Err", "")
        text = ellipsis(text, _MOST_ERROR) if truncate else text
        return f'"{text}"' if text else ""

    def ports() -> str:
        published = (status.get("PortStatus") or {}).get("Ports") or []
        return ",".join(
            f"*:{port.get('PublishedPort', 0)}->{port.get('TargetPort', 0)}/{port.get('Protocol', '')}"
            for port in published
        )

    return COLUMNS.row(
        {
            "ID": lambda: short_id(task["ID"]) if truncate else task["ID"],
            "Name": lambda: name,
            "Image": image,
            "Node": lambda: node,
            "DesiredState": lambda: pretty(task.get("DesiredState", "")),
            "CurrentState": current,
            "Error": error,
            "Ports": ports,
        }
    )
