"""The tasks that a node was given: kept on its disk, each with a runner.

Source: swarmkit ``agent/worker.go``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from playground.sim.kernel import Kernel
from playground.swarm.executor import Controller, Executor, TaskError
from playground.swarm.model import Config, Network, Object, Secret, Task, TaskState, TaskStatus
from playground.swarm.node_disk import NodeDisk
from playground.swarm.task_runner import TaskRunner


@dataclass(frozen=True, slots=True)
class Assignments:
    """What the dispatcher tells an agent to have. ``complete``: this is all; otherwise it is what changed.

    ``removed`` are (kind, id) of objects that the node shall not have any more.
    """

    complete: bool
    tasks: tuple[Task, ...] = ()
    secrets: tuple[Secret, ...] = ()
    configs: tuple[Config, ...] = ()
    networks: tuple[Network, ...] = ()
    removed: tuple[tuple[type[Object], str], ...] = ()


@dataclass(slots=True)
class Resources:
    """What the assigned tasks refer to, by id."""

    secrets: dict[str, Secret] = field(default_factory=dict)
    configs: dict[str, Config] = field(default_factory=dict)
    networks: dict[str, Network] = field(default_factory=dict)


class Worker:
    """Starts, updates and removes runners as assignments come.

    ``report(task_id, status)`` hears of every change of a task's status, after the disk.
    """

    def __init__(
        self, kernel: Kernel, executor: Executor, disk: NodeDisk, report: Callable[[str, TaskStatus], object]
    ) -> None:
        self._kernel = kernel
        self._executor = executor
        self._disk = disk
        self._report = report
        self._runners: dict[str, TaskRunner] = {}
        self._resources = Resources(networks=dict(disk.networks))

    def start(self) -> None:
        """Take up the tasks found on disk."""
        if self._disk.tasks:
            self._announce()
        for task in list(self._disk.tasks.values()):
            self._start(task)

    def stop(self, forget: bool) -> None:
        """Stop every runner. ``forget``: the agent leaves, so its tasks' containers go too."""
        for runner in self._runners.values():
            runner.close()
        self._runners.clear()
        if forget:
            self._disk.tasks.clear()
            self._disk.networks.clear()
            self._executor.keep_only(set())

    def statuses(self) -> list[tuple[str, TaskStatus]]:
        return [(task.id, task.status) for task in self._disk.tasks.values()]

    def task(self, task_id: str) -> Task | None:
        """An assigned task as it stands here."""
        return self._disk.tasks.get(task_id)

    def assign(self, assignments: Assignments) -> None:
        """Do as the dispatcher says."""
        self._take_resources(assignments)
        for task in assignments.tasks:
            runner = self._runners.get(task.id)
            if runner is not None:
                runner.update(task)
                self._disk.tasks[task.id] = runner.task
            else:
                known = self._disk.tasks.get(task.id)
                self._start(task if known is None else replace(task, status=known.status))
        if assignments.complete:
            wanted = {task.id for task in assignments.tasks}
            gone = [task_id for task_id in self._disk.tasks if task_id not in wanted]
        else:
            gone = [object_id for kind, object_id in assignments.removed if kind is Task]
        for task_id in gone:
            self._remove(task_id)
        if assignments.complete:
            self._executor.keep_only(wanted)

    def _take_resources(self, assignments: Assignments) -> None:
        resources = self._resources
        if assignments.complete:
            resources = self._resources = Resources()
        tables: dict[type[Object], dict[str, Secret] | dict[str, Config] | dict[str, Network]] = {
            Secret: resources.secrets,
            Config: resources.configs,
            Network: resources.networks,
        }
        changed = assignments.complete
        for kind, object_id in assignments.removed:
            if kind in tables:
                tables[kind].pop(object_id, None)
                changed = True
        resources.secrets.update({secret.id: secret for secret in assignments.secrets})
        resources.configs.update({config.id: config for config in assignments.configs})
        resources.networks.update({network.id: network for network in assignments.networks})
        if changed or assignments.secrets or assignments.configs or assignments.networks:
            self._disk.networks = dict(resources.networks)
            self._announce()

    def _announce(self) -> None:
        resources = self._resources
        self._executor.resources_assigned(resources.secrets, resources.configs, resources.networks)

    def _start(self, task: Task) -> None:
        self._disk.tasks[task.id] = task
        controller: Controller | None = None
        status = task.status
        try:
            controller = self._executor.controller(task)
        except TaskError as error:
            failed = TaskState.REJECTED if status.state < TaskState.STARTING else TaskState.FAILED
            if status.state <= TaskState.RUNNING:
                status = replace(status, state=failed)
            status = replace(status, message="resolving controller failed", error=str(error))
        else:
            if status.state < TaskState.ACCEPTED:
                status = replace(status, state=TaskState.ACCEPTED, message="accepted", error="")
        if status != task.status:
            status = replace(status, timestamp_us=self._kernel.now_us)
            task = replace(task, status=status)
            self._heard(task.id, status)
        if controller is not None:
            self._runners[task.id] = TaskRunner(self._kernel, task, controller, self._heard)

    def _heard(self, task_id: str, status: TaskStatus) -> None:
        runner = self._runners.get(task_id)
        task = runner.task if runner is not None else self._disk.tasks.get(task_id)
        if task is None or task_id not in self._disk.tasks:
            return
        self._disk.tasks[task_id] = replace(task, status=status)
        self._report(task_id, status)

    def _remove(self, task_id: str) -> None:
        self._disk.tasks.pop(task_id, None)
        runner = self._runners.pop(task_id, None)
        if runner is not None:
            runner.close()
            self._kernel.spawn(self._clean_up(runner.controller), f"remove task {task_id}")

    @staticmethod
    async def _clean_up(controller: Controller) -> None:
        try:
            await controller.remove()
        except TaskError:
            # Upstream logs it and goes on; the task is not this node's any more.
            pass
