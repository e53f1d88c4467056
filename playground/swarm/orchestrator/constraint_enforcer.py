"""Rejects tasks whose node, changed since, no longer satisfies their constraints or reservations.

Source: swarmkit ``manager/orchestrator/constraintenforcer/constraint_enforcer.go``.
"""

from collections.abc import Sequence
from dataclasses import replace

from playground.swarm.model import EMPTY, Availability, Node, Service, Spec, Task, TaskState
from playground.swarm.orchestrator.loop import Loop
from playground.swarm.scheduler import constraints
from playground.swarm.scheduler.node_info import generic_amounts, reservations
from playground.swarm.store import Change, Transaction


class ConstraintEnforcer(Loop):
    """Looks at the tasks of an active node when that node changes.

    A drained node is the orchestrators' business, a paused one keeps what it has. What is
    changed is the observed state, so that the restart policy decides what comes next.
    """

    def concerns(self, change: Change) -> bool:
        return isinstance(change.new, Node) and change.old is not None

    async def begin(self) -> None:
        for node in self.store.view.all(Node):
            await self._check(node)

    async def handle(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if isinstance(change.new, Node):
                await self._check(change.new)

    async def _check(self, node: Node) -> None:
        if node.availability is Availability.ACTIVE:
            await self.store.batch(self._noncompliant(node), self._reject)

    def _noncompliant(self, node: Node) -> list[str]:
        resources: Spec = (node.description or EMPTY).get("Resources") or EMPTY
        cpu = int(resources.get("NanoCPUs") or 0)
        memory = int(resources.get("MemoryBytes") or 0)
        generic: dict[str, int] = {}
        for kind, amount in generic_amounts(resources.get("GenericResources")):
            generic[kind] = generic.get(kind, 0) + amount
        required: dict[str, list[constraints.Constraint]] = {}
        found: list[str] = []
        for task in self.store.view.tasks_on_node(node.id):
            if not TaskState.ASSIGNED <= task.desired_state <= TaskState.COMPLETE:
                continue
            if task.status.state >= TaskState.COMPLETE:
                continue
            if task.service_id not in required:
                # The service's constraints count: a task can be older than they are, if its node fitted both.
                service = self.store.view.get(Service, task.service_id)
                template = task.spec if service is None else service.spec["TaskTemplate"]
                required[task.service_id] = constraints.of_template(template)
            wanted = reservations(task.spec)
            wanted_cpu = int(wanted.get("NanoCPUs") or 0)
            wanted_memory = int(wanted.get("MemoryBytes") or 0)
            wanted_generic = list(generic_amounts(wanted.get("GenericResources")))
            fits = (
                constraints.matches(node, required[task.service_id])
                and wanted_cpu <= cpu
                and wanted_memory <= memory
                and all(generic.get(kind, 0) >= amount for kind, amount in wanted_generic)
            )
            if not fits:
                found.append(task.id)
                continue
            cpu -= wanted_cpu
            memory -= wanted_memory
            for kind, amount in wanted_generic:
                generic[kind] -= amount
        return found

    def _reject(self, transaction: Transaction, task_id: str) -> None:
        task = transaction.get(Task, task_id)
        if task is None or task.desired_state > TaskState.COMPLETE:
            return
        status = replace(
            task.status,
            state=TaskState.REJECTED,
            message="task rejected by constraint enforcer",
            error="assigned node no longer meets constraints",
            timestamp_us=self.kernel.now_us,
        )
        transaction.update(replace(task, status=status))
