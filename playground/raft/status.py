"""What an observer may know of a member: roles, and the status that a diagram draws."""

from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    FOLLOWER = "follower"
    CANDIDATE = "candidate"
    LEADER = "leader"


@dataclass(frozen=True, slots=True)
class PeerStatus:
    """What a leader knows of one other member's log."""

    member: str
    match: int
    next: int
    mode: str
    """``probe``, ``replicate`` or ``snapshot``."""
    recent_active: bool


@dataclass(frozen=True, slots=True)
class Status:
    """One member's state, for inspection only."""

    member: str
    role: Role
    term: int
    voted_for: str
    """Empty while no vote was given in this term."""
    leader: str
    """Empty while none is known."""
    commit: int
    applied: int
    first_index: int
    last_index: int
    votes: tuple[str, ...]
    """Who granted this member a vote in its last campaign of this term, sorted."""
    members: tuple[str, ...]
    peers: tuple[PeerStatus, ...]
    """Filled on a leader only."""
