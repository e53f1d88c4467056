"""``docker`` stop, restart, kill, pause, unpause, wait, rename, rm: what happens to a container.

Source: docker/cli command/container.
"""

from playground.api import ApiError, EngineUnreachable
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.command.model import Command, at_least, exactly
from playground.docker_cli.command.several import each
from playground.docker_cli.errors import CommandFailed, joined
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import INT, STRING

_SIGNAL = Flag("signal", STRING, "Signal to send to the container", short="s")
_TIMEOUT = (
    Flag("timeout", INT, "Seconds until the container is killed", short="t"),
    Flag("time", INT, "Seconds until the container is killed", deprecated="use --timeout instead", same_as="timeout"),
)


def _stop_query(values: Values) -> dict[str, str] | None:
    if values.changed("time") and values.changed("timeout") and not values.text("time"):
        raise CommandFailed("conflicting options: cannot specify both --timeout and --time")
    query = {}
    if values.text("signal"):
        query["signal"] = values.text("signal")
    if values.changed("timeout"):
        query["t"] = str(values.number("timeout"))
    return query or None


async def stop(cli: Cli, values: Values) -> None:
    query = _stop_query(values)
    await each(cli, values.words, lambda name: cli.post(f"/containers/{name}/stop", query))


async def restart(cli: Cli, values: Values) -> None:
    query = _stop_query(values)
    await each(cli, values.words, lambda name: cli.post(f"/containers/{name}/restart", query))


async def kill(cli: Cli, values: Values) -> None:
    query = {"signal": values.text("signal")} if values.text("signal") else None
    await each(cli, values.words, lambda name: cli.post(f"/containers/{name}/kill", query))


async def pause(cli: Cli, values: Values) -> None:
    await each(cli, values.words, lambda name: cli.post(f"/containers/{name}/pause"))


async def unpause(cli: Cli, values: Values) -> None:
    await each(cli, values.words, lambda name: cli.post(f"/containers/{name}/unpause"))


async def wait(cli: Cli, values: Values) -> None:
    errors = []
    for name in values.words:
        try:
            answer = await cli.wait_for_exit(name)
        except (ApiError, EngineUnreachable) as error:
            errors.append(error_text(error))
        else:
            await cli.line(str(answer.get("StatusCode", 0)))
    joined(errors)


async def rename(cli: Cli, values: Values) -> None:
    old, new = (word.strip() for word in values.words)
    if not old or not new:
        raise CommandFailed("Error: Neither old nor new names may be empty")
    try:
        await cli.post(f"/containers/{old}/rename", {"name": new})
    except ApiError as error:
        await cli.complain(error_text(error) + "\n")
        raise CommandFailed(f"Error: failed to rename container named {old}") from None


async def remove(cli: Cli, values: Values) -> None:
    query = {key: "1" for key, name in (("v", "volumes"), ("link", "link"), ("force", "force")) if values.truth(name)}
    errors = []
    for name in values.words:
        name = name.strip("/")
        if not name:
            errors.append("container name cannot be empty")
            continue
        try:
            await cli.delete(f"/containers/{name}", query or None)
        except (ApiError, EngineUnreachable) as error:
            if values.truth("force") and isinstance(error, ApiError) and error.status == 404:
                await cli.complain(error_text(error) + "\n")
                continue
            errors.append(error_text(error))
        else:
            await cli.line(name)
    joined(errors)


def commands(top_level: bool) -> list[Command]:
    """These commands, below ``docker container`` or at the top of the tree."""

    def also(*names: str) -> str:
        paths = [f"docker container {name}" for name in names]
        return ", ".join([*paths, f"docker {names[0]}"])

    many = "CONTAINER [CONTAINER...]"
    return [
        Command(
            f"stop [OPTIONS] {many}",
            "Stop one or more running containers",
            stop,
            at_least(1),
            (_SIGNAL, *_TIMEOUT),
            also=also("stop"),
            completes="container",
        ),
        Command(
            f"restart [OPTIONS] {many}",
            "Stop one or more containers and start them again",
            restart,
            at_least(1),
            (_SIGNAL, *_TIMEOUT),
            also=also("restart"),
            completes="all containers",
        ),
        Command(
            f"kill [OPTIONS] {many}",
            "Kill one or more running containers",
            kill,
            at_least(1),
            (_SIGNAL,),
            also=also("kill"),
            completes="container",
        ),
        Command(
            f"pause {many}",
            "Freeze all processes of one or more containers",
            pause,
            at_least(1),
            also=also("pause"),
            completes="container",
        ),
        Command(
            f"unpause {many}",
            "Let the processes of one or more containers go on",
            unpause,
            at_least(1),
            also=also("unpause"),
            completes="container",
        ),
        Command(
            f"wait {many}",
            "Wait until containers stop, and print their exit codes",
            wait,
            at_least(1),
            also=also("wait"),
            completes="container",
        ),
        Command(
            "rename CONTAINER NEW_NAME",
            "Give a container another name",
            rename,
            exactly(2),
            also=also("rename"),
            completes="all containers",
        ),
        Command(
            f"rm [OPTIONS] {many}",
            "Remove one or more containers",
            remove,
            at_least(1),
            (
                Flag("volumes", help="Remove their unnamed volumes, too", short="v"),
                Flag("link", help="Remove the link of this name", short="l"),
                Flag("force", help="Kill a container that runs, then remove it", short="f"),
            ),
            aliases=() if top_level else ("remove",),
            also=also("rm", "remove"),
            completes="all containers",
        ),
    ]
