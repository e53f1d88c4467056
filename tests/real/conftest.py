"""A playground that makes labs on real engines."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.conftest import (  # noqa: F401 - a hook and fixtures
    browser_context_args,
    browser_type_launch_args,
    pytest_configure,
)
from tests.browser.serving import Served, playground
from tests.real.engine import find_or_start

LIMITS = ("--backend", "docker", "--real-memory", "768", "--real-labs", "3")


@pytest.fixture(scope="session")
def engine() -> str:
    """The value for ``DOCKER_HOST``."""
    return find_or_start()


@pytest.fixture(scope="module")
def served(engine: str) -> Iterator[Served]:
    with playground("threading", ("--memory", *LIMITS), {"DOCKER_HOST": engine}) as running:
        yield running


LEADERLESS = ("does not have a leader", "deadline exceeded", "lost leader", "update out of sequence")
"""What managers say while they have none to decide, as happens on a busy machine at any time."""


class RealLab:
    """One lab by REST. Real managers may lose their leader on a busy machine: what needs one is asked again."""

    def __init__(self, served: Served, made: dict[str, Any]) -> None:
        self.served = served
        self.made = made
        self.path = f"/api/labs/{made['id']}"
        self.token = made["token"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return self.served.call(method, self.path + path, self.token, body)

    def view(self) -> dict[str, Any]:
        return self.call("GET", "/view")

    def ask(self, node: str, command: str) -> dict[str, Any]:
        """One command, once; its answer, whatever it is."""
        return self.call("POST", "/exec", {"node": node, "command": command})

    def answers(
        self, node: str, command: str, holds: Callable[[dict[str, Any]], object], limit_s: float = 90
    ) -> dict[str, Any]:
        """Give a command again and again until its answer is the one that is waited for."""
        end_s = time.monotonic() + limit_s
        while not holds(answer := self.ask(node, command)):
            assert time.monotonic() < end_s, f"not within {limit_s:.0f} s: {node}$ {command}: {answer}"
            time.sleep(0.3)
        return answer

    def run(self, node: str, command: str) -> dict[str, Any]:
        """One command that has to work, if need be once there is a leader again."""
        answer = self.answers(node, command, lambda told: not any(word in told["stderr"] for word in LEADERLESS))
        assert answer["exit"] == 0, f"{node}$ {command}: {answer}"
        return answer

    def fault(self, **fault: Any) -> None:
        self.call("POST", "/faults", fault)

    def until(self, what: str, holds: Callable[[dict[str, Any]], Any], limit_s: float = 60) -> dict[str, Any]:
        """Wait until something holds in the view."""
        end_s = time.monotonic() + limit_s
        while True:
            view = self.view()
            if holds(view):
                return view
            told = [entry["text"] for entry in view["timeline"]][-5:]
            assert time.monotonic() < end_s, f"not within {limit_s:.0f} s: {what}; last: {told}; {view['nodes']}"
            time.sleep(0.3)

    def up(self, count: int) -> dict[str, str]:
        """Wait until all machines run; their addresses."""
        view = self.until(
            f"{count} machines run",
            lambda view: sum(node["power"] == "on" and node["engine"] for node in view["nodes"].values()) == count,
            120,
        )
        return {name: node["ip"] for name, node in view["nodes"].items()}

    def swarm(self, leader: str) -> None:
        """Make a swarm of all machines; those called manager are managers."""
        addresses = {name: node["ip"] for name, node in self.view()["nodes"].items()}
        self.run(leader, f"docker swarm init --advertise-addr {addresses[leader]}")
        told = []
        for role in ("manager", "worker"):
            token = self.run(leader, f"docker swarm join-token -q {role}")["stdout"].strip()
            joining = [name for name in addresses if name.startswith(role) and name != leader]
            join = f"docker swarm join --token {token} {addresses[leader]}:2377"
            told += [self.ask(name, join) for name in joining]  # One that took too long goes on by itself.
        self.until(f"all are ready; joining: {told}", lambda view: _all_ready(view["nodes"]), 120)


def _all_ready(nodes: dict[str, Any]) -> bool:
    managers = [node for node in nodes.values() if node["role"] == "manager"]
    heard = all(node["reachability"] == "reachable" for node in managers)
    return heard and all(node["state"] == "ready" for node in nodes.values())


@pytest.fixture
def make_lab(served: Served) -> Iterator[Callable[..., RealLab]]:
    made: list[RealLab] = []

    def make(*nodes: str, **more: Any) -> RealLab:
        lab = RealLab(served, served.call("POST", "/api/labs", body={"backend": "docker", "nodes": nodes, **more}))
        made.append(lab)
        return lab

    yield make
    for lab in made:
        lab.call("DELETE", "")
