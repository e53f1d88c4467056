"""Checks on machines, nodes, managers and the network between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from playground.lessons.check import Check, Command, Verdict, View, counted, kind


@kind("machine")
@dataclass(frozen=True, slots=True, kw_only=True)
class MachineIs(Check):
    """The machine exists and its engine runs (``running``), or it is off (``off``), or not there (``absent``)."""

    node: str
    is_: Literal["running", "off", "absent"] = "running"

    def says(self) -> str:
        words = {
            "running": f"{self.node} is running",
            "off": f"{self.node} is switched off",
            "absent": f"There is no machine {self.node}",
        }
        return self.text or words[self.is_]

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        node = view["nodes"].get(self.node)
        if node is None:
            return Verdict(self.is_ == "absent", f"There is no machine {self.node} yet.")
        if node["power"] == "on" and node["engine"]:
            return Verdict(self.is_ == "running", f"{self.node} runs.")
        saw = (
            f"{self.node} is switched off."
            if node["power"] == "off"
            else f"{self.node} is on its way: {node['power']}."
        )
        return Verdict(self.is_ == "off" and node["power"] == "off", saw)


@kind("swarm_state")
@dataclass(frozen=True, slots=True, kw_only=True)
class SwarmState(Check):
    """What the engine of a machine says of its own membership: inactive, pending, active, error, locked."""

    node: str
    is_: Literal["inactive", "pending", "active", "error", "locked"]

    def says(self) -> str:
        return self.text or f"The swarm state of {self.node} is {self.is_}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        node = view["nodes"].get(self.node)
        if node is None:
            return Verdict(False, f"There is no machine {self.node}.")
        state = node["swarm"]
        words = {
            "inactive": f"{self.node} is not in a swarm.",
            "active": f"{self.node} is in a swarm.",
            "locked": f"{self.node} is locked.",
            "pending": f"{self.node} waits for the managers to let it in.",
            "error": f"{self.node} cannot take part in its swarm.",
        }
        return Verdict(state == self.is_, words.get(state, f"The swarm state of {self.node} is {state}."))


@kind("node_role")
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRole(Check):
    """The node is in the swarm with this role, and ready."""

    node: str
    role: Literal["manager", "worker"]

    def says(self) -> str:
        return self.text or f"{self.node} is a {self.role} and ready"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        node = view["nodes"].get(self.node)
        if node is None:
            return Verdict(False, f"There is no machine {self.node}.")
        if node["swarm"] == "locked":
            return Verdict(False, f"{self.node} is locked.")
        if not node["id"]:
            return Verdict(False, f"{self.node} has not joined a swarm.")
        if node["role"] != self.role:
            return Verdict(False, f"{self.node} has joined, but as a {node['role']}.")
        ready = node["state"] == "ready" and (self.role == "worker" or node["reachability"] == "reachable")
        return Verdict(ready, f"{self.node} is a {node['role']}, {node['state']}.")


@kind("members")
@dataclass(frozen=True, slots=True, kw_only=True)
class Members(Check):
    """How many managers (that can be reached) and workers (that are ready) the swarm has."""

    managers: int | None = None
    workers: int | None = None

    def says(self) -> str:
        parts = [
            counted(number, noun)
            for number, noun in ((self.managers, "manager"), (self.workers, "worker"))
            if number is not None
        ]
        return self.text or f"The swarm has {' and '.join(parts)}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        if view["quorum"] is not None and not view["quorum"]["has"]:
            return Verdict(False, "Nobody can tell: without a majority of the managers there is no list of nodes.")
        nodes = [node for node in view["nodes"].values() if node["id"] and node["state"] == "ready"]
        managers = sum(node["reachability"] == "reachable" for node in nodes)
        workers = sum(node["role"] == "worker" for node in nodes)
        met = self.managers in (None, managers) and self.workers in (None, workers)
        return Verdict(met, f"The swarm has {counted(managers, 'manager')} and {counted(workers, 'worker')} now.")


@kind("node_state")
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStateIs(Check):
    """The swarm holds the node for ready, down, unknown or disconnected, or does not list it (``absent``)."""

    node: str
    is_: Literal["ready", "down", "unknown", "disconnected", "absent"]

    def says(self) -> str:
        if self.is_ == "absent":
            return self.text or f"The swarm does not list {self.node}"
        return self.text or f"The swarm sees {self.node} as {self.is_}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        node = view["nodes"].get(self.node)
        state = (node["state"] if node else "") or "absent"
        saw = (
            f"The swarm sees {self.node} as {state}." if state != "absent" else f"The swarm does not list {self.node}."
        )
        return Verdict(state == self.is_, saw)


@kind("node_label")
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLabel(Check):
    """The node carries the label with this value."""

    node: str
    label: str
    value: str

    def says(self) -> str:
        return self.text or f"{self.node} has the label {self.label}={self.value}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        node = view["nodes"].get(self.node)
        labels = node["labels"] if node else {}
        if self.label not in labels:
            return Verdict(False, f"{self.node} has no label {self.label}.")
        return Verdict(labels[self.label] == self.value, f"{self.node} has {self.label}={labels[self.label]}.")


@kind("availability")
@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityIs(Check):
    """May the node get tasks: active, pause or drain."""

    node: str
    is_: Literal["active", "pause", "drain"]

    def says(self) -> str:
        return self.text or f"{self.node} has availability {self.is_}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        node = view["nodes"].get(self.node)
        found = node["availability"] if node else ""
        return Verdict(found == self.is_, f"The availability of {self.node} is {found or 'not known'}.")


@kind("leader")
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


@kind("quorum")
@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum(Check):
    """The managers have a majority (``has: true``) or not; ``managers`` is how many count, reachable or not."""

    has: bool
    managers: int | None = None

    def says(self) -> str:
        have = "The managers have a quorum" if self.has else "The managers have lost their quorum"
        return self.text or (have if self.managers is None else f"{have} of {self.managers}")

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        quorum = view["quorum"]
        if quorum is None:
            return Verdict(False, "There is no swarm.")
        managers = counted(quorum["managers"], "manager")
        saw = f"{quorum['reachable']} of {managers} hear each other; {quorum['needed']} needed."
        return Verdict(quorum["has"] == self.has and self.managers in (None, quorum["managers"]), saw)


@kind("partition")
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
        sides = " | ".join(", ".join(group) for group in groups)
        saw = f"Cut: {sides}"
        return Verdict(self.present and (self.alone is None or sorted(self.alone) in groups), saw)


@kind("autolock")
@dataclass(frozen=True, slots=True, kw_only=True)
class Autolock(Check):
    """Autolock is on or off."""

    on: bool

    def says(self) -> str:
        return self.text or f"Autolock is {'on' if self.on else 'off'}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        swarm = view.get("swarm")
        if swarm is None:
            return Verdict(False, "There is no swarm.")
        return Verdict(swarm["autolock"] == self.on, f"Autolock is {'on' if swarm['autolock'] else 'off'}.")
