"""One contract for every store of labs."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from playground.labs.journal import Entry, Header, MemoryStore, Record, Store
from playground.labs.sqlite_store import SqliteStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    makers: dict[str, Callable[[], Store]] = {
        "memory": MemoryStore,
        "sqlite": lambda: SqliteStore(tmp_path / "labs.sqlite3"),
    }
    made = makers[request.param]()
    yield made
    made.close()


def a_record(lab_id: str = "lab1") -> Record:
    return Record(id=lab_id, token="secret", header=Header(seed=5, wall_us=1_700_000_000_000_000, nodes=("manager1",)))


def test_a_lab_comes_back_as_it_was(store: Store) -> None:
    store.create(a_record())
    entries = [
        Entry(10, {"do": "type", "terminal": "host", "data": "ls\r"}),
        Entry(20, {"do": "fault", "fault": {"heal": True}}),
    ]
    for entry in entries:
        store.append("lab1", entry)
    store.mark("lab1", 99)

    record = store.load("lab1")

    assert record is not None
    assert record.entries == entries
    assert (record.now_us, record.token, record.header) == (99, "secret", a_record().header)


def test_labs_do_not_mix(store: Store) -> None:
    store.create(a_record("one"))
    store.create(a_record("two"))
    store.append("one", Entry(1, {"do": "exec"}))

    two = store.load("two")

    assert two is not None
    assert two.entries == []
    assert store.count() == 2


def test_a_removed_lab_is_gone(store: Store) -> None:
    store.create(a_record())
    store.append("lab1", Entry(1, {"do": "exec"}))
    store.remove("lab1")

    assert store.load("lab1") is None
    assert store.count() == 0


def test_sqlite_keeps_labs_across_restarts(tmp_path: Path) -> None:
    first = SqliteStore(tmp_path / "labs.sqlite3")
    first.create(a_record())
    first.append("lab1", Entry(1, {"do": "exec"}))
    first.close()

    second = SqliteStore(tmp_path / "labs.sqlite3")
    record = second.load("lab1")
    second.close()

    assert record is not None
    assert len(record.entries) == 1


def test_a_journal_of_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format 99"):
        Header.from_json({**a_record().header.to_json(), "format": 99})
