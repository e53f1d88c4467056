"""``docker swarm``."""

from playground.docker_cli.command.model import Command, none
from playground.docker_cli.command.swarm import ca, init, join, join_token, leave, unlock, unlock_key, update


def noun() -> Command:
    return Command("swarm", "Make, join and run a swarm", arguments=none, swarm="").adopt(
        ca.COMMAND,
        init.COMMAND,
        join.COMMAND,
        join_token.COMMAND,
        leave.COMMAND,
        unlock.COMMAND,
        unlock_key.COMMAND,
        update.COMMAND,
    )
