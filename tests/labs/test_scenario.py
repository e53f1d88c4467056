"""Scenario files: read, refused with a reason, played here and on a server, recorded; journals told from files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from playground.command_line import main
from playground.labs.journal_file import to_file
from playground.labs.replay import plain
from playground.labs.scenario import BadScenario, parse
from tests.conformance.recording import RECORDINGS
from tests.labs.random_lab import RandomLab

SMALL = """# a small one
nodes: manager1 worker1
manager1$ docker swarm init --advertise-addr {ip:manager1}
manager1$ docker swarm join-token -q worker  => WT
worker1$ docker swarm join --token {WT} {ip:manager1}:2377
~ 20 manager1$ docker node ls :: worker1.*Ready
!slow manager1 worker1 200
!kill worker1
!sleep 30
~ 10 manager1$ docker node ls :: worker1.*Down
manager1$t docker node ls -q
!start worker1
~ 60 manager1$ docker node ls :: worker1.*Ready
"""


@pytest.mark.parametrize("file", sorted(RECORDINGS.glob("*.scenario")), ids=lambda file: file.stem)
def test_the_recorded_scenarios_can_be_read(file: Path) -> None:
    first = json.loads(file.with_suffix(".jsonl").read_text().splitlines()[0])

    assert parse(file.read_text()).nodes == tuple(first["nodes"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1: the first line must name the machines"),
        ("manager1$ ls", "line 1: the first line must name the machines"),
        ("nodes: a a", "line 1: 'a' is no name"),
        ("nodes: a\n\nb$ ls", "line 3: there is no machine 'b'; there are: a"),
        ("nodes: a\n!explode a", "line 2: no such thing"),
        ("nodes: a\n!sleep long", "line 2: no such thing"),
        ("nodes: a\nls", "line 2: this is no command"),
        ("nodes: a\n~ 3 a$ ls :: (", "line 2: '(' is no pattern"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(BadScenario) as refused:
        parse(text)

    assert str(refused.value).startswith(reason)


def test_a_scenario_is_played_and_recorded(tmp_path: Path) -> None:
    file, record = tmp_path / "small.scenario", tmp_path / "small.jsonl"
    file.write_text(SMALL)

    played = CliRunner().invoke(main, ["play", str(file), "--record", str(record)])

    assert played.exit_code == 0, played.output
    assert "!kill worker1" in played.output
    steps = [json.loads(line) for line in record.read_text().splitlines()]
    assert steps[0]["nodes"] == {"manager1": "10.222.216.2", "worker1": "10.222.216.3"}
    assert steps[1]["out"].startswith("Swarm initialized")
    assert set(steps[1]) == {"node", "cmd", "tty", "out", "err", "rc", "took", "at", "line"}
    assert steps[3]["rc"] == 0
    assert [step["met"] for step in steps if "until" in step] == [True, True, True]
    assert [step["do"] for step in steps if "do" in step] == [
        "slow manager1 worker1 200",
        "kill worker1",
        "sleep 30",
        "start worker1",
    ]


def test_a_match_that_never_comes_is_told_by_the_exit_code(tmp_path: Path) -> None:
    file = tmp_path / "x.scenario"
    file.write_text("nodes: a\n~ 2 a$ docker node ls :: Ready\n")

    played = CliRunner().invoke(main, ["play", str(file)])

    assert played.exit_code == 1
    assert "(no match of 'Ready' in 2" in played.output


def test_a_fault_that_makes_no_sense_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "x.scenario"
    file.write_text("nodes: a b\na$ true\n!cut a nowhere\n")

    played = CliRunner().invoke(main, ["play", str(file)])

    assert played.exit_code == 1
    assert "line 3: " in played.output
    assert "nowhere" in played.output


def test_a_journal_is_told_with_what_happened_and_how_it_ended(tmp_path: Path) -> None:
    recorded = RandomLab(3, steps=6)
    record = recorded.record
    file = tmp_path / "lab.json"
    file.write_text(json.dumps(to_file(record.header, record.now_us, record.entries)))

    told = CliRunner().invoke(main, ["replay", str(file)])

    assert told.exit_code == 0, told.output
    assert "manager1 leads, term 2" in told.output
    assert "Terminal manager1" in told.output
    assert all(f"  {node}: " in told.output for node in recorded.nodes)


@pytest.mark.parametrize(("text", "reason"), [("no", "is not JSON"), ("{}", "this is no journal")])
def test_a_file_that_is_no_journal_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "lab.json"
    file.write_text(text)

    told = CliRunner().invoke(main, ["replay", str(file)])

    assert told.exit_code == 1
    assert reason in told.output


def test_a_transcript_has_no_colours_and_the_last_form_of_a_line() -> None:
    assert plain("\x1b[1;32mme\x1b[0m$ ls\r\nhalf\rwhole \r\n") == "me$ ls\nwhole\n"
