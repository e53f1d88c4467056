"""The raft of one manager as an inspector shows it: state, followers, and a page of the log."""

from collections.abc import Callable
from typing import Any, Protocol

from playground.backends.change_words import describe_entry
from playground.backends.errors import NoRaft
from playground.backends.store_entities import hostname_of
from playground.engine.machine import Machine
from playground.raft.messages import (
    AppendEntries,
    AppendResponse,
    Entry,
    InstallSnapshot,
    Message,
    RequestVote,
    TimeoutNow,
    Vote,
)
from playground.swarm.replication import RaftMember

PAGE = 50
"""Entries that one answer holds at most."""

Json = dict[str, Any]


class Rafts(Protocol):
    """The cluster, as far as its raft goes."""

    machines: dict[str, Machine]


def raft_page(cluster: Rafts, name: str, first: int | None = None) -> Json:
    """A manager's raft and a page of its log, newest last; from ``first`` on, or the end of it.

    Raises:
        NoRaft: the node is no manager.
    """
    raft = cluster.machines[name].engine.swarm.raft()
    if raft is None:
        raise NoRaft(f"{name} is no manager: only managers have a raft log")
    status = raft.status()
    if status is None:
        raise NoRaft(f"{name} is still starting; ask again in a moment")
    machine = _machines(cluster, raft)
    snapshot = raft.disk.storage.snapshot
    last = status.last_index
    start = max(status.first_index, last - PAGE + 1 if first is None else first)
    entries = raft.entries(start, start + PAGE - 1)
    return {
        "node": name,
        "running": raft.running,
        "role": status.role.value,
        "term": status.term,
        "leader": machine(status.leader),
        "voted": machine(status.voted_for),
        "votes": [machine(member) for member in status.votes],
        "members": [machine(member) for member in status.members],
        "commit": status.commit,
        "applied": status.applied,
        "first": status.first_index,
        "last": last,
        "snapshot": {"index": snapshot.index, "term": snapshot.term} if snapshot is not None else None,
        "followers": [
            {
                "node": machine(peer.member),
                "match": peer.match,
                "next": peer.next,
                "mode": peer.mode,
                "active": peer.recent_active,
            }
            for peer in status.peers
        ],
        "under_way": _under_way(raft, machine),
        "from": start,
        "entries": [
            {
                "index": entry.index,
                "term": entry.term,
                "committed": entry.index <= status.commit,
                "applied": entry.index <= status.applied,
                "elsewhere": _elsewhere(cluster, name, raft, entry, status.commit),
                **describe_entry(entry, lambda node_id: hostname_of(raft.view, node_id)),
            }
            for entry in entries
        ],
    }


def _machines(cluster: Rafts, raft: RaftMember) -> Callable[[str], str]:
    """Names of machines by member id, from whoever knows the member."""
    names = {member.member_id: member.machine for member in raft.members()}
    for machine in cluster.machines.values():
        other = machine.engine.swarm.raft()
        for member in other.members() if other is not None else ():
            names.setdefault(member.member_id, member.machine)
    return lambda member_id: names.get(member_id, member_id)


def _under_way(raft: RaftMember, machine: Callable[[str], str]) -> list[Json]:
    """What this manager last said and heard, oldest first, heartbeats left out."""
    found = []
    for seen in raft.recent_messages():
        message = seen.message
        peer = message.target if seen.sent else message.source
        if word := _word(message):
            found.append({"at": seen.at_us, "sent": seen.sent, "peer": machine(peer), "word": word})
    return found


def _word(message: Message) -> str:
    """What a message says; empty for a heartbeat."""
    match message:
        case AppendEntries(entries=()):
            return f"append nothing new, commit up to {message.commit}"
        case AppendEntries(entries=entries):
            span = str(entries[0].index) if len(entries) == 1 else f"{entries[0].index}–{entries[-1].index}"
            return f"append {span}, commit up to {message.commit}"
        case AppendResponse():
            return f"refused after {message.index}" if message.rejected else f"has it up to {message.index}"
        case RequestVote():
            return f"asks for a vote in term {message.term}"
        case Vote():
            return f"{'votes yes' if message.granted else 'votes no'} in term {message.term}"
        case InstallSnapshot():
            return f"snapshot up to {message.snapshot.index}"
        case TimeoutNow():
            return "take over the leadership"
        case _:
            return ""


def _elsewhere(cluster: Rafts, name: str, raft: RaftMember, entry: Entry, commit: int) -> str:
    """How an entry stands against the other logs of the same cluster: ``same``, ``missing`` or ``other``.

    ``other``: a manager with a majority's commit has another entry at this index, so this one will go.
    """
    if entry.index <= commit:
        return "same"
    for other_name, machine in cluster.machines.items():
        other = machine.engine.swarm.raft()
        status = other.status() if other is not None else None
        if other is None or status is None or other_name == name or not _same_cluster(raft, other):
            continue
        theirs = other.entries(entry.index, entry.index)
        if theirs and theirs[0].term != entry.term and status.commit >= entry.index:
            return "other"
        if theirs and theirs[0].term == entry.term:
            return "same"
    return "missing"


def _same_cluster(a: RaftMember, b: RaftMember) -> bool:
    mine = {member.member_id for member in a.members()}
    return any(member.member_id in mine for member in b.members())
