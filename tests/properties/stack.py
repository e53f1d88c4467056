"""A cluster of real engines that takes random commands and faults, and what must hold of it whatever happened."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from playground.api.client import EngineUnreachable, Response
from playground.backends.faults import Faults
from playground.backends.observer import Observer
from playground.engine.images.registry import ImageRegistry
from playground.engine.machine import Power
from playground.raft.status import Role as RaftRole
from playground.swarm.model import Node
from playground.swarm.node import LocalState
from tests.engine.lab import WEBPAGE, Lab

MANAGERS = ("m1", "m2", "m3")
WORKERS = ("w1", "w2")
MACHINES = (*MANAGERS, *WORKERS)
IMAGES = (WEBPAGE, "joeyratt/webpage:v2.0", "joeyratt/webpage:missing")
MISSING = IMAGES[2]
TASK_LABEL = "com.docker.swarm.task.id"

Json = dict[str, Any]


@dataclass
class Wanted:
    """What the cluster has acknowledged of a service, and what may have come after it without an answer."""

    spec: Json
    maybe: list[Json] = field(default_factory=list)
    gone: bool = False
    maybe_gone: bool = False
    tried: set[str] = field(default_factory=set)
    """Images asked for at any time, with or without an answer."""


class Stack(Lab):
    """Three managers and two workers in one swarm. Its own ``partition`` is the diagram's, not used here."""

    partition: Json | None = None

    def __init__(self, seed: int) -> None:
        super().__init__(*MACHINES, seed=seed)
        self.faults = Faults(self, ImageRegistry(), lambda text, machine: None)
        self.observer = Observer(self)
        for machine in self.machines.values():
            self.observer.attach(machine)
        self.view: dict[str, dict[str, Json]] = {}
        self.wanted: dict[str, Wanted] = {}
        self.availability = dict.fromkeys(MACHINES, "active")
        """As acknowledged; empty where an answer is missing."""
        self.named = 0
        self.swarm("m1")
        tokens = self.get("m1", "/swarm")["JoinTokens"]
        for name in MACHINES[1:]:
            token = tokens["Manager" if name in MANAGERS else "Worker"]
            body = {
                "ListenAddr": "0.0.0.0:2377",
                "RemoteAddrs": [f"{self.machines['m1'].ip}:2377"],
                "JoinToken": token,
            }
            self.post(name, "/swarm/join", body)
        self.until(lambda: [node["Status"]["State"] for node in self.get("m1", "/nodes")] == ["ready"] * len(MACHINES))

    # What the observer asks of a cluster besides its machines

    def require(self, name: Any, *, terminal: bool = False) -> None:
        assert name in self.machines

    def deleted(self, name: str) -> bool:
        return False

    def virtualization(self) -> bool:
        return True

    def set_virtualization(self, on: bool) -> None:
        raise NotImplementedError

    # Asking

    def try_to(self, machine: str, method: str, path: str, body: Any = None, /, **query: Any) -> Response | None:
        """One request; None where the engine went away or cannot be reached."""
        try:
            return self.ask(machine, method, path, body, **query)
        except EngineUnreachable:
            return None

    def answering(self) -> str | None:
        """A machine whose manager leads and answers."""
        for name, machine in self.machines.items():
            raft = machine.engine.swarm.raft()
            if machine.engine.running and raft is not None and raft.is_leader:
                answer = self.try_to(name, "GET", "/nodes")
                if answer is not None and answer.status == 200:
                    return name
        return None

    # Commands

    def create(self, at: str, replicas: int, image: int, mode: str, port: bool) -> None:
        self.named += 1
        name = f"s{self.named}"
        spec: Json = {
            "Name": name,
            "TaskTemplate": {"ContainerSpec": {"Image": IMAGES[image], "StopGracePeriod": 1_000_000_000}},
            "Mode": {"Global": {}} if mode == "global" else {"Replicated": {"Replicas": replicas}},
            "UpdateConfig": {"Parallelism": 1, "FailureAction": "rollback" if mode == "rollback" else "pause"},
        }
        if port:
            published = {"Protocol": "tcp", "TargetPort": 5000, "PublishedPort": 8000 + self.named}
            spec["EndpointSpec"] = {"Ports": [published]}
        answer = self.try_to(at, "POST", "/services/create", spec)
        if answer is not None and answer.status == 201:
            self.wanted[name] = Wanted(spec, tried={IMAGES[image]})
        elif answer is None or answer.status == 500:
            self.wanted[name] = Wanted(spec, gone=True, maybe=[spec], tried={IMAGES[image]})

    def _pick(self, number: int) -> str | None:
        names = sorted(self.wanted)
        return names[number % len(names)] if names else None

    def update(self, at: str, number: int, **changes: Any) -> None:
        """Change replicas or image, force, or roll back."""
        name = self._pick(number)
        if name is None:
            return
        wanted = self.wanted[name]
        found = self.try_to(at, "GET", f"/services/{name}")
        if found is None or found.status != 200:
            return
        spec: Json = {**found.body["Spec"]}
        query: Json = {"version": found.body["Version"]["Index"]}
        if "replicas" in changes and "Replicated" in spec["Mode"]:
            spec["Mode"] = {"Replicated": {"Replicas": changes["replicas"]}}
        if "image" in changes:
            container = {**spec["TaskTemplate"]["ContainerSpec"], "Image": IMAGES[changes["image"]]}
            spec["TaskTemplate"] = {**spec["TaskTemplate"], "ContainerSpec": container}
        if "force" in changes:
            spec["TaskTemplate"] = {
                **spec["TaskTemplate"],
                "ForceUpdate": spec["TaskTemplate"].get("ForceUpdate", 0) + 1,
            }
        if "rollback" in changes:
            query["rollback"] = "previous"
            spec = found.body.get("PreviousSpec") or spec
        wanted.tried.add(spec["TaskTemplate"]["ContainerSpec"]["Image"])
        answer = self.try_to(
            at, "POST", f"/services/{name}/update", found.body["Spec"] if "rollback" in changes else spec, **query
        )
        if answer is not None and answer.status == 200:
            wanted.spec, wanted.gone, wanted.maybe, wanted.maybe_gone = spec, False, [], False
        elif answer is None or "out of sequence" not in str(answer.body):
            wanted.maybe.append(spec)

    def remove(self, at: str, number: int) -> None:
        name = self._pick(number)
        if name is None:
            return
        answer = self.try_to(at, "DELETE", f"/services/{name}")
        if answer is not None and answer.status == 200:
            self.wanted[name].gone, self.wanted[name].maybe, self.wanted[name].maybe_gone = True, [], False
        elif answer is None or answer.status == 500:
            self.wanted[name].maybe_gone = True

    def update_node(self, at: str, name: str, **changes: str) -> None:
        found = self.try_to(at, "GET", f"/nodes/{name}")
        if found is None or found.status != 200:
            return
        spec = {**found.body["Spec"], **changes}
        path = f"/nodes/{found.body['ID']}/update"
        answer = self.try_to(at, "POST", path, spec, version=found.body["Version"]["Index"])
        if "Availability" in changes:
            if answer is not None and answer.status == 200:
                self.availability[name] = changes["Availability"]
            elif answer is None or "out of sequence" not in str(answer.body):
                self.availability[name] = ""

    # Faults

    def split(self, side: frozenset[str]) -> None:
        others = [name for name in MACHINES if name not in side]
        self.network.heal()
        self.network.partition([sorted(side), others])

    def cut(self, a: str, b: str) -> None:
        if a != b:
            self.network.link(a, b).cut = True

    def lose(self, a: str, b: str, loss: float) -> None:
        if a != b:
            self.network.link(a, b).loss = loss

    def kill(self, name: str) -> None:
        self.machines[name].kill()

    def stop(self, name: str) -> None:
        self.run(self.machines[name].stop())

    def start(self, name: str) -> None:
        self.run(self.machines[name].start())

    def operate(self) -> None:
        """Do what an operator must: a swarm component that failed when its engine started is not tried again."""
        for name, machine in self.machines.items():
            if machine.engine.swarm.state is LocalState.ERROR:
                self.stop(name)
                self.start(name)

    def mend(self) -> None:
        """Heal every link and start every machine."""
        self.network.heal()
        for name, machine in self.machines.items():
            if machine.power is Power.OFF:
                self.start(name)

    # What the diagram shows

    def look(self) -> None:
        """Take the observer's changes into ``view``."""
        changes = self.observer.changes()
        for part, keys in changes["gone"].items():
            for key in keys:
                del self.view[part][key]
        for part, entities in changes["set"].items():
            self.view.setdefault(part, {}).update(entities)

    # What must hold

    def answers(self) -> tuple[str, list[Json], list[Json], list[Json]] | None:
        """The leader, and the services, tasks and nodes that it tells of one moment; ``view`` is of then too."""
        leader = self.answering()
        if leader is None:
            return None
        for _ in range(20):
            raft = self.machines[leader].engine.swarm.raft()
            if raft is None or not raft.is_leader or not self.machines[leader].engine.running:
                return None
            status = raft.status()
            assert status is not None
            reachable = [raft.reachable(member) for member in status.members]
            answers = [
                self.try_to(leader, "GET", "/services", status="true"),
                self.try_to(leader, "GET", "/tasks"),
                self.try_to(leader, "GET", "/nodes"),
            ]
            self.look()
            after = raft.status()
            if after is None or any(answer is None or answer.status != 200 for answer in answers):
                return None
            same = (after.applied, after.term, after.role, after.members) == (
                status.applied,
                status.term,
                status.role,
                status.members,
            ) and reachable == [raft.reachable(member) for member in after.members]
            if same and after.role is RaftRole.LEADER:
                services, tasks, nodes = (answer.body for answer in answers if answer is not None)
                return leader, services, tasks, nodes
            self.sleep(0.2)
        return None

    def check_answers(self) -> None:
        """Services, tasks and nodes agree with each other, and the diagram with them."""
        answers = self.answers()
        if answers is None:
            return
        leader, services, tasks, nodes = answers
        node_ids = {node["ID"] for node in nodes}
        by_service: dict[str, list[Json]] = {}
        for task in tasks:
            by_service.setdefault(task["ServiceID"], []).append(task)
            assert task.get("NodeID", "") in node_ids | {""}
        assert set(by_service) <= {service["ID"] for service in services} | {
            task["ServiceID"] for task in tasks if task["DesiredState"] in ("shutdown", "remove")
        }
        for service in services:
            running = [task for task in by_service.get(service["ID"], ()) if task["Status"]["State"] == "running"]
            assert service["ServiceStatus"]["RunningTasks"] == len(running)
            if "Replicated" in service["Spec"]["Mode"]:
                assert service["ServiceStatus"]["DesiredTasks"] == service["Spec"]["Mode"]["Replicated"]["Replicas"]
        assert sum(bool((node.get("ManagerStatus") or {}).get("Leader")) for node in nodes) == 1
        self._check_view(leader, services, tasks, nodes)

    def _check_view(self, leader: str, services: list[Json], tasks: list[Json], nodes: list[Json]) -> None:
        hostnames = {node["ID"]: node["Description"]["Hostname"] for node in nodes}
        shown = {
            key: (node["role"], node["state"], node["availability"], node["leader"], node["reachability"])
            for key, node in self.view["nodes"].items()
            if node["id"]
        }
        for node in nodes:
            name = node["Description"]["Hostname"]
            role, *rest = shown[name]
            status = node.get("ManagerStatus") or {}
            assert rest == [
                node["Status"]["State"],
                node["Spec"]["Availability"],
                bool(status.get("Leader")),
                status.get("Reachability", ""),
            ], name
            # The API tells the role that is wanted, the diagram the one that the node has.
            view = self.machines[leader].engine.swarm.view()
            stored = view.get(Node, node["ID"]) if view is not None else None
            assert stored is not None
            assert (role, node["Spec"]["Role"]) == (stored.role.value, stored.desired_role.value)
        assert {
            task["id"]: (task["state"], task["desired"], task["node"], task["service"], task["slot"])
            for task in self.view.get("tasks", {}).values()
        } == {
            task["ID"]: (
                task["Status"]["State"],
                task["DesiredState"],
                hostnames.get(task.get("NodeID", ""), ""),
                task["ServiceID"],
                task.get("Slot", 0),
            )
            for task in tasks
        }
        assert {
            service["id"]: (
                service["name"],
                service["image"],
                service["wanted"],
                service["running"],
                [(port["published"], port["target"], port["protocol"], port["mode"]) for port in service["ports"]],
                (service["update"] or {}).get("state"),
            )
            for service in self.view.get("services", {}).values()
        } == {
            service["ID"]: (
                service["Spec"]["Name"],
                service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"].partition("@")[0],
                service["ServiceStatus"]["DesiredTasks"],
                service["ServiceStatus"]["RunningTasks"],
                [
                    (port["PublishedPort"], port["TargetPort"], port["Protocol"], port["PublishMode"])
                    for port in service["Endpoint"].get("Ports", ())
                ],
                (service.get("UpdateStatus") or {}).get("State"),
            )
            for service in services
        }

    def check_settled(self) -> None:
        """After everything has been mended for long enough: what was acknowledged is there, and it runs, once."""
        leader = self.answering()
        assert leader is not None, "nobody leads"
        services = {service["Spec"]["Name"]: service for service in self.get(leader, "/services")}
        self._check_acknowledged(services)
        nodes = self.get(leader, "/nodes")
        assert {node["Description"]["Hostname"]: node["Status"]["State"] for node in nodes} == dict.fromkeys(
            MACHINES, "ready"
        )
        for node in nodes:
            assert (node.get("ManagerStatus") is not None) == (node["Spec"]["Role"] == "manager")
            name = node["Description"]["Hostname"]
            assert self.availability[name] in ("", node["Spec"]["Availability"])
            assert self.get(name, "/info")["Swarm"]["ControlAvailable"] == (node["Spec"]["Role"] == "manager")
        tasks = self.get(leader, "/tasks")
        self._check_containers(tasks, {node["ID"]: node["Description"]["Hostname"] for node in nodes})
        self._check_desired(services, tasks, nodes)
        self._check_stores()

    def _check_acknowledged(self, services: dict[str, Json]) -> None:
        for name, wanted in self.wanted.items():
            service = services.get(name)
            if service is None:
                assert wanted.gone or wanted.maybe_gone, f"{name} was acknowledged, and is gone"
                continue
            assert not wanted.gone or wanted.maybe, f"{name} was removed, and is there"
            if service.get("UpdateStatus", {}).get("State", "").startswith("rollback"):
                continue  # The cluster itself went back to an older spec.
            allowed = [wanted.spec, *wanted.maybe]
            assert any(_same(service["Spec"], spec) for spec in allowed), f"{name} is not as acknowledged"

    def _check_containers(self, tasks: list[Json], hostnames: dict[str, str]) -> None:
        """Every running task has its container, on its node only; nothing else of the swarm runs."""
        found = Counter(
            (container["Labels"][TASK_LABEL], name)
            for name in MACHINES
            for container in self.get(name, "/containers/json")
            if TASK_LABEL in container["Labels"]
        )
        running = Counter(
            (task["ID"], hostnames[task["NodeID"]]) for task in tasks if task["Status"]["State"] == "running"
        )
        assert found == running
        assert all(task["DesiredState"] == "running" for task in tasks if task["Status"]["State"] == "running")

    def _check_desired(self, services: dict[str, Json], tasks: list[Json], nodes: list[Json]) -> None:
        active = [node["ID"] for node in nodes if node["Spec"]["Availability"] == "active"]
        for name, service in services.items():
            if MISSING in self.wanted[name].tried:
                continue
            running = [
                task for task in tasks if task["ServiceID"] == service["ID"] and task["Status"]["State"] == "running"
            ]
            image = service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"]
            if not active:
                continue
            if "Global" in service["Spec"]["Mode"]:
                assert set(active) <= {task["NodeID"] for task in running}
                assert len({task["NodeID"] for task in running}) == len(running)
            else:
                replicas = service["Spec"]["Mode"]["Replicated"]["Replicas"]
                assert len(running) == replicas, f"{name}: {len(running)} of {replicas}"
                assert len({task["Slot"] for task in running}) == replicas
            if (service.get("UpdateStatus") or {}).get("State") in (None, "completed", "rollback_completed"):
                assert {task["Spec"]["ContainerSpec"]["Image"] for task in running} <= {image}

    def _check_stores(self) -> None:
        """All managers have the same objects."""
        stores = []
        for machine in self.machines.values():
            view, raft = machine.engine.swarm.view(), machine.engine.swarm.raft()
            status = raft.status() if raft is not None else None
            if view is not None and status is not None:
                stores.append((status.applied, view.snapshot()))
        for index, snapshot in stores[1:]:
            if index == stores[0][0]:
                assert snapshot == stores[0][1]


def _same(given: Json, asked: Json) -> bool:
    """Whether a service's spec has what was asked for: mode and task."""
    if given["Mode"] != asked["Mode"]:
        return False
    ours, theirs = given["TaskTemplate"], asked["TaskTemplate"]
    return bool(
        ours["ContainerSpec"]["Image"] == theirs["ContainerSpec"]["Image"]
        and ours.get("ForceUpdate", 0) == theirs.get("ForceUpdate", 0)
    )
