"""``docker node update``: change a node's role, availability and labels."""

from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, exactly
from playground.docker_cli.command.node.changes import change_nodes
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import LIST, STRING
from playground.docker_cli.opts.lists import pairs


async def run(cli: Cli, values: Values) -> None:
    def change(node: Any) -> str:
        spec = node["Spec"]
        if values.changed("role"):
            spec["Role"] = values.text("role")
        if values.changed("availability"):
            spec["Availability"] = values.text("availability")
        labels = dict(spec.get("Labels") or {})
        labels.update(pairs(values.items("label-add")))
        for key in values.items("label-rm"):
            if key not in labels:
                raise CommandFailed(f"key {key} doesn't exist in node's labels")
            del labels[key]
        spec["Labels"] = labels
        return ""

    await change_nodes(cli, values.words, change, lambda reference: reference)


COMMAND = Command(
    "update [OPTIONS] NODE",
    "Change a node's role, availability or labels",
    run,
    exactly(1),
    (
        Flag("role", STRING, 'What the node is to be ("worker", "manager")'),
        Flag("availability", STRING, 'Whether the node takes tasks ("active", "pause", "drain")'),
        Flag("label-add", LIST, "Give the node a label (KEY=VALUE)"),
        Flag("label-rm", LIST, "Take a label from the node"),
    ),
    swarm="manager",
    completes="node",
)
