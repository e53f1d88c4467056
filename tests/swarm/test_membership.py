"""Founding, joining and leaving: what succeeds, how long it takes, what is refused and how."""

from typing import Any

import pytest

from playground.swarm.errors import BadConfiguration, JoinFailed, NotManager, RpcError, SwarmError, Unavailable
from playground.swarm.model import Role
from playground.swarm.node import LocalState
from tests.swarm.cluster import SwarmCluster, three_and_two


def duration(cluster: SwarmCluster, action: Any, *arguments: Any, **named: Any) -> float:
    start_us = cluster.kernel.now_us
    action(*arguments, **named)
    return (cluster.kernel.now_us - start_us) / 1e6


def test_init_takes_about_six_tenths_of_a_second_and_a_leader_answers() -> None:
    cluster = SwarmCluster("m1")
    assert 0.5 < duration(cluster, cluster.init, "m1") < 0.75
    assert cluster["m1"].state is LocalState.ACTIVE
    assert cluster.managers() == {"m1": "Leader"}
    assert cluster.states() == {"m1": "ready"}
    assert cluster["m1"].remote_managers() == [(cluster["m1"].node_id, "10.0.0.2:2377")]


def test_versions_after_init_count_what_a_real_manager_writes() -> None:
    """A real engine's node has index 9 then, and its cluster 10: recorded in ``15-unsettled``."""
    cluster = SwarmCluster("m1")
    cluster.init("m1")
    assert cluster.nodes_by_name()["m1"].node.version == 9
    assert cluster.control("m1", "get_cluster").version == 10


def test_the_networks_get_new_keys_every_twelve_hours() -> None:
    cluster = SwarmCluster("m1")
    cluster.init("m1")
    first = cluster.control("m1", "get_cluster")
    cluster.wait(12 * 3600 - 5)
    assert cluster.control("m1", "get_cluster").version == first.version
    cluster.wait(10)
    later = cluster.control("m1", "get_cluster")
    assert later.version > first.version
    assert later.network_key == first.network_key + 2


def test_a_worker_joins_in_two_tenths_and_a_manager_in_six_tenths_of_a_second() -> None:
    cluster = SwarmCluster("m1", "m2", "w1")
    cluster.init("m1")
    tokens = cluster.token("manager"), cluster.token("worker")
    assert 0.5 < duration(cluster, cluster.join, "m2", "manager", token=tokens[0]) < 0.75
    assert 0.08 < duration(cluster, cluster.join, "w1", "worker", token=tokens[1]) < 0.3
    assert cluster.managers() == {"m1": "Leader", "m2": "Reachable"}
    assert cluster.nodes_by_name()["w1"].node.role is Role.WORKER
    assert not cluster["w1"].control_available
    assert cluster.managers("m2") == cluster.managers("m1")


def test_the_spec_of_init_is_merged_into_the_defaults() -> None:
    cluster = SwarmCluster("m1")
    cluster.init("m1", Spec={"Orchestration": {"TaskHistoryRetentionLimit": 2}}, Availability="drain")
    spec = cluster.control("m1", "get_cluster").spec
    assert spec["Orchestration"] == {"TaskHistoryRetentionLimit": 2}
    assert spec["Dispatcher"] == {"HeartbeatPeriod": 5_000_000_000}
    assert cluster.nodes_by_name()["m1"].node.spec["Availability"] == "drain"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"ListenAddr": ""}, 'invalid ListenAddr "": invalid empty address'),
        (
            {"AdvertiseAddr": "0.0.0.0"},
            "advertise address must be a non-zero IP address or network interface (with optional port number)",
        ),
        (
            {"ListenAddr": "here:2377"},
            "listen address must be an IP address or network interface (with optional port number)",
        ),
        ({"DefaultAddrPool": ["10.0.0.0/8"], "SubnetSize": 30}, "subnet size is out of range: 30"),
        ({"DefaultAddrPool": ["10.0.0.0/26"]}, 'invalid CIDR: "10.0.0.0/26". Subnet size is too small for pool: 24'),
        ({"DataPathPort": 80}, "Datapath port number is not in valid range (1024-49151) : 80"),
        ({"Spec": {"Name": "mine"}}, 'swarm spec must be named "default"'),
    ],
)
def test_init_refuses_what_makes_no_sense(changes: dict[str, Any], text: str) -> None:
    cluster = SwarmCluster("m1")
    with pytest.raises(SwarmError) as refusal:
        cluster.init("m1", **changes)
    assert str(refusal.value) == text
    assert cluster["m1"].state is LocalState.INACTIVE


def test_a_node_in_a_swarm_neither_founds_nor_joins_another() -> None:
    cluster = SwarmCluster("m1", "w1")
    cluster.init("m1")
    cluster.join("w1", "worker")
    for attempt in (lambda: cluster.init("w1"), lambda: cluster.join("w1", "worker")):
        with pytest.raises(Unavailable, match="already part of a swarm"):
            attempt()
    with pytest.raises(NotManager, match="Worker nodes can't be used"):
        cluster.init("w1", ForceNewCluster=True)


def test_outside_a_swarm_nothing_is_answered() -> None:
    cluster = SwarmCluster("m1")
    with pytest.raises(NotManager, match='Use "docker swarm init"'):
        cluster.control("m1", "list_nodes")
    with pytest.raises(Unavailable, match="This node is not part of a swarm"):
        cluster.run(cluster["m1"].leave(force=True))


def test_a_malformed_token_fails_at_once_and_a_wrong_one_after_ten_seconds() -> None:
    cluster = SwarmCluster("m1", "m2", "w1")
    cluster.init("m1")
    cluster.init("m2")
    right = cluster.token("worker")
    cases: list[tuple[str, type[Exception], str, float]] = [
        ("nonsense", JoinFailed, "invalid join token", 0),
        (cluster.token("worker", "m2"), JoinFailed, "remote CA does not match fingerprint. Expected: ", 10),
        (right[:-4] + "0000", RpcError, "A valid join token is necessary to join this cluster", 10),
    ]
    for token, kind, text, seconds in cases:
        start_us = cluster.kernel.now_us
        with pytest.raises(kind, match=text):
            cluster.join("w1", "worker", token=token)
        assert seconds <= (cluster.kernel.now_us - start_us) / 1e6 < seconds + 0.2
        assert cluster["w1"].state is LocalState.INACTIVE
    cluster.join("w1", "worker")
    assert sorted(cluster.states()) == ["m1", "w1"]


def test_a_token_that_asks_for_fips_is_refused_at_once() -> None:
    cluster = SwarmCluster("m1", "w1")
    cluster.init("m1")
    with pytest.raises(JoinFailed, match="node is not FIPS-enabled but cluster requires FIPS"):
        cluster.join("w1", "worker", token=cluster.token("worker").replace("-1-", "-2-1-", 1))


@pytest.mark.parametrize(
    ("remote", "refusal"),
    [
        ("10.0.0.2:x", "lookup udp/x: unknown port"),
        ("10.0.0.2:77777", "address 77777: invalid port"),
        ("nobody:2377", "lookup nobody on 127.0.0.53:53: no such host"),
        ("http://10.0.0.2:2377", "address http://10.0.0.2:2377: too many colons in address"),
    ],
)
def test_where_nothing_can_be_sent_a_join_ends_at_once_and_another_can_follow(remote: str, refusal: str) -> None:
    cluster = SwarmCluster("m1", "w1")
    cluster.init("m1")
    request = {"ListenAddr": "0.0.0.0:2377", "RemoteAddrs": [remote], "JoinToken": cluster.token("worker")}
    with pytest.raises(SwarmError) as error:
        cluster.run(cluster["w1"].join(request))
    assert str(error.value) == f"could not find local IP address: dial udp: {refusal}"
    assert cluster["w1"].state is LocalState.INACTIVE
    cluster.run(cluster["w1"].join({**request, "RemoteAddrs": ["m1:2377"]}))
    assert cluster["w1"].state is LocalState.ACTIVE


def test_where_nothing_listens_joining_is_refused_after_ten_seconds() -> None:
    cluster = SwarmCluster("m1", "w1", "w2")
    cluster.init("m1")
    cluster.join("w1", "worker")
    token = cluster.token("worker")
    with pytest.raises(RpcError) as refusal:
        cluster.join("w2", "worker", at="w1", token=token)
    assert str(refusal.value) == (
        'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: '
        'dial tcp 10.0.0.3:2377: connect: connection refused"'
    )


def test_a_manager_is_found_on_its_own_port_only() -> None:
    cluster = SwarmCluster("m1", "w1")
    cluster.init("m1")
    address = cluster["m1"].node_address
    request = {
        "ListenAddr": "0.0.0.0:2377",
        "RemoteAddrs": [f"{address}:2337"],
        "JoinToken": cluster.token("worker"),
    }
    cluster.kernel.spawn(cluster["w1"].join(request))
    with pytest.raises(RpcError, match=f"dial tcp {address}:2337: connect: connection refused"):
        cluster.kernel.run_until(cluster.kernel.now_us + 30_000_000)


def test_a_blackholed_manager_leaves_the_node_pending_after_twenty_seconds() -> None:
    cluster = SwarmCluster("m1", "w1")
    cluster.init("m1")
    token = cluster.token("worker")
    cluster.network.partition([["m1"], ["w1"]])
    start_us = cluster.kernel.now_us
    with pytest.raises(Unavailable, match="Timeout was reached before node joined"):
        cluster.join("w1", "worker", token=token)
    assert cluster.kernel.now_us - start_us == 20_000_000
    assert cluster["w1"].state is LocalState.PENDING
    with pytest.raises(Unavailable, match="already part of a swarm"):
        cluster.join("w1", "worker", token=token)
    cluster.network.heal()
    cluster.until(lambda: cluster["w1"].state is LocalState.ACTIVE, 20)


def test_a_join_that_has_no_certificate_yet_is_forgotten_when_the_engine_restarts() -> None:
    cluster = SwarmCluster("m1", "w1")
    cluster.init("m1")
    token = cluster.token("worker")
    cluster.network.partition([["m1"], ["w1"]])
    with pytest.raises(Unavailable, match="Timeout was reached before node joined"):
        cluster.join("w1", "worker", token=token)
    cluster["w1"].stop(orderly=True)
    cluster["w1"].start()
    assert cluster["w1"].state is LocalState.INACTIVE
    cluster.network.heal()
    cluster.join("w1", "worker", token=token)
    assert cluster["w1"].state is LocalState.ACTIVE


def test_join_needs_an_address() -> None:
    cluster = SwarmCluster("w1")
    with pytest.raises(BadConfiguration, match="at least 1 RemoteAddr is required to join"):
        cluster.run(cluster["w1"].join({"ListenAddr": "0.0.0.0:2377"}))


def test_a_worker_leaves_freely_and_is_down_when_its_beats_are_missed() -> None:
    cluster = three_and_two()
    cluster.create_service("web", 5)
    cluster.until(lambda: len(cluster.running("m1")) == 5)
    cluster.run(cluster["w1"].leave(force=False))
    assert cluster["w1"].state is LocalState.INACTIVE
    assert cluster.engines["w1"].containers == {}
    assert cluster.states()["w1"] == "ready"
    assert 8 < cluster.until(lambda: cluster.states()["w1"] == "down") < 17
    cluster.join("w1", "worker")
    assert cluster.nodes_by_name()["w1"].node.status.state.value == "ready"


def test_no_manager_leaves_without_force_and_one_that_does_stays_a_raft_member() -> None:
    cluster = three_and_two()
    with pytest.raises(Unavailable) as refusal:
        cluster.run(cluster["m3"].leave(force=False))
    assert str(refusal.value).startswith("You are attempting to leave the swarm on a node that is participating")
    cluster.run(cluster["m3"].leave(force=True))
    cluster.wait(5)
    assert cluster.managers() == {"m1": "Leader", "m2": "Reachable", "m3": "Unreachable"}


def test_the_refusal_to_leave_counts_managers_when_quorum_would_go() -> None:
    cluster = SwarmCluster("m1", "m2")
    cluster.init("m1")
    with pytest.raises(Unavailable, match="Removing the last manager erases all current state of the swarm"):
        cluster.run(cluster["m1"].leave(force=False))
    cluster.join("m2", "manager")
    with pytest.raises(Unavailable, match=r"leaves 1 managers out of 2\. Without a Raft quorum"):
        cluster.run(cluster["m2"].leave(force=False))


def test_a_removed_node_comes_back_pending_and_can_leave_and_join_again() -> None:
    cluster = three_and_two()
    cluster.kill("w2")
    cluster.until(lambda: cluster.states()["w2"] == "down")
    cluster.control("m1", "remove_node", cluster.nodes_by_name()["w2"].node.id)
    cluster.start("w2")
    cluster.wait(40)
    assert (cluster["w2"].state, cluster["w2"].error) == (LocalState.PENDING, "")
    cluster.run(cluster["w2"].leave(force=False))
    cluster.join("w2", "worker")
    assert cluster.states()["w2"] == "ready"


def test_certificates_are_renewed_before_they_expire_and_an_expired_one_keeps_a_node_out() -> None:
    cluster = SwarmCluster("m1", "w1")
    cluster.init("m1", Spec={"CAConfig": {"NodeCertExpiry": 3_600_000_000_000}})
    cluster.join("w1", "worker")
    cluster.wait(7200)
    assert cluster.states() == {"m1": "ready", "w1": "ready"}
    cluster.kill("w1")
    cluster.wait(7200)
    cluster.start("w1")
    cluster.wait(1)
    assert cluster["w1"].state is LocalState.ERROR
    assert cluster["w1"].error.startswith("Swarm certificates have expired.")
