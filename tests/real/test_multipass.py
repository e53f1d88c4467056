"""A lab of ``--backend multipass``, with a stand-in for the command that makes containers: the snap is not here."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from playwright.sync_api import Page, expect

from playground.backends.real import docker_image
from playground.backends.real.docker_driver import LAB, remove_lab
from tests.backends.multipass_stand_in import install
from tests.browser.driving import LabPage
from tests.browser.serving import Served, playground
from tests.real.conftest import RealLab

pytestmark = [pytest.mark.real, pytest.mark.browser]
LIMIT_S = 90


@pytest.fixture
def stand_in(engine: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a playground that finds the stand-in, whose launches report a time-out."""
    install(tmp_path)
    lab = f"f{secrets.token_hex(5)}"
    yield {
        "DOCKER_HOST": engine,
        "HOME": str(tmp_path),
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "STAND_IN_STATE": str(tmp_path),
        "STAND_IN_IMAGE": docker_image.IMAGE,
        "STAND_IN_LAB": lab,
        "STAND_IN_FAILS": "slow",
    }
    client = docker.DockerClient(base_url=engine)
    remove_lab(client.api, lab)
    client.close()


def containers(environment: dict[str, str]) -> list[Any]:
    client = docker.DockerClient(base_url=environment["DOCKER_HOST"])
    try:
        return client.containers.list(all=True, filters={"label": f"{LAB}={environment['STAND_IN_LAB']}"})
    finally:
        client.close()


def made(served: Served, *nodes: str) -> RealLab:
    return RealLab(served, served.call("POST", "/api/labs", body={"backend": "multipass", "nodes": nodes}))


def test_a_swarm_runs_on_machines_of_multipass_and_leaves_nothing(page: Page, stand_in: dict[str, str]) -> None:
    with playground("eventlet", ("--memory", "--backend", "multipass", "--real-memory", "768"), stand_in) as served:
        lab = made(served, "manager1", "worker1")
        lab.up(2)
        page.goto(f"{served.url}{lab.made['url']}")
        shown = LabPage(page, lab.made, served, LIMIT_S)
        expect(page.locator('.tab[data-terminal="worker1"]')).to_be_visible(timeout=LIMIT_S * 1000)
        assert lab.run("worker1", "hostname")["stdout"] == "worker1\n"
        shown.run("worker1", "docker node ls")
        assert "not a swarm manager" in shown.text("worker1")

        lab.swarm("manager1")
        lab.run("manager1", "docker service create -d --name web --replicas 3 joeyratt/webpage:latest")

        def on(view: dict[str, Any], node: str) -> int:
            return sum(t["state"] == t["desired"] == "running" and t["node"] == node for t in view["tasks"].values())

        lab.until("three tasks run on both", lambda view: on(view, "manager1") + on(view, "worker1") == 3, LIMIT_S)
        lab.fault(cut=["manager1", "worker1"])
        lab.until("worker1 is held for down", lambda view: view["nodes"]["worker1"]["state"] == "down", LIMIT_S)
        lab.until("its tasks run elsewhere", lambda view: on(view, "manager1") == 3, LIMIT_S)
        lab.fault(undo="all")
        lab.until("worker1 is back", lambda view: view["nodes"]["worker1"]["state"] == "ready", LIMIT_S)
        lab.fault(stop="worker1")
        lab.until("worker1 is off", lambda view: view["nodes"]["worker1"]["power"] == "off", LIMIT_S)
        lab.call("DELETE", "")
        assert containers(stand_in) == []


def test_without_a_way_to_the_socket_the_program_says_the_remedy(
    stand_in: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    refused = {**stand_in, "STAND_IN_FAILS": "socket"}
    with (
        pytest.raises(AssertionError, match="chmod 666"),
        playground("threading", ("--memory", "--backend", "multipass"), refused),
    ):
        pass
