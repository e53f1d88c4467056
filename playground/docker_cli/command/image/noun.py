"""``docker image``, and its verbs at the top of the tree."""

from dataclasses import replace

from playground.docker_cli.command.image import verbs
from playground.docker_cli.command.model import Command, none


def noun() -> Command:
    return Command("image", "Look at and change images", arguments=none).adopt(
        verbs.history_command(),
        verbs.images_command("ls [OPTIONS] [REPOSITORY[:TAG]]", ("list",)),
        verbs.pull_command(),
        verbs.push_command(),
        verbs.remove_command("rm [OPTIONS] IMAGE [IMAGE...]", ("remove",)),
        verbs.tag_command(),
        replace(verbs.INSPECT),
        replace(verbs.PRUNE),
    )


def shorthands() -> list[Command]:
    """The verbs that need no ``image`` before them."""
    return [
        verbs.history_command(),
        verbs.images_command("images [OPTIONS] [REPOSITORY[:TAG]]", top=7),
        verbs.pull_command(top=5),
        verbs.push_command(top=6),
        verbs.remove_command("rmi [OPTIONS] IMAGE [IMAGE...]"),
        verbs.tag_command(),
    ]
