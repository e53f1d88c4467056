"""What the diagram shows of an emulated cluster, and what of it changed since the last look.

Objects come from the store of the manager that leads with a majority (or, when there
is none, of the one that knows most), raft from every manager, power from the machines.
Only what store, machines and network reported as changed is looked at again, at the end of the
instant at which it did: what is observed, and when, follows from the lab alone.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from playground.backends import entities
from playground.backends.differ import Differ
from playground.backends.faults import Faults
from playground.backends.store_entities import PARTS, entity_of, hostname_of, member_of, names_of, swarm_of
from playground.backends.timeline import Timeline
from playground.backends.traffic import Traffic
from playground.engine.machine import Machine
from playground.raft.status import Role as RaftRole
from playground.raft.status import Status
from playground.sim import Kernel, Network
from playground.swarm import model
from playground.swarm.node import LocalState
from playground.swarm.replication import RaftMember
from playground.swarm.store import Change, MemoryStore

Json = dict[str, Any]


class Observed(Protocol):
    """The cluster, as its observer sees it."""

    kernel: Kernel
    network: Network
    machines: dict[str, Machine]
    partition: Json | None
    faults: Faults


class Observer:
    """Collects changes; ``changes`` hands them over (the fields of ``playground.labs.view_log.Changes``).

    ``on_changes(at_us, changes)``, when given, gets them by itself, at the end of each instant that changed something.
    """

    def __init__(self, cluster: Observed, on_changes: Callable[[int, Json], object] | None = None) -> None:
        self._cluster = cluster
        self._on_changes = on_changes
        if on_changes is not None:
            cluster.kernel.on_settled = self._settled
        self.timeline = Timeline(cluster.kernel)
        self.traffic = Traffic(cluster.network)
        self._differ = Differ(self.timeline, ("nodes", "raft", "services", "tasks", "networks", "links", "faults"))
        self._source: MemoryStore | None = None
        self._source_name = ""
        self._names_due = True
        self._dirty: dict[tuple[type, str], None] = {}
        self._machine_of_member: dict[str, str] = {}
        self._stop: Callable[[], None] = lambda: None
        self._seen: dict[str, tuple[RaftMember, int]] = {}
        """Of every machine its raft member at the last whole look, and that member's revision then."""

    def attach(self, machine: Machine) -> None:
        """A machine came."""
        self._cluster.kernel.touch("machine", machine.name)

    def detach(self, name: str) -> None:
        """A machine went."""
        self._cluster.kernel.touch("machine", name)

    def _heard(self, changes: Sequence[Change]) -> None:
        """The store that is shown changed."""
        what = "store"
        for change in changes:
            self._dirty[type(change.object), change.object.id] = None
            if isinstance(change.object, model.Task):
                self._dirty[model.Service, change.object.service_id] = None
            elif isinstance(change.object, (model.Secret, model.Config)):
                self._names_due = True
            elif isinstance(change.object, (model.Node, model.Cluster)):
                what = "swarm"
        self._cluster.kernel.touch(what, self._source_name)

    def look_again(self) -> None:
        """Choose anew the manager whose store is shown: the one that leads (or knows most) now."""
        self._choose_source(self._statuses())

    def cluster_object(self) -> model.Cluster | None:
        """The swarm's own object, as the manager has it that leads (or knows most) now."""
        if self._on_changes is None:
            self.look_again()
        return self._source.cluster() if self._source is not None else None

    def _settled(self, touched: list[tuple[str, str]]) -> None:
        """The end of an instant in which something changed, or a command ended: a lesson may wait for it."""
        assert self._on_changes is not None
        result = self._narrow(touched) or self.changes()
        if any(result.values()) or any(what == "command" for what, _ in touched):
            self._on_changes(self._cluster.kernel.now_us, result)

    def _narrow(self, touched: list[tuple[str, str]]) -> Json | None:
        """The changes of an instant in which logs grew and objects of the store changed; None when it was more."""
        known = self._differ.known("raft")
        source = known.get(self._source_name)
        if source is None or source["role"] != "leader" or not source["quorum"]:
            return None  # Whoever knows most is shown, and that may be another one now.
        grown: dict[str, tuple[int, int, int]] = {}
        for what, name in touched:
            if what == "raft":
                raft = self._raft_of(name)
                if raft is None or self._seen.get(name) != (raft, raft.revision):
                    return None
                grown[name] = raft.log_indexes()
            elif what not in ("store", "timeline", "command"):
                return None
        for name, (commit, last, applied) in grown.items():
            self._differ.one("raft", name, {**known[name], "commit": commit, "last": last, "applied": applied})
        self._objects()
        self._put_names()
        return {**self._differ.take(), "timeline": self.timeline.take()}

    def changes(self) -> Json:
        """What became different since the last call."""
        statuses = self._statuses()
        self._seen = {name: (raft, raft.revision) for name in statuses if (raft := self._raft_of(name)) is not None}
        self._choose_source(statuses)
        self._differ.part("raft", self._raft(statuses))
        self._differ.part("nodes", self._nodes(statuses))
        self._objects()
        self._differ.part("links", self._links())
        self._differ.part("faults", self._cluster.faults.lasting())
        self._differ.put("quorum", self._quorum(statuses))
        self._differ.put("swarm", swarm_of(self._source))
        self._put_names()
        self._differ.put("partition", self._cluster.partition)
        return {**self._differ.take(), "timeline": self.timeline.take()}

    # Parts

    def _raft_of(self, name: str) -> RaftMember | None:
        """The raft member that runs on a machine."""
        machine = self._cluster.machines.get(name)
        raft = machine.engine.swarm.raft() if machine is not None else None
        return raft if raft is not None and raft.running else None

    def _put_names(self) -> None:
        """The secrets and configs there are, where one came or went."""
        if self._names_due:
            self._names_due = False
            self._differ.put("secrets", names_of(self._source, model.Secret))
            self._differ.put("configs", names_of(self._source, model.Config))

    def _statuses(self) -> dict[str, Status]:
        """Of every machine on which a raft member runs."""
        found = {}
        for name in self._cluster.machines:
            raft = self._raft_of(name)
            status = raft.status() if raft is not None else None
            if raft is not None and status is not None:
                found[name] = status
                for member in raft.members():
                    self._machine_of_member[member.member_id] = member.machine
        return found

    def _has_majority(self, name: str, statuses: dict[str, Status]) -> bool:
        members = [self._machine_of_member.get(member, "") for member in statuses[name].members]
        connected = self._cluster.network.connected
        reached = sum(other == name or (other in statuses and connected(name, other)) for other in members)
        return reached > len(members) // 2

    def _choose_source(self, statuses: dict[str, Status]) -> None:
        ranked = sorted(
            statuses,
            key=lambda name: (
                statuses[name].role is RaftRole.LEADER and self._has_majority(name, statuses),
                statuses[name].applied,
                statuses[name].term,
                name,
            ),
        )
        best = ranked[-1] if ranked else ""
        store = self._cluster.machines[best].engine.swarm.view() if best else None
        if (
            store is None
            and self._source is not None
            and any(
                machine.engine.swarm.state is not LocalState.INACTIVE for machine in self._cluster.machines.values()
            )
        ):
            return  # No manager runs, but the swarm is not gone: show what was last known.
        if store is not self._source:
            self._stop()
            self._source, self._source_name = store, best
            self._stop = store.watch(self._heard) if store is not None else lambda: None
            self._dirty.clear()
            self._names_due = True
            for kind, part in PARTS.items():
                for key in self._differ.known(part):
                    self._dirty[kind, key] = None
                for obj in store.all(kind) if store is not None else ():
                    self._dirty[kind, obj.id] = None

    def _raft(self, statuses: dict[str, Status]) -> dict[str, Json]:
        return {
            name: self._member_entity(status, self._has_majority(name, statuses)) for name, status in statuses.items()
        }

    def _member_entity(self, status: Status, quorum: bool) -> Json:
        def machine(member: str) -> str:
            return self._machine_of_member.get(member, "")

        return {
            "role": status.role.value,
            "term": status.term,
            "leader": machine(status.leader),
            "votes": [machine(member) for member in status.votes],
            "voted": machine(status.voted_for),
            "commit": status.commit,
            "last": status.last_index,
            "applied": status.applied,
            "members": [machine(member) for member in status.members],
            "quorum": quorum,
        }

    def _nodes(self, statuses: dict[str, Status]) -> dict[str, Json]:
        leader = self._leader(statuses)
        reachable = self._reachable(leader)
        return {name: self._node(machine, leader, reachable) for name, machine in self._cluster.machines.items()}

    def _leader(self, statuses: dict[str, Status]) -> str:
        leaders = [name for name, status in statuses.items() if status.role is RaftRole.LEADER]
        leaders = [name for name in leaders if self._has_majority(name, statuses)] or leaders
        return max(leaders, key=lambda name: statuses[name].term, default="")

    def _reachable(self, leader: str) -> dict[str, str]:
        """What the leader says of every member, by its node's id; without a leader nobody can say anything."""
        raft = self._cluster.machines[leader].engine.swarm.raft() if leader else None
        if raft is None:
            return {}
        return {
            member.node_id: "reachable" if raft.reachable(member.member_id) else "unreachable"
            for member in raft.members()
        }

    def _node(self, machine: Machine, leader: str, reachable: dict[str, str]) -> Json:
        swarm = machine.engine.swarm
        entity = entities.node(
            name=machine.name,
            ip=machine.ip,
            cpus=machine.cpus,
            memory=machine.memory_bytes,
            power=machine.power.value,
            engine=machine.engine.running,
            swarm=swarm.state.value,
            error=swarm.error,
            leader=machine.name == leader,
        )
        node = self._member(machine)
        if node is not None:
            entity |= {
                "id": node.id,
                "role": node.role.value,
                "availability": node.availability.value,
                "state": node.status.state.value,
                "message": node.status.message,
                "labels": dict(node.spec.get("Labels") or {}),
                "reachability": reachable.get(node.id, ""),
            }
        return entity

    def _member(self, machine: Machine) -> model.Node | None:
        """The swarm's entry for a machine; none for one whose engine says that it is in no swarm."""
        swarm, store = machine.engine.swarm, self._source
        if store is None or (machine.engine.running and swarm.state is LocalState.INACTIVE):
            return None
        return member_of(store, swarm.node_id, machine.name)

    def _objects(self) -> None:
        dirty, self._dirty = self._dirty, {}
        store = self._source
        for kind, key in dirty:
            if kind in PARTS:
                self._differ.one(PARTS[kind], key, entity_of(store, kind, key) if store is not None else None)

    def _links(self) -> dict[str, Json]:
        links = {}
        for a, b, link in self._cluster.network.disturbed():
            key = f"{a}|{b}"
            since = self._cluster.faults.link_since(a, b)
            links[key] = {
                "a": a,
                "b": b,
                "cut": link.cut,
                "extra_ms": link.extra_latency_us / 1000,
                "loss": link.loss,
                "since": since,
            }
        return links

    def _quorum(self, statuses: dict[str, Status]) -> Json | None:
        source = statuses.get(self._source_name)
        if source is None:
            if not any(machine.engine.swarm.kept for machine in self._cluster.machines.values()):
                return None  # The last one has left, and the swarm is gone with it.
            last = self._differ.field("quorum")
            return last and {**last, "has": False, "reachable": 0, "leader": ""}
        leader = self._leader(statuses)
        if leader and not self._has_majority(leader, statuses):
            leader = ""  # It believes so, but the others may be electing another one.
        status = statuses[leader] if leader else source
        members = [self._machine_of_member.get(member, "") for member in status.members]
        alive = [member for member in members if member in statuses]
        connected = self._cluster.network.connected
        reachable = max(
            (
                sum(other == name or connected(name, other) for other in alive)
                for name in ([leader] if leader else alive)
            ),
            default=0,
        )
        return entities.quorum(len(members), reachable, leader, status.term)

    def hostname(self, node_id: str) -> str:
        """The machine of a node id as the store has it, or the empty text."""
        return hostname_of(self._source, node_id)
