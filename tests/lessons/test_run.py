"""How far a learner has come: ticks, notices, hints, progress that outlives changes of the lesson."""

from typing import Any

import pytest

from playground.lessons.check import Command
from playground.lessons.model import Heading, Lesson, Outline
from playground.lessons.run import BadLessonInput, LessonRun

FACTS: dict[str, Any] = {"ip": {"manager1": "10.0.0.2"}, "token": {"worker": "T"}, "key": ""}


def a_step(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "checks": [{"answered": {"on": "manager1", "command": f"^{name}$"}, "text": name}], **more}


def a_lesson(*steps: dict[str, Any]) -> Lesson:
    outline = Outline.model_validate({"title": "T", "summary": "S", "minutes": 1, "steps": list(steps)})
    prose = [Heading(step["id"].title(), "At {{ ip.manager1 }}.\n", 1) for step in steps]
    return Lesson(slug="01-t", outline=outline, prose={"en": prose})


def a_view(**fields: Any) -> dict[str, Any]:
    return {"nodes": {}, "services": {}, "tasks": {}, "quorum": None, "partition": None, "swarm": None, **fields}


def a_run(*steps: dict[str, Any], facts: dict[str, Any] | None = None) -> LessonRun:
    run = LessonRun(a_lesson(*steps), lambda: facts or FACTS)
    run.begin()
    return run


def given(run: LessonRun, *lines: str) -> None:
    for line in lines:
        run.heard(Command("manager1", line, "", 0))
        run.judge(a_view())


def test_a_step_ends_when_its_checks_are_met_and_the_next_begins_anew() -> None:
    run = a_run(a_step("one"), a_step("two"), a_step("one-more"))

    given(run, "two", "one")

    assert run.current == 1
    assert [step["done"] for step in run.state()["steps"]] == [True, False, False]


def test_nothing_counts_before_the_learner_comes() -> None:
    run = LessonRun(a_lesson(a_step("one")), lambda: FACTS)

    given(run, "one")
    assert run.current == 0

    run.begin()
    run.judge(a_view())
    assert run.current == 0


def test_a_check_that_waits_is_looked_at_after_those_before_it() -> None:
    absent = {"service_absent": {"service": "web"}, "then": True}
    run = a_run({"id": "one", "checks": [a_step("go")["checks"][0], absent]})

    run.judge(a_view())
    assert [check["met"] for check in run.state()["steps"][0]["checks"]] == [False, False]

    given(run, "go")
    assert run.done


def test_a_mistake_gets_its_message_with_addresses_until_the_next_command() -> None:
    slip = {"command": "^oops", "says": "Use `{{ ip.manager1 }}`, not {{ ip.nobody }}."}
    run = a_run(a_step("one", mistakes=[slip]))

    given(run, "oops now")
    assert run.state()["notice"] == "Use <code>10.0.0.2</code>, not ADDRESS-OF-nobody."

    given(run, "other")
    assert run.state()["notice"] == ""


def test_a_hint_has_the_lab_s_addresses_in_it() -> None:
    run = a_run(a_step("one", hints=["Ask.", "At `{{ ip.manager1 }}:2377`."]))

    assert run.hint("one", 2) == "At <code>10.0.0.2:2377</code>."
    with pytest.raises(BadLessonInput, match="has 2 hints"):
        run.hint("one", 3)


def test_the_number_of_the_facts_changes_with_them_and_is_theirs_alone() -> None:
    facts = {**FACTS, "token": {"worker": "T"}}
    run = a_run(a_step("one"), facts=facts)
    run.judge(a_view())
    first = run.state()["facts"]
    run.judge(a_view())
    assert run.state()["facts"] == first

    facts["token"] = {"worker": "U"}
    run.judge(a_view())
    assert run.state()["facts"] != first

    again = a_run(a_step("another"), facts={**FACTS})
    again.judge(a_view())
    assert again.state()["facts"] == first


def restored(run: LessonRun, *steps: dict[str, Any]) -> LessonRun:
    other = a_run(*steps)
    other.restore(run.progress())
    return other


def test_progress_comes_back_with_the_ticks_of_the_step_under_way() -> None:
    two = {"id": "two", "checks": [*a_step("a")["checks"], *a_step("b")["checks"]]}
    run = a_run(a_step("one"), two)
    given(run, "one", "b")

    again = restored(run, a_step("one"), two)

    assert again.progress() == run.progress()
    assert [check["met"] for check in again.state()["steps"][1]["checks"]] == [False, True]


@pytest.mark.parametrize(
    ("steps", "current"),
    [
        (["zero", "one", "two", "three"], 2),
        (["two", "three"], 0),
        (["one", "three", "two"], 2),
        (["one", "three"], 1),
        (["one"], 1),
    ],
)
def test_progress_fits_a_lesson_that_was_changed(steps: list[str], current: int) -> None:
    run = a_run(a_step("one"), a_step("two"), a_step("three"))
    given(run, "one")

    assert restored(run, *map(a_step, steps)).current == current


def test_a_tick_stays_with_its_check_when_others_come_before_it() -> None:
    a, b, c = (a_step(name)["checks"][0] for name in "abc")
    run = a_run({"id": "one", "checks": [a, b]})
    given(run, "b")

    again = restored(run, {"id": "one", "checks": [c, a, b]})

    assert [check["met"] for check in again.state()["steps"][0]["checks"]] == [False, False, True]


def test_a_lesson_that_was_done_stays_done() -> None:
    run = a_run(a_step("one"))
    given(run, "one")

    assert restored(run, a_step("one"), a_step("new")).done
