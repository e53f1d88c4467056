"""What a member keeps on its disk, and what survives a crash.

Source: etcd/raft ``storage.go``; swarmkit ``manager/state/raft/storage.go``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from playground.raft.messages import Change, Entry, MembershipChange, Snapshot


@dataclass(frozen=True, slots=True)
class HardState:
    """What must be stored before a message that depends on it is sent. ``vote`` is empty for none."""

    term: int = 0
    vote: str = ""
    commit: int = 0


class Storage:
    """Hard state, entries and the newest snapshot of one member.

    Invariants: ``entries`` follow one another from ``base_index + 1``; ``base_index`` is
    at most the snapshot's index; the commit index is never beyond the last entry.
    """

    def __init__(self) -> None:
        self.hard_state = HardState()
        self.entries: list[Entry] = []
        self.base_index = 0
        self.base_term = 0
        self.snapshot: Snapshot | None = None

    @property
    def empty(self) -> bool:
        """True when nothing was ever stored, or all of it was wiped."""
        return self.hard_state == HardState() and not self.entries and self.snapshot is None

    @property
    def last_index(self) -> int:
        return self.base_index + len(self.entries)

    def bootstrap(self, members: Iterable[tuple[str, Any]]) -> None:
        """Begin the log of a new cluster with its members, one committed entry each, in term 1.

        Every first member must begin with the same members in the same order.

        Raises:
            ValueError: something is stored already.
        """
        if not self.empty:
            raise ValueError("the storage is not empty")
        for index, (member, context) in enumerate(members, 1):
            self.entries.append(Entry(index, 1, MembershipChange(Change.ADD, member, context)))
        self.hard_state = HardState(term=1, commit=len(self.entries))

    def save(self, hard_state: HardState | None, entries: Sequence[Entry], snapshot: Snapshot | None) -> None:
        """Store what a ``Ready`` asks for, in one step: a crash comes before it or after it."""
        if snapshot is not None:
            self.snapshot = snapshot
            self.entries.clear()
            self.base_index, self.base_term = snapshot.index, snapshot.term
        if entries:
            del self.entries[entries[0].index - self.base_index - 1 :]
            self.entries.extend(entries)
        if hard_state is not None:
            self.hard_state = hard_state

    def compact(self, snapshot: Snapshot, keep_entries: int) -> None:
        """Keep a snapshot, and of the log before it only the last ``keep_entries``."""
        self.snapshot = snapshot
        base = snapshot.index - keep_entries
        if base > self.base_index:
            self.base_term = self.entries[base - self.base_index - 1].term
            del self.entries[: base - self.base_index]
            self.base_index = base

    def members(self) -> dict[str, Any]:
        """Return the members (with their contexts) as of the last committed entry."""
        return self._membership()[0]

    def removed(self) -> tuple[str, ...]:
        """Return who was a member once, as of the last committed entry."""
        return self._membership()[1]

    def _membership(self) -> tuple[dict[str, Any], tuple[str, ...]]:
        snapshot = self.snapshot
        members = dict(snapshot.members) if snapshot is not None else {}
        removed = list(snapshot.removed) if snapshot is not None else []
        start = snapshot.index if snapshot is not None else 0
        for entry in self.entries:
            if start < entry.index <= self.hard_state.commit and isinstance(entry.data, MembershipChange):
                apply_change(members, removed, entry.data)
        return members, tuple(removed)

    def force_new_cluster(self, member: str, context: Any) -> None:
        """Make ``member`` the only one: the way out when a majority is lost for good.

        Entries not committed are dropped; the others are removed by committed entries of
        their own, so that they are told so when they come back.

        Source: swarmkit ``raft/storage.go``, ``loadAndStart``.

        Raises:
            ValueError: nothing is stored.
        """
        if self.empty:
            raise ValueError("there is no cluster to start from")
        del self.entries[max(0, self.hard_state.commit - self.base_index) :]
        members = self.members()
        changes = [MembershipChange(Change.REMOVE, other) for other in members if other != member]
        if member not in members or members[member] != context:
            changes.insert(0, MembershipChange(Change.ADD, member, context))
        term = self.hard_state.term
        for change in changes:
            self.entries.append(Entry(self.last_index + 1, term, change))
        self.hard_state = HardState(term, self.hard_state.vote, self.last_index)

    def wipe(self) -> None:
        """Forget everything."""
        self.hard_state = HardState()
        self.entries = []
        self.base_index = self.base_term = 0
        self.snapshot = None


def apply_change(members: dict[str, Any], removed: list[str], change: MembershipChange) -> bool:
    """Apply a committed change to the members; returns whether it changed anything.

    An id that was removed never comes back.
    """
    if change.kind is Change.REMOVE:
        if change.member not in members:
            return False
        del members[change.member]
        removed.append(change.member)
        return True
    if change.member in removed:
        return False
    if change.member in members and members[change.member] == change.context:
        return False
    members[change.member] = change.context
    return True
