"""``docker node``."""

from playground.docker_cli.command.model import Command, none
from playground.docker_cli.command.node import demote, inspect, ls, promote, ps, rm, update


def noun() -> Command:
    return Command("node", "Look at and change the swarm's nodes", arguments=none, swarm="manager").adopt(
        demote.COMMAND,
        inspect.COMMAND,
        ls.COMMAND,
        promote.COMMAND,
        ps.COMMAND,
        rm.COMMAND,
        update.COMMAND,
    )
