"""Keeps as many slots of each replicated service filled as its spec says.

Source: swarmkit ``manager/orchestrator/replicated``.
"""

from collections.abc import Collection, Iterable, Sequence

from playground.sim.kernel import Kernel
from playground.swarm.model import Node, Service, Task, TaskState
from playground.swarm.orchestrator.services import ServiceOrchestrator
from playground.swarm.orchestrator.task_init import Concern, check_tasks
from playground.swarm.orchestrator.tasks import (
    REPLICATED,
    Slot,
    SlotKey,
    invalid_node,
    set_desired_state,
)
from playground.swarm.store import Change, ReplicatedStore, Transaction


class ReplicatedOrchestrator(ServiceOrchestrator):
    """Reacts to tasks first (a task that ended is restarted), then to services (slots are made, removed, updated)."""

    def __init__(self, kernel: Kernel, store: ReplicatedStore, name: str = "") -> None:
        super().__init__(kernel, store, "replicated", name)
        self._reconcile: dict[str, None] = {}

    def concerns(self, change: Change) -> bool:
        found = change.object
        if isinstance(found, Task):
            may_have_ended = bool(found.node_id) or found.status.state > TaskState.RUNNING
            return change.new is None or (found.desired_state <= TaskState.RUNNING and may_have_ended)
        return isinstance(found, (Service, Node))

    async def begin(self) -> None:
        concern = Concern((REPLICATED,), lambda task: SlotKey(task.service_id, task.slot), self._fix)
        await check_tasks(self.kernel, self.store, self._restarts, concern)
        for service in self.store.view.all(Service):
            if service.mode == REPLICATED:
                self._reconcile[service.id] = None
        await self._tick()

    async def handle(self, changes: Sequence[Change]) -> None:
        for change in changes:
            found = change.object
            if isinstance(found, Task):
                self._task_changed(found, removed=change.new is None)
            elif isinstance(found, Node):
                if change.new is None or invalid_node(found):
                    self._restart_tasks_on(found.id)
            elif isinstance(found, Service) and found.mode == REPLICATED:
                if change.new is not None:
                    self._reconcile[found.id] = None
                else:
                    await self._service_removed(found)
        await self._tick()

    # Tasks

    def _fix(self, transaction: Transaction, task: Task) -> None:
        node = transaction.get(Node, task.node_id) if task.node_id else None
        if task.desired_state <= TaskState.RUNNING and _has_ended(task, node):
            self._restart[task.id] = None

    def _task_changed(self, task: Task, *, removed: bool) -> None:
        if removed:
            if task.desired_state <= TaskState.RUNNING and self._is_replicated(task):
                self._reconcile[task.service_id] = None
            self._restarts.cancel(task.id)
        elif task.desired_state <= TaskState.RUNNING and self._is_replicated(task):
            node = self.store.view.get(Node, task.node_id) if task.node_id else None
            if _has_ended(task, node):
                self._restart[task.id] = None

    def _is_replicated(self, task: Task) -> bool:
        service = self.store.view.get(Service, task.service_id)
        return service is not None and service.mode == REPLICATED

    def _restart_tasks_on(self, node_id: str) -> None:
        for task in self.store.view.tasks_on_node(node_id):
            if task.desired_state <= TaskState.RUNNING and self._is_replicated(task):
                self._restart[task.id] = None

    async def _tick(self) -> None:
        if self._restart:
            task_ids, self._restart = list(self._restart), {}
            await self.store.batch(task_ids, self._restart_task)
        while self._reconcile:
            service_id = next(iter(self._reconcile))
            del self._reconcile[service_id]
            service = self.store.view.get(Service, service_id)
            if service is not None:
                await self._reconcile_service(service)

    def _restart_task(self, transaction: Transaction, task_id: str) -> None:
        task = transaction.get(Task, task_id)
        if task is None or task.desired_state > TaskState.RUNNING:
            return
        service = transaction.get(Service, task.service_id)
        if service is not None and service.mode == REPLICATED:
            self._restarts.restart(transaction, service, task)

    # Services

    async def _service_removed(self, service: Service) -> None:
        self._reconcile.pop(service.id, None)
        await super()._service_removed(service)

    async def _reconcile_service(self, service: Service) -> None:
        live, dead = self._slots(service)
        wanted = int((service.spec["Mode"][REPLICATED] or {}).get("Replicas", 1))
        dead_ids = [task.id for number, tasks in dead.items() for task in tasks]
        if wanted > len(live):
            await self._updates.update(service, self._in_random_order(live.values()))
            numbers = _free_numbers(live, wanted - len(live))
            taken = dict.fromkeys(numbers)
            await self.store.batch(numbers, lambda transaction, number: self._add_task(transaction, service, number))
            dead_ids = [task.id for number, tasks in dead.items() if number not in taken for task in tasks]
            await self.store.batch(dead_ids, _remove)
        elif wanted < len(live):
            slots = keep_first(live.values())
            await self._updates.update(service, slots[:wanted])
            await self.store.batch(dead_ids, _remove)
            surplus = [task.id for slot in slots[wanted:] for task in slot]
            await self.store.batch(surplus, _give_up)
        else:
            await self.store.batch(dead_ids, _remove)
            await self._updates.update(service, self._in_random_order(live.values()))

    def _slots(self, service: Service) -> tuple[dict[int, Slot], dict[int, list[Task]]]:
        """The slots that count, with the tasks that an update deals with, and the others, with all their tasks."""
        slots: dict[int, list[Task]] = {}
        for task in self.store.view.tasks_of_service(service.id):
            slots.setdefault(task.slot, []).append(task)
        live: dict[int, Slot] = {}
        dead: dict[int, list[Task]] = {}
        for number, tasks in slots.items():
            updatable = self._restarts.updatable_tasks(tasks, service)
            if updatable:
                live[number] = updatable
            else:
                dead[number] = tasks
        return live, dead

    def _in_random_order(self, slots: Iterable[Slot]) -> list[Slot]:
        """Updates take slots in the order of a Go map."""
        shuffled = list(slots)
        self._random.shuffle(shuffled)
        return shuffled

    def _add_task(self, transaction: Transaction, service: Service, number: int) -> None:
        transaction.create(self._maker.make(service, self.kernel.now_us, slot=number))


def keep_first(slots: Collection[Slot]) -> list[Slot]:
    """Sort slots so that scaling down, which cuts the end off, leaves the nodes even.

    First come the slots that are the first of the service on their node, then the second
    ones, and so on; among equals those that run before others, low numbers before high
    ones. A slot without a node, or with several tasks, comes last.
    """
    counts: dict[str, int] = {}
    ranked: list[tuple[int, Slot]] = []
    for slot in sorted(slots, key=lambda slot: (not _is_running(slot), slot[0].slot)):
        node_id = slot[0].node_id
        if len(slot) == 1 and node_id:
            counts[node_id] = counts.get(node_id, 0) + 1
            ranked.append((counts[node_id], slot))
        else:
            ranked.append((len(slots) + 1, slot))
    return [slot for _, slot in sorted(ranked, key=lambda entry: entry[0])]


def _is_running(slot: Slot) -> bool:
    return any(task.status.state is TaskState.RUNNING for task in slot)


def _free_numbers(taken: dict[int, Slot], count: int) -> list[int]:
    """The lowest slot numbers from 1 that are not taken."""
    numbers: list[int] = []
    number = 0
    while len(numbers) < count:
        number += 1
        if number not in taken:
            numbers.append(number)
    return numbers


def _has_ended(task: Task, node: Node | None) -> bool:
    return task.status.state > TaskState.RUNNING or (bool(task.node_id) and invalid_node(node))


def _remove(transaction: Transaction, task_id: str) -> None:
    task = transaction.get(Task, task_id)
    if task is not None:
        transaction.remove(task)


def _give_up(transaction: Transaction, task_id: str) -> None:
    task = transaction.get(Task, task_id)
    if task is not None:
        set_desired_state(transaction, task, TaskState.REMOVE)
