"""``docker node rm``: take nodes off the swarm's list."""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.command.several import each
from playground.docker_cli.flags.flagset import Flag, Values


async def run(cli: Cli, values: Values) -> None:
    query = {"force": "1"} if values.truth("force") else None
    await each(cli, values.words, lambda reference: cli.delete(f"/nodes/{reference}", query))


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
