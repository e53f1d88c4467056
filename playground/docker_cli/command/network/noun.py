"""``docker network``."""

from playground.docker_cli.command.model import Command, none
from playground.docker_cli.command.network import create, ls, verbs


def noun() -> Command:
    return Command("network", "Look at and change networks", arguments=none).adopt(
        verbs.CONNECT,
        create.COMMAND,
        verbs.DISCONNECT,
        verbs.INSPECT,
        ls.COMMAND,
        verbs.PRUNE,
        verbs.REMOVE,
    )
