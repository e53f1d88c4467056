"""Progress in a lesson is part of the journal: it outlives the lab's memory, and a change of the lesson."""

import time
from dataclasses import replace
from pathlib import Path

from playground.labs.journal import Header, MemoryStore
from playground.labs.lab import Lab
from playground.labs.registry import Registry
from playground.lessons.loader import load
from playground.lessons.model import Lesson
from playground.web.assets import LESSONS
from tests.labs.busy_lab import run

HEADER = Header(seed=7, wall_us=1_760_000_000_000_000, lesson="02-join", manual=True)


def half_done() -> tuple[Lab, MemoryStore, Lesson]:
    """The lesson on joining, at its third step, with one of two checks ticked."""
    lesson = load(Path(LESSONS) / "02-join")
    store = MemoryStore()
    lab = Registry(store, {"02-join": lesson}).create(HEADER)
    token = run(lab, "manager1", "docker swarm join-token -q worker")["stdout"].strip()
    lab.collect()
    address = lab.cluster.address("manager1")
    run(lab, "worker1", f"docker swarm join --token {token} {address}:2377")
    lab.advance(3, time.sleep)
    lab.collect()
    run(lab, "worker1", "docker node ls")
    lab.collect()
    return lab, store, lesson


def rebuilt(lab: Lab, store: MemoryStore, lesson: Lesson) -> Lab:
    record = store.load(lab.id)
    assert record is not None
    return Lab(replace(record, now_us=lab.now_us, entries=list(record.entries)), store, lesson)


def test_a_lab_rebuilt_from_its_journal_is_at_the_same_check() -> None:
    lab, store, lesson = half_done()
    state = lab.view()["lesson"]
    assert state["step"] == 2
    assert [check["met"] for check in state["steps"][2]["checks"]] == [True, False]

    again = rebuilt(lab, store, lesson)

    shown = again.view()["lesson"]
    assert (shown["step"], shown["facts"]) == (state["step"], state["facts"])
    assert [check["met"] for check in shown["steps"][2]["checks"]] == [True, False]

    run(again, "manager1", "docker node ls")
    again.collect()
    assert again.view()["lesson"]["step"] == 3


def test_a_lesson_that_lost_a_step_since_goes_on_where_the_learner_was() -> None:
    lab, store, lesson = half_done()
    outline = lesson.outline.model_copy(update={"steps": lesson.outline.steps[1:]})
    changed = lesson.model_copy(update={"outline": outline, "prose": {"en": lesson.prose["en"][1:]}})

    again = rebuilt(lab, store, changed)

    assert again.view()["lesson"]["step"] == 1
    assert again.view()["lesson"]["steps"][1]["id"] == "asks"


def test_the_set_up_ticks_nothing() -> None:
    lesson = load(Path(LESSONS) / "02-join")
    lab = Registry(MemoryStore(), {"02-join": lesson}).create(HEADER)

    state = lab.view()["lesson"]

    assert state["step"] == 0
    assert not any(check["met"] for step in state["steps"] for check in step["checks"])


def test_the_number_of_the_facts_changes_when_a_token_is_rotated() -> None:
    lab, _, _ = half_done()
    before = lab.view()["lesson"]["facts"]

    run(lab, "manager1", "docker node ls")
    assert lab.view()["lesson"]["facts"] == before

    run(lab, "manager1", "docker swarm join-token --rotate worker")
    assert lab.view()["lesson"]["facts"] != before
