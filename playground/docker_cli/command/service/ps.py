"""``docker service ps``: list the tasks of services."""

from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import FILTERS, FORMAT, NO_RESOLVE, NO_TRUNC, QUIET
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.command.node.reference import node_reference
from playground.docker_cli.errors import CommandFailed, joined
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.formatter.tasks import print_tasks
from playground.docker_cli.names import Names


async def run(cli: Cli, values: Values) -> None:
    """List tasks of the services that there are, then complain about those that are not."""
    by_id = await cli.list("/services", {"id": values.words})
    by_name = await cli.list("/services", {"name": values.words})
    filters = {**values["filter"]}
    chosen: list[str] = []
    missing: list[str] = []
    for reference in values.words:
        identity = _match(reference, by_id, by_name)
        if identity:
            chosen.append(identity)
        else:
            missing.append(f"no such service: {reference}")
    if not chosen:
        joined(missing)
    filters["service"] = [*filters.get("service", []), *chosen]
    if "node" in filters:
        filters["node"] = [await node_reference(cli, reference) for reference in filters["node"]]
    tasks = await cli.list("/tasks", filters)
    quiet = values.truth("quiet")
    truncate = not (values.truth("no-trunc") or quiet)
    await print_tasks(cli, tasks, Names(cli, values.truth("no-resolve")), values.text("format"), quiet, truncate)
    joined(missing)


def _match(reference: str, by_id: list[Any], by_name: list[Any]) -> str:
    """Full id, then full name, then a prefix of an id that only one service has."""
    for service in by_id:
        if service["ID"] == reference:
            return reference
    for service in by_name:
        if service["Spec"].get("Name") == reference:
            return str(service["ID"])
    found = [str(service["ID"]) for service in by_id if service["ID"].startswith(reference)]
    if len(found) > 1:
        raise CommandFailed(f"multiple services found with provided prefix: {reference}")
    return found[0] if found else ""


COMMAND = Command(
    "ps [OPTIONS] SERVICE [SERVICE...]",
    "List the tasks of one or more services",
    run,
    at_least(1),
    (QUIET, NO_TRUNC, NO_RESOLVE, FORMAT, FILTERS),
    swarm="manager",
    completes="service",
)
