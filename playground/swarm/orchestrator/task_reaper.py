"""Removes tasks that nobody needs any more: surplus history, and what was removed and has stopped.

Source: swarmkit ``manager/orchestrator/taskreaper/task_reaper.go``.
"""

from collections.abc import Callable, Sequence

from playground.sim.futures import Task as Coroutine
from playground.sim.kernel import MILLISECOND, Kernel, Timer
from playground.swarm.errors import SwarmError
from playground.swarm.model import Cluster, Service, Task, TaskState
from playground.swarm.orchestrator.defaults import TASK_HISTORY_LIMIT, restart_policy, task_history_limit
from playground.swarm.orchestrator.tasks import GLOBAL, REPLICATED, SlotKey, by_timestamp
from playground.swarm.store import Change, ReplicatedStore, Transaction

BATCHING_INTERVAL_US = 250 * MILLISECOND
MAX_DIRTY = 1000
"""With more slots and tasks waiting than this the reaper does not wait for the interval."""


class TaskReaper:
    """Looks at a slot when a task is created in it, and at a task when it is removed and done.

    It keeps its own index of tasks by slot, so that looking at a slot costs what is in it.
    """

    def __init__(self, kernel: Kernel, store: ReplicatedStore) -> None:
        self._kernel = kernel
        self._store = store
        self._history_limit = TASK_HISTORY_LIMIT
        self._slots: dict[SlotKey, dict[str, None]] = {}
        self._dirty: dict[SlotKey, None] = {}
        self._cleanup: dict[str, None] = {}
        self._timer: Timer | None = None
        self._running: Coroutine[None] | None = None
        self._again = False
        self._stop_watching: Callable[[], object] = lambda: None

    def start(self) -> None:
        view = self._store.view
        cluster = view.cluster()
        if cluster is not None:
            self._history_limit = task_history_limit(cluster.spec)
        for task in view.all(Task):
            self._slots.setdefault(_slot_key(task), {})[task.id] = None
            if _orphan(task) or _removable(task):
                self._cleanup[task.id] = None
        self._stop_watching = view.watch(self._hear)
        if self._cleanup:
            self._spawn()

    def stop(self) -> None:
        self._stop_watching()
        if self._timer is not None:
            self._timer.cancel()
        if self._running is not None:
            self._running.cancel()

    def _hear(self, changes: Sequence[Change]) -> None:
        relevant = False
        for change in changes:
            new, old = change.new, change.old
            if isinstance(new, Task):
                relevant |= self._task_changed(new, old if isinstance(old, Task) else None)
            elif isinstance(old, Task):
                self._leave_slot(old)
            elif isinstance(new, Cluster):
                self._history_limit = task_history_limit(new.spec)
        if relevant:
            self._arrange()

    def _arrange(self) -> None:
        """See to it that a tick comes."""
        if self._running is not None:
            self._again = True
        elif len(self._dirty) + len(self._cleanup) > MAX_DIRTY:
            self._spawn()
        elif self._timer is None:
            self._timer = self._kernel.after(BATCHING_INTERVAL_US, self._spawn)

    def _task_changed(self, new: Task, old: Task | None) -> bool:
        key = _slot_key(new)
        if old is None:
            self._slots.setdefault(key, {})[new.id] = None
            self._dirty[key] = None
            return True
        if old.node_id != new.node_id:
            self._leave_slot(old)
            self._slots.setdefault(key, {})[new.id] = None
        if _orphan(new) or _removable(new):
            self._cleanup[new.id] = None
            return True
        # A slot stays dirty while more than one of its tasks is live: come back when one has ended.
        return key in self._dirty

    def _leave_slot(self, task: Task) -> None:
        key = _slot_key(task)
        ids = self._slots.get(key)
        if ids is not None:
            ids.pop(task.id, None)
            if not ids:
                del self._slots[key]

    def _spawn(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._running = self._kernel.spawn(self._tick(), "task reaper")

    async def _tick(self) -> None:
        cleanup, self._cleanup = self._cleanup, {}
        dirty, self._dirty = self._dirty, {}
        surplus = dict(cleanup)
        for key in dirty:
            if self._find_surplus(key, surplus):
                self._dirty[key] = None

        def remove(transaction: Transaction, task_id: str) -> None:
            task = transaction.get(Task, task_id)
            if task is not None:
                transaction.remove(task)

        try:
            await self._store.batch(surplus, remove)
        except SwarmError:
            self._cleanup = {**cleanup, **self._cleanup}
            self._dirty = {**dirty, **self._dirty}
        finally:
            self._running = None
        if self._again:
            self._again = False
            self._arrange()

    def _find_surplus(self, key: SlotKey, surplus: dict[str, None]) -> bool:
        """Add what is too much in a slot, oldest first. Returns True when the slot must be looked at again."""
        view = self._store.view
        service = view.get(Service, key.service_id)
        if service is None or service.mode not in (REPLICATED, GLOBAL):
            return False
        limit = self._history_limit
        attempts = restart_policy(service.spec["TaskTemplate"]).max_attempts
        if attempts > 0:
            # That many are needed to know, after a change of leaders, how often a slot was restarted.
            limit = attempts + 1
        ids = self._slots.get(key, {})
        if limit < 0 or len(ids) <= limit:
            return False
        tasks = [task for task in (view.get(Task, task_id) for task_id in ids) if task is not None]
        excess = len(tasks) - limit
        live = 0
        for task in by_timestamp(tasks):
            if task.status.state > TaskState.RUNNING or _never_runs(task):
                surplus[task.id] = None
                excess -= 1
                if excess <= 0:
                    break
            else:
                live += 1
        return live > 1


def _slot_key(task: Task) -> SlotKey:
    """A task of a numbered slot belongs to it wherever it runs."""
    return SlotKey(task.service_id, task.slot) if task.slot else SlotKey(task.service_id, node_id=task.node_id)


def _orphan(task: Task) -> bool:
    return task.status.state >= TaskState.ORPHANED and not task.service_id


def _removable(task: Task) -> bool:
    """To be removed, and not on a node yet or stopped there."""
    state = task.status.state
    return task.desired_state is TaskState.REMOVE and (state < TaskState.ASSIGNED or state >= TaskState.COMPLETE)


def _never_runs(task: Task) -> bool:
    return task.status.state < TaskState.ASSIGNED and task.desired_state > TaskState.RUNNING
