"""``docker node ps``: list the tasks of nodes."""

from typing import Any

from playground.api import ApiError, EngineUnreachable
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.command.common_flags import FILTERS, FORMAT, NO_RESOLVE, NO_TRUNC, QUIET
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.command.node.reference import node_reference
from playground.docker_cli.errors import CommandFailed, joined
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.formatter.tasks import print_tasks
from playground.docker_cli.names import Names


async def run(cli: Cli, values: Values) -> None:
    errors: list[str] = []
    tasks: list[Any] = []
    filters: dict[str, list[str]] = {**values["filter"]}  # grows from node to node: the first one's tasks come again
    for reference in values.words or ["self"]:
        try:
            node = await cli.get(f"/nodes/{await node_reference(cli, reference)}")
            filters["node"] = [*filters.get("node", []), node["ID"]]
            tasks += await cli.list("/tasks", filters)
        except (ApiError, EngineUnreachable, CommandFailed) as error:
            errors.append(error_text(error))
    if tasks or not errors:
        names = Names(cli, values.truth("no-resolve"))
        truncate = not values.truth("no-trunc")
        await print_tasks(cli, tasks, names, values.text("format"), values.truth("quiet"), truncate)
    joined(errors)


COMMAND = Command(
    "ps [OPTIONS] [NODE...]",
    "List the tasks of one or more nodes (of this one when none is named)",
    run,
    at_least(0),
    (NO_TRUNC, NO_RESOLVE, FILTERS, FORMAT, QUIET),
    swarm="manager",
    completes="node",
)
