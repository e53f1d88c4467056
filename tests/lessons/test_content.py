"""The lessons that ship, and what a broken one says."""

from pathlib import Path

import pytest

from playground.lessons.checks import CheckError, parse_check
from playground.lessons.loader import BrokenLesson, load, load_all, split_prose
from playground.lessons.render import fill, prose
from playground.web.assets import LESSONS

GOOD = """
title: T
summary: S
minutes: 5
steps:
  - id: one
    checks:
      - machine: {node: manager1}
    solution:
      - {on: manager1, run: docker info}
"""


def a_lesson(folder: Path, yaml: str = GOOD, markdown: str = "# T\n\n## One\n\nText.\n") -> Path:
    path = folder / "01-test"
    path.mkdir()
    (path / "lesson.yaml").write_text(yaml)
    (path / "en.md").write_text(markdown)
    return path


def test_every_lesson_that_ships_is_whole() -> None:
    lessons, problems = load_all(LESSONS)

    assert problems == []
    assert {"01-init", "02-join", "03-lock", "04-scale", "05-partition"} <= set(lessons)


@pytest.mark.parametrize("slug", sorted(path.parent.name for path in LESSONS.glob("*/lesson.yaml")))
def test_every_step_has_checks_hints_and_a_solution(slug: str) -> None:
    lesson = load(LESSONS / slug)

    for step in lesson.outline.steps:
        assert step.checks
        assert step.hints
        assert step.solution
    for index, (title, text, _) in enumerate(lesson.prose["en"]):
        assert title
        step = lesson.outline.steps[index]
        html = prose(text, {}, step.id, step.question)
        assert ("<form" in html) == (step.question is not None)


def test_a_lesson_needs_a_heading_for_each_step(tmp_path: Path) -> None:
    path = a_lesson(tmp_path, markdown="# T\n\n## One\n\n## Two\n")

    with pytest.raises(BrokenLesson, match=r"1 steps in lesson.yaml, but 2 headings"):
        load(path)


def test_a_broken_lesson_names_file_line_and_reason(tmp_path: Path) -> None:
    path = a_lesson(tmp_path, yaml=GOOD.replace("minutes: 5", "minutes: soon"))

    with pytest.raises(BrokenLesson) as raised:
        load(path)

    assert str(raised.value.problems[0]).startswith("01-test/lesson.yaml:4: minutes: ")


def test_bad_yaml_names_its_line(tmp_path: Path) -> None:
    path = a_lesson(tmp_path, yaml="title: [\nsteps: {")

    with pytest.raises(BrokenLesson, match=r"lesson.yaml:\d"):
        load(path)


def test_one_broken_lesson_leaves_the_others_alone(tmp_path: Path) -> None:
    a_lesson(tmp_path)
    (tmp_path / "02-broken").mkdir()
    (tmp_path / "02-broken" / "lesson.yaml").write_text("title: 1")

    lessons, problems = load_all(tmp_path)

    assert list(lessons) == ["01-test"]
    assert problems


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        ({"no_such": {}}, "there is no check 'no_such'"),
        ({"machine": {"nod": "x"}}, "there is no field 'nod'; there are node, is"),
        ({"machine": {}}, "'node' is missing"),
        ({"machine": {"node": "a", "is": "on"}}, "is: Input should be 'running', 'off' or 'absent', not 'on'"),
        ({"members": {"managers": "3"}}, "managers: Input should be a valid integer"),
        ({"machine": {"node": "a"}, "then": "yes"}, "`then` is true or false"),
        ({"answered": {"on": "a", "command": "("}}, "not a regular expression"),
        ({"machine": {}, "leader": {}}, "has one kind"),
        ("text", "is a mapping"),
    ],
)
def test_a_bad_check_says_what_is_wrong(check: object, reason: str) -> None:
    with pytest.raises(CheckError, match=reason.replace("(", r"\(")):
        parse_check(check)


def test_markdown_cannot_inject_script() -> None:
    html = prose('<script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n```sh "><script>\nx\n```\n', {}, "s")

    assert "<script" not in html
    assert 'href="javascript' not in html


def test_addresses_are_filled_in_and_what_is_missing_is_named() -> None:
    facts = {"ip": {"manager1": "10.0.0.1"}, "token": {}, "key": ""}

    assert fill("{{ ip.manager1 }} {{ ip.worker1 }} {{ token.worker }} {{ key }}", facts) == (
        "10.0.0.1 ADDRESS-OF-worker1 TOKEN-FOR-A-worker SWMKEY"
    )


def test_headings_inside_code_are_not_steps() -> None:
    assert [heading.title for heading in split_prose("# T\n## A\n```\n## no\n```\n## B\n")] == ["A", "B"]


def test_an_empty_lesson_and_a_step_that_is_there_twice_are_named_in_words_of_ours(tmp_path: Path) -> None:
    with pytest.raises(BrokenLesson, match=r"lesson.yaml:1: the file is empty"):
        load(a_lesson(tmp_path, yaml=""))
    twice = GOOD + "  - id: one\n    hints: [again]\n"
    (tmp_path / "more").mkdir()
    path = a_lesson(tmp_path / "more", yaml=twice)
    second = [number for number, line in enumerate(twice.splitlines(), 1) if "- id: one" in line][1]

    with pytest.raises(BrokenLesson, match=rf"lesson.yaml:{second}: step one is there twice"):
        load(path)
