"""One manager's part in the replicated log: raft on a simulated machine.

``RaftMember`` ticks a ``RaftNode`` in virtual time, carries its messages, keeps its
disk, applies what is committed to the manager's ``MemoryStore``, and is the
``ReplicatedStore`` through which a leader changes it.

Source: swarmkit ``manager/state/raft/raft.go``.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from playground.raft.config import Config
from playground.raft.messages import (
    AppendEntries,
    AppendResponse,
    Change,
    Entry,
    MembershipChange,
    Message,
    RequestVote,
)
from playground.raft.node import ProposalDropped, RaftNode, Ready
from playground.raft.status import Role
from playground.sim.futures import Future, Mutex, Signal, TimedOut
from playground.sim.kernel import SECOND, Kernel, Timer
from playground.sim.network import Network
from playground.swarm.errors import Code, RpcError, deadline_exceeded, lost_leadership
from playground.swarm.log_notes import LogNotes
from playground.swarm.member_facts import Leadership, MemberFacts
from playground.swarm.proposal import Proposal, Signed
from playground.swarm.quiet_beats import QuietBeats
from playground.swarm.raft_disk import Member, RaftDisk, new_member_id
from playground.swarm.raft_transport import SERVICE, MemberRemoved, RaftTransport, answer_health_checks
from playground.swarm.store import Action, MemoryStore, ReplicatedStore, Transaction

__all__ = ["Leadership", "Member", "RaftDisk", "RaftMember", "answer_health_checks", "new_member_id"]

R = TypeVar("R")

TICK_US = SECOND
JOIN_TIMEOUT_US = 5 * SECOND
"""Added to two election timeouts. Source: ``raft.go``, ``reqTimeout``."""


class RaftMember(MemberFacts, ReplicatedStore):
    """A manager's raft member on one machine, from one of the ``start_...`` calls to ``stop``.

    It makes ``store`` (``view``) what the log says; give it an empty one, on a restart too.
    Whoever switches the machine off has to ``stop`` it.

    Callbacks, each called in an event of the kernel:
        on_leader_start(store): this member leads and has applied everything; ``store`` is this object.
        on_leader_stop(): it does not lead any more. Also called by ``stop`` when it led.
        on_removed(): the cluster has removed this member. It has stopped by itself.
        on_change(): role, term, leader, members or a vote changed (for a diagram).
    """

    view: MemoryStore

    def __init__(
        self,
        kernel: Kernel,
        network: Network,
        member: Member,
        disk: RaftDisk,
        store: MemoryStore,
        *,
        on_leader_start: Callable[[ReplicatedStore], object] | None = None,
        on_leader_stop: Callable[[], object] | None = None,
        on_removed: Callable[[], object] | None = None,
        on_change: Callable[[], object] | None = None,
        boot: int = 0,
        config: Config | None = None,
    ) -> None:
        """Nothing happens before a ``start_...``. ``boot`` counts starts on this machine: it names random streams."""
        super().__init__(member, disk, RaftTransport(kernel, network, member.machine))
        self.view = store
        self.is_leader = False
        """True between ``on_leader_start`` and ``on_leader_stop``: proposals are taken."""
        self.changed = Signal(kernel)
        """Notified when role, term, leader, members or a vote changed."""
        self._kernel = kernel
        self._network = network
        self._machine = member.machine
        self._config = config or Config()
        self._boot = boot
        self._on_leader_start = on_leader_start
        self._on_leader_stop = on_leader_stop
        self._on_removed = on_removed
        self._on_change = on_change
        self._beats: QuietBeats | None = None
        self._timer: Timer | None = None
        self._due = False
        self._led_term = 0
        self._seen = -1
        """The node's revision that observers have heard of."""
        self._notes = LogNotes(kernel, member.machine)
        self._waiting: dict[int, tuple[int, Future[None]]] = {}
        """Log index -> term and future of what was proposed here."""
        self._left: Future[None] | None = None
        """The proposal of an update that was cancelled while it waited."""
        self._store_mutex = Mutex(kernel)
        self._membership_mutex = Mutex(kernel)

    # Life

    def start_new_cluster(self) -> None:
        """Be the first and only member of a new cluster; leads within this instant.

        The log then holds index 1, the membership, and index 2, the leader's first entry.

        Raises:
            ValueError: the disk is not empty.
        """
        self._claim_disk(())
        self.disk.storage.bootstrap([(self.member.member_id, self.member)])
        self._start()

    def start_joining(self, members: tuple[Member, ...]) -> None:
        """Wait for the leader, which has added this member, to send the log.

        ``members`` is what ``add_member`` returned on the leader.

        Raises:
            ValueError: the disk is not empty.
        """
        self._claim_disk(members)
        self._start()

    def _claim_disk(self, known: tuple[Member, ...]) -> None:
        if not self.disk.empty:
            raise ValueError(f"the disk is that of member {self.disk.member_id}")
        self.disk.member = self.member
        self.disk.first_known = known

    def restart(self) -> None:
        """Go on from the disk. A cluster of one leads within this instant; others wait for an election timeout.

        Raises:
            ValueError: the disk is empty, or another member's.
        """
        if self.disk.member_id != self.member.member_id:
            raise ValueError(f"the disk is that of member {self.disk.member_id or 'nobody'}")
        self._start()

    def _start(self) -> None:
        if self._node is not None:
            raise ValueError("a member is started once; make a new one")
        storage = self.disk.storage
        if storage.snapshot is not None:
            self.view.restore(storage.snapshot.data)
        random = self._kernel.random("raft", self._machine, self._boot)
        phase_us = 1 + random.randrange(TICK_US)
        self._node = node = RaftNode(self.member.member_id, self._config, storage, random)
        self._beats = QuietBeats(node, self._transport, lambda: self._settled_in(node))
        self.running = True
        self._know_machines()
        self._network.listen(self._machine, SERVICE, self._receive, self._beats)
        self._timer = self._kernel.after(phase_us, self._tick)
        self._wake()

    def stop(self) -> None:
        """End at once: no tick, no message, no callback after it; waiting updates fail. The disk stays."""
        if not self.running:
            return
        self.running = False
        if self._timer is not None:
            self._timer.cancel()
        self._network.unlisten(self._machine, SERVICE)
        self._end_leadership()
        self.changed.notify()
        self._kernel.touch("raft", self._machine)

    # Changing the members (on the leader)

    async def add_member(self, member: Member) -> tuple[Member, ...]:
        """Add a manager that wants to join; returns all members once committed.

        The joiner's machine must answer a health check within 5 s: whoever joins calls
        ``answer_health_checks`` first. A node that is a member already keeps its member id:
        look for the node id in what is returned.

        Raises:
            RpcError: FailedPrecondition, this member does not lead; Unknown, the joiner cannot be
                reached, or leadership was lost.
        """
        async with self._membership_mutex:
            self._require_leader(Code.FAILED_PRECONDITION)
            await self._transport.check_health(member)
            known = self.member_of_node(member.node_id)
            if known is not None:
                member = Member(known.member_id, known.node_id, member.machine, member.address)
            if known != member:
                await self._change(MembershipChange(Change.ADD, member.member_id, member))
            return self.members()

    async def remove_member(self, member_id: str) -> None:
        """Remove a member; returns once committed. To remove the leader, transfer leadership first.

        Raises:
            RpcError: Unknown, this member does not lead, quorum would be lost, or leadership was lost.
        """
        async with self._membership_mutex:
            self._require_leader(Code.UNKNOWN)
            if self._member(member_id) is None:
                return
            if not self.can_remove(member_id):
                raise RpcError(
                    Code.UNKNOWN, "raft: member cannot be removed, because removing it may result in loss of quorum"
                )
            await self._change(MembershipChange(Change.REMOVE, member_id))

    async def _change(self, change: MembershipChange) -> None:
        node = self._require_leader(Code.UNKNOWN)
        try:
            index, term = node.propose_membership(change)
        except ProposalDropped:
            raise _dropped() from None
        await self._wait_for(index, term)

    def _require_leader(self, code: Code) -> RaftNode:
        if self._node is None or not self.is_leader:
            raise lost_leadership(code)
        return self._node

    async def transfer_leadership(self) -> None:
        """Hand the leadership to the member that has been reachable longest; returns once another leads.

        Raises:
            RpcError: Unknown, there is nobody to take over; DeadlineExceeded, nobody did.
        """
        node = self._require_leader(Code.UNKNOWN)
        node.transfer_leadership(self._transport.longest_active(node.members))
        self._wake()
        limit_us = JOIN_TIMEOUT_US + 2 * self._config.election_tick * TICK_US
        try:
            await self._kernel.timeout(limit_us, self._another_leads())
        except TimedOut:
            raise deadline_exceeded() from None

    async def _another_leads(self) -> None:
        while self.running and self._node is not None and self._node.leader in ("", self.member.member_id):
            await self.changed.wait()

    # The store

    async def update(self, change: Callable[[Transaction], R]) -> R:
        """See ``ReplicatedStore.update``. The transaction's index is the commit index at its start.

        Raises:
            RpcError: Unknown, "raft: failed to process the request: node lost leader status".
        """
        async with self._store_mutex:
            if self._left is not None:
                await self._settled(self._left)
            transaction = Transaction(self.view, self.commit_index, self._kernel.now_us)
            result = change(transaction)
            actions = transaction.actions
            if actions:
                node = self._require_leader(Code.UNKNOWN)
                proposal = self._proposal(actions, change.by if isinstance(change, Signed) else "")
                try:
                    index, term = node.propose(proposal)
                except ProposalDropped:
                    raise _dropped() from None
                self._kernel.mark("proposed", self._machine, index=index, term=term, proposal=proposal)
                future = self._left = self._wait_for(index, term)
                try:
                    await future
                except RpcError:
                    self._kernel.mark("not committed", self._machine, index=index, term=term)
                    raise
                finally:
                    if future.done:
                        self._left = None
            return result

    def _proposal(self, actions: tuple[Action, ...], by: str) -> Proposal:
        cause = self._kernel.cause
        before = tuple(self.view.get(type(obj), obj.id) for _, obj in actions)
        return Proposal(actions, before, by, cause if cause is not None and cause.open else None)

    def _wait_for(self, index: int, term: int) -> Future[None]:
        """Done when this member has applied its own entry; fails when leadership is lost before."""
        future: Future[None] = Future(self._kernel)
        self._waiting[index] = (term, future)
        self._wake()
        return future

    async def _settled(self, future: Future[None]) -> None:
        """Wait for a proposal that nobody waits for: the next transaction must see what it did."""
        try:
            await future
        except RpcError:
            pass
        if self._left is future:
            self._left = None

    # Running raft

    def _tick(self) -> None:
        node = self._node
        assert node is not None
        self._timer = self._kernel.after(TICK_US, self._tick)
        node.tick()
        self._ticks_without = 0 if node.leader else self._ticks_without + 1
        for peer in self._transport.unreachable_peers():
            node.report_unreachable(peer)
        assert self._beats is not None
        if not self._beats.send():
            self._react(node)

    def _settled_in(self, node: RaftNode) -> bool:
        """True when nothing is to be stored or applied, and everybody knows how it stands."""
        return node.only_messages and self._seen == node.revision

    def _receive(self, source: str, message: Message | MemberRemoved) -> None:
        node = self._node
        assert node is not None
        if isinstance(message, MemberRemoved):
            if message.target == self.member.member_id and self.member.node_id not in message.revoked:
                self._leave()
            return
        sender = message.source
        if message.target != self.member.member_id:
            return
        if sender in node.removed:
            cluster = self.view.cluster()
            self._transport.reject(source, sender, tuple(cluster.removed_nodes) if cluster else ())
            return
        if isinstance(message, RequestVote) and not self._transport.knows(sender):
            return
        self._transport.received(message, source, self._kernel.now_us)
        if self._waiting and isinstance(message, AppendResponse) and not message.rejected:
            news = node.log.between(node.log.committed, min(message.index, node.log.last_index))
            self._notes.acknowledged(news, source)
        node.step(message)
        self._react(node)

    def _react(self, node: RaftNode) -> None:
        """Let an input take effect: heartbeats at once, the rest once for all inputs of this instant."""
        if self._settled_in(node):
            for message in node.take_messages():
                self._transport.send(message)
        else:
            self._wake()

    def _wake(self) -> None:
        if not self._due:
            self._due = True
            self._kernel.soon(self._process)

    def _process(self) -> None:
        self._due = False
        self._kernel.touch("raft", self._machine)
        node = self._node
        if node is None:
            return
        while self.running and (ready := node.ready()) is not None:
            self._carry_out(node, ready)
        if self.running:
            self._follow_leadership(node)
        if self.running and self._seen != node.revision:
            self._seen = node.revision
            self.changed.notify()
            if self._on_change is not None:
                self._on_change()

    def _carry_out(self, node: RaftNode, ready: Ready) -> None:
        self.disk.storage.save(ready.hard_state, ready.entries, ready.snapshot)
        for entry in ready.entries:
            self._notes.entry("stored", entry, len(node.members))
        for message in ready.messages:
            arrives = self._transport.send(message)
            target = self._member(message.target) if isinstance(message, AppendEntries) and message.entries else None
            if target is not None and isinstance(message, AppendEntries):
                self._notes.sent(message, target.machine, arrives)
        if ready.snapshot is not None:
            self.view.restore(ready.snapshot.data)
        if self.is_leader and (node.role is not Role.LEADER or node.term != self._led_term):
            # Before the entries: what others committed must not answer our own proposals.
            self._end_leadership()
        for entry in ready.committed:
            if self.running:
                self._apply(entry)
        if not self.running:
            return
        members = len(node.members), len(node.removed)
        node.advance()
        if ready.snapshot is not None or any(isinstance(entry.data, MembershipChange) for entry in ready.committed):
            self._know_machines()
        if members != (len(node.members), len(node.removed)) and self.member.member_id in node.removed:
            self._leave()
        elif node.snapshot_due:
            node.compact(self.view.snapshot())

    def _apply(self, entry: Entry) -> None:
        if isinstance(entry.data, Proposal):
            # Whoever hears of the change acts because of the input behind it, whatever brought the news.
            self._kernel.cause = entry.data.cause
            committed_here = entry.index in self._waiting
            self._notes.entry("committed" if committed_here else "applied", entry, len(self.members()))
            self.view.apply(entry.data.actions)
            self._kernel.cause = None
        waiting = self._waiting.pop(entry.index, None)
        if waiting is not None:
            term, future = waiting
            if term == entry.term:
                future.set(None)
            else:
                future.fail(lost_leadership())

    def _follow_leadership(self, node: RaftNode) -> None:
        """Begin to lead once everything in the log is applied. Source: ``raft.go``, ``caughtUp``."""
        if node.role is not Role.LEADER:
            self._end_leadership()
        elif not self.is_leader and node.log.applied >= node.log.last_index:
            self.is_leader = True
            self._led_term = node.term
            if self._on_leader_start is not None:
                self._on_leader_start(self)

    def _end_leadership(self) -> None:
        """Fail what waits, tell whoever led. Does nothing on a member that does not lead."""
        if not self.is_leader:
            return
        self.is_leader = False
        waiting, self._waiting = self._waiting, {}
        for _, future in waiting.values():
            future.fail(lost_leadership())
        if self._on_leader_stop is not None:
            self._on_leader_stop()

    def _leave(self) -> None:
        self.stop()
        if self._on_removed is not None:
            self._on_removed()

    def _know_machines(self) -> None:
        node = self._node
        assert node is not None
        known: Iterable[Member] = (*self.disk.first_known, *node.members.values())
        self._transport.know(member for member in known if member.member_id not in node.removed)


def _dropped() -> RpcError:
    """Source: etcd/raft ``ErrProposalDropped``: the leader is handing over."""
    return RpcError(Code.UNKNOWN, "raft proposal dropped")
