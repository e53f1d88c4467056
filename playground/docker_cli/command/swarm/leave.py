"""``docker swarm leave``: take this engine out of its swarm."""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, none
from playground.docker_cli.flags.flagset import Flag, Values


async def run(cli: Cli, values: Values) -> None:
    query = {"force": "1"} if values.truth("force") else None
    await cli.post("/swarm/leave", query)
    await cli.line("Node left the swarm.")


COMMAND = Command(
    "leave [OPTIONS]",
    "Take this node out of its swarm",
    run,
    none,
    (Flag("force", help="Leave even where the swarm suffers from it", short="f"),),
    swarm="active",
)
