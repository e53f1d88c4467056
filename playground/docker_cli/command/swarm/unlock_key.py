"""``docker swarm unlock-key``: show or change the key that unlocks managers."""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, none
from playground.docker_cli.command.swarm.join_command import print_unlock_command, unlock_key
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values


async def run(cli: Cli, values: Values) -> None:
    quiet = values.truth("quiet")
    if values.truth("rotate"):
        swarm = await cli.get("/swarm")
        if not swarm["Spec"].get("EncryptionConfig", {}).get("AutoLockManagers"):
            raise CommandFailed("cannot rotate because autolock is not turned on")
        query = {
            "version": str(swarm["Version"]["Index"]),
            "rotateWorkerToken": "false",
            "rotateManagerToken": "false",
            "rotateManagerUnlockKey": "true",
        }
        await cli.post("/swarm/update", query, swarm["Spec"])
        if not quiet:
            await cli.line("Successfully rotated manager unlock key.\n")
    key = await unlock_key(cli)
    if not key:
        raise CommandFailed("no unlock key is set")
    if quiet:
        await cli.line(key)
    else:
        await print_unlock_command(cli)


COMMAND = Command(
    "unlock-key [OPTIONS]",
    "Show or renew the key that unlocks managers",
    run,
    none,
    (
        Flag("rotate", help="Make a new key"),
        Flag("quiet", help="Print nothing but the key", short="q"),
    ),
    swarm="manager",
)
