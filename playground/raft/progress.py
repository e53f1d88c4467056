"""What a leader knows of one follower's log, and how it feeds it.

Source: etcd/raft ``tracker/progress.go``, ``tracker/inflights.go``.
"""

from enum import Enum

from playground.raft.messages import Heartbeat


class Mode(Enum):
    """How the leader sends entries to a follower."""

    PROBE = "probe"
    """Where the logs agree is not known: one append at a time, wait for the answer."""
    REPLICATE = "replicate"
    """They agree: entries are sent as they come, before earlier ones are acknowledged."""
    SNAPSHOT = "snapshot"
    """The follower needs entries that are gone: a snapshot is under way, appends wait for it."""


class Progress:
    """Invariant: ``0 <= match < next``."""

    __slots__ = (
        "beats_waited",
        "heartbeat",
        "inflight",
        "match",
        "mode",
        "next",
        "paused",
        "pending_snapshot",
        "recent_active",
        "sent_commit",
    )

    def __init__(self, next_index: int, recent_active: bool) -> None:
        self.match = 0
        self.next = next_index
        self.mode = Mode.PROBE
        self.recent_active = recent_active
        """It answered since the last check of the quorum."""
        self.paused = False
        """Nothing is sent before the next answer."""
        self.inflight: list[int] = []
        """The last index of each append under way."""
        self.pending_snapshot = 0
        self.beats_waited = 0
        """Heartbeats answered while a snapshot is under way."""
        self.sent_commit = 0
        self.heartbeat: Heartbeat | None = None
        """The last heartbeat, sent again while it says the same."""

    @property
    def blocked(self) -> bool:
        """True when nothing may be sent now."""
        return self.paused or self.mode is Mode.SNAPSHOT

    def probe(self) -> None:
        """Go back to one append at a time, from what is known to match or what the snapshot brings."""
        self.next = max(self.match, self.pending_snapshot) + 1
        self._enter(Mode.PROBE)
        self.sent_commit = min(self.sent_commit, self.next - 1)

    def replicate(self) -> None:
        self.next = self.match + 1
        self._enter(Mode.REPLICATE)

    def install(self, snapshot_index: int) -> None:
        """A snapshot has been sent."""
        self._enter(Mode.SNAPSHOT)
        self.pending_snapshot = snapshot_index
        self.next = snapshot_index + 1
        self.sent_commit = snapshot_index

    def _enter(self, mode: Mode) -> None:
        self.mode = mode
        self.paused = False
        self.pending_snapshot = 0
        self.beats_waited = 0
        self.inflight.clear()

    def sent(self, count: int, max_inflight: int) -> None:
        """An append with so many entries from ``next`` on has been sent."""
        if self.mode is Mode.REPLICATE:
            if count:
                self.next += count
                self.inflight.append(self.next - 1)
            self.paused = len(self.inflight) >= max_inflight
        elif count:
            self.paused = True

    def acknowledged(self, index: int) -> bool:
        """The follower matches up to ``index``; returns False when that is no news."""
        if index <= self.match:
            return False
        self.match = index
        self.next = max(self.next, index + 1)
        self.paused = False
        return True

    def free(self, index: int) -> None:
        """Appends up to ``index`` are under way no more."""
        inflight = self.inflight
        done = 0
        while done < len(inflight) and inflight[done] <= index:
            done += 1
        del inflight[:done]

    def refused(self, index: int, hint: int) -> bool:
        """The follower refused an append after ``index``; it may match at ``hint``.

        Returns False when the refusal is an old one.
        """
        if self.mode is Mode.REPLICATE:
            if index <= self.match:
                return False
            self.next = self.match + 1
        else:
            if self.next - 1 != index:
                return False
            self.next = max(min(index, hint + 1), self.match + 1)
            self.paused = False
        self.sent_commit = min(self.sent_commit, self.next - 1)
        return True
