"""How fast a lab's time passes is kept with the lab, and goes with no copy of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.labs.journal import Header, MemoryStore, Store
from playground.labs.journal_file import from_file, to_file
from playground.labs.lab import Lab
from playground.labs.registry import Registry
from playground.labs.sqlite_store import SqliteStore
from playground.labs.stepping import step
from playground.labs.time_travel import branch, redo, undo

HEADER = Header(seed=1, wall_us=1_760_000_000_000_000, nodes=("manager1",))


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "labs.db")
    yield made
    made.close()


def pace(lab: Lab) -> tuple[float, bool]:
    return lab.clock.speed, lab.clock.paused


def at_work(registry: Registry) -> Lab:
    """One act, then another pace, then another act, and a pause."""
    lab = registry.create(HEADER)
    for command in ("docker swarm init", "docker node ls"):
        lab.submit({"do": "exec", "node": "manager1", "command": command, "tty": False, "limit_us": 90_000_000})
        lab.advance(3, lambda _: None)
        lab.change_pace(speed=20)
    lab.change_pace(paused=True)
    return lab


def test_a_lab_comes_back_at_its_pace(store: Store) -> None:
    lab = at_work(Registry(store, {}))

    again = Registry(store, {}).get(lab.id, lab.token)

    assert again is not lab
    assert pace(again) == (20, True)
    assert again.now_us == lab.now_us
    assert again.history.entries == lab.history.entries


def test_the_same_pace_again_is_no_news(store: Store) -> None:
    lab = at_work(Registry(store, {}))
    inputs = len(lab.record().entries)

    lab.change_pace(speed=20, paused=True)

    assert len(lab.record().entries) == inputs


def test_after_undo_and_redo_a_lab_comes_back_at_the_pace_it_had_then(store: Store) -> None:
    registry = Registry(store, {})
    lab = at_work(registry)
    lab.change_pace(speed=5, paused=False)
    lab, _ = undo(registry, lab)
    assert pace(lab) == (5, False)
    assert pace(Registry(store, {}).get(lab.id, lab.token)) == (5, False)

    lab, _ = redo(registry, lab)

    assert pace(lab) == (5, False)
    assert pace(Registry(store, {}).get(lab.id, lab.token)) == (5, False)


def test_a_branch_goes_on_at_the_pace_of_its_lab_and_a_file_or_a_link_has_none(store: Store) -> None:
    registry = Registry(store, {})
    lab = at_work(registry)

    other = branch(registry, lab, lab.now_us)
    assert pace(other) == (20, True)
    assert pace(Registry(store, {}).get(other.id, other.token)) == (20, True)

    record = lab.record()
    file = to_file(record.header, record.now_us, record.entries)
    header, now_us, entries = from_file(json.loads(json.dumps(file)))
    assert "clock" not in {entry.input["do"] for entry in entries}
    assert pace(registry.add(header, now_us, entries)) == (1, False)
    for kind in ("copy", "replay"):
        opened, _ = registry.open_share(registry.share(lab, kind).id)
        assert pace(opened) == (1, False)


def test_a_step_pauses_for_good_and_looks_ahead_on_one_copy(store: Store) -> None:
    lab = at_work(Registry(store, {}))
    lab.change_pace(paused=False)
    step(lab, lambda _: None)
    copy = lab.ahead

    lab.change_pace(paused=False)
    step(lab, lambda _: None)

    assert lab.ahead is copy is not None
    assert pace(Registry(store, {}).get(lab.id, lab.token)) == (20, True)
