"""A mistake of ours in one corner costs that corner, not the lab; and inputs that once made one."""

from typing import Any

import pytest

from playground.labs.journal import Header, MemoryStore
from playground.labs.lab import STRICT, Lab
from playground.labs.registry import Registry


def a_lab() -> Lab:
    header = Header(seed=1, wall_us=0, nodes=("manager1",), manual=True)
    lab = Registry(MemoryStore(), {}).create(header, lambda _: None)
    run(lab, "docker swarm init")
    return lab


def run(lab: Lab, command: str) -> Any:
    what = {"do": "exec", "node": "manager1", "command": command, "tty": False, "limit_us": 60_000_000}
    return lab.finish(lab.submit(what), lambda _: None)


def fails() -> None:
    raise ZeroDivisionError("on purpose")


def test_a_fault_is_told_and_the_lab_goes_on(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.delenv(STRICT)
    lab = a_lab()
    lab.cluster.kernel.after(1_000_000, fails)

    assert run(lab, "sleep 5; echo on")["stdout"] == "on\n"
    assert "a fault of the playground" in caplog.text


def test_in_tests_a_fault_ends_the_lab() -> None:
    lab = a_lab()
    lab.cluster.kernel.after(1_000_000, fails)

    with pytest.raises(ZeroDivisionError):
        run(lab, "sleep 5")


@pytest.mark.parametrize(
    "command",
    [
        "docker run hello-world | head -3",
        "docker run --rm alpine ping localhost | head -2",
        "docker run --rm alpine sh -c yes | head -2",
        "docker run -d --name box alpine sleep 100 >/dev/null; docker exec box seq 20000 | head -1",
    ],
)
def test_a_reader_that_closes_first_ends_the_command(command: str) -> None:
    lab = a_lab()

    assert len(run(lab, command)["stdout"].splitlines()) == int(command.rpartition("-")[2])
    assert run(lab, "echo still here")["stdout"] == "still here\n"


@pytest.mark.parametrize(
    "more",
    [
        {"EndpointSpec": {"Ports": [{"PublishedPort": 7000}]}},
        {"EndpointSpec": {"Ports": [{}]}},
        {"EndpointSpec": {"Ports": [None]}},
        {"EndpointSpec": {"Ports": [{"TargetPort": 0}]}},
        {"EndpointSpec": None, "Labels": None, "Mode": None, "UpdateConfig": None},
    ],
)
def test_a_sparse_service_is_taken(more: dict[str, Any]) -> None:
    lab = a_lab()
    spec = {"Name": "n", "TaskTemplate": {"ContainerSpec": {"Image": "joeyratt/webpage:latest"}}, **more}

    call = lab.call_engine("manager1", "POST", "/services/create", {}, spec, lambda _: None)
    lab.hurry(lambda: call.response is not None, lambda _: None)

    assert call.response is not None
    assert call.response.status == 201
    lab.advance(10, lambda _: None)
    assert " n " in run(lab, "docker service ls")["stdout"]


def test_hosts_that_are_none_reject_the_task_only() -> None:
    lab = a_lab()
    container = {"Image": "joeyratt/webpage:latest", "Hosts": ["x", "", "1 2 3"]}
    spec = {"Name": "n", "TaskTemplate": {"ContainerSpec": container}}
    call = lab.call_engine("manager1", "POST", "/services/create", {}, spec, lambda _: None)
    lab.advance(10, lambda _: None)

    assert call.response is not None
    assert call.response.status == 201
    assert "n.1" in run(lab, "docker service ps n")["stdout"]
