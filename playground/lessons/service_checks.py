"""Checks on services, their tasks and their networks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from playground.lessons.check import Check, Command, Verdict, View, counted, kind

UpdateState = Literal[
    "none", "updating", "paused", "completed", "rollback_started", "rollback_paused", "rollback_completed"
]


def _service(view: View, name: str) -> dict[str, Any] | None:
    return next((service for service in view["services"].values() if service["name"] == name), None)


@kind("service_running")
@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRunning(Check):
    """The service wants ``replicas`` tasks and they all run (with ``image`` where given)."""

    service: str
    replicas: int | None = None
    image: str = ""

    def says(self) -> str:
        tasks = "its tasks" if self.replicas is None else counted(self.replicas, "task")
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


@kind("service_absent")
@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAbsent(Check):
    """There is no service of that name."""

    service: str

    def says(self) -> str:
        return self.text or f"Service {self.service} is gone"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        there = _service(view, self.service) is not None
        return Verdict(not there, f"Service {self.service} is {'still there' if there else 'not there'}.")


@kind("tasks_on")
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
        return self.text or f"At least {counted(self.at_least, 'task')} of {self.service} on {self.node}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        service = _service(view, self.service)
        count = sum(
            task["state"] == "running" and task["desired"] == "running" and task["node"] == self.node
            for task in view["tasks"].values()
            if service is not None and task["service"] == service["id"]
        )
        met = service is not None and count >= self.at_least and (self.at_most is None or count <= self.at_most)
        return Verdict(met, f"{counted(count, 'task')} of {self.service} on {self.node}.")


@kind("service_mode")
@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceMode(Check):
    """The service is there, in this mode."""

    service: str
    is_: Literal["replicated", "global", "replicated job", "global job"]

    def says(self) -> str:
        return self.text or f"Service {self.service} is {self.is_}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        service = _service(view, self.service)
        if service is None:
            return Verdict(False, f"There is no service {self.service}.")
        return Verdict(service["mode"] == self.is_, f"{self.service} is {service['mode']}.")


@kind("update")
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateIs(Check):
    """How far the last update of a service is; ``none`` when it was never updated."""

    service: str
    is_: UpdateState

    def says(self) -> str:
        return self.text or f"The update of {self.service} is {self.is_.replace('_', ' ')}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        service = _service(view, self.service)
        if service is None:
            return Verdict(False, f"There is no service {self.service}.")
        state = service["update"]["state"] if service["update"] else "none"
        saw = f"Update of {self.service}: {state.replace('_', ' ')}." if state != "none" else "No update was made."
        return Verdict(state == self.is_, saw)


@kind("published")
@dataclass(frozen=True, slots=True, kw_only=True)
class Published(Check):
    """The service is published on this port of the swarm's nodes."""

    service: str
    port: int
    mode: Literal["ingress", "host"] = "ingress"

    def says(self) -> str:
        return self.text or f"Service {self.service} answers on port {self.port}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        service = _service(view, self.service)
        if service is None:
            return Verdict(False, f"There is no service {self.service}.")
        met = any(port["published"] == self.port and port["mode"] == self.mode for port in service["ports"])
        ports = ", ".join(f"{port['published']} ({port['mode']})" for port in service["ports"])
        return Verdict(met, f"{self.service} publishes {ports or 'no port'}.")


@kind("network")
@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkIs(Check):
    """The swarm has a network of this name (``present: false``: has none)."""

    network: str
    present: bool = True

    def says(self) -> str:
        return self.text or f"The swarm has {'a' if self.present else 'no'} network {self.network}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        there = any(network["name"] == self.network for network in view["networks"].values())
        return Verdict(there == self.present, f"Network {self.network} is {'there' if there else 'not there'}.")
