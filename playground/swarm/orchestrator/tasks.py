"""Making tasks, and telling whether a task is still what its service wants.

Source: swarmkit ``manager/orchestrator/task.go``, ``service.go``, ``slot.go``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from playground.swarm.identity import new_id
from playground.swarm.model import Availability, Node, NodeState, Service, Spec, Task, TaskState, TaskStatus
from playground.swarm.scheduler import constraints
from playground.swarm.store import ReplicatedStore, Transaction, View

REPLICATED = "Replicated"
GLOBAL = "Global"
REPLICATED_JOB = "ReplicatedJob"
GLOBAL_JOB = "GlobalJob"

Slot = tuple[Task, ...]
"""The tasks that share a slot: usually one, two while one replaces the other."""


@dataclass(frozen=True, slots=True)
class SlotKey:
    """Names a slot in the broad sense: a number of a replicated service, or a node of a global one."""

    service_id: str
    slot: int = 0
    node_id: str = ""


class TaskMaker:
    """Makes new tasks, each with an id that no task in the store has."""

    def __init__(self, random: Random, view: View) -> None:
        self._random = random
        self._view = view

    def _new_id(self) -> str:
        # A leader before us may have drawn from the same stream.
        while self._view.get(Task, task_id := new_id(self._random)) is not None:
            pass
        return task_id

    def make(
        self,
        service: Service,
        now_us: int,
        *,
        slot: int = 0,
        node_id: str = "",
        desired_state: TaskState = TaskState.RUNNING,
        job_iteration: int | None = None,
    ) -> Task:
        """Return a task of the service's current spec, in state NEW, not yet in the store."""
        spec = service.spec
        return Task(
            id=self._new_id(),
            spec=spec["TaskTemplate"],
            spec_version=service.spec_version,
            service_id=service.id,
            service_name=service.name,
            service_labels=spec.get("Labels") or {},
            slot=slot,
            node_id=node_id,
            status=TaskStatus(TaskState.NEW, "created", timestamp_us=now_us),
            desired_state=desired_state,
            endpoint_spec=spec.get("EndpointSpec"),
            job_iteration=job_iteration,
        )


def invalid_node(node: Node | None) -> bool:
    """True for a node on which nothing may run: gone, down or drained."""
    return node is None or node.status.state is NodeState.DOWN or node.availability is Availability.DRAIN


def is_dirty(service: Service, task: Task, node: Node | None) -> bool:
    """True when the task must be replaced to be what the service's spec says.

    Not dirty is also a task of an older spec that differs in nothing that matters: replicas,
    labels and update configuration are no part of a task, and changed constraints are no
    reason to move while its node satisfies them.
    """
    if task.spec_version is not None and task.spec_version == service.spec_version:
        return False
    template: Spec = service.spec["TaskTemplate"]
    if same_spec(template, task.spec):
        return not same_spec(service.spec.get("EndpointSpec") or {}, task.endpoint_spec or {})
    if _only_placement_differs(template, task.spec):
        return not (node is not None and constraints.matches(node, constraints.of_template(template)))
    pulled = TaskState.READY <= task.status.state <= TaskState.RUNNING
    if pulled and task.desired_state <= TaskState.RUNNING and same_spec(_unpulled(template), _unpulled(task.spec)):
        return not same_spec(service.spec.get("EndpointSpec") or {}, task.endpoint_spec or {})
    return True


def _only_placement_differs(new: Spec, old: Spec) -> bool:
    if same_spec(new.get("Placement"), old.get("Placement")):
        return False
    return same_spec({**new, "Placement": None}, {**old, "Placement": None})


def _unpulled(template: Spec) -> Spec:
    """The template without the credentials for the pull, which is over."""
    container = template.get("ContainerSpec")
    return template if container is None else {**template, "ContainerSpec": {**container, "PullOptions": None}}


_MAPS = frozenset({"Labels", "Options", "Sysctls", "DriverOpts"})
"""Keys whose value is a plain map: empty is the same as missing. An empty message is not."""


def same_spec(one: Any, other: Any, key: str = "") -> bool:
    """Deep equality of wire forms; null, zero values and empty lists are the same as missing."""
    if one is other or one == other:
        return True
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(same_spec(one.get(each), other.get(each), each) for each in {**one, **other})
    if isinstance(one, Sequence) and isinstance(other, Sequence) and not isinstance(one, str):
        return len(one) == len(other) and all(same_spec(*pair) for pair in zip(one, other, strict=True))
    return _zero(one, key) and _zero(other, key)


def _zero(value: Any, key: str) -> bool:
    return value is None or (not value and (key in _MAPS or not isinstance(value, Mapping)))


async def remove_service_tasks(store: ReplicatedStore, service_id: str) -> None:
    """The service is gone: its tasks shall stop and then be removed."""

    def remove(transaction: Transaction, task_id: str) -> None:
        task = transaction.get(Task, task_id)
        if task is not None:
            set_desired_state(transaction, task, TaskState.REMOVE)

    await store.batch([task.id for task in store.view.tasks_of_service(service_id)], remove)


def set_desired_state(transaction: Transaction, task: Task, desired_state: TaskState) -> None:
    """Move the desired state on; it never goes back."""
    if task.desired_state < desired_state:
        transaction.update(replace(task, desired_state=desired_state))


def by_timestamp(tasks: Iterable[Task]) -> list[Task]:
    """The tasks, the one whose status is oldest first."""
    return sorted(tasks, key=lambda task: (task.status.timestamp_us, task.created_us, task.version))
