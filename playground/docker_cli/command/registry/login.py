"""``docker login``, ``logout`` and ``search``: nobody can log in here, and there is nothing to search.

Source: docker/cli command/registry.
"""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import NO_TRUNC
from playground.docker_cli.command.model import Command, at_most, exactly
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import INT, STRING
from playground.docker_cli.opts.lists import FILTER

_HUB = "https://index.docker.io/v1/"


async def login(cli: Cli, values: Values) -> None:
    """Ask the engine to check the credentials; it refuses them."""
    server = values.words[0] if values.words else _HUB
    if values.truth("password-stdin"):
        if values.text("password"):
            raise CommandFailed("conflicting options: cannot specify both --password and --password-stdin")
        if not values.text("username"):
            raise CommandFailed("the --password-stdin option requires --username to be set")
        password = (await cli.read_all()).decode("utf-8", "replace").rstrip("\r\n")
    else:
        password = values.text("password")
        if password:
            await cli.complain("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n")
    if not values.text("username") or not password:
        raise CommandFailed("Error: Cannot perform an interactive login from a non TTY device")
    body = {"username": values.text("username"), "password": password, "serveraddress": server}
    answer = await cli.post("/auth", body=body) or {}
    await cli.line(str(answer.get("Status", "")))


async def logout(cli: Cli, values: Values) -> None:
    server = values.words[0] if values.words else _HUB
    await cli.line(f"Removing login credentials for {server}" if values.words else f"Not logged in to {server}")


async def search(cli: Cli, values: Values) -> None:
    raise CommandFailed("docker search is not part of this playground: its images are listed in the documentation")


def commands() -> list[Command]:
    return [
        Command(
            "login [OPTIONS] [SERVER]",
            "Log in to a registry",
            login,
            at_most(1),
            (
                Flag("username", STRING, "User name", short="u"),
                Flag("password", STRING, "Password or access token", short="p"),
                Flag("password-stdin", help="Read the password from the input"),
            ),
            top=8,
        ),
        Command("logout [SERVER]", "Log out of a registry", logout, at_most(1), top=9),
        Command(
            "search [OPTIONS] TERM",
            "Search Docker Hub for images",
            search,
            exactly(1),
            (
                Flag("filter", FILTER, "Show only what fits, given as KEY=VALUE", short="f"),
                Flag("limit", INT, "How many results to show"),
                NO_TRUNC,
                Flag("format", STRING, "How to print each result"),
            ),
            top=10,
        ),
    ]
