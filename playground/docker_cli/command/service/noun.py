"""``docker service``."""

from playground.docker_cli.command.model import Command, none
from playground.docker_cli.command.service import create, inspect, logs, ls, ps, rm, rollback, scale, update


def noun() -> Command:
    return Command("service", "Run and change the swarm's services", arguments=none, swarm="manager").adopt(
        create.COMMAND,
        inspect.COMMAND,
        logs.COMMAND,
        ls.COMMAND,
        ps.COMMAND,
        rm.COMMAND,
        rollback.COMMAND,
        scale.COMMAND,
        update.COMMAND,
    )
