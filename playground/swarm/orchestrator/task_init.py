"""Puts tasks right when leadership has just moved here.

The leader before may have stopped between two steps: tasks in their restart delay, tasks
of services that are gone, failures nobody reacted to.

Source: swarmkit ``manager/orchestrator/taskinit/init.go``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playground.sim.kernel import Kernel
from playground.swarm.model import Service, Task, TaskState
from playground.swarm.orchestrator.defaults import restart_policy
from playground.swarm.orchestrator.restart import RestartSupervisor
from playground.swarm.orchestrator.tasks import SlotKey
from playground.swarm.store import ReplicatedStore, Transaction


@dataclass(frozen=True, slots=True)
class Concern:
    """What one orchestrator has to say: the modes of its services, the slot of a task, how to put a task right."""

    modes: tuple[str, ...]
    slot_key: Callable[[Task], SlotKey]
    fix: Callable[[Transaction, Task], object]


async def check_tasks(kernel: Kernel, store: ReplicatedStore, restarts: RestartSupervisor, concern: Concern) -> None:
    """Remove tasks without a service, fix the rest, resume delays, and rebuild the restart history."""
    slots: dict[SlotKey, list[Task]] = {}

    def check(transaction: Transaction, found: Task) -> None:
        task = transaction.get(Task, found.id)
        if task is None:
            return
        service = transaction.get(Service, task.service_id)
        if service is None:
            transaction.remove(task)
            return
        if service.mode not in concern.modes:
            return
        slots.setdefault(concern.slot_key(task), []).append(task)
        concern.fix(transaction, task)
        task = transaction.get(Task, task.id) or task
        if task.desired_state is not TaskState.READY or task.status.state > TaskState.COMPLETE:
            return
        delay_us = restart_policy(task.spec).delay_us
        # Clocks of managers may differ: never wait longer than the whole delay.
        delay_us = min(delay_us, task.status.timestamp_us + delay_us - kernel.now_us)
        if delay_us > 0:
            restarts.delay_start(None, task.id, delay_us, wait_for_end=True)
        else:
            restarts.start_now(transaction, task.id)

    await store.batch([task for task in store.view.all(Task) if task.service_id], check)
    for key, tasks in slots.items():
        for task in _restarted(tasks):
            restarts.record(key, task)


def _restarted(tasks: Sequence[Task]) -> list[Task]:
    """The tasks of the current spec but the first: each of them was a restart."""
    versions = [task.spec_version for task in tasks if task.spec_version is not None]
    if not versions:
        return []
    newest = max(versions)
    current = [task for task in tasks if task.spec_version == newest]
    current.sort(key=lambda task: (task.created_us, task.version))
    return current[1:]
