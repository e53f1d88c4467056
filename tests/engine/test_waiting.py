"""Waiting: for containers to end, and for a daemon that waits for its swarm."""

import pytest

from playground.engine.containers.waiting import wait
from tests.engine.lab import Lab


@pytest.fixture
def lab() -> Lab:
    return Lab("manager1")


def test_who_waits_hears_of_the_end_of_a_container_that_starts_again(lab: Lab) -> None:
    made = lab.container("manager1", "again", Cmd=["sleep", "2"], HostConfig={"RestartPolicy": {"Name": "always"}})
    found = lab.machines["manager1"].engine.containers.find(made)

    assert lab.run(wait(found)) == 0
    assert found.state.restarting
    refused = lab.ask("manager1", "DELETE", "/containers/again")
    assert refused.status == 409
    assert "stop the container before removing or force remove" in refused.body["message"]


@pytest.mark.parametrize(("managed", "least_s", "most_s"), [(True, 0, 2), (False, 20, 20.2)])
def test_a_daemon_that_starts_answers_once_it_is_back_in_its_swarm_or_after_20_seconds(
    managed: bool, least_s: float, most_s: float
) -> None:
    lab = Lab("manager1", "worker1")
    lab.swarm("manager1", "worker1")
    lab.machines["worker1"].kill()
    if not managed:
        lab.machines["manager1"].kill()
    lab.run(lab.machines["worker1"].start())
    began_us = lab.kernel.now_us
    state = lab.get("worker1", "/info")["Swarm"]["LocalNodeState"]
    assert least_s <= (lab.kernel.now_us - began_us) / 1_000_000 <= most_s
    assert state == ("active" if managed else "pending")
