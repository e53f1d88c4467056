"""Checks judge a view and the commands given, and say what they saw."""

from typing import Any

import pytest

from playground.lessons.checks import Command, parse_check


def a_node(**fields: Any) -> dict[str, Any]:
    return {
        "power": "on",
        "engine": True,
        "swarm": "active",
        "id": "n1",
        "role": "worker",
        "state": "ready",
        "availability": "active",
        "labels": {},
        "reachability": "",
        **fields,
    }


def a_view(**fields: Any) -> dict[str, Any]:
    return {"nodes": {}, "services": {}, "tasks": {}, "quorum": None, "partition": None, "swarm": None, **fields}


def a_task(**fields: Any) -> dict[str, Any]:
    return {"service": "s1", "state": "running", "desired": "running", "node": "worker1", "image": "web:1", **fields}


WEB = {
    "s1": {
        "id": "s1",
        "name": "web",
        "wanted": 2,
        "mode": "global",
        "update": {"state": "rollback_started", "message": ""},
        "ports": [{"published": 5000, "target": 5000, "protocol": "tcp", "mode": "ingress"}],
    }
}
THREE = {"managers": 3, "reachable": 2, "needed": 2, "spare": 0, "has": True, "leader": "manager2", "term": 3}


@pytest.mark.parametrize(
    ("check", "view", "met", "saw"),
    [
        ({"machine": {"node": "a"}}, a_view(), False, "no machine a"),
        ({"machine": {"node": "a"}}, a_view(nodes={"a": a_node()}), True, "a runs"),
        ({"machine": {"node": "a", "is": "off"}}, a_view(nodes={"a": a_node(power="off")}), True, "off"),
        ({"swarm_state": {"node": "a", "is": "locked"}}, a_view(nodes={"a": a_node(swarm="locked")}), True, "locked"),
        ({"node_role": {"node": "a", "role": "worker"}}, a_view(nodes={"a": a_node()}), True, "worker"),
        (
            {"node_role": {"node": "a", "role": "worker"}},
            a_view(nodes={"a": a_node(role="manager", reachability="reachable")}),
            False,
            "joined, but as a manager",
        ),
        ({"node_role": {"node": "a", "role": "worker"}}, a_view(nodes={"a": a_node(id="")}), False, "not joined"),
        ({"members": {"workers": 1, "managers": 0}}, a_view(nodes={"a": a_node()}), True, "1 worker"),
        ({"node_state": {"node": "a", "is": "down"}}, a_view(nodes={"a": a_node(state="down")}), True, "down"),
        ({"availability": {"node": "a", "is": "drain"}}, a_view(nodes={"a": a_node()}), False, "active"),
        ({"leader": {"other_than": "manager1"}}, a_view(quorum=THREE), True, "term 3"),
        ({"leader": {"node": "manager1"}}, a_view(quorum=THREE), False, "manager2 leads"),
        ({"leader": {}}, a_view(quorum={**THREE, "has": False}), False, "no leader"),
        ({"quorum": {"has": False}}, a_view(quorum={**THREE, "has": False}), True, "2 of 3"),
        ({"partition": {"present": False}}, a_view(), True, "Every link"),
        ({"quorum": {"has": True, "managers": 2}}, a_view(quorum=THREE), False, "2 of 3"),
        (
            {"partition": {"present": True, "alone": ["m1"]}},
            a_view(partition={"groups": [["m1", "host"], ["m2"]]}),
            True,
            "Cut",
        ),
        ({"autolock": {"on": True}}, a_view(swarm={"autolock": False}), False, "off"),
        ({"service_running": {"service": "web"}}, a_view(), False, "no service"),
        (
            {"service_running": {"service": "web", "replicas": 2}},
            a_view(services=WEB, tasks={"1": a_task(), "2": a_task()}),
            True,
            "2 wanted, 2 running",
        ),
        (
            {"service_running": {"service": "web", "replicas": 2}},
            a_view(services=WEB, tasks={"1": a_task(), "2": a_task(desired="shutdown")}),
            False,
            "1 running",
        ),
        ({"service_absent": {"service": "web"}}, a_view(services=WEB), False, "still there"),
        (
            {"tasks_on": {"service": "web", "node": "worker1", "at_most": 0}},
            a_view(services=WEB, tasks={"1": a_task()}),
            False,
            "1 task",
        ),
        ({"node_state": {"node": "a", "is": "absent"}}, a_view(nodes={"a": a_node(state="")}), True, "not list a"),
        ({"node_label": {"node": "a", "label": "z", "value": "1"}}, a_view(nodes={"a": a_node()}), False, "no label z"),
        (
            {"node_label": {"node": "a", "label": "z", "value": "1"}},
            a_view(nodes={"a": a_node(labels={"z": "1"})}),
            True,
            "z=1",
        ),
        ({"node_role": {"node": "a", "role": "manager"}}, a_view(nodes={"a": a_node(swarm="locked")}), False, "locked"),
        ({"service_mode": {"service": "web", "is": "global"}}, a_view(services=WEB), True, "web is global"),
        ({"update": {"service": "web", "is": "none"}}, a_view(services=WEB), False, "Update of web: rollback started"),
        ({"published": {"service": "web", "port": 80}}, a_view(services=WEB), False, "publishes 5000 (ingress)"),
        ({"published": {"service": "web", "port": 5000}}, a_view(services=WEB), True, "5000"),
        ({"network": {"network": "back"}}, a_view(networks={"n": {"name": "back"}}), True, "there"),
        ({"network": {"network": "back", "present": False}}, a_view(networks={}), True, "not there"),
    ],
)
def test_a_check_judges_the_view(check: dict[str, Any], view: dict[str, Any], met: bool, saw: str) -> None:
    verdict = parse_check(check).judge(view, [])

    assert verdict.met is met
    assert saw in verdict.saw


@pytest.mark.parametrize(
    ("fields", "met", "saw"),
    [
        ({"on": "a", "command": "^docker node ls"}, True, "answered"),
        ({"on": "a", "command": "node ls", "exit": "ok"}, False, "not a swarm manager"),
        ({"on": "a", "command": "node ls", "exit": "error", "output": "swarm manager"}, True, "answered"),
        ({"on": "a", "command": "node ls", "exit": 1}, True, "answered"),
        ({"on": "b", "command": "node ls"}, False, "b has not been asked"),
        ({"on": "[ab]", "command": "node ls"}, True, "a answered"),
    ],
)
def test_a_check_judges_what_was_answered(fields: dict[str, Any], met: bool, saw: str) -> None:
    given = Command("a", "docker node ls", "Error response from daemon: This node is not a swarm manager.\n", 1)

    verdict = parse_check({"answered": fields}).judge(a_view(), [given])

    assert verdict.met is met
    assert saw in verdict.saw


def test_every_check_says_what_it_wants() -> None:
    for check in (
        {"machine": {"node": "a"}},
        {"members": {"managers": 1, "workers": 2}},
        {"leader": {"other_than": "a"}},
        {"quorum": {"has": True}},
        {"service_running": {"service": "web", "replicas": 1}},
        {"tasks_on": {"service": "web", "node": "a", "at_most": 0}},
        {"answered": {"on": "a", "command": "ls"}},
    ):
        assert parse_check(check).says()
    assert parse_check({"machine": {"node": "a"}, "text": "mine"}).says() == "mine"
