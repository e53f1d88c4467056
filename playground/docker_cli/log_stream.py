"""Copies a log from the engine to the command's outputs.

Source: moby pkg/stdcopy, api/types/time/timestamp.go.
"""

from collections.abc import Awaitable, Callable

from playground.api import Response
from playground.docker_cli.cli import Cli
from playground.docker_cli.errors import CommandFailed, FlagValueError
from playground.docker_cli.flags.numbers import SECOND, parse_duration
from playground.docker_cli.formatter.instants import parse_instant

_STDERR, _SYSTEM = 2, 3
_PARTS = (
    ("", "T00:00:00", 10),
    ("", ":00:00", 13),
    ("", ":00", 16),
)


async def copy_logs(cli: Cli, response: Response, prefix: Callable[[bytes], Awaitable[bytes]] | None = None) -> None:
    """Write each frame where it belongs; ``prefix`` may rewrite it first.

    Raises:
        CommandFailed: the engine reports an error within the log.
    """
    stream = response.stream
    if stream is None:
        return
    closing = getattr(stream, "aclose", None)
    try:
        async for kind, data in stream:
            if kind == _SYSTEM:
                text = data.decode("utf-8", "replace")
                raise CommandFailed(f"error from daemon in stream: {text}")
            if prefix is not None:
                data = await prefix(data)
            if kind == _STDERR and response.framed:
                await cli.complain(data)
            else:
                await cli.write(data)
    finally:
        if closing is not None:
            await closing()


def timestamp(cli: Cli, text: str) -> str:
    """A time or a span before now, as the API takes it: seconds, a point, nanoseconds. Plain seconds stay as they are.

    A span ends at a whole second: ``--until 0s`` leaves out what happened in this one. Source: moby
    ``api/types/time/timestamp.go``.

    Raises:
        CommandFailed: it is neither.
    """
    if text.replace(".", "", 1).isdigit():
        return text
    try:
        return str((cli.now_ns - parse_duration(text)) // SECOND)
    except FlagValueError:
        at = _moment(text)
    return f"{at // SECOND}.{at % SECOND:09d}"


def since_parameter(cli: Cli, name: str, text: str) -> dict[str, str]:
    """``since`` or ``until`` of a log, where the user gave one.

    Raises:
        CommandFailed: it is no time.
    """
    try:
        return {name: timestamp(cli, text)} if text else {}
    except CommandFailed as failed:
        raise CommandFailed(f'invalid value for "{name}": {failed.message}') from None


def _moment(text: str) -> int:
    if text.replace(".", "", 1).lstrip("-").isdigit():
        seconds, _, fraction = text.partition(".")
        return int(seconds) * SECOND + int(fraction.ljust(9, "0")[:9] or 0)
    whole = text
    for _, rest, length in _PARTS:
        if len(text.rstrip("Z")) == length:
            whole = text.rstrip("Z") + rest
    if not (whole.endswith("Z") or whole[19:].lstrip(".0123456789")):
        whole += "Z"
    try:
        return parse_instant(whole)
    except ValueError:
        raise CommandFailed(f'failed to parse value as time or duration: "{text}"') from None
