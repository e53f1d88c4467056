"""What the control API needs to know of the raft members.

Source: swarmkit ``manager/state/raft/raft.go``, ``GetMemberlist``, ``CanRemoveMember``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MemberView:
    """A raft member as this leader sees it. ``address`` is ``ip:2377``."""

    member_id: str
    node_id: str
    address: str
    reachable: bool
    leader: bool


class RaftView(Protocol):
    """The leader's view of its raft group."""

    def members(self) -> Sequence[MemberView]:
        """Every member, this leader included."""

    def is_member(self, node_id: str) -> bool:
        """Whether a node's manager is a raft member."""

    def can_remove(self, node_id: str) -> bool:
        """Whether enough other members are reachable for a quorum without this node's."""
