"""The heartbeats of a quiet cluster: sent and answered in one event, where nothing else can happen meanwhile.

They are most of what managers say to each other, and say nothing. What they change (when a peer was heard last, the
time until an election) is the same as if each were carried by itself.
"""

from collections.abc import Callable

from playground.raft.messages import Heartbeat, Message
from playground.raft.node import RaftNode
from playground.swarm.raft_transport import MemberRemoved, RaftTransport


class QuietBeats:
    """One member's part in it, as a leader (``send``) and as a follower (``playground.sim.network.Reflex``).

    ``settled()`` is True while nothing is to be stored or applied on this member, and everybody knows how it stands.
    """

    def __init__(self, node: RaftNode, transport: RaftTransport, settled: Callable[[], bool]) -> None:
        self._node = node
        self._transport = transport
        self._settled = settled

    def send(self) -> bool:
        """Send the heartbeats that are due; False, and nothing is sent, when there is more to do than that."""
        if not self._node.beats_only or not self._settled():
            return False
        self._transport.exchange(self._node.take_messages(), self._answered)
        return True

    def _answered(self, at_us: int, machine: str, answer: Message) -> None:
        self._transport.received(answer, machine, at_us)
        self._node.step(answer)

    def takes(self, source: str, payload: Message | MemberRemoved) -> bool:
        """True for the heartbeat of a leader who has no news."""
        node = self._node
        return (
            isinstance(payload, Heartbeat)
            and payload.target == node.member_id
            and payload.source not in node.removed
            and node.only_answers(payload)
            and self._settled()
            and self._transport.hears_often(payload.source)
        )

    def take(self, at_us: int, source: str, payload: Heartbeat) -> Message:
        """Answer it, as the member would to any message."""
        answer = self._node.answer(payload)
        self._transport.exchanged(at_us, payload, answer, source)
        return answer
