"""``docker stack``."""

from dataclasses import replace

from playground.docker_cli.command.model import Command, none
from playground.docker_cli.command.stack import deploy, verbs


def noun() -> Command:
    return Command(
        "stack [OPTIONS]", "Run groups of services from Compose files", arguments=none, swarm="manager"
    ).adopt(
        replace(verbs.CONFIG),
        replace(deploy.COMMAND),
        replace(verbs.LIST),
        replace(verbs.PS),
        replace(verbs.REMOVE),
        replace(verbs.SERVICES),
    )
