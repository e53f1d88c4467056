from typing import Any

from playground.swarm.model import TaskState
from tests.swarm.fake_cluster import FakeCluster, service_spec


def job(image: str = "job:1", most: int = 2, total: int = 5, **parts: Any) -> dict[str, Any]:
    mode = {"ReplicatedJob": {"MaxConcurrent": most, "TotalCompletions": total}}
    return service_spec("job", image=image, mode=mode, **parts)


def complete(cluster: FakeCluster, service_id: str) -> list[int]:
    """Slots of completed tasks of the current iteration."""
    status = cluster.service(service_id).job_status
    assert status is not None
    return [
        task.slot
        for task in cluster.tasks(service_id)
        if task.status.state is TaskState.COMPLETE and task.job_iteration == status.iteration
    ]


def test_a_job_runs_as_many_at_a_time_as_it_may_until_all_are_complete() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(job())
    most = 0

    def watch() -> None:
        nonlocal most
        active = [task for task in cluster.tasks(service_id) if task.status.state <= TaskState.RUNNING]
        most = max(most, len(active))

    cluster.watchers.append(watch)
    cluster.run(10)
    assert most == 2
    assert complete(cluster, service_id) == [0, 1, 2, 3, 4]
    assert {task.desired_state for task in cluster.tasks(service_id)} == {TaskState.COMPLETE}
    assert {task.job_iteration for task in cluster.tasks(service_id)} == {0}


def test_left_out_numbers_mean_one_task() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(service_spec("job", image="job:1", mode={"ReplicatedJob": {}}))
    cluster.run(5)
    assert complete(cluster, service_id) == [0]


def test_a_failed_task_is_tried_again_in_its_slot() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(job("job:20", 1, 1))
    cluster.run(2)
    (first,) = cluster.tasks(service_id)
    cluster.fail(first.id)
    cluster.run(4)
    second, before = cluster.tasks(service_id)
    assert (before.desired_state, second.desired_state) == (TaskState.SHUTDOWN, TaskState.READY)
    cluster.run(30)
    assert complete(cluster, service_id) == [0]
    assert {task.slot for task in cluster.tasks(service_id)} == {0}


def test_max_attempts_end_a_replicated_job() -> None:
    cluster = FakeCluster(1)
    policy = {"RestartPolicy": {"Condition": "any", "Delay": 10**9, "MaxAttempts": 2}}
    service_id = cluster.create_service(
        job("crash:1", 1, 1, template={"ContainerSpec": {"Image": "crash:1"}, **policy})
    )
    cluster.run(60)
    states = [task.status.state for task in cluster.tasks(service_id)]
    assert states[:3] == [TaskState.FAILED] * 3


def test_an_update_runs_the_job_again() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(job(total=2))
    cluster.run(5)
    cluster.update_service(service_id, job(total=2))
    cluster.run(5)
    assert complete(cluster, service_id) == [0, 1]
    assert sorted(task.job_iteration or 0 for task in cluster.tasks(service_id)) == [0, 0, 1, 1]


def test_an_update_removes_what_the_iteration_before_has_not_finished() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(job("job:100", total=2))
    cluster.run(5)
    cluster.update_service(service_id, job("job:1", total=2))
    cluster.run(5)
    assert {task.job_iteration for task in cluster.tasks(service_id)} == {1}
    assert complete(cluster, service_id) == [0, 1]


def test_a_global_job_completes_once_on_every_active_ready_node_that_fits() -> None:
    cluster = FakeCluster(4)
    cluster.set_availability(cluster.nodes[0], "drain")
    cluster.lose_node(cluster.nodes[1])
    service_id = cluster.create_service(service_spec("job", image="job:1", mode={"GlobalJob": {}}))
    cluster.run(5)
    assert [task.status.state for task in cluster.tasks(service_id)] == [TaskState.COMPLETE] * 2
    assert cluster.spread(service_id) == {"node3": 1, "node4": 1}


def test_a_global_jobs_failed_task_is_tried_again_on_its_node() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(service_spec("job", image="job:3", mode={"GlobalJob": {}}))
    cluster.run(2)
    victim = cluster.tasks(service_id)[0]
    cluster.fail(victim.id)
    cluster.run(15)
    done = [task.node_id for task in cluster.tasks(service_id) if task.status.state is TaskState.COMPLETE]
    assert sorted(done) == sorted(cluster.nodes)


def test_a_removed_job_leaves_nothing() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(job("job:100"))
    cluster.run(2)
    cluster.remove_service(service_id)
    cluster.run(2)
    assert cluster.tasks(service_id) == []


def test_a_new_leader_goes_on_with_a_job() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(job(total=6))
    cluster.run(2)
    assert cluster.loops is not None
    cluster.loops.stop()
    cluster.run(5)
    done = len(complete(cluster, service_id))
    assert done < 6
    cluster.lead()
    cluster.run(10)
    assert complete(cluster, service_id) == list(range(6))
