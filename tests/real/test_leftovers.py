"""Nothing of ours stays on the engine, whatever ends the playground."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.browser.serving import playground
from tests.real.conftest import LIMITS, RealLab
from tests.waiting import until

pytestmark = pytest.mark.real

LAB = "swarm-playground.lab"


@pytest.fixture
def outer(engine: str) -> Iterator[Any]:
    client = docker.DockerClient(base_url=engine, timeout=60)
    yield client
    client.close()


def left(outer: Any, lab: str) -> list[str]:
    """What is on the engine of a lab: containers, volumes, networks."""
    only = {"label": f"{LAB}={lab}"}
    return [
        *(f"container {each.name}" for each in outer.containers.list(all=True, filters=only)),
        *(f"volume {each.name}" for each in outer.volumes.list(filters={"name": f"swarm-playground-{lab}-"})),
        *(f"network {each.name}" for each in outer.networks.list(filters=only)),
    ]


def anonymous_volumes(outer: Any) -> set[str]:
    return {volume.name for volume in outer.volumes.list() if len(volume.name) == 64}


def gone(pid: int) -> None:
    """Kill a process as nothing can be prepared for, and wait until it is gone."""
    os.kill(pid, signal.SIGKILL)
    ended(pid, 10)


def ended(pid: int, limit_s: float = 60) -> None:
    """Wait until a process is gone."""
    stat = Path(f"/proc/{pid}/stat")
    until(lambda: not stat.exists() or stat.read_text().split()[2] == "Z", f"{pid} runs on", limit_s)


def test_a_lab_that_is_ended_leaves_nothing(engine: str, outer: Any) -> None:
    before = anonymous_volumes(outer)
    with playground("threading", ("--memory", *LIMITS), {"DOCKER_HOST": engine}) as served:
        lab = RealLab(served, served.call("POST", "/api/labs", body={"backend": "docker", "nodes": ["a", "b"]}))
        lab.up(2)
        lab.fault(cut=["a", "b"])
        assert len(left(outer, lab.made["id"])) == 5
        lab.call("DELETE", "")
        assert left(outer, lab.made["id"]) == []

        second = RealLab(served, served.call("POST", "/api/labs", body={"backend": "docker", "nodes": ["a"]}))
        second.up(1)
    # The program was told to end in the middle of the second lab; it kept nothing, because it keeps labs in memory.
    assert left(outer, second.made["id"]) == []
    assert anonymous_volumes(outer) <= before


def test_closing_the_terminal_that_runs_the_playground_leaves_nothing(engine: str, outer: Any) -> None:
    with playground("eventlet", ("--memory", *LIMITS), {"DOCKER_HOST": engine}) as served:
        lab = RealLab(served, served.call("POST", "/api/labs", body={"backend": "docker", "nodes": ["a"]}))
        lab.up(1)
        os.kill(served.pid, signal.SIGHUP)
        ended(served.pid)
    assert left(outer, lab.made["id"]) == []


def test_after_kill_minus_nine_the_next_start_takes_up_stored_labs_and_removes_others(
    engine: str, outer: Any, tmp_path: Path
) -> None:
    wanted = {"backend": "docker", "nodes": ["manager1"]}
    stored = ("--data", str(tmp_path), *LIMITS)
    with playground("threading", stored, {"DOCKER_HOST": engine}) as served:
        lab = RealLab(served, served.call("POST", "/api/labs", body=wanted))
        lab.up(1)
        lab.run("manager1", "docker swarm init")
        gone(served.pid)
    with playground("threading", ("--memory", *LIMITS), {"DOCKER_HOST": engine}) as other:
        assert "is left for the playground of" in other.said()
        assert len(left(outer, lab.made["id"])) == 3
        forgotten = RealLab(other, other.call("POST", "/api/labs", body=wanted))
        forgotten.up(1)
        gone(other.pid)
    assert left(outer, forgotten.made["id"])

    with playground("threading", stored, {"DOCKER_HOST": engine}) as served:
        assert left(outer, forgotten.made["id"]) == []
        again = RealLab(served, lab.made)  # The same id, the same token.
        again.up(1)
        again.until("the swarm is seen", lambda view: view["nodes"]["manager1"]["leader"])
        assert "Leader" in again.run("manager1", "docker node ls")["stdout"]
        again.call("DELETE", "")
    assert left(outer, lab.made["id"]) == []
