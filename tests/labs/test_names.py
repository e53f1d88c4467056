"""What DNS answers to programs in a service's containers."""

import re

import pytest

from playground.labs.journal import Header, MemoryStore
from playground.labs.lab import Lab
from playground.labs.registry import Registry


def run(lab: Lab, command: str) -> str:
    what = {"do": "exec", "node": "manager1", "command": command, "tty": False, "limit_us": 120_000_000}
    return str(lab.finish(lab.submit(what), lambda _: None)["stdout"])


@pytest.fixture(scope="module")
def lab() -> Lab:
    """Three tasks of ``web`` behind a virtual address, three of ``api`` without one, and ``cli`` to ask from."""
    header = Header(seed=1, wall_us=1, nodes=("manager1",), images=("alpine:latest", "nginx:alpine"), manual=True)
    lab = Registry(MemoryStore(), {}).create(header)
    run(lab, "docker swarm init; docker network create -d overlay --attachable back")
    run(lab, "docker service create -q --network back --name web --replicas 3 nginx:alpine")
    run(lab, "docker service create -q --network back --name api --replicas 3 --endpoint-mode dnsrr nginx:alpine")
    run(lab, "docker run -d --network back --name cli alpine sleep 1d")
    return lab


@pytest.mark.parametrize("tool", ["nslookup", "getent hosts", "sh -c 'getent ahosts $0'"])
@pytest.mark.parametrize(("name", "count"), [("web", 1), ("tasks.web", 3), ("api", 3), ("tasks.api", 3)])
def test_a_name_shows_all_of_its_addresses(lab: Lab, tool: str, name: str, count: int) -> None:
    printed = run(lab, f"docker exec cli {tool} {name}")
    lines = re.findall(r"(?m)^(?:Address: )?(10\.[0-9.]+)(?: +STREAM.*| +(?:web|api|tasks\.\w+))?$", printed)
    assert len(lines) == len(set(lines)) == count, printed


def test_a_name_that_nobody_has_shows_none(lab: Lab) -> None:
    assert "NXDOMAIN" in run(lab, "docker exec cli nslookup tasks.nobody")
    assert run(lab, "docker exec cli getent hosts tasks.nobody") == ""
