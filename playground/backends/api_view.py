"""The view of a cluster from answers of the Docker Engine API alone. Pure: answers in, entities out.

The shapes are those of ``docs/socket-messages.md``; what an API does not tell is left out, and said to be left out in
``UNSEEN``. Times are microseconds of the lab.
"""

import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from playground.backends import entities

Json = dict[str, Any]


def sentence(text: str) -> str:
    """Marks a sentence for translation."""
    return text


UNSEEN = {
    "raft": sentence("The API of a real engine does not show terms, votes and the log of Raft, only who leads."),
    "messages": sentence("What real managers say to each other is encrypted, so no messages are drawn."),
    "time": sentence("Real engines live in your time: they cannot be paused, hurried or taken back."),
    "served_by": sentence("Which task answered through the mesh of a real engine only the page itself can say."),
    "images": sentence("On real engines images are as they are; only the emulation can make them misbehave."),
    "copies": sentence("A lab on real engines cannot be copied or played again: its machines are the only ones."),
    "flow": sentence("The way of a command through a real engine cannot be followed from outside."),
}
"""Parts of the page that have nothing to show for a real cluster, each with the sentence that stands there instead."""

_FRACTION = re.compile(r"\.(\d+)")


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """What is known of a machine without asking its engine."""

    name: str
    ip: str
    cpus: float
    memory: int
    power: str
    phase: str = ""
    """How far it is while it is being made."""
    trouble: str = ""
    """Why it could not be made, or is there no more."""


@dataclass(slots=True)
class Answers:
    """The newest answers of one engine. ``answering``: the last question to the engine itself was answered.
    ``fresh``: the last question about the swarm was; the lists are kept when a later one was not."""

    answering: bool = False
    info: Json | None = None
    fresh: bool = False
    nodes: list[Json] | None = None
    services: list[Json] | None = None
    tasks: list[Json] | None = None
    networks: list[Json] | None = None
    secrets: list[Json] | None = None
    configs: list[Json] | None = None
    swarm: Json | None = None
    unlock_key: str = ""
    complaint: str = ""

    @property
    def whole(self) -> bool:
        return None not in (self.nodes, self.services, self.tasks, self.networks, self.secrets, self.configs)

    @property
    def member(self) -> Json:
        """What the engine says of its own membership."""
        return (self.info or {}).get("Swarm") or {}


@dataclass(slots=True)
class ApiView:
    """Entities of one moment."""

    nodes: dict[str, Json] = field(default_factory=dict)
    services: dict[str, Json] = field(default_factory=dict)
    tasks: dict[str, Json] = field(default_factory=dict)
    networks: dict[str, Json] = field(default_factory=dict)
    quorum: Json | None = None
    swarm: Json | None = None
    secrets: list[str] = field(default_factory=list)
    configs: list[str] = field(default_factory=list)


def choose_source(answers: Mapping[str, Answers], before: str) -> str:
    """The manager to believe: one that answers, sees a majority, leads; else the one believed before; "" for none."""

    def rank(name: str) -> tuple[bool, bool, bool, str]:
        members = answers[name].nodes or []
        managers = [node for node in members if node.get("ManagerStatus")]
        reachable = sum(node["ManagerStatus"].get("Reachability") == "reachable" for node in managers)
        own = answers[name].member.get("NodeID", "")
        leads = any(node["ID"] == own and node["ManagerStatus"].get("Leader") for node in managers)
        return reachable > len(managers) // 2, leads, name == before, name

    fresh = [name for name, given in answers.items() if given.fresh and given.nodes is not None]
    if fresh:
        return max(fresh, key=rank)
    if before in answers and any(
        given.member.get("LocalNodeState", "inactive") != "inactive" for given in answers.values()
    ):
        return before
    return ""


def build(
    machines: Iterable[MachineFacts],
    answers: Mapping[str, Answers],
    source: str,
    lists: Answers | None,
    last_quorum: Json | None,
    connected: Callable[[str, str], bool],
    wall_us: int,
) -> ApiView:
    """The view. ``source`` is the manager to believe (``choose_source``), ``lists`` whose services and tasks are shown,
    ``last_quorum`` what was shown before, ``connected`` whether our own faults let two machines hear each other;
    ``wall_us`` is the date of the lab's start."""
    view = ApiView()
    given = answers.get(source)
    members = {node["ID"]: node for node in (given.nodes if given else None) or ()}
    fresh = given is not None and given.fresh
    facts = list(machines)
    for machine in facts:
        view.nodes[machine.name] = _node(machine, answers.get(machine.name) or Answers(), members, fresh)
    if given is None:
        return view
    names = {node["ID"]: _hostname(node) for node in members.values()}
    shown = lists or Answers()
    network_names = {network["Id"]: network["Name"] for network in shown.networks or ()}
    view.secrets = sorted(secret["Spec"]["Name"] for secret in shown.secrets or ())
    view.configs = sorted(config["Spec"]["Name"] for config in shown.configs or ())
    services = {service["ID"]: service for service in shown.services or ()}
    for task in shown.tasks or ():
        view.tasks[task["ID"]] = _task(task, services, names, wall_us)
    for key, service in services.items():
        own = [task for task in view.tasks.values() if task["service"] == key]
        view.services[key] = _service(service, own, network_names)
    for network in shown.networks or ():
        if network.get("Scope") == "swarm":
            view.networks[network["Id"]] = _network(network)
    if shown.swarm is not None:
        view.swarm = entities.swarm(shown.swarm["ID"], shown.swarm.get("Spec") or {})
    view.quorum = _quorum(view, members, fresh, last_quorum, connected)
    return view


def _node(machine: MachineFacts, given: Answers, members: Mapping[str, Json], fresh: bool) -> Json:
    local = given.member
    state = str(local.get("LocalNodeState") or "inactive")
    entity = entities.node(
        name=machine.name,
        ip=machine.ip,
        cpus=machine.cpus,
        memory=machine.memory,
        power=machine.power,
        engine=given.answering,
        swarm=state,
        error=str(local.get("Error") or ""),
        leader=False,
    )
    entity["message"] = machine.phase
    entity["error"] = machine.trouble or entity["error"]
    node = _member(machine, given, state, members)
    if node is not None:
        spec, status, manager = node["Spec"], node["Status"], node.get("ManagerStatus") or {}
        entity |= {
            "id": node["ID"],
            "role": spec.get("Role", ""),
            "availability": spec.get("Availability", ""),
            "state": status.get("State", ""),
            "message": status.get("Message", ""),
            "labels": dict(spec.get("Labels") or {}),
            "reachability": manager.get("Reachability", "") if fresh else "",
            "leader": bool(manager.get("Leader")) and fresh,
        }
    return entity


def _member(machine: MachineFacts, given: Answers, state: str, members: Mapping[str, Json]) -> Json | None:
    """The swarm's entry for a machine: by the id that its engine says, or while that is silent, by its name."""
    if given.answering and state == "inactive":
        return None
    own = str(given.member.get("NodeID") or "")
    if own:
        return members.get(own)
    named = [node for node in members.values() if _hostname(node) == machine.name]
    return max(named, key=lambda node: (node.get("CreatedAt", ""), node["ID"]), default=None)


def _hostname(node: Json) -> str:
    return str((node.get("Description") or {}).get("Hostname", ""))


def _task(task: Json, services: Mapping[str, Json], names: Mapping[str, str], wall_us: int) -> Json:
    status = task["Status"]
    service = services.get(task.get("ServiceID", ""))
    slot, node = task.get("Slot", 0), task.get("NodeID", "")
    name = service["Spec"]["Name"] if service is not None else task.get("ServiceID", "")
    return {
        "id": task["ID"],
        "service": task.get("ServiceID", ""),
        "name": f"{name}.{slot or node}",
        "slot": slot,
        "node": names.get(node, ""),
        "node_id": node,
        "state": status.get("State", ""),
        "desired": task.get("DesiredState", ""),
        "error": status.get("Err", ""),
        "message": status.get("Message", ""),
        "since": moment_us(status.get("Timestamp", "")) - wall_us,
        "image": entities.image(task["Spec"]),
        "version": _version(task["Spec"]),
    }


def _version(template: Json) -> int:
    """A number that is another one for another specification; no API says which of them a task has."""
    told = {key: value for key, value in template.items() if key != "Runtime"}  # Services name it, their tasks do not.
    return zlib.crc32(json.dumps(told, sort_keys=True).encode())


def _rollout(service: Json, tasks: list[Json]) -> Json:
    """Which tasks are of another specification than the service's by now, and must be replaced."""
    if not entities.under_way((service.get("UpdateStatus") or {}).get("State") or ""):
        return entities.rollout([], 0, None)
    wanted = _version(service["Spec"]["TaskTemplate"])
    living = [task for task in tasks if task["desired"] in ("ready", "running")]
    outdated = sorted({task["version"] for task in living} - {wanted})
    current = sum(task["state"] == "running" and task["version"] == wanted for task in living)
    return entities.rollout(outdated, current, service.get("PreviousSpec"))


def _service(service: Json, tasks: list[Json], networks: Mapping[str, str]) -> Json:
    update = service.get("UpdateStatus") or {}
    return entities.service(
        service["ID"],
        service["Spec"],
        desired=sum(task["desired"] == "running" for task in tasks),
        running=sum(task["state"] == "running" for task in tasks),
        ports=(service.get("Endpoint") or {}).get("Ports") or (),
        update={"state": update["State"], "message": update.get("Message", "")} if update.get("State") else None,
        rolling=_rollout(service, tasks),
        network_name=lambda key: networks.get(key, ""),
    )


def _network(network: Json) -> Json:
    configs = (network.get("IPAM") or {}).get("Config") or []
    return {
        "id": network["Id"],
        "name": network["Name"],
        "driver": network["Driver"],
        "subnet": configs[0].get("Subnet", "") if configs else "",
        "ingress": bool(network.get("Ingress")),
    }


def _quorum(
    view: ApiView,
    members: Mapping[str, Json],
    fresh: bool,
    last: Json | None,
    connected: Callable[[str, str], bool],
) -> Json | None:
    managers = [node for node in members.values() if node.get("ManagerStatus")]
    if not managers:
        return None
    leader = next((_hostname(node) for node in managers if node["ManagerStatus"].get("Leader")), "")
    if fresh and leader:
        reachable = sum(node["ManagerStatus"].get("Reachability") == "reachable" for node in managers)
    else:
        # Nobody can say who hears whom; what our own faults leave connected is the most that there can be.
        there = [name for name in map(_hostname, managers) if view.nodes.get(name, {}).get("engine")]
        reachable = max((sum(connected(a, b) for b in there) for a in there), default=0)
        reachable = min(reachable, last["reachable"]) if last is not None and not last["has"] else reachable
    followed = fresh and reachable > len(managers) // 2
    return entities.quorum(len(managers), reachable, leader if followed else "", None)


def moment_us(text: str) -> int:
    """Microseconds since 1970 of an engine's time; 0 for none."""
    if not text or text.startswith("0001-"):
        return 0
    text = _FRACTION.sub(lambda found: "." + found[1][:6].ljust(6, "0"), text, count=1)
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1_000_000)
