"""What the lint says of a lesson, and on which line."""

from pathlib import Path

import pytest

from playground.lessons import command_words, skeleton
from playground.lessons.lint import lint
from playground.lessons.loader import load, load_all
from playground.web.assets import LESSONS
from tests.lessons.conftest import Written

HINT = "- Nodes are listed with a verb of `docker node`."
SOLUTION = "- {on: manager1, run: docker node ls}\n    mistakes"
TEXT = "Say what this step is about, in two or three short sentences."


def test_lessons_that_ship_are_clean() -> None:
    lessons, broken = load_all(LESSONS)

    assert broken == []
    assert [str(problem) for slug in lessons for problem in lint(lessons[slug], LESSONS / slug, lessons)] == []


def test_the_lesson_to_start_from_is_clean(written: Written) -> None:
    lesson, folder = written({}, {})

    assert lint(lesson, folder, {"01-nodes": lesson}) == []


@pytest.mark.parametrize(
    ("outline", "prose", "where", "reason"),
    [
        ({HINT: "- Type `docker  node ls`."}, {}, "- Type", "gives the solution away: docker node ls"),
        ({HINT: "- Type docker node ls, and look."}, {}, "- Type", "gives the solution away: docker node ls"),
        ({f"    hints:\n      {HINT}\n": ""}, {}, "- id: nodes", "step nodes has no hints"),
        ({SOLUTION: "[]\n    mistakes"}, {}, "- id: nodes", "step nodes has no solution"),
        ({}, {"```question\n```\n": ""}, "## See", "its text has no place for it"),
        ({}, {"```question\n```\n": "```question\n```\n\n```question\n```\n"}, "```question", "its question twice"),
        ({}, {"node ls": "node ls\ndocker service ls # look"}, "docker service ls", "`docker service ls` is used"),
        ({}, {TEXT: "Try `docker swarm leave --force`."}, "Try", "`docker swarm leave` is used, but no step"),
        ({"[docker node ls]": "[docker node ls, docker ps]"}, {}, "docker ps", "neither text nor solution has it"),
        ({}, {"```sh manager1": "```sh manager9"}, "```sh manager9", "no machine 'manager9' to run this on"),
        ({}, {TEXT: "{{ ip.manager9 }}"}, "ip.manager9", "no machine 'manager9' to take the address of"),
        ({}, {TEXT: "```action Kill\nkill: manager9\n```"}, "```action", "no machine 'manager9' to act on"),
        ({}, {TEXT: "```action\nkill: manager1\n```"}, "```action", "an action needs a label"),
        ({SOLUTION: SOLUTION.replace("manager1", "w9")}, {}, "{on: w9", "there is no machine 'w9'"),
        ({SOLUTION: "- {fault: {kill: w9}}\n    mistakes"}, {}, "kill: w9", "no machine 'w9' to act on"),
        ({"answered: {on: manager1": "answered: {on: 'w[89]'"}, {}, "- answered", "no machine is called 'w[89]'"),
        ({"terminal: manager1": "terminal: w9"}, {}, "terminal: w9", "no machine 'w9' to open"),
        ({"- on: worker1\n": "- on: w9\n"}, {}, "- on: w9", "no machine is called 'w9'"),
        ({"        example: [{on: worker1, run: docker node ls}]\n": ""}, {}, "- on: worker1", "has no example"),
        ({"minutes: 5": "minutes: 5\nprerequisites: [00-no]"}, {}, "prerequisites", "no lesson '00-no'"),
        ({"minutes: 5": "minutes: 5\nprerequisites: [01-nodes]"}, {}, "prerequisites", "a cycle"),
        ({}, {"# Nodes\n": "# Knots\n"}, "# Knots", "must be the lesson's title"),
        ({}, {TEXT: "See [there](../02-none/en.md)."}, "See [there]", "there is nothing at ../02-none/en.md"),
        ({}, {TEXT: "See [there](#nowhere)."}, "See [there]", "no heading for #nowhere"),
        ({}, {TEXT: "![](https://example.com/a.png)"}, "![]", "has no alternative text"),
        ({}, {TEXT: "![A swarm](swarm.png)"}, "![A swarm]", "there is no file swarm.png"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    written: Written, outline: dict[str, str], prose: dict[str, str], where: str, reason: str
) -> None:
    lesson, folder = written(outline, prose)

    problems = lint(lesson, folder, {"01-nodes": lesson})

    found = [problem for problem in problems if reason in problem.reason]
    assert found, problems
    line = (folder.parent / found[0].file).read_text().splitlines()[found[0].line - 1]
    assert where in line


def test_links_that_lead_somewhere_are_left_alone(written: Written) -> None:
    links = "[a](#see-the-nodes) [b](lesson.yaml) [c](https://docs.docker.com) [d](../01-nodes/en.md#see-the-nodes)"
    lesson, folder = written({}, {TEXT: links})

    assert lint(lesson, folder, {"01-nodes": lesson}) == []


def test_prerequisites_that_go_in_a_circle_are_found(tmp_path: Path) -> None:
    for slug, needs in (("01-a", "02-b"), ("02-b", "01-a")):
        file = skeleton.create(tmp_path, slug) / "lesson.yaml"
        file.write_text(file.read_text().replace("minutes: 5", f"minutes: 5\nprerequisites: [{needs}]"))
    lessons, _ = load_all(tmp_path)

    for slug, lesson in lessons.items():
        assert "a cycle" in lint(lesson, tmp_path / slug, lessons)[0].reason


def test_what_a_prerequisite_introduces_may_be_used(tmp_path: Path) -> None:
    skeleton.create(tmp_path, "01-a")
    folder = skeleton.create(tmp_path, "02-b")
    file = folder / "lesson.yaml"
    text = file.read_text().replace("    commands: [docker node ls]\n", "")
    file.write_text(text)
    alone = load(folder)
    file.write_text(text.replace("minutes: 5", "minutes: 5\nprerequisites: [01-a]"))
    lessons, _ = load_all(tmp_path)

    assert "`docker node ls` is used" in lint(alone, folder, {"02-b": alone})[0].reason
    assert lint(lessons["02-b"], folder, lessons) == []


@pytest.mark.parametrize(
    ("script", "commands"),
    [
        ("docker node ls", ["docker node ls"]),
        (
            "docker service create \\\n  --name web \\\n  nginx\ndocker ps",
            [
                "docker service create --name web nginx",
                "docker ps",
            ],
        ),
        ("sudo docker ps | grep web && docker info; ls", ["docker ps", "grep web", "docker info", "ls"]),
        ("docker rm $(docker ps -q)", ["docker rm $(docker ps -q)", "docker ps -q"]),
        ("A=1 docker ps # not docker rm", ["docker ps"]),
    ],
)
def test_commands_are_found_in_scripts(script: str, commands: list[str]) -> None:
    assert [command for _, command in command_words.of_script(script)] == commands


@pytest.mark.parametrize(
    ("command", "known", "is_use"),
    [
        ("docker service scale web=2", "docker service scale", True),
        ("docker service ls", "docker service scale", False),
        ("docker swarm unlock-key", "docker swarm unlock", False),
        ("docker swarm unlock-key -q --rotate", "docker swarm unlock-key --rotate", True),
        ("docker swarm unlock-key", "docker swarm unlock-key --rotate", False),
        ("docker swarm update --autolock=false", "docker swarm update --autolock", True),
    ],
)
def test_a_use_of_a_command_is_known(command: str, known: str, is_use: bool) -> None:
    assert command_words.is_use_of(command, known) is is_use
