"""What a manager's raft member knows, for those who ask or look: the leader, the members, the log, the messages.

Source: swarmkit ``manager/state/raft/raft.go``.
"""

from dataclasses import dataclass

from playground.raft.messages import Entry
from playground.raft.node import RaftNode
from playground.raft.status import Status
from playground.swarm.raft_disk import Member, RaftDisk
from playground.swarm.raft_transport import RaftTransport, SeenMessage


@dataclass(frozen=True, slots=True)
class Leadership:
    """What a manager knows of the leader.

    ``member`` is None while none is known; ``ticks_without`` counts the seconds since
    (more than 10 of them means: the swarm has no leader).

    Source: ``raft.go``, ``ticksWithNoLeader``, ``lostQuorumTimeout``.
    """

    member: Member | None
    ticks_without: int


class MemberFacts:
    """The questions about a raft member. Asking changes nothing; before the start there are answers too."""

    def __init__(self, member: Member, disk: RaftDisk, transport: RaftTransport) -> None:
        self.member = member
        self.disk = disk
        self.running = False
        self._transport = transport
        self._node: RaftNode | None = None
        self._ticks_without = 0

    def leader(self) -> Leadership:
        """Who leads, as far as this member knows."""
        node = self._node
        if node is None or not self.running or not node.leader:
            return Leadership(None, self._ticks_without)
        return Leadership(self._member(node.leader), self._ticks_without)

    def members(self) -> tuple[Member, ...]:
        """All members, in the order in which they joined."""
        if self._node is None:
            return self.disk.members()
        return tuple(self._node.members.values()) or self.disk.first_known

    def member_of_node(self, node_id: str) -> Member | None:
        """The raft member that a node is, if it is one."""
        return next((member for member in self.members() if member.node_id == node_id), None)

    def _member(self, member_id: str) -> Member | None:
        node = self._node
        if node is not None and node.members:
            known: Member | None = node.members.get(member_id)
            return known
        return next((member for member in self.members() if member.member_id == member_id), None)

    def reachable(self, member_id: str) -> bool:
        """As this member sees it: itself always, others until a message went unanswered for 2 s."""
        return self._transport.reachable(member_id)

    def can_remove(self, member_id: str) -> bool:
        """True when the other reachable members are a majority of today's, counted by swarmkit's rule.

        Source: ``raft.go``, ``CanRemoveMember``.
        """
        members = self.members()
        rest = [member.member_id for member in members if member.member_id != member_id]
        reachable = sum(1 for other in rest if other == self.member.member_id or self.reachable(other))
        return reachable >= (len(members) - 1) // 2 + 1

    @property
    def commit_index(self) -> int:
        """What a transaction that starts now gives its objects as version."""
        return self._node.log.committed if self._node is not None else 0

    def status(self) -> Status | None:
        """Raft's own state, for an inspector; None before the start."""
        return None if self._node is None else self._node.status()

    @property
    def revision(self) -> int:
        """Goes up whenever role, term, leader, votes or members change; 0 before the start."""
        return 0 if self._node is None else self._node.revision

    def log_indexes(self) -> tuple[int, int, int]:
        """Up to where the log is committed, where it ends, up to where it is applied."""
        if self._node is None:
            return 0, 0, 0
        log = self._node.log
        return log.committed, log.last_index, log.applied

    def recent_messages(self) -> tuple[SeenMessage, ...]:
        """The last messages sent and received, oldest first."""
        return self._transport.recent()

    def recent_entries(self, count: int) -> tuple[Entry, ...]:
        """The last entries of the log. ``data`` is a ``Proposal``, a membership change, or None."""
        if self._node is None:
            return ()
        log = self._node.log
        return tuple(log.between(max(log.base_index, log.last_index - count), log.last_index))

    def entries(self, first: int, last: int) -> tuple[Entry, ...]:
        """The entries of the log from one index to another, as far as it has them; for an inspector."""
        if self._node is None:
            return ()
        log = self._node.log
        start, end = max(first, log.first_index), min(last, log.last_index)
        return tuple(log.between(start - 1, end)) if start <= end else ()
