"""How labs on real engines end, how many there may be, and what the next start does with them."""

import threading
from pathlib import Path

import pytest

from playground.backends.real.driver import DriverError, Machine, Size
from playground.backends.real.ownership import Swept
from playground.labs.errors import Conflict, LabError, NotFound
from playground.labs.journal import Entry, MemoryStore, Record, Store
from playground.labs.real_lab import MADE, RealLab
from playground.labs.real_labs import RealLabs
from playground.labs.registry import Registry
from playground.labs.sqlite_store import SqliteStore
from tests.backends.real.fake_driver import FakeDriver
from tests.labs.real.playing import LIMITS, header, pump


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


def test_real_engines_are_refused_where_they_are_off() -> None:
    registry = Registry(MemoryStore(), {})

    with pytest.raises(Conflict, match="--backend docker"):
        registry.create(header("manager1"))


def test_a_restart_takes_up_the_machines_of_a_stored_lab_and_keeps_its_token(
    registry: Registry, driver: FakeDriver, swept: list[str]
) -> None:
    store = registry._store
    made = [Entry(10, MADE)]
    store.create(Record(id="abcdef012345", token="secret", header=header("manager1", "worker1"), entries=made))
    driver.there["manager1"] = Machine("manager1", "10.223.9.2", "on", Size(1, 1 << 30))
    swept += ["abcdef012345", "nobodys"]

    registry.take_up()
    lab = registry.get("abcdef012345", "secret")

    assert isinstance(lab, RealLab)
    assert lab.cluster.names() == ["manager1"]  # What the learner deleted does not come back.


def test_a_lab_that_was_not_whole_when_the_playground_was_killed_is_removed(
    registry: Registry, driver: FakeDriver, swept: list[str]
) -> None:
    driver.gate.clear()
    half = registry.create(header("manager1", "worker1"))
    assert isinstance(half, RealLab)
    pump(half, lambda: len(half.cluster.names()) == 2)
    half.let_go()
    registry._labs.pop(half.id)
    driver.there["manager1"] = Machine("manager1", "10.223.9.2", "on", Size(1, 1 << 30))
    swept.append(half.id)

    registry.take_up()

    assert driver.there == {}
    driver.there["manager1"] = Machine("manager1", "10.223.9.2", "on", Size(1, 1 << 30))
    with pytest.raises(NotFound, match="before this lab was whole"):
        registry.get(half.id, half.token)
    driver.gate.set()


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
