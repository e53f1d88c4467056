"""What members of a cluster say to each other, and what they agree on.

Messages and entries are values: the simulated network hands the very object to the
receiver, so nobody may change one.

Source of names and fields: the Raft paper, figure 2; etcd/raft ``raftpb/raft.proto``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Change(Enum):
    """What a membership change does. One member at a time, so old and new majorities overlap."""

    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class MembershipChange:
    """One member comes or goes. ``context`` is what the cluster keeps about a member that comes."""

    kind: Change
    member: str
    context: Any = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log.

    ``data`` is what was proposed; a ``MembershipChange`` there changes the members when
    it is applied. None is the entry with which a leader opens its term.
    """

    index: int
    term: int
    data: Any = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything up to ``index``, in place of the log that led there."""

    index: int
    term: int
    members: tuple[tuple[str, Any], ...]
    """(member, context), in the order in which they joined."""
    removed: tuple[str, ...]
    data: Any


@dataclass(frozen=True, slots=True)
class Message:
    """What every message has. ``term`` is the sender's, except where a vote names the term it is for."""

    source: str
    target: str
    term: int


@dataclass(frozen=True, slots=True)
class RequestVote(Message):
    """A candidate asks for a vote; ``transfer`` overrides the lease of the leader that asked for it."""

    last_index: int
    last_term: int
    transfer: bool = False


@dataclass(frozen=True, slots=True)
class Vote(Message):
    """The answer to ``RequestVote``."""

    granted: bool


@dataclass(frozen=True, slots=True)
class AppendEntries(Message):
    """The leader's entries after (``previous_index``, ``previous_term``), and how far it has committed."""

    previous_index: int
    previous_term: int
    entries: Sequence[Entry]
    commit: int


@dataclass(frozen=True, slots=True)
class AppendResponse(Message):
    """``index`` is the last entry that now matches, or the refused ``previous_index``.

    A refusal carries a hint: the follower's log may match at ``hint_index`` at the
    latest, where it has ``hint_term``.
    """

    index: int
    rejected: bool = False
    hint_index: int = 0
    hint_term: int = 0


@dataclass(frozen=True, slots=True)
class Heartbeat(Message):
    """The leader lives; ``commit`` never names more than the target is known to have."""

    commit: int


@dataclass(frozen=True, slots=True)
class HeartbeatResponse(Message):
    """A follower lives."""


@dataclass(frozen=True, slots=True)
class InstallSnapshot(Message):
    """The leader's log no longer reaches back to what the follower needs."""

    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class TimeoutNow(Message):
    """The leader wants the target to take over: campaign at once."""
