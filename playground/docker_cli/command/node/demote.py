"""``docker node demote``: make managers workers."""

from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.command.node.changes import change_nodes
from playground.docker_cli.flags.flagset import Values


async def run(cli: Cli, values: Values) -> None:
    def change(node: Any) -> str:
        if node["Spec"].get("Role") == "worker":
            return f"Node {node['ID']} is already a worker."
        node["Spec"]["Role"] = "worker"
        return ""

    await change_nodes(cli, values.words, change, lambda reference: f"Manager {reference} demoted in the swarm.")


COMMAND = Command(
    "demote NODE [NODE...]", "Make one or more managers workers", run, at_least(1), swarm="manager", completes="node"
)
