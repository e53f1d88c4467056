"""A draft of a lesson, from a lab's page and from its journal."""

import io
import zipfile
from pathlib import Path

from click.testing import CliRunner
from flask.testing import FlaskClient

from playground.command_line import main
from tests.web.conftest import LabClient


def test_the_page_gets_the_draft_as_a_zip(client: FlaskClient) -> None:
    lab = LabClient(client)
    lab.run("manager1", "docker swarm init")

    answer = lab.call("GET", "/draft?title=Mine <b>")

    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist() == ["20-mine-b/lesson.yaml", "20-mine-b/en.md"]
        assert archive.read("20-mine-b/en.md").decode().startswith("# Mine <b>\n")
    assert LabClient(client).call("GET", "/draft").status_code == 400
    assert lab.call("GET", "/draft", token="wrong").status_code == 403


def test_a_journal_becomes_a_lesson_on_the_command_line(client: FlaskClient, tmp_path: Path) -> None:
    lab = LabClient(client)
    lab.run("manager1", "docker swarm init")
    file = tmp_path / "journal.json"
    file.write_text(lab.call("GET", "/journal").text)

    made = CliRunner().invoke(main, ["lessons", "record", str(file), "21-mine", "--in", str(tmp_path)])
    again = CliRunner().invoke(main, ["lessons", "record", str(file), "21-mine", "--in", str(tmp_path)])
    checked = CliRunner().invoke(main, ["lessons", "check", str(tmp_path / "21-mine")])

    assert made.exit_code == 0, made.output
    assert "already" in again.output
    assert checked.exit_code == 0, checked.output
    file.write_text("{}")
    assert "no journal" in CliRunner().invoke(main, ["lessons", "record", str(file), "22-x"]).output
