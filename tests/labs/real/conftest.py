"""A lab of machines that a driver only plays."""

from collections.abc import Callable, Iterator

import pytest

from playground.backends.real.ownership import Swept
from playground.labs.journal import MemoryStore
from playground.labs.real_lab import RealLab
from playground.labs.real_labs import RealLabs
from playground.labs.registry import Registry
from tests.backends.real.fake_driver import FakeDriver
from tests.labs.real.playing import LIMITS, header, pump


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


@pytest.fixture
def lab(registry: Registry) -> RealLab:
    made = registry.create(header("manager1", "worker1"))
    assert isinstance(made, RealLab)
    pump(made, lambda: made.view()["nodes"].keys() == {"manager1", "worker1"})
    pump(made, lambda: all(node["power"] == "on" for node in made.view()["nodes"].values()))
    return made
