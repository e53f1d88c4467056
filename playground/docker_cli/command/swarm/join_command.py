"""The texts that tell how to join a swarm and how to unlock a manager."""

from typing import Any

from playground.docker_cli.cli import Cli


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


async def print_unlock_command(cli: Cli) -> None:
    """Print the key that unlocks a manager, and what it is for."""
    key = (await cli.get("/swarm/unlockkey")).get("UnlockKey", "")
    if key:
        await cli.write(
            "To unlock a swarm manager after it restarts, run the `docker swarm unlock`\n"
            f"command and provide the following key:\n\n    {key}\n\n"
            "Remember to store this key in a password manager, since without it you\n"
            "will not be able to restart the manager.\n"
        )
