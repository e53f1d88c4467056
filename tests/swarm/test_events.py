from dataclasses import replace
from typing import Any

import pytest

from playground.swarm.events import engine_events
from playground.swarm.model import (
    Cluster,
    Config,
    Network,
    Node,
    NodeState,
    NodeStatus,
    Object,
    Role,
    Secret,
    Service,
    Task,
    UpdateStatus,
)
from playground.swarm.store import Change, ChangeKind

WALL_US = 1_795_345_200_000_000
WEB = Service(
    id="s",
    created_us=1_000_000,
    updated_us=2_500_000,
    spec={
        "Name": "web",
        "TaskTemplate": {"ContainerSpec": {"Image": "nginx"}},
        "Mode": {"Replicated": {"Replicas": 1}},
    },
)
WORKER = Node(
    id="n",
    spec={"Role": "worker", "Availability": "active"},
    description={"Hostname": "w1"},
    status=NodeStatus(NodeState.READY),
)


def attributes(old: Object, new: Object) -> dict[str, str]:
    (event,) = engine_events(Change(ChangeKind.UPDATE, old, new), WALL_US, 0)
    found: dict[str, str] = event["Actor"]["Attributes"]
    assert list(found) == sorted(found)
    return found


def test_an_event_has_the_engines_form() -> None:
    assert engine_events(Change(ChangeKind.CREATE, None, WEB), WALL_US, 9) == [
        {
            "Type": "service",
            "Action": "create",
            "Actor": {"ID": "s", "Attributes": {"name": "web"}},
            "scope": "swarm",
            "time": 1_795_345_201,
            "timeNano": 1_795_345_201_000_000_000,
        }
    ]


@pytest.mark.parametrize(
    ("change", "moment_us"),
    [
        (Change(ChangeKind.CREATE, None, WEB), 1_000_000),
        (Change(ChangeKind.UPDATE, WEB, WEB), 2_500_000),
        (Change(ChangeKind.REMOVE, WEB, None), 7_000_001),
    ],
)
def test_an_event_happens_when_its_object_was_written_and_a_removal_now(change: Change, moment_us: int) -> None:
    (event,) = engine_events(change, WALL_US, 7_000_001)
    assert event["timeNano"] == (WALL_US + moment_us) * 1000


@pytest.mark.parametrize(
    ("obj", "kind", "name"),
    [
        (Network(id="x", spec={"Name": "back"}), "network", "back"),
        (Secret(id="x", spec={"Name": "key"}), "secret", "key"),
        (Config(id="x", spec={"Name": "conf"}), "config", "conf"),
        (WORKER, "node", "w1"),
        (replace(WORKER, description=None), "node", ""),
        (replace(WORKER, spec={**WORKER.spec, "Name": "given"}), "node", "given"),
    ],
)
def test_every_kind_has_its_name(obj: Object, kind: str, name: str) -> None:
    (event,) = engine_events(Change(ChangeKind.REMOVE, obj, None), WALL_US, 0)
    assert (event["Type"], event["Action"], event["Actor"]["Attributes"]) == (kind, "remove", {"name": name})


@pytest.mark.parametrize("obj", [Task(id="t"), Cluster(id="c")])
def test_tasks_and_the_cluster_have_no_events(obj: Object) -> None:
    assert engine_events(Change(ChangeKind.CREATE, None, obj), WALL_US, 0) == []


def test_a_write_that_changes_nothing_to_see_has_the_name_only() -> None:
    assert attributes(WEB, replace(WEB, ports=({"PublishedPort": 1},))) == {"name": "web"}


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"Mode": {"Replicated": {"Replicas": 3}}}, {"replicas.new": "3", "replicas.old": "1"}),
        (
            {"TaskTemplate": {"ContainerSpec": {"Image": "httpd"}}},
            {"image.new": "httpd", "image.old": "nginx"},
        ),
        ({"Mode": {"Global": {}}}, {}),
    ],
)
def test_an_update_of_a_service_tells_image_and_replicas(spec: dict[str, Any], told: dict[str, str]) -> None:
    assert attributes(WEB, replace(WEB, spec={**WEB.spec, **spec})) == {"name": "web", **told}


def test_a_rollout_tells_its_states() -> None:
    started, done = (replace(WEB, update_status=UpdateStatus(each, "")) for each in ("updating", "completed"))
    assert attributes(WEB, started) == {"name": "web", "updatestate.new": "updating"}
    assert attributes(started, done) == {
        "name": "web",
        "updatestate.new": "completed",
        "updatestate.old": "updating",
    }
    assert attributes(done, WEB) == {"name": "web"}


def test_an_update_of_a_node_tells_availability_role_and_state() -> None:
    down = replace(WORKER, status=NodeStatus(NodeState.DOWN))
    assert attributes(WORKER, down) == {"name": "w1", "state.new": "down", "state.old": "ready"}
    drained = replace(WORKER, spec={"Role": "manager", "Availability": "drain"})
    assert attributes(WORKER, drained) == {
        "availability.new": "drain",
        "availability.old": "active",
        "name": "w1",
    }
    assert attributes(WORKER, replace(WORKER, role=Role.MANAGER)) == {
        "name": "w1",
        "role.new": "manager",
        "role.old": "worker",
    }
