"""Changes of nodes: one after the other, up to the first that fails.

Source: docker/cli command/node/update.go.
"""

from collections.abc import Callable
from typing import Any

from playground.docker_cli.cli import Cli


async def change_nodes(
    cli: Cli, references: list[str], change: Callable[[Any], str], success: Callable[[str], str]
) -> None:
    """Let ``change`` edit each node's specification and send it.

    ``change`` returns a line to print instead of sending anything, or an empty text.

    Raises:
        ApiError: the engine refused; the rest is left alone.
    """
    for reference in references:
        node = await cli.get(f"/nodes/{reference}")
        unchanged = change(node)
        if unchanged:
            await cli.line(unchanged)
            continue
        await cli.post(f"/nodes/{node['ID']}/update", {"version": str(node["Version"]["Index"])}, node["Spec"])
        await cli.line(success(reference))
