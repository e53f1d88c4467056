"""What was seen is a matter of the lab alone: whoever goes back sees what whoever was there saw."""

import json
import time
from random import Random
from typing import Any

import pytest

from playground.backends.observer import Observer
from playground.labs.history import KEPT_ENTRIES, History
from playground.labs.journal import MemoryStore, Record
from playground.labs.lab import Lab
from playground.labs.view_log import PARTS, Changes
from tests.labs.random_lab import RandomLab

LABS = 4
MOMENTS_EACH = 50
SECOND = 1_000_000


def shown(view: dict[str, Any]) -> Any:
    """A view as a page gets it, without its number and the pace of the clock."""
    return json.loads(json.dumps({key: value for key, value in view.items() if key not in ("n", "clock")}))


@pytest.mark.parametrize("number", range(LABS))
def test_at_random_moments_running_there_and_scrubbing_there_give_equal_views(number: int) -> None:
    recorded = RandomLab(number, steps=40)
    record, random = recorded.record, Random(number)
    store = MemoryStore()
    store.create(Record("again", "", record.header))
    there = Lab(Record("again", "", record.header), store, None, tape=record.entries)
    start = there.now_us
    changed = [entry["at"] for entry in recorded.lab.history.entries if entry["at"] > start]
    moments = [random.randrange(start, record.now_us) for _ in range(MOMENTS_EACH // 2)]
    moments += [random.choice(changed) + random.choice((-1, 0, 1)) for _ in range(MOMENTS_EACH // 2)]

    for moment in sorted(moments):
        while there.now_us < moment:  # At a pace of its own.
            there.advance(min(random.choice((0.003, 0.2, 7)), (moment - there.now_us) / SECOND), time.sleep)
        assert shown(recorded.lab.history.view(moment)) == shown(there.view())


@pytest.mark.parametrize("number", range(10, 13))
def test_what_was_noticed_is_what_is_there(number: int) -> None:
    recorded = RandomLab(number, steps=0)
    lab = recorded.lab
    compared = 0
    for _ in range(40):
        recorded.step()
        for _ in range(recorded.random.randrange(6)):
            compared += 1
            lab.advance(recorded.random.choice((0.0007, 0.013, 0.5, 1.7, 9)), time.sleep)
            observer = Observer(lab.cluster)
            observer._machine_of_member |= lab.cluster.observer._machine_of_member  # Members that are gone had names.
            afresh = observer.changes()
            seen = shown(lab.view())
            if not seen["raft"]:
                continue  # No manager runs: what was last known is shown, and whoever looks afresh knows nothing.
            for part in ("nodes", "raft", "services", "tasks", "networks", "links", "faults"):
                assert shown(afresh["set"].get(part, {})) == seen[part], part
            for name in ("swarm", "partition"):
                assert afresh["put"][name] == seen[name]
    lab.advance(0.001, time.sleep)  # What was begun last has begun.
    assert compared > 60


def test_a_past_that_takes_too_much_room_is_kept_in_coarser_steps_and_then_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("playground.labs.history.KEPT_BYTES", 30_000)
    history, random = History(), Random(1)
    view: dict[str, Any] = {part: {} for part in PARTS}
    for number in range(40_000):
        task = {"id": f"t{number % 50}", "error": f"{random.getrandbits(60):x}"}
        view["tasks"][task["id"]] = task
        history.add(number * 250_000, Changes(set={"tasks": {task["id"]: task}}), view)

    assert history.kept_bytes <= 30_000
    assert history.start_us > 0
    newest = history.view(39_999 * 250_000)
    assert newest["tasks"] == view["tasks"]
    assert history.view(0)["tasks"] == history.view(history.start_us)["tasks"]


def test_the_oldest_timeline_entries_are_forgotten() -> None:
    history = History()
    for number in range(KEPT_ENTRIES + 1):
        history.add(number, Changes(timeline=[{"at": number, "text": str(number)}]), {})

    assert len(history.entries) == KEPT_ENTRIES * 9 // 10
    assert history.entries[0]["at"] == history.dropped
