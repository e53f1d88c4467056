"""Walks one task through its states, on the node it is assigned to.

Source: swarmkit ``agent/task.go``, ``agent/exec/controller.go`` (``Do``).
"""

from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import Any

from playground.sim.futures import Cancelled, Future
from playground.sim.futures import Task as Coroutine
from playground.sim.kernel import SECOND, Kernel
from playground.sim.trail import Trail
from playground.swarm.executor import Controller, TaskError
from playground.swarm.model import ContainerStatus, Task, TaskState, TaskStatus

RETRY_US = SECOND


class Outcome(Enum):
    """What follows a step: the next one, a pause until the task changes, or the same one again after a second."""

    NEXT = "next"
    PAUSE = "pause"
    RETRY = "retry"


def same_but_for_status(a: Task, b: Task) -> bool:
    """True when two forms of a task differ in nothing that its node has to act on.

    Source: swarmkit ``api/equality``, ``TasksEqualStable``.
    """
    return replace(a, version=b.version, updated_us=b.updated_us, status=b.status) == b


class TaskRunner:
    """Runs one task from where its status stands towards its desired state.

    ``report(task_id, status)`` hears of every change of status. An update that arrives in
    the middle of a step breaks the step off; it is tried again, with the new task, after
    a second.
    """

    def __init__(
        self, kernel: Kernel, task: Task, controller: Controller, report: Callable[[str, TaskStatus], object]
    ) -> None:
        self.task = task
        self.controller = controller
        self._kernel = kernel
        self._report = report
        self._updated = False
        self._cause: Trail | None = None
        """Because of which input the newest update came."""
        self._closed = False
        self._step: Coroutine[Outcome] | None = None
        self._pause: Future[None] | None = None
        self._loop: Coroutine[None] = kernel.spawn(self._run(), f"task {task.id}")

    def update(self, task: Task) -> None:
        """Take a newer form of the task; its status here stays what it is."""
        if same_but_for_status(task, self.task) or task.desired_state < self.task.desired_state:
            return
        self.task = replace(task, status=self.task.status)
        self._updated = True
        self._cause = self._kernel.cause
        if self._step is not None:
            self._step.cancel()
        self._wake()

    def close(self) -> None:
        """Stop walking; what runs, runs on. Remove it with ``controller.remove``."""
        self._closed = True
        if self._step is not None:
            self._step.cancel()
        self._loop.cancel()

    def _wake(self) -> None:
        if self._pause is not None:
            self._pause.set(None)

    async def _run(self) -> None:
        while not self._closed:
            if self._updated:
                self._updated = False
                self._kernel.cause = self._cause
                self.controller.update(self.task)
            self._step = self._kernel.spawn(self._do(self.task), f"task {self.task.id} {self.task.status.state.word}")
            self._step.adopts = True
            try:
                outcome = await self._step
            except Cancelled:
                outcome = Outcome.RETRY
            finally:
                self._step = None
            await self._wait_after(outcome)

    async def _wait_after(self, outcome: Outcome) -> None:
        if outcome is Outcome.NEXT or (outcome is Outcome.PAUSE and self._updated):
            return
        self._pause = Future(self._kernel)
        timer = self._kernel.after(RETRY_US, self._wake) if outcome is Outcome.RETRY else None
        try:
            await self._pause
        finally:
            self._pause = None
            if timer is not None:
                timer.cancel()

    async def _do(self, task: Task) -> Outcome:
        """One step. Source: ``exec.Do``."""
        status = task.status
        if task.desired_state >= TaskState.SHUTDOWN:
            if status.state >= TaskState.COMPLETE:
                return Outcome.PAUSE
            return await self._act(task, self.controller.shutdown, TaskState.SHUTDOWN, "shutdown")
        if status.state > task.desired_state:
            return Outcome.PAUSE
        if status.state == TaskState.PREPARING:
            return await self._act(task, self.controller.prepare, TaskState.READY, "prepared")
        if status.state == TaskState.STARTING:
            return await self._act(task, self.controller.start, TaskState.RUNNING, "started")
        if status.state == TaskState.RUNNING:
            return await self._act(task, self.controller.wait, TaskState.COMPLETE, "finished")
        if status.state >= task.desired_state:
            return Outcome.PAUSE
        if status.state <= TaskState.ASSIGNED:
            return self._reach(task, TaskState.ACCEPTED, "accepted")
        if status.state == TaskState.ACCEPTED:
            return self._reach(task, TaskState.PREPARING, "preparing")
        if status.state == TaskState.READY:
            return self._reach(task, TaskState.STARTING, "starting")
        return Outcome.PAUSE

    async def _act(self, task: Task, action: Callable[[], Any], state: TaskState, message: str) -> Outcome:
        try:
            await action()
        except TaskError as error:
            failed = TaskState.REJECTED if task.status.state < TaskState.STARTING else TaskState.FAILED
            self._set(replace(task.status, state=failed, error=str(error)), error.exit_code)
            return Outcome.NEXT
        return self._reach(task, state, message)

    def _reach(self, task: Task, state: TaskState, message: str) -> Outcome:
        self._set(replace(task.status, state=state, message=message, error=""))
        return Outcome.NEXT

    def _set(self, status: TaskStatus, exit_code: int | None = None) -> None:
        if status.state >= TaskState.STARTING:
            container = self.controller.container_status() or self.task.status.container or ContainerStatus("")
            if exit_code:
                container = replace(container, exit_code=exit_code)
            status = replace(status, container=container, ports=self.controller.port_status())
        status = replace(status, timestamp_us=self._kernel.now_us)
        self.task = replace(self.task, status=status)
        self._report(self.task.id, status)
