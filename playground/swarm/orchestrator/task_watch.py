"""Tells who waits for one task, one node or one service's tasks, without everybody hearing everything."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from playground.swarm.model import Node, Object, Task
from playground.swarm.store import Change, MemoryStore

K = TypeVar("K")

Listener = Callable[[Change], object]

ObjectKey = tuple[type[Object], str]


class TaskWatch:
    """Passes each change on to those who asked for that very object; costs the same however many wait."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._by_object: dict[ObjectKey, dict[int, Listener]] = {}
        self._by_service: dict[str, dict[int, Listener]] = {}
        self._count = 0
        self._stop_watching: Callable[[], object] = lambda: None

    def start(self) -> None:
        self._stop_watching = self._store.watch(self._hear)

    def stop(self) -> None:
        self._stop_watching()
        self._by_object.clear()
        self._by_service.clear()

    def task(self, task_id: str, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` for each change of the task. Returns how to stop."""
        key: ObjectKey = (Task, task_id)
        return self._add(self._by_object, key, listener)

    def node(self, node_id: str, listener: Listener) -> Callable[[], None]:
        key: ObjectKey = (Node, node_id)
        return self._add(self._by_object, key, listener)

    def tasks_of_service(self, service_id: str, listener: Listener) -> Callable[[], None]:
        return self._add(self._by_service, service_id, listener)

    def _add(self, table: dict[K, dict[int, Listener]], key: K, listener: Listener) -> Callable[[], None]:
        self._count += 1
        number = self._count
        table.setdefault(key, {})[number] = listener

        def stop() -> None:
            listeners = table.get(key, {})
            listeners.pop(number, None)
            if not listeners:
                table.pop(key, None)

        return stop

    def _hear(self, changes: Sequence[Change]) -> None:
        if not self._by_object and not self._by_service:
            return
        for change in changes:
            found = change.object
            listeners = [*self._by_object.get((type(found), found.id), {}).values()]
            if isinstance(found, Task):
                listeners += self._by_service.get(found.service_id, {}).values()
            for listener in listeners:
                listener(change)
