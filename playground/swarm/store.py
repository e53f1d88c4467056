"""The object store of one manager, and the transactions that change it.

``MemoryStore`` holds the objects by id, with indexes. A ``Transaction`` reads
through its own changes and collects actions; whoever commits them (the raft log)
applies the same actions on every manager, in log order, with ``apply``.

Source: swarmkit ``manager/state/store``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Generic, TypeVar

from playground.swarm.errors import Code, RpcError
from playground.swarm.model import Cluster, Config, Network, Node, Object, Secret, Service, Task

Kept = TypeVar("Kept", bound=Object)
R = TypeVar("R")
T = TypeVar("T")

KINDS: tuple[type[Object], ...] = (Cluster, Node, Service, Task, Network, Secret, Config)
MAX_CHANGES = 200
"""Changes in one transaction that a batch may gather. Source: swarmkit ``store/memory.go``."""


class ChangeKind(Enum):
    CREATE = "create"
    UPDATE = "update"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Change:
    """One object before and after. ``old`` is None for a create, ``new`` for a remove."""

    kind: ChangeKind
    old: Object | None
    new: Object | None

    @property
    def object(self) -> Object:
        found = self.new if self.new is not None else self.old
        assert found is not None
        return found


Action = tuple[ChangeKind, Object]
"""What a log entry holds for each changed object: for a remove the object that goes."""

Watcher = Callable[[Sequence[Change]], object]


class OutOfSequence(RpcError):
    """The object has changed since the version that the update names."""

    def __init__(self) -> None:
        super().__init__(Code.UNKNOWN, "update out of sequence")


class NameConflict(RpcError):
    """Another object of the kind has the name."""

    def __init__(self) -> None:
        super().__init__(Code.UNKNOWN, "name conflicts with an existing object")


def _named(obj: Object) -> str | None:
    """The lower-cased unique name of an object, where its kind has one."""
    if isinstance(obj, (Service, Network, Secret, Config)):
        return obj.name.lower()
    return None


def _index_key(obj: Object) -> object:
    """What the indexes know of an object; while it stays the same they need no change."""
    return (obj.service_id, obj.node_id) if isinstance(obj, Task) else _named(obj)


class _Table(Generic[Kept]):
    __slots__ = ("by_id", "by_name")

    def __init__(self) -> None:
        self.by_id: dict[str, Kept] = {}
        self.by_name: dict[str, str] = {}


class View(ABC):
    """Reading access that a store and a transaction share."""

    @abstractmethod
    def get(self, kind: type[Kept], object_id: str) -> Kept | None: ...

    @abstractmethod
    def by_name(self, kind: type[Kept], name: str) -> Kept | None:
        """The object of that name, without regard to case. Only for kinds with unique names."""

    @abstractmethod
    def all(self, kind: type[Kept]) -> list[Kept]:
        """Every object of a kind, sorted by id, as the real store lists them."""

    @abstractmethod
    def tasks_of_service(self, service_id: str) -> list[Task]: ...

    @abstractmethod
    def tasks_on_node(self, node_id: str) -> list[Task]: ...

    def cluster(self) -> Cluster | None:
        clusters = self.all(Cluster)
        return clusters[0] if clusters else None


class MemoryStore(View):
    """All objects of one manager.

    ``watch`` callbacks hear of every applied transaction, at once, in log order.
    """

    def __init__(self) -> None:
        self._tables: dict[type[Object], _Table[Any]] = {kind: _Table() for kind in KINDS}
        """The table of a kind holds objects of that kind."""
        self._tasks_by_service: dict[str, dict[str, None]] = {}
        self._tasks_by_node: dict[str, dict[str, None]] = {}
        self._watchers: list[Watcher] = []

    def get(self, kind: type[Kept], object_id: str) -> Kept | None:
        table: _Table[Kept] = self._tables[kind]
        return table.by_id.get(object_id)

    def by_name(self, kind: type[Kept], name: str) -> Kept | None:
        table: _Table[Kept] = self._tables[kind]
        object_id = table.by_name.get(name.lower())
        return None if object_id is None else table.by_id[object_id]

    def all(self, kind: type[Kept]) -> list[Kept]:
        table: _Table[Kept] = self._tables[kind]
        by_id = table.by_id
        return [by_id[key] for key in sorted(by_id)]

    def tasks_of_service(self, service_id: str) -> list[Task]:
        return self._tasks(self._tasks_by_service.get(service_id, ()))

    def tasks_on_node(self, node_id: str) -> list[Task]:
        return self._tasks(self._tasks_by_node.get(node_id, ()))

    def _tasks(self, ids: Iterable[str]) -> list[Task]:
        table: _Table[Task] = self._tables[Task]
        by_id = table.by_id
        return [by_id[key] for key in ids]

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call ``watcher(changes)`` after every applied transaction. Returns how to stop."""
        self._watchers.append(watcher)

        def stop() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return stop

    def apply(self, actions: Sequence[Action]) -> list[Change]:
        """Apply what a transaction came to, and tell the watchers."""
        changes = [self._apply(kind, obj) for kind, obj in actions]
        if changes:
            for watcher in list(self._watchers):
                watcher(changes)
        return changes

    def _apply(self, kind: ChangeKind, obj: Object) -> Change:
        table = self._tables[type(obj)]
        old = table.by_id.get(obj.id)
        stays = kind is not ChangeKind.REMOVE and old is not None and _index_key(old) == _index_key(obj)
        if old is not None and not stays:
            self._unindex(table, old)
        if kind is ChangeKind.REMOVE:
            table.by_id.pop(obj.id, None)
            return Change(kind, old or obj, None)
        table.by_id[obj.id] = obj
        if not stays:
            self._index(table, obj)
        return Change(ChangeKind.CREATE if old is None else ChangeKind.UPDATE, old, obj)

    def _index(self, table: _Table[Object], obj: Object) -> None:
        name = _named(obj)
        if name is not None:
            table.by_name[name] = obj.id
        elif isinstance(obj, Task):
            self._tasks_by_service.setdefault(obj.service_id, {})[obj.id] = None
            if obj.node_id:
                self._tasks_by_node.setdefault(obj.node_id, {})[obj.id] = None

    def _unindex(self, table: _Table[Object], obj: Object) -> None:
        name = _named(obj)
        if name is not None:
            if table.by_name.get(name) == obj.id:
                del table.by_name[name]
        elif isinstance(obj, Task):
            self._forget(self._tasks_by_service, obj.service_id, obj.id)
            self._forget(self._tasks_by_node, obj.node_id, obj.id)

    @staticmethod
    def _forget(index: dict[str, dict[str, None]], key: str, task_id: str) -> None:
        ids = index.get(key)
        if ids is not None:
            ids.pop(task_id, None)
            if not ids:
                del index[key]

    def snapshot(self) -> tuple[Object, ...]:
        """Every object, for a raft snapshot. Objects are values, so nothing is copied."""
        return tuple(obj for kind in KINDS for obj in self.all(kind))

    def restore(self, objects: Iterable[Object]) -> None:
        """Become a snapshot. Watchers hear what that changes."""
        wanted = {(type(obj), obj.id): obj for obj in objects}
        actions: list[Action] = []
        for kind in KINDS:
            actions += [(ChangeKind.REMOVE, obj) for obj in self.all(kind) if (kind, obj.id) not in wanted]
        for obj in wanted.values():
            old = self.get(type(obj), obj.id)
            if old != obj:
                actions.append((ChangeKind.CREATE if old is None else ChangeKind.UPDATE, obj))
        self.apply(actions)


class Transaction(View):
    """Reads a store through changes not committed yet.

    ``index`` is the raft index at the start; every object written gets it as its version.
    """

    def __init__(self, store: MemoryStore, index: int, now_us: int) -> None:
        self._store = store
        self._index = index
        self._now_us = now_us
        self._changed: dict[tuple[type[Object], str], tuple[ChangeKind, Any]] = {}
        """By kind and id; the object is of that kind."""

    @property
    def index(self) -> int:
        return self._index

    @property
    def actions(self) -> tuple[Action, ...]:
        return tuple(self._changed.values())

    def __len__(self) -> int:
        return len(self._changed)

    def get(self, kind: type[Kept], object_id: str) -> Kept | None:
        change = self._changed.get((kind, object_id))
        if change is not None:
            written: Kept = change[1]
            return None if change[0] is ChangeKind.REMOVE else written
        return self._store.get(kind, object_id)

    def by_name(self, kind: type[Kept], name: str) -> Kept | None:
        for obj in self._written(kind):
            if _named(obj) == name.lower():
                return obj
        found = self._store.by_name(kind, name)
        return None if found is None or (kind, found.id) in self._changed else found

    def all(self, kind: type[Kept]) -> list[Kept]:
        mine = {obj.id: obj for obj in self._written(kind)}
        rest = [obj for obj in self._store.all(kind) if (kind, obj.id) not in self._changed]
        return sorted([*rest, *mine.values()], key=lambda obj: obj.id) if mine else rest

    def tasks_of_service(self, service_id: str) -> list[Task]:
        return self._merge(self._store.tasks_of_service(service_id), lambda task: task.service_id == service_id)

    def tasks_on_node(self, node_id: str) -> list[Task]:
        return self._merge(self._store.tasks_on_node(node_id), lambda task: task.node_id == node_id)

    def _merge(self, stored: list[Task], belongs: Callable[[Task], bool]) -> list[Task]:
        if not self._changed:
            return stored
        kept = [task for task in stored if (Task, task.id) not in self._changed]
        return kept + [task for task in self._written(Task) if belongs(task)]

    def _written(self, kind: type[Kept]) -> Iterator[Kept]:
        for (changed_kind, _), (change, obj) in self._changed.items():
            if changed_kind is kind and change is not ChangeKind.REMOVE:
                yield obj

    def create(self, obj: Kept) -> Kept:
        """Add an object; returns it with its version and times.

        Raises:
            NameConflict: the kind's names are unique and this one is taken.
        """
        self._check_name(obj)
        created = replace(obj, version=self._index, created_us=self._now_us, updated_us=self._now_us)
        self._changed[type(obj), obj.id] = (ChangeKind.CREATE, created)
        return created

    def update(self, obj: Kept) -> Kept:
        """Replace an object by a newer form of itself; returns it with its version.

        Raises:
            OutOfSequence: ``obj`` was not made from the object's current version.
            NameConflict: the new name is taken.
        """
        current = self.get(type(obj), obj.id)
        if current is None or current.version != obj.version:
            raise OutOfSequence
        self._check_name(obj)
        updated = replace(obj, version=self._index, updated_us=self._now_us)
        key = (type(obj), obj.id)
        before = self._changed.get(key)
        kind = ChangeKind.CREATE if before is not None and before[0] is ChangeKind.CREATE else ChangeKind.UPDATE
        self._changed[key] = (kind, updated)
        return updated

    def remove(self, obj: Object) -> None:
        """Remove an object; one that is not there is no error."""
        key = (type(obj), obj.id)
        if self._store.get(type(obj), obj.id) is None:
            self._changed.pop(key, None)
        else:
            self._changed[key] = (ChangeKind.REMOVE, obj)

    def _check_name(self, obj: Object) -> None:
        name = _named(obj)
        if name is not None:
            other = self.by_name(type(obj), name)
            if other is not None and other.id != obj.id:
                raise NameConflict


class ReplicatedStore(ABC):
    """The leader's way to change the store: what leader loops and the control API are given.

    ``view`` reads this manager's objects. ``update`` commits through raft. The raft
    side implements it (``playground.swarm.replication``); tests of loops use
    ``tests/swarm/local_store.py``, which commits at once.
    """

    view: MemoryStore

    @abstractmethod
    async def update(self, change: Callable[[Transaction], R]) -> R:
        """Run ``change`` on a transaction, commit what it wrote, return what it returned.

        One update at a time, in order of the calls. ``change`` must not wait. When it
        raises, nothing is changed. When it wrote nothing, nothing is proposed.

        Raises:
            RpcError: leadership was lost before the change was committed.
        """

    async def batch(self, items: Iterable[T], change: Callable[[Transaction, T], object]) -> None:
        """Run ``change(transaction, item)`` for every item, at most 200 changes a transaction."""
        pending = list(items)[::-1]
        while pending:

            def some(transaction: Transaction) -> None:
                while pending and len(transaction) < MAX_CHANGES:
                    change(transaction, pending.pop())

            await self.update(some)


def newest(tasks: Iterable[Task]) -> Task | None:
    """The task made last (by creation time, then version)."""
    return max(tasks, key=lambda task: (task.created_us, task.version, task.id), default=None)
