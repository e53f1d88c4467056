"""The raft log of a manager as the inspector shows it."""

import pytest

from playground.backends.errors import NoRaft
from playground.backends.raft_log import PAGE
from tests.backends.lab import Cluster


def test_entries_say_who_made_them_and_what_they_change() -> None:
    cluster = Cluster("manager1", "manager2", "manager3")
    cluster.swarm()
    cluster.run("manager1", "docker service create --detach --name web joeyratt/webpage:latest")
    cluster.sleep(5)

    page = cluster.emulated.raft("manager2")
    texts = [(entry["by"], entry["text"]) for entry in page["entries"]]

    assert ("control", "service web: created") in texts
    assert ("raft", "manager3 becomes a member") in texts
    assert any(by == "dispatcher" and "task web.1: starting → running" in text for by, text in texts)
    assert [entry["index"] for entry in page["entries"]] == list(range(page["from"], page["last"] + 1))
    assert all(entry["committed"] for entry in page["entries"])
    assert page["followers"] == []
    assert page["leader"] == "manager1"
    leader = cluster.emulated.raft("manager1")
    assert {(peer["node"], peer["match"]) for peer in leader["followers"]} == {
        ("manager2", page["last"]),
        ("manager3", page["last"]),
    }


def test_a_leader_that_is_cut_off_keeps_an_entry_that_others_replaced() -> None:
    cluster = Cluster("manager1", "manager2", "manager3")
    cluster.swarm()
    cluster.fault(partition=[["manager1"], ["manager2", "manager3"]])
    cluster.run("manager1", "docker service create --detach --name lost joeyratt/webpage:latest", limit_s=3)

    alone = cluster.emulated.raft("manager1")
    assert alone["entries"][-1]["text"] == "service lost: created"
    assert (alone["entries"][-1]["committed"], alone["entries"][-1]["elsewhere"]) == (False, "missing")

    cluster.sleep(60)
    cluster.run("manager2", "docker service create --detach --name kept joeyratt/webpage:latest")
    alone = cluster.emulated.raft("manager1")
    assert next(entry["elsewhere"] for entry in alone["entries"] if not entry["committed"]) == "other"

    cluster.fault(heal=True)
    cluster.sleep(30)
    texts = [entry["text"] for entry in cluster.emulated.raft("manager1")["entries"]]
    assert "service kept: created" in texts
    assert "service lost: created" not in texts


def test_a_long_log_comes_in_pages() -> None:
    cluster = Cluster("manager1")
    cluster.swarm()
    for number in range(PAGE):
        cluster.run("manager1", f"docker node update --label-add n={number} manager1")

    newest = cluster.emulated.raft("manager1")
    assert len(newest["entries"]) == PAGE
    assert newest["entries"][-1]["index"] == newest["last"]
    older = cluster.emulated.raft("manager1", 1)
    assert [entry["index"] for entry in older["entries"]] == list(range(1, PAGE + 1))
    assert cluster.emulated.raft("manager1", newest["last"] + 1)["entries"] == []


def test_a_worker_has_no_log() -> None:
    cluster = Cluster("manager1", "worker1")
    cluster.swarm()

    with pytest.raises(NoRaft, match="worker1 is no manager"):
        cluster.emulated.raft("worker1")
