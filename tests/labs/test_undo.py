"""What the last act is, and what is left without it."""

import time

import pytest

from playground.labs.journal import Entry, Header, Input, MemoryStore
from playground.labs.lab import Lab
from playground.labs.registry import Registry
from playground.labs.time_travel import redo, undo
from playground.labs.undo import typed_line, without_last

S = 1_000_000


def journal(*inputs: tuple[float, Input]) -> list[Entry]:
    return [Entry(int(at * S), what) for at, what in inputs]


def typed(data: str, terminal: str = "a") -> Input:
    return {"do": "type", "terminal": terminal, "data": data}


OPEN: Input = {"do": "open", "terminal": "a", "columns": 80, "rows": 24}


def test_a_line_goes_with_all_its_keys_and_what_was_typed_after_it() -> None:
    entries = journal((1, OPEN), (2, typed("ls\r")), (3, typed("pw")), (4, typed("d\r")), (5, typed("half")))

    undone = without_last(entries)

    assert undone is not None
    assert undone.entries == entries[:2]
    assert undone.now_us == 3 * S
    assert undone.removed == entries[2:]


def test_other_terminals_and_faults_stay() -> None:
    fault: Input = {"do": "fault", "fault": {"heal": True}}
    entries = journal((1, typed("a")), (2, typed("sleep 5", "b")), (3, fault), (4, typed("\r")))

    undone = without_last(entries)

    assert undone is not None
    assert undone.entries == [entries[1], entries[2]]
    assert undone.now_us == 3 * S


def test_a_window_that_was_opened_later_stays_open() -> None:
    undone = without_last(journal((1, typed("ls\r")), (2, {"do": "exec", "node": "a", "command": "x"}), (9, OPEN)))

    assert undone is not None
    assert [(entry.at_us, entry.input["do"]) for entry in undone.entries] == [(1 * S, "type"), (2 * S, "open")]


def test_a_call_goes_with_its_streams_and_looking_is_no_act() -> None:
    post: Input = {"do": "engine", "call": 1, "method": "POST", "path": "/x", "node": "a"}
    get: Input = {"do": "engine", "call": 2, "method": "GET", "path": "/x", "node": "a"}
    undone = without_last(journal((1, OPEN), (2, post), (2, {"do": "engine-eof", "call": 1}), (3, get)))

    assert undone is not None
    assert [entry.input["do"] for entry in undone.entries] == ["open"]
    assert without_last(journal((1, OPEN), (3, get))) is None


def test_the_set_up_cannot_be_undone() -> None:
    setup: Input = {"do": "exec", "node": "a", "command": "x"}

    assert without_last(journal((1, setup), (2, {"do": "begin"}))) is None


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("ls -l\r", "ls -l"),
        ("lx\x7fs\r", "ls"),
        ("wrong\x15right\r", "right"),
        ("\x1b[A\x1b[Cup\r", "up"),
        ("\rnext\r", "next"),
        ("tab\t\r", "tab"),
    ],
)
def test_a_line_reads_as_it_was_sent(keys: str, line: str) -> None:
    assert typed_line(keys) == line


def shown(lab: Lab) -> str:
    return lab.scrollbacks["manager1"].read(0, 100_000)[0]


def test_an_undone_line_is_gone_from_the_terminal_and_comes_back() -> None:
    store = MemoryStore()
    registry = Registry(store, {})
    lab = registry.create(Header(seed=1, wall_us=1_760_000_000_000_000, nodes=("manager1",), manual=True))
    lab.submit({"do": "open", "terminal": "manager1", "columns": 80, "rows": 24})
    for line in ("hostname\r", "docker swarm init\r"):
        lab.submit(typed(line, "manager1"))
        lab.advance(5, time.sleep)
    before = shown(lab)

    undone, words = undo(registry, lab)
    assert words == "`docker swarm init` on manager1"
    assert "hostname" in shown(undone)
    assert "init" not in shown(undone)
    assert undone.view()["quorum"] is None

    again, _ = redo(registry, undone)
    assert shown(again) == before
    assert again.view()["quorum"]["has"]
    assert registry.get(lab.id, lab.token) is again
    assert Lab(again.record(), store, None).view()["nodes"] == again.view()["nodes"]
