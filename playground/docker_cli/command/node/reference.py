"""What a user may call a node."""

from playground.docker_cli.cli import Cli
from playground.docker_cli.errors import CommandFailed


async def node_reference(cli: Cli, reference: str) -> str:
    """The reference, with ``self`` replaced by the id of the node asked.

    Raises:
        ApiError: this node is no manager.
    """
    if reference != "self":
        return reference
    node_id = str((await cli.get("/info"))["Swarm"].get("NodeID", ""))
    if not node_id:
        await cli.list("/nodes")
        raise CommandFailed("node ID not found in /info")
    return node_id
