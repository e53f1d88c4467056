from playground.swarm.model import Service, Task, TaskState
from tests.swarm.fake_cluster import FakeCluster, service_spec

NONE = {"RestartPolicy": {"Condition": "none"}}


def test_slots_are_numbered_from_one() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(service_spec(replicas=3))
    cluster.run(2)
    assert [task.name for task in cluster.running(service_id)] == ["web.1", "web.2", "web.3"]


def test_a_new_task_carries_what_its_service_says() -> None:
    cluster = FakeCluster(0)
    spec = service_spec(Labels={"tier": "front"}, EndpointSpec={"Mode": "dnsrr"})
    service_id = cluster.create_service(spec)
    cluster.run(0.0005)
    (task,) = cluster.tasks(service_id)
    assert (task.status.state, task.status.message) == (TaskState.NEW, "created")
    assert task.desired_state is TaskState.RUNNING
    assert task.spec == spec["TaskTemplate"]
    assert task.spec_version == cluster.service(service_id).spec_version
    assert task.service_labels == {"tier": "front"}
    assert task.endpoint_spec == {"Mode": "dnsrr"}
    assert len(task.id) == 25


def test_zero_replicas_are_fine() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(service_spec(replicas=0))
    cluster.run(2)
    assert cluster.tasks(service_id) == []


def test_scaling_down_takes_from_the_fullest_node_its_highest_slot_and_leaves_no_history() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(service_spec(replicas=5))
    cluster.run(2)
    before = {task.slot: task.node_id for task in cluster.running(service_id)}
    fullest = max(set(before.values()), key=lambda node_id: list(before.values()).count(node_id))
    highest = max(slot for slot, node_id in before.items() if node_id == fullest)
    cluster.update_service(service_id, service_spec(replicas=4))
    cluster.run(2)
    assert {task.slot for task in cluster.tasks(service_id)} == set(before) - {highest}
    assert cluster.status(service_id) is None


def test_a_slot_that_scaling_down_freed_is_used_first() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(service_spec(replicas=4))
    cluster.run(2)
    cluster.update_service(service_id, service_spec(replicas=1))
    cluster.run(2)
    cluster.update_service(service_id, service_spec(replicas=2))
    cluster.run(2)
    assert [task.slot for task in cluster.running(service_id)] == [1, 2]


def test_a_removed_services_tasks_stop_and_vanish() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(service_spec(replicas=3))
    cluster.run(2)
    cluster.remove_service(service_id)
    cluster.run(0.1)
    assert {task.desired_state for task in cluster.tasks(service_id)} == {TaskState.REMOVE}
    cluster.run(1)
    assert cluster.tasks(service_id) == []


def test_an_ended_task_that_is_not_restarted_keeps_its_slot_until_an_update() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(
        service_spec(replicas=1, image="job:1", template={"ContainerSpec": {"Image": "job:1"}, **NONE})
    )
    cluster.run(4)
    (ended,) = cluster.tasks(service_id)
    assert (ended.status.state, ended.desired_state) == (TaskState.COMPLETE, TaskState.SHUTDOWN)
    more = service_spec(replicas=2, template={"ContainerSpec": {"Image": "job:1"}, **NONE})
    cluster.update_service(service_id, more)
    cluster.run(4)
    assert sorted(task.slot for task in cluster.tasks(service_id)) == [1, 2]
    cluster.update_service(service_id, service_spec(replicas=2, template=NONE))
    cluster.run(20)
    assert [task.slot for task in cluster.running(service_id)] == [1, 2]


def test_a_task_deleted_behind_our_back_is_made_anew() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(service_spec(replicas=2))
    cluster.run(2)
    lost = cluster.tasks(service_id)[0]
    cluster.write(lambda tx: tx.remove(tx.get(Task, lost.id)))
    cluster.run(2)
    assert [task.slot for task in cluster.running(service_id)] == [1, 2]


def test_draining_moves_tasks_at_once_and_activating_brings_none_back() -> None:
    cluster = FakeCluster(3)
    service_id = cluster.create_service(service_spec(replicas=6))
    cluster.run(2)
    cluster.set_availability(cluster.nodes[0], "drain")
    cluster.run(1)
    assert cluster.spread(service_id) == {"node2": 3, "node3": 3}
    assert len(cluster.running(service_id)) == 6
    cluster.set_availability(cluster.nodes[0], "active")
    cluster.run(30)
    assert cluster.spread(service_id) == {"node2": 3, "node3": 3}


def test_the_replacement_of_a_drained_task_starts_only_when_that_has_stopped() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(service_spec(replicas=2))
    cluster.run(2)
    both = []
    cluster.watchers.append(
        lambda: both.append(sum(t.status.state is TaskState.RUNNING for t in cluster.tasks(service_id)))
    )
    cluster.set_availability(cluster.nodes[0], "drain")
    cluster.run(5)
    assert max(both) == 2
    assert cluster.spread(service_id) == {"node2": 2}


def test_pausing_keeps_what_runs_and_replaces_what_fails_elsewhere() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(service_spec(replicas=2))
    cluster.run(2)
    cluster.set_availability(cluster.nodes[0], "pause")
    cluster.run(10)
    assert cluster.spread(service_id) == {"node1": 1, "node2": 1}
    (task,) = [task for task in cluster.running(service_id) if task.node_id == cluster.nodes[0]]
    cluster.fail(task.id)
    cluster.run(10)
    assert cluster.spread(service_id) == {"node2": 2}


def test_tasks_of_a_lost_node_run_elsewhere_after_the_restart_delay() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(service_spec(replicas=2))
    cluster.run(2)
    cluster.lose_node(cluster.nodes[0])
    cluster.run(4.9)
    assert [task.node_id for task in cluster.running(service_id)] == [cluster.nodes[1]]
    old = next(task for task in cluster.tasks(service_id) if task.node_id == cluster.nodes[0])
    assert (old.status.state, old.desired_state) == (TaskState.RUNNING, TaskState.SHUTDOWN)
    cluster.run(0.5)
    assert [task.node_id for task in cluster.running(service_id)] == [cluster.nodes[1]] * 2


def test_a_node_that_returns_stops_what_was_replaced_and_gets_nothing() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(service_spec(replicas=2))
    cluster.run(2)
    cluster.lose_node(cluster.nodes[0])
    cluster.run(10)
    cluster.return_node(cluster.nodes[0])
    cluster.run(30)
    assert cluster.spread(service_id) == {"node2": 2}
    states = {task.status.state for task in cluster.tasks(service_id) if task.node_id == cluster.nodes[0]}
    assert states == {TaskState.SHUTDOWN}


def test_tasks_of_a_removed_node_are_replaced() -> None:
    cluster = FakeCluster(2)
    service_id = cluster.create_service(service_spec(replicas=2))
    cluster.run(2)
    cluster.lose_node(cluster.nodes[0])
    cluster.remove_node(cluster.nodes[0])
    cluster.run(10)
    assert [task.node_id for task in cluster.running(service_id)] == [cluster.nodes[1]] * 2


def test_a_new_leader_removes_tasks_whose_service_went_with_the_old_one() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(service_spec(replicas=2))
    cluster.run(2)
    assert cluster.loops is not None
    cluster.loops.stop()
    cluster.remove_service(service_id)
    cluster.run(1)
    assert len(cluster.tasks(service_id)) == 2
    cluster.lead()
    cluster.run(1)
    assert cluster.tasks(service_id) == []


def test_two_leaders_never_give_a_task_the_same_id() -> None:
    cluster = FakeCluster(1)
    first = cluster.create_service(service_spec("first", 3))
    cluster.run(2)
    cluster.lead()
    second = cluster.create_service(service_spec("second", 3))
    cluster.run(2)
    assert len(cluster.running(first)) == len(cluster.running(second)) == 3


def test_stopped_loops_do_nothing() -> None:
    cluster = FakeCluster(1)
    assert cluster.loops is not None
    cluster.loops.stop()
    service_id = cluster.create_service(service_spec(replicas=2))
    cluster.run(60)
    assert cluster.tasks(service_id) == []
    assert cluster.store.view.get(Service, service_id) is not None
