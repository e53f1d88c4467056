"""The control API's networks.

Source: swarmkit ``manager/controlapi/network.go``; moby ``libnetwork/cnmallocator/provider.go``.
"""

from ipaddress import AddressValueError, IPv4Network, IPv6Network, NetmaskValueError, ip_address, ip_interface

from playground.swarm.control.filters import Filters, matches_labels, starts_with_one_of
from playground.swarm.control.names import check_dns_name
from playground.swarm.control.part import ControlPart, failed_precondition, invalid, not_found
from playground.swarm.errors import Code, RpcError
from playground.swarm.model import Network, Service, Spec, Task, TaskState
from playground.swarm.networks import (
    BUILT_IN_DRIVERS,
    DEFAULT_DRIVER,
    PREDEFINED_LABEL,
    is_ingress,
    needs_ingress,
    uses_network,
)
from playground.swarm.store import Transaction, View
from playground.swarm.wire.specs import network_spec


def find_ingress(view: View) -> Network | None:
    """The network of the routing mesh, where there is one."""
    return next((network for network in view.all(Network) if is_ingress(network)), None)


class NetworkControl(ControlPart):
    async def create_network(self, spec: Spec) -> Network:
        """Create a network; the allocator gives it its subnet afterwards.

        Raises:
            BadConfiguration: a value has the wrong JSON type.
            RpcError: the spec makes no sense, the name is taken, or there is an ingress network already.
        """
        wanted = network_spec(spec)
        check_network_spec(wanted)

        def create(transaction: Transaction) -> Network:
            if wanted["Ingress"]:
                present = find_ingress(transaction)
                if present is not None:
                    raise RpcError(Code.ALREADY_EXISTS, f"ingress network ({present.id}) is already present")
            return transaction.create(Network(id=self._new_id(), spec=wanted))

        return await self._store.update(create)

    async def get_network(self, network_id: str) -> Network:
        """Return a network by its full id.

        Raises:
            RpcError: there is none.
        """
        return self._get(Network, network_id)

    async def list_networks(self, filters: Filters | None = None) -> list[Network]:
        """Return the networks that pass the filters, sorted by id, predefined ones too.

        A name must be a whole name here (moby asks for names and for name prefixes at once);
        keys that are not about the cluster's networks are left to the engine.
        """
        wanted = filters or {}
        return [
            network
            for network in self._view.all(Network)
            if (not wanted.get("name") or network.name in wanted["name"])
            and starts_with_one_of(network.id, wanted.get("id", ()))
            and matches_labels(network.spec.get("Labels"), wanted.get("label", ()))
        ]

    async def remove_network(self, network_id: str) -> None:
        """Remove a network that nothing uses.

        Raises:
            RpcError: no such network; it is predefined; a service or a live task uses it.
        """
        network = self._get(Network, network_id)
        if network.predefined:
            raise failed_precondition(
                f"network {network_id} ({network.name}) is a swarm predefined network and cannot be removed"
            )

        def remove(transaction: Transaction) -> None:
            current = transaction.get(Network, network_id)
            if current is None:
                raise not_found(Network, network_id)
            if is_ingress(current):
                _check_ingress_unused(transaction)
            else:
                _check_unused(transaction, network_id)
            transaction.remove(current)

        await self._store.update(remove)


def _check_ingress_unused(transaction: Transaction) -> None:
    for service in transaction.all(Service):
        if needs_ingress(service.spec):
            raise failed_precondition(f"ingress network cannot be removed because service {service.id} depends on it")


def _check_unused(transaction: Transaction, network_id: str) -> None:
    for service in transaction.all(Service):
        if uses_network(service, network_id):
            raise failed_precondition(f"network {network_id} is in use by service {service.id}")
    for task in transaction.all(Task):
        if (
            task.desired_state <= TaskState.RUNNING
            and task.status.state <= TaskState.RUNNING
            and any(each.network_id == network_id for each in task.networks)
        ):
            raise failed_precondition(f"network {network_id} is in use by task {task.id}")


def check_network_spec(spec: Spec) -> None:
    """Check a network's spec by itself.

    Raises:
        RpcError: it makes no sense.
    """
    if spec["Attachable"] and spec["Ingress"]:
        raise invalid("ingress network cannot be attachable")
    check_dns_name(spec)
    if PREDEFINED_LABEL in (spec.get("Labels") or {}):
        raise RpcError(
            Code.PERMISSION_DENIED,
            f"label {PREDEFINED_LABEL} is for internally created predefined networks and cannot be applied by users",
        )
    _check_driver(spec["Driver"], ingress=spec["Ingress"])
    ipam = spec.get("IPAM")
    if ipam is not None:
        if ipam["Driver"].lower() != "default":
            raise invalid(f"error during lookup of plugin {ipam['Driver']}")
        for config in ipam["Config"] or ():
            _check_ipam(config)


def _check_driver(name: str, *, ingress: bool) -> None:
    if ingress and name != DEFAULT_DRIVER:
        raise RpcError(Code.UNIMPLEMENTED, "only overlay driver is currently supported for ingress network")
    if not name:
        raise invalid("driver name: if driver is specified name is required")
    if name.lower() not in BUILT_IN_DRIVERS:
        raise invalid(f"error during lookup of plugin {name}")


def _parse_subnet(text: str) -> IPv4Network | IPv6Network | None:
    """A CIDR block, host bits and all; None where it is none."""
    if "/" not in text or not text.rpartition("/")[2].isdecimal():
        return None
    try:
        return ip_interface(text).network
    except (AddressValueError, NetmaskValueError, ValueError):
        return None


def _check_ipam(config: Spec) -> None:
    subnet_text = config.get("Subnet", "")
    subnet = _parse_subnet(subnet_text)
    if subnet is None:
        raise invalid(f"ipam configuration: invalid subnet {subnet_text}")
    range_text = config.get("IPRange", "")
    if range_text:
        within = _parse_subnet(range_text)
        if within is None:
            raise invalid(f"ipam configuration: invalid range {range_text}")
        if ip_interface(range_text).ip not in subnet:
            raise invalid(f"ipam configuration: subnet {subnet_text} does not contain range {range_text}")
    gateway = config.get("Gateway", "")
    if gateway:
        try:
            address = ip_address(gateway)
        except ValueError:
            raise invalid(f"ipam configuration: invalid gateway {gateway}") from None
        if address not in subnet:
            raise invalid(f"ipam configuration: subnet {subnet_text} does not contain gateway {gateway}")
