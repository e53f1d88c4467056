"""What a manager proposes to raft: the changes of one transaction, who made them, and because of which input."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from playground.sim.trail import Trail
from playground.swarm.model import Object
from playground.swarm.store import Action, Change, ChangeKind, ReplicatedStore, Transaction

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Proposal:
    """The data of a log entry. ``before`` has, for each action, the object as it was (None where there was none)."""

    actions: tuple[Action, ...]
    before: tuple[Object | None, ...] = ()
    by: str = ""
    """Which part of the leader made it: ``control``, ``scheduler``, ``dispatcher``, ..."""
    cause: Trail | None = field(default=None, compare=False, repr=False)

    def changes(self) -> list[Change]:
        """Each object before and after, as the proposer saw it."""
        return [
            Change(kind, old, None if kind is ChangeKind.REMOVE else obj)
            for (kind, obj), old in zip(self.actions, self.before or (None,) * len(self.actions), strict=True)
        ]


class Signed(Generic[R]):
    """A change to the store with the name of the part that makes it."""

    __slots__ = ("_change", "by")

    def __init__(self, change: Callable[[Transaction], R], by: str) -> None:
        self._change = change
        self.by = by

    def __call__(self, transaction: Transaction) -> R:
        return self._change(transaction)


class Part(ReplicatedStore):
    """The replicated store as one part of the leader has it: what it proposes bears its name."""

    def __init__(self, store: ReplicatedStore, by: str) -> None:
        self.view = store.view
        self._store = store
        self._by = by

    async def update(self, change: Callable[[Transaction], R]) -> R:
        return await self._store.update(Signed(change, self._by))
