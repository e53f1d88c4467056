"""Links between real machines that are cut and mended, and what of that outlives the playground."""

from typing import Any

import pytest

from playground.backends.errors import BadRequest, UnknownMachine
from playground.backends.real.driver import Completed, DriverError
from playground.labs.real_lab import RealLab, was_made
from playground.labs.registry import Registry
from playground.sim import SECOND
from tests.backends.real.fake_driver import FakeDriver
from tests.labs.real.playing import do, header, pump


def test_a_partition_is_laid_on_every_machine_and_healed_there(lab: RealLab, driver: FakeDriver) -> None:
    ticket = lab.submit({"do": "fault", "fault": {"partition": [["manager1"], ["worker1"]]}})
    pump(lab, lambda: ticket.ready)
    laid = {name for name, command in driver.ran if "-j DROP" in command}
    assert laid == {"manager1", "worker1"}
    assert lab.view()["links"]["manager1|worker1"]["cut"]
    assert lab.view()["partition"]["groups"] == [["manager1"], ["worker1"]]

    driver.ran.clear()
    ticket = lab.submit({"do": "fault", "fault": {"heal": True}})
    pump(lab, lambda: ticket.ready)
    assert {name for name, command in driver.ran if "iptables" in command and "DROP" not in command} == laid
    assert lab.view()["links"] == {}


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"kill": "nobody"},
        {"cut": ["manager1", "manager1"]},
        {"slow": ["manager1", "worker1"], "ms": -1},
        {"lose": ["manager1", "worker1"], "percent": 200},
        {"partition": [["manager1"]]},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_and_changes_nothing(lab: RealLab, fault: Any) -> None:
    with pytest.raises((BadRequest, UnknownMachine)):
        lab.submit({"do": "fault", "fault": fault})
    assert lab.view()["links"] == {}


def test_where_the_kernel_cannot_delay_a_slow_link_is_refused_with_the_reason(
    registry: Registry, driver: FakeDriver
) -> None:
    driver.answer = lambda name, command: Completed(b"", b"unknown qdisc", 2 if "netem" in command else 0)
    made = registry.create(header("a", "b"))
    assert isinstance(made, RealLab)
    pump(made, lambda: [node["power"] for node in made.view()["nodes"].values()] == ["on", "on"])

    with pytest.raises(BadRequest, match="netem"):
        made.submit({"do": "fault", "fault": {"slow": ["a", "b"], "ms": 100}})


def taken_up(registry: Registry, driver: FakeDriver, made: RealLab) -> RealLab:
    """The same lab after a restart of the playground, its machines as they were."""
    pump(made, lambda: was_made(made.record()))
    driver.ran.clear()
    made.let_go()
    registry._labs.pop(made.id)
    again = registry.get(made.id, made.token)
    assert isinstance(again, RealLab)
    pump(again, lambda: all(node["power"] == "on" for node in again.view()["nodes"].values()))
    return again


def test_what_is_cut_stays_cut_and_can_be_healed_after_a_restart(
    registry: Registry, driver: FakeDriver, lab: RealLab
) -> None:
    do(lab, lose=["manager1", "worker1"], percent=10)
    do(lab, undo="all")
    do(lab, partition=[["manager1"], ["worker1"]])

    again = taken_up(registry, driver, lab)
    pump(again, lambda: sum("DROP" in command for _, command in driver.ran) == 2)
    view = again.view()
    assert view["partition"]["groups"] == [["manager1"], ["worker1"]]
    assert list(view["faults"]) == ["partition"]
    assert "Still so: The network is cut: manager1 | worker1" in [entry["text"] for entry in view["timeline"]]

    driver.ran.clear()
    do(again, heal=True)
    assert sorted(name for name, command in driver.ran if "iptables" in command) == ["manager1", "worker1"]
    assert not any("DROP" in command for _, command in driver.ran)
    assert again.view()["partition"] is None


def test_rules_of_a_run_that_was_killed_are_gone_where_nothing_is_cut(
    registry: Registry, driver: FakeDriver, lab: RealLab
) -> None:
    again = taken_up(registry, driver, lab)

    pump(
        again, lambda: {name for name, command in driver.ran if "iptables -w -F" in command} == {"manager1", "worker1"}
    )


def test_after_a_restart_it_is_known_whether_links_can_be_slow(
    registry: Registry, driver: FakeDriver, lab: RealLab
) -> None:
    again = taken_up(registry, driver, lab)

    pump(again, lambda: again.cluster.faults.can_delay)


def test_a_frozen_machine_that_missed_a_mending_hears_of_it_when_it_goes_on(
    lab: RealLab, driver: FakeDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.backends.real.machines.READY_US", SECOND)  # The fake has no engine to wait for.
    do(lab, cut=["manager1", "worker1"])
    do(lab, pause="worker1")
    pump(lab, lambda: lab.view()["nodes"]["worker1"]["power"] == "paused")
    do(lab, mend=["manager1", "worker1"])
    driver.ran.clear()
    do(lab, start="worker1")

    pump(lab, lambda: any(name == "worker1" and "iptables -w -F" in command for name, command in driver.ran))


def test_a_cut_that_no_machine_takes_says_why_and_fails_nothing_else(
    lab: RealLab, driver: FakeDriver, caplog: pytest.LogCaptureFixture
) -> None:
    def dead(name: str, command: str) -> Completed:
        raise DriverError("the Docker engine that the machines run on does not answer: refused")

    driver.answer = dead
    ticket = lab.submit({"do": "fault", "fault": {"cut": ["manager1", "worker1"]}})
    pump(lab, lambda: ticket.ready)

    assert "does not answer" in ticket.value
    assert "That could not be done" in lab.view()["timeline"][-1]["text"]
    assert caplog.text == ""
