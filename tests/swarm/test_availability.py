"""Machines that die, partitions, lost quorum: section by section what the cluster does about it."""

import pytest

from playground.swarm.dispatcher import HEARTBEAT_FAILURE, HEARTBEAT_FAILURE_UNKNOWN, LEADERSHIP_CHANGE
from playground.swarm.errors import Code, RpcError
from playground.swarm.model import TaskState
from playground.swarm.node import LocalState
from tests.swarm.cluster import SwarmCluster, three_and_two


def test_a_dead_worker_is_down_after_three_missed_beats_and_its_tasks_run_elsewhere() -> None:
    cluster = three_and_two()
    cluster.create_service("web", 5)
    cluster.until(lambda: len(cluster.running("m1")) == 5)
    lost = set(cluster.engines["w1"].running())
    cluster.kill("w1")
    assert 8 < cluster.until(lambda: cluster.states()["w1"] == "down") < 17
    assert cluster.nodes_by_name()["w1"].node.status.message == HEARTBEAT_FAILURE
    cluster.until(lambda: len(cluster.running("m1")) == 5 and not lost & {task.id for task in cluster.running("m1")})
    old = [task for task in cluster.tasks("m1") if task.id in lost]
    assert [(task.status.state, task.desired_state) for task in old] == [(TaskState.RUNNING, TaskState.SHUTDOWN)]


def test_a_worker_that_returns_shuts_replaced_tasks_down_and_gets_none_back() -> None:
    cluster = three_and_two()
    cluster.create_service("web", 5)
    cluster.until(lambda: len(cluster.running("m1")) == 5)
    cluster.network.partition([["w1"], ["m1", "m2", "m3", "w2"]])
    cluster.until(lambda: cluster.states()["w1"] == "down")
    cluster.wait(10)
    assert len(cluster.engines["w1"].running()) == 1, "a cut worker keeps its tasks"
    cluster.network.heal()
    assert cluster.until(lambda: cluster.states()["w1"] == "ready") < 9
    cluster.until(lambda: not cluster.engines["w1"].running(), 5)
    cluster.wait(20)
    assert len(cluster.running("m1")) == 5
    assert not cluster.engines["w1"].running()


def test_another_manager_leads_when_the_leader_dies_and_nodes_register_anew() -> None:
    cluster = three_and_two()
    cluster.kill("m1")
    assert 9 < cluster.until(lambda: cluster.leader() in ("m2", "m3")) < 30
    leader = cluster.leader() or ""
    cluster.wait(0.05)
    node = cluster.nodes_by_name(leader)["m1"].node
    assert (node.status.state.value, node.status.message) == ("unknown", LEADERSHIP_CHANGE)
    others = [name for name in cluster.nodes if name != "m1"]
    assert cluster.until(lambda: all(cluster.states(leader)[name] == "ready" for name in others)) < 9
    assert 20 < cluster.until(lambda: cluster.states(leader)["m1"] == "down") < 35
    assert cluster.nodes_by_name(leader)["m1"].node.status.message == HEARTBEAT_FAILURE_UNKNOWN
    cluster.start("m1")
    cluster.until(lambda: cluster.states(leader)["m1"] == "ready", 10)
    cluster.wait(2)
    assert cluster.managers(leader)[leader] == "Leader"
    assert cluster.managers("m1") == cluster.managers(leader)


def test_a_partition_leaves_the_minority_without_answers_and_the_majority_at_work() -> None:
    cluster = three_and_two()
    cluster.create_service("web", 5)
    cluster.until(lambda: len(cluster.running("m1")) == 5)
    cluster.network.partition([["m1", "w1"], ["m2", "m3", "w2"]])
    cluster.until(lambda: cluster.leader() in ("m2", "m3"))
    leader = cluster.leader() or ""
    cluster.until(lambda: cluster.states(leader)["w1"] == "down" and cluster.states(leader)["m1"] == "down")
    with pytest.raises(RpcError, match="The swarm does not have a leader"):
        cluster.control("m1", "list_nodes")
    cluster.wait(10)
    assert len(cluster.running(leader)) == 5
    assert sum(len(engine.running()) for engine in cluster.engines.values()) > 5, "both sides run tasks"
    cluster.network.heal()
    cluster.wait(60)
    assert set(cluster.states("m1").values()) == {"ready"}
    assert sum(len(engine.running()) for engine in cluster.engines.values()) == 5


def test_without_quorum_writes_fail_then_everything_and_a_returning_manager_restores_it() -> None:
    cluster = three_and_two()
    cluster.kill("m2")
    cluster.kill("m3")
    cluster.wait(3)
    assert cluster.managers() == {"m1": "Leader", "m2": "Unreachable", "m3": "Unreachable"}
    with pytest.raises(RpcError, match="node lost leader status"):
        cluster.create_service("late", 1)
    with pytest.raises(RpcError) as late:
        cluster.control("m1", "list_nodes")
    assert late.value.code is Code.DEADLINE_EXCEEDED
    start_us = cluster.kernel.now_us
    with pytest.raises(RpcError, match="The swarm does not have a leader"):
        cluster.control("m1", "list_nodes")
    assert cluster.kernel.now_us == start_us
    assert cluster["m1"].state is LocalState.ACTIVE
    cluster.start("m2")
    cluster.until(lambda: cluster.leader() is not None)
    cluster.until(lambda: sum(state == "ready" for state in cluster.states("m1").values()) == 4, 60)


def test_force_new_cluster_keeps_every_object_and_only_one_manager() -> None:
    cluster = three_and_two()
    cluster.create_service("web", 5)
    cluster.until(lambda: len(cluster.running("m1")) == 5)
    before = cluster["m1"].node_id, cluster.token("manager")
    cluster.kill("m2")
    cluster.kill("m3")
    cluster.wait(20)
    assert cluster.init("m1", ForceNewCluster=True) == before[0]
    assert cluster.managers() == {"m1": "Leader"}
    assert cluster.token("manager") == before[1]
    cluster.until(lambda: cluster.states()["m2"] == "down" and cluster.states()["w1"] == "ready")
    cluster.until(lambda: len(cluster.running("m1")) == 5)
    cluster.control("m1", "remove_node", cluster.nodes_by_name()["m2"].node.id)
    assert "m2" not in cluster.states()


def test_a_manager_whose_certificate_was_revoked_meanwhile_waits_for_a_leader_in_vain() -> None:
    cluster = SwarmCluster("m1", "m2")
    cluster.init("m1")
    cluster.join("m2", "manager")
    gone = cluster["m2"].node_id
    cluster.kill("m2")
    cluster.wait(20)
    cluster.init("m1", ForceNewCluster=True)
    cluster.until(lambda: cluster.states()["m2"] == "down")
    cluster.control("m1", "remove_node", gone)
    cluster.start("m2")
    cluster.wait(40)
    assert cluster["m2"].state is LocalState.PENDING
    assert cluster["m2"].control_available
    with pytest.raises(RpcError, match="The swarm does not have a leader"):
        cluster.control("m2", "list_nodes")


def test_an_engine_that_stops_in_order_drops_its_containers_and_fails_its_tasks_on_return() -> None:
    cluster = SwarmCluster("m1", "w1")
    cluster.init("m1", Availability="drain")
    cluster.join("w1", "worker")
    cluster.create_service("web", 2)
    cluster.until(lambda: len(cluster.running("m1")) == 2)
    cluster.stop("w1")
    assert cluster.engines["w1"].containers == {}
    cluster.wait(2)
    cluster.start("w1")
    cluster.until(lambda: any(task.status.error.startswith("No such container") for task in cluster.tasks("m1")))
    cluster.until(lambda: len(cluster.engines["w1"].running()) == 2)


def test_a_crashed_task_is_reported_with_its_exit_code_and_replaced() -> None:
    cluster = three_and_two()
    cluster.create_service("web", 1)
    cluster.until(lambda: len(cluster.running("m1")) == 1)
    task = cluster.running("m1")[0]
    next(engine for engine in cluster.engines.values() if task.id in engine.containers).crash(task.id, 3)
    cluster.until(lambda: [each.id for each in cluster.running("m1")] not in ([task.id], []))
    failed = next(each for each in cluster.tasks("m1") if each.id == task.id)
    assert (failed.status.state, failed.status.error) == (TaskState.FAILED, "task: non-zero exit (3)")
    assert failed.status.container is not None
    assert failed.status.container.exit_code == 3


@pytest.mark.parametrize("seed", range(1, 7))
def test_a_manager_that_was_away_follows_a_leader_that_may_have_joined_meanwhile(seed: int) -> None:
    cluster = three_and_two(seed)
    cluster.kill("m3")
    for name in ("w1", "w2"):
        cluster.update_node(name, Role="manager")
        cluster.until(lambda joining=name: cluster.managers().get(joining) == "Reachable")
    cluster.wait(2)
    cluster.kill("m1")
    cluster.until(lambda: cluster.leader() not in (None, "m1"))
    leader = cluster.leader() or ""
    cluster.start("m3")
    cluster.until(lambda: cluster["m3"].control_available, 20)
    cluster.until(lambda: cluster.states(leader)["m3"] == "ready", 20)
    assert cluster.managers("m3") == cluster.managers(leader)
