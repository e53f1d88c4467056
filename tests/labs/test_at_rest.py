"""When a swarm has done what it was told."""

from typing import Any

import pytest

from playground.labs.at_rest import at_rest


def node(**more: Any) -> dict[str, Any]:
    return {"id": "n1", "power": "on", "swarm": "active", "state": "ready", **more}


def task(**more: Any) -> dict[str, Any]:
    return {"node_id": "n1", "desired": "running", "state": "running", "error": "", **more}


def rests(of: dict[str, Any], *tasks: dict[str, Any], update: str = "") -> bool:
    services = {"s": {"update": {"state": update} if update else None}}
    return at_rest({"a": of}, services, {str(number): each for number, each in enumerate(tasks)})


@pytest.mark.parametrize(
    "of", [node(), node(state="down"), node(power="off", state="down"), node(swarm="inactive", state="", id="")]
)
def test_a_machine_that_is_what_it_should_be_rests(of: dict[str, Any]) -> None:
    assert rests(of, task())


@pytest.mark.parametrize("of", [node(state=""), node(state="unknown"), node(power="booting", swarm="inactive")])
def test_a_member_that_is_not_listed_as_ready_yet_is_waited_for(of: dict[str, Any]) -> None:
    assert not rests(of)


@pytest.mark.parametrize("state", ["new", "pending", "preparing", "starting"])
def test_a_task_that_comes_up_is_waited_for(state: str) -> None:
    assert not rests(node(), task(), task(state=state))


def test_a_task_that_is_to_stop_is_waited_for_until_it_has() -> None:
    assert not rests(node(), task(desired="shutdown"))
    assert rests(node(), task(desired="shutdown", state="shutdown"))


def test_a_task_that_no_node_suits_and_says_so_is_not_waited_for() -> None:
    assert rests(node(), task(state="pending", node_id="", error="no suitable node (3 nodes not available)"))


def test_tasks_of_a_node_that_is_down_are_not_waited_for() -> None:
    assert rests(node(state="down"), task(desired="shutdown"))


def test_a_failed_task_and_a_rollout_are_not_waited_for() -> None:
    assert rests(node(), task(state="failed", desired="shutdown"))
    assert rests(node(), task(state="starting"), update="updating")
