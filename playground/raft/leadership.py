"""What a leader does: replicates its log, counts who has it, checks that it still has a majority.

Source: the Raft paper, sections 5.3, 5.4.2 and 3.10 of the dissertation (leadership
transfer); etcd/raft ``raft.go``, ``stepLeader``.
"""

from collections.abc import Mapping

from playground.raft.config import Config
from playground.raft.log import Log
from playground.raft.messages import (
    AppendEntries,
    AppendResponse,
    Heartbeat,
    HeartbeatResponse,
    InstallSnapshot,
    Message,
    TimeoutNow,
)
from playground.raft.progress import Mode, Progress
from playground.raft.quorum import committed_index, majority
from playground.raft.storage import Storage

SNAPSHOT_BEATS = 3
"""Answered heartbeats after which a snapshot without an answer counts as lost."""


class Leadership:
    """One member's time as the leader of one term."""

    def __init__(
        self,
        member_id: str,
        term: int,
        members: Mapping[str, object],
        config: Config,
        log: Log,
        storage: Storage,
        outbox: list[Message],
    ) -> None:
        self.pending_membership = log.last_index
        """While an index up to here is not applied, no membership change is proposed."""
        self.transfer_to = ""
        self.peers: dict[str, Progress] = {
            member: Progress(log.last_index + 1, recent_active=False) for member in members if member != member_id
        }
        self._member_id = member_id
        self._term = term
        self._config = config
        self._log = log
        self._storage = storage
        self._outbox = outbox
        self._heartbeat_elapsed = 0
        self._election_elapsed = 0

    # Time

    def tick(self) -> bool:
        """Let one tick pass; returns False when the majority is lost and the leader has to step down."""
        self._heartbeat_elapsed += 1
        self._election_elapsed += 1
        if self._election_elapsed >= self._config.election_tick:
            self._election_elapsed = 0
            if self._config.check_quorum and not self._quorum_active():
                return False
            self.transfer_to = ""
        if self._heartbeat_elapsed >= self._config.heartbeat_tick:
            self._heartbeat_elapsed = 0
            for member, progress in self.peers.items():
                self._send_heartbeat(member, progress)
        return True

    def _quorum_active(self) -> bool:
        active = 1
        for progress in self.peers.values():
            if progress.recent_active:
                active += 1
                progress.recent_active = False
        return active >= majority(len(self.peers) + 1)

    def _send_heartbeat(self, member: str, progress: Progress) -> None:
        # A follower may hold other entries beyond what matches: it must not commit those.
        commit = min(progress.match, self._log.committed)
        beat = progress.heartbeat
        if beat is None or beat.commit != commit:
            beat = progress.heartbeat = Heartbeat(self._member_id, member, self._term, commit)
        progress.sent_commit = commit
        self._outbox.append(beat)

    # Replication

    def broadcast(self) -> None:
        """Send everybody what is new, or at least the commit index."""
        for member, progress in self.peers.items():
            self._send(member, progress)

    def _send(self, member: str, progress: Progress, *, if_empty: bool = True) -> bool:
        """Send one append, or a snapshot where the log no longer reaches back; returns whether it was."""
        if progress.blocked:
            return False
        log = self._log
        previous = progress.next - 1
        term = log.term(previous)
        if term is None:
            return self._send_snapshot(member, progress)
        up_to = min(log.last_index, previous + self._config.max_entries)
        entries = log.between(previous, up_to) if up_to > previous else ()
        if not entries and not if_empty:
            return False
        self._outbox.append(AppendEntries(self._member_id, member, self._term, previous, term, entries, log.committed))
        progress.sent(len(entries), self._config.max_inflight)
        progress.sent_commit = log.committed
        return True

    def _send_snapshot(self, member: str, progress: Progress) -> bool:
        snapshot = self._storage.snapshot
        if not progress.recent_active or snapshot is None:
            return False
        progress.install(snapshot.index)
        self._outbox.append(InstallSnapshot(self._member_id, member, self._term, snapshot))
        return True

    def on_append_response(self, message: AppendResponse) -> None:
        progress = self.peers.get(message.source)
        if progress is None:
            return
        progress.recent_active = True
        if message.rejected:
            self._on_refusal(message, progress)
            return
        news = progress.acknowledged(message.index)
        if not news and not (progress.match == message.index and progress.mode is Mode.PROBE):
            return
        if progress.mode is Mode.PROBE:
            progress.replicate()
        elif progress.mode is Mode.SNAPSHOT:
            if progress.match >= self._log.base_index:
                progress.replicate()
        else:
            progress.free(message.index)
        if self.maybe_commit():
            self.broadcast()
        elif progress.sent_commit < min(self._log.committed, progress.next - 1):
            self._send(message.source, progress)
        while self._send(message.source, progress, if_empty=False):
            pass
        if message.source == self.transfer_to and progress.match == self._log.last_index:
            self._outbox.append(TimeoutNow(self._member_id, message.source, self._term))

    def _on_refusal(self, message: AppendResponse, progress: Progress) -> None:
        hint = message.hint_index
        if message.hint_term:
            hint, _ = self._log.conflict_hint(hint, message.hint_term)
        if progress.refused(message.index, hint):
            if progress.mode is Mode.REPLICATE:
                progress.probe()
            self._send(message.source, progress)

    def on_heartbeat_response(self, message: HeartbeatResponse) -> None:
        progress = self.peers.get(message.source)
        if progress is None:
            return
        progress.recent_active = True
        progress.paused = False
        if progress.mode is Mode.SNAPSHOT:
            progress.beats_waited += 1
            if progress.beats_waited >= SNAPSHOT_BEATS:
                self._lost_snapshot(progress)
        if progress.match < self._log.last_index or progress.mode is Mode.PROBE:
            self._send(message.source, progress)

    @staticmethod
    def _lost_snapshot(progress: Progress) -> None:
        progress.pending_snapshot = 0
        progress.probe()

    @property
    def everybody_has_everything(self) -> bool:
        """True when every follower is known to have the whole log, and none is being handed the leadership."""
        last = self._log.last_index
        return not self.transfer_to and all(
            progress.mode is Mode.REPLICATE and progress.match == last for progress in self.peers.values()
        )

    def report_unreachable(self, member: str) -> None:
        """A message to a member was lost: what was sent ahead of its answers probably was, too."""
        progress = self.peers.get(member)
        if progress is None:
            return
        if progress.mode is Mode.REPLICATE:
            progress.probe()
        elif progress.mode is Mode.SNAPSHOT:
            self._lost_snapshot(progress)

    def maybe_commit(self) -> bool:
        """Commit what a majority has; returns whether that is more than before.

        Only an entry of the leader's own term is committed by counting; those before it come
        with it (section 5.4.2, figure 8).
        """
        log = self._log
        index = committed_index([log.last_index, *(progress.match for progress in self.peers.values())])
        if index > log.committed and log.term(index) == self._term:
            log.commit_to(index)
            return True
        return False

    # Members

    def members_changed(self, members: Mapping[str, object]) -> None:
        """Follow the members as they are now; who is new is sent the log at once."""
        for gone in [member for member in self.peers if member not in members]:
            del self.peers[gone]
            if gone == self.transfer_to:
                self.transfer_to = ""
        for member in members:
            if member != self._member_id and member not in self.peers:
                self.peers[member] = Progress(max(self._log.last_index, 1), recent_active=True)
        if self.maybe_commit():
            self.broadcast()
        else:
            for member, progress in self.peers.items():
                self._send(member, progress, if_empty=False)

    def transfer(self, to: str) -> bool:
        """Hand over to a follower as soon as it has the whole log; returns False when it is no follower.

        Until then, and for an election timeout at most, proposals are dropped.
        """
        progress = self.peers.get(to)
        if progress is None:
            return False
        if self.transfer_to == to:
            return True
        self.transfer_to = to
        self._election_elapsed = 0
        if progress.match == self._log.last_index:
            self._outbox.append(TimeoutNow(self._member_id, to, self._term))
        else:
            self._send(to, progress)
        return True
