from typing import Any

import pytest

from playground.sim.kernel import SECOND
from playground.swarm.orchestrator import defaults


def test_a_bare_spec_shows_every_default() -> None:
    bare: dict[str, Any] = {
        "Name": "web",
        "TaskTemplate": {"ContainerSpec": {"Image": "nginx"}},
        "Mode": {"Global": {}},
    }
    config = {
        "Parallelism": 1,
        "FailureAction": "pause",
        "Monitor": 5 * 10**9,
        "MaxFailureRatio": 0,
        "Order": "stop-first",
    }
    assert defaults.insert_defaults(bare) == {
        "Name": "web",
        "TaskTemplate": {
            "ContainerSpec": {"Image": "nginx", "StopGracePeriod": 10 * 10**9, "DNSConfig": {}},
            "Resources": {},
            "RestartPolicy": {"Condition": "any", "Delay": 5 * 10**9, "MaxAttempts": 0},
            "Placement": {},
        },
        "Mode": {"Global": {}},
        "UpdateConfig": config,
        "RollbackConfig": config,
    }
    assert bare["TaskTemplate"] == {"ContainerSpec": {"Image": "nginx"}}


def test_what_a_spec_says_is_kept() -> None:
    said = {
        "TaskTemplate": {
            "ContainerSpec": {"Image": "nginx", "StopGracePeriod": 0},
            "RestartPolicy": {"Condition": "none", "Delay": 0, "MaxAttempts": 3},
        },
        "UpdateConfig": {"Parallelism": 0, "Monitor": 10**9},
    }
    filled = defaults.insert_defaults(said)
    assert filled["TaskTemplate"]["ContainerSpec"]["StopGracePeriod"] == 0
    assert filled["TaskTemplate"]["RestartPolicy"] == {"Condition": "none", "Delay": 0, "MaxAttempts": 3}
    assert filled["UpdateConfig"] == {"Parallelism": 0, "Monitor": 10**9}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (None, defaults.RestartPolicy()),
        ({}, defaults.RestartPolicy()),
        ({"Delay": 0}, defaults.RestartPolicy(delay_us=0)),
        (
            {"Condition": "on-failure", "Delay": 10**9, "MaxAttempts": 2, "Window": 30 * 10**9},
            defaults.RestartPolicy("on-failure", SECOND, 2, 30 * SECOND),
        ),
    ],
)
def test_a_restart_policy_is_read_with_its_defaults(policy: Any, expected: defaults.RestartPolicy) -> None:
    assert defaults.restart_policy({"RestartPolicy": policy}) == expected


def test_an_update_config_without_parallelism_takes_all_slots_at_once() -> None:
    assert defaults.update_config({}).parallelism == 1
    assert defaults.update_config({"UpdateConfig": {"Monitor": 0}}) == defaults.UpdateConfig(parallelism=0)
    assert defaults.update_config({"UpdateConfig": {"Parallelism": 3}}, rollback=True).parallelism == 1


@pytest.mark.parametrize(("spec", "limit"), [({}, 5), ({"Orchestration": {"TaskHistoryRetentionLimit": 0}}, 0)])
def test_the_history_limit_is_five_unless_said(spec: Any, limit: int) -> None:
    assert defaults.task_history_limit(spec) == limit
