"""A cluster of raft members over a network under the test's control, which checks the paper's promises all the time.

Figure 3 of the paper: election safety, leader append-only, log matching, leader completeness,
state machine safety. Each is checked after every step of every member, against everything that
was ever true in this run, not only against what the members remember now.
"""

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from playground.raft.config import Config
from playground.raft.messages import Change, Entry, MembershipChange, Message, Snapshot
from playground.raft.node import ProposalDropped, RaftNode
from playground.raft.status import Role
from playground.raft.storage import Storage


class Broken(AssertionError):
    """A promise of the paper does not hold."""


class Member:
    """One member: its disk, and while it runs its node and what it has applied."""

    def __init__(self, name: str, storage: Storage, random: Random) -> None:
        self.name = name
        self.storage = storage
        self.random = random
        self.node: RaftNode | None = None
        self.applied: list[tuple[int, Any]] = []


class Cluster:
    """Members and the messages between them.

    Messages on one link stay in order unless one is let ``overtake``, and arrive once unless one is let ``repeat``;
    they move only when ``deliver`` or ``settle`` says so.
    ``lose(message)`` says what is lost on the way.
    """

    def __init__(self, size: int, *, config: Config | None = None, seed: int = 1) -> None:
        self.config = config or Config()
        self.random = Random(seed)
        self.members: dict[str, Member] = {}
        self.links: dict[tuple[str, str], list[Message]] = {}
        self.cut: set[tuple[str, str]] = set()
        self.lose: Callable[[Message], bool] = lambda message: False
        self.sent: list[Message] = []
        self.acknowledged: dict[int, Any] = {}
        """Log index -> what its proposer was told is agreed on: it applied its own entry, of the proposal's term."""
        self._proposed: dict[tuple[str, int], tuple[int, Any]] = {}
        self._leaders: dict[int, str] = {}
        self._ever: dict[tuple[int, int], tuple[Any, int]] = {}
        self._leader_logs: dict[str, tuple[int, int]] = {}
        self._committed: dict[int, tuple[int, Any, int]] = {}
        names = [f"m{number}" for number in range(1, size + 1)]
        for name in names:
            storage = Storage()
            storage.bootstrap([(first, f"address of {first}") for first in names])
            self._add(name, storage)
        for name in names:
            self.start(name)

    def _add(self, name: str, storage: Storage) -> Member:
        member = self.members[name] = Member(name, storage, Random(self.random.getrandbits(32)))
        return member

    # Life

    def start(self, name: str) -> RaftNode:
        member = self.members[name]
        snapshot = member.storage.snapshot
        member.applied = list(snapshot.data) if snapshot is not None else []
        member.node = RaftNode(name, self.config, member.storage, member.random)
        self.process(name)
        return member.node

    def crash(self, name: str) -> None:
        """Everything but the disk is gone, and what was under way to the member."""
        self.members[name].node = None
        for (_, target), queue in self.links.items():
            if target == name:
                queue.clear()
        # Whoever proposed something there never hears of it.
        self._proposed = {key: known for key, known in self._proposed.items() if key[0] != name}

    def new_member(self, name: str) -> None:
        """A machine that waits to be added."""
        self._add(name, Storage())
        self.start(name)

    def node(self, name: str) -> RaftNode:
        node = self.members[name].node
        assert node is not None, f"{name} does not run"
        return node

    def state(self, name: str) -> tuple[Any, ...]:
        """A member's state machine: what it applied, in order."""
        return tuple(data for _, data in self.members[name].applied)

    def running(self) -> list[str]:
        return [name for name, member in self.members.items() if member.node is not None]

    # The network

    def partition(self, *groups: Iterable[str]) -> None:
        """Cut every link between groups; whoever is in no group is alone."""
        side = {name: number for number, group in enumerate(groups) for name in group}
        self.cut = {
            (a, b)
            for a in self.members
            for b in self.members
            if a != b and (a not in side or b not in side or side[a] != side[b])
        }

    def heal(self) -> None:
        self.cut = set()

    def deliver(self, source: str, target: str) -> bool:
        """Deliver the oldest message of one link."""
        queue = self.links.get((source, target))
        if not queue:
            return False
        message = queue.pop(0)
        member = self.members[target]
        if member.node is not None and (source, target) not in self.cut:
            member.node.step(message)
            self.process(target)
        return True

    def repeat(self, source: str, target: str) -> None:
        """The oldest message of a link arrives twice."""
        queue = self.links.get((source, target))
        if queue:
            queue.insert(0, queue[0])

    def overtake(self, source: str, target: str) -> None:
        """The newest message of a link arrives before all others."""
        queue = self.links.get((source, target))
        if queue:
            queue.insert(0, queue.pop())

    def busy(self) -> list[tuple[str, str]]:
        return [link for link, queue in self.links.items() if queue]

    def settle(self, limit: int = 10_000) -> None:
        """Deliver messages until none is left."""
        for _ in range(limit):
            busy = self.busy()
            if not busy:
                return
            self.deliver(*busy[self.random.randrange(len(busy))])
        raise AssertionError("the members never stop talking")

    def tick(self, *names: str, count: int = 1) -> None:
        for _ in range(count):
            for name in names or self.running():
                self.node(name).tick()
                self.process(name)

    def run(self, ticks: int) -> None:
        """Ticks for everybody, each followed by all messages."""
        for _ in range(ticks):
            self.tick()
            self.settle()

    def elect(self, name: str) -> RaftNode:
        """Let a member campaign, and win."""
        self.node(name).campaign()
        self.process(name)
        self.settle()
        node = self.node(name)
        assert node.role is Role.LEADER, f"{name} was not elected: {node.status()}"
        return node

    def leader(self) -> str | None:
        """The leader of the highest term, among those who run."""
        leading = [name for name in self.running() if self.node(name).role is Role.LEADER]
        return max(leading, key=lambda name: self.node(name).term, default=None)

    def propose(self, name: str, data: Any) -> bool:
        try:
            index, term = self.node(name).propose(data)
        except ProposalDropped:
            return False
        self._proposed[name, index] = (term, data)
        self.process(name)
        return True

    def check_acknowledged(self, names: Iterable[str]) -> None:
        """Whoever has everything has every change that was ever acknowledged, at its place."""
        for name in names:
            applied = dict(self.members[name].applied)
            for index, data in self.acknowledged.items():
                if applied.get(index) != data:
                    raise Broken(f"{name} has {applied.get(index)!r} at {index}, where {data!r} was acknowledged")

    def change(self, name: str, kind: Change, member: str) -> bool:
        try:
            self.node(name).propose_membership(MembershipChange(kind, member, f"address of {member}"))
        except ProposalDropped:
            return False
        self.process(name)
        return True

    # Driving a member

    def process(self, name: str, *, crash_before_save: bool = False, crash_before_send: bool = False) -> None:
        """Do what a member's ``ready`` asks for, until it asks for nothing."""
        member = self.members[name]
        while member.node is not None and (ready := member.node.ready()) is not None:
            if crash_before_save:
                self.crash(name)
                return
            member.storage.save(ready.hard_state, ready.entries, ready.snapshot)
            if crash_before_send:
                if ready.snapshot is not None:
                    # The node counts it as applied from the moment it came.
                    self._restore(member, ready.snapshot)
                self.check(name)
                self.crash(name)
                return
            for message in ready.messages:
                self.sent.append(message)
                if not self.lose(message) and (name, message.target) not in self.cut:
                    self.links.setdefault((name, message.target), []).append(message)
            if ready.snapshot is not None:
                self._restore(member, ready.snapshot)
            for entry in ready.committed:
                self._apply(member, entry)
            member.node.advance()
            self.check(name)

    def _restore(self, member: Member, snapshot: Snapshot) -> None:
        member.applied = list(snapshot.data)

    def _apply(self, member: Member, entry: Entry) -> None:
        if entry.data is not None and not isinstance(entry.data, MembershipChange):
            member.applied.append((entry.index, entry.data))
        proposed = self._proposed.pop((member.name, entry.index), None)
        if proposed == (entry.term, entry.data):
            self.acknowledged[entry.index] = entry.data

    def compact(self, name: str) -> bool:
        member = self.members[name]
        try:
            self.node(name).compact(tuple(member.applied))
        except ValueError:
            return False
        return True

    # The promises

    def check(self, name: str) -> None:
        """Compare one member with everything that was ever true."""
        node = self.node(name)
        log = node.log
        entries = log.between(log.base_index, log.last_index)
        self._check_log(name, node, entries)
        if node.role is Role.LEADER:
            self._check_leader(name, node)
        for entry in entries:
            if entry.index > log.committed:
                break
            known = self._committed.get(entry.index)
            if known is None:
                self._committed[entry.index] = (entry.term, entry.data, node.term)
            elif known[:2] != (entry.term, entry.data):
                raise Broken(f"state machine safety: {name} committed {entry}, another committed {known}")
        wanted = [
            (index, self._committed[index][1])
            for index in sorted(self._committed)
            if index <= log.applied
            and self._committed[index][1] is not None
            and not isinstance(self._committed[index][1], MembershipChange)
        ]
        if self.members[name].applied != wanted:
            raise Broken(f"state machine safety: {name} applied {self.members[name].applied}, not {wanted}")

    def _check_log(self, name: str, node: RaftNode, entries: Iterable[Entry]) -> None:
        before = node.log.base_term
        index = node.log.base_index
        for entry in entries:
            index += 1
            if entry.index != index:
                raise Broken(f"{name} has entry {entry.index} at {index}")
            known = self._ever.setdefault((entry.index, entry.term), (entry.data, before))
            if known != (entry.data, before):
                raise Broken(f"log matching: {name} has {entry} after term {before}, another had {known}")
            before = entry.term

    def _check_leader(self, name: str, node: RaftNode) -> None:
        first = self._leaders.setdefault(node.term, name)
        if first != name:
            raise Broken(f"election safety: {first} and {name} both lead term {node.term}")
        term, length = self._leader_logs.get(name, (0, 0))
        if term == node.term and node.log.last_index < length:
            raise Broken(f"leader append-only: {name} shortened its log")
        self._leader_logs[name] = (node.term, node.log.last_index)
        for index, (term, _, committed_in) in self._committed.items():
            if index > node.log.base_index and committed_in < node.term and node.log.term(index) != term:
                raise Broken(f"leader completeness: {name} leads term {node.term} without entry {index}")
