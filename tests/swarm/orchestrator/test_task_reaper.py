from dataclasses import replace
from typing import Any

import pytest

from playground.swarm.model import Cluster, Task, TaskState, TaskStatus
from playground.swarm.store import Transaction
from tests.swarm.fake_cluster import FakeCluster, service_spec


def crashing(**policy: Any) -> dict[str, Any]:
    template = {"ContainerSpec": {"Image": "crash:1"}, "RestartPolicy": {"Condition": "any", "Delay": 10**9, **policy}}
    return service_spec(template=template)


@pytest.mark.parametrize(("limit", "kept"), [(5, 5), (2, 2), (1, 1), (0, 1)])
def test_a_slot_keeps_so_many_tasks_the_live_one_among_them(limit: int, kept: int) -> None:
    cluster = FakeCluster(1, history=limit)
    service_id = cluster.create_service(crashing())
    cluster.run(30.5)
    tasks = cluster.tasks(service_id)
    assert len(tasks) == kept
    assert tasks[0].desired_state <= TaskState.RUNNING


def test_a_negative_limit_keeps_everything() -> None:
    cluster = FakeCluster(1, history=-1)
    service_id = cluster.create_service(crashing())
    cluster.run(30.5)
    assert len(cluster.tasks(service_id)) > 10


def test_max_attempts_set_the_limit_to_one_more() -> None:
    for limit in (1, 5):
        cluster = FakeCluster(1, history=limit)
        service_id = cluster.create_service(crashing(MaxAttempts=2))
        cluster.run(30)
        assert len(cluster.tasks(service_id)) == 3


def test_the_oldest_tasks_go_first() -> None:
    cluster = FakeCluster(1, history=3)
    service_id = cluster.create_service(crashing())
    cluster.run(10)
    before = {task.id for task in cluster.tasks(service_id)}
    cluster.run(2.4)
    after = cluster.tasks(service_id)
    assert after[-1].id in before
    assert after[0].id not in before


def test_global_tasks_keep_their_history_node_by_node() -> None:
    cluster = FakeCluster(2, history=2)
    service_id = cluster.create_service({**crashing(), "Mode": {"Global": {}}})
    cluster.run(30)
    for node_id in cluster.nodes:
        assert len([task for task in cluster.tasks(service_id) if task.node_id == node_id]) == 2


def test_a_changed_limit_counts_from_the_next_task_on() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(service_spec())
    for number in range(2, 6):
        cluster.update_service(service_id, service_spec(image=f"web:{number}"))
        cluster.run(10)
    assert len(cluster.tasks(service_id)) == 5

    def lower(tx: Transaction) -> None:
        found = tx.cluster()
        assert found is not None
        tx.update(replace(found, spec={"Orchestration": {"TaskHistoryRetentionLimit": 2}}))

    cluster.write(lower)
    cluster.run(10)
    assert len(cluster.tasks(service_id)) == 5
    cluster.update_service(service_id, service_spec(image="web:6"))
    cluster.run(10)
    assert len(cluster.tasks(service_id)) == 2
    assert cluster.store.view.all(Cluster)


def test_history_of_jobs_is_kept() -> None:
    cluster = FakeCluster(1, history=1)
    mode = {"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}}
    service_id = cluster.create_service(service_spec("job", image="job:1", mode=mode))
    for _ in range(3):
        cluster.run(5)
        cluster.update_service(service_id, service_spec("job", image="job:1", mode=mode))
    cluster.run(5)
    assert len(cluster.tasks(service_id)) == 4


def test_a_slot_with_two_live_tasks_is_looked_at_again_when_one_has_ended() -> None:
    cluster = FakeCluster(2, history=1)
    service_id = cluster.create_service(service_spec())
    cluster.run(2)
    old = cluster.running(service_id)[0]
    cluster.cut_off[old.node_id] = None
    cluster.set_availability(old.node_id, "drain")
    cluster.run(10)
    assert len(cluster.tasks(service_id)) == 2
    cluster.return_node(old.node_id)
    cluster.run(2)
    (task,) = cluster.tasks(service_id)
    assert task.status.state is TaskState.RUNNING


def test_an_orphan_without_a_service_is_removed() -> None:
    cluster = FakeCluster(1)
    task = Task(
        id="t" * 25,
        node_id=cluster.nodes[0],
        status=TaskStatus(TaskState.RUNNING),
        spec={"ContainerSpec": {"Image": "web:1"}},
    )
    cluster.write(lambda tx: tx.create(task))
    cluster.run(1)
    stored = cluster.store.view.get(Task, task.id)
    assert stored is not None
    cluster.write(lambda tx: tx.update(replace(stored, status=TaskStatus(TaskState.ORPHANED))))
    cluster.run(1)
    assert cluster.store.view.get(Task, task.id) is None


def test_a_new_leader_removes_what_stopped_while_nobody_led() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(service_spec(replicas=2))
    cluster.run(2)
    cluster.update_service(service_id, service_spec(replicas=1))
    cluster.run(0.05)
    assert cluster.loops is not None
    cluster.loops.stop()
    cluster.run(2)
    assert len(cluster.tasks(service_id)) == 2
    cluster.lead()
    cluster.run(1)
    assert len(cluster.tasks(service_id)) == 1
