"""Gives every pending task a node, or says why there is none.

The scheduler keeps its own counters of nodes and tasks, changed by what the store
tells, and looks at a task again only when something changed that may matter to it.

Source: swarmkit ``manager/scheduler/scheduler.go``.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from playground.sim.futures import Task as Coroutine
from playground.sim.kernel import MILLISECOND, SECOND, Kernel, Timer
from playground.swarm.errors import SwarmError
from playground.swarm.model import EMPTY, Network, Node, Service, Task, TaskState, TaskStatus
from playground.swarm.scheduler import decision_tree
from playground.swarm.scheduler.filters import all_filters
from playground.swarm.scheduler.node_info import NodeInfo
from playground.swarm.scheduler.pipeline import Pipeline
from playground.swarm.scheduler.placement import Placement
from playground.swarm.store import Change, ReplicatedStore, Transaction

COMMIT_DEBOUNCE_US = 50 * MILLISECOND
"""Quiet time after a commit before the queue is looked at."""
MAX_LATENCY_US = SECOND
"""Commits in a row put the queue off no longer than this."""

Decision = tuple[Task, Task]
"""A task as the scheduler knew it, and as it shall be."""


class Scheduler:
    """The leader's scheduling loop.

    Tasks of global services come with a node already; for them the scheduler only
    confirms that the node can take the task.
    """

    def __init__(self, kernel: Kernel, store: ReplicatedStore, name: str = "") -> None:
        self._kernel = kernel
        self._store = store
        self._random = kernel.random("scheduler", name, kernel.now_us)
        self._pipeline = Pipeline(all_filters(lambda network_id: store.view.get(Network, network_id)))
        self._nodes: dict[str, NodeInfo] = {}
        self._tasks: dict[str, Task] = {}
        self._unassigned: dict[str, Task] = {}
        self._preassigned: dict[str, None] = {}
        self._pending_preassigned: dict[str, Task] = {}
        self._tick_required = False
        self._confirm_required = False
        self._timer: Timer | None = None
        self._debounce_started_us = 0
        self._quiet_until_us = 0
        self._running: Coroutine[None] | None = None
        self._stop_watching: Callable[[], object] = lambda: None

    def start(self) -> None:
        """Read the store and schedule what is pending, at once."""
        for task in self._store.view.all(Task):
            self._take_up(task)
        tasks_by_node: dict[str, list[Task]] = {}
        for task in self._tasks.values():
            if task.node_id and task.id not in self._pending_preassigned:
                tasks_by_node.setdefault(task.node_id, []).append(task)
        for node in self._store.view.all(Node):
            info = self._nodes[node.id] = NodeInfo(node)
            for task in tasks_by_node.get(node.id, ()):
                info.add_task(task)
        self._tick_required = self._confirm_required = True
        self._stop_watching = self._store.view.watch(self._hear)
        self._schedule()

    def stop(self) -> None:
        self._stop_watching()
        if self._timer is not None:
            self._timer.cancel()
        if self._running is not None:
            self._running.cancel()

    def _take_up(self, task: Task) -> None:
        """Note a task found at the start, where it still needs or uses a node."""
        state = task.status.state
        if not TaskState.PENDING <= state <= TaskState.RUNNING:
            return
        if state is TaskState.PENDING and task.desired_state > TaskState.COMPLETE:
            return
        self._tasks[task.id] = task
        if not task.node_id:
            self._unassigned[task.id] = task
        elif state is TaskState.PENDING:
            self._preassigned[task.id] = None
            self._pending_preassigned[task.id] = task

    # What the store tells

    def _hear(self, changes: Sequence[Change]) -> None:
        for change in changes:
            new, old = change.new, change.old
            if isinstance(new, Task):
                if old is None:
                    self._task_created(new)
                else:
                    self._task_updated(new)
            elif isinstance(new, Node):
                self._node_changed(new)
            elif isinstance(old, Task):
                self._task_deleted(old)
            elif isinstance(old, Node):
                self._nodes.pop(old.id, None)
        if (self._tick_required and self._unassigned) or (self._confirm_required and self._pending_preassigned):
            self._debounce()
        elif self._timer is not None:
            self._quiet_until_us = self._kernel.now_us + COMMIT_DEBOUNCE_US

    def _node_changed(self, node: Node) -> None:
        info = self._nodes.get(node.id)
        if info is None:
            self._nodes[node.id] = NodeInfo(node)
        else:
            info.set_node(node)
        self._tick_required = self._confirm_required = True

    def _task_created(self, task: Task) -> None:
        if not TaskState.PENDING <= task.status.state <= TaskState.RUNNING:
            return
        self._tasks[task.id] = task
        self._queue_or_count(task)

    def _task_updated(self, task: Task) -> None:
        state = task.status.state
        if state < TaskState.PENDING:
            return
        old = self._tasks.get(task.id)
        if state > TaskState.RUNNING:
            if old is None:
                return
            failed = state in (TaskState.FAILED, TaskState.REJECTED) and state is not old.status.state
            info = self._nodes.get(task.node_id)
            # The scheduler did not choose the node of a preassigned task, so its failures tell it nothing.
            if failed and info is not None and task.id not in self._preassigned:
                info.task_failed(task, self._kernel.now_us)
            self._forget(old)
            self._tick_required = self._confirm_required = True
            return
        if old is not None and (not task.node_id or state is TaskState.PENDING):
            self._forget(old)
        self._tasks[task.id] = task
        self._queue_or_count(task)

    def _queue_or_count(self, task: Task) -> None:
        if not task.node_id:
            self._unassigned[task.id] = task
            self._tick_required = True
        elif task.status.state is TaskState.PENDING:
            self._preassigned[task.id] = None
            self._pending_preassigned[task.id] = task
            self._confirm_required = True
        else:
            self._pending_preassigned.pop(task.id, None)
            info = self._nodes.get(task.node_id)
            if info is not None:
                info.add_task(task)

    def _task_deleted(self, task: Task) -> None:
        if self._forget(self._tasks.get(task.id, task)):
            self._tick_required = self._confirm_required = True

    def _forget(self, task: Task) -> bool:
        """Stop tracking a task; True when it used a node."""
        self._tasks.pop(task.id, None)
        self._unassigned.pop(task.id, None)
        self._preassigned.pop(task.id, None)
        self._pending_preassigned.pop(task.id, None)
        info = self._nodes.get(task.node_id)
        return info is not None and info.remove_task(task)

    # When

    def _debounce(self) -> None:
        """Look at the queue once commits have paused, or have not for too long."""
        now_us = self._kernel.now_us
        self._quiet_until_us = now_us + COMMIT_DEBOUNCE_US
        if self._running is not None:
            return
        if self._timer is None:
            self._debounce_started_us = now_us
            self._timer = self._kernel.after(COMMIT_DEBOUNCE_US, self._quiet)

    def _quiet(self) -> None:
        waited_us = self._kernel.now_us - self._debounce_started_us
        if self._kernel.now_us < self._quiet_until_us and waited_us <= MAX_LATENCY_US:
            self._timer = self._kernel.at(self._quiet_until_us, self._quiet)
        else:
            self._schedule()

    def _schedule(self) -> None:
        self._timer = None
        self._running = self._kernel.spawn(self._run(), "scheduler")

    async def _run(self) -> None:
        try:
            if self._confirm_required:
                self._confirm_required = False
                await self._apply(self._confirm_preassigned())
            if self._tick_required:
                self._tick_required = False
                await self._apply(self._tick())
        except SwarmError:
            return  # the queue is whole again; the next commit, if we still lead, brings us back to it
        finally:
            self._running = None
        if (self._tick_required and self._unassigned) or (self._confirm_required and self._pending_preassigned):
            self._debounce()

    # What

    def _confirm_preassigned(self) -> list[Decision]:
        """See which global tasks their nodes can take; says of the others why not."""
        decisions = []
        for task in list(self._pending_preassigned.values()):
            info = self._nodes.get(task.node_id)
            if info is None:
                continue
            self._pipeline.set_task(task)
            if self._pipeline.process(info):
                new = self._assigned(task, info, "scheduler confirmed task can run on preassigned node")
            else:
                error = self._pipeline.explain()
                if error == task.status.error:
                    continue
                status = replace(task.status, error=error, timestamp_us=self._kernel.now_us)
                new = self._tasks[task.id] = replace(task, status=status)
            decisions.append((task, new))
        return decisions

    def _tick(self) -> list[Decision]:
        """Try to place every unassigned task, those of one service and spec together."""
        groups: dict[tuple[str, int | str], list[Task]] = {}
        for task in self._unassigned.values():
            version = task.id if task.spec_version is None else task.spec_version
            groups.setdefault((task.service_id, version), []).append(task)
        self._unassigned = {}
        order = list(groups.values())
        self._random.shuffle(order)
        decisions: list[Decision] = []
        for group in order:
            self._place_group(group, decisions)
        return decisions

    def _place_group(self, group: list[Task], decisions: list[Decision]) -> None:
        task = group[0]
        self._pipeline.set_task(task)
        service = (task.service_id, task.spec_version)
        now_us = self._kernel.now_us
        nodes = list(self._nodes.values())
        self._random.shuffle(nodes)
        self._random.shuffle(group)
        placement = task.spec.get("Placement") or EMPTY
        keys = decision_tree.descriptors(placement.get("Preferences"))
        tree = decision_tree.build(nodes, task.service_id, keys, self._pipeline.process)

        weighed = [self._weighed(info, task) for info in nodes] if self._kernel.followed else []

        def assign(chosen: Task, info: NodeInfo) -> None:
            if weighed:
                of_service = info.active_by_service.get(task.service_id, 0)
                facts = {"task": chosen.name, "node": info.node.hostname, "of_service": of_service}
                self._kernel.mark("chosen", total=info.active_tasks, weighed=weighed, **facts)
            decisions.append((chosen, self._assigned(chosen, info, "scheduler assigned task to node")))

        spreading = Placement(group, self._pipeline, lambda info: info.rank(service, now_us), assign, self._random)
        spreading.place(len(group), tree)
        if spreading.waiting:
            if weighed:
                facts = {"task": task.name, "count": len(spreading.waiting), "why": self._pipeline.explain()}
                self._kernel.mark("no node", weighed=weighed, **facts)
            self._no_suitable_node(spreading.waiting, decisions)

    def _weighed(self, info: NodeInfo, task: Task) -> dict[str, str | int]:
        """What speaks for and against a node, for whoever follows the command."""
        return {
            "node": info.node.hostname,
            "why_not": self._pipeline.why_not(info),
            "of_service": info.active_by_service.get(task.service_id, 0),
            "total": info.active_tasks,
        }

    def _assigned(self, task: Task, info: NodeInfo, message: str) -> Task:
        status = TaskStatus(TaskState.ASSIGNED, message, timestamp_us=self._kernel.now_us)
        new = self._tasks[task.id] = replace(task, node_id=info.node.id, status=status)
        info.add_task(new)
        return new

    def _no_suitable_node(self, tasks: list[Task], decisions: list[Decision]) -> None:
        explanation = self._pipeline.explain()
        error = f"no suitable node ({explanation})" if explanation else "no suitable node"
        for task in tasks:
            service = self._store.view.get(Service, task.service_id)
            if service is None:
                continue
            status = task.status
            if task.spec_version is not None and service.spec_version > task.spec_version:
                if task.desired_state <= TaskState.COMPLETE:
                    # Scaling does not replace tasks, so this one is still wanted. Upstream forgets
                    # it here, and it stays pending for ever.
                    self._unassigned[task.id] = task
                elif status.state is TaskState.PENDING:
                    # An update gave the task up before it had a node: nobody else will end it.
                    status = replace(status, state=TaskState.SHUTDOWN, error="", timestamp_us=self._kernel.now_us)
            else:
                if status.error != error:
                    status = replace(status, error=error, timestamp_us=self._kernel.now_us)
                self._unassigned[task.id] = task
            if status is not task.status:
                new = self._tasks[task.id] = replace(task, status=status)
                if task.id in self._unassigned:
                    self._unassigned[task.id] = new
                decisions.append((task, new))

    async def _apply(self, decisions: list[Decision]) -> None:
        """Commit decisions; a task that changed meanwhile goes back into the queue."""
        stale: list[Decision] = []

        def write(transaction: Transaction, decision: Decision) -> None:
            old, new = decision
            current = transaction.get(Task, old.id)
            if current is None:
                self._forget(new)
            elif current.version != old.version:
                stale.append(decision)
            else:
                transaction.update(new if new.version == current.version else replace(new, version=current.version))

        try:
            await self._store.batch(decisions, write)
        except SwarmError:
            stale = decisions
            raise
        finally:
            for _, new in stale:
                self._reconsider(new)

    def _reconsider(self, new: Task) -> None:
        current = self._store.view.get(Task, new.id)
        if current is not None and current.version > new.version and current.status.state >= TaskState.ASSIGNED:
            return
        self._forget(new)
        if current is not None and TaskState.PENDING <= current.status.state <= TaskState.RUNNING:
            self._tasks[current.id] = current
            self._queue_or_count(current)
