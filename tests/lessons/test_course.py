"""What a course owes its learners, lesson by lesson."""

import re

import pytest

from playground.lessons.check import Check
from playground.lessons.command_checks import Answered
from playground.lessons.loader import load_all
from playground.lessons.model import Lesson
from playground.lessons.render import blocks
from playground.lessons.service_checks import UpdateIs
from playground.web.assets import LESSONS

COURSE, PROBLEMS = load_all(LESSONS)
EXAM = "15-from-nothing"
"""Nothing but goals: it asks nothing and shows nothing."""


def _goes_wrong(check: Check) -> bool:
    """Does this check wait for an error, for an update that paused, or for tasks that fail or find no node?"""
    if isinstance(check, Answered):
        return check.exit == "error" or re.search("Failed|no suitable node", check.output) is not None
    return isinstance(check, UpdateIs) and check.is_ == "paused"


def lessons() -> list[object]:
    return [pytest.param(lesson, id=slug) for slug, lesson in COURSE.items()]


def test_the_chapter_is_covered_in_lessons_whose_steps_are_checked() -> None:
    checked = [step for lesson in COURSE.values() for step in lesson.outline.steps if step.checks]

    assert PROBLEMS == []
    assert len(COURSE) >= 16
    assert len(checked) >= 90


@pytest.mark.parametrize("lesson", lessons())
def test_a_lesson_ends_with_an_exercise_whose_text_does_not_solve_it(lesson: Lesson) -> None:
    last, heading = lesson.outline.steps[-1], lesson.prose["en"][-1]
    shown = [block for block in blocks(heading.text) if block.language in ("sh", "action")]

    assert last.id == ("disaster" if lesson.slug == EXAM else "exercise")
    assert last.typed or not shown


@pytest.mark.parametrize("lesson", lessons())
def test_a_lesson_lets_its_learner_predict(lesson: Lesson) -> None:
    asks = [step.id for step in lesson.outline.steps if step.question is not None]

    assert asks or lesson.slug == EXAM


@pytest.mark.parametrize("lesson", lessons())
def test_a_question_comes_before_what_answers_it(lesson: Lesson) -> None:
    for step, heading in zip(lesson.outline.steps, lesson.prose["en"], strict=True):
        kinds = [block.language for block in blocks(heading.text) if block.language in ("sh", "action", "question")]
        if step.question is not None and len(kinds) > 1:
            assert kinds[-1] != "question", step.id


@pytest.mark.parametrize("lesson", lessons())
def test_something_fails_on_purpose_or_is_broken_in_every_lesson(lesson: Lesson) -> None:
    outline = lesson.outline
    fails = [check for step in outline.steps for check in step.checks if _goes_wrong(check)]
    faults = [action for step in outline.steps for action in step.solution if action.fault is not None]

    assert fails or faults


@pytest.mark.parametrize("lesson", lessons())
def test_hints_come_in_steps_and_slips_are_known(lesson: Lesson) -> None:
    outline = lesson.outline

    assert [step.id for step in outline.steps if len(step.hints) < 2] == []
    assert sum(bool(step.mistakes) for step in outline.steps) >= len(outline.steps) - 2


@pytest.mark.parametrize("lesson", lessons())
def test_what_a_lesson_builds_on_comes_before_it(lesson: Lesson) -> None:
    order = list(COURSE)

    assert all(order.index(slug) < order.index(lesson.slug) for slug in lesson.outline.prerequisites)
    assert lesson.outline.chapter
