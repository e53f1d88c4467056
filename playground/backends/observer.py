"""What the diagram shows of an emulated cluster, and what of it changed since the last look.

Objects come from the store of the manager that leads with a majority (or, when there
is none, of the one that knows most), raft from every manager, power from the machines.
Only what store, machines and network reported as changed is looked at again, at the end of the
instant at which it did: what is observed, and when, follows from the lab alone.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from playground.backends.faults import Faults
from playground.backends.timeline import Timeline
from playground.backends.traffic import Traffic
from playground.engine.machine import Machine
from playground.raft.status import Role as RaftRole
from playground.raft.status import Status
from playground.sim import Kernel, Network
from playground.swarm import model
from playground.swarm.model import TaskState
from playground.swarm.networks import is_ingress
from playground.swarm.node import LocalState
from playground.swarm.orchestrator.tasks import is_dirty
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
        self._known: dict[str, dict[str, Json]] = {
            part: {} for part in ("nodes", "raft", "services", "tasks", "networks", "links", "faults")
        }
        self._fields: Json = {}
        self._source: MemoryStore | None = None
        self._source_name = ""
        self._names_due = True
        self._dirty: dict[tuple[type, str], None] = {}
        self._machine_of_member: dict[str, str] = {}
        self._stop: Callable[[], None] = lambda: None
        self._outlines: dict[str, tuple[Any, ...]] = {}
        """Of every raft member what more depends on than its own entity."""

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
        known = self._known["raft"]
        source = known.get(self._source_name)
        if source is None or source["role"] != "leader" or not source["quorum"]:
            return None  # Whoever knows most is shown, and that may be another one now.
        grown: dict[str, Status] = {}
        for what, name in touched:
            if what == "raft":
                status = self._status(name)
                if status is None or self._outlines.get(name) != _outline(status):
                    return None
                grown[name] = status
            elif what not in ("store", "timeline", "command"):
                return None
        result: Json = {"set": {}, "gone": {}, "put": {}}
        for name, status in grown.items():
            self._one(result, "raft", name, self._member_entity(status, known[name]["quorum"]))
        self._objects(result)
        self._put_names(result)
        result["timeline"] = self.timeline.take()
        return result

    def changes(self) -> Json:
        """What became different since the last call."""
        result: Json = {"set": {}, "gone": {}, "put": {}}
        statuses = self._statuses()
        self._outlines = {name: _outline(status) for name, status in statuses.items()}
        self._choose_source(statuses)
        self._compare(result, "raft", self._raft(statuses))
        nodes = self._nodes(statuses)
        self._compare(result, "nodes", nodes)
        self._objects(result)
        self._compare(result, "links", self._links())
        self._compare(result, "faults", self._cluster.faults.lasting())
        self._put(result, "quorum", self._quorum(statuses, nodes))
        self._put(result, "swarm", self._swarm())
        self._put_names(result)
        self._put(result, "partition", self._cluster.partition)
        result["timeline"] = self.timeline.take()
        return result

    # Parts

    def _status(self, name: str) -> Status | None:
        machine = self._cluster.machines.get(name)
        raft = machine.engine.swarm.raft() if machine is not None else None
        return raft.status() if raft is not None and raft.running else None

    def _put_names(self, result: Json) -> None:
        """The secrets and configs there are, where one came or went."""
        if self._names_due:
            self._names_due = False
            self._put(result, "secrets", self._names(model.Secret))
            self._put(result, "configs", self._names(model.Config))

    def _statuses(self) -> dict[str, Status]:
        found = {}
        for name, machine in self._cluster.machines.items():
            raft = machine.engine.swarm.raft()
            if raft is not None and raft.running:
                status = raft.status()
                if status is None:
                    continue
                found[name] = status
                for member in raft.members():
                    self._machine_of_member[member.member_id] = member.machine
        return found

    def _has_majority(self, name: str, status: Status) -> bool:
        members = [self._machine_of_member.get(member, "") for member in status.members]
        reached = sum(
            other == name or (bool(other) and self._alive(other) and self._cluster.network.connected(name, other))
            for other in members
        )
        return reached > len(members) // 2

    def _alive(self, name: str) -> bool:
        machine = self._cluster.machines.get(name)
        raft = machine.engine.swarm.raft() if machine is not None else None
        return raft is not None and raft.running

    def _choose_source(self, statuses: dict[str, Status]) -> None:
        ranked = sorted(
            statuses,
            key=lambda name: (
                statuses[name].role is RaftRole.LEADER and self._has_majority(name, statuses[name]),
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
            for kind in (model.Service, model.Task, model.Network):
                part = {model.Service: "services", model.Task: "tasks", model.Network: "networks"}[kind]
                for key in self._known[part]:
                    self._dirty[kind, key] = None
                for obj in store.all(kind) if store is not None else ():
                    self._dirty[kind, obj.id] = None

    def _raft(self, statuses: dict[str, Status]) -> dict[str, Json]:
        return {
            name: self._member_entity(status, self._has_majority(name, status)) for name, status in statuses.items()
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
        leaders = [name for name in leaders if self._has_majority(name, statuses[name])] or leaders
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
        local = swarm.state
        entity: Json = {
            "name": machine.name,
            "ip": machine.ip,
            "cpus": machine.cpus,
            "memory": machine.memory_bytes,
            "power": machine.power.value,
            "engine": machine.engine.running,
            "swarm": local.value,
            "error": swarm.error if local in (LocalState.ERROR, LocalState.PENDING) else "",
            "id": "",
            "role": "",
            "availability": "",
            "state": "",
            "message": "",
            "labels": {},
            "reachability": "",
            "leader": machine.name == leader,
        }
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
        """The node object of a machine: by its own id, or while its engine cannot tell, by its name."""
        swarm, store = machine.engine.swarm, self._source
        if store is None or (machine.engine.running and swarm.state is LocalState.INACTIVE):
            return None
        if swarm.node_id:
            return store.get(model.Node, swarm.node_id)
        named = [node for node in store.all(model.Node) if node.hostname == machine.name]
        return max(named, key=lambda node: (node.created_us, node.id), default=None)

    def _objects(self, result: Json) -> None:
        dirty, self._dirty = self._dirty, {}
        store = self._source
        for kind, key in dirty:
            if kind is model.Task:
                task = store.get(model.Task, key) if store is not None else None
                self._one(result, "tasks", key, self._task(task) if task is not None else None)
            elif kind is model.Service:
                service = store.get(model.Service, key) if store is not None else None
                self._one(result, "services", key, self._service(service) if service is not None else None)
            elif kind is model.Network:
                network = store.get(model.Network, key) if store is not None else None
                shown = network is not None and not network.predefined
                self._one(result, "networks", key, self._network(network) if shown and network is not None else None)

    def _task(self, task: model.Task) -> Json:
        return {
            "id": task.id,
            "service": task.service_id,
            "name": task.name,
            "slot": task.slot,
            "node": self.hostname(task.node_id),
            "node_id": task.node_id,
            "state": task.status.state.word,
            "desired": task.desired_state.word,
            "error": task.status.error,
            "message": task.status.message,
            "since": task.status.timestamp_us,
            "image": _image(task.spec),
            "version": task.spec_version or 0,
        }

    def _service(self, service: model.Service) -> Json:
        assert self._source is not None
        tasks = self._source.tasks_of_service(service.id)
        update = service.update_status
        mode = service.spec["Mode"]
        wanted = sum(task.desired_state == TaskState.RUNNING for task in tasks)
        if "Replicated" in mode:
            wanted = mode["Replicated"].get("Replicas", 1)
        return {
            "id": service.id,
            "name": service.name,
            "image": _image(service.spec["TaskTemplate"]),
            "mode": {"ReplicatedJob": "replicated job", "GlobalJob": "global job"}.get(
                service.mode, service.mode.lower()
            ),
            "wanted": wanted,
            "running": sum(task.status.state == TaskState.RUNNING for task in tasks),
            "ports": [
                {
                    "published": port.get("PublishedPort", 0),
                    "target": port.get("TargetPort", 0),
                    "protocol": port.get("Protocol", "tcp"),
                    "mode": port.get("PublishMode", "ingress"),
                }
                for port in service.ports
            ],
            "update": {"state": update.state, "message": update.message} if update is not None else None,
            **self._rollout(service, tasks),
            **self._uses(service.spec),
        }

    def _rollout(self, service: model.Service, tasks: Sequence[model.Task]) -> Json:
        """Which tasks are of another specification than the service's by now, and must be replaced."""
        assert self._source is not None
        update = service.update_status
        if update is None or update.state in ("completed", "rollback_completed"):
            return {"outdated": [], "current": 0, "previous": ""}
        living = [task for task in tasks if task.desired_state <= TaskState.RUNNING]
        one_of = {task.spec_version or 0: task for task in living}
        outdated = [
            version
            for version, task in sorted(one_of.items())
            if is_dirty(service, task, self._source.get(model.Node, task.node_id))
        ]
        current = sum(
            task.status.state == TaskState.RUNNING and (task.spec_version or 0) not in outdated for task in living
        )
        previous = service.previous_spec
        return {
            "outdated": outdated,
            "current": current,
            "previous": _image(previous["TaskTemplate"]) if previous is not None else "",
        }

    def _uses(self, spec: model.Spec) -> Json:
        """What a service's specification names besides its image."""
        assert self._source is not None
        template = spec["TaskTemplate"]
        container = template.get("ContainerSpec") or {}
        networks = [self._source.get(model.Network, used.get("Target", "")) for used in template.get("Networks") or ()]
        return {
            "stack": (spec.get("Labels") or {}).get("com.docker.stack.namespace", ""),
            "secrets": [used.get("SecretName", "") for used in container.get("Secrets") or ()],
            "configs": [used.get("ConfigName", "") for used in container.get("Configs") or ()],
            "networks": [network.name for network in networks if network is not None],
            "log_driver": (template.get("LogDriver") or {}).get("Name", ""),
        }

    @staticmethod
    def _network(network: model.Network) -> Json:
        subnet = str(network.ipam[0].get("Subnet", "")) if network.ipam else ""
        return {
            "id": network.id,
            "name": network.name,
            "driver": network.spec.get("Driver") or "overlay",
            "subnet": subnet,
            "ingress": is_ingress(network),
        }

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

    def _quorum(self, statuses: dict[str, Status], nodes: dict[str, Json]) -> Json | None:
        source = statuses.get(self._source_name)
        if source is None:
            return self._fields.get("quorum") and {**self._fields["quorum"], "has": False, "reachable": 0, "leader": ""}
        leader = self._leader(statuses)
        if leader and not self._has_majority(leader, statuses[leader]):
            leader = ""  # It believes so, but the others may be electing another one.
        status = statuses[leader] if leader else source
        members = [self._machine_of_member.get(member, "") for member in status.members]
        alive = [member for member in members if member and self._alive(member)]
        connected = self._cluster.network.connected
        reachable = max(
            (
                sum(other == name or connected(name, other) for other in alive)
                for name in ([leader] if leader else alive)
            ),
            default=0,
        )
        needed = len(members) // 2 + 1
        has = bool(leader)
        return {
            "managers": len(members),
            "reachable": reachable,
            "needed": needed,
            "spare": max(0, reachable - needed),
            "has": has,
            "leader": leader if has else "",
            "term": status.term,
        }

    def _swarm(self) -> Json | None:
        cluster = self._source.cluster() if self._source is not None else None
        if cluster is None:
            return None
        encryption = cluster.spec.get("EncryptionConfig") or {}
        return {"id": cluster.id, "autolock": bool(encryption.get("AutoLockManagers"))}

    def _names(self, kind: type[model.Secret] | type[model.Config]) -> list[str]:
        return sorted(found.name for found in self._source.all(kind)) if self._source is not None else []

    def hostname(self, node_id: str) -> str:
        """The machine of a node id as the store has it, or the empty text."""
        if not node_id or self._source is None:
            return ""
        node = self._source.get(model.Node, node_id)
        return node.hostname if node is not None else ""

    # Comparing

    def _compare(self, result: Json, part: str, entities: dict[str, Json]) -> None:
        known = self._known[part]
        for key in [key for key in known if key not in entities]:
            self._one(result, part, key, None)
        for key, entity in entities.items():
            self._one(result, part, key, entity)

    def _one(self, result: Json, part: str, key: str, entity: Json | None) -> None:
        known = self._known[part]
        before = known.get(key)
        if entity == before:
            return
        self.timeline.changed(part, key, before, entity)
        if entity is None:
            del known[key]
            result["gone"].setdefault(part, []).append(key)
        else:
            known[key] = entity
            result["set"].setdefault(part, {})[key] = entity

    def _put(self, result: Json, name: str, value: Any) -> None:
        if name not in self._fields or self._fields[name] != value:
            self.timeline.field(name, self._fields.get(name), value)
            self._fields[name] = value
            result["put"][name] = value


def _outline(status: Status) -> tuple[Any, ...]:
    """What changes seldom, and moves other parts of the view when it does."""
    return status.role, status.term, status.leader, status.votes, status.voted_for, status.members


def _image(template: model.Spec) -> str:
    image = str((template.get("ContainerSpec") or {}).get("Image", ""))
    return image.split("@", 1)[0]
