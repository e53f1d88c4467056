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
    assert sorted(path.name for path in tmp_path.iterdir()) == ["01-a", "lesson.schema.json"]


def test_editors_find_the_schema_beside_a_new_lesson_and_one_that_is_there_stays(tmp_path: Path) -> None:
    run("new", "01-a", "--in", tmp_path)
    schema = tmp_path / "lesson.schema.json"
    assert json.loads(schema.read_text()) == json.loads(run("schema").output)

    schema.write_text("{}")
    run("new", "02-b", "--in", tmp_path)

    assert schema.read_text() == "{}"


def test_a_lesson_in_a_folder_of_one_s_own_builds_on_those_that_ship(tmp_path: Path) -> None:
    run("new", "01-a", "--in", tmp_path)
    outline, prose = tmp_path / "01-a" / "lesson.yaml", tmp_path / "01-a" / "en.md"
    outline.write_text(outline.read_text().replace("minutes: 5", "minutes: 5\nprerequisites: [04-scale]"))
    said = "See [scaling](../04-scale/en.md), and type `docker service scale web=2`."
    prose.write_text(prose.read_text().replace("Say what this step is about", f"{said} Say what it is about"))

    assert run("check", "--no-play", tmp_path).output == "01-a: reads well; not played\n"

    prose.write_text(prose.read_text().replace("04-scale", "04-none"))
    assert "there is nothing at ../04-none/en.md" in run("check", "--no-play", tmp_path).output


def test_the_schema_is_printed_as_json() -> None:
    assert json.loads(run("schema").output)["title"] == "Lesson"
