"""The arithmetic of majorities.

Source: etcd/raft ``quorum/majority.go``.
"""

from collections.abc import Mapping, Sequence
from enum import Enum


class Outcome(Enum):
    """How an election stands."""

    PENDING = "pending"
    WON = "won"
    LOST = "lost"


def majority(members: int) -> int:
    """Return how many of so many members decide."""
    return members // 2 + 1


def committed_index(matches: Sequence[int]) -> int:
    """Return the highest index that a majority of the members has; 0 for no members."""
    if not matches:
        return 0
    return sorted(matches, reverse=True)[majority(len(matches)) - 1]


def tally(members: Sequence[str], votes: Mapping[str, bool]) -> Outcome:
    """Count the votes of members; who has not answered may still grant."""
    needed = majority(len(members))
    granted = sum(1 for member in members if votes.get(member) is True)
    if granted >= needed:
        return Outcome.WON
    missing = sum(1 for member in members if member not in votes)
    return Outcome.PENDING if granted + missing >= needed else Outcome.LOST
