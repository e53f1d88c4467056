"""``docker exec``: run a command in a running container."""

from typing import Any

from playground.docker_cli.attached import Detached, copy_streams
from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import LIST, STRING
from playground.docker_cli.opts import lists


async def run(cli: Cli, values: Values) -> int:
    """Run the command and return its exit code (0 at once with ``--detach``)."""
    container, *words = values.words
    detach, terminal, stdin = (values.truth(name) for name in ("detach", "tty", "interactive"))
    body: dict[str, Any] = {
        "User": values.text("user"),
        "Privileged": values.truth("privileged"),
        "Tty": terminal,
        "AttachStdin": stdin and not detach,
        "AttachStdout": not detach,
        "AttachStderr": not detach,
        "Detach": detach,
        "DetachKeys": values.text("detach-keys"),
        "Env": lists.environment(cli, values.items("env-file"), values.items("env")) or None,
        "WorkingDir": values.text("workdir"),
        "Cmd": words,
    }
    await cli.get(f"/containers/{container}/json")
    if not detach and stdin and terminal and not cli.process.stdin.is_terminal:
        raise CommandFailed("the input device is not a TTY")
    if terminal:
        body["ConsoleSize"] = [cli.process.stdout.rows, cli.process.stdout.columns]
    identity = (await cli.post(f"/containers/{container}/exec", body=body))["Id"]
    if detach:
        await cli.post(f"/exec/{identity}/start", body={"Detach": True, "Tty": terminal})
        return 0
    duplex = await cli.client.hijack(f"/exec/{identity}/start", body={"Detach": False, "Tty": terminal})
    try:
        await copy_streams(
            cli, duplex, stdin, terminal, detach_keys=values.text("detach-keys"), sized=f"/exec/{identity}"
        )
    except Detached:
        raise CommandFailed("read escape sequence") from None
    return int((await cli.get(f"/exec/{identity}/json")).get("ExitCode") or 0)


def command(also: str = "docker container exec, docker exec", top: int = 0) -> Command:
    return Command(
        "exec [OPTIONS] CONTAINER COMMAND [ARG...]",
        "Run a command in a running container",
        run,
        at_least(2),
        (
            Flag("detach-keys", STRING, "Keys that leave the command running"),
            Flag("interactive", help="Keep the command's input open", short="i"),
            Flag("tty", help="Give the command a pseudo-terminal", short="t"),
            Flag("detach", help="Leave the command running in the background", short="d"),
            Flag("user", STRING, 'User name or UID (format: "NAME|UID[:GROUP|GID]")', short="u"),
            Flag("privileged", help="Let the command do nearly all that the host may"),
            Flag("env", lists.ENVIRONMENT, "Environment variables", short="e"),
            Flag("env-file", LIST, "Files with environment variables, one a line"),
            Flag("workdir", STRING, "Directory in which the command starts", short="w"),
        ),
        also=also,
        top=top,
        interspersed=False,
        completes="container",
    )
