"""``docker service rm``: remove services."""

from playground.api import ApiError, EngineUnreachable
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.errors import joined
from playground.docker_cli.flags.flagset import Values


async def run(cli: Cli, values: Values) -> None:
    errors = []
    for reference in values.words:
        try:
            await cli.delete(f"/services/{reference}")
        except (ApiError, EngineUnreachable) as error:
            errors.append(error_text(error))
        else:
            await cli.line(reference)
    joined(errors)


COMMAND = Command(
    "rm SERVICE [SERVICE...]",
    "Remove one or more services",
    run,
    at_least(1),
    aliases=("remove",),
    swarm="manager",
    completes="service",
)
