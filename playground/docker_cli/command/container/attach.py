"""``docker attach`` and ``docker start``: the streams of containers that are there already."""

from typing import Any

from playground.api import ApiError, EngineUnreachable
from playground.docker_cli.attached import Detached, copy_streams
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.command.model import Command, at_least, exactly
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import BOOL, STRING

_DETACH_KEYS = Flag("detach-keys", STRING, "Keys that leave the container running")


async def attach(cli: Cli, values: Values) -> int:
    """Attach until the container stops, and return its exit code."""
    reference = values.words[0]
    container = await cli.get(f"/containers/{reference}/json")
    state = container["State"]
    for wrong, text in (
        (not state.get("Running"), "You cannot attach to a stopped container, start it first"),
        (state.get("Paused"), "cannot attach to a paused container, unpause it first"),
        (state.get("Restarting"), "cannot attach to a restarting container, wait until it is running"),
    ):
        if wrong:
            raise CommandFailed(text)
    stdin = not values.truth("no-stdin")
    if stdin and container["Config"].get("Tty") and not cli.process.stdin.is_terminal:
        raise CommandFailed("the input device is not a TTY")
    waiting = cli.process.loop.spawn(cli.wait_for_exit(container["Id"]), "docker wait")
    try:
        await _follow(cli, container, stdin, values.truth("sig-proxy"), values.text("detach-keys"))
    except Detached:
        waiting.cancel()
        raise CommandFailed("read escape sequence") from None
    return int((await waiting).get("StatusCode", 0))


async def _follow(cli: Cli, container: Any, stdin: bool, proxy: bool, keys: str) -> None:
    identity, terminal = container["Id"], bool(container["Config"].get("Tty"))
    stdin = stdin and bool(container["Config"].get("OpenStdin"))
    query = {"stream": "1", "stdout": "1", "stderr": "1", **({"stdin": "1"} if stdin else {})}
    duplex = await cli.client.hijack(f"/containers/{identity}/attach", query)

    async def forward() -> None:
        await cli.post(f"/containers/{identity}/kill", {"signal": "SIGINT"})

    interrupted = forward if proxy and not terminal else None
    await copy_streams(cli, duplex, stdin, terminal, interrupted, keys, sized=f"/containers/{identity}")


async def start(cli: Cli, values: Values) -> int:
    """Start containers; with ``--attach`` follow the one and return its exit code."""
    if not (values.truth("attach") or values.truth("interactive")):
        await _start_all(cli, values.words)
        return 0
    if len(values.words) > 1:
        raise CommandFailed("you cannot start and attach multiple containers at once")
    container = await cli.get(f"/containers/{values.words[0]}/json")
    identity = container["Id"]
    removed = (container.get("HostConfig") or {}).get("AutoRemove")
    waiting = cli.process.loop.spawn(
        cli.wait_for_exit(identity, "removed" if removed else "next-exit"),
        "docker wait",
    )
    following = cli.process.loop.spawn(
        _follow(cli, container, values.truth("interactive"), True, values.text("detach-keys")), "docker attach"
    )
    try:
        await cli.post(f"/containers/{identity}/start")
    except (ApiError, EngineUnreachable):
        following.cancel()
        waiting.cancel()
        raise
    try:
        await following
    except Detached:
        waiting.cancel()
        return 0
    return int((await waiting).get("StatusCode", 0))


async def _start_all(cli: Cli, names: list[str]) -> None:
    failed = []
    for name in names:
        try:
            await cli.post(f"/containers/{name}/start")
        except (ApiError, EngineUnreachable) as error:
            await cli.complain(error_text(error) + "\n")
            failed.append(name)
        else:
            await cli.line(name)
    if failed:
        raise CommandFailed(f"Error: failed to start containers: {', '.join(failed)}")


def attach_command(also: str = "docker container attach, docker attach") -> Command:
    return Command(
        "attach [OPTIONS] CONTAINER",
        "Join the streams of a running container",
        attach,
        exactly(1),
        (
            Flag("no-stdin", help="Do not pass the input on"),
            Flag("sig-proxy", BOOL, "Pass signals on to the container", default=True),
            _DETACH_KEYS,
        ),
        also=also,
        completes="container",
    )


def start_command(also: str = "docker container start, docker start") -> Command:
    return Command(
        "start [OPTIONS] CONTAINER [CONTAINER...]",
        "Start one or more stopped containers",
        start,
        at_least(1),
        (
            Flag("attach", help="Join its output and pass signals on", short="a"),
            Flag("interactive", help="Pass the input on", short="i"),
            _DETACH_KEYS,
        ),
        also=also,
        completes="all containers",
    )
