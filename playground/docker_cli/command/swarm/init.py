"""``docker swarm init``: make this engine the first manager of a new swarm."""

from ipaddress import ip_network
from typing import Any

from playground.api import ApiError
from playground.docker_cli.cli import Cli, error_text
from playground.docker_cli.command.model import Command, none
from playground.docker_cli.command.swarm.join_command import print_join_command, print_unlock_command
from playground.docker_cli.command.swarm.spec_flags import NODE_ADDRESS, SPEC_FLAGS, availability, merge
from playground.docker_cli.errors import CommandFailed, FlagValueError
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import STRING, UINT32, Kind

_GUESS_FAILED = ("could not choose an IP address to advertise", "could not find the system's IP address")


def _pools(old: list[str], text: str) -> list[str]:
    pools = []
    for part in text.replace('"', "").split(","):
        try:
            if "/" not in part:
                raise ValueError
            pools.append(str(ip_network(part.strip(), strict=False)))
        except ValueError:
            raise FlagValueError(f"invalid string being converted to CIDR: {part}") from None
    return [*old, *pools]


async def run(cli: Cli, values: Values) -> None:
    spec: dict[str, Any] = {"Labels": None}
    merge(spec, values)
    wanted = availability(values)
    body: dict[str, Any] = {
        "ListenAddr": values.text("listen-addr"),
        "AdvertiseAddr": values.text("advertise-addr"),
        "DataPathAddr": values.text("data-path-addr"),
        "DataPathPort": values.number("data-path-port"),
        "ForceNewCluster": values.truth("force-new-cluster"),
        "Spec": spec,
        "AutoLockManagers": values.truth("autolock"),
        "Availability": wanted,
        "DefaultAddrPool": values.items("default-addr-pool"),
        "SubnetSize": values.number("default-addr-pool-mask-length"),
    }
    try:
        node_id = await cli.post("/swarm/init", body=body)
    except ApiError as error:
        if any(text in error.message for text in _GUESS_FAILED):
            raise CommandFailed(f"{error_text(error)} - specify one with --advertise-addr") from None
        raise
    await cli.write(f"Swarm initialized: current node ({node_id}) is now a manager.\n\n")
    await print_join_command(cli, str(node_id), "worker")
    await cli.line("To add a manager to this swarm, run 'docker swarm join-token manager' and follow the instructions.")
    if values.truth("autolock"):
        await print_unlock_command(cli)


AVAILABILITY = Flag(
    "availability", STRING, 'Whether the node takes tasks ("active", "pause", "drain")', default="active"
)
LISTEN = Flag("listen-addr", NODE_ADDRESS, "Where to listen for other nodes (format: ADDRESS|INTERFACE[:PORT])")
ADVERTISE = Flag("advertise-addr", STRING, "Where others reach this node (format: ADDRESS|INTERFACE[:PORT])")
DATA_PATH = Flag("data-path-addr", STRING, "Address or interface for the traffic between containers")

COMMAND = Command(
    "init [OPTIONS]",
    "Start a new swarm with this node as its first manager",
    run,
    none,
    (
        ADVERTISE,
        LISTEN,
        DATA_PATH,
        AVAILABILITY,
        Flag("autolock", help="Ask for a key before a restarted manager may work again"),
        Flag("data-path-port", UINT32, "Port for the traffic between containers, 1024 to 49151 (0 stands for 4789)"),
        Flag("default-addr-pool", Kind("ipNetSlice", _pools, ()), "Address ranges that overlay networks are cut from"),
        Flag(
            "default-addr-pool-mask-length", UINT32, "Length of the mask of a network cut from those ranges", default=24
        ),
        Flag("force-new-cluster", help="Go on alone from this manager's data, forgetting the other managers"),
        *SPEC_FLAGS,
    ),
    swarm="",
)
