"""The leader's raft members, as the control API and the agents are told of them."""

from playground.swarm.control.raft_view import MemberView
from playground.swarm.remotes import Peer
from playground.swarm.replication import RaftMember


class Members:
    """Implements ``playground.swarm.control.raft_view.RaftView`` over a raft member."""

    def __init__(self, raft: RaftMember) -> None:
        self._raft = raft

    def members(self) -> list[MemberView]:
        """Every member, this leader included."""
        leader = self._raft.leader().member
        leader_id = leader.member_id if leader else ""
        return [
            MemberView(
                member.member_id,
                member.node_id,
                member.address,
                self._raft.reachable(member.member_id),
                member.member_id == leader_id,
            )
            for member in self._raft.members()
        ]

    def is_member(self, node_id: str) -> bool:
        """Whether a node's manager is a raft member."""
        return self._raft.member_of_node(node_id) is not None

    def can_remove(self, node_id: str) -> bool:
        """Whether enough other members are reachable for a quorum without this node's."""
        member = self._raft.member_of_node(node_id)
        return member is not None and self._raft.can_remove(member.member_id)

    def peers(self) -> tuple[Peer, ...]:
        """Where agents find managers."""
        return tuple(Peer(member.node_id, member.address) for member in self._raft.members())
