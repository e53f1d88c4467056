"""The emulation beside real engines, in one run: answers of a scenario, and times to a new leader and to node-down.

    DOCKER_HOST=... python -m tests.real.compare [--tries 9] [--times-only]

A new leader is what a manager of the majority says itself: the line "elected leader" in its daemon's log, and the
manager's raft as the lab page shows it. ``docker node ls`` would not do: a call that began while the old leader was
believed in waits for that one, 20 s long, and in a real daemon others wait behind it. A lost worker is seen with
``docker node ls`` on both. Between two looks pass 0.4 s. Each try of the emulation has another seed, and there are
three times as many, because they cost little: the time of an election is drawn anew each time. The exit code is 1 when
a median of the emulation is more than a quarter off the real one.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import click

from tests.browser.serving import Served, playground
from tests.real.answers import plain
from tests.real.engine import find_or_start

NODES = ("manager1", "manager2", "manager3", "worker1", "worker2")
POLL_S = 0.4
LIMIT_S = 150.0
TOLERANCE = 0.25
EMULATED_TRIES = 3
SCENARIO = """
worker1$ docker node ls
worker1$ docker swarm join-token worker
manager1$ docker swarm init
manager1$ docker node ls
manager2$ docker service ls
manager1$ docker service create -d --name web --replicas 5 joeyratt/webpage:latest
~12
manager1$ docker service ls --format '{{.Name}} {{.Mode}} {{.Replicas}} {{.Image}}'
manager1$ docker service ps web --format '{{.Name}} {{.Image}} {{.DesiredState}}'
manager1$ docker service create --name web joeyratt/webpage:latest
manager1$ docker service scale -d web=7
~10
manager3$ docker service ls --format '{{.Name}} {{.Mode}} {{.Replicas}} {{.Image}}'
manager1$ docker node update --availability drain worker2
~12
manager1$ docker node ps worker2 --filter desired-state=running
manager1$ docker node ls --format '{{.Hostname}} {{.Status}} {{.Availability}} {{.ManagerStatus}}'
manager1$ docker node update --availability gone worker2
manager1$ docker node inspect worker2 --format '{{.Spec.Role}} {{.Spec.Availability}} {{.Status.State}}'
manager1$ docker node rm worker2
manager1$ docker node demote nobody
manager1$ docker service scale web
manager1$ docker service inspect nothing
worker2$ docker service ps web
manager1$ docker network ls --filter driver=overlay --format '{{.Name}} {{.Driver}} {{.Scope}}'
manager1$ docker swarm update --autolock=true
manager2$ docker swarm unlock-key -q
manager1$ docker swarm update --autolock=false
manager1$ docker service rm web
manager1$ docker service ls
manager1$ docker swarm leave
worker1$ docker swarm leave
worker1$ docker node ls
"""


class Side:
    """A lab of five machines on one of the two backends."""

    def __init__(self, served: Served, backend: str, seed: int = 1) -> None:
        self._served = served
        self._emulated = backend == "emulated"
        wanted: dict[str, Any] = {"backend": backend, "nodes": NODES}
        if self._emulated:
            wanted |= {"clock": "manual", "seed": seed, "images": ["joeyratt/webpage:latest"]}
        made = served.call("POST", "/api/labs", body=wanted)
        self._path, self._token = f"/api/labs/{made['id']}", made["token"]
        while not all(node["power"] == "on" and node["engine"] for node in self.view()["nodes"].values()):
            time.sleep(0.5)
        self.addresses = {name: node["ip"] for name, node in self.view()["nodes"].items()}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return self._served.call(method, self._path + path, self._token, body)

    def view(self) -> dict[str, Any]:
        return self.call("GET", "/view")

    def now(self) -> float:
        return self.view()["now"] / 1e6 if self._emulated else time.monotonic()

    def wait(self, seconds: float) -> None:
        if self._emulated:
            self.call("POST", "/clock", {"advance": seconds})
        else:
            time.sleep(seconds)

    def run(self, node: str, command: str) -> dict[str, Any]:
        return self.call("POST", "/exec", {"node": node, "command": command})

    def fault(self, **fault: Any) -> None:
        self.call("POST", "/faults", fault)

    def join_all(self) -> None:
        for role in ("manager", "worker"):
            token = self.run("manager1", f"docker swarm join-token -q {role}")["stdout"].strip()
            for name in NODES[1:]:
                if name.startswith(role):
                    self.run(name, f"docker swarm join --token {token} {self.addresses['manager1']}:2377")
        self.wait(5)

    def until(self, node: str, shows: Callable[[list[list[str]]], bool]) -> float:
        """Seconds until ``docker node ls`` on a node shows something."""
        began_s = self.now()
        ls = "timeout -s KILL 1 docker node ls --format '{{.Hostname}} {{.Status}} {{.ManagerStatus}}'"
        while self.now() - began_s < LIMIT_S:
            if shows([line.split() for line in self.run(node, ls)["stdout"].splitlines()]):
                return self.now() - began_s
            self.wait(POLL_S)
        raise AssertionError(f"it did not come to that in {LIMIT_S:.0f} s")

    def elected(self, node: str) -> str:
        """Whom a manager took for the leader last, and in which term; in the words of the backend."""
        if self._emulated:
            raft = self.view()["raft"][node]
            return f"{raft['leader']} at term {raft['term']}" if raft["leader"] else ""
        lines = "grep -o 'elected leader .* at term [0-9]*' /var/log/dockerd.log | tail -n 1"
        return str(self.run(node, lines)["stdout"]).strip()

    def until_elected(self, node: str, before: str) -> float:
        """Seconds until a manager takes another election for settled than ``before``."""
        began_s = self.now()
        while self.now() - began_s < LIMIT_S:
            if self.elected(node) not in ("", before):
                return self.now() - began_s
            self.wait(POLL_S)
        raise AssertionError(f"nobody was elected in {LIMIT_S:.0f} s")

    def leader(self) -> str:
        found: list[str] = []

        def one(rows: list[list[str]]) -> bool:
            found[:] = [row[0] for row in rows if row[-1] == "Leader"]
            return bool(found)

        self.until("manager2", one)
        return found[0]

    def settle(self) -> None:
        """Wait until all is well again."""
        self.until("manager2", lambda rows: len(rows) == 5 and all(row[1] == "Ready" for row in rows))
        self.until("manager2", lambda rows: not any(row[-1] == "Unreachable" for row in rows))
        self.wait(5)

    def end(self) -> None:
        self.call("DELETE", "")


def play(side: Side) -> list[tuple[str, int, list[str], list[str]]]:
    """What a lab answers to the scenario, normalised."""
    told = []
    for line in SCENARIO.strip().splitlines():
        if line.startswith("~"):
            side.wait(float(line[1:]))
            continue
        node, _, command = line.partition("$ ")
        answer = side.run(node, command)
        streams = [plain(answer[stream], side.addresses, command) for stream in ("stdout", "stderr")]
        told.append((line, answer["exit"], *streams))
        if command == "docker swarm init":
            side.join_all()
    return told


def times(side: Side, tries: int) -> dict[str, list[float]]:
    """Seconds to a new leader after the old one is cut off, and until a killed worker is listed as Down."""
    seen: dict[str, list[float]] = {"new leader": [], "node down": []}
    for _ in range(tries):
        old = side.leader()
        rest = [name for name in NODES if name != old]
        asked = next(name for name in rest if name.startswith("manager"))
        before = side.elected(asked)
        side.fault(partition=[[old], rest])
        seen["new leader"].append(side.until_elected(asked, before))
        side.fault(heal=True)
        side.settle()
        side.fault(kill="worker1")
        seen["node down"].append(side.until(asked, lambda rows: ["worker1", "Down"] in rows))
        side.fault(start="worker1")
        side.settle()
    return seen


def answers_alike(served: Served) -> bool:
    """Play the scenario on both, and tell where they differ."""
    real, emulated = Side(served, "docker"), Side(served, "emulated")
    pairs = list(zip(play(real), play(emulated), strict=True))
    real.end()
    agreed = sum(a == b for a, b in pairs)
    for wanted, got in pairs:
        if wanted != got:
            click.echo(f"--- {wanted[0]}\n    real:     {wanted[1:]}\n    emulated: {got[1:]}")
    click.echo(f"answers: {agreed} of {len(pairs)} the same")
    return agreed == len(pairs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=9)
    parser.add_argument("--times-only", action="store_true", help="leave the scenario out")
    options = parser.parse_args()
    tries: int = options.tries
    with playground("threading", ("--memory", "--backend", "docker"), {"DOCKER_HOST": find_or_start()}) as served:
        alike = options.times_only or answers_alike(served)
        real = Side(served, "docker")
        real.run("manager1", "docker swarm init")
        real.join_all()
        of_real = times(real, tries)
        real.end()
        of_emulated: dict[str, list[float]] = {"new leader": [], "node down": []}
        for seed in range(1, EMULATED_TRIES * tries + 1):
            emulated = Side(served, "emulated", seed)
            emulated.run("manager1", "docker swarm init")
            emulated.join_all()
            for what, found in times(emulated, 1).items():
                of_emulated[what] += found
            emulated.end()
    good = True
    for what, found in of_real.items():
        medians = statistics.median(found), statistics.median(of_emulated[what])
        off = medians[1] / medians[0] - 1
        good = good and abs(off) <= TOLERANCE
        told = [", ".join(f"{one:.1f}" for one in each) for each in (found, of_emulated[what])]
        click.echo(
            f"{what}: real {told[0]} (median {medians[0]:.1f} s); emulated {told[1]} ({medians[1]:.1f} s): {off:+.0%}"
        )
    return 0 if good and alike else 1


if __name__ == "__main__":
    sys.exit(main())
