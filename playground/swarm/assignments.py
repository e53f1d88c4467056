"""What one node shall have: its tasks and what they refer to, and what of it the node has not been told yet.

Source: swarmkit ``manager/dispatcher/assignments.go``.
"""

from collections.abc import Iterator

from playground.swarm.model import Config, Network, Node, Object, Secret, Task, TaskState
from playground.swarm.store import View
from playground.swarm.task_runner import same_but_for_status
from playground.swarm.worker import Assignments

Key = tuple[type[Object], str]


def _references(task: Task) -> Iterator[Key]:
    """What a task needs on its node."""
    container = task.spec.get("ContainerSpec") or {}
    for reference in container.get("Secrets") or ():
        yield Secret, reference["SecretID"]
    for reference in container.get("Configs") or ():
        yield Config, reference["ConfigID"]
    for attachment in task.networks:
        yield Network, attachment.network_id


class AssignmentSet:
    """The assignments of one node, and the changes since the last ``message``."""

    def __init__(self) -> None:
        self._tasks: dict[str, Task] = {}
        self._users: dict[Key, dict[str, None]] = {}
        self._held: dict[str, tuple[Key, ...]] = {}
        self._changes: dict[Key, Object | None] = {}

    def add_or_update(self, view: View, task: Task) -> bool:
        """Take a task as it is in the store now; True when the node must hear of it."""
        if task.status.state < TaskState.ASSIGNED:
            return False
        old = self._tasks.get(task.id)
        self._tasks[task.id] = task
        if old is not None and same_but_for_status(old, task) and task.status.state > TaskState.ASSIGNED:
            return task.status.state > TaskState.RUNNING and self._release(task.id)
        if task.status.state <= TaskState.RUNNING:
            self._hold(view, task.id, tuple(_references(task)))
        self._changes[Task, task.id] = task
        return True

    def remove(self, task: Task) -> bool:
        """The task is gone from the store; True when the node must hear of it."""
        if self._tasks.pop(task.id, None) is None:
            return False
        self._release(task.id)
        self._changes[Task, task.id] = None
        return True

    def set_node(self, view: View, node: Node) -> bool:
        """Take the networks that the node itself takes part in; True when the node must hear of it."""
        keys: tuple[Key, ...] = tuple((Network, network_id) for network_id in node.lb_addresses)
        if self._held.get("") == keys:
            return False
        return self._hold(view, "", keys)

    def _hold(self, view: View, user: str, keys: tuple[Key, ...]) -> bool:
        """Let ``user`` need exactly ``keys``; True when that changed what the node has."""
        before = self._held.get(user, ())
        if before == keys:
            return False
        changed = False
        for key in keys:
            users = self._users.setdefault(key, {})
            if not users:
                obj = view.get(*key)
                if obj is not None:
                    self._changes[key] = obj
                    changed = True
            users[user] = None
        self._held[user] = keys
        return self._drop(user, [key for key in before if key not in keys]) or changed

    def _release(self, user: str) -> bool:
        return self._drop(user, list(self._held.pop(user, ())))

    def _drop(self, user: str, keys: list[Key]) -> bool:
        changed = False
        for key in keys:
            users = self._users.get(key, {})
            users.pop(user, None)
            if not users and self._users.pop(key, None) is not None:
                self._changes[key] = None
                changed = True
        return changed

    def message(self, complete: bool) -> Assignments:
        """The changes so far, or (first) all; nothing is pending afterwards."""
        changes, self._changes = self._changes, {}
        wanted = [obj for obj in changes.values() if obj is not None]
        return Assignments(
            complete,
            tasks=tuple(obj for obj in wanted if isinstance(obj, Task)),
            secrets=tuple(obj for obj in wanted if isinstance(obj, Secret)),
            configs=tuple(obj for obj in wanted if isinstance(obj, Config)),
            networks=tuple(obj for obj in wanted if isinstance(obj, Network)),
            removed=tuple(key for key, obj in changes.items() if obj is None),
        )
