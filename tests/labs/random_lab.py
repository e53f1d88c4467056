"""Labs in which somebody does anything at any time: commands, keys, faults. The same every time for one number."""

import time
from random import Random
from typing import Any

from playground.backends.errors import Refusal
from playground.labs.clock import SECOND
from playground.labs.journal import Header, MemoryStore, Record
from playground.labs.lab import Lab

MANAGERS = ("manager1", "manager2", "manager3")
NODES = (*MANAGERS, "worker1", "worker2")
WEBPAGE = "joeyratt/webpage:latest"


def header(number: int, nodes: tuple[str, ...] = NODES) -> Header:
    return Header(
        seed=number, wall_us=1_760_000_000_000_000, nodes=nodes, images=(WEBPAGE, "joeyratt/webpage:v2.0"), manual=True
    )


class RandomLab:
    """Makes a swarm, then does ``steps`` random things to it; ``record`` is what was journaled."""

    def __init__(self, number: int, steps: int, nodes: tuple[str, ...] = NODES, managers: int = 3) -> None:
        self.random = Random(number)
        self.nodes = nodes
        self.managers = nodes[:managers]
        self.store = MemoryStore()
        self.store.create(Record("lab", "token", header(number, nodes)))
        self.lab = Lab(Record("lab", "token", header(number, nodes)), self.store, None)
        self.services = 0
        self._join()
        for _ in range(steps):
            self.step()
            self.lab.advance(self.random.choice((0.001, 0.01, 0.3, 1, 2, 5, 11, 31)), time.sleep)

    @property
    def record(self) -> Record:
        record = self.store.load("lab")
        assert record is not None
        return Record(record.id, record.token, record.header, self.lab.now_us, list(record.entries))

    def run(self, node: str, command: str) -> dict[str, Any]:
        what = {"do": "exec", "node": node, "command": command, "tty": False, "limit_us": 40 * SECOND}
        result: dict[str, Any] = self.lab.finish(self.lab.submit(what), time.sleep)
        return result

    def _join(self) -> None:
        address = self.lab.cluster.address(self.nodes[0])
        self.run(self.nodes[0], f"docker swarm init --advertise-addr {address}")
        for node in self.nodes[1:]:
            role = "manager" if node in self.managers else "worker"
            token = self.run(self.nodes[0], f"docker swarm join-token -q {role}")["stdout"].strip()
            self.run(node, f"docker swarm join --token {token} {address}:2377")
        self.run(self.nodes[0], f"docker service create -d --name web --replicas 3 -p 5000:5000 {WEBPAGE}")
        self.lab.submit({"do": "open", "terminal": self.nodes[0], "columns": 80, "rows": 24})

    def step(self) -> None:
        """One command, line of keys or fault; what is refused is nothing."""
        random, lab = self.random, self.lab
        node, manager = random.choice(self.nodes), random.choice(self.managers)
        self.services += 1
        command = random.choice(
            (
                f"docker service scale -d web={random.randrange(8)}",
                f"docker service create -d --name s{self.services} --replicas {random.randrange(4)} {WEBPAGE}",
                "docker service update -d --image joeyratt/webpage:v2.0 web",
                "docker service update -d --force web",
                f"docker node update --availability {random.choice(('active', 'drain', 'pause'))} {node}",
                f"docker node update --role {random.choice(('manager', 'worker'))} {node}",
                f"docker service rm s{self.services - 2}",
                "docker network create -d overlay n" + str(self.services),
                "docker node ls",
            )
        )
        fault = random.choice(
            (
                {"partition": [[node], [other for other in self.nodes if other != node]]},
                {"cut": [node, self.nodes[self.nodes.index(node) - 1]]},
                {"heal": True},
                {"slow": [node, self.nodes[self.nodes.index(node) - 1]], "ms": random.choice((40, 900))},
                {"lose": [node, self.nodes[self.nodes.index(node) - 1]], "percent": random.choice((20, 70))},
                {"mend": [node, self.nodes[self.nodes.index(node) - 1]]},
                {"all": [{"mend": [node, "host"]}, {"slow": [node, "host"], "ms": 70}, {"cut": [node, "host"]}]},
                {"undo": "all"},
                {"kill_task": f"web.{random.randrange(1, 4)}"},
                {"unhealthy": WEBPAGE},
                {"slow_start": WEBPAGE, "seconds": 7},
                {"mend_image": WEBPAGE},
                {"kill": node},
                {"stop": node},
                {"start": node},
                {"restart": node},
            )
        )
        kind = random.randrange(4)
        try:
            if kind == 0:
                lab.submit({"do": "fault", "fault": fault})
            elif kind == 1:
                lab.submit({"do": "type", "terminal": self.nodes[0], "data": command + "\r"})
            else:
                what = {"do": "exec", "node": manager, "command": command, "tty": False, "limit_us": 40 * SECOND}
                lab.submit(what)
        except Refusal:
            return
