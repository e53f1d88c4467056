"""``docker service rm``: remove services."""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.command.several import each
from playground.docker_cli.flags.flagset import Values


async def run(cli: Cli, values: Values) -> None:
    await each(cli, values.words, lambda reference: cli.delete(f"/services/{reference}"))


COMMAND = Command(
    "rm SERVICE [SERVICE...]",
    "Remove one or more services",
    run,
    at_least(1),
    aliases=("remove",),
    swarm="manager",
    completes="service",
)
