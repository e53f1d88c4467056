"""Runs jobs: services whose tasks are to complete, not to stay.

Every update of a job starts a new iteration, whose tasks replace those of the one before.

Source: swarmkit ``manager/orchestrator/jobs``.
"""

from collections.abc import Sequence

from playground.sim.kernel import Kernel
from playground.swarm.model import EMPTY, Availability, Node, NodeState, Service, Task, TaskState
from playground.swarm.orchestrator.loop import Loop
from playground.swarm.orchestrator.restart import RestartSupervisor
from playground.swarm.orchestrator.task_init import Concern, check_tasks
from playground.swarm.orchestrator.tasks import (
    GLOBAL_JOB,
    REPLICATED_JOB,
    SlotKey,
    TaskMaker,
    invalid_node,
    remove_service_tasks,
    set_desired_state,
)
from playground.swarm.scheduler import constraints
from playground.swarm.store import Change, ReplicatedStore, Transaction

JOBS = (REPLICATED_JOB, GLOBAL_JOB)


class JobsOrchestrator(Loop):
    """Reconciles a job when its service changes or one of its tasks ends.

    As upstream it does not react to nodes: a global job reaches a node that came later
    when something else makes the job reconcile.
    """

    def __init__(self, kernel: Kernel, store: ReplicatedStore, name: str = "") -> None:
        super().__init__(kernel, store)
        self._maker = TaskMaker(kernel.random("job tasks", name, kernel.now_us), store.view)
        self._restarts = RestartSupervisor(kernel, store, self._maker)

    def start(self) -> None:
        self._restarts.start()
        super().start()

    def stop(self) -> None:
        super().stop()
        self._restarts.stop()

    def concerns(self, change: Change) -> bool:
        found = change.object
        if isinstance(found, Task):
            ended = found.status.state > TaskState.RUNNING and found.desired_state <= TaskState.COMPLETE
            return ended and found.job_iteration is not None and change.old is not None and change.new is not None
        return isinstance(found, Service) and found.mode in JOBS

    async def begin(self) -> None:
        by_slot = Concern((REPLICATED_JOB,), lambda task: SlotKey(task.service_id, task.slot), _leave)
        by_node = Concern((GLOBAL_JOB,), lambda task: SlotKey(task.service_id, node_id=task.node_id), _fix_global)
        for concern in (by_slot, by_node):
            await check_tasks(self.kernel, self.store, self._restarts, concern)
        for service in self.store.view.all(Service):
            await self._reconcile(service.id)

    async def handle(self, changes: Sequence[Change]) -> None:
        service_ids: dict[str, None] = {}
        for change in changes:
            found = change.object
            if isinstance(found, Task):
                service_ids[found.service_id] = None
            elif change.new is not None:
                service_ids[found.id] = None
            else:
                service_ids.pop(found.id, None)
                await remove_service_tasks(self.store, found.id)
                self._restarts.clear_history(found.id)
        for service_id in service_ids:
            await self._reconcile(service_id)

    async def _reconcile(self, service_id: str) -> None:
        service = self.store.view.get(Service, service_id)
        if service is None or service.mode not in JOBS:
            return
        iteration = service.job_status.iteration if service.job_status is not None else 0
        tasks = [task for task in self.store.view.tasks_of_service(service_id) if task.job_iteration is not None]
        current = [task for task in tasks if task.job_iteration == iteration]
        earlier = [task for task in tasks if task.job_iteration != iteration]
        if service.mode == REPLICATED_JOB:
            await self._reconcile_replicated(service, iteration, current)
            earlier = [task for task in earlier if task.status.state <= TaskState.RUNNING]
        else:
            await self._reconcile_global(service, iteration, current)
        await self._desire(earlier, TaskState.REMOVE)

    async def _reconcile_replicated(self, service: Service, iteration: int, tasks: Sequence[Task]) -> None:
        """Make as many tasks as may run at once and are still missing, each in a slot of its own, from 0."""
        mode = service.spec["Mode"][REPLICATED_JOB] or EMPTY
        most = int(mode.get("MaxConcurrent", 1))
        total = int(mode.get("TotalCompletions", most))
        complete = [task for task in tasks if task.status.state is TaskState.COMPLETE]
        active = [
            task
            for task in tasks
            if task.status.state is not TaskState.COMPLETE and task.desired_state <= TaskState.COMPLETE
        ]
        taken = {task.slot: None for task in (*complete, *active)}
        count = min(most - len(active), total - len(complete) - len(active))
        slots = [slot for slot in range(total) if slot not in taken][: max(0, count)]
        await self.store.batch(
            slots, lambda transaction, slot: self._create(transaction, service, iteration, slot=slot)
        )
        await self._restart_ended(service, active)

    async def _reconcile_global(self, service: Service, iteration: int, tasks: Sequence[Task]) -> None:
        """Make a task on each active, ready node that has none; give those up that are on drained or lost nodes."""
        required = constraints.of_template(service.spec["TaskTemplate"])
        matching = [node for node in self.store.view.all(Node) if constraints.matches(node, required)]
        live = [task for task in tasks if task.desired_state <= TaskState.COMPLETE]
        by_node = {task.node_id: task for task in live}
        missing = [
            node.id
            for node in matching
            if node.availability is Availability.ACTIVE
            and node.status.state is NodeState.READY
            and node.id not in by_node
        ]
        await self.store.batch(
            missing, lambda transaction, node_id: self._create(transaction, service, iteration, node_id=node_id)
        )
        await self._restart_ended(service, live)
        stranded = [by_node[node.id] for node in matching if invalid_node(node) and node.id in by_node]
        await self._desire([task for task in stranded if task.status.state <= TaskState.RUNNING], TaskState.SHUTDOWN)

    def _create(
        self, transaction: Transaction, service: Service, iteration: int, *, slot: int = 0, node_id: str = ""
    ) -> None:
        task = self._maker.make(
            service,
            self.kernel.now_us,
            slot=slot,
            node_id=node_id,
            desired_state=TaskState.COMPLETE,
            job_iteration=iteration,
        )
        transaction.create(task)

    async def _restart_ended(self, service: Service, tasks: Sequence[Task]) -> None:
        def restart(transaction: Transaction, task_id: str) -> None:
            task = transaction.get(Task, task_id)
            if task is not None and task.desired_state <= TaskState.COMPLETE:
                self._restarts.restart(transaction, service, task)

        ended = [task.id for task in tasks if task.status.state > TaskState.COMPLETE]
        await self.store.batch(ended, restart)

    async def _desire(self, tasks: Sequence[Task], state: TaskState) -> None:
        def desire(transaction: Transaction, task_id: str) -> None:
            task = transaction.get(Task, task_id)
            if task is not None:
                set_desired_state(transaction, task, state)

        await self.store.batch([task.id for task in tasks], desire)


def _leave(transaction: Transaction, task: Task) -> None:
    """A replicated job restarts what failed when it reconciles."""


def _fix_global(transaction: Transaction, task: Task) -> None:
    if task.desired_state <= TaskState.COMPLETE and invalid_node(transaction.get(Node, task.node_id)):
        set_desired_state(transaction, task, TaskState.SHUTDOWN)
