"""``docker network`` rm, inspect, connect, disconnect, prune."""

from typing import Any

from playground.api import ApiError
from playground.docker_cli.cli import Cli, error_text, filters_json
from playground.docker_cli.command.common_flags import FORCE, INSPECT_FORMAT
from playground.docker_cli.command.model import Command, at_least, exactly, none
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import INT, LIST, STRING, STRINGS
from playground.docker_cli.formatter.inspection import Found, inspect
from playground.docker_cli.opts.lists import FILTER

_INGRESS = (
    "WARNING! Before removing the routing-mesh network, make sure all the nodes in your swarm run the same docker "
    "engine version. Otherwise, removal may not be effective and functionality of newly create ingress networks will "
    "be impaired.\nAre you sure you want to continue?"
)
_PRUNE = (
    "WARNING! This will remove all custom networks not used by at least one container.\n"
    "Are you sure you want to continue?"
)


async def remove(cli: Cli, values: Values) -> None:
    """Remove each network; complain at once about what fails, and about all of it at the end."""
    failed = False
    for name in values.words:
        try:
            network = await cli.get(f"/networks/{name}")
        except ApiError:
            network = {}
        if network.get("Ingress") and not await cli.confirm(_INGRESS):
            continue
        try:
            await cli.delete(f"/networks/{name}")
        except ApiError as error:
            if values.truth("force") and error.status == 404:
                continue
            await cli.complain(error_text(error) + "\n")
            failed = True
        else:
            await cli.line(name)
    if failed:
        raise CommandFailed("exit status 1")


async def show(cli: Cli, values: Values) -> None:
    query = {"verbose": "true"} if values.truth("verbose") else None

    async def find(name: str) -> Found:
        return Found(await cli.get(f"/networks/{name}", query), "network.Inspect")

    await inspect(cli, values.words, values.text("format"), find)


async def connect(cli: Cli, values: Values) -> None:
    network, container = values.words
    options: dict[str, str] = {}
    for text in values.items("driver-opt"):
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise CommandFailed("invalid key/value pair format in driver options")
        options[key] = value
    endpoint: dict[str, Any] = {
        "IPAMConfig": {
            "IPv4Address": values.text("ip"),
            "IPv6Address": values.text("ip6"),
            "LinkLocalIPs": values.items("link-local-ip"),
        },
        "Links": values.items("link"),
        "Aliases": values.items("alias"),
        "DriverOpts": options,
        "GwPriority": values.number("gw-priority"),
    }
    await cli.post(f"/networks/{network}/connect", body={"Container": container, "EndpointConfig": endpoint})


async def disconnect(cli: Cli, values: Values) -> None:
    network, container = values.words
    body = {"Container": container, "Force": values.truth("force")}
    await cli.post(f"/networks/{network}/disconnect", body=body)


async def prune(cli: Cli, values: Values) -> None:
    if not values.truth("force") and not await cli.confirm(_PRUNE):
        return
    await cli.write(await prune_networks(cli, values["filter"]))


async def prune_networks(cli: Cli, filters: dict[str, list[str]]) -> str:
    """Remove unused networks and say which."""
    answer = await cli.post("/networks/prune", {"filters": filters_json(filters)} if filters else None)
    names = (answer or {}).get("NetworksDeleted") or []
    return "Deleted Networks:\n" + "".join(f"{name}\n" for name in names) + "\n" if names else ""


REMOVE = Command(
    "rm NETWORK [NETWORK...]",
    "Remove one or more networks",
    remove,
    at_least(1),
    (Flag("force", help="Do not complain about networks that are not there", short="f"),),
    aliases=("remove",),
    completes="network",
)
INSPECT = Command(
    "inspect [OPTIONS] NETWORK [NETWORK...]",
    "Show all that is known of one or more networks",
    show,
    at_least(1),
    (INSPECT_FORMAT, Flag("verbose", help="Show what only diagnosis needs", short="v")),
    completes="network",
)
CONNECT = Command(
    "connect [OPTIONS] NETWORK CONTAINER",
    "Attach a container to a network",
    connect,
    exactly(2),
    (
        Flag("ip", STRING, 'IPv4 address to take (such as "172.30.100.104")'),
        Flag("ip6", STRING, 'IPv6 address to take (such as "2001:db8::33")'),
        Flag("link", LIST, "Link to another container"),
        Flag("alias", STRINGS, "Further names of the container on this network"),
        Flag("link-local-ip", STRINGS, "Link-local address to add"),
        Flag("driver-opt", STRINGS, "Options of the network's driver"),
        Flag("gw-priority", INT, "The network with the highest number gives the default gateway"),
    ),
    completes="network",
)
DISCONNECT = Command(
    "disconnect [OPTIONS] NETWORK CONTAINER",
    "Detach a container from a network",
    disconnect,
    exactly(2),
    (Flag("force", help="Detach even if the container does not answer", short="f"),),
    completes="network",
)
PRUNE = Command(
    "prune [OPTIONS]",
    "Remove all networks that nothing uses",
    prune,
    none,
    (FORCE, Flag("filter", FILTER, 'Remove only what fits (such as "until=TIMESTAMP")')),
)
