from itertools import pairwise
from typing import Any

import pytest

from playground.sim.kernel import SECOND
from playground.swarm.model import TaskState
from tests.swarm.fake_cluster import FakeCluster, service_spec


def crashing(image: str = "crash:1", replicas: int = 1, **policy: Any) -> dict[str, Any]:
    if "Delay" in policy:
        policy["Delay"] = int(policy["Delay"] * 1e9)
    if "Window" in policy:
        policy["Window"] = int(policy["Window"] * 1e9)
    template: dict[str, Any] = {"ContainerSpec": {"Image": image}}
    if policy:
        template["RestartPolicy"] = policy
    return service_spec(replicas=replicas, template=template)


def test_a_failed_task_is_replaced_in_its_slot_after_five_seconds() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(service_spec())
    cluster.run(2)
    (old,) = cluster.running(service_id)
    failed_us = cluster.kernel.now_us
    cluster.fail(old.id)
    cluster.run(4.9)
    new, before = cluster.tasks(service_id)
    assert (before.id, before.status.state, before.desired_state) == (old.id, TaskState.FAILED, TaskState.SHUTDOWN)
    assert (new.slot, new.status.state, new.desired_state) == (1, TaskState.READY, TaskState.READY)
    cluster.run(0.5)
    (running,) = cluster.running(service_id)
    assert running.id == new.id
    assert running.status.timestamp_us >= failed_us + 5 * SECOND


def test_the_delay_is_the_policys() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(crashing("web:1", Condition="any", Delay=0.5))
    cluster.run(2)
    cluster.fail(cluster.running(service_id)[0].id)
    cluster.run(1)
    assert len(cluster.running(service_id)) == 1


def test_rejected_tasks_cycle_at_the_pace_of_the_delay() -> None:
    cluster = FakeCluster(1, history=-1)
    service_id = cluster.create_service(crashing("missing"))
    cluster.run(18)
    times = sorted(task.created_us / SECOND for task in cluster.tasks(service_id))
    gaps = [round(later - earlier) for earlier, later in pairwise(times)]
    assert gaps == [0, 5, 5, 5]


@pytest.mark.parametrize(
    ("condition", "image", "restarted"),
    [
        ("any", "crash:1", True),
        ("any", "job:1", True),
        ("on-failure", "crash:1", True),
        ("on-failure", "missing", True),
        ("on-failure", "job:1", False),
        ("none", "crash:1", False),
        ("none", "job:1", False),
    ],
)
def test_the_condition_decides_about_a_restart(condition: str, image: str, restarted: bool) -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(crashing(image, Condition=condition, Delay=1))
    cluster.run(5)
    assert (len(cluster.tasks(service_id)) > 1) is restarted
    assert cluster.tasks(service_id)[-1].desired_state is TaskState.SHUTDOWN


def test_with_condition_none_a_task_of_a_lost_node_is_given_up_without_replacement() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(crashing("web:1", Condition="none"))
    cluster.run(2)
    (task,) = cluster.running(service_id)
    cluster.lose_node(task.node_id)
    cluster.run(20)
    (given_up,) = cluster.tasks(service_id)
    assert (given_up.status.state, given_up.desired_state) == (TaskState.RUNNING, TaskState.SHUTDOWN)


def test_max_attempts_leaves_one_task_more_than_attempts() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(crashing(Condition="any", Delay=1, MaxAttempts=3))
    cluster.run(60)
    tasks = cluster.tasks(service_id)
    assert [task.status.state for task in tasks] == [TaskState.FAILED] * 4
    assert {task.desired_state for task in tasks} == {TaskState.SHUTDOWN}


def test_attempts_are_counted_slot_by_slot() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(crashing(replicas=2, Condition="any", Delay=1, MaxAttempts=1))
    cluster.run(30)
    assert [task.slot for task in cluster.tasks(service_id)] == [1, 1, 2, 2]


def test_an_update_forgets_the_attempts_of_the_spec_before() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(crashing(Condition="any", Delay=1, MaxAttempts=2))
    cluster.run(30)
    assert len(cluster.tasks(service_id)) == 3
    cluster.update_service(service_id, crashing("crash:2", Condition="any", Delay=1, MaxAttempts=2))
    cluster.run(60)
    newest = [task for task in cluster.tasks(service_id) if task.spec["ContainerSpec"]["Image"] == "crash:2"]
    assert len(newest) == 3
    assert cluster.running(service_id) == []


def test_within_a_window_only_its_restarts_count() -> None:
    cluster = FakeCluster(1, history=-1)
    slow = cluster.create_service(crashing("crash:8", Condition="any", Delay=0, MaxAttempts=1, Window=5))
    cluster.run(60)
    assert len(cluster.live(slow)) == 1
    cluster = FakeCluster(1, history=-1)
    fast = cluster.create_service(crashing("crash:1", Condition="any", Delay=0, MaxAttempts=2, Window=5))
    cluster.run(60)
    assert (len(cluster.tasks(fast)), cluster.live(fast)) == (3, [])


def test_a_new_leader_remembers_the_attempts() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(crashing("crash:3", Condition="any", Delay=1, MaxAttempts=2))
    cluster.run(6)
    assert len(cluster.tasks(service_id)) == 2
    cluster.lead()
    cluster.run(60)
    assert len(cluster.tasks(service_id)) == 3


def test_a_new_leader_goes_on_with_the_delay_and_not_from_its_start() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(service_spec())
    cluster.run(2)
    cluster.fail(cluster.running(service_id)[0].id)
    cluster.run(3)
    assert cluster.loops is not None
    cluster.loops.stop()
    cluster.run(1)
    cluster.lead()
    cluster.run(0.9)
    assert cluster.running(service_id) == []
    cluster.run(1)
    assert len(cluster.running(service_id)) == 1


def test_a_new_leader_restarts_what_failed_while_nobody_led() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(service_spec())
    cluster.run(2)
    assert cluster.loops is not None
    cluster.loops.stop()
    cluster.fail(cluster.running(service_id)[0].id)
    cluster.run(30)
    cluster.lead()
    cluster.run(6)
    assert len(cluster.running(service_id)) == 1


def test_a_task_that_does_not_stop_is_waited_for_no_longer_than_a_minute() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(service_spec())
    cluster.run(2)
    (stubborn,) = cluster.running(service_id)
    cluster.cut_off[stubborn.node_id] = None
    cluster.set_availability(stubborn.node_id, "drain")
    cluster.run(59)
    assert cluster.running(service_id) == []
    cluster.run(3)
    assert len(cluster.running(service_id)) == 1


def test_the_wait_for_a_task_ends_when_its_node_is_found_to_be_down() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(service_spec())
    cluster.run(2)
    (stubborn,) = cluster.running(service_id)
    cluster.cut_off[stubborn.node_id] = None
    cluster.set_availability(stubborn.node_id, "drain")
    cluster.run(10)
    cluster.lose_node(stubborn.node_id)
    cluster.run(1)
    assert len(cluster.running(service_id)) == 1


def test_scaling_down_during_the_delay_leaves_nothing_behind() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(service_spec(replicas=1))
    cluster.run(2)
    cluster.fail(cluster.running(service_id)[0].id)
    cluster.run(1)
    cluster.update_service(service_id, service_spec(replicas=0))
    cluster.run(20)
    assert cluster.live(service_id) == []
    assert all(task.status.state is not TaskState.RUNNING for task in cluster.tasks(service_id))
