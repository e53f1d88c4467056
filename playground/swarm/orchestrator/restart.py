"""Replaces tasks that ended, as their restart policy says.

The replacement exists during the delay already, desired READY, so that its image is
there when it may start.

Source: swarmkit ``manager/orchestrator/restart/restart.go``.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVarTuple

from playground.sim.futures import Future
from playground.sim.futures import Task as Coroutine
from playground.sim.kernel import SECOND, Kernel, Timer
from playground.swarm.errors import SwarmError
from playground.swarm.model import Availability, Node, NodeState, Service, Task, TaskState
from playground.swarm.orchestrator.defaults import restart_policy
from playground.swarm.orchestrator.task_watch import TaskWatch
from playground.swarm.orchestrator.tasks import (
    GLOBAL,
    GLOBAL_JOB,
    REPLICATED_JOB,
    Slot,
    SlotKey,
    TaskMaker,
    by_timestamp,
)
from playground.swarm.store import Change, ReplicatedStore, Transaction

Given = TypeVarTuple("Given")

OLD_TASK_TIMEOUT_US = 60 * SECOND
"""A replacement waits no longer than this for the task before it to stop."""


@dataclass(slots=True)
class _History:
    """Restarts of one slot under one spec version. ``times_us`` is kept where the policy has a window."""

    spec_version: int | None
    restarts: int = 0
    times_us: deque[int] = field(default_factory=deque)


class _Delay:
    """A start that waits for its delay and for the old task's end."""

    __slots__ = ("done", "elapsed", "old_ended", "task_id", "timers", "unwatch", "waiter")

    def __init__(self, task_id: str, done: Future[None]) -> None:
        self.task_id = task_id
        self.done = done
        self.elapsed = False
        self.old_ended = False
        self.waiter = False
        self.timers: list[Timer] = []
        self.unwatch: list[Callable[[], None]] = []

    def release(self) -> None:
        """Stop waiting."""
        for timer in self.timers:
            timer.cancel()
        for stop in self.unwatch:
            stop()


class RestartSupervisor:
    """Restarts tasks for one orchestrator, and remembers how often.

    The history of a slot counts the restarts under the current spec only, and is kept
    only where the policy limits attempts.
    """

    def __init__(self, kernel: Kernel, store: ReplicatedStore, maker: TaskMaker) -> None:
        self._kernel = kernel
        self._store = store
        self._maker = maker
        self._watch = TaskWatch(store.view)
        self._delays: dict[str, _Delay] = {}
        self._due: list[_Delay] = []
        self._coroutines: dict[int, Coroutine[None]] = {}
        self._coroutine_count = 0
        self._history: dict[str, dict[SlotKey, _History]] = {}

    def start(self) -> None:
        self._watch.start()

    def stop(self) -> None:
        """Abort all delays: their tasks stay READY, for the next leader to start."""
        self._watch.stop()
        for delay in self._delays.values():
            delay.release()
        self._delays.clear()
        self._due.clear()
        for coroutine in list(self._coroutines.values()):
            coroutine.cancel()

    def restart(self, transaction: Transaction, service: Service, task: Task) -> None:
        """Give the task up and, where the policy allows, make its replacement.

        A task that is itself still in its delay is dealt with once that is over, so that
        what fails at once does not restart at once. A task given up already is left alone.
        """
        delay = self._delays.get(task.id)
        if delay is not None:
            if not delay.waiter:
                delay.waiter = True
                delay.done.when_done(lambda _: self._spawn(self._restart_later, task.id))
            return
        if task.desired_state > TaskState.COMPLETE:
            return
        transaction.update(replace(task, desired_state=TaskState.SHUTDOWN))
        if not self.should_restart(task, service):
            return
        on_nodes = service.mode in (GLOBAL, GLOBAL_JOB)
        job = service.mode in (REPLICATED_JOB, GLOBAL_JOB)
        replacement = self._maker.make(
            service,
            self._kernel.now_us,
            slot=0 if on_nodes else task.slot,
            node_id=task.node_id if on_nodes else "",
            desired_state=TaskState.READY,
            job_iteration=(service.job_status.iteration if service.job_status else 0) if job else None,
        )
        transaction.create(replacement)
        self.record(SlotKey(service.id, replacement.slot, replacement.node_id), replacement)

        node = transaction.get(Node, task.node_id)
        drained = node is not None and node.availability is Availability.DRAIN
        down = node is not None and node.status.state is NodeState.DOWN
        self.delay_start(
            task,
            replacement.id,
            0 if drained else restart_policy(task.spec).delay_us,
            wait_for_end=not down and task.status.state <= TaskState.RUNNING,
        )

    def should_restart(self, task: Task, service: Service) -> bool:
        """True when the policy of the (ended) task asks for a replacement and attempts are left."""
        policy = restart_policy(task.spec)
        if policy.condition == "none":
            return False
        completed = task.status.state is TaskState.COMPLETE
        if completed and (policy.condition == "on-failure" or service.mode in (REPLICATED_JOB, GLOBAL_JOB)):
            return False
        if not policy.max_attempts:
            return True
        # As upstream: tasks of global jobs are recorded by node but looked up without, so nothing limits them.
        key = SlotKey(task.service_id, task.slot, task.node_id if service.mode == GLOBAL else "")
        history = self._history.get(task.service_id, {}).get(key)
        if history is None or (task.spec_version is not None and task.spec_version != history.spec_version):
            return True
        if not policy.window_us:
            return history.restarts < policy.max_attempts
        ended_us = task.status.timestamp_us
        times_us = history.times_us
        while times_us and times_us[0] <= ended_us - policy.window_us:
            times_us.popleft()
        return sum(moment < ended_us for moment in times_us) < policy.max_attempts

    def updatable_tasks(self, slot: Sequence[Task], service: Service) -> Slot:
        """The tasks of a slot that an update deals with; empty for a slot that is to be filled anew.

        Those are the ones meant to run or, where none is, the newest if it is not to be
        restarted: an exhausted task stays as it is until an update replaces it. A rollback
        fills such slots anew, so that it always comes to an end.
        """
        live = tuple(task for task in slot if task.desired_state <= TaskState.RUNNING)
        if live or not slot:
            return live
        if service.update_status is not None and service.update_status.state == "rollback_started":
            return ()
        last = by_timestamp(slot)[-1]
        return () if self.should_restart(last, service) else (last,)

    def record(self, key: SlotKey, replacement: Task) -> None:
        """Count a restart, where the policy of the new task limits them."""
        policy = restart_policy(replacement.spec)
        if not policy.max_attempts:
            return
        of_service = self._history.setdefault(replacement.service_id, {})
        history = of_service.get(key)
        if history is None or replacement.spec_version != history.spec_version:
            history = of_service[key] = _History(replacement.spec_version)
        history.restarts += 1
        if policy.window_us:
            history.times_us.append(replacement.created_us or self._kernel.now_us)

    def clear_history(self, service_id: str) -> None:
        self._history.pop(service_id, None)

    # Delayed starts

    def delay_start(self, old: Task | None, task_id: str, delay_us: int, *, wait_for_end: bool) -> Future[None]:
        """Start a READY task after a delay and, if asked, after ``old`` has ended or its node is down.

        Call it inside the update that writes either task, so that nothing is missed. The
        future is done once the task was started or the wait was cancelled.
        """
        self.cancel(task_id)
        delay = self._delays[task_id] = _Delay(task_id, Future(self._kernel))
        if wait_for_end and old is not None and old.status.state <= TaskState.RUNNING:
            delay.unwatch = [
                self._watch.task(old.id, lambda change: self._old_changed(delay, change)),
                self._watch.node(old.node_id, lambda change: self._old_changed(delay, change)),
            ]
            delay.timers.append(self._kernel.after(OLD_TASK_TIMEOUT_US, self._old_ended, delay))
        else:
            delay.old_ended = True
        delay.timers.append(self._kernel.after(delay_us, self._elapsed, delay))
        return delay.done

    def start_now(self, transaction: Transaction, task_id: str) -> None:
        """Let a READY task run (a job's: complete)."""
        task = transaction.get(Task, task_id)
        if task is None or task.desired_state >= TaskState.RUNNING:
            return
        desired = TaskState.RUNNING if task.job_iteration is None else TaskState.COMPLETE
        transaction.update(replace(task, desired_state=desired))

    def cancel(self, task_id: str) -> None:
        """Forget a delayed start."""
        delay = self._delays.pop(task_id, None)
        if delay is not None:
            delay.release()
            delay.done.set(None)

    def _old_changed(self, delay: _Delay, change: Change) -> None:
        new = change.new
        if isinstance(new, Task):
            ended = new.status.state > TaskState.RUNNING
        elif isinstance(new, Node):
            ended = new.status.state is NodeState.DOWN
        else:
            ended = True  # the task, or its node, was removed: there is nothing left to wait for
        if ended:
            self._old_ended(delay)

    def _old_ended(self, delay: _Delay) -> None:
        delay.old_ended = True
        self._check(delay)

    def _elapsed(self, delay: _Delay) -> None:
        delay.elapsed = True
        self._check(delay)

    def _check(self, delay: _Delay) -> None:
        if delay.elapsed and delay.old_ended and self._delays.get(delay.task_id) is delay:
            delay.release()
            self._due.append(delay)
            if len(self._due) == 1:
                self._spawn(self._start_due)

    async def _start_due(self) -> None:
        """Start, in as few updates as possible, all that became due at this instant."""
        due, self._due = self._due, []
        try:
            await self._store.batch([delay.task_id for delay in due], self.start_now)
        finally:
            for delay in due:
                if self._delays.get(delay.task_id) is delay:
                    del self._delays[delay.task_id]
                delay.done.set(None)

    async def _restart_later(self, task_id: str) -> None:
        """The delay in which the task ended is over: restart it now."""

        def again(transaction: Transaction) -> None:
            task = transaction.get(Task, task_id)
            service = transaction.get(Service, task.service_id) if task is not None else None
            if task is not None and service is not None and task.desired_state <= TaskState.RUNNING:
                self.restart(transaction, service, task)

        await self._store.update(again)

    def _spawn(self, step: Callable[[*Given], Awaitable[object]], *arguments: *Given) -> None:
        self._coroutine_count += 1
        number = self._coroutine_count

        async def guarded() -> None:
            try:
                await step(*arguments)
            except SwarmError:
                pass  # leadership was lost: the next leader finds the tasks as they are
            finally:
                self._coroutines.pop(number, None)

        self._coroutines[number] = self._kernel.spawn(guarded(), "restart supervisor")
