"""A cluster for tests of the leader's loops: a local store, an allocator and agents that obey.

The image of a task says how it fares: ``missing`` is rejected, ``crash:2`` fails two seconds
after it started, ``job:2`` completes then, ``stuck`` prepares for ever; anything else runs.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from playground.sim.kernel import MILLISECOND, SECOND, Kernel
from playground.swarm.errors import SwarmError
from playground.swarm.identity import new_id
from playground.swarm.leader_loops import LeaderLoops
from playground.swarm.model import (
    Availability,
    Cluster,
    JobStatus,
    Node,
    NodeState,
    NodeStatus,
    Role,
    Service,
    Spec,
    Task,
    TaskState,
    TaskStatus,
    UpdateStatus,
)
from playground.swarm.store import Change, Transaction
from tests.swarm.local_store import LocalStore

PREPARE_US = 100 * MILLISECOND
START_US = 100 * MILLISECOND
STOP_US = 200 * MILLISECOND
GIBIBYTE = 1 << 30


def service_spec(name: str = "web", replicas: int = 1, image: str = "web:1", **parts: Any) -> dict[str, Any]:
    """A replicated service. ``template`` goes into the task template, ``mode`` replaces the mode, the rest is added."""
    template = {"ContainerSpec": {"Image": image}, "ForceUpdate": 0, **parts.pop("template", {})}
    mode = parts.pop("mode", {"Replicated": {"Replicas": replicas}})
    return {
        "Name": name,
        "Labels": {},
        "TaskTemplate": template,
        "Mode": mode,
        "EndpointSpec": {"Mode": "vip"},
        **parts,
    }


class FakeCluster:
    def __init__(self, nodes: int = 3, *, seed: int = 1, commit_delay_us: int = 0, history: int = 5) -> None:
        self.kernel = Kernel(seed)
        self.store = LocalStore(self.kernel, commit_delay_us=commit_delay_us)
        self.random = self.kernel.random("test")
        self.loops: LeaderLoops | None = None
        self.cut_off: dict[str, None] = {}
        """Nodes whose agents nobody hears."""
        self.watchers: list[Callable[[], object]] = []
        self._fates: dict[str, TaskState] = {}
        self._seen: dict[str, tuple[TaskState, TaskState, str]] = {}
        self._allocating = False
        self.store.write(
            lambda tx: tx.create(
                Cluster(id=new_id(self.random), spec={"Orchestration": {"TaskHistoryRetentionLimit": history}})
            )
        )
        self.nodes = [self.add_node(f"node{number}") for number in range(1, nodes + 1)]
        self.store.view.watch(self._hear)
        self.lead()

    # The manager

    def lead(self) -> None:
        """Leadership comes here (once more)."""
        if self.loops is not None:
            self.loops.stop()
        self.loops = LeaderLoops(self.kernel, self.store)
        self.loops.start()

    def write(self, change: Callable[[Transaction], Any]) -> Any:
        """Commit a change now, whatever else is under way."""
        task = self.kernel.spawn(self.store.update(change))
        while not task.done:
            due_us = self.kernel.next_due_us()
            assert due_us is not None
            self.kernel.run_until(due_us)
        return task.result()

    def run(self, seconds: float) -> None:
        end_us = self.kernel.now_us + int(seconds * SECOND)
        while (due_us := self.kernel.next_due_us()) is not None and due_us <= end_us:
            self.kernel.run_until(due_us)
            for watcher in self.watchers:
                watcher()
        self.kernel.run_until(end_us)

    # Nodes

    def add_node(
        self,
        name: str,
        *,
        labels: dict[str, str] | None = None,
        cpus: int = 4,
        memory: int = 8 * GIBIBYTE,
        role: Role = Role.WORKER,
        resources: dict[str, Any] | None = None,
    ) -> str:
        description = {
            "Hostname": name,
            "Platform": {"Architecture": "x86_64", "OS": "linux"},
            "Resources": {"NanoCPUs": cpus * 10**9, "MemoryBytes": memory, **(resources or {})},
            "Engine": {"EngineVersion": "28.1.1", "Plugins": [{"Type": "Network", "Name": "overlay"}]},
        }
        node = Node(
            id=new_id(self.random),
            spec={"Role": role.value, "Availability": "active", "Labels": labels or {}},
            role=role,
            description=description,
            status=NodeStatus(NodeState.READY, address=f"10.0.0.{len(self.store.view.all(Node)) + 1}"),
        )
        self.write(lambda tx: tx.create(node))
        return node.id

    def change_node(self, node_id: str, **fields: Any) -> None:
        def change(tx: Transaction) -> None:
            node = tx.get(Node, node_id)
            assert node is not None
            spec = {**node.spec, **{key: value for key, value in fields.items() if key[0].isupper()}}
            rest = {key: value for key, value in fields.items() if key[0].islower()}
            tx.update(replace(node, spec=spec, **rest))

        self.write(change)

    def set_availability(self, node_id: str, availability: str) -> None:
        self.change_node(node_id, Availability=Availability(availability).value)

    def lose_node(self, node_id: str) -> None:
        """The node dies, and the dispatcher has already noticed."""
        self.cut_off[node_id] = None
        self.change_node(node_id, status=NodeStatus(NodeState.DOWN, "heartbeat failure"))

    def return_node(self, node_id: str) -> None:
        self.cut_off.pop(node_id, None)
        self.change_node(node_id, status=NodeStatus(NodeState.READY))
        for task in self.store.view.tasks_on_node(node_id):
            self._seen.pop(task.id, None)
            self._attend(task)

    def remove_node(self, node_id: str) -> None:
        self.write(lambda tx: tx.remove(tx.get(Node, node_id)))

    # Services, as the control API writes them

    def create_service(self, spec: Spec) -> str:
        service = Service(id=new_id(self.random), spec=spec)
        job = next(iter(spec["Mode"])).endswith("Job")
        if job:
            service = replace(service, job_status=JobStatus())
        self.write(lambda tx: tx.create(service))
        return service.id

    def update_service(self, service_id: str, spec: Spec) -> None:
        def change(tx: Transaction) -> None:
            service = tx.get(Service, service_id)
            assert service is not None
            job = service.job_status
            tx.update(
                replace(
                    service,
                    spec=spec,
                    spec_version=service.version,
                    previous_spec=service.spec,
                    previous_spec_version=service.spec_version,
                    update_status=None,
                    job_status=None if job is None else JobStatus(job.iteration + 1),
                )
            )

        self.write(change)

    def roll_back(self, service_id: str) -> None:
        def change(tx: Transaction) -> None:
            service = tx.get(Service, service_id)
            assert service is not None
            assert service.previous_spec is not None
            status = UpdateStatus("rollback_started", "manually requested rollback", self.kernel.now_us)
            tx.update(
                replace(
                    service,
                    spec=service.previous_spec,
                    spec_version=service.previous_spec_version or 0,
                    previous_spec=service.spec,
                    previous_spec_version=service.spec_version,
                    update_status=status,
                )
            )

        self.write(change)

    def remove_service(self, service_id: str) -> None:
        self.write(lambda tx: tx.remove(tx.get(Service, service_id)))

    # What tests look at

    def service(self, service_id: str) -> Service:
        service = self.store.view.get(Service, service_id)
        assert service is not None
        return service

    def status(self, service_id: str) -> tuple[str, str] | None:
        status = self.service(service_id).update_status
        return None if status is None else (status.state, status.message)

    def tasks(self, service_id: str) -> list[Task]:
        """The service's tasks, by slot, newest first."""
        return sorted(self.store.view.tasks_of_service(service_id), key=lambda t: (t.slot, -t.created_us, -t.version))

    def live(self, service_id: str) -> list[Task]:
        return [task for task in self.tasks(service_id) if task.desired_state <= TaskState.COMPLETE]

    def running(self, service_id: str) -> list[Task]:
        """Tasks that run and shall run."""
        return [
            task
            for task in self.tasks(service_id)
            if task.status.state is TaskState.RUNNING and task.desired_state is TaskState.RUNNING
        ]

    def spread(self, service_id: str) -> dict[str, int]:
        """How many live tasks there are on each node, by host name."""
        names = {node.id: node.hostname for node in self.store.view.all(Node)}
        return dict(Counter(names[task.node_id] for task in self.live(service_id) if task.node_id))

    def fail(self, task_id: str, state: TaskState = TaskState.FAILED, error: str = "task: non-zero exit (1)") -> None:
        """The container dies."""
        self._report(task_id, state, error)

    # The allocator and the agents

    def _hear(self, changes: Sequence[Change]) -> None:
        for change in changes:
            task = change.new
            if not isinstance(task, Task):
                continue
            if task.status.state is TaskState.NEW and not self._allocating:
                self._allocating = True
                self.kernel.spawn(self._allocate())
            if task.node_id and task.status.state >= TaskState.ASSIGNED:
                self._attend(task)

    async def _allocate(self) -> None:
        def allocate(tx: Transaction, task_id: str) -> None:
            task = tx.get(Task, task_id)
            if task is None or task.status.state is not TaskState.NEW:
                return
            ports = tuple((task.endpoint_spec or {}).get("Ports") or ())
            status = replace(task.status, state=TaskState.PENDING, message="pending task scheduling")
            tx.update(replace(task, status=status, endpoint_ports=ports))

        await self.kernel.sleep(MILLISECOND)
        self._allocating = False
        new = [task.id for task in self.store.view.all(Task) if task.status.state is TaskState.NEW]
        await self.store.batch(new, allocate)

    def _attend(self, task: Task) -> None:
        """Do the next thing for a task that is on a node."""
        if task.node_id in self.cut_off or task.status.state > TaskState.RUNNING:
            return
        image = str(task.spec["ContainerSpec"]["Image"])
        state = task.status.state
        step = (state, task.desired_state, task.node_id)
        if self._seen.get(task.id) == step:
            return
        self._seen[task.id] = step
        if task.desired_state >= TaskState.SHUTDOWN:
            self.kernel.after(STOP_US, self._report, task.id, TaskState.SHUTDOWN)
        elif state is TaskState.ASSIGNED:
            self._report_later(0, task.id, TaskState.PREPARING)
        elif state is TaskState.PREPARING and image == "missing":
            self._report_later(PREPARE_US, task.id, TaskState.REJECTED, "No such image: missing")
        elif state is TaskState.PREPARING and image != "stuck":
            self._report_later(PREPARE_US, task.id, TaskState.READY)
        elif state is TaskState.READY and task.desired_state >= TaskState.RUNNING:
            self._report_later(START_US, task.id, TaskState.RUNNING)
        elif state is TaskState.RUNNING and ":" in image:
            kind, _, seconds = image.partition(":")
            if kind == "crash":
                self._report_later(int(float(seconds) * SECOND), task.id, TaskState.FAILED, "task: non-zero exit (1)")
            elif kind == "job":
                self._report_later(int(float(seconds) * SECOND), task.id, TaskState.COMPLETE)

    def _report_later(self, delay_us: int, task_id: str, state: TaskState, error: str = "") -> None:
        self.kernel.after(delay_us, self._report, task_id, state, error)

    def _report(self, task_id: str, state: TaskState, error: str = "") -> None:
        self.kernel.spawn(self._write_status(task_id, state, error))

    async def _write_status(self, task_id: str, state: TaskState, error: str) -> None:
        def report(tx: Transaction) -> None:
            task = tx.get(Task, task_id)
            if task is None or task.status.state >= state or task.node_id in self.cut_off:
                return
            status = TaskStatus(state, state.word, error, self.kernel.now_us)
            tx.update(replace(task, status=status))

        try:
            await self.store.update(report)
        except SwarmError:
            self._seen.pop(task_id, None)
