"""``docker secret``."""

from playground.docker_cli.command.model import Command, none
from playground.docker_cli.command.payloads import secret_commands


def noun() -> Command:
    return Command("secret", "Keep what only services may know", arguments=none, swarm="manager").adopt(
        *secret_commands()
    )
