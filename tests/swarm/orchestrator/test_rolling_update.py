from typing import Any

import pytest

from playground.sim.kernel import SECOND
from playground.swarm.model import TaskState
from tests.swarm.fake_cluster import FakeCluster, service_spec


def config(**fields: Any) -> dict[str, Any]:
    """An update config as the CLI sends one; times in seconds."""
    filled = {
        "Parallelism": 1,
        "Delay": 0,
        "FailureAction": "pause",
        "Monitor": 5,
        "MaxFailureRatio": 0,
        "Order": "stop-first",
        **fields,
    }
    return {**filled, "Delay": int(filled["Delay"] * 1e9), "Monitor": int(filled["Monitor"] * 1e9)}


def started(replicas: int = 3, nodes: int = 3, **parts: Any) -> tuple[FakeCluster, str]:
    cluster = FakeCluster(nodes)
    service_id = cluster.create_service(service_spec(replicas=replicas, **parts))
    cluster.run(3)
    assert len(cluster.running(service_id)) == replicas
    return cluster, service_id


def images(cluster: FakeCluster, service_id: str) -> list[str]:
    return [str(task.spec["ContainerSpec"]["Image"]) for task in cluster.running(service_id)]


def watch_running(cluster: FakeCluster, service_id: str) -> list[int]:
    """Gathers how many tasks run, whether they are still meant to or not."""
    seen: list[int] = []
    cluster.watchers.append(
        lambda: seen.append(sum(task.status.state is TaskState.RUNNING for task in cluster.tasks(service_id)))
    )
    return seen


def test_an_update_replaces_slot_after_slot_and_says_so() -> None:
    cluster, service_id = started()
    seen = watch_running(cluster, service_id)
    begun_us = cluster.kernel.now_us
    cluster.update_service(service_id, service_spec(replicas=3, image="web:2"))
    cluster.run(0.1)
    assert cluster.status(service_id) == ("updating", "update in progress")
    cluster.run(20)
    assert cluster.status(service_id) == ("completed", "update completed")
    status = cluster.service(service_id).update_status
    assert status is not None
    assert status.started_us is not None
    assert status.completed_us is not None
    assert begun_us <= status.started_us < status.completed_us
    assert images(cluster, service_id) == ["web:2"] * 3
    assert min(seen) == 2
    assert [task.slot for task in cluster.tasks(service_id)] == [1, 1, 2, 2, 3, 3]


def test_the_update_is_complete_only_after_the_monitoring_period() -> None:
    cluster, service_id = started(1)
    cluster.update_service(service_id, service_spec(image="web:2", UpdateConfig=config(Monitor=20)))
    cluster.run(20)
    assert images(cluster, service_id) == ["web:2"]
    assert cluster.status(service_id) == ("updating", "update in progress")
    cluster.run(2)
    assert cluster.status(service_id) == ("completed", "update completed")


def test_so_many_slots_are_updated_at_a_time_as_parallelism_says() -> None:
    cluster, service_id = started(6)
    seen = watch_running(cluster, service_id)
    update = config(Parallelism=2, Delay=4)
    begun_us = cluster.kernel.now_us
    cluster.update_service(service_id, service_spec(replicas=6, image="web:2", UpdateConfig=update))
    cluster.run(40)
    assert min(seen) == 4
    made = sorted(round((t.created_us - begun_us) / SECOND) for t in cluster.running(service_id))
    assert made == [0, 0, 4, 4, 9, 9]


def test_parallelism_zero_takes_all_slots_at_once() -> None:
    cluster, service_id = started(4)
    seen = watch_running(cluster, service_id)
    cluster.update_service(service_id, service_spec(replicas=4, image="web:2", UpdateConfig=config(Parallelism=0)))
    cluster.run(2)
    assert min(seen) == 0
    assert images(cluster, service_id) == ["web:2"] * 4


def test_start_first_never_runs_fewer_tasks_and_for_a_moment_one_more() -> None:
    cluster, service_id = started()
    seen = watch_running(cluster, service_id)
    cluster.update_service(
        service_id, service_spec(replicas=3, image="web:2", UpdateConfig=config(Order="start-first"))
    )
    cluster.run(20)
    assert (min(seen), max(seen)) == (3, 4)
    assert images(cluster, service_id) == ["web:2"] * 3


def test_stop_first_starts_the_new_task_only_when_the_old_one_has_stopped() -> None:
    cluster, service_id = started(1)
    seen = watch_running(cluster, service_id)
    cluster.update_service(service_id, service_spec(image="web:2"))
    cluster.run(20)
    assert max(seen) == 1


@pytest.mark.parametrize(
    "parts",
    [
        {"replicas": 4},
        {"Labels": {"tier": "front"}},
        {"UpdateConfig": config(Parallelism=2)},
        {"template": {"Placement": {"Constraints": ["node.platform.os==linux"]}}},
        {"template": {"ContainerSpec": {"Image": "web:1", "Env": [], "Labels": {}}}},
    ],
)
def test_what_does_not_concern_tasks_replaces_none_and_leaves_no_update_status(parts: dict[str, Any]) -> None:
    cluster, service_id = started()
    before = {task.id for task in cluster.running(service_id)}
    cluster.update_service(service_id, service_spec(**{"replicas": 3, **parts}))
    cluster.run(10)
    assert before <= {task.id for task in cluster.running(service_id)}
    assert cluster.status(service_id) is None


@pytest.mark.parametrize(
    "parts",
    [
        {"template": {"ForceUpdate": 1}},
        {"template": {"Placement": {"Constraints": ["node.role==manager"]}}},
        {"EndpointSpec": {"Mode": "vip", "Ports": [{"TargetPort": 80, "PublishedPort": 80}]}},
    ],
)
def test_what_concerns_tasks_replaces_them_all(parts: dict[str, Any]) -> None:
    cluster, service_id = started()
    before = {task.id for task in cluster.running(service_id)}
    update = config(Parallelism=0)
    cluster.update_service(service_id, service_spec(replicas=3, UpdateConfig=update, **parts))
    cluster.run(10)
    assert not before & {task.id for task in cluster.running(service_id)}
    assert cluster.status(service_id) is not None


def test_a_task_that_fails_pauses_the_update_and_the_others_stay_old() -> None:
    cluster, service_id = started()
    cluster.update_service(service_id, service_spec(replicas=3, image="missing"))
    cluster.run(4)
    first = min(
        (t for t in cluster.tasks(service_id) if t.spec["ContainerSpec"]["Image"] == "missing"),
        key=lambda task: task.created_us,
    )
    paused = ("paused", f"update paused due to failure or early termination of task {first.id}")
    assert cluster.status(service_id) == paused
    assert images(cluster, service_id) == ["web:1"] * 2
    cluster.run(60)
    assert cluster.status(service_id) == paused
    status = cluster.service(service_id).update_status
    assert status is not None
    assert status.completed_us is None
    assert images(cluster, service_id) == ["web:1"] * 2
    missing = [t for t in cluster.tasks(service_id) if t.spec["ContainerSpec"]["Image"] == "missing"]
    assert len({task.slot for task in missing}) == 1


def test_a_task_that_fails_within_the_monitoring_period_counts_and_later_does_not() -> None:
    for image, state in (("crash:4", "paused"), ("crash:7", "completed")):
        cluster, service_id = started(1)
        cluster.update_service(service_id, service_spec(image=image))
        cluster.run(8)
        status = cluster.status(service_id)
        assert status is not None
        assert status[0] == state


def test_failures_up_to_the_ratio_are_tolerated() -> None:
    cluster, service_id = started(4)
    update = config(MaxFailureRatio=0.25, Delay=1)
    cluster.update_service(service_id, service_spec(replicas=4, image="web:2", UpdateConfig=update))
    cluster.run(0.6)
    fresh = next(t for t in cluster.running(service_id) if t.spec["ContainerSpec"]["Image"] == "web:2")
    cluster.fail(fresh.id)
    cluster.run(30)
    assert cluster.status(service_id) == ("completed", "update completed")
    cluster.update_service(service_id, service_spec(replicas=4, image="missing", UpdateConfig=update))
    cluster.run(30)
    status = cluster.status(service_id)
    assert status is not None
    assert status[0] == "paused"
    assert images(cluster, service_id) == ["web:2"] * 2


def test_with_continue_failures_are_the_restart_policys_business() -> None:
    cluster, service_id = started()
    update = config(FailureAction="continue")
    cluster.update_service(service_id, service_spec(replicas=3, image="missing", UpdateConfig=update))
    cluster.run(15)
    assert images(cluster, service_id) == []
    assert cluster.status(service_id) == ("completed", "update completed")


def test_with_rollback_the_service_returns_to_its_previous_spec() -> None:
    cluster, service_id = started()
    states = []
    cluster.watchers.append(lambda: states.append(cluster.status(service_id)))
    update = config(FailureAction="rollback", Order="start-first")
    cluster.update_service(service_id, service_spec(replicas=3, image="missing", UpdateConfig=update))
    cluster.run(30)
    first = min(
        (t for t in cluster.tasks(service_id) if t.spec["ContainerSpec"]["Image"] == "missing"),
        key=lambda task: task.created_us,
    )
    assert [state for index, state in enumerate(states) if state not in states[:index]] == [
        ("updating", "update in progress"),
        ("rollback_started", f"update rolled back due to failure or early termination of task {first.id}"),
        ("rollback_completed", "rollback completed"),
    ]
    service = cluster.service(service_id)
    assert service.spec == service_spec(replicas=3)
    assert (service.previous_spec, service.previous_spec_version) == (None, None)
    assert images(cluster, service_id) == ["web:1"] * 3


def test_a_manual_rollback_touches_only_what_was_updated() -> None:
    cluster, service_id = started()
    old = {task.slot: task.id for task in cluster.running(service_id)}
    cluster.update_service(service_id, service_spec(replicas=3, image="missing"))
    cluster.run(4)
    untouched = {task.slot: task.id for task in cluster.running(service_id)}
    cluster.roll_back(service_id)
    cluster.run(0.01)
    assert cluster.status(service_id) == ("rollback_started", "manually requested rollback")
    cluster.run(20)
    assert cluster.status(service_id) == ("rollback_completed", "rollback completed")
    now = {task.slot: task.id for task in cluster.running(service_id)}
    assert images(cluster, service_id) == ["web:1"] * 3
    assert {slot for slot in old if now[slot] == old[slot]} == set(untouched)


def test_a_rollback_goes_by_the_rollback_config_and_pauses_when_it_fails() -> None:
    rollback = config(Parallelism=0)
    cluster, service_id = started(3, RollbackConfig=rollback)
    cluster.update_service(service_id, service_spec(replicas=3, image="web:2", RollbackConfig=rollback))
    cluster.run(15)
    broken = service_spec(replicas=3, image="crash:1", RollbackConfig=rollback)
    cluster.update_service(service_id, broken)
    cluster.run(1)
    cluster.update_service(service_id, service_spec(replicas=3, image="web:3", RollbackConfig=rollback))
    cluster.run(30)
    cluster.roll_back(service_id)
    cluster.run(4)
    status = cluster.status(service_id)
    assert status is not None
    assert status[0] == "rollback_paused"
    assert status[1].startswith("update paused due to failure or early termination of task ")


def test_a_newer_update_takes_over_at_once() -> None:
    cluster, service_id = started(6)
    slow = config(Delay=30)
    cluster.update_service(service_id, service_spec(replicas=6, image="web:2", UpdateConfig=slow))
    cluster.run(2)
    assert sorted(images(cluster, service_id)) == ["web:1"] * 5 + ["web:2"]
    cluster.update_service(service_id, service_spec(replicas=6, image="web:3"))
    cluster.run(20)
    assert images(cluster, service_id) == ["web:3"] * 6
    assert cluster.status(service_id) == ("completed", "update completed")


def test_an_update_that_waits_for_a_stuck_task_hangs_until_a_newer_one_comes() -> None:
    cluster, service_id = started(2)
    cluster.update_service(service_id, service_spec(replicas=2, image="stuck"))
    cluster.run(300)
    assert cluster.status(service_id) == ("updating", "update in progress")
    assert images(cluster, service_id) == ["web:1"]
    cluster.update_service(service_id, service_spec(replicas=2, image="web:2"))
    cluster.run(20)
    assert images(cluster, service_id) == ["web:2"] * 2


def test_a_new_leader_resumes_an_update_and_keeps_its_status() -> None:
    cluster, service_id = started(6)
    update = config(Delay=2)
    cluster.update_service(service_id, service_spec(replicas=6, image="web:2", UpdateConfig=update))
    cluster.run(3)
    status = cluster.service(service_id).update_status
    cluster.lead()
    cluster.run(2)
    assert cluster.service(service_id).update_status == status
    cluster.run(40)
    assert images(cluster, service_id) == ["web:2"] * 6
    assert cluster.status(service_id) == ("completed", "update completed")


def test_scaling_while_updating_does_both() -> None:
    cluster, service_id = started(3)
    cluster.update_service(service_id, service_spec(replicas=5, image="web:2"))
    cluster.run(20)
    assert images(cluster, service_id) == ["web:2"] * 5
    cluster.update_service(service_id, service_spec(replicas=2, image="web:3"))
    cluster.run(20)
    assert images(cluster, service_id) == ["web:3"] * 2
    assert {task.slot for task in cluster.tasks(service_id)} == {task.slot for task in cluster.running(service_id)}


def test_removing_a_service_ends_its_update() -> None:
    cluster, service_id = started(3)
    cluster.update_service(service_id, service_spec(replicas=3, image="web:2", UpdateConfig=config(Delay=60)))
    cluster.run(1)
    cluster.remove_service(service_id)
    cluster.run(5)
    assert cluster.tasks(service_id) == []
