"""``docker swarm unlock``: give a restarted manager its key."""

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
    if cli.process.stdin.is_terminal:
        await cli.write("Enter unlock key: ")
    key = (await cli.process.stdin.readline()).decode("utf-8", "replace").strip()
    if cli.process.stdin.is_terminal:
        await cli.line()
    await cli.post("/swarm/unlock", body={"UnlockKey": key})


COMMAND = Command("unlock", "Unlock a manager with the swarm's key", run, none, swarm="manager")
