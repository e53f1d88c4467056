"""Subnets, virtual IPs, the addresses of tasks and of nodes' load balancers.

In memory there is what is taken; what is given stands in the store's objects, from which
the next leader builds this anew.

Source: moby ``libnetwork/cnmallocator/networkallocator.go``, ``libnetwork/drivers/overlay/ovmanager``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

from playground.swarm.allocator.pools import AddressPool, Numbers, PoolError, SubnetPool
from playground.swarm.model import Attachment, Network, Node, Service, Spec, Task
from playground.swarm.networks import VXLAN_OPTION, attached_networks, is_ingress, is_overlay, needs_ingress

FIRST_VXLAN_ID = 4096
LAST_VXLAN_ID = (1 << 24) - 1


@dataclass
class _Network:
    """One network as far as it is allocated. A node-local one has no pools."""

    network: Network
    pools: list[AddressPool] = field(default_factory=list)
    vxlan_ids: list[int] = field(default_factory=list)
    endpoints: dict[str, AddressPool] = field(default_factory=dict)
    """Addresses given, and from which pool."""

    def request(self, preferred: str = "") -> str:
        for pool in self.pools:
            try:
                address = pool.request(preferred)
            except PoolError:
                continue
            self.endpoints[address] = pool
            return address
        raise PoolError("could not find an available IP")

    def release(self, address: str) -> None:
        pool = self.endpoints.pop(address, None)
        if pool is not None:
            pool.release(address)


class NetworkAllocator:
    """What of the cluster's address space is taken, and by whom."""

    def __init__(self, address_pool: Sequence[str], subnet_size: int) -> None:
        self._subnets = SubnetPool(address_pool, subnet_size)
        self._vxlan_ids = Numbers(FIRST_VXLAN_ID, LAST_VXLAN_ID)
        self._networks: dict[str, _Network] = {}
        self._services: set[str] = set()
        self._tasks: set[str] = set()
        self._nodes: set[tuple[str, str]] = set()

    # Networks

    def is_allocated(self, network_id: str) -> bool:
        return network_id in self._networks

    def allocate(self, network: Network) -> Network:
        """Give a network its subnets, gateways and VXLAN ids; what it has already it keeps.

        Raises:
            PoolError: its subnet overlaps another one, or no subnet is left.
        """
        if not is_overlay(network):
            self._networks[network.id] = _Network(network)
            return network
        state = _Network(network)
        try:
            ipam = tuple(self._allocate_pool(state, config) for config in self._wanted_pools(network))
            options = self._allocate_driver_state(state)
        except PoolError:
            self._free(state)
            raise
        state.network = replace(network, ipam=ipam, driver_options=options)
        self._networks[network.id] = state
        return state.network

    @staticmethod
    def _wanted_pools(network: Network) -> Sequence[Spec]:
        configs: Sequence[Spec] = network.ipam or (network.spec.get("IPAM") or {}).get("Config") or ()
        return configs or ({},)

    def _allocate_pool(self, state: _Network, config: Spec) -> Spec:
        wanted = config.get("Subnet", "")
        if wanted:
            subnet = _parsed(wanted)
            self._subnets.take(subnet)
        else:
            subnet = self._subnets.take_next()
        within = config.get("IPRange", "")
        pool = AddressPool(subnet, _parsed(within) if within else None)
        state.pools.append(pool)
        gateway = pool.request(config.get("Gateway", "")).partition("/")[0]
        allocated = {"Subnet": wanted or str(subnet), "IPRange": within, "Gateway": gateway}
        return {key: value for key, value in allocated.items() if value}

    def _allocate_driver_state(self, state: _Network) -> dict[str, str]:
        network = state.network
        options: dict[str, str] = {**(network.spec.get("Options") or {}), **network.driver_options}
        listed = [each for each in options.pop(VXLAN_OPTION, "").split(",") if each]
        for at in range(len(state.pools)):
            if at < len(listed):
                if not listed[at].isdecimal():
                    raise PoolError(f"invalid vxlan id value {listed[at]!r} passed")
                vxlan_id = int(listed[at])
                if vxlan_id >= FIRST_VXLAN_ID:
                    self._vxlan_ids.take(vxlan_id)
            else:
                vxlan_id = self._vxlan_ids.take_next()
            state.vxlan_ids.append(vxlan_id)
        options[VXLAN_OPTION] = ",".join(str(each) for each in state.vxlan_ids)
        return dict(sorted(options.items()))

    def deallocate(self, network_id: str) -> bool:
        """Let go of what a network had; False where it had nothing."""
        state = self._networks.pop(network_id, None)
        if state is None:
            return False
        self._free(state)
        return True

    def _free(self, state: _Network) -> None:
        for vxlan_id in state.vxlan_ids:
            self._vxlan_ids.release(vxlan_id)
        for pool in state.pools:
            self._subnets.release(pool.subnet)

    # Services

    def is_service_allocated(self, service: Service) -> bool:
        """Whether the service has the virtual IPs that its spec asks for, and no others."""
        wanted = [each["Target"] for each in attached_networks(service.spec)]
        mode = _mode(service)
        known = service.id in self._services
        have = [network_id for network_id, _ in service.virtual_ips]
        if wanted and mode == "vip" and (not known or any(each not in have for each in wanted)):
            return False
        for network_id in have:
            if self._on_ingress(network_id) and needs_ingress(service.spec):
                if not known:
                    return False
            elif network_id not in wanted:
                return False
        return not (mode == "dnsrr" and known)

    def _on_ingress(self, network_id: str) -> bool:
        state = self._networks.get(network_id)
        return state is not None and is_ingress(state.network)

    def allocate_service(self, service: Service) -> Service:
        """Give a service its virtual IPs: on ingress first, if ``virtual_ips`` names it, then in the spec's order.

        Raises:
            PoolError: a network is not allocated, or has no address left; the service then has none at all.
        """
        endpoint = service.spec.get("EndpointSpec")
        if _mode(service) == "dnsrr":
            return replace(self.deallocate_service(service), endpoint_spec=endpoint)
        wanted = [each["Target"] for each in attached_networks(service.spec)]
        given: list[tuple[str, str]] = []
        try:
            for network_id, address in service.virtual_ips:
                on_ingress = self._on_ingress(network_id) and needs_ingress(service.spec)
                if on_ingress or network_id in wanted:
                    given.append((network_id, self._allocate_vip(network_id, address)))
                else:
                    self._deallocate_vip(network_id, address)
            have = [network_id for network_id, _ in given]
            for network_id in dict.fromkeys(wanted):
                if network_id not in have:
                    address = self._allocate_vip(network_id, "")
                    given.append((network_id, address))
        except PoolError:
            self.deallocate_service(replace(service, virtual_ips=tuple(given)))
            raise
        if given:
            self._services.add(service.id)
        else:
            self._services.discard(service.id)
        return replace(service, virtual_ips=tuple(given), endpoint_spec=endpoint)

    def deallocate_service(self, service: Service) -> Service:
        """Let a service's virtual IPs go; returns it without them."""
        for network_id, address in service.virtual_ips:
            self._deallocate_vip(network_id, address)
        self._services.discard(service.id)
        return replace(service, virtual_ips=())

    def _allocate_vip(self, network_id: str, address: str) -> str:
        state = self._networks.get(network_id)
        if state is None:
            raise PoolError("networkallocator: could not find local network state")
        if not state.pools or address in state.endpoints:
            return address
        return state.request(address)

    def _deallocate_vip(self, network_id: str, address: str) -> None:
        state = self._networks.get(network_id)
        if state is not None and address:
            state.release(address)

    # Tasks

    def is_task_allocated(self, task: Task) -> bool:
        """Whether the task has an address on each of its networks. One without networks has not."""
        if task.id not in self._tasks or not task.networks:
            return False
        for attachment in task.networks:
            state = self._networks.get(attachment.network_id)
            if state is None:
                return False
            if state.pools and (not attachment.addresses or attachment.addresses[0] not in state.endpoints):
                return False
        return True

    def allocate_task(self, task: Task) -> Task:
        """Give a task an address on each of its networks, or on none.

        Raises:
            PoolError: a network is not allocated, or has no address left.
        """
        given: list[Attachment] = []
        try:
            for attachment in task.networks:
                addresses = self._allocate_addresses(attachment)
                given.append(replace(attachment, addresses=addresses))
        except PoolError:
            self._release(given)
            raise
        self._tasks.add(task.id)
        return replace(task, networks=tuple(given))

    def _allocate_addresses(self, attachment: Attachment) -> tuple[str, ...]:
        state = self._networks.get(attachment.network_id)
        if state is None:
            raise PoolError(f"could not find network allocator state for network {attachment.network_id}")
        if not state.pools:
            return attachment.addresses
        preferred = attachment.addresses[0] if attachment.addresses else ""
        return (state.request(preferred), *attachment.addresses[1:])

    def deallocate_task(self, task: Task) -> None:
        """Let a task's addresses go."""
        self._tasks.discard(task.id)
        self._release(task.networks)

    def _release(self, attachments: Sequence[Attachment]) -> None:
        for attachment in attachments:
            state = self._networks.get(attachment.network_id)
            if state is not None:
                for address in attachment.addresses:
                    state.release(address)

    # Nodes

    def fit_node(self, node: Node, network_ids: Sequence[str], *, restoring: bool = False) -> Node | None:
        """Give a node's load balancer an address on exactly these networks.

        ``restoring``: only take again what the node has. Returns None when nothing was to be done.
        A network without a free address is passed over.
        """
        addresses = dict(node.lb_addresses)
        changed = False
        for network_id in dict.fromkeys(network_ids):
            state = self._networks.get(network_id)
            address = addresses.get(network_id, "")
            if state is None or not state.pools:
                continue
            if (node.id, network_id) in self._nodes and address in state.endpoints:
                continue
            if restoring and not address:
                continue
            try:
                addresses[network_id] = state.request(address)
            except PoolError:
                continue
            self._nodes.add((node.id, network_id))
            changed = True
        if not restoring:
            for network_id in [each for each in addresses if each not in network_ids]:
                self._release_lb(node.id, network_id, addresses.pop(network_id))
                changed = True
        return replace(node, lb_addresses=addresses) if changed else None

    def deallocate_node(self, node: Node) -> None:
        """Let the addresses of a node's load balancer go."""
        for network_id, address in node.lb_addresses.items():
            self._release_lb(node.id, network_id, address)

    def _release_lb(self, node_id: str, network_id: str, address: str) -> None:
        self._nodes.discard((node_id, network_id))
        state = self._networks.get(network_id)
        if state is not None:
            state.release(address)


def _mode(service: Service) -> str:
    return str((service.spec.get("EndpointSpec") or {}).get("Mode", "vip"))


def _parsed(subnet: str) -> IPv4Network:
    try:
        return IPv4Network(subnet, strict=False)
    except (AddressValueError, NetmaskValueError, ValueError):
        raise PoolError(f"invalid pool request: {subnet} is no IPv4 subnet") from None
