"""Subnets of local networks and the addresses that endpoints ask for, of both IP versions.

Source: moby ``api/types/network/ipam.go`` (ValidateIPAM), ``api/types/network/endpoint.go``,
``daemon/container_operations.go`` (validateEndpointSettings).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import islice
from typing import Any

from playground.engine.errors import BadParameter, EngineError, Forbidden

Subnet = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Pool:
    """The addresses of one network in one IP version. ``asked`` tells whether somebody chose the subnet."""

    subnet: Subnet
    gateway: str = ""
    ip_range: str = ""
    auxiliary: Mapping[str, str] | None = None
    asked: bool = False

    def wire(self) -> dict[str, Any]:
        """One entry of ``IPAM.Config``."""
        made: dict[str, Any] = {"Subnet": str(self.subnet)}
        if self.ip_range:
            made["IPRange"] = self.ip_range
        if self.gateway:
            made["Gateway"] = self.gateway
        if self.auxiliary:
            made["AuxiliaryAddresses"] = dict(self.auxiliary)
        return made

    def allocate(self, wanted: str, used: set[str]) -> str | None:
        """The wanted address, or the first free one; None when all are taken.

        Raises:
            EngineError: the wanted one lies outside.
            Forbidden: it is taken.
        """
        if wanted:
            address = ip_address(wanted)
            if address not in self.subnet:
                raise EngineError(f"no configured subnet or ip-range contain the IP address {wanted}")
            if str(address) in used:
                raise Forbidden("Address already in use")
            return str(address)
        taken = used | {self.gateway, *(self.auxiliary or {}).values()}
        for address in _hosts(ip_network(self.ip_range, strict=False) if self.ip_range else self.subnet):
            if str(address) not in taken:
                return str(address)
        return None


def _hosts(subnet: Subnet) -> Iterator[IPv4Address | IPv6Address]:
    # hosts() of an IPv6 network begins with ::1 as that of IPv4 does.
    yield from islice(subnet.hosts(), 1 << 16)


def default_gateway(subnet: Subnet) -> str:
    return str(subnet[1]) if subnet.num_addresses > 1 else str(subnet[0])


def unique_local(name: str, used: Iterable[Subnet]) -> IPv6Network:
    """A free /64 of the engine's own unique local range; ``name`` is what makes engines differ."""
    base = 0xFD << 120 | int.from_bytes(sha256(name.encode()).digest()[:5]) << 80
    taken = list(used)
    for index in range(1 << 16):
        pool = IPv6Network((base | index << 64, 64))
        if pool not in taken:
            return pool
    raise BadParameter("all predefined address pools have been fully subnetted")


def pools(ipam: Mapping[str, Any] | None, ipv6: bool) -> tuple[Pool | None, Pool | None]:
    """What a request to make a network says of its IPv4 and its IPv6 addresses.

    Raises:
        BadParameter: with every fault of every block.
    """
    faults: list[str] = []
    found: dict[int, Pool] = {}
    for block in (ipam or {}).get("Config") or ():
        text = str(block.get("Subnet", ""))
        try:
            subnet = ip_network(text, strict=False)
            if "/" not in text:
                raise ValueError(text)
        except ValueError:
            faults.append(f"invalid subnet {text}: invalid CIDR block notation")
            continue
        if subnet.version == 6 and not ipv6:
            continue
        own = _faults(block, text, subnet)
        faults += own
        if not own:
            gateway, ip_range = str(block.get("Gateway", "")), str(block.get("IPRange", ""))
            auxiliary = block.get("AuxiliaryAddresses")
            found.setdefault(subnet.version, Pool(subnet, gateway, ip_range, auxiliary, asked=True))
    if faults:
        raise BadParameter(f"invalid network config:\n{joined(faults)}")
    return found.get(4), found.get(6)


def several_of_a_kind(ipam: Mapping[str, Any] | None) -> bool:
    """Whether a request names more than one IPv4 or more than one IPv6 subnet."""
    versions = [6 if ":" in str(block.get("Subnet", "")) else 4 for block in (ipam or {}).get("Config") or ()]
    return len(versions) != len(set(versions))


def joined(faults: list[str]) -> str:
    """Several errors as one text. Source: moby ``internal/multierror``."""
    if len(faults) == 1:
        return faults[0]
    return "* " + "\n* ".join(fault.replace("\n", "\n\t") for fault in faults)


def _faults(block: Mapping[str, Any], text: str, subnet: Subnet) -> list[str]:
    faults = []
    address, _, bits = text.partition("/")
    if ip_address(address) != subnet.network_address:
        faults.append(f"invalid subnet {ip_address(address)}/{bits}: it should be {subnet}")
    family = f"IPv{subnet.version}"
    ip_range = str(block.get("IPRange", ""))
    if ip_range:
        try:
            inner = ip_network(ip_range, strict=False)
            if "/" not in ip_range:
                raise ValueError(ip_range)
        except ValueError:
            faults.append(f"invalid ip-range {ip_range}: invalid CIDR block notation")
        else:
            faults += _range_faults(ip_range, inner, subnet, family)
    gateway = str(block.get("Gateway", ""))
    wrong = _outside(gateway, subnet, family)
    if wrong:
        faults.append(f"invalid gateway {gateway}: {wrong}")
    for name, auxiliary in sorted((block.get("AuxiliaryAddresses") or {}).items()):
        wrong = _outside(str(auxiliary), subnet, family)
        if wrong:
            faults.append(f"invalid auxiliary address {name}: {wrong}")
    return faults


def _range_faults(text: str, inner: Subnet, subnet: Subnet, family: str) -> list[str]:
    if inner.version != subnet.version:
        return [f"invalid ip-range {text}: parent subnet is an {family} block"]
    faults = []
    if inner.prefixlen < subnet.prefixlen:
        faults.append(f"invalid ip-range {text}: CIDR block is bigger than its parent subnet {subnet}")
    address = ip_address(text.partition("/")[0])
    if address != inner.network_address:
        faults.append(f"invalid ip-range {address}/{inner.prefixlen}: it should be {inner}")
    if not inner.overlaps(subnet):
        faults.append(f"invalid ip-range {text}: parent subnet {subnet} doesn't contain ip-range")
    return faults


def _outside(text: str, subnet: Subnet, family: str) -> str:
    if not text:
        return ""
    try:
        address = ip_address(text)
    except ValueError:
        return "invalid address"
    if address.version != subnet.version:
        return f"parent subnet is an {family} block"
    return "" if address in subnet else f"parent subnet {subnet} doesn't contain this address"


def endpoint_faults(settings: Mapping[str, Any] | None, user_defined: bool) -> list[str]:
    """What is wrong with an endpoint's settings, whatever its network is."""
    settings = settings or {}
    ipam = settings.get("IPAMConfig") or {}
    faults = []
    if not user_defined:
        if ipam.get("IPv4Address") or ipam.get("IPv6Address"):
            faults.append("user specified IP address is supported on user defined networks only")
        if settings.get("Aliases"):
            faults.append("network-scoped alias is supported only for containers in user defined networks")
    for version in (4, 6):
        text = ipam.get(f"IPv{version}Address")
        if text and not _usable(text, version):
            faults.append(f"invalid IPv{version} address: {text}")
    faults += [f"invalid link-local IP address: {text}" for text in ipam.get("LinkLocalIPs") or () if not _usable(text)]
    return faults


def _usable(text: str, version: int = 0) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return not address.is_unspecified and version in (0, address.version)


def address_faults(ipam: Mapping[str, Any] | None, pool: Pool | None, pool6: Pool | None) -> list[str]:
    """What is wrong with the addresses that an endpoint asks for on a network with these pools."""
    faults = []
    for name, own in (("IPv4Address", pool), ("IPv6Address", pool6)):
        text = (ipam or {}).get(name)
        if not text:
            continue
        if own is None or not own.asked:
            faults.append(
                "user specified IP address is supported only when connecting to networks with user configured subnets"
            )
        elif not _usable(text) or ip_address(text) not in own.subnet:
            faults.append(f"no configured subnet or ip-range contain the IP address {text}")
    return faults
