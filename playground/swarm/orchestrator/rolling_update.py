"""Replaces the tasks of a service slot by slot, watches them, and pauses or turns back when they fail.

Source: swarmkit ``manager/orchestrator/update/updater.go``.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from playground.sim.futures import Future, Signal
from playground.sim.futures import Task as Coroutine
from playground.sim.kernel import SECOND, Kernel, Timer
from playground.swarm.errors import SwarmError
from playground.swarm.model import Node, Service, Task, TaskState, UpdateStatus
from playground.swarm.orchestrator.defaults import UpdateConfig, update_config
from playground.swarm.orchestrator.restart import RestartSupervisor
from playground.swarm.orchestrator.task_watch import TaskWatch
from playground.swarm.orchestrator.tasks import GLOBAL, Slot, TaskMaker, is_dirty, set_desired_state
from playground.swarm.store import Change, ReplicatedStore, Transaction

UPDATING = "updating"
PAUSED = "paused"
COMPLETED = "completed"
ROLLBACK_STARTED = "rollback_started"
ROLLBACK_PAUSED = "rollback_paused"
ROLLBACK_COMPLETED = "rollback_completed"


class UpdateSupervisor:
    """Runs at most one update a service; a newer one cancels it."""

    def __init__(self, kernel: Kernel, store: ReplicatedStore, restarts: RestartSupervisor, maker: TaskMaker) -> None:
        self._kernel = kernel
        self._store = store
        self._restarts = restarts
        self._maker = maker
        self._watch = TaskWatch(store.view)
        self._updates: dict[str, Updater] = {}

    def start(self) -> None:
        self._watch.start()

    def stop(self) -> None:
        """Abort all updates where they stand; the next leader goes on."""
        self._watch.stop()
        for updater in self._updates.values():
            updater.abort()
        self._updates.clear()

    async def update(self, service: Service, slots: Sequence[Slot]) -> None:
        """Bring the slots up to the service's spec, in the background.

        An update towards the same spec goes on as it is; any other is cancelled first.
        """
        running = self._updates.get(service.id)
        if running is not None:
            if running.service.spec == service.spec:
                return
            await running.cancel()
        updater = Updater(self._kernel, self._store, self._restarts, self._maker, self._watch, service)
        self._updates[service.id] = updater
        updater.start(slots, self._finished)

    async def cancel(self, service_id: str) -> None:
        """The service is gone: nothing of it is updated any more."""
        running = self._updates.get(service_id)
        if running is not None:
            await running.cancel()

    def _finished(self, updater: "Updater") -> None:
        if self._updates.get(updater.service.id) is updater:
            del self._updates[updater.service.id]


class Updater:
    """One update: up to ``parallelism`` slots at a time, each followed by the delay.

    A task made by this update counts as failed when it passes RUNNING within the monitoring
    period after it first ran, or without having run. Failures are looked at between slots
    and, after the last slot, while monitoring.
    """

    def __init__(
        self,
        kernel: Kernel,
        store: ReplicatedStore,
        restarts: RestartSupervisor,
        maker: TaskMaker,
        watch: TaskWatch,
        service: Service,
    ) -> None:
        self.service = service
        self._kernel = kernel
        self._store = store
        self._restarts = restarts
        self._maker = maker
        self._watch = watch
        self._cancelled = False
        self._stopped = False
        """Cancelled, paused or turned back: nothing more is handed out, and the update is not complete."""
        self._news = Signal(kernel)
        self._waits: dict[int, Future[None]] = {}
        self._wait_count = 0
        self._ended: Future[None] = Future(kernel)
        self._busy: dict[int, Coroutine[None]] = {}
        self._main: Coroutine[None] | None = None
        self._started_us: dict[str, int | None] = {}
        """When each task of this update was first seen at RUNNING or beyond; None before."""
        self._passed: deque[Task] = deque()
        self._failed: dict[str, None] = {}
        self._dirty_slots = 0
        rolling_back = service.update_status is not None and service.update_status.state == ROLLBACK_STARTED
        self._rolling_back = rolling_back
        self._config: UpdateConfig = update_config(service.spec, rollback=rolling_back)
        self._monitor_us = self._config.monitor_us

    def start(self, slots: Sequence[Slot], finished: "Callable[[Updater], object]") -> None:
        async def main() -> None:
            try:
                await self._run(slots)
            except SwarmError:
                pass  # leadership was lost: the next leader resumes
            finally:
                finished(self)
                self._ended.set(None)

        self._main = self._kernel.spawn(main(), f"update of {self.service.name}")

    async def cancel(self) -> None:
        """Take no further step; returns when steps under way are done."""
        self._stopped = self._cancelled = True
        self._news.notify()
        for wait in list(self._waits.values()):
            wait.set(None)
        await self._ended

    def abort(self) -> None:
        """Stop at once, in the middle of whatever is under way."""
        for coroutine in [*self._busy.values(), self._main]:
            if coroutine is not None:
                coroutine.cancel()

    async def _run(self, slots: Sequence[Slot]) -> None:
        status = self.service.update_status
        if status is not None and status.state in (PAUSED, ROLLBACK_PAUSED):
            return
        dirty = [slot for slot in slots if len(slot) > 1 or any(map(self._is_dirty, slot))]
        if not dirty:
            if status is not None and status.state in (UPDATING, ROLLBACK_STARTED):
                await self._set_status(self._complete)
            return
        if status is None:
            await self._set_status(self._begin)
        self._dirty_slots = len(dirty)
        unwatch = self._watch.tasks_of_service(self.service.id, self._task_changed)
        try:
            await self._roll_out(dirty)
            if not self._stopped:
                await self._monitor()
        finally:
            unwatch()
        if not self._stopped:
            await self._set_status(self._complete)

    async def _roll_out(self, slots: Sequence[Slot]) -> None:
        """Hand the slots out, until the last or until a failure ends it; returns when no slot is worked on."""
        most = self._config.parallelism or len(slots)
        for number, slot in enumerate(slots):
            ended = await self._failure_ends_it()
            while not ended and not self._stopped and len(self._busy) >= most:
                await self._news.wait()
                ended = await self._failure_ends_it()
            if ended or self._stopped:
                break
            self._busy[number] = self._kernel.spawn(self._work(number, slot), f"update of {self.service.name}")
        while self._busy:
            await self._news.wait()

    async def _monitor(self) -> None:
        """Watch the new tasks for one more monitoring period."""
        if self._config.delay_us >= self._monitor_us:
            # The last slot's failure may have waited out the delay; it still counts.
            self._monitor_us = self._config.delay_us + SECOND
        over_us = self._kernel.now_us + self._monitor_us
        timer: Timer = self._kernel.at(over_us, self._news.notify)
        try:
            while not self._stopped and not await self._failure_ends_it() and self._kernel.now_us < over_us:
                await self._news.wait()
        finally:
            timer.cancel()

    # Failures

    def _task_changed(self, change: Change) -> None:
        new = change.new
        if self._config.failure_action == "continue" or not isinstance(new, Task):
            return
        if new.status.state > TaskState.RUNNING and new.id in self._started_us:
            self._passed.append(new)
            self._news.notify()

    async def _failure_ends_it(self) -> bool:
        """Judge the tasks that passed RUNNING; True when that ended the update."""
        while self._passed:
            task = self._passed.popleft()
            if task.id in self._failed:
                continue
            started_us = self._started_us[task.id]
            if started_us is not None and self._kernel.now_us - started_us > self._monitor_us:
                continue
            self._failed[task.id] = None
            if len(self._failed) / self._dirty_slots <= self._config.max_failure_ratio:
                continue
            await self._act_on_failure(f"due to failure or early termination of task {task.id}")
            return True
        return False

    async def _act_on_failure(self, why: str) -> None:
        if self._config.failure_action == "pause":
            self._stopped = True
            await self._set_status(lambda service: _pause(service, f"update paused {why}"))
        elif self._rolling_back:
            # A rollback is never rolled back. As upstream it hands out no more slots but is
            # not stopped: once monitored it is declared complete, over the pause.
            await self._set_status(lambda service: _pause(service, f"rollback paused {why}"))
        else:
            self._stopped = True
            await self._set_status(lambda service: _roll_back(service, f"update rolled back {why}"))

    # One slot

    async def _work(self, number: int, slot: Slot) -> None:
        try:
            try:
                await self._update_slot(slot)
            except SwarmError:
                pass  # this slot could not be updated; the others may
            if self._config.delay_us and not self._cancelled:
                await self._until(self._kernel.sleep(self._config.delay_us))
        finally:
            self._busy.pop(number, None)
            self._news.notify()

    async def _update_slot(self, slot: Slot) -> None:
        clean = [task for task in slot if not self._is_dirty(task)]
        running = [task for task in clean if task.desired_state is TaskState.RUNNING][:1]
        coming = [task for task in clean if task.desired_state < TaskState.RUNNING][-1:]
        if running or coming:
            await self._use((running or coming)[0], slot)
        else:
            await self._replace(slot)

    async def _use(self, existing: Task, slot: Slot) -> None:
        """One task of the slot is up to date already: remove the others, and let it run."""
        others = [task for task in slot if task is not existing]
        started: list[Future[None]] = []

        def write(transaction: Transaction) -> None:
            old = _shut_down(transaction, others)
            if existing.desired_state is not TaskState.RUNNING:
                started.append(self._restarts.delay_start(old, existing.id, 0, wait_for_end=True))

        if others or existing.desired_state is not TaskState.RUNNING:
            await self._store.update(write)
            for future in started:
                await self._until(future)

    async def _replace(self, slot: Slot) -> None:
        """Put a new task in the slot; returns when it runs, or has ended."""
        start_first = self._config.order == "start-first"
        new = self._maker.make(
            self.service,
            self._kernel.now_us,
            slot=slot[0].slot,
            node_id=slot[0].node_id if self.service.mode == GLOBAL else "",
            desired_state=TaskState.READY,
        )
        reached = Future[Task | None](self._kernel)
        unwatch = self._watch.task(new.id, lambda change: self._new_task_changed(change, reached))
        self._started_us[new.id] = None

        def write(transaction: Transaction) -> Future[None] | None:
            if transaction.get(Service, new.service_id) is None:
                return None
            transaction.create(new)
            if start_first:
                return self._restarts.delay_start(None, new.id, 0, wait_for_end=False)
            old = _shut_down(transaction, slot)
            return self._restarts.delay_start(old, new.id, 0, wait_for_end=True)

        try:
            started = await self._store.update(write)
            if started is None or not await self._until(started) or not await self._until(reached):
                return
            task = reached.result()
            if start_first and task is not None and task.status.state is TaskState.RUNNING:
                await self._store.update(lambda transaction: _shut_down(transaction, slot))
        finally:
            unwatch()

    def _new_task_changed(self, change: Change, reached: "Future[Task | None]") -> None:
        new = change.new
        if new is None:
            reached.set(None)  # removed before it ran: there is nothing to wait for
        elif isinstance(new, Task) and new.status.state >= TaskState.RUNNING and not reached.done:
            self._started_us[new.id] = self._kernel.now_us
            reached.set(new)

    async def _until(self, future: Future[Task | None] | Future[None]) -> bool:
        """Wait; False when the update was cancelled first."""
        if not future.done and not self._cancelled:
            either = Future[None](self._kernel)
            self._wait_count += 1
            number = self._wait_count
            self._waits[number] = either
            future.when_done(lambda _: either.set(None))
            try:
                await either
            finally:
                del self._waits[number]
        return not self._cancelled

    def _is_dirty(self, task: Task) -> bool:
        return is_dirty(self.service, task, self._store.view.get(Node, task.node_id))

    # Status

    async def _set_status(self, change: Callable[[Service], Service | None]) -> None:
        """Write what ``change`` makes of the service; None leaves it alone."""

        def write(transaction: Transaction) -> None:
            service = transaction.get(Service, self.service.id)
            changed = change(service) if service is not None else None
            if changed is not None:
                transaction.update(changed)

        await self._store.update(write)

    def _begin(self, service: Service) -> Service | None:
        if service.update_status is not None:
            return None
        return replace(service, update_status=UpdateStatus(UPDATING, "update in progress", self._kernel.now_us))

    def _complete(self, service: Service) -> Service | None:
        status = service.update_status
        if status is None:
            return None
        if status.state == ROLLBACK_STARTED:
            status = replace(status, state=ROLLBACK_COMPLETED, message="rollback completed")
        else:
            status = replace(status, state=COMPLETED, message="update completed")
        return replace(service, update_status=replace(status, completed_us=self._kernel.now_us))


def _pause(service: Service, message: str) -> Service | None:
    status = service.update_status
    if status is None:
        return None
    state = ROLLBACK_PAUSED if status.state == ROLLBACK_STARTED else PAUSED
    return replace(service, update_status=replace(status, state=state, message=message))


def _roll_back(service: Service, message: str) -> Service | None:
    """Go back to the spec before; afterwards there is none to go back to."""
    status = service.update_status
    if status is None or service.previous_spec is None:
        return None
    return replace(
        service,
        update_status=replace(status, state=ROLLBACK_STARTED, message=message),
        spec=service.previous_spec,
        spec_version=service.previous_spec_version or 0,
        previous_spec=None,
        previous_spec_version=None,
    )


class SlotChanged(SwarmError):
    """The tasks of the slot were replaced since the update saw them; whoever did so used the current spec."""


def _shut_down(transaction: Transaction, tasks: Sequence[Task]) -> Task | None:
    """Give up those tasks that are meant to run; returns the last of them.

    Raises:
        SlotChanged: there were such tasks when the update began, and there is none now.
    """
    last = None
    live = [each for each in tasks if each.desired_state <= TaskState.RUNNING]
    for each in live:
        task = transaction.get(Task, each.id)
        if task is not None and task.desired_state <= TaskState.RUNNING:
            set_desired_state(transaction, task, TaskState.SHUTDOWN)
            last = task
    if live and last is None:
        raise SlotChanged
    return last
