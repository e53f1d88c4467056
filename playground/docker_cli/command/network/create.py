"""``docker network create``: make a network."""

from ipaddress import ip_address, ip_interface, ip_network
from typing import Any

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, exactly
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import BOOL, MAP, STRING, STRINGS
from playground.docker_cli.opts.lists import LABELS, pairs


async def run(cli: Cli, values: Values) -> None:
    body: dict[str, Any] = {
        "Name": values.words[0],
        "Driver": values.text("driver"),
        "Scope": values.text("scope"),
        "IPAM": addresses(values),
        "Internal": values.truth("internal"),
        "Attachable": values.truth("attachable"),
        "Ingress": values.truth("ingress"),
        "ConfigOnly": values.truth("config-only"),
        "ConfigFrom": {"Network": values.text("config-from")} if values.text("config-from") else None,
        "Options": values["opt"],
        "Labels": pairs(values.items("label")),
    }
    for name, field in (("ipv4", "EnableIPv4"), ("ipv6", "EnableIPv6")):
        if values.changed(name):
            body[field] = values.truth(name)
    answer = await cli.post("/networks/create", body=body)
    if answer.get("Warning"):
        await cli.complain(answer["Warning"] + "\n")
    await cli.line(answer["Id"])


def addresses(values: Values) -> dict[str, Any]:
    """The IPAM block: what belongs to which subnet.

    Raises:
        CommandFailed: something belongs to no subnet, or two subnets overlap.
    """
    subnets, ranges, gateways = values.items("subnet"), values.items("ip-range"), values.items("gateway")
    if len(subnets) < max(len(ranges), len(gateways)):
        raise CommandFailed("every ip-range or gateway must have a corresponding subnet")
    pools: dict[str, dict[str, Any]] = {}
    for subnet in subnets:
        for other in pools:
            if _within(subnet, other) or _within(other, subnet):
                raise CommandFailed("multiple overlapping subnet configuration is not supported")
        pools[subnet] = {"Subnet": subnet}
    for what, field, many, items in (
        ("range", "IPRange", "cannot configure multiple ranges ({}, {}) on the same subnet ({})", ranges),
        ("gateway", "Gateway", "cannot configure multiple gateways ({}, {}) for the same subnet ({})", gateways),
    ):
        for item in items:
            pool = _pool(pools, item, what)
            if pool.get(field):
                raise CommandFailed(many.format(item, pool[field], pool["Subnet"]))
            pool[field] = item
    for name, address in values["aux-address"].items():
        _pool(pools, address, "aux-address").setdefault("AuxiliaryAddresses", {})[name] = address
    return {"Driver": values.text("ipam-driver"), "Options": values["ipam-opt"], "Config": list(pools.values())}


def _pool(pools: dict[str, dict[str, Any]], item: str, what: str) -> dict[str, Any]:
    for subnet, pool in pools.items():
        if _within(subnet, item):
            return pool
    raise CommandFailed(f"no matching subnet for {what} {item}")


def _within(subnet: str, item: str) -> bool:
    try:
        if "/" not in subnet:
            raise ValueError
        network = ip_network(subnet, strict=False)
    except ValueError:
        raise CommandFailed(f"invalid subnet: invalid CIDR address: {subnet}") from None
    try:
        address = ip_interface(item).ip if "/" in item else ip_address(item)
    except ValueError:
        if "/" in item:
            raise CommandFailed(f"invalid CIDR address: {item}") from None
        return False
    return address.version == network.version and address in network


COMMAND = Command(
    "create [OPTIONS] NETWORK",
    "Make a network",
    run,
    exactly(1),
    (
        Flag("driver", STRING, "Driver of the network", short="d", default="bridge"),
        Flag("opt", MAP, "Options of the driver", short="o"),
        Flag("label", LABELS, "Labels of the network"),
        Flag("internal", help="Let nothing out of the network"),
        Flag("ipv4", BOOL, "Give containers IPv4 addresses", default=True),
        Flag("ipv6", BOOL, "Give containers IPv6 addresses"),
        Flag("attachable", help="Let single containers attach to the network, not only services"),
        Flag("ingress", help="Make the network of the swarm's routing mesh"),
        Flag("scope", STRING, "Where the network exists (local, swarm)"),
        Flag("config-only", help="Make a network that only holds settings for others"),
        Flag("config-from", STRING, "Network to take the settings from"),
        Flag("ipam-driver", STRING, "Driver that hands out addresses", default="default"),
        Flag("subnet", STRINGS, "Address range of the network, in CIDR notation"),
        Flag("ip-range", STRINGS, "Part of the subnet that containers get addresses from"),
        Flag("gateway", STRINGS, "Address of the gateway of a subnet"),
        Flag("aux-address", MAP, "Addresses that the driver keeps for itself (NAME=IP)"),
        Flag("ipam-opt", MAP, "Options of the driver that hands out addresses"),
    ),
)
