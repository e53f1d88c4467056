"""The texts that tell how to join a swarm and how to unlock a manager."""

from typing import Any

from playground.api import ApiError
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.errors import CommandFailed


async def print_join_command(cli: Cli, node_id: str, role: str) -> None:
    """Print the command that adds a node with ``role`` to the swarm of this manager."""
    node = await cli.get(f"/nodes/{node_id}")
    tokens = (await cli.get("/swarm"))["JoinTokens"]
    manager: dict[str, Any] | None = node.get("ManagerStatus")
    if manager is not None:
        await cli.write(
            f"To add a {role} to this swarm, run the following command:\n\n"
            f"    docker swarm join --token {tokens[role.capitalize()]} {manager.get('Addr', '')}\n\n"
        )


async def unlock_key(cli: Cli) -> str:
    """The key that unlocks managers; empty when there is none.

    Raises:
        CommandFailed: the engine does not tell.
    """
    try:
        return str((await cli.get("/swarm/unlockkey")).get("UnlockKey", ""))
    except ApiError as error:
        raise CommandFailed(f"could not fetch unlock key: {error_text(error)}") from None


async def print_unlock_command(cli: Cli) -> None:
    """Print the key that unlocks a manager, and what it is for."""
    key = await unlock_key(cli)
    if key:
        await cli.write(
            "To unlock a swarm manager after it restarts, run the `docker swarm unlock`\n"
            f"command and provide the following key:\n\n    {key}\n\n"
            "Remember to store this key in a password manager, since without it you\n"
            "will not be able to restart the manager.\n"
        )
