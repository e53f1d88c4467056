"""The settings of one member; the defaults are Swarm's."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Config:
    """Times are in ticks.

    A follower campaigns after ``election_tick`` to ``2 * election_tick - 1`` ticks without
    its leader. With ``check_quorum`` a leader that does not hear from a majority for an
    ``election_tick`` steps down, and a follower in touch with its leader ignores candidates.

    Source: swarmkit ``manager/state/raft/raft.go``, ``DefaultNodeConfig`` and ``DefaultRaftConfig``.
    """

    election_tick: int = 10
    heartbeat_tick: int = 1
    check_quorum: bool = True
    snapshot_interval: int = 10_000
    """Applied entries after which a snapshot is due."""
    keep_entries: int = 500
    """Entries before a snapshot that stay in the log for slow followers."""
    max_inflight: int = 256
    """Appends under way to one follower."""
    max_entries: int = 64
    """Entries in one append."""
