"""``docker config``."""

from playground.docker_cli.command.model import Command, none
from playground.docker_cli.command.payloads import config_commands


def noun() -> Command:
    return Command("config", "Keep configuration that services read", arguments=none, swarm="manager").adopt(
        *config_commands()
    )
