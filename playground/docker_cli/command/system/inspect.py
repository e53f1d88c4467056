"""``docker inspect``: show an object of whatever kind.

Source: docker/cli command/system/inspect.go.
"""

from playground.api import ApiError
from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import INSPECT_FORMAT
from playground.docker_cli.command.model import Command, at_least
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import STRING
from playground.docker_cli.flags.numbers import quoted
from playground.docker_cli.formatter.inspection import Found, inspect

_KINDS = {
    "container": ("/containers/{}/json", "container.InspectResponse"),
    "image": ("/images/{}/json", "image.InspectResponse"),
    "network": ("/networks/{}", "network.Inspect"),
    "volume": ("/volumes/{}", "volume.Volume"),
    "service": ("/services/{}", "swarm.Service"),
    "task": ("/tasks/{}", "swarm.Task"),
    "node": ("/nodes/{}", "swarm.Node"),
    "plugin": ("/plugins/{}/json", "any"),
    "secret": ("/secrets/{}", "swarm.Secret"),
    "config": ("/configs/{}", "swarm.Config"),
}
"""In the order in which they are tried."""

_OF_SWARM = ("service", "task", "node", "secret", "config")


async def run(cli: Cli, values: Values) -> None:
    wanted = values.text("type")
    if values.changed("type") and wanted not in _KINDS:
        known = '", "'.join(sorted(_KINDS))
        complaint = f"unknown type: {quoted(wanted)}" if wanted else "type is empty"
        raise CommandFailed(f'{complaint}: must be one of "{known}"')

    async def find(reference: str) -> Found:
        manager: bool | None = None
        for kind, (path, type_name) in _KINDS.items():
            if wanted and kind != wanted:
                continue
            if not wanted and kind in _OF_SWARM:
                if manager is None:
                    manager = bool((await cli.get("/info"))["Swarm"].get("ControlAvailable"))
                if not manager:
                    continue
            query = {"insertDefaults": "true"} if kind == "service" else None
            if kind == "container" and values.truth("size"):
                query = {"size": "1"}
            try:
                found = await cli.get(path.format(reference), query)
            except ApiError as error:
                skippable = error.status in (404, 501) or "not supported" in error.message
                if not wanted and (skippable or "invalid reference format" in error.message):
                    continue
                raise
            if values.truth("size") and kind != "container":
                await cli.complain(f"WARNING: --size ignored for {kind}\n")
            return Found(found, type_name)
        raise CommandFailed(f"Error: No such object: {reference}")

    await inspect(cli, values.words, values.text("format"), find)


COMMAND = Command(
    "inspect [OPTIONS] NAME|ID [NAME|ID...]",
    "Show all that is known of objects of any kind",
    run,
    at_least(1),
    (
        INSPECT_FORMAT,
        Flag("type", STRING, "Look among objects of this kind only"),
        Flag("size", help="Show how much disk a container takes", short="s"),
    ),
    completes="all containers",
)
