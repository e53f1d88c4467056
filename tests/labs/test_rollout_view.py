"""What the view says of a rollout: which tasks are of the old version, and how many of the new one run."""

from typing import Any

import pytest

from playground.labs.journal import Header, MemoryStore
from playground.labs.lab import Lab
from playground.labs.registry import Registry

IMAGE = "joeyratt/webpage"
SETUP = [
    {"on": "manager1", "run": "docker swarm init"},
    {"on": "manager1", "run": f"docker service create -d --name web --replicas 4 --stop-grace-period 1s {IMAGE}"},
    {"wait": 10},
]


@pytest.fixture
def lab() -> Lab:
    header = Header(seed=2, wall_us=1, nodes=("manager1",), images=(f"{IMAGE}:latest", f"{IMAGE}:v2.0"), manual=True)
    return Registry(MemoryStore(), {}).create(header, lambda _: None, SETUP)


def run(lab: Lab, command: str) -> None:
    what = {"do": "exec", "node": "manager1", "command": command, "tty": False, "limit_us": 300_000_000}
    assert lab.finish(lab.submit(what), lambda _: None)["exit"] == 0


def web(lab: Lab) -> dict[str, Any]:
    (service,) = lab.view()["services"].values()
    return dict(service)


def outdated(lab: Lab) -> list[str]:
    """The images of the tasks that are to run and are not what the service asks for."""
    versions = web(lab)["outdated"]
    tasks = lab.view()["tasks"].values()
    return [task["image"] for task in tasks if task["desired"] == "running" and task["version"] in versions]


def test_at_rest_nothing_is_outdated(lab: Lab) -> None:
    service = web(lab)

    assert (service["outdated"], service["current"], service["previous"]) == ([], 0, "")


def test_a_rollout_is_seen_task_by_task(lab: Lab) -> None:
    run(lab, f"docker service update -d --update-delay 5s --image {IMAGE}:v2.0 web")

    waves = []
    for _ in range(120):
        lab.advance(0.5, lambda _: None)
        service = web(lab)
        if service["update"]["state"] == "completed":
            break
        waves.append((service["current"], len(outdated(lab))))
        assert set(outdated(lab)) <= {f"{IMAGE}:latest"}
        assert service["previous"] == f"{IMAGE}:latest"
    current = [current for current, _ in waves]
    assert current == sorted(current)
    assert set(current) >= {0, 1, 2, 3}
    assert all(now + old <= 4 for now, old in waves)
    assert (web(lab)["outdated"], web(lab)["running"]) == ([], 4)


def test_in_a_rollback_the_tasks_of_the_newer_version_are_those_to_be_replaced(lab: Lab) -> None:
    run(lab, f"docker service update -d --update-delay 2s --image {IMAGE}:v2.0 web")
    while web(lab)["current"] < 2:
        lab.advance(0.1, lambda _: None)
    assert set(outdated(lab)) == {f"{IMAGE}:latest"}

    run(lab, "docker service rollback -d web")
    seen = set(outdated(lab))
    for _ in range(200):
        lab.advance(0.01, lambda _: None)
        seen |= set(outdated(lab))

    assert seen == {f"{IMAGE}:v2.0"}


def test_scaling_makes_no_task_old(lab: Lab) -> None:
    run(lab, "docker service scale -d web=6")
    lab.advance(5, lambda _: None)

    assert outdated(lab) == []


def test_networks_say_which_of_them_carries_published_ports(lab: Lab) -> None:
    run(lab, "docker network create -d overlay shop")

    assert {n["name"]: n["ingress"] for n in lab.view()["networks"].values()} == {"ingress": True, "shop": False}
