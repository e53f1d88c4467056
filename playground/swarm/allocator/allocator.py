"""The leader loop that gives networks, services, nodes and tasks what they need of networking.

Nothing is scheduled before it went through here: a task starts NEW and becomes PENDING
once it has its addresses.

Source: swarmkit ``manager/allocator/{allocator,network}.go``.
"""

from collections.abc import Sequence
from dataclasses import replace

from playground.sim.kernel import SECOND, Kernel
from playground.swarm.allocator import ports
from playground.swarm.allocator.networks import NetworkAllocator
from playground.swarm.allocator.pools import PoolError
from playground.swarm.allocator.ports import PortAllocator
from playground.swarm.model import Attachment, Network, Node, Service, Task, TaskState, TaskStatus
from playground.swarm.networks import attached_networks, is_ingress, is_overlay, needs_ingress
from playground.swarm.orchestrator.loop import Loop
from playground.swarm.store import Change, ChangeKind, ReplicatedStore, Transaction

ALLOCATED_MESSAGE = "pending task scheduling"
RETRY_INTERVAL_US = 300 * SECOND


class Allocator(Loop):
    """Event-driven; a leader that begins takes first again what the store says is given.

    What cannot be had (a subnet that overlaps, a port that is taken, no address left) is
    tried again when something was let go of, or after 5 minutes, at the next transaction.
    """

    def __init__(self, kernel: Kernel, store: ReplicatedStore) -> None:
        super().__init__(kernel, store)
        self._networks = NetworkAllocator((), 0)
        self._ports = PortAllocator()
        self._ingress: Network | None = None
        self._pending: dict[str, None] = {}
        self._unallocated_tasks: dict[str, None] = {}
        self._unallocated_services: dict[str, None] = {}
        self._unallocated_networks: dict[str, None] = {}
        self._something_was_freed = False
        self._last_retry_us = 0

    # Beginning

    async def begin(self) -> None:
        view = self.store.view
        cluster = view.cluster()
        pool, size = (cluster.default_address_pool, cluster.subnet_size) if cluster else (("10.0.0.0/8",), 24)
        self._networks = NetworkAllocator(pool, size)
        self._last_retry_us = self.kernel.now_us
        self._ingress = next((network for network in view.all(Network) if is_ingress(network)), None)
        if self._ingress is not None:
            await self._allocate_networks([self._ingress])
        for restoring in (True, False):
            await self._begin_networks(restoring)
            await self._begin_nodes(restoring)
            await self._begin_services(restoring)
            await self._begin_tasks(restoring)

    async def _begin_networks(self, restoring: bool) -> None:
        await self._allocate_networks(
            [
                network
                for network in self.store.view.all(Network)
                if not self._networks.is_allocated(network.id)
                and (not restoring or network.ipam or not is_overlay(network))
            ]
        )

    async def _begin_nodes(self, restoring: bool) -> None:
        fitted = [
            self._networks.fit_node(node, self._networks_of_node(node.id), restoring=restoring)
            for node in self.store.view.all(Node)
        ]
        await self.store.batch([node for node in fitted if node is not None], _write_node)

    async def _begin_services(self, restoring: bool) -> None:
        allocated: list[Service] = []
        for service in self.store.view.all(Service):
            if self._is_service_allocated(service, starting=True) or (restoring and not service.virtual_ips):
                continue
            given = self._allocate_service(service, restoring=restoring)
            if given is not None:
                allocated.append(given)
        await self.store.batch(allocated, _write_service)

    async def _begin_tasks(self, restoring: bool) -> None:
        allocated: list[Task] = []
        for stored in self.store.view.all(Task):
            if stored.status.state > TaskState.RUNNING:
                continue
            if restoring and not any(attachment.addresses for attachment in stored.networks):
                continue
            service = self.store.view.get(Service, stored.service_id)
            task = self._with_attachments(stored, service)
            if self._needs_nothing(task, service):
                if task.status.state < TaskState.PENDING:
                    allocated.append(self._as_pending(task))
                continue
            given = self._allocate_task(task)
            if given is None:
                self._unallocated_tasks[task.id] = None
            elif given is not stored:
                allocated.append(given)
        await self.store.batch(allocated, _write_task)

    def _needs_nothing(self, task: Task, service: Service | None) -> bool:
        has_addresses = not task.networks or self._networks.is_task_allocated(task)
        return has_addresses and (service is None or self._is_service_allocated(service))

    # Transactions

    def concerns(self, change: Change) -> bool:
        obj = change.object
        if isinstance(obj, Task):
            new = change.new
            waits = isinstance(new, Task) and new.status.state < TaskState.PENDING
            return waits or _footprint(change.old) != _footprint(new)
        if isinstance(obj, Network):
            return change.kind is not ChangeKind.UPDATE
        return isinstance(obj, (Service, Node))

    async def handle(self, changes: Sequence[Change]) -> None:
        for change in changes:
            obj = change.object
            gone = change.kind is ChangeKind.REMOVE
            if isinstance(obj, Network):
                await (self._network_gone(obj) if gone else self._network_came(obj))
            elif isinstance(obj, Service):
                await self._service_changed(obj, gone)
            elif isinstance(obj, Node):
                await self._node_changed(obj, gone)
            elif isinstance(obj, Task):
                await self._task_changed(change, obj, gone)
        await self._allocate_pending(self._pending)
        if self._something_was_freed or self.kernel.now_us - self._last_retry_us > RETRY_INTERVAL_US:
            await self._retry()
        self._unallocated_tasks.update(self._pending)
        self._pending.clear()

    async def _retry(self) -> None:
        self._last_retry_us = self.kernel.now_us
        self._something_was_freed = False
        view = self.store.view
        networks = [view.get(Network, each) for each in self._unallocated_networks]
        self._unallocated_networks.clear()
        await self._allocate_networks([network for network in networks if network is not None])
        services = [view.get(Service, each) for each in self._unallocated_services]
        self._unallocated_services.clear()
        for service in services:
            if service is not None and not self._is_service_allocated(service):
                await self._give_service(service)
        await self._allocate_pending(self._unallocated_tasks)

    # Networks

    async def _network_came(self, created: Network) -> None:
        network = self.store.view.get(Network, created.id)
        if network is None or self._networks.is_allocated(network.id):
            return
        if is_ingress(network):
            if self._ingress is not None:
                return
            self._ingress = network
        await self._allocate_networks([network])

    async def _network_gone(self, network: Network) -> None:
        if self._ingress is not None and self._ingress.id == network.id:
            self._ingress = None
        self._unallocated_networks.pop(network.id, None)
        for node in self.store.view.all(Node):
            if network.id in node.lb_addresses:
                await self._refit_node(node.id)
        if self._networks.deallocate(network.id):
            self._something_was_freed = True

    async def _allocate_networks(self, networks: Sequence[Network]) -> None:
        allocated: list[Network] = []
        for network in networks:
            try:
                allocated.append(self._networks.allocate(network))
            except PoolError:
                self._unallocated_networks[network.id] = None
        await self.store.batch(allocated, _write_network)

    # Services

    def _is_service_allocated(self, service: Service, *, starting: bool = False) -> bool:
        if not self._networks.is_service_allocated(service):
            return False
        specified = (service.spec.get("EndpointSpec") or {}).get("Ports")
        return not (specified or service.ports) or ports.are_allocated(service, starting=starting)

    def _allocate_service(self, service: Service, *, restoring: bool = False) -> Service | None:
        """The service with ports and virtual IPs, or None where they are not to be had (yet)."""
        given = service
        if service.spec.get("EndpointSpec") is None:
            if ports.has_endpoint(service) and not restoring:
                given = self._ports.free(self._networks.deallocate_service(service))
                self._something_was_freed = True
        elif needs_ingress(service.spec):
            if self._ingress is None:
                self._unallocated_services[service.id] = None
                return None
            if all(network_id != self._ingress.id for network_id, _ in given.virtual_ips):
                given = replace(given, virtual_ips=(*given.virtual_ips, (self._ingress.id, "")))
        try:
            given = self._ports.allocate(given)
        except PoolError:
            self._unallocated_services[service.id] = None
            return None
        try:
            return self._networks.allocate_service(given)
        except PoolError:
            self._ports.free(given)
            self._unallocated_services[service.id] = None
            return None

    async def _service_changed(self, changed: Service, gone: bool) -> None:
        if gone:
            self._unallocated_services.pop(changed.id, None)
            self._ports.free(self._networks.deallocate_service(changed))
            self._something_was_freed = True
            return
        service = self.store.view.get(Service, changed.id)
        if service is None:
            return
        if not self._is_service_allocated(service):
            await self._give_service(service)
        elif ports.host_ports_changed(service):
            await self._commit_service(ports.with_host_ports(service))

    async def _give_service(self, service: Service) -> None:
        given = self._allocate_service(service)
        if given is not None:
            await self._commit_service(given)
            self._unallocated_services.pop(service.id, None)

    async def _commit_service(self, service: Service) -> None:
        if not await self.store.update(lambda transaction: _write_service(transaction, service)):
            self._ports.free(self._networks.deallocate_service(service))

    # Nodes

    def _networks_of_node(self, node_id: str) -> list[str]:
        """The overlays that the node's live tasks are on, and ingress: where its load balancer needs an address."""
        wanted: dict[str, None] = {}
        for task in self.store.view.tasks_on_node(node_id):
            if task.status.state <= TaskState.RUNNING:
                wanted.update(dict.fromkeys(attachment.network_id for attachment in task.networks))
        found = [self.store.view.get(Network, network_id) for network_id in wanted]
        overlays = [network.id for network in found if network is not None and is_overlay(network)]
        return [*overlays, self._ingress.id] if self._ingress is not None else overlays

    async def _node_changed(self, changed: Node, gone: bool) -> None:
        if gone:
            self._networks.deallocate_node(changed)
            self._something_was_freed = True
        else:
            await self._refit_node(changed.id)

    async def _refit_node(self, node_id: str) -> None:
        node = self.store.view.get(Node, node_id)
        if node is None:
            return
        fitted = self._networks.fit_node(node, self._networks_of_node(node_id))
        if fitted is None:
            return
        if len(fitted.lb_addresses) < len(node.lb_addresses):
            self._something_was_freed = True
        if not await self.store.update(lambda transaction: _write_node(transaction, fitted)):
            self._networks.deallocate_node(fitted)

    # Tasks

    async def _task_changed(self, change: Change, changed: Task, gone: bool) -> None:
        task = changed if gone else self.store.view.get(Task, changed.id)
        if task is None:
            return
        if gone or task.status.state > TaskState.RUNNING:
            if self._networks.is_task_allocated(task):
                self._networks.deallocate_task(task)
                self._something_was_freed = True
            self._forget(task.id)
            if task.node_id:
                await self._refit_node(task.node_id)
            return
        if task.node_id and _footprint(change.old) != _footprint(change.new):
            await self._refit_node(task.node_id)
        if task.status.state >= TaskState.PENDING:
            self._forget(task.id)
        elif not task.service_id or self.store.view.get(Service, task.service_id) is not None:
            self._pending[task.id] = None

    def _forget(self, task_id: str) -> None:
        self._pending.pop(task_id, None)
        self._unallocated_tasks.pop(task_id, None)

    async def _allocate_pending(self, waiting: dict[str, None]) -> None:
        allocated: list[Task] = []
        for task_id in list(waiting):
            stored = self.store.view.get(Task, task_id)
            if stored is None or stored.status.state >= TaskState.PENDING:
                del waiting[task_id]
                continue
            service = self.store.view.get(Service, stored.service_id)
            given = self._allocate_task(self._with_attachments(stored, service))
            if given is not None:
                allocated.append(given)
                del waiting[task_id]
        await self.store.batch(allocated, self._commit_task)

    def _with_attachments(self, task: Task, service: Service | None) -> Task:
        """The task with the networks that its spec names, ingress first, as far as they are there."""
        if task.networks:
            return task
        attachments: list[Attachment] = []
        if service is not None and needs_ingress(service.spec) and self._ingress is not None:
            attachments.append(Attachment(self._ingress.id))
        older = service.spec.get("Networks") if service is not None else ()
        attachments.extend(
            Attachment(wanted["Target"], aliases=tuple(wanted.get("Aliases") or ()))
            for wanted in attached_networks({"TaskTemplate": task.spec, "Networks": older})
            if self.store.view.get(Network, wanted["Target"]) is not None
        )
        return replace(task, networks=tuple(attachments)) if attachments else task

    def _allocate_task(self, task: Task) -> Task | None:
        """The task with its addresses, PENDING; the same object where nothing changes; None where it must wait."""
        given = task
        if not self._networks.is_task_allocated(task):
            if task.service_id:
                service = self.store.view.get(Service, task.service_id)
                if service is None or not self._is_service_allocated(service):
                    return None
                if ports.has_endpoint(service):
                    given = replace(
                        given,
                        endpoint_spec=service.endpoint_spec,
                        endpoint_ports=service.ports,
                        virtual_ips=service.virtual_ips,
                    )
            if task.networks:
                try:
                    given = self._networks.allocate_task(given)
                except PoolError:
                    return None
        return self._as_pending(given) if given.status.state < TaskState.PENDING else given

    def _as_pending(self, task: Task) -> Task:
        status = TaskStatus(TaskState.PENDING, ALLOCATED_MESSAGE, timestamp_us=self.kernel.now_us)
        return replace(task, status=status)

    def _commit_task(self, transaction: Transaction, task: Task) -> None:
        if not _write_task(transaction, task):
            self._networks.deallocate_task(task)


def _footprint(obj: object) -> tuple[str, bool, tuple[str, ...]]:
    """What of a task decides on the addresses of its node's load balancer, and of itself."""
    if not isinstance(obj, Task):
        return ("", False, ())
    return (obj.node_id, obj.status.state <= TaskState.RUNNING, tuple(each.network_id for each in obj.networks))


# Each writes what was given into the object as it is now; False when the object is gone.


def _write_network(transaction: Transaction, network: Network) -> bool:
    current = transaction.get(Network, network.id)
    if current is None:
        return False
    transaction.update(replace(current, ipam=network.ipam, driver_options=network.driver_options))
    return True


def _write_service(transaction: Transaction, service: Service) -> bool:
    current = transaction.get(Service, service.id)
    if current is None:
        return False
    transaction.update(
        replace(
            current,
            endpoint_spec=service.endpoint_spec,
            ports=service.ports,
            virtual_ips=service.virtual_ips,
        )
    )
    return True


def _write_node(transaction: Transaction, node: Node) -> bool:
    current = transaction.get(Node, node.id)
    if current is None:
        return False
    transaction.update(replace(current, lb_addresses=node.lb_addresses))
    return True


def _write_task(transaction: Transaction, task: Task) -> bool:
    current = transaction.get(Task, task.id)
    if current is None:
        return False
    status = task.status if current.status.state < TaskState.PENDING else current.status
    transaction.update(
        replace(
            current,
            networks=task.networks,
            endpoint_spec=task.endpoint_spec,
            endpoint_ports=task.endpoint_ports,
            virtual_ips=task.virtual_ips,
            status=status,
        )
    )
    return True
