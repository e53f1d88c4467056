"""Keeps one task of each global service on every node that may run it.

Source: swarmkit ``manager/orchestrator/global/global.go``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from playground.sim.kernel import Kernel
from playground.swarm.model import Availability, Node, Service, Task, TaskState
from playground.swarm.orchestrator.services import ServiceOrchestrator
from playground.swarm.orchestrator.task_init import Concern, check_tasks
from playground.swarm.orchestrator.tasks import (
    GLOBAL,
    Slot,
    SlotKey,
    invalid_node,
    is_dirty,
    set_desired_state,
)
from playground.swarm.scheduler import constraints
from playground.swarm.store import Change, ReplicatedStore, Transaction

Step = Callable[[Transaction], object]


@dataclass(frozen=True, slots=True)
class _GlobalService:
    service: Service
    constraints: list[constraints.Constraint]


class GlobalOrchestrator(ServiceOrchestrator):
    """Reacts to services, nodes and ended tasks, one change at a time.

    A node counts unless it is drained or down; one whose state is unknown still counts. A
    paused node keeps what it runs, and gets nothing new or newer.
    """

    def __init__(self, kernel: Kernel, store: ReplicatedStore, name: str = "") -> None:
        super().__init__(kernel, store, "global", name)
        self._nodes: dict[str, Node] = {}
        self._services: dict[str, _GlobalService] = {}

    def concerns(self, change: Change) -> bool:
        found = change.object
        if isinstance(found, Task):
            return change.old is not None and change.new is not None and found.status.state > TaskState.RUNNING
        return isinstance(found, Node) or (isinstance(found, Service) and found.mode == GLOBAL)

    async def begin(self) -> None:
        for node in self.store.view.all(Node):
            self._note_node(node)
        for service in self.store.view.all(Service):
            if service.mode == GLOBAL:
                self._note_service(service)
        concern = Concern((GLOBAL,), lambda task: SlotKey(task.service_id, node_id=task.node_id), self._fix)
        await check_tasks(self.kernel, self.store, self._restarts, concern)
        await self._restart_tasks()
        for service_id in list(self._services):
            await self._reconcile_service(service_id)

    async def handle(self, changes: Sequence[Change]) -> None:
        for change in changes:
            found = change.object
            if isinstance(found, Service):
                if change.new is not None:
                    self._note_service(found)
                    await self._reconcile_service(found.id)
                else:
                    await self._service_removed(found)
            elif isinstance(found, Node):
                if change.new is not None:
                    self._note_node(found)
                    await self._reconcile_node(found)
                else:
                    await self._write([_remove(task.id) for task in self._tasks_on(found.id)])
                    self._nodes.pop(found.id, None)
            elif isinstance(found, Task) and self._is_to_restart(found):
                self._restart[found.id] = None
            await self._restart_tasks()

    def _note_node(self, node: Node) -> None:
        if invalid_node(node):
            self._nodes.pop(node.id, None)
        else:
            self._nodes[node.id] = node

    def _note_service(self, service: Service) -> None:
        self._services[service.id] = _GlobalService(service, constraints.of_template(service.spec["TaskTemplate"]))

    async def _service_removed(self, service: Service) -> None:
        self._services.pop(service.id, None)
        await super()._service_removed(service)

    # Reconciling

    async def _reconcile_service(self, service_id: str) -> None:
        known = self._services.get(service_id)
        if known is None:
            return
        service = known.service
        by_node: dict[str, list[Task]] = {}
        for task in self.store.view.tasks_of_service(service_id):
            by_node.setdefault(task.node_id, []).append(task)
        slots = {node_id: self._restarts.updatable_tasks(tasks, service) for node_id, tasks in by_node.items()}

        steps: list[Step] = []
        outdated: list[Slot] = []
        for node in self._nodes.values():
            slot = slots.pop(node.id, ())
            if not constraints.matches(node, known.constraints):
                steps += map(_shut_down, slot)
            elif node.availability is Availability.PAUSE:
                continue
            elif not slot:
                steps.append(self._add_task(service, node.id))
            else:
                outdated.append(slot)
        for slot in slots.values():  # on nodes that are drained, down or gone
            steps += map(_shut_down, slot)
        await self._write(steps)
        if outdated:
            self._random.shuffle(outdated)
            await self._updates.update(service, outdated)

    async def _reconcile_node(self, node: Node) -> None:
        if invalid_node(node):
            await self._write([_shut_down(task) for task in self._tasks_on(node.id)])
            return
        if node.availability is Availability.PAUSE:
            return
        tasks: dict[str, list[Task]] = {}
        for task in self._tasks_on(node.id):
            tasks.setdefault(task.service_id, []).append(task)
        steps: list[Step] = []
        for service_id, known in self._services.items():
            if not constraints.matches(node, known.constraints):
                continue
            # Catching up with updates missed while paused is no rolling update: at once, and
            # without a word in the update status.
            slot = self._restarts.updatable_tasks(tasks.get(service_id, ()), known.service)
            dirty = [task for task in slot if is_dirty(known.service, task, node)]
            clean = [task for task in slot if not is_dirty(known.service, task, node)]
            if not clean:
                steps.append(self._add_task(known.service, node.id))
            steps += map(_shut_down, [*dirty, *clean[1:]])
        await self._write(steps)

    def _tasks_on(self, node_id: str) -> list[Task]:
        return [task for task in self.store.view.tasks_on_node(node_id) if task.service_id in self._services]

    def _add_task(self, service: Service, node_id: str) -> Step:
        def add(transaction: Transaction) -> None:
            if transaction.get(Service, service.id) is not None:
                transaction.create(self._maker.make(service, self.kernel.now_us, node_id=node_id))

        return add

    async def _write(self, steps: Iterable[Step]) -> None:
        await self.store.batch(steps, lambda transaction, step: step(transaction))

    # Ended tasks

    def _fix(self, transaction: Transaction, task: Task) -> None:
        if task.desired_state > TaskState.RUNNING:
            return
        if not task.node_id or task.node_id not in self._nodes:
            set_desired_state(transaction, task, TaskState.SHUTDOWN)
        elif task.status.state > TaskState.RUNNING:
            self._restart[task.id] = None

    def _is_to_restart(self, ended: Task) -> bool:
        return ended.service_id in self._services and ended.desired_state <= TaskState.RUNNING

    async def _restart_tasks(self) -> None:
        if self._restart:
            task_ids, self._restart = list(self._restart), {}
            await self.store.batch(task_ids, self._restart_task)

    def _restart_task(self, transaction: Transaction, task_id: str) -> None:
        task = transaction.get(Task, task_id)
        if task is None or task.desired_state > TaskState.RUNNING:
            return
        service = transaction.get(Service, task.service_id)
        node = self._nodes.get(task.node_id)
        known = self._services.get(task.service_id)
        if service is None or node is None or known is None:
            return
        if node.availability is Availability.PAUSE or not constraints.matches(node, known.constraints):
            set_desired_state(transaction, task, TaskState.SHUTDOWN)
        else:
            self._restarts.restart(transaction, service, task)


def _shut_down(task: Task) -> Step:
    def write(transaction: Transaction) -> None:
        current = transaction.get(Task, task.id)
        if current is not None:
            set_desired_state(transaction, current, TaskState.SHUTDOWN)

    return write


def _remove(task_id: str) -> Step:
    def write(transaction: Transaction) -> None:
        task = transaction.get(Task, task_id)
        if task is not None:
            transaction.remove(task)

    return write
