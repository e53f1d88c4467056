"""Waiting for containers to end."""

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
