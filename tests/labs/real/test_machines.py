"""A lab of real machines, with a driver that only plays them: what is seen of them, and what is typed."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from playground.backends.errors import BadRequest, Unseen
from playground.backends.real.driver import Completed, DriverError
from playground.labs.errors import Conflict
from playground.labs.real_lab import RealLab
from playground.labs.registry import Registry
from playground.sim import SECOND
from tests.backends.real.fake_driver import FakeDriver, FakePty
from tests.labs.real.playing import header, pump


def test_the_view_names_the_backend_and_says_what_it_cannot_show(lab: RealLab) -> None:
    view = lab.view()

    assert view["backend"] == "docker"
    assert {"raft", "messages", "time"} <= view["unseen"].keys()
    assert view["raft"] == {}


def test_a_command_is_carried_to_the_machine_and_its_answer_back(lab: RealLab, driver: FakeDriver) -> None:
    driver.answer = lambda name, command: Completed(f"{name}: {command}\r\n".encode(), b"and more\n", 3)
    ticket = lab.submit({"do": "exec", "node": "worker1", "command": "uname", "tty": False, "limit_us": 10**7})
    pump(lab, lambda: ticket.ready)

    assert ticket.value == {"stdout": "worker1: uname\n", "stderr": "and more\n", "exit": 3}
    assert lab.view()["timeline"][-1]["text"] == "uname"


def test_a_command_that_takes_too_long_ends_with_124(lab: RealLab, driver: FakeDriver) -> None:
    def late(name: str, command: str) -> Completed:
        raise TimeoutError

    driver.answer = late
    ticket = lab.submit({"do": "exec", "node": "worker1", "command": "sleep 9", "tty": False, "limit_us": 2 * 10**6})
    pump(lab, lambda: ticket.ready)

    assert ticket.value["exit"] == 124


def test_a_command_waits_for_a_machine_that_is_still_being_made(registry: Registry, driver: FakeDriver) -> None:
    driver.gate.clear()
    made = registry.create(header("manager1"))
    assert isinstance(made, RealLab)
    pump(made, lambda: "manager1" in made.view()["nodes"])
    ticket = made.submit({"do": "exec", "node": "manager1", "command": "true", "tty": False, "limit_us": 10**7})
    assert made.view()["nodes"]["manager1"]["power"] == "booting"

    driver.gate.set()
    pump(made, lambda: ticket.ready)

    assert ticket.value["exit"] == 0


def test_a_terminal_carries_keys_sizes_and_output_and_hears_commands(lab: RealLab, driver: FakeDriver) -> None:
    lab.submit({"do": "open", "terminal": "manager1", "columns": 90, "rows": 30})
    pump(lab, lambda: "manager1" in driver.terminals)
    pty = driver.terminals["manager1"]
    lab.submit({"do": "type", "terminal": "manager1", "data": "ls\r"})
    lab.submit({"do": "resize", "terminal": "manager1", "columns": 50, "rows": 20})
    pty.print(b"\x1b]7771;B;bHM=\x07file\r\n\x1b]7771;E;0\x07$ ")
    pump(lab, lambda: len(pty.sizes) == 2 and lab.scrollbacks["manager1"].end > 0)

    assert pty.typed == [b"ls\r"]
    assert pty.sizes == [(90, 30), (50, 20)]
    assert lab.scrollbacks["manager1"].read(0, 100)[0].endswith("file\r\n$ ")
    assert [entry["text"] for entry in lab.view()["timeline"] if entry["kind"] == "command"] == ["ls"]


def test_a_command_that_takes_long_stands_in_the_timeline_where_it_began(lab: RealLab, driver: FakeDriver) -> None:
    lab.submit({"do": "open", "terminal": "manager1", "columns": 80, "rows": 24})
    pump(lab, lambda: "manager1" in driver.terminals)
    pty = driver.terminals["manager1"]
    pty.print(b"\x1b]7771;B;bHM=\x07")
    pump(lab, lambda: lab.view()["timeline"][-1]["text"] == "ls")
    lab.submit({"do": "fault", "fault": {"cut": ["manager1", "worker1"]}})
    pump(lab, lambda: lab.view()["timeline"][-1]["kind"] == "fault")
    pty.print(b"file\r\n\x1b]7771;E;0\x07$ ")
    pump(lab, lambda: "$ " in lab.scrollbacks["manager1"].read(0, 100)[0])

    assert [entry["kind"] for entry in lab.view()["timeline"][-2:]] == ["command", "fault"]


def test_a_terminal_says_that_its_machine_went_off_and_comes_back_with_it(lab: RealLab, driver: FakeDriver) -> None:
    lab.submit({"do": "open", "terminal": "worker1", "columns": 80, "rows": 24})
    pump(lab, lambda: "worker1" in driver.terminals)
    first = driver.terminals["worker1"]
    lab.submit({"do": "fault", "fault": {"kill": "worker1"}})
    pump(lab, lambda: lab.view()["nodes"]["worker1"]["power"] == "off")
    assert "worker1 is off." in lab.scrollbacks["worker1"].read(0, 1000)[0]

    driver.start("worker1")  # By somebody else: the playground notices.
    pump(lab, lambda: driver.terminals["worker1"] is not first)


def test_a_shell_that_ends_at_once_is_not_opened_again_and_again(
    lab: RealLab, driver: FakeDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[float] = []

    def broken(name: str, columns: int, rows: int) -> FakePty:
        opened.append(time.monotonic())
        pty = FakePty()
        pty.close()
        return pty

    monkeypatch.setattr(driver, "terminal", broken)
    lab.submit({"do": "open", "terminal": "manager1", "columns": 80, "rows": 24})
    pump(lab, lambda: len(opened) == 3)

    assert opened[2] - opened[0] > 1


def test_a_terminal_opens_when_what_the_machines_run_on_answers_again(
    lab: RealLab, driver: FakeDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(name: str, columns: int, rows: int) -> FakePty:
        raise DriverError("the Docker engine does not answer: refused")

    with monkeypatch.context() as without:
        without.setattr(driver, "terminal", dead)
        lab.submit({"do": "open", "terminal": "manager1", "columns": 80, "rows": 24})
        pump(lab, lambda: "does not answer" in lab.scrollbacks["manager1"].read(0, 1000)[0])
        end_us = lab.now_us + 2 * SECOND
        pump(lab, lambda: lab.now_us > end_us)

    assert lab.scrollbacks["manager1"].read(0, 1000)[0].count("does not answer") == 1
    pump(lab, lambda: "manager1" in driver.terminals)


def test_a_shell_that_the_host_opens_on_a_machine_is_heard_and_follows_the_screen(
    lab: RealLab, driver: FakeDriver
) -> None:
    lab.submit({"do": "open", "terminal": "host", "columns": 90, "rows": 30})
    lab.submit({"do": "type", "terminal": "host", "data": "multipass shell manager1\r"})
    pump(lab, lambda: "manager1" in driver.terminals)
    pty = driver.terminals["manager1"]
    lab.submit({"do": "resize", "terminal": "host", "columns": 50, "rows": 20})
    lab.submit({"do": "type", "terminal": "host", "data": "ls\r"})
    pty.print(b"\x1b]7771;B;bHM=\x07file\r\n\x1b]7771;E;0\x07over there$ ")
    pump(lab, lambda: len(pty.sizes) == 2 and pty.typed == [b"ls\r"])
    pty.close()
    pump(lab, lambda: lab.scrollbacks["host"].read(0, 9000)[0].count("learner@host") == 2)

    shown = lab.scrollbacks["host"].read(0, 9000)[0]
    assert pty.sizes == [(90, 30), (50, 20)]
    assert "file\r\nover there$ " in shown
    assert "7771" not in shown
    assert [entry["text"] for entry in lab.view()["timeline"] if entry["node"] == "manager1"][-1] == "ls"


def test_multipass_on_the_host_makes_real_machines_up_to_the_limit(lab: RealLab) -> None:
    def on_host(command: str) -> Any:
        ticket = lab.submit({"do": "exec", "node": "host", "command": command, "tty": False, "limit_us": 10**7})
        pump(lab, lambda: ticket.ready)
        return ticket.value

    assert on_host("multipass launch docker --name worker2")["stdout"] == "Launched: worker2\n"
    assert "worker2" in on_host("multipass list")["stdout"]
    refused = on_host("multipass launch docker --name worker3")
    assert refused["exit"] == 2
    assert "room for 3 machines" in refused["stderr"]
    on_host("multipass delete --purge worker2")
    assert lab.view()["nodes"].keys() == {"manager1", "worker1"}


def test_a_machine_that_cannot_be_made_says_why(registry: Registry, driver: FakeDriver) -> None:
    driver.refuse = "no space left on device"
    made = registry.create(header("manager1"))
    assert isinstance(made, RealLab)
    pump(made, lambda: any("no space" in entry["text"] for entry in made.view()["timeline"]))

    with pytest.raises(BadRequest, match="no space left"):
        made.submit({"do": "exec", "node": "manager1", "command": "true", "tty": False, "limit_us": 10**7})


def test_the_clock_of_a_real_lab_cannot_be_changed(lab: RealLab) -> None:
    for change in (
        lambda: lab.clock.pause(True, 0),
        lambda: lab.clock.set_speed(5, 0),
        lambda: lab.advance(5, time.sleep),
    ):
        with pytest.raises(Conflict):
            change()


def test_raft_and_the_way_of_a_command_are_refused_with_the_reason(lab: RealLab) -> None:
    with pytest.raises(Unseen):
        lab.cluster.raft("manager1")
    with pytest.raises(Unseen):
        lab.cluster.way()


def test_a_machine_that_is_switched_is_never_said_to_be_what_it_was(lab: RealLab, driver: FakeDriver) -> None:
    for how, name, power in (("stop", "worker1", "off"), ("pause", "manager1", "paused"), ("kill", "manager1", "off")):
        seen = [lab.view()["nodes"][name]["power"]]
        ticket = lab.submit({"do": "fault", "fault": {how: name}})

        def look(seen: list[str] = seen, name: str = name) -> None:
            now = lab.view()["nodes"][name]["power"]
            seen += [now] if now != seen[-1] else []

        def over(ticket: Any = ticket, look: Callable[[], None] = look) -> bool:
            look()
            return bool(ticket.ready)

        pump(lab, over)
        look()
        assert len(seen) == len(set(seen)), f"{how}: {seen}"
        assert seen[-1] == power, f"{how}: {seen}"


def test_once_what_kept_a_machine_from_being_made_is_put_right_the_same_launch_makes_it(
    lab: RealLab, driver: FakeDriver
) -> None:
    def launched() -> Any:
        line = "multipass launch docker --name worker2"
        ticket = lab.submit({"do": "exec", "node": "host", "command": line, "tty": False, "limit_us": 10**7})
        pump(lab, lambda: ticket.ready)
        return ticket.value

    driver.refuse = "This machine offers no virtualisation (KVM)."
    assert launched()["stderr"] == "launch failed: This machine offers no virtualisation (KVM).\n"
    assert "no virtualisation" in lab.view()["nodes"]["worker2"]["error"]
    driver.refuse = ""
    assert launched()["stdout"] == "Launched: worker2\n"
    assert "already exists" in launched()["stderr"]


def test_a_machine_that_could_not_be_made_is_deleted_from_the_host(registry: Registry, driver: FakeDriver) -> None:
    driver.refuse = "no room"
    made = registry.create(header("manager1"))
    assert isinstance(made, RealLab)
    pump(made, lambda: "no room" in str(made.cluster.machines.troubles))
    line = "multipass start manager1; multipass delete --purge manager1; multipass list"
    ticket = made.submit({"do": "exec", "node": "host", "command": line, "tty": False, "limit_us": 10**7})
    pump(made, lambda: ticket.ready)

    assert "no room" in ticket.value["stderr"]
    assert "No instances found." in ticket.value["stdout"]
    assert made.view()["nodes"] == {}


def test_a_machine_that_does_not_answer_fails_the_hosts_command_not_the_lab(lab: RealLab, driver: FakeDriver) -> None:
    def dead(name: str, command: str) -> Completed:
        raise DriverError("the Docker engine does not answer: refused")

    driver.answer = dead
    line = "multipass exec manager1 -- ls"
    ticket = lab.submit({"do": "exec", "node": "host", "command": line, "tty": False, "limit_us": 10**7})
    pump(lab, lambda: ticket.ready)

    assert ticket.value["exit"] == 2
    assert ticket.value["stderr"] == "exec failed: the Docker engine does not answer: refused\n"
    assert not lab.ended


def test_a_machine_that_somebody_else_removed_says_so_and_can_be_made_anew(lab: RealLab, driver: FakeDriver) -> None:
    lab.submit({"do": "open", "terminal": "worker1", "columns": 80, "rows": 24})
    pump(lab, lambda: "worker1" in driver.terminals)
    del driver.there["worker1"]
    pump(lab, lambda: lab.view()["nodes"]["worker1"]["power"] == "off")

    assert "removed from outside" in lab.view()["nodes"]["worker1"]["error"]
    assert "removed from outside" in lab.scrollbacks["worker1"].read(0, 1000)[0]
    assert lab.view()["faults"] == {}  # There is nothing to mend: it cannot be started.
    with pytest.raises(BadRequest, match="removed from outside"):
        lab.submit({"do": "fault", "fault": {"start": "worker1"}})
    for line in ("multipass launch docker --name worker1", "multipass delete --purge worker1"):
        ticket = lab.submit({"do": "exec", "node": "host", "command": line, "tty": False, "limit_us": 10**7})
        pump(lab, lambda ticket=ticket: ticket.ready)
        assert ticket.value["stderr"] == ""
        assert not any(node["error"] for node in lab.view()["nodes"].values())
    assert lab.view()["nodes"].keys() == {"manager1"}
