"""Checks: typed conditions on the observed cluster and on the commands that were given.

A check sees the view (``docs/socket-messages.md``), which every backend makes from the
Engine API, and the list of commands with what they answered. ``judge`` says whether the
condition holds, and in words what was seen.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Command:
    """One program that ran on a machine: its words, the end of what it printed, its exit code."""

    machine: str
    line: str
    output: str
    exit: int


@dataclass(frozen=True, slots=True)
class Verdict:
    met: bool
    saw: str


class CheckError(ValueError):
    """The author's check makes no sense; the message says which key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """``text`` is what the learner reads; every kind has a default."""

    kind: ClassVar[str] = ""
    text: str = ""

    def says(self) -> str:
        raise NotImplementedError

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        raise NotImplementedError


KINDS: dict[str, type[Check]] = {}


def _kind(name: str) -> Callable[[type[Check]], type[Check]]:
    def register(cls: type[Check]) -> type[Check]:
        cls.kind = name
        KINDS[name] = cls
        return cls

    return register


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@_kind("machine")
@dataclass(frozen=True, slots=True, kw_only=True)
class MachineIs(Check):
    """The machine exists and its engine runs (``running``), or it is off (``off``), or not there (``absent``)."""

    node: str
    is_: str = "running"

    def says(self) -> str:
        return self.text or f"{self.node} is {self.is_}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        node = view["nodes"].get(self.node)
        if node is None:
            return Verdict(self.is_ == "absent", f"There is no machine {self.node} yet.")
        if node["power"] == "on" and node["engine"]:
            return Verdict(self.is_ == "running", f"{self.node} runs.")
        return Verdict(self.is_ == "off" and node["power"] == "off", f"{self.node} is {node['power']}.")


@_kind("swarm_state")
@dataclass(frozen=True, slots=True, kw_only=True)
class SwarmState(Check):
    """What the engine of a machine says of its own membership: inactive, pending, active, error, locked."""

    node: str
    is_: str

    def says(self) -> str:
        return self.text or f"The swarm state of {self.node} is {self.is_}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        node = view["nodes"].get(self.node)
        if node is None:
            return Verdict(False, f"There is no machine {self.node}.")
        state = node["swarm"]
        words = {"inactive": "is not in a swarm", "active": "is in a swarm", "locked": "is locked"}
        return Verdict(state == self.is_, f"{self.node} {words.get(state, 'is ' + state)}.")


@_kind("node_role")
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRole(Check):
    """The node is in the swarm with this role, and ready."""

    node: str
    role: str

    def says(self) -> str:
        return self.text or f"{self.node} is a {self.role} and ready"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        node = view["nodes"].get(self.node)
        if node is None:
            return Verdict(False, f"There is no machine {self.node}.")
        if not node["id"] or node["swarm"] == "inactive":
            return Verdict(False, f"{self.node} has not joined a swarm.")
        if node["role"] != self.role:
            return Verdict(False, f"{self.node} has joined, but as a {node['role']}.")
        ready = node["state"] == "ready" and (self.role == "worker" or node["reachability"] == "reachable")
        return Verdict(ready, f"{self.node} is a {node['role']}, {node['state']}.")


@_kind("members")
@dataclass(frozen=True, slots=True, kw_only=True)
class Members(Check):
    """How many managers (that can be reached) and workers (that are ready) the swarm has."""

    managers: int | None = None
    workers: int | None = None

    def says(self) -> str:
        parts = [
            _count(number, noun)
            for number, noun in ((self.managers, "manager"), (self.workers, "worker"))
            if number is not None
        ]
        return self.text or f"The swarm has {' and '.join(parts)}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        nodes = [node for node in view["nodes"].values() if node["id"] and node["state"] == "ready"]
        managers = sum(node["reachability"] == "reachable" for node in nodes)
        workers = sum(node["role"] == "worker" for node in nodes)
        met = self.managers in (None, managers) and self.workers in (None, workers)
        return Verdict(met, f"There are {_count(managers, 'manager')} and {_count(workers, 'worker')} now.")


@_kind("node_state")
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStateIs(Check):
    """The swarm holds the node for ready, down or unknown."""

    node: str
    is_: str

    def says(self) -> str:
        return self.text or f"The swarm sees {self.node} as {self.is_}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        node = view["nodes"].get(self.node)
        state = node["state"] if node else ""
        return Verdict(state == self.is_, f"The swarm sees {self.node} as {state or 'no member'}.")


@_kind("availability")
@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityIs(Check):
    node: str
    is_: str

    def says(self) -> str:
        return self.text or f"{self.node} has availability {self.is_}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        node = view["nodes"].get(self.node)
        found = node["availability"] if node else ""
        return Verdict(found == self.is_, f"The availability of {self.node} is {found or 'not known'}.")


@_kind("leader")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderIs(Check):
    """There is a leader: this node (``node``), or another than it (``other_than``)."""

    node: str = ""
    other_than: str = ""

    def says(self) -> str:
        default = f"{self.node} leads" if self.node else "There is a leader"
        return self.text or (f"Another manager than {self.other_than} leads" if self.other_than else default)

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        quorum = view["quorum"] or {}
        leader = quorum.get("leader", "") if quorum.get("has") else ""
        if not leader:
            return Verdict(False, "There is no leader now.")
        met = (not self.node or leader == self.node) and leader != self.other_than
        return Verdict(met, f"{leader} leads, term {quorum['term']}.")


@_kind("quorum")
@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum(Check):
    """The managers have a majority (``has: true``) or not."""

    has: bool

    def says(self) -> str:
        return self.text or ("The managers have a quorum" if self.has else "The managers have lost their quorum")

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        quorum = view["quorum"]
        if quorum is None:
            return Verdict(False, "There is no swarm.")
        managers = _count(quorum["managers"], "manager")
        saw = f"{quorum['reachable']} of {managers} hear each other; {quorum['needed']} needed."
        return Verdict(quorum["has"] == self.has, saw)


@_kind("partition")
@dataclass(frozen=True, slots=True, kw_only=True)
class Partition(Check):
    """The network is cut (``present: true``), with ``alone`` on one side where that is given; or it is whole."""

    present: bool
    alone: list[str] | None = None

    def says(self) -> str:
        return self.text or ("The network is cut" if self.present else "The network is whole again")

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        cut = view["partition"]
        if cut is None:
            return Verdict(not self.present, "Every link works.")
        groups = [sorted(name for name in group if name != "host") for group in cut["groups"]]
        saw = "Cut: " + " | ".join(", ".join(group) for group in groups)
        return Verdict(self.present and (self.alone is None or sorted(self.alone) in groups), saw)


@_kind("autolock")
@dataclass(frozen=True, slots=True, kw_only=True)
class Autolock(Check):
    on: bool

    def says(self) -> str:
        return self.text or f"Autolock is {'on' if self.on else 'off'}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        swarm = view.get("swarm")
        if swarm is None:
            return Verdict(False, "There is no swarm.")
        return Verdict(swarm["autolock"] == self.on, f"Autolock is {'on' if swarm['autolock'] else 'off'}.")


@_kind("service_running")
@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRunning(Check):
    """The service wants ``replicas`` tasks and they all run (with ``image`` where given)."""

    service: str
    replicas: int | None = None
    image: str = ""

    def says(self) -> str:
        tasks = "its tasks" if self.replicas is None else _count(self.replicas, "task")
        return self.text or f"Service {self.service} runs {tasks}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        service = _service(view, self.service)
        if service is None:
            return Verdict(False, f"There is no service {self.service}.")
        running = sum(
            task["state"] == "running"
            and task["desired"] == "running"
            and (not self.image or task["image"].split("@")[0] == self.image)
            for task in view["tasks"].values()
            if task["service"] == service["id"]
        )
        wanted = service["wanted"]
        met = running == wanted and wanted > 0 and self.replicas in (None, wanted)
        return Verdict(met, f"{self.service}: {wanted} wanted, {running} running.")


@_kind("service_absent")
@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAbsent(Check):
    service: str

    def says(self) -> str:
        return self.text or f"Service {self.service} is gone"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        there = _service(view, self.service) is not None
        return Verdict(not there, f"Service {self.service} is {'still there' if there else 'not there'}.")


@_kind("tasks_on")
@dataclass(frozen=True, slots=True, kw_only=True)
class TasksOn(Check):
    """How many tasks of a service run on a node: at least, at most."""

    service: str
    node: str
    at_least: int = 0
    at_most: int | None = None

    def says(self) -> str:
        if self.at_most == 0:
            return self.text or f"No task of {self.service} runs on {self.node}"
        return self.text or f"At least {_count(self.at_least, 'task')} of {self.service} on {self.node}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        service = _service(view, self.service)
        count = sum(
            task["state"] == "running" and task["desired"] == "running" and task["node"] == self.node
            for task in view["tasks"].values()
            if service is not None and task["service"] == service["id"]
        )
        met = service is not None and count >= self.at_least and (self.at_most is None or count <= self.at_most)
        return Verdict(met, f"{_count(count, 'task')} of {self.service} on {self.node}.")


@_kind("answered")
@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Check):
    """A command was given on a machine and answered so. Patterns are regular expressions, found anywhere
    (``on`` matches the whole name).

    ``exit`` is the exit code wanted: a number, ``ok`` (0) or ``error`` (anything else); any when absent.
    """

    on: str
    command: str
    output: str = ""
    exit: str = ""

    def __post_init__(self) -> None:
        for pattern in (self.on, self.command, self.output):
            try:
                re.compile(pattern)
            except re.error as error:
                raise CheckError(f"not a regular expression: {pattern!r}: {error}") from None

    def says(self) -> str:
        return self.text or f"`{self.command}` was given on {self.on}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        saw = "Not yet." if re.search(r"\W", self.on) else f"{self.on} has not been asked yet."
        for given in commands:
            if not re.fullmatch(self.on, given.machine) or not re.search(self.command, given.line):
                continue
            right_exit = {"": True, "ok": given.exit == 0, "error": given.exit != 0}.get(
                self.exit, str(given.exit) == self.exit
            )
            if right_exit and re.search(self.output, given.output, re.S):
                return Verdict(True, f"{given.machine} answered.")
            first = given.output.strip().split("\n", 1)[0]
            saw = f"{given.machine} answered: {first[:120]}" if first else f"`{given.line}` printed nothing."
        return Verdict(False, saw)


def _service(view: View, name: str) -> dict[str, Any] | None:
    return next((service for service in view["services"].values() if service["name"] == name), None)


def parse_check(data: Any) -> Check:
    """Make a check from its YAML form: ``{kind: {field: value, ...}, text: ...}``.

    Raises:
        CheckError: unknown kind or field, or a field is missing.
    """
    if isinstance(data, Check):
        return data
    if not isinstance(data, dict):
        raise CheckError(f"a check is a mapping with one kind, not {data!r}")
    rest = dict(data)
    text = rest.pop("text", "")
    if len(rest) != 1:
        raise CheckError(f"a check has one kind (of {', '.join(sorted(KINDS))}), not {sorted(rest)}")
    ((kind, fields),) = rest.items()
    if kind not in KINDS:
        raise CheckError(f"there is no check {kind!r}; there are {', '.join(sorted(KINDS))}")
    names = {{"is": "is_"}.get(str(name), str(name)): value for name, value in (fields or {}).items()}
    try:
        return KINDS[kind](**names, text=text)
    except TypeError as error:
        raise CheckError(f"check {kind}: {str(error).replace('.__init__()', '')}") from None
