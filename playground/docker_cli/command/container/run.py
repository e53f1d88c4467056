"""``docker run``: make a container and start it."""

from typing import Any

from playground.api import ApiError, EngineUnreachable
from playground.docker_cli.attached import Detached, copy_streams
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.command.container.create import QUIET, configuration, create_container, with_help
from playground.docker_cli.command.container.new_container_flags import FLAGS
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import BOOL, STRING

_NOT_FOUND = ("executable file not found", "no such file or directory", "system cannot find the file specified")
_NOT_ALLOWED = ("permission denied", "is a directory")


def start_failure(error: Exception) -> CommandFailed:
    """What ``docker run`` says of an error, and the code it exits with."""
    text = error_text(error)
    if any(part in text for part in _NOT_FOUND):
        return with_help(text, "run", 127)
    if any(part in text for part in _NOT_ALLOWED):
        return with_help(text, "run", 126)
    return with_help(text, "run", 125)


async def run(cli: Cli, values: Values) -> int:
    """Create, attach, start, and return the container's exit code (0 at once with ``--detach``)."""
    body = configuration(cli, values, "run")
    detach = values.truth("detach")
    if detach:
        if values.items("attach"):
            raise CommandFailed("conflicting options: cannot specify both --attach and --detach")
        body.update(AttachStdin=False, AttachStdout=False, AttachStderr=False, StdinOnce=False)
    elif body["AttachStdin"] and body["Tty"] and not cli.process.stdin.is_terminal:
        raise CommandFailed("the input device is not a TTY")
    try:
        identity = await create_container(cli, values, body)
    except (ApiError, EngineUnreachable, CommandFailed) as error:
        raise start_failure(error) from None
    attached = body["AttachStdin"] or body["AttachStdout"] or body["AttachStderr"]
    if not attached:
        await cli.line(identity)
        try:
            await cli.post(f"/containers/{identity}/start")
        except (ApiError, EngineUnreachable) as error:
            raise start_failure(error) from None
        return 0
    return await _attached(cli, values, body, identity)


async def _attached(cli: Cli, values: Values, body: dict[str, Any], identity: str) -> int:
    query = {"stream": "1"}
    for name in ("stdin", "stdout", "stderr"):
        if body[f"Attach{name.capitalize()}"]:
            query[name] = "1"
    duplex = await cli.client.hijack(f"/containers/{identity}/attach", query)
    condition = "removed" if values.truth("rm") else "next-exit"
    waiting = cli.process.loop.spawn(cli.wait_for_exit(identity, condition), "docker wait")
    try:
        await cli.post(f"/containers/{identity}/start")
    except (ApiError, EngineUnreachable) as error:
        duplex.close()
        if values.truth("rm"):
            await waiting
        else:
            waiting.cancel()
        raise start_failure(error) from None

    async def forward() -> None:
        await cli.post(f"/containers/{identity}/kill", {"signal": "SIGINT"})

    try:
        await copy_streams(
            cli,
            duplex,
            body["AttachStdin"],
            body["Tty"],
            forward if values.truth("sig-proxy") else None,
            values.text("detach-keys"),
            sized=f"/containers/{identity}",
        )
    except Detached:
        waiting.cancel()
        return 0
    answer = await waiting
    if (answer.get("Error") or {}).get("Message"):
        await cli.complain(f"Error waiting for container: {answer['Error']['Message']}\n")
        return 125
    return int(answer.get("StatusCode", 0))


def command(also: str = "docker container run, docker run", top: int = 0) -> Command:
    return Command(
        "run [OPTIONS] IMAGE [COMMAND] [ARG...]",
        "Make a container from an image and run it",
        run,
        at_least(1),
        (
            *FLAGS,
            QUIET,
            Flag("detach", help="Leave the container running in the background and print its ID", short="d"),
            Flag("sig-proxy", BOOL, "Pass signals on to the container", default=True),
            Flag("detach-keys", STRING, "Keys that leave the container running"),
        ),
        also=also,
        top=top,
        interspersed=False,
        completes="image",
    )
