"""Files against the program as users start it: scenarios played on a server, journals of some size taken in."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from playground.command_line import main
from tests.web.serving import Served, serving

SCENARIO = """nodes: manager1 worker1
manager1$ docker swarm init --advertise-addr {ip:manager1}
!slow manager1 worker1 200
manager1$ docker service create -d --name web joeyratt/webpage:latest
~ 60 manager1$ docker service ls :: 1/1
!kill worker1
"""
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving("eventlet") as running:
        yield running


def test_a_scenario_is_played_on_a_server_and_its_lab_stays_there(served: Served, tmp_path: Path) -> None:
    file, record = tmp_path / "small.scenario", tmp_path / "small.jsonl"
    file.write_text(SCENARIO)

    played = CliRunner().invoke(main, ["play", str(file), "--url", served.url, "--record", str(record)])

    assert played.exit_code == 0, played.output
    steps = [json.loads(line) for line in record.read_text().splitlines()]
    assert [step["met"] for step in steps if "until" in step] == [True]
    where, _, token = played.stderr.strip().rpartition(" ")[2].partition("#token=")
    assert where.startswith(f"{served.url}/labs/")
    lab = where.rpartition("/")[2]
    view = served.call("GET", f"/api/labs/{lab}/view", token)
    assert [service["name"] for service in view["services"].values()] == ["web"]
    assert list(view["faults"]) == ["slow:manager1|worker1", "off:worker1"]


def test_a_scenario_played_on_a_server_and_here_comes_to_the_same(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "small.scenario"
    file.write_text(SCENARIO)

    there = CliRunner().invoke(main, ["play", str(file), "--url", served.url])
    here = CliRunner().invoke(main, ["play", str(file)])

    def without_tokens(text: str) -> str:  # They follow from the day of the lab too.
        return re.sub(r"SWMTKN\S+", "TOKEN", text)

    assert without_tokens(there.stdout) == without_tokens(here.stdout)


@pytest.mark.parametrize(
    ("scenario", "url", "reason"),
    [
        (SCENARIO, "http://127.0.0.1:9", "http://127.0.0.1:9 does not answer"),
        (SCENARIO, "not an address", "not an address does not answer"),
        ("nodes: a b\n!cut a nowhere\n", "", "line 2: "),
    ],
)
def test_what_a_server_refuses_or_its_silence_is_told(
    served: Served, tmp_path: Path, scenario: str, url: str, reason: str
) -> None:
    file = tmp_path / "x.scenario"
    file.write_text(scenario)

    played = CliRunner().invoke(main, ["play", str(file), "--url", url or served.url])

    assert played.exit_code == 1
    assert reason in played.output
    assert "Traceback" not in played.output


def journal_of(served: Served, size: int) -> Any:
    """A journal of at least so many bytes: lines with long comments."""
    lab = served.lab("manager1", clock="manual")
    journal = served.call("GET", f"/api/labs/{lab.made['id']}/journal", lab.made["token"])
    line = {"do": "exec", "node": "manager1", "command": "true # " + "x" * 60_000, "tty": False, "limit_us": 60_000_000}
    count = size // 60_000 + 1
    journal["entries"] = [{"at_us": journal["now_us"] + number, "input": line} for number in range(count)]
    journal["now_us"] += count
    return journal


def test_a_journal_of_some_megabytes_is_taken_in(served: Served) -> None:
    journal = journal_of(served, 3 * MEGABYTE)

    made = served.call("POST", "/api/labs/import", body=journal)

    again = served.call("GET", f"/api/labs/{made['id']}/journal", made["token"])
    assert again["entries"] == journal["entries"]
