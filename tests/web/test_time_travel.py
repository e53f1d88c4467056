"""The past, other labs from a journal, undo, links and files, over REST."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.web.conftest import LabClient

MakeLab = Callable[..., LabClient]


def at_work(a_lab: MakeLab) -> LabClient:
    lab = a_lab(nodes=["manager1", "worker1"], images=["joeyratt/webpage:latest"])
    lab.run("manager1", "docker swarm init")
    lab.run("manager1", "docker service create -d --name web --replicas 2 joeyratt/webpage:latest")
    lab.call("POST", "/clock", {"advance": 10})
    return lab


def services(view: dict[str, Any]) -> list[str]:
    return sorted(service["name"] for service in view["services"].values())


def test_a_view_of_the_past_is_what_was_there(a_lab: MakeLab) -> None:
    lab = at_work(a_lab)
    timeline = lab.call("GET", "/timeline").get_json()
    created = next(entry["at"] for entry in timeline["entries"] if entry["text"].startswith("web created"))

    before = lab.call("GET", f"/view?at={(created - 1) / 1e6:.6f}").get_json()
    then = lab.call("GET", f"/view?at={created / 1e6:.6f}").get_json()
    later = lab.call("GET", "/view?at=1000000").get_json()

    assert services(before) == []
    assert services(then) == ["web"]
    assert before["now"] == created - 1
    assert later == lab.call("GET", "/view").get_json()
    assert timeline["start"] <= timeline["entries"][0]["at"]
    assert timeline["left_out"] == 0


@pytest.mark.parametrize("at", ["soon", "-1", "nan", "inf", "1e12", ""])
def test_a_moment_that_is_none_is_refused(a_lab: MakeLab, at: str) -> None:
    answer = a_lab().call("GET", f"/view?at={at}")

    assert answer.status_code == 400
    assert "seconds" in answer.get_json()["error"]


def test_going_on_from_a_moment_makes_a_lab_of_its_own(a_lab: MakeLab) -> None:
    lab = at_work(a_lab)
    moment = lab.call("GET", "/view").get_json()["now"] / 1e6
    lab.run("manager1", "docker service rm web")

    made = lab.call("POST", "/branch", {"at": moment})
    new = lab.other(made.get_json())

    assert made.status_code == 201
    assert (new.id, new.token) != (lab.id, lab.token)
    assert new.run("manager1", "docker service ls -q")["stdout"].count("\n") == 1
    assert lab.run("manager1", "docker service ls -q")["stdout"] == ""
    assert lab.call("POST", "/branch", {"at": 1e8}).status_code == 400


def test_undo_and_redo_of_the_last_command(a_lab: MakeLab) -> None:
    lab = at_work(a_lab)
    lab.call("POST", "/faults", {"kill": "worker1"})
    before = lab.call("GET", "/view").get_json()

    first = lab.call("POST", "/undo").get_json()
    second = lab.call("POST", "/undo").get_json()
    assert first["undone"] == "worker1: power cut"
    assert second["undone"].startswith("`docker service create -d --name web")
    assert services(lab.call("GET", "/view").get_json()) == []

    lab.call("POST", "/redo")
    again = lab.call("POST", "/redo").get_json()
    after = lab.call("GET", "/view").get_json()
    assert again["redone"] == "worker1: power cut"
    assert {**after, "n": 0} == {**before, "n": 0}
    assert after["n"] != before["n"]
    assert lab.call("POST", "/redo").status_code == 409


@pytest.mark.parametrize(
    ("fault", "words"),
    [({"stop": "worker1"}, "worker1 is switched off"), ({"restart": "worker1"}, "worker1 is restarted")],
)
def test_what_was_done_to_a_machine_is_told_and_undone_by_its_name(
    a_lab: MakeLab, fault: dict[str, str], words: str
) -> None:
    lab = a_lab(nodes=["manager1", "worker1"])
    lab.call("POST", "/faults", fault)

    told = [entry["text"] for entry in lab.call("GET", "/timeline").get_json()["entries"] if entry["kind"] == "fault"]
    assert told == [words]
    assert lab.call("POST", "/undo").get_json()["undone"] == words


def test_something_else_done_leaves_nothing_to_do_again(a_lab: MakeLab) -> None:
    lab = at_work(a_lab)
    lab.call("POST", "/undo")
    lab.run("manager1", "docker node ls")

    assert lab.call("POST", "/redo").status_code == 409
    assert lab.call("GET", "/view").get_json()["clock"]["redo"] is None


def test_a_new_lab_has_nothing_to_undo(a_lab: MakeLab) -> None:
    answer = a_lab().call("POST", "/undo")

    assert answer.status_code == 409
    assert "nothing to undo" in answer.get_json()["error"]


def test_the_clock_steps_to_the_next_thing_that_happens(a_lab: MakeLab) -> None:
    lab = at_work(a_lab)
    lab.run("manager1", "docker service scale -d web=3")
    seen = len(lab.call("GET", "/timeline").get_json()["entries"])

    stepped = lab.call("POST", "/clock", {"step": True}).get_json()

    entries = lab.call("GET", "/timeline").get_json()["entries"]
    assert len(entries) > seen
    assert stepped["event"] == entries[-1]
    assert stepped["now"] == entries[-1]["at"] / 1e6


def test_a_step_where_nothing_is_about_to_happen_leaves_the_lab_as_it_is(a_lab: MakeLab) -> None:
    lab = at_work(a_lab)
    lab.call("POST", "/clock", {"advance": 60})
    before, journal = lab.call("GET", "/view").get_json(), lab.call("GET", "/journal").get_json()

    stepped = lab.call("POST", "/clock", {"step": True}).get_json()

    assert stepped["event"] is None
    assert stepped["looked"] == 3600
    assert stepped["now"] == before["now"] / 1e6
    assert lab.call("GET", "/view").get_json() == before
    assert lab.call("GET", "/journal").get_json() == journal


def test_the_clock_says_whether_there_is_something_to_undo(a_lab: MakeLab) -> None:
    lab = a_lab(nodes=[], sandbox={"topology": "1+1", "situation": "swarm"})

    def undoable() -> bool:
        return bool(lab.call("GET", "/view").get_json()["clock"]["undo"])

    assert not undoable()
    lab.run("manager1", "true")
    assert undoable()
    lab.call("POST", "/undo")
    assert not undoable()
    assert lab.call("POST", "/undo").status_code == 409
    lab.call("POST", "/redo")
    assert undoable()
    copy = lab.call("POST", "/share", {"kind": "copy"}).get_json()["id"]
    shared = lab.other(lab.ask("POST", f"/api/shares/{copy}").get_json())
    assert shared.call("GET", "/view").get_json()["clock"]["undo"]


def test_a_link_opens_a_copy_and_tells_nothing_of_the_lab_it_came_from(a_lab: MakeLab) -> None:
    lab = at_work(a_lab)

    link = lab.call("POST", "/share", {"kind": "copy"})
    made = lab.ask("POST", f"/api/shares/{link.get_json()['id']}")
    copy = lab.other(made.get_json())

    assert link.status_code == made.status_code == 201
    assert link.get_json()["url"].startswith("/shared/")
    assert lab.token not in made.get_data(as_text=True) + link.get_data(as_text=True)
    assert lab.id not in made.get_data(as_text=True) + link.get_data(as_text=True)
    ours, theirs = lab.call("GET", "/view").get_json(), copy.call("GET", "/view").get_json()
    assert {**ours, "n": 0, "clock": 0} == {**theirs, "n": 0, "clock": 0}


def test_a_link_goes_with_its_lab_and_there_are_not_too_many(a_lab: MakeLab) -> None:
    lab = a_lab()
    links = [lab.call("POST", "/share", {"kind": "replay"}) for _ in range(21)]
    assert [link.status_code for link in links] == [201] * 20 + [429]
    lab.call("DELETE", "")

    assert lab.ask("POST", f"/api/shares/{links[0].get_json()['id']}").status_code == 404
    assert lab.ask("POST", "/api/shares/nonsense").status_code == 404


def test_a_replay_plays_what_was_done_until_somebody_else_does_something(a_lab: MakeLab) -> None:
    lab = at_work(a_lab)
    end = lab.call("GET", "/view").get_json()
    link = lab.call("POST", "/share", {"kind": "replay"}).get_json()["id"]
    played = lab.other(lab.ask("POST", f"/api/shares/{link}").get_json())
    taken = lab.other(lab.ask("POST", f"/api/shares/{link}").get_json())

    start = played.call("GET", "/view").get_json()
    assert start["services"] == {}
    assert start["clock"]["plays_until"] > start["now"]
    played.call("POST", "/clock", {"advance": (end["now"] - start["now"]) / 1e6})
    taken.call("POST", "/clock", {"advance": 0.1})
    taken.run("manager1", "docker info")
    taken.call("POST", "/clock", {"advance": 30})

    now = played.call("GET", "/view").get_json()
    assert {**now, "n": 0} == {**end, "n": 0}
    assert services(taken.call("GET", "/view").get_json()) == []
    assert taken.call("GET", "/view").get_json()["clock"]["plays_until"] is None


def test_an_exported_journal_makes_the_same_lab(a_lab: MakeLab) -> None:
    lab = at_work(a_lab)
    exported = lab.call("GET", "/journal").get_json()

    made = lab.ask("POST", "/api/labs/import", exported)

    assert made.status_code == 201
    ours, theirs = lab.call("GET", "/view").get_json(), lab.other(made.get_json()).call("GET", "/view").get_json()
    assert {**ours, "n": 0} == {**theirs, "n": 0}


def broken(journal: dict[str, Any]) -> dict[str, tuple[Any, str]]:
    entry = journal["entries"][0]
    number = {**entry, "input": {**entry["input"], "command": 1}}
    node = {**entry, "input": {**entry["input"], "node": "nowhere"}}
    return {
        "a list": ([], "JSON object"),
        "nothing": ({}, "no journal"),
        "a format to come": ({**journal, "header": {**journal["header"], "format": 9}}, "format 9"),
        "an unknown field": ({**journal, "header": {**journal["header"], "owner": "me"}}, "owner"),
        "a lesson that is not here": ({**journal, "header": {**journal["header"], "lesson": "99-x"}}, "99-x"),
        "an input of no kind": ({**journal, "entries": [{"at_us": 1, "input": {"do": "format"}}]}, "entry 1"),
        "a number as command": ({**journal, "entries": [number]}, "command"),
        "a machine that is not there": ({**journal, "entries": [node]}, "nowhere"),
        "time that goes back": ({**journal, "entries": [{**entry, "at_us": 10**9}, entry]}, "earlier"),
        "too long a time": ({**journal, "now_us": 10**13}, "now_us"),
        "too many machines": ({**journal, "header": {**journal["header"], "nodes": ["n"] * 61}}, "nodes"),
        "a machine twice": ({**journal, "header": {**journal["header"], "nodes": ["n", "n"]}}, "taken"),
    }


def test_a_journal_that_is_wrong_is_refused_with_what_is_wrong(a_lab: MakeLab) -> None:
    lab = at_work(a_lab)
    exported = lab.call("GET", "/journal").get_json()

    for name, (journal, word) in broken(exported).items():
        answer = lab.ask("POST", "/api/labs/import", journal)
        assert answer.status_code in (400, 404), (name, answer.get_data(as_text=True))
        assert word in json.dumps(answer.get_json()["error"]), (name, answer.get_json())


def test_a_new_labs_journal_has_no_number_that_javascript_would_round(a_lab: MakeLab) -> None:
    def numbers(value: Any) -> Iterator[int]:
        if isinstance(value, dict):
            for part in value.values():
                yield from numbers(part)
        elif isinstance(value, list):
            for part in value:
                yield from numbers(part)
        elif isinstance(value, int):
            yield value

    for _ in range(20):
        lab = a_lab(seed=None)
        found = list(numbers(lab.call("GET", "/journal").get_json()))
        assert found
        assert max(found) < 2**53


def test_one_undo_takes_back_all_that_was_done_to_a_link_at_once(a_lab: MakeLab) -> None:
    lab = at_work(a_lab)
    link = [*lab.lab["nodes"]][:2]
    lab.call("POST", "/faults", {"cut": link})
    before = lab.call("GET", "/view").get_json()["faults"]
    lab.call("POST", "/faults", {"all": [{"mend": link}, {"slow": link, "ms": 90}, {"lose": link, "percent": 5}]})
    assert [fault["kind"] for fault in lab.call("GET", "/view").get_json()["faults"].values()] == ["lose", "slow"]

    assert lab.call("POST", "/undo").status_code == 200

    assert lab.call("GET", "/view").get_json()["faults"] == before


def test_a_file_past_the_limit_is_refused_with_the_limit_and_so_is_any_other_large_body(a_lab: MakeLab) -> None:
    lab, megabyte = a_lab(), 1024 * 1024

    for path, size, limit in (("/api/labs/import", 16, 16), ("/api/labs", 2, 1)):
        answer = lab.ask("POST", path, {"x": "x" * size * megabyte})
        assert answer.status_code == 413, path
        assert f"at most {limit} MB" in answer.get_json()["error"]
