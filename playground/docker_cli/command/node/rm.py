"""``docker node rm``: take nodes off the swarm's list."""

from playground.api import ApiError, EngineUnreachable
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.errors import joined
from playground.docker_cli.flags.flagset import Flag, Values


async def run(cli: Cli, values: Values) -> None:
    query = {"force": "1"} if values.truth("force") else None
    errors = []
    for reference in values.words:
        try:
            await cli.delete(f"/nodes/{reference}", query)
        except (ApiError, EngineUnreachable) as error:
            errors.append(error_text(error))
        else:
            await cli.line(reference)
    joined(errors)


COMMAND = Command(
    "rm [OPTIONS] NODE [NODE...]",
    "Take one or more nodes off the swarm's list",
    run,
    at_least(1),
    (Flag("force", help="Remove a node even while it is up", short="f"),),
    aliases=("remove",),
    swarm="manager",
    completes="node",
)
