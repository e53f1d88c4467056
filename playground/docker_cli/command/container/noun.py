"""``docker container``, and its verbs at the top of the tree."""

from dataclasses import replace

from playground.docker_cli.command.container import attach, cp, create, exec, life, logs, look, ls, run, update
from playground.docker_cli.command.model import Command, none


def noun() -> Command:
    return Command("container", "Look at and change containers", arguments=none).adopt(
        attach.attach_command(),
        attach.start_command(),
        cp.command(),
        create.command(),
        exec.command(),
        logs.command(),
        ls.command("ls [OPTIONS]", ("ps", "list")),
        run.command(),
        replace(look.INSPECT),
        replace(look.PRUNE),
        update.command(),
        *look.commands(),
        *life.commands(top_level=False),
    )


def shorthands() -> list[Command]:
    """The verbs that need no ``container`` before them."""
    return [
        attach.attach_command(),
        attach.start_command(),
        cp.command(),
        create.command(),
        exec.command(top=2),
        logs.command(),
        ls.command("ps [OPTIONS]", top=3),
        run.command(top=1),
        update.command(),
        *look.commands(),
        *life.commands(top_level=True),
    ]
