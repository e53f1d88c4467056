from typing import Any

from playground.swarm.model import NodeState, NodeStatus, TaskState
from tests.swarm.fake_cluster import FakeCluster, service_spec


def everywhere(image: str = "web:1", **parts: Any) -> dict[str, Any]:
    return service_spec("agent", image=image, mode={"Global": {}}, **parts)


def started(nodes: int = 3, **parts: Any) -> tuple[FakeCluster, str]:
    cluster = FakeCluster(nodes)
    service_id = cluster.create_service(everywhere(**parts))
    cluster.run(2)
    return cluster, service_id


def test_every_node_gets_one_task_without_a_slot() -> None:
    cluster, service_id = started()
    assert cluster.spread(service_id) == {"node1": 1, "node2": 1, "node3": 1}
    assert {task.slot for task in cluster.tasks(service_id)} == {0}
    assert {task.name for task in cluster.tasks(service_id)} == {f"agent.{node_id}" for node_id in cluster.nodes}


def test_a_node_that_joins_gets_its_task() -> None:
    cluster, service_id = started()
    cluster.add_node("node4")
    cluster.run(2)
    assert cluster.spread(service_id)["node4"] == 1


def test_only_nodes_that_satisfy_the_constraints_get_one() -> None:
    cluster, service_id = started(template={"Placement": {"Constraints": ["node.labels.disk==ssd"]}})
    assert cluster.spread(service_id) == {}
    cluster.change_node(cluster.nodes[0], Labels={"disk": "ssd"})
    cluster.run(2)
    assert cluster.spread(service_id) == {"node1": 1}
    cluster.change_node(cluster.nodes[0], Labels={})
    cluster.run(10)
    assert cluster.live(service_id) == []
    (rejected,) = cluster.tasks(service_id)
    assert rejected.status.error == "assigned node no longer meets constraints"


def test_a_drained_nodes_task_stops_and_comes_back_when_it_is_active_again() -> None:
    cluster, service_id = started()
    cluster.set_availability(cluster.nodes[0], "drain")
    cluster.run(2)
    assert cluster.spread(service_id) == {"node2": 1, "node3": 1}
    cluster.set_availability(cluster.nodes[0], "active")
    cluster.run(2)
    assert cluster.spread(service_id) == {"node1": 1, "node2": 1, "node3": 1}


def test_a_lost_nodes_task_is_given_up_and_a_new_one_waits_for_its_return() -> None:
    cluster, service_id = started()
    cluster.lose_node(cluster.nodes[0])
    cluster.run(20)
    assert cluster.spread(service_id) == {"node2": 1, "node3": 1}
    cluster.return_node(cluster.nodes[0])
    cluster.run(2)
    assert len(cluster.running(service_id)) == 3


def test_a_node_in_unknown_state_still_counts() -> None:
    cluster, service_id = started()
    cluster.change_node(cluster.nodes[0], status=NodeStatus(NodeState.UNKNOWN))
    cluster.run(20)
    assert len(cluster.live(service_id)) == 3


def test_a_removed_nodes_tasks_are_removed() -> None:
    cluster, service_id = started()
    cluster.lose_node(cluster.nodes[0])
    cluster.remove_node(cluster.nodes[0])
    cluster.run(1)
    assert len(cluster.tasks(service_id)) == 2


def test_a_failed_task_is_restarted_on_its_node_after_the_delay() -> None:
    cluster, service_id = started()
    victim = cluster.running(service_id)[0]
    cluster.fail(victim.id)
    cluster.run(4.9)
    assert len(cluster.running(service_id)) == 2
    cluster.run(0.5)
    assert len(cluster.running(service_id)) == 3
    assert victim.node_id in {task.node_id for task in cluster.running(service_id)}


def test_max_attempts_count_node_by_node() -> None:
    policy = {"RestartPolicy": {"Condition": "any", "Delay": 10**9, "MaxAttempts": 1}}
    cluster, service_id = started(2, template={"ContainerSpec": {"Image": "crash:1"}, **policy})
    cluster.run(30)
    assert len(cluster.tasks(service_id)) == 4
    assert cluster.live(service_id) == []


def test_a_paused_node_keeps_its_old_task_and_catches_up_without_a_rolling_update() -> None:
    cluster, service_id = started()
    cluster.set_availability(cluster.nodes[0], "pause")
    cluster.update_service(service_id, everywhere("web:2"))
    cluster.run(30)
    by_node = {task.node_id: task.spec["ContainerSpec"]["Image"] for task in cluster.running(service_id)}
    assert by_node == {cluster.nodes[0]: "web:1", cluster.nodes[1]: "web:2", cluster.nodes[2]: "web:2"}
    status = cluster.service(service_id).update_status
    cluster.set_availability(cluster.nodes[0], "active")
    cluster.run(2)
    assert {task.spec["ContainerSpec"]["Image"] for task in cluster.running(service_id)} == {"web:2"}
    assert cluster.service(service_id).update_status == status


def test_a_task_that_fails_on_a_paused_node_is_not_restarted_there() -> None:
    cluster, service_id = started()
    cluster.set_availability(cluster.nodes[0], "pause")
    victim = next(task for task in cluster.running(service_id) if task.node_id == cluster.nodes[0])
    cluster.fail(victim.id)
    cluster.run(20)
    assert cluster.spread(service_id) == {"node2": 1, "node3": 1}


def test_an_update_goes_from_node_to_node() -> None:
    cluster, service_id = started()
    fewest = []
    cluster.watchers.append(
        lambda: fewest.append(sum(t.status.state is TaskState.RUNNING for t in cluster.tasks(service_id)))
    )
    cluster.update_service(service_id, everywhere("web:2"))
    cluster.run(20)
    assert min(fewest) == 2
    assert cluster.status(service_id) == ("completed", "update completed")
    assert {task.spec["ContainerSpec"]["Image"] for task in cluster.running(service_id)} == {"web:2"}
    assert cluster.spread(service_id) == {"node1": 1, "node2": 1, "node3": 1}


def test_two_global_services_do_not_get_in_each_others_way() -> None:
    cluster, first = started()
    second = cluster.create_service(service_spec("second", mode={"Global": {}}))
    cluster.run(2)
    cluster.add_node("node4")
    cluster.run(2)
    assert len(cluster.running(first)) == len(cluster.running(second)) == 4


def test_a_removed_service_leaves_nothing() -> None:
    cluster, service_id = started()
    cluster.remove_service(service_id)
    cluster.run(2)
    assert cluster.tasks(service_id) == []


def test_a_new_leader_shuts_down_what_runs_on_nodes_drained_meanwhile() -> None:
    cluster, service_id = started()
    assert cluster.loops is not None
    cluster.loops.stop()
    cluster.set_availability(cluster.nodes[0], "drain")
    cluster.add_node("node4")
    cluster.run(1)
    cluster.lead()
    cluster.run(2)
    assert cluster.spread(service_id) == {"node2": 1, "node3": 1, "node4": 1}
