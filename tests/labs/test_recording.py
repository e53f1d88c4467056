"""What was done in a lab becomes a draft of a lesson that passes the check."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from playground.labs.errors import LabError
from playground.labs.journal import Entry, Header
from playground.labs.lesson_check import check
from playground.labs.recording import draft_of
from playground.lessons.loader import LessonLoader

HEADER = Header(seed=4, wall_us=1_760_000_000_000_000, nodes=("manager1", "worker1"), manual=True)


def journal(*deeds: tuple[float, dict[str, Any]]) -> list[Entry]:
    return [Entry(int(at_s * 1_000_000), what) for at_s, what in deeds]


def typed(terminal: str, line: str) -> dict[str, Any]:
    return {"do": "type", "terminal": terminal, "data": line + "\r"}


def opened(terminal: str) -> dict[str, Any]:
    return {"do": "open", "terminal": terminal, "columns": 200, "rows": 24}


DID = journal(
    (1, opened("manager1")),
    (1, opened("worker1")),
    (2, typed("manager1", "ls; docker node ls")),
    (4, typed("manager1", "docker swarm init")),
    (9, typed("manager1", "docker service create -d --name web --replicas 2 joeyratt/webpage")),
    (25, typed("manager1", "docker ps --format '{{.Names}}'")),
    (27, {"do": "fault", "fault": {"kill": "worker1"}}),
    (40, {"do": "fault", "fault": {"start": "worker1"}}),
    (60, typed("manager1", "docker service rm web")),
)


def written(tmp_path: Path, files: dict[str, str], slug: str = "20-mine") -> Path:
    folder = tmp_path / slug
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_draft_plays_as_what_was_done(tmp_path: Path) -> None:
    files = draft_of(HEADER, 90_000_000, DID, "A swarm, and a power cut")
    folder = written(tmp_path, files)

    (checked,) = check(folder)

    assert [str(problem) for problem in checked.problems] == []
    outline = yaml.load(files["lesson.yaml"], Loader=LessonLoader)
    assert outline["title"] == "A swarm, and a power cut"
    assert outline["topology"]["nodes"] == ["manager1", "worker1"]
    kinds = [[next(iter(one)) for one in step["checks"]] for step in outline["steps"]]
    assert kinds == [
        ["answered", "node_role"],
        ["service_running"],
        ["answered", "machine"],
        ["machine"],
        ["service_absent"],
    ]
    assert outline["steps"][0]["checks"][0]["answered"]["exit"] == "error"
    assert outline["steps"][2]["solution"][-1] == {"fault": {"kill": "worker1"}}
    assert "```action Kill worker1\n{kill: worker1}\n```" in files["en.md"]
    assert "ls;" not in files["en.md"]


def test_addresses_and_tokens_become_names(tmp_path: Path) -> None:
    store: dict[str, str] = {}

    def lines(*more: tuple[float, dict[str, Any]]) -> str:
        did = journal((1, opened("manager1")), (2, typed("manager1", "docker swarm init")), *more)
        return draft_of(HEADER, 60_000_000, did, "T")["lesson.yaml"]

    from playground.labs.journal import MemoryStore, Record
    from playground.labs.lab import Lab

    record = Record(
        "x", "", HEADER, 3_000_000, journal((1, opened("manager1")), (2, typed("manager1", "docker swarm init")))
    )
    memory = MemoryStore()
    memory.create(record)
    lab = Lab(record, memory, None)
    facts = lab.cluster.facts()
    store["join"] = f"docker swarm join --token {facts['token']['worker']} {facts['ip']['manager1']}:2377"

    text = lines((10, opened("worker1")), (11, typed("worker1", store["join"])))

    assert "docker swarm join --token {{ token.worker }} {{ ip.manager1 }}:2377" in text
    assert "SWMTKN" not in text


def test_what_was_done_before_the_learner_came_is_the_set_up() -> None:
    played = {"do": "exec", "node": "manager1", "command": "docker swarm init", "tty": False, "limit_us": 10**8}
    did = journal((0, played), (5, opened("manager1")), (6, typed("manager1", "docker node ls")))

    outline = yaml.load(draft_of(HEADER, 10_000_000, did, "T")["lesson.yaml"], Loader=LessonLoader)

    assert [action["run"] for action in outline["setup"] if "run" in action] == ["docker swarm init"]
    assert outline["steps"][0]["checks"] == [
        {"answered": {"on": "manager1", "command": "^docker node ls", "exit": "ok"}}
    ]


@pytest.mark.parametrize(
    ("header", "entries", "reason"),
    [
        (HEADER, [], "nothing was done"),
        (HEADER, journal((1, opened("manager1")), (2, typed("manager1", "ls"))), "nothing was done"),
        (Header(seed=1, wall_us=1, lesson="01-init"), DID, "has a lesson"),
    ],
)
def test_what_no_lesson_can_be_made_of_is_refused(header: Header, entries: list[Entry], reason: str) -> None:
    with pytest.raises(LabError, match=reason):
        draft_of(header, 10_000_000, entries, "T")
