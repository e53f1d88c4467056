"""``docker swarm join-token``: show or change the token that nodes join with."""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, exactly
from playground.docker_cli.command.swarm.join_command import print_join_command
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values

ROLES = ("worker", "manager")


async def run(cli: Cli, values: Values) -> None:
    role = values.words[0]
    if role not in ROLES:
        raise CommandFailed(f"unknown role {role}")
    quiet = values.truth("quiet")
    if values.truth("rotate"):
        swarm = await cli.get("/swarm")
        query = {
            "version": str(swarm["Version"]["Index"]),
            "rotateWorkerToken": str(role == "worker").lower(),
            "rotateManagerToken": str(role == "manager").lower(),
            "rotateManagerUnlockKey": "false",
        }
        await cli.post("/swarm/update", query, swarm["Spec"])
        if not quiet:
            await cli.write(f"Successfully rotated {role} join token.\n\n")
    swarm = await cli.get("/swarm")
    if quiet:
        await cli.line(swarm["JoinTokens"][role.capitalize()])
        return
    info = await cli.get("/info")
    await print_join_command(cli, info["Swarm"]["NodeID"], role)


COMMAND = Command(
    "join-token [OPTIONS] (worker|manager)",
    "Show or renew the token that nodes join with",
    run,
    exactly(1),
    (
        Flag("rotate", help="Make a new token; the old one lets nobody in any more"),
        Flag("quiet", help="Print nothing but the token", short="q"),
    ),
    swarm="manager",
    completes="role",
)
