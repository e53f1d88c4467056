"""Placement and its explanations, seen from the store."""

from typing import Any

import pytest

from playground.swarm.errors import no_leader
from playground.swarm.model import NodeState, NodeStatus, Role, Task, TaskState
from tests.swarm.fake_cluster import GIBIBYTE, FakeCluster, service_spec


def placement(**fields: Any) -> dict[str, Any]:
    return {"template": {"Placement": fields}}


def reserve(cpus: float = 0, memory: int = 0, **rest: Any) -> dict[str, Any]:
    return {"template": {"Resources": {"Reservations": {"NanoCPUs": int(cpus * 1e9), "MemoryBytes": memory, **rest}}}}


def errors(cluster: FakeCluster, service_id: str) -> list[str]:
    return [task.status.error for task in cluster.tasks(service_id) if task.status.state is TaskState.PENDING]


def test_four_tasks_on_three_empty_nodes_lie_two_one_one() -> None:
    cluster = FakeCluster(3)
    service_id = cluster.create_service(service_spec(replicas=4))
    cluster.run(2)
    assert sorted(cluster.spread(service_id).values()) == [1, 1, 2]
    assert {task.status.message for task in cluster.tasks(service_id)} == {"running"}


def test_an_assigned_task_says_who_assigned_it() -> None:
    cluster = FakeCluster(1)
    messages = []
    cluster.store.view.watch(
        lambda changes: messages.extend(
            change.new.status.message
            for change in changes
            if isinstance(change.new, Task) and change.new.status.state is TaskState.ASSIGNED
        )
    )
    cluster.create_service(service_spec())
    cluster.create_service(service_spec("all", mode={"Global": {}}))
    cluster.run(1)
    assert set(messages) == {
        "scheduler assigned task to node",
        "scheduler confirmed task can run on preassigned node",
    }


def test_new_tasks_even_out_the_service_before_they_even_out_the_nodes() -> None:
    cluster = FakeCluster(2)
    first = cluster.create_service(service_spec("first", 4))
    cluster.run(2)
    cluster.add_node("node3")
    second = cluster.create_service(service_spec("second", 3))
    cluster.run(2)
    assert "node3" not in cluster.spread(first)
    assert cluster.spread(second) == {"node1": 1, "node2": 1, "node3": 1}
    cluster.update_service(first, service_spec("first", 6))
    cluster.run(2)
    assert cluster.spread(first) == {"node1": 2, "node2": 2, "node3": 2}


def test_of_nodes_with_equally_many_of_the_service_the_emptier_one_is_taken() -> None:
    cluster = FakeCluster(1)
    cluster.create_service(service_spec("first", 3))
    cluster.run(2)
    cluster.add_node("node2")
    second = cluster.create_service(service_spec("second", 1))
    cluster.run(2)
    assert cluster.spread(second) == {"node2": 1}


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (placement(Constraints=["node.labels.x==y"]), "scheduling constraints not satisfied on 3 nodes"),
        (reserve(memory=1 << 40), "insufficient resources on 3 nodes"),
        (reserve(cpus=5), "insufficient resources on 3 nodes"),
        (
            reserve(GenericResources=[{"DiscreteResourceSpec": {"Kind": "gpu", "Value": 1}}]),
            "insufficient resources on 3 nodes",
        ),
        (placement(Platforms=[{"Architecture": "arm64", "OS": "linux"}]), "unsupported platform on 3 nodes"),
        (
            {"template": {"ContainerSpec": {"Image": "a", "Mounts": [{"Type": "cluster", "Source": "v"}]}}},
            "cannot fulfill requested CSI volume mounts on 3 nodes",
        ),
        (
            {
                "template": {
                    "ContainerSpec": {
                        "Image": "a",
                        "Mounts": [{"Type": "volume", "VolumeOptions": {"DriverConfig": {"Name": "rexray"}}}],
                    }
                }
            },
            "missing plugin on 3 nodes",
        ),
    ],
)
def test_a_task_that_fits_nowhere_says_why(parts: dict[str, Any], text: str) -> None:
    cluster = FakeCluster(3)
    service_id = cluster.create_service(service_spec(**parts))
    cluster.run(2)
    (task,) = cluster.tasks(service_id)
    assert (task.status.state, task.status.message) == (TaskState.PENDING, "pending task scheduling")
    assert task.status.error == f"no suitable node ({text})"


def test_reasons_are_sorted_by_how_many_nodes_they_concern() -> None:
    cluster = FakeCluster(3)
    cluster.set_availability(cluster.nodes[0], "drain")
    service_id = cluster.create_service(service_spec(**placement(Constraints=["node.labels.x==y"])))
    cluster.run(2)
    assert errors(cluster, service_id) == [
        "no suitable node (scheduling constraints not satisfied on 2 nodes; 1 node not available for new tasks)"
    ]


def test_with_no_node_available_the_task_waits_for_one() -> None:
    cluster = FakeCluster(3)
    for node_id, availability in zip(cluster.nodes, ("drain", "pause", "active"), strict=True):
        cluster.set_availability(node_id, availability)
    cluster.lose_node(cluster.nodes[2])
    service_id = cluster.create_service(service_spec())
    cluster.run(2)
    assert errors(cluster, service_id) == ["no suitable node (3 nodes not available for new tasks)"]
    cluster.set_availability(cluster.nodes[1], "active")
    cluster.run(2)
    assert cluster.spread(service_id) == {"node2": 1}
    assert cluster.tasks(service_id)[0].status.error == ""


def test_a_cluster_without_nodes_gives_no_reasons() -> None:
    cluster = FakeCluster(0)
    service_id = cluster.create_service(service_spec())
    cluster.run(2)
    assert errors(cluster, service_id) == ["no suitable node"]


def test_max_replicas_leaves_the_surplus_pending() -> None:
    cluster = FakeCluster(3)
    service_id = cluster.create_service(service_spec(replicas=5, **placement(MaxReplicas=1)))
    cluster.run(2)
    assert cluster.spread(service_id) == {"node1": 1, "node2": 1, "node3": 1}
    assert errors(cluster, service_id) == ["no suitable node (max replicas per node limit exceed)"] * 2


def test_a_host_port_is_given_once_a_node_and_protocol() -> None:
    cluster = FakeCluster(3)
    port = {"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080, "PublishMode": "host"}
    service_id = cluster.create_service(service_spec(replicas=4, EndpointSpec={"Mode": "vip", "Ports": [port]}))
    cluster.run(2)
    assert cluster.spread(service_id) == {"node1": 1, "node2": 1, "node3": 1}
    assert errors(cluster, service_id) == ["no suitable node (host-mode port already in use on 3 nodes)"]
    udp = cluster.create_service(
        service_spec("udp", EndpointSpec={"Mode": "vip", "Ports": [{**port, "Protocol": "udp"}]})
    )
    cluster.run(2)
    assert len(cluster.running(udp)) == 1


def test_what_is_reserved_is_free_again_when_its_task_is_gone() -> None:
    cluster = FakeCluster(1)
    big = cluster.create_service(service_spec("big", 2, **reserve(cpus=2, memory=4 * GIBIBYTE)))
    cluster.run(2)
    late = cluster.create_service(service_spec("late", 1, **reserve(cpus=0.5)))
    cluster.run(2)
    assert errors(cluster, late) == ["no suitable node (insufficient resources on 1 node)"]
    cluster.remove_service(big)
    cluster.run(2)
    assert len(cluster.running(late)) == 1


def test_generic_resources_are_counted_by_kind() -> None:
    cluster = FakeCluster(0)
    named = [{"NamedResourceSpec": {"Kind": "gpu", "Value": f"GPU-{number}"}} for number in range(2)]
    cluster.add_node("gpus", resources={"GenericResources": named})
    wanted = [{"DiscreteResourceSpec": {"Kind": "gpu", "Value": 1}}]
    service_id = cluster.create_service(service_spec(replicas=3, **reserve(GenericResources=wanted)))
    cluster.run(2)
    assert len(cluster.running(service_id)) == 2


def test_a_global_task_that_does_not_fit_gives_the_bare_reason() -> None:
    cluster = FakeCluster(2)
    small = cluster.add_node("small", cpus=1)
    service_id = cluster.create_service(service_spec(mode={"Global": {}}, **reserve(cpus=2)))
    cluster.run(2)
    assert len(cluster.running(service_id)) == 2
    (task,) = [task for task in cluster.tasks(service_id) if task.status.state is TaskState.PENDING]
    assert (task.node_id, task.status.error) == (small, "insufficient resources on 1 node")


def test_spread_preferences_even_out_zones_before_nodes() -> None:
    cluster = FakeCluster(0)
    for name, zone in (("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b")):
        cluster.add_node(name, labels={"zone": zone})
    spread = placement(Preferences=[{"Spread": {"SpreadDescriptor": "node.labels.zone"}}])
    service_id = cluster.create_service(service_spec(replicas=6, **spread))
    cluster.run(2)
    assert cluster.spread(service_id) == {"a1": 1, "a2": 1, "a3": 1, "b1": 3}


def test_a_zone_that_is_full_passes_its_share_on() -> None:
    cluster = FakeCluster(0)
    for name, zone in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        cluster.add_node(name, labels={"zone": zone})
    spread = placement(Preferences=[{"Spread": {"SpreadDescriptor": "node.labels.zone"}}], MaxReplicas=2)
    service_id = cluster.create_service(service_spec(replicas=6, **spread))
    cluster.run(2)
    assert cluster.spread(service_id) == {"a1": 2, "a2": 2, "b1": 2}


def test_nodes_without_the_label_are_a_zone_of_their_own() -> None:
    cluster = FakeCluster(0)
    cluster.add_node("a1", labels={"zone": "a"})
    cluster.add_node("plain1")
    cluster.add_node("plain2")
    spread = placement(Preferences=[{"Spread": {"SpreadDescriptor": "node.labels.zone"}}])
    service_id = cluster.create_service(service_spec(replicas=4, **spread))
    cluster.run(2)
    assert cluster.spread(service_id) == {"a1": 2, "plain1": 1, "plain2": 1}


def test_spread_preferences_nest() -> None:
    cluster = FakeCluster(0)
    for name, zone, rack in (("a1", "a", "1"), ("a2", "a", "2"), ("a3", "a", "2"), ("b1", "b", "1")):
        cluster.add_node(name, labels={"zone": zone, "rack": rack})
    preferences = [{"Spread": {"SpreadDescriptor": f"node.labels.{label}"}} for label in ("zone", "rack")]
    service_id = cluster.create_service(service_spec(replicas=8, **placement(Preferences=preferences)))
    cluster.run(2)
    assert cluster.spread(service_id) == {"a1": 2, "a2": 1, "a3": 1, "b1": 4}


def test_after_five_failures_on_a_node_another_one_is_preferred() -> None:
    cluster = FakeCluster(2)
    cluster.set_availability(cluster.nodes[1], "pause")
    policy = {"RestartPolicy": {"Condition": "any", "Delay": 0}}
    service_id = cluster.create_service(
        service_spec(image="crash:1", template={"ContainerSpec": {"Image": "crash:1"}, **policy})
    )
    cluster.run(8)
    assert set(cluster.spread(service_id)) == {"node1"}
    other = cluster.create_service(service_spec("other", 3))
    cluster.set_availability(cluster.nodes[1], "active")
    cluster.run(3)
    assert set(cluster.spread(service_id)) == {"node2"}
    assert set(cluster.spread(other)) == {"node1", "node2"}


def test_a_node_whose_state_is_unknown_gets_nothing_new() -> None:
    cluster = FakeCluster(2)
    cluster.change_node(cluster.nodes[0], status=NodeStatus(NodeState.UNKNOWN))
    service_id = cluster.create_service(service_spec(replicas=2))
    cluster.run(2)
    assert cluster.spread(service_id) == {"node2": 2}


def test_a_pending_task_that_an_update_gave_up_is_shut_down_by_the_scheduler() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(service_spec(**placement(Constraints=["node.labels.x==y"])))
    cluster.run(2)
    (pending,) = cluster.tasks(service_id)
    cluster.update_service(service_id, service_spec(image="web:2"))
    cluster.run(5)
    (running,) = cluster.running(service_id)
    assert running.spec["ContainerSpec"]["Image"] == "web:2"
    given_up = cluster.store.view.get(Task, pending.id)
    assert given_up is None or (given_up.status.state, given_up.status.error) == (TaskState.SHUTDOWN, "")


def test_managers_run_tasks_like_workers() -> None:
    cluster = FakeCluster(0)
    cluster.add_node("manager1", role=Role.MANAGER)
    cluster.add_node("worker1")
    service_id = cluster.create_service(service_spec(replicas=2))
    cluster.run(2)
    assert cluster.spread(service_id) == {"manager1": 1, "worker1": 1}


def test_scheduling_waits_for_a_pause_between_commits_but_not_longer_than_a_second() -> None:
    cluster = FakeCluster(1)
    service_id = cluster.create_service(service_spec())
    for _ in range(60):
        cluster.run(0.04)
        cluster.change_node(cluster.nodes[0], lb_addresses={"net": f"10.0.0.{cluster.kernel.now_us % 200}/24"})
        if cluster.tasks(service_id)[0].node_id:
            break
    assert 1.0 <= cluster.kernel.now_us / 1e6 <= 1.3


def test_an_idle_cluster_has_nothing_to_do() -> None:
    cluster = FakeCluster(3)
    cluster.create_service(service_spec(replicas=3))
    cluster.create_service(service_spec("nowhere", 2, **placement(Constraints=["node.labels.x==y"])))
    cluster.run(60)
    assert cluster.kernel.next_due_us() is None


def test_the_same_seed_places_alike_and_another_one_may_not() -> None:
    def layout(seed: int) -> list[str]:
        cluster = FakeCluster(5, seed=seed)
        names = dict(zip(cluster.nodes, range(5), strict=True))
        service_id = cluster.create_service(service_spec(replicas=7))
        cluster.run(2)
        return [str(names[task.node_id]) for task in cluster.tasks(service_id)]

    assert layout(1) == layout(1)
    assert len({tuple(layout(seed)) for seed in range(6)}) > 1


def test_a_lost_leadership_leaves_the_queue_whole() -> None:
    cluster = FakeCluster(1, commit_delay_us=1000)
    service_id = cluster.create_service(service_spec(replicas=2))
    cluster.run(0.04)
    cluster.store.failure = no_leader()
    cluster.run(1)
    assert cluster.spread(service_id) == {}
    cluster.store.failure = None
    cluster.lead()
    cluster.run(3)
    assert len(cluster.running(service_id)) == 2


def test_a_pending_task_that_scaling_kept_is_placed_when_a_node_fits() -> None:
    cluster = FakeCluster(1)
    nowhere = placement(Constraints=["node.labels.x==y"])
    service_id = cluster.create_service(service_spec(**nowhere))
    cluster.run(2)
    cluster.update_service(service_id, service_spec(replicas=2, **nowhere))
    cluster.run(2)
    cluster.change_node(cluster.nodes[0], Labels={"x": "y"})
    cluster.run(2)
    assert [task.slot for task in cluster.running(service_id)] == [1, 2]
