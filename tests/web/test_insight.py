"""The way of a command and the raft log, over REST."""

from collections.abc import Callable

import pytest

from tests.web.conftest import LabClient

MakeLab = Callable[..., LabClient]


def test_the_newest_command_or_one_of_a_number_is_told(a_lab: MakeLab) -> None:
    lab = a_lab()
    assert lab.call("GET", "/way").get_json() == {"commands": [], "way": None}
    lab.run("manager1", "docker swarm init")
    lab.run("manager1", "docker node ls")

    told = lab.call("GET", "/way").get_json()
    assert [(command["n"], command["line"]) for command in told["commands"]] == [
        (1, "docker swarm init"),
        (2, "docker node ls"),
    ]
    assert told["way"]["line"] == "docker node ls"
    first = lab.call("GET", "/way?command=1").get_json()["way"]
    assert first["steps"][0]["title"] == "The command starts"
    entry = next(entry for entry in lab.call("GET", "/view").get_json()["timeline"] if entry["kind"] == "command")
    assert entry["command"] == 1


def test_the_log_of_a_manager_comes_in_pages(a_lab: MakeLab) -> None:
    lab = a_lab(nodes=["manager1", "worker1"])
    lab.run("manager1", "docker swarm init")

    page = lab.call("GET", "/raft/manager1").get_json()
    assert page["role"] == "leader"
    assert page["entries"][-1]["index"] == page["last"] == page["commit"]
    assert lab.call("GET", f"/raft/manager1?from={page['last']}").get_json()["entries"] == page["entries"][-1:]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/way?command=99", 404, "command 99"),
        ("/way?command=-1", 400, "`command` must be a whole number"),
        ("/way?command=x", 400, "`command` must be a whole number"),
        ("/way?command=" + "9" * 5000, 400, "`command` must be a whole number"),
        ("/raft/manager1?from=1.5", 400, "`from` must be a whole number"),
        ("/raft/manager1?from=٣", 400, "`from` must be a whole number"),
        ("/raft/worker1", 404, "worker1 is no manager"),
        ("/raft/nobody", 404, "there is no node 'nobody'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(a_lab: MakeLab, path: str, status: int, words: str) -> None:
    lab = a_lab(nodes=["manager1", "worker1"])
    lab.run("manager1", "docker swarm init")

    answer = lab.call("GET", path)

    assert answer.status_code == status
    assert words in answer.get_json()["error"]


def test_a_stranger_sees_neither(a_lab: MakeLab) -> None:
    lab = a_lab()

    assert lab.call("GET", "/way", token=None).status_code == 403
    assert lab.call("GET", "/raft/manager1", token="wrong").status_code == 403
