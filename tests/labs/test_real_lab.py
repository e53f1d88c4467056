"""A lab of real machines, with a driver that only plays them: everything above the seam."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.backends.errors import BadRequest, UnknownMachine, Unseen
from playground.backends.real.driver import Completed, DriverError, Machine, Size
from playground.backends.real.limits import Limits
from playground.backends.real.ownership import Swept
from playground.labs.errors import Conflict, LabError, NotFound
from playground.labs.journal import Header, MemoryStore, Record, Store
from playground.labs.real_lab import RealLab
from playground.labs.real_labs import RealLabs
from playground.labs.registry import Registry
from playground.labs.sqlite_store import SqliteStore
from playground.sim import SECOND
from tests.backends.real.fake_driver import FakeDriver

LIMITS = Limits(nodes=3, labs=1)


def header(*nodes: str, **more: Any) -> Header:
    return Header(seed=1, wall_us=time.time_ns() // 1000, nodes=nodes, backend="docker", **more)


@pytest.fixture
def driver() -> FakeDriver:
    return FakeDriver()


@pytest.fixture
def swept() -> list[str]:
    return []


@pytest.fixture
def registry(driver: FakeDriver, swept: list[str]) -> Iterator[Registry]:
    def sweep(known: Callable[[str], bool]) -> Swept:
        return Swept({lab: "nobody's" for lab in swept if not known(lab)}, tuple(lab for lab in swept if known(lab)))

    real = RealLabs(kind="docker", limits=LIMITS, drive=lambda lab, until_s: driver, sweep=sweep)
    made = Registry(MemoryStore(), {}, real=real)
    yield made
    made.stop()


def pump(lab: RealLab, until: Callable[[], bool], limit_s: float = 10) -> None:
    end_s = time.monotonic() + limit_s
    while not until():
        assert time.monotonic() < end_s, "it did not come to that in time"
        lab.pump()
        time.sleep(0.005)


@pytest.fixture
def lab(registry: Registry) -> RealLab:
    made = registry.create(header("manager1", "worker1"))
    assert isinstance(made, RealLab)
    pump(made, lambda: made.view()["nodes"].keys() == {"manager1", "worker1"})
    pump(made, lambda: all(node["power"] == "on" for node in made.view()["nodes"].values()))
    return made


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


def test_ending_a_lab_removes_its_machines(registry: Registry, lab: RealLab, driver: FakeDriver) -> None:
    registry.remove(lab)

    assert driver.cleared
    with pytest.raises(NotFound):
        registry.get(lab.id, lab.token)


def test_a_lab_ends_when_its_time_is_over_or_nobody_uses_it(lab: RealLab) -> None:
    assert lab.expired == ""
    lab.touched_s -= LIMITS.idle_s + 1
    assert "nobody used" in lab.expired
    lab.watchers = 1
    assert lab.expired == ""
    lab.cluster.kernel.now_us = int(LIMITS.life_s * 1e6) + 1
    assert "minutes" in lab.expired


def test_limits_hold_before_anything_is_made(registry: Registry, driver: FakeDriver) -> None:
    with pytest.raises(LabError, match="3 nodes"):
        registry.create(header("a", "b", "c", "d"))
    with pytest.raises(Conflict, match="manual clock"):
        registry.create(header("a", manual=True))
    registry.create(header("a"))
    with pytest.raises(Conflict, match="as many as it may"):
        registry.create(header("b"))
    assert not driver.cleared


def test_real_engines_are_refused_where_they_are_off() -> None:
    registry = Registry(MemoryStore(), {})

    with pytest.raises(Conflict, match="--backend docker"):
        registry.create(header("manager1"))


def test_a_restart_takes_up_the_machines_of_a_stored_lab_and_keeps_its_token(
    registry: Registry, driver: FakeDriver, swept: list[str]
) -> None:
    store = registry._store
    store.create(Record(id="abcdef012345", token="secret", header=header("manager1", "worker1")))
    driver.there["manager1"] = Machine("manager1", "10.223.9.2", "on", Size(1, 1 << 30))
    swept += ["abcdef012345", "nobodys"]

    registry.take_up()
    lab = registry.get("abcdef012345", "secret")

    assert isinstance(lab, RealLab)
    assert lab.cluster.names() == ["manager1"]  # What the learner deleted does not come back.


def test_what_a_removal_that_was_cut_short_left_is_cleared_at_the_start(
    registry: Registry, driver: FakeDriver, swept: list[str]
) -> None:
    registry._store.create(Record(id="abcdef012345", token="secret", header=header("manager1")))
    swept.append("abcdef012345")  # A network is left, no machine.

    registry.take_up()

    assert driver.cleared == 1


def test_a_stored_lab_whose_machines_are_gone_says_so(registry: Registry) -> None:
    registry._store.create(Record(id="abcdef012345", token="secret", header=header("manager1")))

    with pytest.raises(NotFound, match="machines of this lab are gone"):
        registry.get("abcdef012345", "secret")


def test_labs_asked_for_at_once_are_no_more_than_may_run(driver: FakeDriver) -> None:
    first = threading.Event()

    def drive(lab: str, until_s: float) -> FakeDriver:
        first.wait(0.2)  # Long enough for the others to count before this one is there.
        return driver

    real = RealLabs(kind="docker", limits=LIMITS, drive=drive, sweep=lambda known: Swept())
    registry = Registry(MemoryStore(), {}, real=real)
    refused: list[Exception] = []

    def ask() -> None:
        try:
            registry.create(header("manager1"))
        except Conflict as error:
            refused.append(error)

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    registry.stop()

    assert len(refused) == 2
    assert "as many as it may" in str(refused[0])


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


def taken_up(registry: Registry, driver: FakeDriver, made: RealLab) -> RealLab:
    """The same lab after a restart of the playground, its machines as they were."""
    driver.ran.clear()
    made.let_go()
    registry._labs.pop(made.id)
    again = registry.get(made.id, made.token)
    assert isinstance(again, RealLab)
    pump(again, lambda: all(node["power"] == "on" for node in again.view()["nodes"].values()))
    return again


def do(lab: RealLab, **fault: Any) -> None:
    ticket = lab.submit({"do": "fault", "fault": fault})
    pump(lab, lambda: ticket.ready)


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


def test_a_removal_that_the_engine_does_not_answer_is_done_when_it_does(
    lab: RealLab, driver: FakeDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.labs.real_lab.RETRY_S", 0.01)
    cleared, tries, clear = threading.Event(), [], driver.clear

    def refuse() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise DriverError("the Docker engine does not answer")
        clear()
        cleared.set()

    monkeypatch.setattr(driver, "clear", refuse)
    lab.end()

    assert cleared.wait(10)
    assert driver.there == {}


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


def stopped(driver: FakeDriver, store: Store, *, keep: bool) -> str:
    """Make a lab in a playground that ends in order at once; the lab's id."""
    real = RealLabs(
        kind="docker", limits=LIMITS, drive=lambda lab, until_s: driver, sweep=lambda known: Swept(), keep=keep
    )
    registry = Registry(store, {}, real=real)
    made = registry.create(header("manager1"))
    assert isinstance(made, RealLab)
    pump(made, lambda: not made.cluster.making)
    registry.stop()
    return made.id


def test_the_end_of_the_program_removes_machines_and_their_lab(driver: FakeDriver, tmp_path: Path) -> None:
    lab = stopped(driver, SqliteStore(tmp_path / "labs.sqlite3"), keep=False)

    assert driver.there == {}
    assert SqliteStore(tmp_path / "labs.sqlite3").load(lab) is None


def test_where_the_operator_wants_it_machines_outlive_the_program(driver: FakeDriver, tmp_path: Path) -> None:
    lab = stopped(driver, SqliteStore(tmp_path / "labs.sqlite3"), keep=True)

    assert driver.there.keys() == {"manager1"}
    assert SqliteStore(tmp_path / "labs.sqlite3").load(lab) is not None
