"""``docker system``, and its verbs at the top of the tree."""

from dataclasses import replace

from playground.docker_cli.command.model import Command, none
from playground.docker_cli.command.system import df, events, info, inspect, prune, version


def noun() -> Command:
    return Command("system", "Look at the engine as a whole", arguments=none).adopt(
        replace(df.COMMAND), events.command(), info.command(), replace(prune.COMMAND)
    )


def shorthands() -> list[Command]:
    """The verbs that need no ``system`` before them."""
    return [events.command(), info.command(top=12), replace(inspect.COMMAND), replace(version.COMMAND)]
