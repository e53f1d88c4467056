"""What a network is to the cluster: the ingress, an overlay, or one of each node's own.

Source: swarmkit ``manager/allocator/networkallocator``; moby ``daemon/cluster/convert/network.go``.
"""

from playground.swarm.model import Network, Service, Spec

DEFAULT_DRIVER = "overlay"
BUILT_IN_DRIVERS = ("bridge", "host", "ipvlan", "macvlan", "overlay")
PREDEFINED_LABEL = "com.docker.swarm.predefined"
INTERNAL_LABEL = "com.docker.swarm.internal"
VXLAN_OPTION = "com.docker.network.driver.overlay.vxlanid_list"


def driver_name(network: Network) -> str:
    """The driver of a network; overlay where its spec names none."""
    return str(network.spec.get("Driver") or DEFAULT_DRIVER)


def is_overlay(network: Network) -> bool:
    """Whether the cluster, not each node, gives the network's addresses."""
    return driver_name(network) == DEFAULT_DRIVER


def is_ingress(network: Network) -> bool:
    """Whether this network carries the routing mesh."""
    spec = network.spec
    return bool(spec.get("Ingress")) or (network.name == "ingress" and INTERNAL_LABEL in (spec.get("Labels") or {}))


def needs_ingress(spec: Spec) -> bool:
    """Whether a service spec publishes a port through the routing mesh."""
    endpoint = spec.get("EndpointSpec") or {}
    return any(port.get("PublishMode", "ingress") == "ingress" for port in endpoint.get("Ports") or ())


def attached_networks(spec: Spec) -> tuple[Spec, ...]:
    """The networks that a service spec names; those of its task template go before its own, older, list."""
    return tuple((spec.get("TaskTemplate") or {}).get("Networks") or spec.get("Networks") or ())


def uses_network(service: Service, network_id: str) -> bool:
    """Whether a service's spec names a network."""
    return any(each.get("Target") == network_id for each in attached_networks(service.spec))
