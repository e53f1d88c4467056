"""The way from any manager to the leader.

Source: swarmkit ``manager/state/raft/raft.go`` (``LeaderConn``), the raft proxies of ``api/*.pb.go``.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from playground.sim.futures import TimedOut
from playground.sim.kernel import MILLISECOND, SECOND, Kernel
from playground.sim.network import ConnectionRefused, Network, Unreachable
from playground.swarm.errors import Code, RpcError, deadline_exceeded, no_leader
from playground.swarm.replication import Member, RaftMember
from playground.swarm.rpc import Request, closing

POLL_US = SECOND
POLL_NEW_LEADER_US = 500 * MILLISECOND
LOST_QUORUM_TICKS = 10


class LeaderConnection:
    """Runs requests on the leader: here when this manager leads, otherwise over the network.

    ``serve(service, request)`` answers on this manager; what it returns may be awaitable.
    """

    def __init__(
        self, kernel: Kernel, network: Network, raft: RaftMember, serve: Callable[[str, Request], Any]
    ) -> None:
        self._kernel = kernel
        self._network = network
        self._raft = raft
        self._serve = serve

    async def call(self, service: str, request: Request, timeout_us: int) -> Any:
        """Run a request on the leader and return its answer.

        Raises:
            RpcError: no leader for more than ten ticks; DeadlineExceeded, no answer in time, or no
                leader for so long; ResourceExhausted, it came from a manager that took this one for the leader.
            SwarmError: whatever the leader raised.
        """
        deadline_us = self._kernel.now_us + timeout_us
        leader = await self._leader(deadline_us)
        while True:
            if leader.member_id == self._raft.member.member_id:
                return await self._here(service, request, deadline_us)
            if request.forwarded_by:
                raise RpcError(
                    Code.RESOURCE_EXHAUSTED, f"more than one redirect to leader from: [{request.forwarded_by}]"
                )
            try:
                return await self._forward(leader, service, request, deadline_us)
            except ConnectionRefused:
                leader = await self._poll(deadline_us, POLL_NEW_LEADER_US)

    async def _here(self, service: str, request: Request, deadline_us: int) -> Any:
        self._tell("led", service, request)
        answer = self._serve(service, request)
        if not hasattr(answer, "__await__"):
            return answer
        try:
            return await self._kernel.timeout(max(0, deadline_us - self._kernel.now_us), answer)
        except TimedOut:
            raise deadline_exceeded() from None

    async def _forward(self, leader: Member, service: str, request: Request, deadline_us: int) -> Any:
        forwarded = replace(request, forwarded_by=self._raft.member.node_id)
        self._tell("forwarded", service, request, to=leader.machine)
        remaining_us = max(0, deadline_us - self._kernel.now_us)
        try:
            return await self._network.call(self._raft.member.machine, leader.machine, service, forwarded, remaining_us)
        except Unreachable:
            raise deadline_exceeded() from None

    def _tell(self, kind: str, service: str, request: Request, **facts: Any) -> None:
        """Note the way of a request; what agents report all the time, and one more look at the same, are left out."""
        cause = self._kernel.cause
        if cause is None or service in ("dispatcher", "logs"):
            return
        machine, method = self._raft.member.machine, request.method
        if not method.startswith(("get_", "list_")) or cause.first(kind, machine, method):
            self._kernel.mark(kind, machine, service=service, method=method, **facts)

    async def _leader(self, deadline_us: int) -> Member:
        known = self._raft.leader()
        if known.member is not None:
            return known.member
        waits = known.ticks_without <= LOST_QUORUM_TICKS
        members = len(self._raft.members())
        facts = {"waits": waits, "seconds": known.ticks_without, "members": members}
        self._kernel.mark("no leader", self._raft.member.machine, **facts)
        if not waits:
            raise no_leader()
        return await self._poll(deadline_us, POLL_US)

    async def _poll(self, deadline_us: int, every_us: int) -> Member:
        while True:
            if self._kernel.now_us + every_us > deadline_us:
                await self._kernel.sleep(max(0, deadline_us - self._kernel.now_us))
                raise deadline_exceeded()
            await self._kernel.sleep(every_us)
            if not self._raft.running:
                raise closing()
            member = self._raft.leader().member
            if member is not None:
                return member
