"""``docker node promote``: make nodes managers."""

from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.command.node.changes import change_nodes
from playground.docker_cli.flags.flagset import Values


async def run(cli: Cli, values: Values) -> None:
    def change(node: Any) -> str:
        if node["Spec"].get("Role") == "manager":
            return f"Node {node['ID']} is already a manager."
        node["Spec"]["Role"] = "manager"
        return ""

    await change_nodes(
        cli, values.words, change, lambda reference: f"Node {reference} promoted to a manager in the swarm."
    )


COMMAND = Command(
    "promote NODE [NODE...]", "Make one or more nodes managers", run, at_least(1), swarm="manager", completes="node"
)
