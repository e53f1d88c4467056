"""Promotion, demotion, autolock, logs, and that one seed gives one trace."""

import os
import subprocess
import sys

import pytest

from playground.sim.kernel import SECOND
from playground.swarm.errors import BadConfiguration, InvalidUnlockKey, NotLocked, NotManager, RpcError, Unavailable
from playground.swarm.log_broker import LogMessage, LogOptions, LogSelector
from playground.swarm.model import Role, Service
from playground.swarm.node import LocalState
from tests.swarm.cluster import SwarmCluster, three_and_two


def test_a_promoted_worker_becomes_a_manager_that_answers() -> None:
    cluster = three_and_two()
    cluster.update_node("w1", Role="manager")
    assert "w1" not in cluster.managers()
    cluster.until(lambda: cluster.managers().get("w1") == "Reachable", 5)
    cluster.until(lambda: cluster["w1"].control_available, 5)
    assert cluster.states("w1") == cluster.states("m1")


def test_a_demoted_manager_leaves_raft_and_keeps_its_tasks() -> None:
    cluster = three_and_two()
    cluster.create_service("web", 5)
    cluster.until(lambda: len(cluster.running("m1")) == 5)
    tasks = cluster.engines["m3"].running()
    cluster.update_node("m3", Role="worker")
    cluster.until(lambda: "m3" not in cluster.managers(), 5)
    cluster.until(lambda: not cluster["m3"].is_manager, 5)
    with pytest.raises(NotManager, match="Worker nodes can't be used"):
        cluster.control("m3", "list_nodes")
    cluster.wait(10)
    assert cluster.engines["m3"].running() == tasks
    assert cluster.states()["m3"] == "ready"
    cluster.update_node("m3", Role="manager")
    cluster.until(lambda: cluster.managers().get("m3") == "Reachable", 10)


def test_a_demoted_leader_hands_the_leadership_over_first() -> None:
    cluster = three_and_two()
    cluster.update_node("m1", Role="worker")
    cluster.until(lambda: not cluster["m1"].is_manager, 30)
    leader = cluster.leader() or ""
    assert leader in ("m2", "m3")
    cluster.until(lambda: sorted(cluster.managers(leader)) == ["m2", "m3"], 30)
    cluster.wait(10)
    assert cluster.states(leader)["m1"] == "ready"


def test_a_down_manager_that_was_demoted_becomes_a_worker_when_it_returns() -> None:
    cluster = three_and_two()
    cluster.kill("m3")
    cluster.wait(5)
    cluster.update_node("m3", Role="worker")
    cluster.until(lambda: "m3" not in cluster.managers(), 10)
    cluster.start("m3")
    cluster.until(lambda: cluster["m3"].state is LocalState.ACTIVE and not cluster["m3"].is_manager, 60)
    assert cluster.nodes_by_name()["m3"].node.role is Role.WORKER
    cluster.wait(60)
    assert cluster.states()["m3"] == "ready"
    assert sorted(cluster.managers()) == ["m1", "m2"]


def locked_pair() -> tuple[SwarmCluster, str]:
    cluster = SwarmCluster("m1", "m2", "w1")
    cluster.init("m1", AutoLockManagers=True, Spec={"EncryptionConfig": {"AutoLockManagers": True}})
    cluster.join("m2", "manager")
    cluster.join("w1", "worker")
    cluster.wait(3)
    return cluster, str(cluster.control("m1", "get_unlock_key"))


def restart(cluster: SwarmCluster, name: str) -> None:
    cluster.stop(name)
    cluster.wait(2)
    cluster.start(name)
    cluster.wait(1)


def test_a_manager_with_autolock_comes_up_locked_and_only_the_key_helps() -> None:
    cluster, key = locked_pair()
    restart(cluster, "m2")
    node = cluster["m2"]
    assert (node.state, node.node_id, node.node_address) == (LocalState.LOCKED, "", "10.0.0.3")
    with pytest.raises(NotManager, match="Swarm is encrypted and needs to be unlocked"):
        cluster.control("m2", "list_nodes")
    with pytest.raises(Unavailable, match="Swarm is encrypted and locked"):
        cluster.run(node.leave(force=False))
    with pytest.raises(Unavailable, match="already part of a swarm"):
        cluster.init("m2")
    with pytest.raises(InvalidUnlockKey, match="swarm could not be unlocked: invalid key provided"):
        cluster.run(node.unlock("SWMKEY-1-7c37Cc8654o6p38HnroywCi19pllOnGtbdZEgtKxZu8"))
    with pytest.raises(BadConfiguration, match="invalid key string"):
        cluster.run(node.unlock("nonsense"))
    cluster.run(node.unlock(key))
    cluster.until(lambda: cluster.managers("m2") == {"m1": "Leader", "m2": "Reachable"}, 20)
    with pytest.raises(NotLocked, match="swarm is not locked"):
        cluster.run(cluster["m1"].unlock(key))
    with pytest.raises(NotManager, match="Worker nodes can't be used"):
        cluster.run(cluster["w1"].unlock(key))


def set_autolock(cluster: SwarmCluster, on: bool, rotate: bool = False) -> str:
    current = cluster.control("m1", "get_cluster")
    spec = {**current.spec, "EncryptionConfig": {"AutoLockManagers": on}}
    cluster.control("m1", "update_cluster", current.version, spec, rotate_unlock_key=rotate)
    return str(cluster.control("m1", "get_unlock_key"))


def test_a_rotated_key_reaches_only_managers_that_are_up() -> None:
    cluster = three_and_two()
    old = set_autolock(cluster, on=True)
    cluster.wait(3)
    cluster.stop("m3")
    new = set_autolock(cluster, on=True, rotate=True)
    assert new != old
    cluster.wait(3)
    restart(cluster, "m2")
    with pytest.raises(InvalidUnlockKey):
        cluster.run(cluster["m2"].unlock(old))
    cluster.run(cluster["m2"].unlock(new))
    cluster.start("m3")
    cluster.wait(1)
    with pytest.raises(InvalidUnlockKey):
        cluster.run(cluster["m3"].unlock(new))
    cluster.run(cluster["m3"].unlock(old))


def test_without_autolock_a_manager_comes_up_by_itself_and_a_worker_is_never_locked() -> None:
    cluster, _ = locked_pair()
    restart(cluster, "w1")
    cluster.until(lambda: cluster["w1"].state is LocalState.ACTIVE, 5)
    assert set_autolock(cluster, on=False) == ""
    cluster.wait(3)
    restart(cluster, "m2")
    cluster.until(lambda: cluster["m2"].control_available, 5)


def read_logs(cluster: SwarmCluster, service_id: str) -> list[LogMessage]:
    async def read() -> list[LogMessage]:
        return [message async for message in cluster["m2"].logs(LogSelector((service_id,)), LogOptions())]

    return cluster.run(read())


def say_everywhere(cluster: SwarmCluster, text: str) -> None:
    for engine in cluster.engines.values():
        for task_id in engine.running():
            engine.say(task_id, f"{engine.name} {text}\n")


def test_service_logs_come_from_every_node_and_a_dead_one_is_named() -> None:
    cluster = three_and_two()
    cluster.create_service("web", 5)
    cluster.until(lambda: len(cluster.running("m1")) == 5)
    view = cluster["m1"].view()
    assert view is not None
    service = view.by_name(Service, "web")
    assert service is not None
    say_everywhere(cluster, "hello")
    lines = sorted(message.data.decode() for message in read_logs(cluster, service.id))
    assert lines == [f"{name} hello\n" for name in ("m1", "m2", "m3", "w1", "w2")]
    node_id = cluster["w1"].node_id
    cluster.kill("w1")
    cluster.until(lambda: cluster.states()["w1"] == "down")
    with pytest.raises(RpcError, match=f"incomplete log stream.*: node {node_id} is not available"):
        read_logs(cluster, service.id)


def test_followed_logs_go_on_until_they_are_closed() -> None:
    cluster = three_and_two()
    cluster.create_service("web", 2)
    cluster.until(lambda: len(cluster.running("m1")) == 2)
    view = cluster["m1"].view()
    assert view is not None
    service = view.by_name(Service, "web")
    assert service is not None
    heard: list[bytes] = []

    async def follow() -> None:
        stream = cluster["m1"].logs(LogSelector((service.id,)), LogOptions(follow=True))
        async for message in stream:
            heard.append(message.data)
            if len(heard) == 4:
                break
        await stream.aclose()

    task = cluster.kernel.spawn(follow())
    task.when_done(lambda _: None)
    cluster.wait(1)
    say_everywhere(cluster, "one")
    cluster.wait(1)
    assert len(heard) == 2
    say_everywhere(cluster, "two")
    cluster.wait(1)
    assert task.done
    assert all(not followers for engine in cluster.engines.values() for followers in engine.followers.values())


def test_store_changes_are_told_to_whoever_watches_a_manager() -> None:
    cluster = three_and_two()
    heard: list[str] = []
    stop = cluster["m2"].watch(lambda changes: heard.extend(type(change.object).__name__ for change in changes))
    cluster.create_service("web", 1)
    cluster.wait(1)
    assert heard[0] == "Service"
    assert "Task" in heard
    stop()
    count = len(heard)
    cluster.create_service("more", 1)
    cluster.wait(1)
    assert len(heard) == count


def busy_trace(seed: int) -> str:
    """A life full of events, as text."""
    cluster = SwarmCluster("m1", "m2", "m3", "w1", "w2", seed=seed)
    trace: list[str] = []
    cluster.network.observer = lambda source, target, service, payload, due_us: trace.append(
        f"{due_us} {source} {target} {service} {type(payload).__name__}"
    )
    cluster.init("m1")
    for name, role in (("m2", "manager"), ("m3", "manager"), ("w1", "worker"), ("w2", "worker")):
        cluster.join(name, role)
    cluster.create_service("web", 6)
    cluster.wait(5)
    cluster.kill("w1")
    cluster.network.partition([["m1"], ["m2", "m3", "w2"]])
    cluster.wait(60)
    cluster.network.heal()
    cluster.start("w1")
    cluster.wait(60)
    tasks = [f"{task.id} {task.node_id} {task.status.state.word}" for task in cluster.tasks("m2")]
    return "\n".join([*trace, *tasks])


def test_a_demoted_managers_role_follows_its_leaving_raft_at_the_next_look() -> None:
    cluster = SwarmCluster("m1", "m2")
    cluster.init("m1")
    cluster.join("m2", "manager")
    cluster.wait(2)
    cluster.update_node("m2", Role="worker")
    cluster.wait(0.1)
    assert cluster.managers() == {"m1": "Leader"}
    assert cluster.nodes_by_name()["m2"].node.role is Role.MANAGER
    with pytest.raises(RpcError, match="this would result in a loss of quorum"):
        cluster.update_node("m1", Role="worker")
    assert 0 < cluster.until(lambda: cluster.nodes_by_name()["m2"].node.role is Role.WORKER) <= 5
    with pytest.raises(RpcError, match="attempting to demote the last manager"):
        cluster.update_node("m1", Role="worker")


def test_one_seed_gives_one_trace() -> None:
    assert busy_trace(7) == busy_trace(7)
    assert busy_trace(7) != busy_trace(8)


def test_the_trace_is_the_same_in_another_process_with_another_hash_seed() -> None:
    program = (
        "import hashlib; from tests.swarm.test_roles_and_locks import busy_trace; "
        "print(hashlib.sha256(busy_trace(3).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_an_idle_hour_costs_few_events() -> None:
    cluster = three_and_two()
    before = cluster.kernel.events_done
    cluster.wait(3600)
    assert cluster.kernel.events_done - before < 45_000
    assert cluster.kernel.now_us > 3600 * SECOND


def test_a_rotated_root_reaches_every_node_and_the_tokens_follow_it() -> None:
    cluster = three_and_two()
    before = cluster.control("m1", "get_cluster")
    spec = {**before.spec, "CAConfig": {**before.spec["CAConfig"], "ForceRotate": 1}}
    cluster.control("m1", "update_cluster", before.version, spec)
    assert cluster.control("m1", "get_cluster").root_rotation_in_progress
    cluster.until(lambda: not cluster.control("m1", "get_cluster").root_rotation_in_progress, 60)
    after = cluster.control("m1", "get_cluster")
    assert after.root.certificate_pem != before.root.certificate_pem
    roots = {answer.node.description["TLSInfo"]["TrustRoot"] for answer in cluster.nodes_by_name().values()}
    assert roots == {after.root.certificate_pem}
    assert after.join_token_worker != before.join_token_worker
    cluster.run(cluster["w2"].leave(force=False))
    cluster.join("w2", "worker")
