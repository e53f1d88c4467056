"""Commands of the real client that this one knows and refuses: they have nothing to do with running a swarm."""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, Run
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Values

_COMMANDS = (
    ("build [OPTIONS] PATH | URL | -", "Make an image from a Dockerfile", 4),
    ("builder", "Look after the build cache", 0),
    ("buildx", "Make images with BuildKit", 0),
    ("checkpoint", "Keep the state of running containers", 0),
    ("commit [OPTIONS] CONTAINER [REPOSITORY[:TAG]]", "Make an image from a container", 0),
    ("compose", "Run several containers on one engine", 0),
    ("export [OPTIONS] CONTAINER", "Write a container's file system to an archive", 0),
    ("import [OPTIONS] file|URL|- [REPOSITORY[:TAG]]", "Make an image from an archive", 0),
    ("load [OPTIONS]", "Read images from an archive", 0),
    ("manifest", "Look after image manifests", 0),
    ("save [OPTIONS] IMAGE [IMAGE...]", "Write images to an archive", 0),
    ("trust", "Sign images", 0),
)


def _refusal(name: str) -> Run:
    async def run(cli: Cli, values: Values) -> None:
        raise CommandFailed(f"docker {name} is not part of this playground")

    return run


def left_out() -> list[Command]:
    """They take any words and stay out of the help."""
    return [
        Command(use, short, _refusal(use.split(" ", 1)[0]), None, hidden=True, top=top, any_flags=True)
        for use, short, top in _COMMANDS
    ]
