"""``docker create``: make a container without starting it."""

from typing import Any

from playground.api import ApiError
from playground.api.image_reference import InvalidReference, parse_reference
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.command.container.new_container import new_container
from playground.docker_cli.command.container.new_container_flags import FLAGS
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.pull_progress import show_stream

_PULL = ("always", "missing", "never")


def with_help(text: str, verb: str, code: int = 125) -> CommandFailed:
    return CommandFailed(f"docker: {text}\n\nRun 'docker {verb} --help' for more information", code)


def configuration(cli: Cli, values: Values, verb: str) -> dict[str, Any]:
    """The new container's configuration.

    Raises:
        CommandFailed: a flag is wrong; worded as ``docker run`` does.
    """
    try:
        if values.text("pull") not in _PULL:
            raise CommandFailed(
                f'invalid pull option: \'{values.text("pull")}\': must be one of "always", "missing" or "never"'
            )
        return new_container(cli, values)
    except CommandFailed as failure:
        raise with_help(failure.message, verb) from None


async def create_container(cli: Cli, values: Values, body: dict[str, Any]) -> str:
    """Create the container, after pulling its image where needed, and return its id.

    Raises:
        ApiError: the engine refused.
        CommandFailed: the image's name is none, or pulling failed.
    """
    try:
        reference = parse_reference(body["Image"]).tagged()
    except InvalidReference as error:
        raise CommandFailed(str(error)) from None
    id_file = values.text("cidfile")
    if id_file and cli.process.files.exists(id_file):
        raise CommandFailed(f"container ID file found, make sure the other container isn't running or delete {id_file}")
    query = {}
    if values.text("name"):
        query["name"] = values.text("name")
    if values.text("platform"):
        query["platform"] = values.text("platform")
    if values.text("pull") == "always":
        await pull(cli, body["Image"], values)
    try:
        answer = await cli.post("/containers/create", query, body)
    except ApiError as error:
        if error.status != 404 or values.text("pull") != "missing" or "No such image" not in error.message:
            raise
        if not values.truth("quiet"):
            await cli.complain(f"Unable to find image '{reference}' locally\n")
        await pull(cli, body["Image"], values)
        answer = await cli.post("/containers/create", query, body)
    for warning in answer.get("Warnings") or []:
        await cli.complain(f"WARNING: {warning}\n")
    if id_file:
        cli.process.files.write(id_file, answer["Id"].encode())
    return str(answer["Id"])


async def pull(cli: Cli, image: str, values: Values) -> None:
    """Pull an image; its progress goes to standard error."""
    reference = parse_reference(image).tagged()
    query = {"fromImage": reference.familiar_name, "tag": reference.digest or reference.tag}
    if values.text("platform"):
        query["platform"] = values.text("platform")
    response = await cli.response("POST", "/images/create", query)
    await show_stream(cli, response, to_error=True, quiet=values.truth("quiet"))


async def run(cli: Cli, values: Values) -> None:
    body = configuration(cli, values, "create")
    try:
        identity = await create_container(cli, values, body)
    except ApiError as error:
        raise CommandFailed(error_text(error)) from None
    await cli.line(identity)


QUIET = Flag("quiet", help="Do not show how the image is pulled", short="q")


def command(also: str = "docker container create, docker create") -> Command:
    return Command(
        "create [OPTIONS] IMAGE [COMMAND] [ARG...]",
        "Make a container without starting it",
        run,
        at_least(1),
        (*FLAGS, QUIET),
        also=also,
        interspersed=False,
        completes="image",
    )
