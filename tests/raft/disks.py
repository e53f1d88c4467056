"""Servers that start with a given log on their disk."""

from playground.raft.messages import Entry
from playground.raft.node import RaftNode
from playground.raft.storage import HardState, Storage
from tests.raft.cluster import Cluster


def stored(*terms: int, term: int = 0, vote: str = "", commit: int = 0, members: tuple[str, ...] = ()) -> Storage:
    """A disk: the members' entries in term 1, committed, then one entry for each of ``terms``."""
    storage = Storage()
    storage.bootstrap([(member, f"address of {member}") for member in members])
    first = len(members) + 1
    storage.entries += [Entry(first + number, each, f"{each}") for number, each in enumerate(terms)]
    last = storage.entries[-1].term if storage.entries else 0
    storage.hard_state = HardState(max(term, last), vote, max(commit, len(members)))
    return storage


def started(cluster: Cluster, name: str, storage: Storage) -> RaftNode:
    cluster.crash(name)
    cluster.members[name].storage = storage
    return cluster.start(name)
