"""A busy lab, the same every time: run as a program it prints a digest of everything that happened."""

import hashlib
import json
import sys
import time
from typing import Any

from playground.labs.journal import Header, MemoryStore
from playground.labs.lab import Lab
from playground.labs.registry import Registry

NODES = ("manager1", "manager2", "manager3", "worker1")
HEADER = Header(
    seed=42,
    wall_us=1_760_000_000_000_000,
    nodes=NODES,
    images=("joeyratt/webpage:latest", "joeyratt/webpage:v2.0"),
    manual=True,
)


def run(lab: Lab, node: str, command: str) -> dict[str, Any]:
    """Run one command to its end."""
    what = {"do": "exec", "node": node, "command": command, "tty": False, "limit_us": 90_000_000}
    result: dict[str, Any] = lab.finish(lab.submit(what), time.sleep)
    return result


def fault(lab: Lab, **what: Any) -> None:
    lab.finish(lab.submit({"do": "fault", "fault": what}), time.sleep)


def play(lab: Lab) -> list[dict[str, Any]]:
    """Init, join, serve, cut, heal, lose a worker: with what every command answered."""
    answers = [run(lab, "manager1", "docker swarm init --advertise-addr 10.222.216.2")]
    tokens = {
        role: run(lab, "manager1", f"docker swarm join-token -q {role}")["stdout"].strip()
        for role in ("worker", "manager")
    }
    for name in NODES[1:]:
        role = "worker" if name.startswith("worker") else "manager"
        answers.append(run(lab, name, f"docker swarm join --token {tokens[role]} 10.222.216.2:2377"))
    lab.submit({"do": "open", "terminal": "manager1", "columns": 100, "rows": 30})
    service = "docker service create --name web --replicas 4 -p 5000:5000 joeyratt/webpage:latest"
    lab.submit({"do": "type", "terminal": "manager1", "data": service + "\r"})
    lab.advance(15, time.sleep)
    answers.append(run(lab, "manager2", "docker service ps web"))
    answers.append(run(lab, "worker1", "curl -s manager1:5000"))
    fault(lab, partition=[["manager1"], ["manager2", "manager3", "worker1"]])
    lab.advance(40, time.sleep)
    answers.append(run(lab, "manager2", "docker service scale -d web=6"))
    fault(lab, heal=True)
    lab.advance(20, time.sleep)
    fault(lab, kill="worker1")
    lab.advance(40, time.sleep)
    answers.append(run(lab, "manager3", "docker node ls"))
    answers.append(run(lab, "manager3", "docker service ps web --no-trunc"))
    return answers


def trace(lab: Lab) -> str:
    """All that a lab holds and shows, as text."""
    terminals = {name: scrollback.read(0, 1 << 20)[0] for name, scrollback in sorted(lab.scrollbacks.items())}
    kernel = lab.cluster.kernel
    view = {key: value for key, value in lab.view().items() if key not in ("n", "timeline")}
    return json.dumps([terminals, view, kernel.now_us, kernel.events_done], sort_keys=True)


def main() -> None:
    registry = Registry(MemoryStore(), {})
    lab = registry.create(HEADER)
    answers = play(lab)
    digest = hashlib.sha256((json.dumps(answers) + trace(lab)).encode()).hexdigest()
    sys.stdout.write(f"{digest}\n")


if __name__ == "__main__":
    main()
