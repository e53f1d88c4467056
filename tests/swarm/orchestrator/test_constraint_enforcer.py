from dataclasses import replace
from typing import Any

from playground.swarm.model import Node, TaskState
from tests.swarm.fake_cluster import GIBIBYTE, FakeCluster, service_spec


def on_ssd(**parts: Any) -> dict[str, Any]:
    return service_spec(template={"Placement": {"Constraints": ["node.labels.disk==ssd"]}}, **parts)


def test_a_task_whose_node_lost_its_label_is_rejected_and_restarted_where_it_fits() -> None:
    cluster = FakeCluster(2)
    for node_id in cluster.nodes:
        cluster.change_node(node_id, Labels={"disk": "ssd"})
    service_id = cluster.create_service(on_ssd())
    cluster.run(2)
    (task,) = cluster.running(service_id)
    cluster.change_node(task.node_id, Labels={})
    cluster.run(0.1)
    rejected = cluster.tasks(service_id)[-1]
    assert rejected.id == task.id
    assert rejected.status.state is TaskState.REJECTED
    assert rejected.status.message == "task rejected by constraint enforcer"
    assert rejected.status.error == "assigned node no longer meets constraints"
    cluster.run(7)
    (moved,) = cluster.running(service_id)
    assert moved.node_id != task.node_id


def test_a_paused_nodes_tasks_are_left_alone() -> None:
    cluster = FakeCluster(1)
    cluster.change_node(cluster.nodes[0], Labels={"disk": "ssd"})
    service_id = cluster.create_service(on_ssd())
    cluster.run(2)
    cluster.change_node(cluster.nodes[0], Labels={}, Availability="pause")
    cluster.run(5)
    assert len(cluster.running(service_id)) == 1


def test_the_services_constraints_count_not_those_the_task_was_made_with() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(service_spec())
    cluster.run(2)
    cluster.change_node(cluster.nodes[0], Labels={"disk": "ssd"})
    cluster.update_service(service_id, on_ssd())
    cluster.run(2)
    assert len(cluster.tasks(service_id)) == 1
    cluster.change_node(cluster.nodes[0], Labels={})
    cluster.run(0.1)
    assert cluster.tasks(service_id)[-1].status.state is TaskState.REJECTED


def test_a_node_that_shrank_rejects_what_it_cannot_hold() -> None:
    cluster = FakeCluster(1)
    wanted = {"Resources": {"Reservations": {"MemoryBytes": 2 * GIBIBYTE}}}
    service_id = cluster.create_service(service_spec(replicas=3, template=wanted))
    cluster.run(2)
    node = cluster.store.view.get(Node, cluster.nodes[0])
    assert node is not None
    assert node.description is not None
    smaller = {**node.description, "Resources": {"NanoCPUs": 4 * 10**9, "MemoryBytes": 4 * GIBIBYTE}}
    cluster.write(lambda tx: tx.update(replace(node, description=smaller)))
    cluster.run(10)
    assert len(cluster.running(service_id)) == 2
    assert [task.status.error for task in cluster.tasks(service_id) if task.status.state is TaskState.PENDING] == [
        "no suitable node (insufficient resources on 1 node)"
    ]


def test_a_new_leader_looks_at_all_nodes() -> None:
    cluster = FakeCluster(1)
    cluster.change_node(cluster.nodes[0], Labels={"disk": "ssd"})
    service_id = cluster.create_service(on_ssd())
    cluster.run(2)
    assert cluster.loops is not None
    cluster.loops.stop()
    cluster.change_node(cluster.nodes[0], Labels={})
    cluster.lead()
    cluster.run(0.1)
    assert cluster.tasks(service_id)[-1].status.state is TaskState.REJECTED
