"""What Python looks at when it looks for rings of objects, while a server runs."""

import gc
from collections.abc import Iterator

import pytest

from playground.labs.journal import Header, MemoryStore
from playground.labs.lab import alive
from playground.labs.registry import Registry
from playground.web.collector import Collector


@pytest.fixture
def registry() -> Registry:
    gc.collect()  # Labs of other tests.
    alive.clear()
    return Registry(MemoryStore(), {})


@pytest.fixture
def collector(registry: Registry) -> Iterator[Collector]:
    collector = Collector(registry)
    collector.begin()
    yield collector
    collector.end()


def header(seed: int) -> Header:
    return Header(seed=seed, wall_us=0, nodes=("manager1",), images=(), manual=True)


def test_what_was_looked_at_once_is_not_looked_at_again(collector: Collector) -> None:
    stays = [[number] for number in range(50_000)]
    gc.collect()

    found = gc.get_objects()

    assert len(found) < len(stays) / 2


def test_a_lab_that_nobody_holds_any_more_is_freed(registry: Registry, collector: Collector) -> None:
    kept, gone = registry.create(header(1)), registry.create(header(2))
    gc.collect()
    assert not collector.tidy()

    registry.remove(gone)
    del gone

    assert len(alive) == 2
    assert collector.tidy()
    assert list(alive) == [kept]


def test_a_lab_that_is_being_made_is_looked_for_once(registry: Registry, collector: Collector) -> None:
    made = registry.create(header(1))
    registry.remove(made)

    assert [collector.tidy(), collector.tidy()] == [True, False]
    assert list(alive) == [made]
    gone = registry.create(header(2))
    registry.remove(gone)
    del gone
    assert collector.tidy()
    assert list(alive) == [made]


def test_of_many_labs_a_few_that_are_gone_may_wait(registry: Registry, collector: Collector) -> None:
    labs = [registry.create(header(seed)) for seed in range(10)]
    gc.collect()
    registry.remove(labs.pop())
    assert not collector.tidy()

    registry.remove(labs.pop())

    assert collector.tidy()
    assert len(alive) == len(labs)
