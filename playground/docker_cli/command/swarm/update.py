"""``docker swarm update``: change the swarm's settings."""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, none
from playground.docker_cli.command.swarm.join_command import print_unlock_command
from playground.docker_cli.command.swarm.spec_flags import SPEC_FLAGS, merge
from playground.docker_cli.errors import HelpWanted
from playground.docker_cli.flags.flagset import Flag, Values


async def run(cli: Cli, values: Values) -> None:
    if not values.given():
        raise HelpWanted
    swarm = await cli.get("/swarm")
    spec = swarm["Spec"]
    was_locked = bool(spec.get("EncryptionConfig", {}).get("AutoLockManagers"))
    merge(spec, values, (swarm.get("TLSInfo") or {}).get("TrustRoot", ""))
    query = {
        "version": str(swarm["Version"]["Index"]),
        "rotateWorkerToken": "false",
        "rotateManagerToken": "false",
        "rotateManagerUnlockKey": "false",
    }
    await cli.post("/swarm/update", query, spec)
    await cli.line("Swarm updated.")
    if spec.get("EncryptionConfig", {}).get("AutoLockManagers") and not was_locked:
        await print_unlock_command(cli)


COMMAND = Command(
    "update [OPTIONS]",
    "Change the settings of the swarm",
    run,
    none,
    (Flag("autolock", help="Ask for a key before a restarted manager may work again (true|false)"), *SPEC_FLAGS),
    swarm="manager",
)
