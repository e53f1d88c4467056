"""What the scheduler knows of one node: its tasks counted, what is left of its resources, recent failures.

All counters are kept up to date task by task, so that choosing a node never looks at tasks.

Source: swarmkit ``manager/scheduler/nodeinfo.go``.
"""

from collections.abc import Iterator
from typing import Any

from playground.sim.kernel import SECOND
from playground.swarm.model import EMPTY, Availability, Node, NodeState, Spec, Task, TaskState

MONITOR_FAILURES_US = 300 * SECOND
"""How far back failures count."""
MAX_FAILURES = 5
"""From so many recent failures on, a node is ranked by them."""

VersionedService = tuple[str, int | None]
"""(service id, spec version): failures of an older spec say nothing about the new one."""


def reservations(template: Spec) -> Spec:
    """``Resources.Reservations`` of a task template, {} where none are made."""
    resources = template.get("Resources")
    return (resources.get("Reservations") or EMPTY) if resources else EMPTY


def generic_amounts(items: Any) -> Iterator[tuple[str, int]]:
    """Kinds and amounts of ``GenericResources``; each named one counts as one of its kind."""
    for item in items or ():
        discrete = item.get("DiscreteResourceSpec")
        named = item.get("NamedResourceSpec")
        if discrete:
            yield str(discrete.get("Kind", "")), int(discrete.get("Value", 0))
        elif named:
            yield str(named.get("Kind", "")), 1


def host_ports(task: Task) -> list[tuple[str, int]]:
    """(protocol, port) of the ports that the task occupies on its node itself."""
    return [
        (str(port.get("Protocol", "tcp")), int(port["PublishedPort"]))
        for port in task.endpoint_ports
        if port.get("PublishMode") == "host" and port.get("PublishedPort")
    ]


class NodeInfo:
    """A node and what its tasks take of it.

    Invariants: ``active_tasks`` and ``active_by_service`` count exactly the tracked tasks
    whose desired state is at most COMPLETE; a service without such a task has no entry.
    """

    __slots__ = (
        "active_by_service",
        "active_tasks",
        "cpu_left",
        "generic_left",
        "memory_left",
        "node",
        "ready",
        "recent_failures",
        "tasks",
        "used_host_ports",
    )

    def __init__(self, node: Node) -> None:
        self.tasks: dict[str, Task] = {}
        self.active_tasks = 0
        self.active_by_service: dict[str, int] = {}
        self.used_host_ports: dict[tuple[str, int], None] = {}
        self.recent_failures: dict[VersionedService, list[int]] = {}
        self.cpu_left = 0
        self.memory_left = 0
        self.generic_left: dict[str, int] = {}
        self.node = node
        self.ready = False
        self.set_node(node)

    def set_node(self, node: Node) -> None:
        """The node has a newer form: count its resources afresh."""
        self.node = node
        self.ready = node.status.state is NodeState.READY and node.availability is Availability.ACTIVE
        resources = (node.description or EMPTY).get("Resources") or EMPTY
        self.cpu_left = int(resources.get("NanoCPUs") or 0)
        self.memory_left = int(resources.get("MemoryBytes") or 0)
        self.generic_left = {}
        for kind, amount in generic_amounts(resources.get("GenericResources")):
            self.generic_left[kind] = self.generic_left.get(kind, 0) + amount
        for task in self.tasks.values():
            self._take(reservations(task.spec), 1)

    def add_task(self, task: Task) -> None:
        """Track a task; of one that is tracked already only whether it is active can change."""
        old = self.tasks.get(task.id)
        active = task.desired_state <= TaskState.COMPLETE
        if old is not None:
            was_active = old.desired_state <= TaskState.COMPLETE
            if active is not was_active:
                self.tasks[task.id] = task
                self._count(task.service_id, 1 if active else -1)
            return
        self.tasks[task.id] = task
        wanted = reservations(task.spec)
        if wanted:
            self._take(wanted, 1)
        if task.endpoint_ports:
            for port in host_ports(task):
                self.used_host_ports[port] = None
        if active:
            self._count(task.service_id, 1)

    def remove_task(self, task: Task) -> bool:
        """Stop tracking a task. Returns False when it was not tracked."""
        old = self.tasks.pop(task.id, None)
        if old is None:
            return False
        if old.desired_state <= TaskState.COMPLETE:
            self._count(old.service_id, -1)
        for port in host_ports(old):
            self.used_host_ports.pop(port, None)
        wanted = reservations(old.spec)
        if wanted:
            self._take(wanted, -1)
        return True

    def task_failed(self, task: Task, now_us: int) -> None:
        """Remember a failure or rejection; what is older than five minutes is forgotten."""
        for key in [key for key, times in self.recent_failures.items() if now_us - times[-1] >= MONITOR_FAILURES_US]:
            del self.recent_failures[key]
        times = self.recent_failures.setdefault((task.service_id, task.spec_version), [])
        times[:] = [moment for moment in times if now_us - moment < MONITOR_FAILURES_US]
        times.append(now_us)

    def count_recent_failures(self, service: VersionedService, now_us: int) -> int:
        times = self.recent_failures.get(service)
        return sum(now_us - moment <= MONITOR_FAILURES_US for moment in times) if times else 0

    def rank(self, service: VersionedService, now_us: int) -> tuple[int, int, int]:
        """Sort key, best node first: failures once they are many, tasks of the service, tasks in all."""
        failures = self.count_recent_failures(service, now_us) if self.recent_failures else 0
        return (
            failures if failures >= MAX_FAILURES else 0,
            self.active_by_service.get(service[0], 0),
            self.active_tasks,
        )

    def _count(self, service_id: str, change: int) -> None:
        self.active_tasks += change
        count = self.active_by_service.get(service_id, 0) + change
        if count:
            self.active_by_service[service_id] = count
        else:
            del self.active_by_service[service_id]

    def _take(self, wanted: Spec, sign: int) -> None:
        self.cpu_left -= sign * int(wanted.get("NanoCPUs") or 0)
        self.memory_left -= sign * int(wanted.get("MemoryBytes") or 0)
        for kind, amount in generic_amounts(wanted.get("GenericResources")):
            self.generic_left[kind] = self.generic_left.get(kind, 0) - sign * amount
