"""``docker service logs``: what the tasks of a service wrote."""

from typing import Any
from urllib.parse import unquote

from playground.api import ApiError
from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import NO_TRUNC
from playground.docker_cli.command.model import Command, exactly
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import STRING
from playground.docker_cli.formatter.texts import short_id
from playground.docker_cli.log_stream import copy_logs, since_parameter
from playground.docker_cli.names import Names

_NODE, _SERVICE, _TASK = (f"com.docker.swarm.{what}.id" for what in ("node", "service", "task"))


async def run(cli: Cli, values: Values) -> None:
    """Print the log lines as they come, each with the task it is from (unless ``--raw``)."""
    target, raw = values.words[0], values.truth("raw")
    width, terminal, path = await _target(cli, target)
    if terminal and not raw:
        raise CommandFailed("tty service logs only supported with --raw")
    query = {
        "stdout": "1",
        "stderr": "1",
        **since_parameter(cli, "since", values.text("since")),
        **({"timestamps": "1"} if values.truth("timestamps") else {}),
        **({"details": "1"} if values.truth("details") or not raw else {}),
        **({"follow": "1"} if values.truth("follow") else {}),
        "tail": values.text("tail"),
    }
    response = await cli.response("GET", path, query)
    prefix = None if raw else _Prefix(cli, values, width).line
    await copy_logs(cli, response, prefix)


async def _target(cli: Cli, target: str) -> tuple[int, bool, str]:
    """Digits of the highest slot, whether there is a terminal, and where the logs are."""
    try:
        service = await cli.get(f"/services/{target}")
    except ApiError as error:
        if error.status != 404:
            raise
        try:
            task = await cli.get(f"/tasks/{target}")
        except ApiError as task_error:
            if task_error.status == 404:
                raise CommandFailed(f"no such task or service: {target}") from None
            raise
        container = task["Spec"].get("ContainerSpec") or {}
        return len(str(task.get("Slot", 0))), bool(container.get("TTY")), f"/tasks/{target}/logs"
    container = service["Spec"]["TaskTemplate"].get("ContainerSpec") or {}
    replicated = (service["Spec"].get("Mode") or {}).get("Replicated") or {}
    width = len(str(replicated["Replicas"])) if replicated.get("Replicas") is not None else 1
    return width, bool(container.get("TTY")), f"/services/{target}/logs"


class _Prefix:
    """Replaces the details that the engine puts before a line by the name of the task."""

    def __init__(self, cli: Cli, values: Values, width: int) -> None:
        self._cli = cli
        self._values = values
        self._width = width
        self._names = Names(cli, values.truth("no-resolve"))
        self._known: dict[tuple[str, str, str], str] = {}

    async def line(self, data: bytes) -> bytes:
        timestamps = self._values.truth("timestamps")
        parts = data.split(b" ", 2 if timestamps else 1)
        if len(parts) != (3 if timestamps else 2):
            raise CommandFailed(f"invalid context in log message: {data.decode('utf-8', 'replace')}")
        details = _details(parts[-2].decode("utf-8", "replace"))
        source = []
        for key, word in ((_NODE, "node"), (_SERVICE, "service"), (_TASK, "task")):
            if key not in details:
                raise CommandFailed(f"missing {word} id in details: map[]")
            source.append(details.pop(key))
        text = f"{await self._task(source[0], source[1], source[2])}    | "
        if timestamps:
            text = f"{parts[0].decode()} {text}"
        if self._values.truth("details"):
            text += ",".join(f"{key}={details[key]}" for key in sorted(details)) + " "
        return text.encode() + parts[-1]

    async def _task(self, node_id: str, service_id: str, task_id: str) -> str:
        key = (node_id, service_id, task_id)
        if key not in self._known:
            node, service = await self._names.node(node_id), await self._names.service(service_id)
            task: Any = await self._cli.get(f"/tasks/{task_id}")
            slot = task.get("Slot", 0)
            name = f"{service}.{slot}"
            if not self._values.truth("no-task-ids"):
                name += f".{task['ID'] if self._values.truth('no-trunc') else short_id(task['ID'])}"
            self._known[key] = f"{name}@{node}" + " " * max(0, self._width - len(str(slot)))
        return self._known[key]


def _details(text: str) -> dict[str, str]:
    out = {}
    for pair in text.split(",") if text else []:
        key, equals, value = pair.partition("=")
        if not equals:
            raise CommandFailed("invalid details format")
        out[unquote(key)] = unquote(value)
    return out


COMMAND = Command(
    "logs [OPTIONS] SERVICE|TASK",
    "Show what the tasks of a service wrote",
    run,
    exactly(1),
    (
        Flag("no-resolve", help="Print IDs where names could stand"),
        NO_TRUNC,
        Flag("raw", help="Print the lines as they are, without the names of tasks"),
        Flag("no-task-ids", help="Leave the IDs of tasks out"),
        Flag("follow", help="Go on printing what is written from now on", short="f"),
        Flag("since", STRING, 'Leave out what is older than a time ("2013-01-02T13:23:37Z") or a span ("42m")'),
        Flag("timestamps", help="Print when each line was written", short="t"),
        Flag("details", help="Print the extra attributes of the log driver"),
        Flag("tail", STRING, "How many of the last lines to print", short="n", default="all"),
    ),
    swarm="manager",
    completes="service",
)
