from dataclasses import replace
from random import Random
from typing import Any

import pytest

from playground.swarm.control.cluster import DEFAULT_SPEC, initial_cluster
from playground.swarm.errors import BadConfiguration, Code, RpcError
from playground.swarm.model import Cluster
from playground.swarm.tokens import parse_join_token
from tests.swarm.control_room import ROOT, ControlRoom


@pytest.fixture
def room() -> ControlRoom:
    return ControlRoom()


def stored(room: ControlRoom) -> Cluster:
    cluster = room.store.view.cluster()
    assert cluster is not None
    return cluster


def with_autolock(on: bool) -> dict[str, Any]:
    return {**DEFAULT_SPEC, "EncryptionConfig": {"AutoLockManagers": on}}


def update(room: ControlRoom, spec: Any, **rotate: bool) -> Cluster:
    return room.run(room.api.update_cluster(stored(room).version, spec, **rotate))


def test_a_new_cluster_has_the_default_spec_and_two_tokens_of_its_root() -> None:
    cluster = initial_cluster(Random(1), ROOT)
    assert cluster.spec == DEFAULT_SPEC
    worker, manager = (parse_join_token(each) for each in (cluster.join_token_worker, cluster.join_token_manager))
    assert worker.digest == manager.digest == ROOT.digest
    assert worker.secret != manager.secret
    assert cluster.unlock_key == ""
    assert (cluster.default_address_pool, cluster.subnet_size, cluster.data_path_port) == (("10.0.0.0/8",), 24, 4789)


def test_what_an_init_leaves_out_or_gives_as_zero_has_its_default() -> None:
    spec = {
        "Orchestration": {"TaskHistoryRetentionLimit": 0},
        "Dispatcher": {"HeartbeatPeriod": 2_000_000_000},
        "Raft": {"SnapshotInterval": 0},
    }
    merged = initial_cluster(Random(1), ROOT, spec).spec
    assert merged["Orchestration"] == {"TaskHistoryRetentionLimit": 0}
    assert merged["Dispatcher"] == {"HeartbeatPeriod": 2_000_000_000}
    assert merged["Raft"] == DEFAULT_SPEC["Raft"]
    assert merged["CAConfig"] == DEFAULT_SPEC["CAConfig"]


def test_an_update_gives_the_whole_spec(room: ControlRoom) -> None:
    updated = update(room, {"Orchestration": {"TaskHistoryRetentionLimit": 2}})
    assert updated.spec == {
        "Name": "default",
        "Labels": {},
        "Orchestration": {"TaskHistoryRetentionLimit": 2},
        "Raft": {"KeepOldSnapshots": 0, "ElectionTick": 0, "HeartbeatTick": 0},
        "Dispatcher": {},
        "CAConfig": {},
        "TaskDefaults": {},
        "EncryptionConfig": {"AutoLockManagers": False},
    }


def test_an_update_from_another_version_is_refused(room: ControlRoom) -> None:
    with pytest.raises(RpcError, match="update out of sequence"):
        room.run(room.api.update_cluster(stored(room).version + 1, DEFAULT_SPEC))


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({"CAConfig": {"NodeCertExpiry": 1_000_000_000}}, "minimum certificate expiry time is: 1h0m0s"),
        ({"Dispatcher": {"HeartbeatPeriod": -1}}, "heartbeat time period cannot be a negative duration"),
        (
            {"CAConfig": {"SigningCAKey": "key"}},
            "if a signing CA key is provided, the signing CA cert must also be provided",
        ),
    ],
)
def test_values_out_of_range_are_refused(room: ControlRoom, spec: dict[str, Any], text: str) -> None:
    with pytest.raises(RpcError) as caught:
        update(room, spec)
    assert (caught.value.code, caught.value.description) == (Code.INVALID_ARGUMENT, text)


def test_a_cluster_is_called_default(room: ControlRoom) -> None:
    with pytest.raises(BadConfiguration, match=r'^swarm spec must be named "default"$'):
        update(room, {"Name": "mine"})


def test_each_role_has_its_token_renewed_by_itself(room: ControlRoom) -> None:
    before = stored(room)
    after = update(room, DEFAULT_SPEC, rotate_worker_token=True)
    assert after.join_token_worker != before.join_token_worker
    assert after.join_token_manager == before.join_token_manager
    assert parse_join_token(after.join_token_worker).digest == ROOT.digest


def test_an_unlock_key_comes_and_goes_with_autolock(room: ControlRoom) -> None:
    def key() -> str:
        return room.run(room.api.get_unlock_key())

    assert key() == ""
    update(room, with_autolock(True))
    first = key()
    assert first.startswith("SWMKEY-1-")
    update(room, with_autolock(True))
    assert key() == first
    update(room, with_autolock(True), rotate_unlock_key=True)
    assert key() != first
    update(room, with_autolock(False), rotate_unlock_key=True)
    assert key() == ""


def test_secret_keys_are_not_shown(room: ControlRoom) -> None:
    shown = update(room, with_autolock(True))
    assert shown.unlock_key == ""
    assert shown.root is not None
    assert shown.root.key_pem == ""
    assert room.run(room.api.get_cluster()) == shown
    assert stored(room).unlock_key != ""


def test_a_rotation_of_the_root_is_somebody_elses_work(room: ControlRoom) -> None:
    spec = {**DEFAULT_SPEC, "CAConfig": {"ForceRotate": 1}}
    with pytest.raises(RpcError, match="not emulated"):
        update(room, spec)
    room.api._rotate_root = lambda cluster, config: replace(cluster, root_rotation_in_progress=True)
    assert update(room, spec).root_rotation_in_progress
