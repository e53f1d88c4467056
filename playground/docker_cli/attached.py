"""Joins a container's streams to those of the command.

Source: docker/cli command/container/hijack.go; moby/term detach keys.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from playground.api import Duplex, Interrupted
from playground.api.process import Promise, TerminalReader
from playground.docker_cli.cli import Cli
from playground.docker_cli.errors import CommandFailed

_STDERR = 2
DETACH = b"\x10\x11"
"""Ctrl-P Ctrl-Q."""


class Detached(Exception):
    """The user typed the keys that leave the container running."""


def detach_sequence(text: str) -> bytes:
    """The bytes of ``ctrl-p,ctrl-q``.

    Raises:
        CommandFailed: a key is unknown.
    """
    if not text:
        return DETACH
    keys = b""
    for key in text.split(","):
        if len(key) == 1:
            keys += key.encode()
        elif key.startswith("ctrl-") and len(key) == 6 and (key[5].islower() or key[5] in "@[\\]^_"):
            keys += bytes([ord(key[5].upper()) & 0x1F])
        else:
            raise CommandFailed(f"Unknown character: '{key}'")
    return keys


async def copy_streams(
    cli: Cli,
    duplex: Duplex,
    stdin: bool,
    terminal: bool,
    interrupted: Callable[[], Awaitable[object]] | None = None,
    detach_keys: str = "",
    sized: str = "",
) -> None:
    """Copy both ways until the container's output ends.

    ``interrupted`` is called for Ctrl-C, after which copying goes on; without it Ctrl-C ends the command.

    ``sized`` is what has the size of the screen (``/exec/ID``): it hears of a new one when something is typed or shown.

    Raises:
        Detached: the user typed the detach keys.
        Interrupted: Ctrl-C, when nobody handles it.
    """
    detached = cli.process.loop.future()
    screen = cli.process.stdin
    if stdin and terminal and isinstance(screen, TerminalReader) and screen.is_terminal:
        screen.set_raw(True)
    keys = detach_sequence(detach_keys) if terminal else b""
    size = _Size(cli, sized if terminal and cli.process.stdout.is_terminal else "")
    await size.tell()
    reader = cli.process.loop.spawn(_send(cli, duplex, keys, detached, size), "docker stdin") if stdin else None
    writer = cli.process.loop.spawn(_receive(cli, duplex, terminal, size), "docker output")
    gone = cli.process.loop.future()

    async def finish() -> None:
        with suppress(Exception):  # Whoever awaits the writer below gets it.
            await writer
        gone.set(False)

    async def leave() -> None:
        await detached
        gone.set(True)

    watchers = [cli.process.loop.spawn(finish(), "docker end"), cli.process.loop.spawn(leave(), "docker detach")]
    try:
        while True:
            try:
                if await gone:
                    raise Detached
                await writer
                return
            except Interrupted:
                if interrupted is None:
                    raise
                await interrupted()
    finally:
        for task in [reader, writer, *watchers]:
            if task is not None and not task.done:
                task.cancel()
        if isinstance(screen, TerminalReader) and screen.is_terminal:
            screen.set_raw(False)
        duplex.close()


class _Size:
    """Tells the engine how big the screen is, whenever it is another size than before."""

    def __init__(self, cli: Cli, path: str) -> None:
        self._cli = cli
        self._path = path
        self._told = (0, 0)

    async def tell(self) -> None:
        screen = self._cli.process.stdout
        now = (screen.rows, screen.columns)
        if not self._path or now == self._told:
            return
        query = {"h": str(now[0]), "w": str(now[1])}
        response = await self._cli.client.request("POST", f"{self._path}/resize", query)
        if response.status < 400:  # Before its start a container has no size.
            self._told = now


async def _send(cli: Cli, duplex: Duplex, keys: bytes, detached: Promise[None], size: _Size) -> None:
    held = b""
    while data := await cli.process.stdin.read():
        await size.tell()
        out = b""
        for position in range(len(data)):
            byte = data[position : position + 1]
            if keys and keys.startswith(held + byte):
                held += byte
                if held == keys:
                    await duplex.write(out)
                    detached.set(None)
                    return
                continue
            out += held + byte
            held = b""
        if out:
            await duplex.write(out)
    duplex.close_write()


async def _receive(cli: Cli, duplex: Duplex, terminal: bool, size: _Size) -> None:
    while (frame := await duplex.read()) is not None:
        await size.tell()
        kind, data = frame
        if kind == _STDERR and not terminal:
            await cli.complain(data)
        else:
            await cli.write(data)
