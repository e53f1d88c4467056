"""The log in memory: what is committed, what is applied, what is stored.

Source: the Raft paper, section 5.3; etcd/raft ``log.go``.
"""

from collections.abc import Sequence

from playground.raft.messages import Entry, MembershipChange, Snapshot
from playground.raft.storage import Storage


class Log:
    """Entries from ``base_index + 1`` on; before that is only the snapshot.

    Invariants: ``base_index <= applied <= committed <= last_index``; ``stable <= last_index``.
    """

    __slots__ = ("_entries", "applied", "base_index", "base_term", "committed", "last_index", "stable")

    def __init__(self, storage: Storage) -> None:
        snapshot = storage.snapshot
        self._entries = list(storage.entries)
        self.base_index = storage.base_index
        self.base_term = storage.base_term
        self.last_index = storage.last_index
        self.stable = self.last_index
        self.applied = snapshot.index if snapshot is not None else 0
        self.committed = max(storage.hard_state.commit, self.applied)

    @property
    def first_index(self) -> int:
        return self.base_index + 1

    @property
    def last_term(self) -> int:
        return self._entries[-1].term if self._entries else self.base_term

    def term(self, index: int) -> int | None:
        """The term of the entry at ``index``; None where the log does not reach."""
        if index == self.base_index:
            return self.base_term
        if self.base_index < index <= self.last_index:
            return self._entries[index - self.base_index - 1].term
        return None

    def between(self, after: int, up_to: int) -> Sequence[Entry]:
        """The entries after one index, up to and including another."""
        return tuple(self._entries[after - self.base_index : up_to - self.base_index])

    def unstable(self) -> Sequence[Entry]:
        """The entries not stored yet."""
        return self.between(self.stable, self.last_index) if self.stable < self.last_index else ()

    def is_up_to_date(self, last_index: int, last_term: int) -> bool:
        """True when a log that ends so is at least as up to date as this one (section 5.4.1)."""
        mine = self.last_term
        return last_term > mine or (last_term == mine and last_index >= self.last_index)

    def append(self, entry: Entry) -> None:
        """Add a leader's new entry at the end."""
        self._entries.append(entry)
        self.last_index = entry.index

    def match(self, previous_index: int, previous_term: int, entries: Sequence[Entry]) -> int | None:
        """Take a leader's entries when what goes before them is here.

        Entries that are here already stay; from the first that differs in term on, the log
        becomes the leader's. Returns the last index that now matches, None when refused.
        """
        if self.term(previous_index) != previous_term:
            return None
        for position, entry in enumerate(entries):
            if self.term(entry.index) != entry.term:
                self._replace_from(entry.index, entries[position:])
                break
        return previous_index + len(entries)

    def _replace_from(self, index: int, entries: Sequence[Entry]) -> None:
        if index <= self.committed:
            raise AssertionError(f"entry {index} differs from a committed one (committed up to {self.committed})")
        del self._entries[index - self.base_index - 1 :]
        self._entries.extend(entries)
        self.last_index = self.base_index + len(self._entries)
        self.stable = min(self.stable, index - 1)

    def commit_to(self, index: int) -> None:
        """Raise the commit index; it never goes back."""
        if index > self.committed:
            if index > self.last_index:
                raise AssertionError(f"commit index {index} is beyond the last entry {self.last_index}")
            self.committed = index

    def conflict_hint(self, index: int, term: int) -> tuple[int, int]:
        """The last (index, term) at or before ``index`` whose term is at most ``term``.

        There, at the latest, the two logs may agree. An index that this log does not have is
        returned with term 0.

        Source: etcd/raft ``log.go``, ``findConflictByTerm``.
        """
        while True:
            mine = self.term(index)
            if mine is None:
                return index, 0
            if mine <= term or index == self.base_index:
                return index, mine
            index -= 1

    def has_unapplied_membership(self) -> bool:
        """True when a committed membership change has not been applied yet."""
        return self.applied < self.committed and any(
            isinstance(entry.data, MembershipChange) for entry in self.between(self.applied, self.committed)
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Begin anew behind a snapshot."""
        self._entries = []
        self.base_index = self.last_index = self.stable = self.applied = self.committed = snapshot.index
        self.base_term = snapshot.term

    def compact(self, base_index: int) -> None:
        """Drop the entries up to ``base_index``, which must be applied."""
        if base_index > self.base_index:
            term = self.term(base_index)
            assert term is not None
            del self._entries[: base_index - self.base_index]
            self.base_index, self.base_term = base_index, term
