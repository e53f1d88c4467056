"""``swarm-playground lessons``."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from playground.command_line import main


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["lessons", *map(str, words)])


def test_a_new_lesson_passes_the_check(tmp_path: Path) -> None:
    made = run("new", "07-my-idea", "--in", tmp_path)
    checked = run("check", tmp_path)
    alone = run("check", tmp_path / "07-my-idea")

    assert made.exit_code == checked.exit_code == alone.exit_code == 0
    assert "07-my-idea: played 1 steps" in checked.output
    assert alone.output == checked.output


def test_problems_come_with_file_line_and_reason_and_exit_code_1(tmp_path: Path) -> None:
    run("new", "01-good", "--in", tmp_path)
    run("new", "02-bad", "--in", tmp_path)
    run("new", "03-broken", "--in", tmp_path)
    outline = tmp_path / "02-bad" / "lesson.yaml"
    outline.write_text(
        outline.read_text().replace("solution:\n      - {on: manager1", "solution:\n      - {on: worker1")
    )
    (tmp_path / "03-broken" / "lesson.yaml").write_text("title: 3\n")

    checked = run("check", tmp_path)

    assert checked.exit_code == 1
    lines = checked.stdout.splitlines()
    assert any(
        line.startswith(f"{tmp_path}/02-bad/lesson.yaml:2") and "is taken for a mistake" in line for line in lines
    )
    assert any(line.startswith(f"{tmp_path}/03-broken/lesson.yaml:1: title: ") for line in lines)
    assert "01-good: played" in checked.stderr


def test_without_playing_only_what_can_be_read_is_checked(tmp_path: Path) -> None:
    run("new", "02-bad", "--in", tmp_path)
    outline = tmp_path / "02-bad" / "lesson.yaml"
    outline.write_text(outline.read_text().replace("- {on: manager1, run: docker node ls}", "- {wait: 1}"))

    assert run("check", "--no-play", tmp_path).exit_code == 0
    assert run("check", tmp_path).exit_code == 1


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    empty = run("check", tmp_path)
    run("new", "01-a", "--in", tmp_path)
    other = run("check", tmp_path, "--only", "09-z")

    assert (empty.exit_code, other.exit_code) == (1, 1)
    assert "there is no lesson in" in empty.output
    assert "there is no lesson '09-z'" in other.output
    assert "01-a" in other.output


def test_a_new_lesson_needs_a_free_name_of_the_right_form(tmp_path: Path) -> None:
    run("new", "01-a", "--in", tmp_path)

    assert "already" in run("new", "01-a", "--in", tmp_path).output
    assert "two digits" in run("new", "../x", "--in", tmp_path).output
    assert [path.name for path in tmp_path.iterdir()] == ["01-a"]


def test_the_schema_is_printed_as_json() -> None:
    assert json.loads(run("schema").output)["title"] == "Lesson"
