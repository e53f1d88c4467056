"""Raft's messages between machines, and who answers them.

Source: swarmkit ``manager/state/raft/transport``.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from playground.raft.messages import AppendEntries, Heartbeat, InstallSnapshot, Message, RequestVote, TimeoutNow
from playground.sim.kernel import SECOND, Kernel
from playground.sim.network import ConnectionRefused, Network, Unreachable
from playground.swarm.errors import Code, RpcError, deadline_exceeded
from playground.swarm.raft_disk import Member

SERVICE = "raft"
HEALTH_SERVICE = "raft-health"
SEND_TIMEOUT_US = 2 * SECOND
"""A message without an answer for so long was not delivered. Source: ``raft.go``, ``SendTimeout``."""
HEALTH_TIMEOUT_US = 5 * SECOND
RECENT_MESSAGES = 32

_ASKS = (Heartbeat, AppendEntries, RequestVote, InstallSnapshot, TimeoutNow)
"""Messages that a living peer answers."""


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    """What a member answers to one that was removed from the cluster.

    ``revoked``: the nodes whose certificates no longer count. They never hear this: their connection is refused
    before any message is looked at.
    """

    target: str
    revoked: Collection[str]


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """One message that a member sent or received, for an inspector."""

    at_us: int
    sent: bool
    message: Message


class RaftTransport:
    """Carries one member's messages and remembers which peers answer.

    The real transport learns of an unreachable peer from a send that fails after 2 s; the
    simulated network tells nobody, so here it is a message without an answer for 2 s.
    """

    def __init__(self, kernel: Kernel, network: Network, machine: str) -> None:
        self._kernel = kernel
        self._network = network
        self._machine = machine
        self._machines: dict[str, str] = {}
        self._strangers: dict[str, str] = {}
        """Peers that wrote from these machines and are not members yet as far as this member's log goes."""
        self._unanswered: dict[str, int] = {}
        """Peer -> since when it has not answered a message."""
        self._active_since: dict[str, int] = {}
        self._recent: deque[tuple[int, bool, Message]] = deque(maxlen=RECENT_MESSAGES)

    def knows(self, peer: str) -> bool:
        return peer in self._machines

    def know(self, members: Iterable[Member]) -> None:
        """Say who the peers are now, and on which machines."""
        self._machines = {member.member_id: member.machine for member in members}
        self._strangers.clear()
        for gone in [peer for peer in self._unanswered if peer not in self._machines]:
            del self._unanswered[gone]
        self._kernel.touch("reachability", self._machine)

    def send(self, message: Message) -> bool:
        """Send to a peer; to one that is not known and has not written, nothing happens.

        Returns False when the message is already known to be lost.

        A leader that joined while this member was away is answered so; the real transport asks another
        peer for its address (``transport.go``, ``sendUnknownMessage``).
        """
        target = message.target
        machine = self._machines.get(target) or self._strangers.get(target)
        if machine is None:
            return False
        now_us = self._kernel.now_us
        if target not in self._unanswered and isinstance(message, _ASKS):
            self._unanswered[target] = now_us
        self._recent.append((now_us, True, message))
        return self._network.send(self._machine, machine, SERVICE, message)

    def exchange(self, beats: Sequence[Message], heard: Callable[[int, str, Any], object]) -> None:
        """``send`` each heartbeat; who sends them has nothing else to say to a peer that answers.

        ``heard(at_us, machine, answer)`` takes what is answered before anything else can happen; see
        ``Network.exchange``.
        """
        if self._unanswered or any(beat.target not in self._machines for beat in beats):
            for beat in beats:
                self.send(beat)
            return
        now_us = self._kernel.now_us
        for beat in beats:
            self._unanswered[beat.target] = now_us
            self._recent.append((now_us, True, beat))
        messages = [(self._machines[beat.target], beat) for beat in beats]
        self._network.exchange(self._machine, SERVICE, messages, heard)

    def hears_often(self, peer: str) -> bool:
        """True of a peer that owes no answer: hearing from it again is no news to anybody."""
        return peer in self._machines and peer not in self._unanswered

    def exchanged(self, at_us: int, received: Message, sent: Message, machine: str) -> None:
        """A message of a peer was received and answered, by way of ``Network.exchange``."""
        self.received(received, machine, at_us)
        self._recent.append((at_us, True, sent))

    def received(self, message: Message, machine: str, now_us: int) -> None:
        """A peer was heard, from a machine, at ``now_us``."""
        peer = message.source
        if peer not in self._machines:
            self._strangers[peer] = machine
        since_us = self._unanswered.pop(peer, None)
        if since_us is not None and now_us - since_us >= SEND_TIMEOUT_US:
            self._kernel.touch("reachability", self._machine)
        if peer not in self._active_since:
            self._active_since[peer] = now_us
        self._recent.append((now_us, False, message))

    def reject(self, machine: str, member_id: str, revoked: Collection[str]) -> None:
        """Tell a member that was removed that it was; ``revoked`` as in ``MemberRemoved``."""
        self._network.send(self._machine, machine, SERVICE, MemberRemoved(member_id, revoked))

    def reachable(self, peer: str) -> bool:
        """True unless a message to the peer went unanswered for 2 s."""
        since_us = self._unanswered.get(peer)
        return since_us is None or self._kernel.now_us - since_us < SEND_TIMEOUT_US

    def unreachable_peers(self) -> list[str]:
        """Who does not answer; from now on they count as inactive."""
        if not self._unanswered:
            return []
        silent = [peer for peer in self._unanswered if not self.reachable(peer)]
        for peer in silent:
            self._active_since.pop(peer, None)
        for since_us in self._unanswered.values():
            left_us = SEND_TIMEOUT_US - (self._kernel.now_us - since_us)
            if 0 < left_us <= SECOND:  # An onlooker shall see it at that moment, not when this is asked next.
                self._kernel.after(left_us, self._kernel.touch, "reachability", self._machine)
        return silent

    def longest_active(self, peers: Collection[str]) -> str:
        """The peer that has answered for the longest time.

        Source: ``transport.go``, ``LongestActive``.

        Raises:
            RpcError: Unknown, none is active.
        """
        able = [peer for peer in peers if peer in self._active_since and self.reachable(peer)]
        if not able:
            raise RpcError(Code.UNKNOWN, "failed to get longest-active member: failed to find longest active peer")
        return min(able, key=lambda peer: self._active_since[peer])

    async def check_health(self, member: Member) -> None:
        """Reach a manager that wants to join under the address it gives.

        Source: ``raft.go``, ``checkHealth``.

        Raises:
            RpcError: Unknown, nothing answers there within 5 s.
        """
        try:
            await self._network.call(self._machine, member.machine, HEALTH_SERVICE, None, HEALTH_TIMEOUT_US)
        except (Unreachable, ConnectionRefused) as error:
            cause: RpcError = deadline_exceeded()
            if isinstance(error, ConnectionRefused):
                dialing = f"Error while dialing: dial tcp {member.address}: connect: connection refused"
                cause = RpcError(Code.UNAVAILABLE, f'connection error: desc = "transport: {dialing}"')
            raise RpcError(
                Code.UNKNOWN,
                f"could not connect to prospective new cluster member using its advertised address: {cause}",
            ) from None

    def recent(self) -> tuple[SeenMessage, ...]:
        """The last messages sent and received, oldest first."""
        return tuple(SeenMessage(at_us, sent, message) for at_us, sent, message in self._recent)


def answer_health_checks(network: Network, machine: str) -> Callable[[], None]:
    """Let a machine that is about to join answer the leader's health check. Returns how to stop."""

    def answer(source: str, payload: Any) -> str:
        return "SERVING"

    network.listen(machine, HEALTH_SERVICE, answer)
    return lambda: network.unlisten(machine, HEALTH_SERVICE)
