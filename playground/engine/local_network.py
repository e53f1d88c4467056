"""One network as its engine has it: its addresses, who is on it, and how the API shows it.

Source: moby ``daemon/network.go``.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

from playground.engine import ipam
from playground.engine.containers.container import Endpoint
from playground.engine.errors import Forbidden, NotFound
from playground.engine.identity import mac_of


@dataclass(slots=True)
class LocalNetwork:
    """A network as this engine has it. ``endpoints`` are by container id, of running containers only."""

    id: str
    name: str
    created_us: int
    driver: str
    scope: str = "local"
    pool: ipam.Pool | None = None
    pool6: ipam.Pool | None = None
    ipam_options: dict[str, str] | None = None
    internal: bool = False
    attachable: bool = False
    ingress: bool = False
    ipv4: bool = True
    ipv6: bool = False
    config_only: bool = False
    config_from: str = ""
    options: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    dynamic: bool = False
    """Made by the swarm, and gone with the last task that uses it."""
    balancer_address: str = ""
    """The node's own address on an overlay, with prefix length."""
    endpoints: dict[str, tuple[str, Endpoint]] = field(default_factory=dict)
    """Container id -> (container name, endpoint)."""

    @property
    def subnet(self) -> IPv4Network | None:
        return self.pool.subnet if self.pool is not None and isinstance(self.pool.subnet, IPv4Network) else None

    @property
    def gateway(self) -> str:
        return self.pool.gateway if self.pool is not None else ""

    def allocate(self, endpoint: Endpoint, address: str = "") -> None:
        """Give an endpoint its addresses: the given one, those that it wants, or free ones.

        Raises:
            EngineError: a wanted one lies outside.
            Forbidden: a wanted one is in use; or none is left.
        """
        others = [other for _, other in self.endpoints.values()]
        outward = not self.internal and self.driver != "overlay"
        if self.pool is not None:
            used = {other.address for other in others} | {self.gateway}
            found = address or self.pool.allocate(str((endpoint.ipam or {}).get("IPv4Address") or ""), used)
            if found is None:
                raise Forbidden(f"no available IPv4 addresses on this network's address pools: {self.name} ({self.id})")
            endpoint.address, endpoint.prefix = found, self.pool.subnet.prefixlen
            endpoint.gateway = self.gateway if outward else ""
        if self.pool6 is not None:
            used = {other.address6 for other in others} | {self.pool6.gateway}
            found = self.pool6.allocate(str((endpoint.ipam or {}).get("IPv6Address") or ""), used)
            if found is None:
                raise Forbidden(f"no available IPv6 addresses on this network's address pools: {self.name} ({self.id})")
            endpoint.address6, endpoint.prefix6 = found, self.pool6.subnet.prefixlen
            endpoint.gateway6 = self.pool6.gateway if outward else ""

    @property
    def _balancer_name(self) -> str:
        return f"{self.name}-endpoint"

    def delete_endpoint(self, name: str) -> None:
        """Take an endpoint off, whoever it belongs to.

        Source: moby ``daemon/container_operations.go``, ``ForceEndpointDelete``.

        Raises:
            NotFound: there is none of that name.
        """
        if self.balancer_address and name == self._balancer_name:
            self.balancer_address = ""
            return
        owner = next((each for each, (its_name, _) in self.endpoints.items() if its_name == name), None)
        if owner is None:
            raise NotFound(f"endpoint {name} not found")
        del self.endpoints[owner]

    def wire(self, detailed: bool, peers: list[dict[str, str]] | None = None) -> dict[str, Any]:
        """``GET /networks`` and, ``detailed``, ``GET /networks/{id}``."""
        # What was asked for comes first, as in moby's buildIPAMResources.
        pools = sorted((pool for pool in (self.pool, self.pool6) if pool is not None), key=lambda pool: not pool.asked)
        config = [pool.wire() for pool in pools]
        containers = {}
        if detailed:
            for container_id, (name, endpoint) in sorted(self.endpoints.items()):
                containers[container_id] = {
                    "Name": name,
                    "EndpointID": endpoint.endpoint_id,
                    "MacAddress": endpoint.mac,
                    "IPv4Address": f"{endpoint.address}/{endpoint.prefix}" if endpoint.address else "",
                    "IPv6Address": f"{endpoint.address6}/{endpoint.prefix6}" if endpoint.address6 else "",
                }
            if self.balancer_address:
                containers["ingress-sbox" if self.ingress else f"lb-{self.name}"] = {
                    "Name": self._balancer_name,
                    "EndpointID": (self.id * 3)[:64],
                    "MacAddress": mac_of(self.balancer_address),
                    "IPv4Address": self.balancer_address,
                    "IPv6Address": "",
                }
        wire = {
            "Name": self.name,
            "Id": self.id,
            "Created": "",
            "Scope": self.scope,
            "Driver": self.driver,
            "EnableIPv4": self.ipv4,
            "EnableIPv6": self.ipv6,
            "IPAM": {"Driver": "default", "Options": self.ipam_options, "Config": config or None},
            "Internal": self.internal,
            "Attachable": self.attachable,
            "Ingress": self.ingress,
            "ConfigFrom": {"Network": self.config_from},
            "ConfigOnly": self.config_only,
            "Containers": containers,
            "Options": self.options,
            "Labels": self.labels,
        }
        if peers:
            wire["Peers"] = peers
        return wire
