"""Labs by id: tokens, rebuilding from the journal, and a fault in one that leaves the others alone."""

import time

import pytest

from playground.labs.errors import Forbidden, NotFound, TooMany
from playground.labs.journal import Header, MemoryStore
from playground.labs.registry import Registry

HEADER = Header(seed=1, wall_us=1_760_000_000_000_000, nodes=("manager1",))


def test_a_lab_comes_back_from_its_journal_in_a_new_process() -> None:
    store = MemoryStore()
    first = Registry(store, {})
    lab = first.create(HEADER)
    size = {"terminal": "manager1", "columns": 80, "rows": 24}
    lab.submit({"do": "open", **size})
    lab.submit({"do": "type", "terminal": "manager1", "data": "docker swarm init\r"})
    lab.advance(5, time.sleep)
    shown = lab.scrollbacks["manager1"].read(0, 100_000)[0]
    assert "Swarm initialized" in shown

    again = Registry(store, {}).get(lab.id, lab.token)

    assert again is not lab
    assert again.scrollbacks["manager1"].read(0, 100_000)[0] == shown
    assert again.now_us == lab.now_us


def test_a_token_opens_its_own_lab_only() -> None:
    registry = Registry(MemoryStore(), {})
    one, two = registry.create(HEADER), registry.create(HEADER)

    assert registry.get(one.id, one.token) is one
    with pytest.raises(Forbidden):
        registry.get(one.id, two.token)
    with pytest.raises(Forbidden):
        registry.get(one.id, None)
    with pytest.raises(NotFound):
        registry.get("nothing", one.token)


def test_there_is_a_limit_to_the_number_of_labs() -> None:
    registry = Registry(MemoryStore(), {}, max_labs=1)
    lab = registry.create(HEADER)
    with pytest.raises(TooMany, match="its limit"):
        registry.create(HEADER)

    registry.remove(lab)
    registry.create(HEADER)


def test_a_fault_in_one_lab_ends_that_lab_and_no_other(caplog: pytest.LogCaptureFixture) -> None:
    registry = Registry(MemoryStore(), {})
    broken, sound = registry.create(HEADER), registry.create(HEADER)
    reasons: list[str] = []
    broken.on_end = reasons.append

    def fail() -> None:
        raise LookupError("a bug")

    broken.cluster.kernel.after(1, fail)
    for lab in (broken, sound):
        lab.touch()
    deadline = time.monotonic() + 10
    while not reasons and time.monotonic() < deadline:
        registry.pump()

    assert "fault of the playground" in reasons[0]
    assert "a bug" in caplog.text
    assert registry.get(sound.id, sound.token) is sound
    assert not sound.ended
