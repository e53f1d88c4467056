"""The sandbox: every situation on every topology that it fits is what its title says, and comes from real inputs."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from playground.labs.errors import LabError, NotFound
from playground.labs.journal import Header, MemoryStore
from playground.labs.lab import Lab
from playground.labs.registry import Registry
from playground.labs.sandbox import PRESETS, Sandbox, Topology, load_sandbox, topology_of
from playground.web.assets import SANDBOX

View = dict[str, Any]


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    made, problems = load_sandbox(SANDBOX)
    assert problems == []
    return made


def begin(sandbox: Sandbox, topology: Topology, slug: str, store: MemoryStore | None = None) -> Lab:
    plan = sandbox.plan(topology, slug)
    header = Header(seed=3, wall_us=1, nodes=plan.nodes, images=plan.images, situation=slug, manual=True)
    return Registry(store or MemoryStore(), {}).create(header, lambda _: None, plan.actions)


def web(view: View) -> View:
    found: View = next(service for service in view["services"].values() if service["name"] == "web")
    return found


def machines_only(view: View) -> None:
    assert {node["swarm"] for node in view["nodes"].values()} == {"inactive"}


def healthy(view: View) -> None:
    assert {node["state"] for node in view["nodes"].values()} == {"ready"}
    assert view["services"] == {}


def at_work(view: View) -> None:
    assert all(service["running"] == service["wanted"] > 0 for service in view["services"].values())
    assert [service["ports"][0]["published"] for service in view["services"].values()] == [5000, 8080]


def split_brain(view: View) -> None:
    alone, rest = view["partition"]["groups"]
    assert view["quorum"]["leader"] in rest
    assert view["raft"]["manager1"]["quorum"] is False
    given_up = [task for task in view["tasks"].values() if task["desired"] == "shutdown" and task["state"] == "running"]
    assert {task["node"] for task in given_up} <= set(alone)
    assert given_up != []
    assert {task["slot"] for task in view["tasks"].values() if task["node"] in rest} == set(
        range(1, web(view)["wanted"] + 1)
    )


def lost_quorum(view: View) -> None:
    quorum = view["quorum"]
    assert (quorum["has"], quorum["leader"]) == (False, "")
    assert quorum["reachable"] == quorum["needed"] - 1
    assert any(task["state"] == "running" and task["node"] == "manager1" for task in view["tasks"].values())


def failed_rollout(view: View) -> None:
    assert web(view)["update"]["state"] == "paused"
    assert 0 < web(view)["running"] < web(view)["wanted"]
    assert any(task["state"] == "failed" and task["image"].endswith("v2.0") for task in view["tasks"].values())


def locked_manager(view: View) -> None:
    assert view["nodes"]["manager2"]["swarm"] == "locked"
    assert view["swarm"]["autolock"] is True
    assert view["quorum"]["has"] is True


def came_back_empty(view: View) -> None:
    node = view["nodes"]["worker1"]
    assert (node["power"], node["swarm"]) == ("on", "inactive")


SHOWS: dict[str, Callable[[View], None]] = {
    "machines": machines_only,
    "swarm": healthy,
    "at-work": at_work,
    "split-brain": split_brain,
    "lost-quorum": lost_quorum,
    "failed-rollout": failed_rollout,
    "locked-manager": locked_manager,
    "came-back-empty": came_back_empty,
}
SIZES = [*(preset.topology for preset in PRESETS.values()), Topology(managers=4, workers=3, zones=2)]


def test_every_situation_is_tested(sandbox: Sandbox) -> None:
    assert list(sandbox.situations) == list(SHOWS)


@pytest.mark.parametrize("slug", SHOWS)
def test_a_situation_is_what_its_title_says(sandbox: Sandbox, slug: str) -> None:
    fitting = [size for size in SIZES if sandbox.situations[slug].fits(size)]
    assert len(fitting) >= 3
    for size in fitting:
        lab = begin(sandbox, size, slug)
        SHOWS[slug](lab.view())
        failed = [entry["text"] for entry in lab.view()["timeline"] if entry["kind"] == "lesson"]
        assert failed == []


@pytest.mark.parametrize("slug", SHOWS)
def test_a_situation_is_told_in_every_language_at_every_size(sandbox: Sandbox, slug: str) -> None:
    situation = sandbox.situations[slug]
    assert {"en", "de"} <= set(situation.prose)
    assert situation.names("de") != situation.names("en")
    for size in filter(situation.fits, SIZES):
        english, german = (re.findall(r"<pre.*?</pre>", situation.html(size, {}, each), re.S) for each in ("en", "de"))
        assert english == german


def test_the_swarm_remembers_the_node_that_came_back_empty(sandbox: Sandbox) -> None:
    lab = begin(sandbox, Topology(), "came-back-empty")

    ticket = lab.submit(
        {"do": "exec", "node": "manager1", "command": "docker node ls", "tty": False, "limit_us": 60_000_000}
    )

    assert "worker1    Down" in lab.finish(ticket, lambda _: None)["stdout"]


def test_a_situation_is_made_of_inputs_and_can_be_replayed(sandbox: Sandbox) -> None:
    store = MemoryStore()
    lab = begin(sandbox, Topology(), "split-brain", store)
    record = store.load(lab.id)
    assert record is not None
    assert {entry.input["do"] for entry in record.entries} == {"begin", "exec", "fault"}

    record.now_us = lab.now_us
    again = Lab(record, MemoryStore(), None)

    for part in ("nodes", "raft", "services", "tasks", "networks", "partition", "quorum"):
        assert again.view()[part] == lab.view()[part]


def test_machines_stand_in_their_zones_in_turn(sandbox: Sandbox) -> None:
    view = begin(sandbox, PRESETS["5+3"].topology, "at-work").view()

    zones = {name: node["labels"]["zone"] for name, node in view["nodes"].items()}
    assert [zones[f"manager{number}"] for number in range(1, 6)] == ["a", "b", "c", "a", "b"]
    assert [zones[f"worker{number}"] for number in range(1, 4)] == ["a", "b", "c"]
    on = [zones[task["node"]] for task in view["tasks"].values() if task["name"].startswith("web.")]
    assert max(map(on.count, "abc")) - min(map(on.count, "abc")) <= 1


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (Topology(managers=1, workers=0), "1 manager"),
        (Topology(managers=3, workers=2), "3 managers and 2 workers"),
        (Topology(managers=5, workers=3, zones=3), "5 managers and 3 workers, over 3 zones"),
    ],
)
def test_a_topology_says_what_it_is(size: Topology, words: str) -> None:
    assert size.says() == words


def test_the_size_of_a_lab_is_read_from_its_machines() -> None:
    assert topology_of(("manager1", "manager2", "worker1")) == Topology(managers=2, workers=1)


def test_a_situation_says_what_it_lacks(sandbox: Sandbox) -> None:
    with pytest.raises(LabError, match="'Split brain' needs 3 managers; this topology has 1 manager and 1 worker"):
        sandbox.plan("1+1", "split-brain")
    with pytest.raises(NotFound, match="there is no situation 'calm'; there are: machines, swarm"):
        sandbox.plan("1+1", "calm")
    with pytest.raises(NotFound, match=r"there is no topology '2\+2'"):
        sandbox.plan("2+2", "swarm")


def test_a_broken_situation_is_left_out_and_named(tmp_path: Path) -> None:
    for name, actions in (("01-good", "- {wait: 1}"), ("02-bad", "- {wait: {{ nobody }}}"), ("03-odd", "- {jump: 1}")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "situation.yaml").write_text(f"title: T\nsummary: S\nactions: '{actions}'\n")
        (folder / "en.md").write_text("Look.\n")

    sandbox, problems = load_sandbox(tmp_path)

    assert list(sandbox.situations) == ["good"]
    assert [problem.file for problem in problems] == ["02-bad/situation.yaml", "03-odd/situation.yaml"]


@pytest.mark.parametrize("slug", SHOWS)
def test_the_words_name_machines_that_are_there(sandbox: Sandbox, slug: str) -> None:
    situation = sandbox.situations[slug]
    for size in SIZES:
        if situation.fits(size):
            html = situation.html(size, {"ip": {"manager1": "10.0.0.2"}})
            named = set(re.findall(r'data-terminal="([^"]+)"', html))
            assert named <= {*size.manager_names, *size.worker_names}
            assert "{{" not in html
