"""The networks of one engine: the predefined ones, bridges that users make, and the swarm's where they are used.

Source: moby ``daemon/network.go``, ``libnetwork/ipamutils``, ``libnetwork/drivers``.
"""

from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network
from random import Random
from typing import Any

from playground.engine import ipam, query
from playground.engine.clock import Clock
from playground.engine.containers.container import Endpoint
from playground.engine.errors import BadParameter, Conflict, EngineError, Forbidden, NoSuchNetwork, NotFound
from playground.engine.events import EventLog
from playground.engine.filters import Filters
from playground.engine.identity import mac_of, new_hex_id
from playground.engine.local_network import LocalNetwork
from playground.swarm.model import Network as SwarmNetwork

PREDEFINED = ("bridge", "host", "none", "default")
DRIVERS = ("bridge", "macvlan", "ipvlan", "host", "null")
"""Those of a single engine."""
ACCEPTED_FILTERS = ("dangling", "driver", "id", "label", "name", "scope", "type")
GATEWAY_BRIDGE = "docker_gwbridge"
_GATEWAY_ENDPOINT = "gateway_ingress-sbox"
"""What the ingress network has on that bridge for as long as the node is in a swarm."""
_NOT_A_MANAGER = (
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" '
    "to connect this node to swarm and try again."
)


def _pools() -> Iterator[IPv4Network]:
    """Subnets that bridges get when none is asked for, in order."""
    for second in range(17, 32):
        yield IPv4Network(f"172.{second}.0.0/16")
    yield from IPv4Network("192.168.0.0/16").subnets(new_prefix=20)


class Networks:
    """All networks that this engine knows locally. ``is_manager()`` tells whether overlays may be made here."""

    def __init__(
        self,
        clock: Clock,
        events: EventLog,
        random: Random,
        is_manager: Callable[[], bool],
        peers: Callable[[str], list[dict[str, str]]],
    ) -> None:
        self._clock = clock
        self._events = events
        self._random = random
        self._is_manager = is_manager
        self._peers = peers
        self._by_id: dict[str, LocalNetwork] = {}
        self._add("bridge", "bridge", pool=ipam.Pool(IPv4Network("172.17.0.0/16")), options=_BRIDGE_OPTIONS)
        self._add("host", "host")
        self._add("none", "null")

    def _add(self, name: str, driver: str, scope: str = "local", **more: Any) -> LocalNetwork:
        network = LocalNetwork(new_hex_id(self._random), name, self._clock.now_us, driver, scope, **more)
        if not network.internal and not network.config_only:
            network.pool = _with_gateway(network.pool)
            network.pool6 = _with_gateway(network.pool6)
        self._by_id[network.id] = network
        return network

    # Looking up

    def all(self) -> list[LocalNetwork]:
        return list(self._by_id.values())

    def get(self, network_id: str) -> LocalNetwork | None:
        return self._by_id.get(network_id)

    def find(self, term: str) -> LocalNetwork:
        """By id, name or id prefix.

        Raises:
            NotFound: none.
            BadParameter: several.
        """
        if term in self._by_id:
            return self._by_id[term]
        named = [network for network in self._by_id.values() if network.name == term]
        if len(named) > 1:
            raise BadParameter(f"network {term} is ambiguous ({len(named)} matches found based on name)")
        if named:
            return named[0]
        prefixed = [network for network in self._by_id.values() if term and network.id.startswith(term)]
        if len(prefixed) > 1:
            raise BadParameter(f"network {term} is ambiguous ({len(prefixed)} matches found based on ID prefix)")
        if prefixed:
            return prefixed[0]
        raise NoSuchNetwork(f"network {term} not found")

    def named(self, term: str) -> LocalNetwork | None:
        """As ``find``, None where that has no answer."""
        try:
            return self.find(term)
        except (NotFound, BadParameter):
            return None

    def wire(self, network: LocalNetwork, detailed: bool) -> dict[str, Any]:
        wire = network.wire(detailed, self._peers(network.id) if network.driver == "overlay" else None)
        wire["Created"] = self._clock.rfc3339(network.created_us)
        return wire

    # Making and removing

    def create(self, request: dict[str, Any]) -> str | None:
        """``POST /networks/create``; returns the id, or None when a manager must make it (an overlay).

        Raises:
            Forbidden: a predefined name; an overlay on a worker.
            Conflict: the name is taken.
            BadParameter: addresses that make no sense.
            NotFound: no such driver.
        """
        name = str(request["Name"])
        if name in PREDEFINED:
            raise Forbidden(f"operation is not permitted on predefined {name} network ")
        driver = str(request["Driver"] or "bridge")
        if driver == "overlay" and not self._is_manager():
            raise Forbidden(_NOT_A_MANAGER)
        if not name.strip():
            raise BadParameter("invalid name: name is empty")
        ipv4 = request.get("EnableIPv4") is not False
        ipv6 = bool(request.get("EnableIPv6"))
        pool, pool6 = ipam.pools(request["IPAM"], ipv6)
        if driver == "overlay" and request["Scope"] == "local":
            raise Forbidden("cannot downgrade network scope for overlay networks")
        if request["Scope"] == "swarm" and driver not in (*DRIVERS, "overlay"):
            raise NotFound(f'plugin "{driver}" not found')
        if driver == "overlay" or request["Scope"] == "swarm":
            return None
        if any(network.name == name for network in self._by_id.values()):
            raise Conflict(f"network with name {name} already exists")
        origin = _origin(request)
        if driver not in DRIVERS:
            raise NotFound(f'plugin "{driver}" not found')
        if driver in ("host", "null"):
            raise Forbidden(f'only one instance of "{driver}" network is allowed')
        if request["Ingress"]:
            raise Forbidden("Ingress network can only be global scope network")
        keeper = str((request["IPAM"] or {}).get("Driver") or "default")
        if keeper not in ("default", "null"):
            raise NotFound(f"could not find plugin {keeper} in v1 plugin registry: plugin not found")
        template = next((each for each in self._by_id.values() if each.name == origin and each.config_only), None)
        if origin and template is None:
            raise NotFound(f'configuration network "{origin}" does not exist')
        if driver == "bridge" and ipam.several_of_a_kind(request["IPAM"]):
            raise Forbidden("bridge driver doesn't support multiple subnets")
        if not ipv4 and not ipv6:
            raise BadParameter("IPv4 or IPv6 must be enabled")
        used = [one.subnet for other in self._by_id.values() for one in (other.pool, other.pool6)
                if one is not None and other.scope != "swarm" and not other.config_only]  # fmt: skip
        for one in (pool, pool6):
            if one is not None and any(one.subnet.version == u.version and one.subnet.overlaps(u) for u in used):
                raise Forbidden("invalid pool request: Pool overlaps with other one on this address space")
        free = not request["ConfigOnly"]
        if template is not None:
            pool, pool6 = template.pool, template.pool6
            ipv6 = template.ipv6
        network = self._add(
            name,
            driver if free else "null",
            "global" if request["Scope"] == "global" else "local",
            pool=(pool or (ipam.Pool(self._free_pool()) if free else None)) if ipv4 else None,
            pool6=(pool6 or (ipam.Pool(self._free_pool6(used)) if free else None)) if ipv6 else None,
            ipam_options=(request["IPAM"] or {}).get("Options"),
            internal=request["Internal"],
            attachable=request["Attachable"],
            ingress=request["Ingress"],
            ipv4=ipv4,
            ipv6=ipv6,
            config_only=request["ConfigOnly"],
            config_from=origin,
            options=dict(request["Options"] or {}),
            labels=dict(request["Labels"] or {}),
        )
        self._log("create", network)
        return network.id

    def _free_pool(self) -> IPv4Network:
        used = [network.subnet for network in self._by_id.values() if network.subnet is not None]
        for pool in _pools():
            if not any(pool.overlaps(subnet) for subnet in used):
                return pool
        raise BadParameter("all predefined address pools have been fully subnetted")

    def _free_pool6(self, used: list[ipam.Subnet]) -> IPv6Network:
        return ipam.unique_local(self.find("bridge").id, used)

    def remove(self, network: LocalNetwork) -> None:
        """``DELETE /networks/{id}`` of a local network.

        Raises:
            Forbidden: it is predefined, or containers use it.
        """
        if network.name in PREDEFINED:
            raise Forbidden(f"{network.name} is a pre-defined network and cannot be removed")
        if network.name == GATEWAY_BRIDGE and any(each.ingress for each in self._by_id.values()):
            raise Forbidden(
                f"error while removing network: network {network.name} has active endpoints ({_GATEWAY_ENDPOINT})"
            )
        if network.endpoints:
            names = ", ".join(sorted(name for name, _ in network.endpoints.values()))
            raise Forbidden(f"error while removing network: network {network.name} has active endpoints ({names})")
        if network.config_only and any(each.config_from == network.name for each in self._by_id.values()):
            raise Forbidden(f'error while removing network: configuration network "{network.name}" is in use')
        del self._by_id[network.id]
        self._log("destroy", network)

    def prune(self, filters: Filters) -> list[str]:
        """Remove those of this engine that nothing uses; returns their names."""
        now_us = self._clock.unix_us()
        until = query.pruned_until(filters, now_us)
        deleted = []
        for network in list(self._by_id.values()):
            if until is not None and now_us - self._clock.now_us + network.created_us > until:
                continue
            used = any(each.config_from == network.name for each in self._by_id.values())
            idle = network.scope == "local" and not network.endpoints and not used
            if idle and network.name not in (*PREDEFINED, GATEWAY_BRIDGE) and filters.labels("label", network.labels):
                self.remove(network)
                deleted.append(network.name)
        return deleted

    # The swarm's networks

    def join_swarm(self) -> None:
        """The node became part of a swarm: containers of services reach the outside over their own bridge."""
        if not any(network.name == GATEWAY_BRIDGE for network in self._by_id.values()):
            options = {
                "com.docker.network.bridge.enable_icc": "false",
                "com.docker.network.bridge.enable_ip_masquerade": "true",
                "com.docker.network.bridge.name": GATEWAY_BRIDGE,
            }
            self._add(GATEWAY_BRIDGE, "bridge", pool=ipam.Pool(self._free_pool()), options=options)  # without an event

    def ensure(self, swarm: SwarmNetwork, balancer_address: str) -> LocalNetwork:
        """The local side of a swarm network: made when a first task needs it (ingress: at once)."""
        network = self._by_id.get(swarm.id)
        if network is None:
            config = swarm.ipam[0] if swarm.ipam else {}
            network = LocalNetwork(
                swarm.id,
                swarm.name,
                self._clock.now_us,
                "overlay",
                "swarm",
                pool=(
                    ipam.Pool(IPv4Network(config["Subnet"]), str(config.get("Gateway", "")).partition("/")[0])
                    if config.get("Subnet")
                    else None
                ),
                internal=bool(swarm.spec.get("Internal")),
                attachable=bool(swarm.spec.get("Attachable")),
                ingress=bool(swarm.spec.get("Ingress")),
                options=dict(swarm.driver_options),
                labels=dict(swarm.spec.get("Labels") or {}),
                dynamic=True,
            )
            self._by_id[swarm.id] = network
            self._log("create", network)
        network.balancer_address = balancer_address or network.balancer_address
        return network

    def drop_unused(self) -> None:
        """Forget overlays that no running container is on; ingress stays."""
        for network in list(self._by_id.values()):
            if network.dynamic and not network.ingress and not network.endpoints:
                self._drop(network)

    def drop_ingress(self, assigned: Container[str]) -> None:
        """Forget an ingress network that the node is no longer on."""
        for network in list(self._by_id.values()):
            if network.dynamic and network.ingress and network.id not in assigned and not network.endpoints:
                self._drop(network)

    def restart(self) -> None:
        """Forget every overlay that no container is on: nothing of the swarm's networks is on disk."""
        for network in [*self._by_id.values()]:
            if network.dynamic and not network.endpoints:
                del self._by_id[network.id]

    def leave_swarm(self) -> None:
        for network in list(self._by_id.values()):
            if network.dynamic:
                self._drop(network)

    def _drop(self, network: LocalNetwork) -> None:
        del self._by_id[network.id]
        self._log("remove" if network.scope != "swarm" else "destroy", network)

    # Endpoints

    def attach(self, container_id: str, name: str, endpoint: Endpoint, address: str = "") -> None:
        """A running container comes onto a network; ``address`` is given where the swarm allocated it.

        Raises:
            NotFound: the network is gone.
            Forbidden: no address is free.
        """
        network = self.find(endpoint.network_id or endpoint.network_name)
        endpoint.network_id, endpoint.network_name = network.id, network.name
        endpoint.endpoint_id = new_hex_id(self._random)
        network.allocate(endpoint, address)
        if endpoint.address or endpoint.address6:
            endpoint.mac = endpoint.wanted_mac or mac_of(endpoint.address or "0.0.0.0")
        network.endpoints[container_id] = (name, endpoint)
        self._events.log(
            "network", "connect", network.id, {"container": container_id, "name": network.name, "type": network.driver}
        )

    def detach(self, container_id: str, endpoint: Endpoint) -> None:
        network = self._by_id.get(endpoint.network_id)
        if network is not None and network.endpoints.pop(container_id, None) is not None:
            self._events.log(
                "network",
                "disconnect",
                network.id,
                {"container": container_id, "name": network.name, "type": network.driver},
            )
        endpoint.endpoint_id = endpoint.address = endpoint.gateway = endpoint.mac = ""
        endpoint.address6 = endpoint.gateway6 = ""
        endpoint.prefix = endpoint.prefix6 = 0

    def _log(self, action: str, network: LocalNetwork) -> None:
        self._events.log("network", action, network.id, {"name": network.name, "type": network.driver})


_BRIDGE_OPTIONS = {
    "com.docker.network.bridge.default_bridge": "true",
    "com.docker.network.bridge.enable_icc": "true",
    "com.docker.network.bridge.enable_ip_masquerade": "true",
    "com.docker.network.bridge.host_binding_ipv4": "0.0.0.0",
    "com.docker.network.bridge.name": "docker0",
    "com.docker.network.driver.mtu": "1500",
}


def _origin(request: dict[str, Any]) -> str:
    """The network whose configuration a new one takes; empty when it has its own.

    Source: moby ``libnetwork/network.go``, ``validateConfiguration``.

    Raises:
        Forbidden: what is asked for besides does not go with a configuration.
    """
    origin = str((request["ConfigFrom"] or {}).get("Network") or "")
    if request["ConfigOnly"]:
        if request["Ingress"] or request["Internal"] or request["Attachable"] or request["Scope"]:
            raise Forbidden(
                "configuration network can only contain network specific fields. Network operator fields like "
                "[ ingress | internal | attachable | scope ] are not supported."
            )
        if origin:
            raise Forbidden("a configuration network cannot depend on another configuration network")
    if not origin:
        return ""
    ipam_asked = request["IPAM"] or {}
    own = (
        ipam_asked.get("Driver") not in (None, "", "default")
        or request.get("EnableIPv4") is False
        or request.get("EnableIPv6")
        or request["Labels"]
        or ipam_asked.get("Options")
        or ipam_asked.get("Config")
    )
    if own:
        raise Forbidden(
            "user specified configurations are not supported if the network depends on a configuration network"
        )
    if request["Options"]:
        raise Forbidden("network driver options are not supported if the network depends on a configuration network")
    return origin


def _with_gateway(pool: ipam.Pool | None) -> ipam.Pool | None:
    if pool is None or pool.gateway:
        return pool
    return replace(pool, gateway=ipam.default_gateway(pool.subnet))


def filtered(networks: list[dict[str, Any]], filters: Filters) -> list[dict[str, Any]]:
    """The networks (in wire form) that pass the filters of ``GET /networks``.

    Source: moby ``daemon/network/filter.go``.

    Raises:
        BadParameter: a filter's value makes no sense.
    """
    found = [
        network
        for network in networks
        if filters.exact("driver", network["Driver"])
        and filters.match("name", network["Name"])
        and filters.match("id", network["Id"])
        and filters.labels("label", network["Labels"] or {})
        and filters.exact("scope", network["Scope"])
    ]
    values = filters.get("dangling")
    if len(values) > 1:
        raise BadParameter('got more than one value for filter key "dangling"')
    if values:
        if values[0] not in ("0", "1", "true", "false"):
            raise BadParameter('invalid value for filter \'dangling\', must be "true" (or "1"), or "false" (or "0")')
        dangling = values[0] in ("1", "true")
        found = [n for n in found if dangling != (n["Name"] in PREDEFINED or bool(n["Containers"]))]
    kinds = filters.get("type")
    for kind in kinds:
        if kind not in ("builtin", "custom"):
            raise EngineError(f"invalid filter: 'type'='{kind}'")
    if kinds:
        found = [n for n in found if ("builtin" if n["Name"] in PREDEFINED else "custom") in kinds]
    return found
