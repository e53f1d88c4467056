"""The raft of one manager as an inspector shows it: state, followers, and a page of the log."""

from collections.abc import Callable
from typing import Any, Protocol

from playground.backends.change_words import describe_entry
from playground.backends.errors import NoRaft
from playground.engine.machine import Machine
from playground.raft.messages import Entry
from playground.swarm import model
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
    known = _known(cluster, raft)
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
                **describe_entry(entry, known),
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


def _known(cluster: Rafts, raft: RaftMember) -> Callable[[str], str]:
    def hostname(node_id: str) -> str:
        node = raft.view.get(model.Node, node_id) if node_id else None
        return node.hostname if node is not None else ""

    return hostname


def _under_way(raft: RaftMember, machine: Callable[[str], str]) -> list[Json]:
    """What this manager last said and heard, oldest first, heartbeats left out."""
    found = []
    for seen in raft.recent_messages():
        message = seen.message
        kind = type(message).__name__
        if "Heartbeat" in kind:
            continue
        peer = message.target if seen.sent else message.source
        found.append({"at": seen.at_us, "sent": seen.sent, "peer": machine(peer), "word": _word(message)})
    return found


def _word(message: Any) -> str:
    kind = type(message).__name__
    if kind == "AppendEntries":
        entries = message.entries
        if not entries:
            return f"append nothing new, commit up to {message.commit}"
        span = str(entries[0].index) if len(entries) == 1 else f"{entries[0].index}–{entries[-1].index}"
        return f"append {span}, commit up to {message.commit}"
    if kind == "AppendResponse":
        return f"refused after {message.index}" if message.rejected else f"has it up to {message.index}"
    if kind == "RequestVote":
        return f"asks for a vote in term {message.term}"
    if kind == "Vote":
        return f"{'votes yes' if message.granted else 'votes no'} in term {message.term}"
    if kind == "InstallSnapshot":
        return f"snapshot up to {message.snapshot.index}"
    return "take over the leadership" if kind == "TimeoutNow" else kind


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
