"""One member of a Raft cluster, as a state machine without clock, network or disk.

One door in: ``tick``, ``step``, ``propose`` and the other methods that change it. One
door out: ``ready`` says what has to happen, ``advance`` says that it has. Who drives it
does, in this order: store hard state, entries and snapshot (``Storage.save``); send the
messages; apply the snapshot and the committed entries; ``advance``. Nothing else may be
called in between but ``propose``.

Source: the Raft paper (Ongaro and Ousterhout, extended version) and etcd/raft ``raft.go``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from playground.raft.config import Config
from playground.raft.leadership import Leadership
from playground.raft.log import Log
from playground.raft.messages import (
    AppendEntries,
    AppendResponse,
    Change,
    Entry,
    Heartbeat,
    HeartbeatResponse,
    InstallSnapshot,
    MembershipChange,
    Message,
    RequestVote,
    Snapshot,
    TimeoutNow,
    Vote,
)
from playground.raft.quorum import Outcome, tally
from playground.raft.status import PeerStatus, Role, Status
from playground.raft.storage import HardState, Storage, apply_change


class ProposalDropped(Exception):
    """The proposal was not taken: this member does not lead, is handing over, or has a membership change pending."""


@dataclass(slots=True)
class Ready:
    """What has to happen now; see the module."""

    hard_state: HardState | None
    entries: Sequence[Entry]
    snapshot: Snapshot | None
    messages: Sequence[Message]
    committed: Sequence[Entry]


class RaftNode:
    """See the module. The public attributes are for reading."""

    def __init__(self, member_id: str, config: Config, storage: Storage, random: Random) -> None:
        """Start as a follower from what is stored.

        Committed entries after the stored snapshot are handed out again by ``ready``; the
        snapshot itself (``storage.snapshot``) is the caller's to restore before.
        """
        self.member_id = member_id
        self.config = config
        self.storage = storage
        self.role = Role.FOLLOWER
        self.term = storage.hard_state.term
        self.vote = storage.hard_state.vote
        self.leader = ""
        self.votes: dict[str, bool] = {}
        self.revision = 0
        """Goes up whenever role, term, leader, vote, votes or members change."""
        snapshot = storage.snapshot
        self.members: dict[str, Any] = dict(snapshot.members) if snapshot is not None else {}
        """Members as of the applied index, with their contexts, in order of joining."""
        self.removed: list[str] = list(snapshot.removed) if snapshot is not None else []
        self.log = Log(storage)
        self._random = random
        self._leadership: Leadership | None = None
        self._elapsed = 0
        self._timeout = 0
        self._outbox: list[Message] = []
        self._restored: Snapshot | None = None
        self._stored = storage.hard_state
        self._ready: Ready | None = None
        self._alive: HeartbeatResponse | None = None
        self._campaign_when_alone = not storage.empty
        self._handlers: dict[type[Message], Callable[[Any], None]] = {
            Heartbeat: self._on_heartbeat,
            HeartbeatResponse: self._on_heartbeat_response,
            AppendEntries: self._on_append,
            AppendResponse: self._on_append_response,
            RequestVote: self._on_request_vote,
            Vote: self._on_vote,
            InstallSnapshot: self._on_snapshot,
            TimeoutNow: self._on_timeout_now,
        }
        self._reset(self.term)
        self._campaign_if_alone()

    # The door in

    def tick(self) -> None:
        """One unit of time has passed."""
        leadership = self._leadership
        if leadership is not None:
            if not leadership.tick():
                self._become_follower(self.term, "")
            return
        self._elapsed += 1
        if self._elapsed >= self._timeout and self.member_id in self.members:
            self._elapsed = 0
            self._campaign()

    def step(self, message: Message) -> None:
        """A message has arrived. What is out of date, or not for this role, changes nothing."""
        if message.term > self.term:
            if isinstance(message, RequestVote) and not message.transfer and self._in_lease():
                return
            from_leader = isinstance(message, (AppendEntries, Heartbeat, InstallSnapshot))
            self._become_follower(message.term, message.source if from_leader else "")
        elif message.term < self.term:
            if self.config.check_quorum and isinstance(message, (AppendEntries, Heartbeat)):
                # The sender leads an older term. Our candidacies are ignored while it has its lease, so
                # unless it learns of our term from this answer, we could never follow it again.
                self._outbox.append(AppendResponse(self.member_id, message.source, self.term, 0))
            return
        self._handlers[type(message)](message)

    def propose(self, data: Any) -> tuple[int, int]:
        """Append ``data`` to the log; returns its (index, term). It is agreed on once committed in that term.

        Raises:
            ProposalDropped: this member does not lead, or is handing over.
        """
        leadership = self._leadership
        if leadership is None or leadership.transfer_to or self.member_id not in self.members:
            raise ProposalDropped
        self._append(data)
        leadership.broadcast()
        leadership.maybe_commit()
        return self.log.last_index, self.term

    def propose_membership(self, change: MembershipChange) -> tuple[int, int]:
        """Propose that one member comes or goes; it happens when the entry is applied.

        Raises:
            ProposalDropped: as ``propose``; also while an earlier change may not be applied yet,
                for an id that was removed before, and for the last member.
        """
        leadership = self._leadership
        if leadership is None or leadership.pending_membership > self.log.applied:
            raise ProposalDropped
        if change.member in self.removed or (change.kind is Change.REMOVE and list(self.members) == [change.member]):
            raise ProposalDropped
        before = leadership.pending_membership
        leadership.pending_membership = self.log.last_index + 1
        try:
            return self.propose(change)
        except ProposalDropped:
            leadership.pending_membership = before
            raise

    def campaign(self) -> None:
        """Start an election now. Does nothing on a leader, or on who is no member (yet)."""
        self._campaign()

    def transfer_leadership(self, to: str) -> None:
        """Let another member take over, within an election timeout or not at all.

        Raises:
            ProposalDropped: this member does not lead, or ``to`` is no other member.
        """
        if self._leadership is None or not self._leadership.transfer(to):
            raise ProposalDropped

    def report_unreachable(self, peer: str) -> None:
        """The last message to a member was probably lost."""
        if self._leadership is not None:
            self._leadership.report_unreachable(peer)

    def compact(self, data: Any) -> Snapshot:
        """Replace the log up to the applied index by ``data``, the state that it led to.

        Stores the snapshot at once; ``keep_entries`` entries before it stay for slow followers.

        Raises:
            ValueError: nothing was applied since the last snapshot.
        """
        last = self.storage.snapshot
        index = self.log.applied
        if index <= (last.index if last is not None else 0):
            raise ValueError("nothing was applied since the last snapshot")
        term = self.log.term(index)
        assert term is not None
        snapshot = Snapshot(index, term, tuple(self.members.items()), tuple(self.removed), data)
        self.storage.compact(snapshot, self.config.keep_entries)
        self.log.compact(self.storage.base_index)
        return snapshot

    @property
    def snapshot_due(self) -> bool:
        """True when ``compact`` should be called."""
        last = self.storage.snapshot
        return self.log.applied - (last.index if last is not None else 0) >= self.config.snapshot_interval

    # The door out

    @property
    def only_messages(self) -> bool:
        """True when ``ready`` has nothing to store or apply, as in the exchange of heartbeats."""
        log = self.log
        stored = self._stored
        return (
            log.applied >= log.committed
            and log.stable >= log.last_index
            and self._restored is None
            and stored.term == self.term
            and stored.vote == self.vote
            and stored.commit == log.committed
        )

    @property
    def beats_only(self) -> bool:
        """True on a leader that has heartbeats to send and whose followers have all there is: no answer is news."""
        leadership = self._leadership
        if leadership is None or not self._outbox or not leadership.everybody_has_everything:
            return False
        return all(isinstance(message, Heartbeat) for message in self._outbox)

    def only_answers(self, beat: Heartbeat) -> bool:
        """True when the heartbeat would be answered and change nothing but the time until an election."""
        return (
            beat.term == self.term
            and beat.source == self.leader
            and self.role is Role.FOLLOWER
            and beat.commit <= self.log.committed
            and not self._outbox
        )

    def answer(self, beat: Heartbeat) -> HeartbeatResponse:
        """``step`` for a heartbeat that ``only_answers`` accepts; returns the answer instead of sending it."""
        self._elapsed = 0
        return self._alive_to(beat.source)

    def take_messages(self) -> Sequence[Message]:
        """The messages to send while ``only_messages``; a short way instead of ``ready`` and ``advance``."""
        if not self._outbox:
            return ()
        messages = tuple(self._outbox)
        self._outbox.clear()
        return messages

    def ready(self) -> Ready | None:
        """What has to happen now, or None. The same until ``advance``."""
        if self._ready is not None:
            return self._ready
        log = self.log
        nothing = self.only_messages
        if nothing and not self._outbox:
            return None
        hard_state: HardState | None = None
        committed: Sequence[Entry] = ()
        if not nothing:
            stored = self._stored
            if stored.commit != log.committed or stored.term != self.term or stored.vote != self.vote:
                hard_state = HardState(self.term, self.vote, log.committed)
            if log.applied < log.committed:
                committed = log.between(log.applied, log.committed)
        self._ready = Ready(hard_state, log.unstable(), self._restored, self.take_messages(), committed)
        return self._ready

    def advance(self) -> None:
        """What ``ready`` said has happened. Membership changes among the entries take effect here."""
        ready, self._ready = self._ready, None
        if ready is None:
            return
        log = self.log
        if ready.hard_state is not None:
            self._stored = ready.hard_state
        if ready.snapshot is not None:
            self._restored = None
        if ready.entries:
            log.stable = max(log.stable, ready.entries[-1].index)
        if ready.committed:
            changed = False
            for entry in ready.committed:
                if isinstance(entry.data, MembershipChange):
                    changed = apply_change(self.members, self.removed, entry.data) or changed
            log.applied = ready.committed[-1].index
            if changed:
                self._members_changed()
        self._campaign_if_alone()

    def status(self) -> Status:
        """A picture of this member, for inspection."""
        peers = self._leadership.peers if self._leadership is not None else {}
        return Status(
            member=self.member_id,
            role=self.role,
            term=self.term,
            voted_for=self.vote,
            leader=self.leader,
            commit=self.log.committed,
            applied=self.log.applied,
            first_index=self.log.first_index,
            last_index=self.log.last_index,
            votes=tuple(sorted(member for member, granted in self.votes.items() if granted)),
            members=tuple(self.members),
            peers=tuple(
                PeerStatus(member, peer.match, peer.next, peer.mode.value, peer.recent_active)
                for member, peer in peers.items()
            ),
        )

    # Roles

    def _reset(self, term: int) -> None:
        if term != self.term:
            self.term = term
            self.vote = ""
            self.votes = {}
        self.revision += 1
        self.leader = ""
        self._leadership = None
        self._elapsed = 0
        election = self.config.election_tick
        self._timeout = election + self._random.randrange(election)

    def _become_follower(self, term: int, leader: str) -> None:
        self._reset(term)
        self.role = Role.FOLLOWER
        self.leader = leader

    def _become_candidate(self) -> None:
        self._reset(self.term + 1)
        self.role = Role.CANDIDATE
        self.vote = self.member_id
        self.votes = {self.member_id: True}

    def _become_leader(self) -> None:
        self._reset(self.term)
        self.role = Role.LEADER
        self.leader = self.member_id
        leadership = Leadership(
            self.member_id, self.term, self.members, self.config, self.log, self.storage, self._outbox
        )
        self._leadership = leadership
        self._append(None)
        leadership.broadcast()
        leadership.maybe_commit()

    def _append(self, data: Any) -> None:
        self.log.append(Entry(self.log.last_index + 1, self.term, data))

    def _campaign(self, *, transfer: bool = False) -> None:
        if self._leadership is not None or self.member_id not in self.members or self.log.has_unapplied_membership():
            return
        self._become_candidate()
        last_index, last_term = self.log.last_index, self.log.last_term
        for member in self.members:
            if member != self.member_id:
                self._outbox.append(RequestVote(self.member_id, member, self.term, last_index, last_term, transfer))
        self._count_votes()

    def _count_votes(self) -> None:
        outcome = tally(tuple(self.members), self.votes)
        if outcome is Outcome.WON:
            self._become_leader()
        elif outcome is Outcome.LOST:
            self._become_follower(self.term, "")

    def _campaign_if_alone(self) -> None:
        """A cluster of one need not wait. Source: swarmkit ``raft.go``, ``campaignWhenAble``."""
        if self._campaign_when_alone and self.members and self.log.applied >= self.log.committed:
            self._campaign_when_alone = False
            if list(self.members) == [self.member_id]:
                self._campaign()

    def _in_lease(self) -> bool:
        """True while a leader is known that cannot have lost its majority yet."""
        if not self.config.check_quorum or not self.leader:
            return False
        return self._leadership is not None or self._elapsed < self.config.election_tick

    def _members_changed(self) -> None:
        self.revision += 1
        leadership = self._leadership
        if leadership is None:
            return
        if self.member_id in self.members:
            leadership.members_changed(self.members)
        else:
            self._become_follower(self.term, "")

    # Messages; each handler is called with a message of this very term

    def _on_request_vote(self, message: RequestVote) -> None:
        free = self.vote == message.source or (not self.vote and not self.leader)
        granted = free and self.log.is_up_to_date(message.last_index, message.last_term)
        if granted:
            self._elapsed = 0
            self.vote = message.source
            self.revision += 1
        self._outbox.append(Vote(self.member_id, message.source, self.term, granted))

    def _on_vote(self, message: Vote) -> None:
        if self.role is Role.CANDIDATE:
            self.votes.setdefault(message.source, message.granted)
            self.revision += 1
            self._count_votes()

    def _follow(self, leader: str) -> bool:
        """Hear from the leader of this term; returns False on that leader itself."""
        if self.role is Role.FOLLOWER:
            self._elapsed = 0
            if self.leader != leader:
                self.leader = leader
                self.revision += 1
            return True
        if self.role is Role.CANDIDATE:
            self._become_follower(self.term, leader)
            return True
        return False

    def _on_heartbeat(self, message: Heartbeat) -> None:
        if not self._follow(message.source):
            return
        self.log.commit_to(message.commit)
        self._outbox.append(self._alive_to(message.source))

    def _alive_to(self, leader: str) -> HeartbeatResponse:
        """The last answer to a heartbeat, as long as it says the same."""
        alive = self._alive
        if alive is None or alive.term != self.term or alive.target != leader:
            alive = self._alive = HeartbeatResponse(self.member_id, leader, self.term)
        return alive

    def _on_append(self, message: AppendEntries) -> None:
        if not self._follow(message.source):
            return
        log = self.log
        if message.previous_index < log.committed:
            self._outbox.append(AppendResponse(self.member_id, message.source, self.term, log.committed))
            return
        last = log.match(message.previous_index, message.previous_term, message.entries)
        if last is not None:
            log.commit_to(min(message.commit, last))
            self._outbox.append(AppendResponse(self.member_id, message.source, self.term, last))
            return
        hint, hint_term = log.conflict_hint(min(message.previous_index, log.last_index), message.previous_term)
        self._outbox.append(
            AppendResponse(self.member_id, message.source, self.term, message.previous_index, True, hint, hint_term)
        )

    def _on_snapshot(self, message: InstallSnapshot) -> None:
        if not self._follow(message.source):
            return
        snapshot = message.snapshot
        log = self.log
        if snapshot.index > log.committed:
            if log.term(snapshot.index) == snapshot.term:
                # Everything in it is in the log already: only the news that it is committed counts.
                log.commit_to(snapshot.index)
            else:
                log.restore(snapshot)
                self.members = dict(snapshot.members)
                self.removed = list(snapshot.removed)
                self._restored = snapshot
                self.revision += 1
        self._outbox.append(AppendResponse(self.member_id, message.source, self.term, log.committed))

    def _on_append_response(self, message: AppendResponse) -> None:
        if self._leadership is not None:
            self._leadership.on_append_response(message)

    def _on_heartbeat_response(self, message: HeartbeatResponse) -> None:
        if self._leadership is not None:
            self._leadership.on_heartbeat_response(message)

    def _on_timeout_now(self, message: TimeoutNow) -> None:
        if self.role is Role.FOLLOWER:
            self._campaign(transfer=True)
