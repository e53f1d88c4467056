"""Lessons are played; what their authors wrote is proved or refuted, with file and line."""

from pathlib import Path

import pytest

from playground.labs.rehearsal import rehearse
from playground.lessons.loader import load, load_all
from playground.web.assets import LESSONS
from tests.lessons.conftest import Written

SLUGS = sorted(path.parent.name for path in LESSONS.glob("*/lesson.yaml"))


@pytest.mark.parametrize("slug", SLUGS)
def test_a_lesson_that_ships_plays_as_written(slug: str) -> None:
    lesson = load(LESSONS / slug)

    report = rehearse(lesson)

    assert [str(problem) for problem in report.problems] == []
    assert [step.step for step in report.steps] == [step.id for step in lesson.outline.steps]


def test_the_lesson_to_start_from_plays_as_written(written: Written) -> None:
    lesson, _ = written({}, {})

    report = rehearse(lesson)

    assert report.problems == []
    assert report.steps[0].mistakes == 1
    assert 0 < report.steps[0].solution_s < 5


SOLUTION = "    solution:\n      - {on: manager1, run: docker node ls}\n"
CHECK = "- answered: {on: manager1, command: ^docker node ls, exit: ok, output: worker1}"


@pytest.mark.parametrize(
    ("outline", "prose", "where", "reason"),
    [
        (
            {SOLUTION: SOLUTION.replace("node ls", "info")},
            {},
            "solution:",
            "the solution does not complete step nodes: manager1 lists both nodes: manager1 has not been asked yet.",
        ),
        (
            {SOLUTION: SOLUTION.replace("manager1", "worker1")},
            {},
            "solution:",
            "the solution of step nodes is taken for a mistake: A worker has nothing to list.",
        ),
        (
            {SOLUTION: SOLUTION.replace("manager1", "nobody")},
            {},
            "- {on: nobody",
            "the solution of step nodes cannot be played: there is no node 'nobody'",
        ),
        (
            {SOLUTION: SOLUTION + "    alternatives:\n      - [{on: manager1, run: docker node inspect self}]\n"},
            {},
            "docker node inspect self",
            "alternative 1 does not complete step nodes",
        ),
        ({CHECK: "- leader: {}"}, {}, "- id: nodes", "step nodes is done before the learner does anything"),
        (
            {CHECK: f"- leader: {{}}\n      {CHECK}"},
            {},
            "- leader",
            "check 1 of step nodes is met before the learner does anything",
        ),
        (
            {CHECK: "- node_state: {node: worker1, is: ready}", ":2377": ":2377 &"},
            {},
            "- id: nodes",
            "step nodes is done",
        ),
        (
            {"example: [{on: worker1, run: docker node ls}]": "example: [{on: worker1, run: docker info}]"},
            {},
            "- on:",
            "mistake 1 of step nodes does not get its message, but none",
        ),
        (
            {
                "- on: worker1\n        command": "- on: manager1\n        command",
                "[{on: worker1, run": "[{on: manager1, run",
            },
            {},
            "- on:",
            "mistake 1 completes step nodes",
        ),
        ({"docker swarm init": "docker swarm inti"}, {}, "swarm inti", "the set-up fails: `docker swarm inti"),
        ({}, {"docker node ls": "docker info"}, "## See the nodes", "the blocks of step nodes do not complete it"),
        (
            {},
            {"docker node ls\n```": "docker node ls\n```\n\n```action Cut\ncut: [manager1, nobody]\n```"},
            "```action Cut",
            "this button would not work: there is no node 'nobody'",
        ),
    ],
)
def test_what_does_not_hold_is_reported_with_its_line(
    written: Written, outline: dict[str, str], prose: dict[str, str], where: str, reason: str
) -> None:
    lesson, folder = written(outline, prose)

    problems = rehearse(lesson).problems

    found = [problem for problem in problems if reason in problem.reason]
    assert found, problems
    named = (folder.parent / found[0].file).read_text().splitlines()[found[0].line - 1]
    assert where in named


def test_a_mistake_that_cannot_be_mended_is_reported(written: Written) -> None:
    lesson, _ = written(
        {
            "command: ^docker node ls\n        says: A worker has nothing to list. Ask manager1.": (
                "command: ^docker swarm leave\n        says: Oh."
            ),
            "- on: worker1\n": "- on: manager1\n",
            "example: [{on: worker1, run: docker node ls}]": (
                "example: [{on: manager1, run: docker swarm leave --force}]"
            ),
        },
        {},
    )

    problems = [problem.reason for problem in rehearse(lesson).problems]

    assert any("the solution, after mistake 1, does not complete step nodes" in problem for problem in problems)


def test_a_rehearsal_comes_to_the_same_each_time() -> None:
    lessons, _ = load_all(Path(LESSONS))
    lesson = lessons["02-join"]

    assert rehearse(lesson) == rehearse(lesson)
