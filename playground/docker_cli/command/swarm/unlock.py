"""``docker swarm unlock``: give a restarted manager its key."""

from playground.api import Interrupted
from playground.api.process import TerminalReader
from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, none
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Values


async def run(cli: Cli, values: Values) -> None:
    info = await cli.get("/info")
    state = info["Swarm"].get("LocalNodeState", "")
    if state == "inactive":
        raise CommandFailed("Error: This node is not part of a swarm")
    if state != "locked":
        raise CommandFailed("Error: swarm is not locked")
    key = await _read_key(cli)
    await cli.post("/swarm/unlock", body={"UnlockKey": key})


async def _read_key(cli: Cli) -> str:
    """The first line of the input; typed without echo on a terminal."""
    screen = cli.process.stdin
    if not (isinstance(screen, TerminalReader) and screen.is_terminal):
        return (await screen.readline()).decode("utf-8", "replace").strip()
    await cli.write("Enter unlock key: ")
    screen.set_raw(True)
    typed = b""
    try:
        while not typed.endswith((b"\r", b"\n")):
            data = await screen.read()
            if not data or b"\x04" in data:
                break
            if b"\x03" in data:
                await cli.line()
                raise Interrupted
            for byte in data:
                typed = typed[:-1] if byte in (0x08, 0x7F) else typed + bytes([byte])
    finally:
        screen.set_raw(False)
    await cli.line()
    return typed.rstrip(b"\r\n").decode("utf-8", "replace")


COMMAND = Command("unlock", "Unlock a manager with the swarm's key", run, none, swarm="manager")
