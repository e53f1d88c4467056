from dataclasses import replace

import pytest

from playground.sim.kernel import SECOND
from playground.swarm.control.answers import ManagerStatus
from playground.swarm.control.filters import InvalidFilterValue
from playground.swarm.errors import BadConfiguration, Code, RpcError
from playground.swarm.model import Node, NodeState, Role, Task, TaskState
from tests.swarm.control_room import ControlRoom

WORKER = {"Role": "worker", "Availability": "active"}
DRAINED = {"Role": "manager", "Availability": "drain"}


@pytest.fixture
def room() -> ControlRoom:
    return ControlRoom()


def managers(room: ControlRoom, count: int) -> list[Node]:
    return [room.add_node(f"manager{at}", Role.MANAGER) for at in range(1, count + 1)]


def refused_demotion(room: ControlRoom, node: Node) -> RpcError:
    with pytest.raises(RpcError) as caught:
        room.run(room.api.update_node(node.id, node.version, WORKER))
    return caught.value


def test_a_manager_is_shown_with_its_place_in_raft(room: ControlRoom) -> None:
    first, second = managers(room, 2)
    worker = room.add_node("worker1")
    room.raft.down.append(second.id)
    answers = {answer.node.id: answer.manager_status for answer in room.run(room.api.list_nodes())}
    assert answers == {
        first.id: ManagerStatus(True, True, "10.0.0.1:2377"),
        second.id: ManagerStatus(False, False, "10.0.0.2:2377"),
        worker.id: None,
    }
    assert room.run(room.api.get_node(worker.id)).manager_status is None


def test_the_last_manager_stays(room: ControlRoom) -> None:
    error = refused_demotion(room, managers(room, 1)[0])
    assert error.code is Code.FAILED_PRECONDITION
    assert error.description == "attempting to demote the last manager of the swarm"


def test_a_demotion_that_costs_the_quorum_is_refused(room: ControlRoom) -> None:
    first, second, third = managers(room, 3)
    room.raft.down.append(third.id)
    error = refused_demotion(room, second)
    assert error.description == "can't remove member from the raft: this would result in a loss of quorum"
    assert room.run(room.api.update_node(third.id, third.version, WORKER)).desired_role is Role.WORKER
    assert room.store.view.get(Node, third.id).role is Role.MANAGER
    assert first.desired_role is Role.MANAGER


def test_a_manager_that_is_no_raft_member_cannot_be_demoted(room: ControlRoom) -> None:
    managers(room, 2)
    promoted = room.add_node("manager3", Role.MANAGER)
    room.raft.managers.remove(promoted.id)
    error = refused_demotion(room, promoted)
    assert (error.code, error.description) == (Code.NOT_FOUND, "can't find manager in raft memberlist")


def test_an_update_replaces_the_whole_spec(room: ControlRoom) -> None:
    node = room.add_node("worker1", labels={"a": "b"})
    updated = room.run(room.api.update_node(node.id, node.version, DRAINED))
    assert updated.spec == {"Labels": {}, **DRAINED}
    with pytest.raises(RpcError, match="update out of sequence"):
        room.run(room.api.update_node(node.id, node.version, DRAINED))
    with pytest.raises(BadConfiguration, match=r'^invalid Role: ""$'):
        room.run(room.api.update_node(node.id, updated.version, {"Availability": "active"}))
    with pytest.raises(BadConfiguration, match=r'^invalid Availability: "sleep"$'):
        room.run(room.api.update_node(node.id, updated.version, {"Role": "worker", "Availability": "sleep"}))


def test_a_node_that_is_up_is_removed_by_force_only(room: ControlRoom) -> None:
    node = room.add_node("worker1")
    with pytest.raises(RpcError) as caught:
        room.run(room.api.remove_node(node.id))
    assert caught.value.description == f"node {node.id} is not down and can't be removed"
    room.run(room.api.remove_node(node.id, force=True))
    assert room.store.view.get(Node, node.id) is None
    cluster = room.store.view.cluster()
    assert cluster is not None
    assert cluster.removed_nodes == {node.id: None}


def test_removed_nodes_are_forgotten_a_week_after_their_certificates_end(room: ControlRoom) -> None:
    day_us = 24 * 3600 * SECOND
    for name, ends_us in (("first", None), ("short", day_us), ("long", 90 * day_us)):
        room.put(replace(room.add_node(name, state=NodeState.DOWN), certificate_ends_us=ends_us))
        room.run(room.api.remove_node(f"{name}-id"))
    cluster = room.store.view.cluster()
    assert cluster is not None
    assert cluster.removed_nodes == {"first-id": None, "short-id": day_us, "long-id": 90 * day_us}
    room.kernel.run_until(8 * day_us - SECOND)
    last = room.add_node("last", state=NodeState.DOWN)
    room.run(room.api.remove_node(last.id))
    cluster = room.store.view.cluster()
    assert cluster is not None
    assert list(cluster.removed_nodes) == ["first-id", "short-id", "long-id", "last-id"]
    room.kernel.run_until(8 * day_us + 2 * SECOND)
    room.run(room.api.update_cluster(cluster.version, cluster.spec))
    cluster = room.store.view.cluster()
    assert cluster is not None
    assert list(cluster.removed_nodes) == ["first-id", "long-id", "last-id"]


def test_a_removed_node_leaves_its_tasks_orphaned(room: ControlRoom) -> None:
    node = room.add_node("worker1", state=NodeState.DOWN)
    web = room.service()
    room.add_task("live", web, node_id=node.id)
    room.add_task("dead", web, TaskState.FAILED, node_id=node.id)
    room.run(room.api.remove_node(node.id))
    live, dead = (room.store.view.get(Task, each) for each in ("live", "dead"))
    assert live is not None
    assert dead is not None
    assert (live.status.state, live.status.message) == (
        TaskState.ORPHANED,
        "Task belonged to a node that has been deleted",
    )
    assert dead.status.state is TaskState.FAILED


def test_a_raft_member_cannot_be_removed_even_by_force(room: ControlRoom) -> None:
    manager = managers(room, 2)[1]
    with pytest.raises(RpcError) as caught:
        room.run(room.api.remove_node(manager.id, force=True))
    assert caught.value.description == (
        f"node {manager.id} is a cluster manager and is a member of the raft cluster. "
        "It must be demoted to worker before removal"
    )


def test_nodes_are_filtered_by_what_they_are(room: ControlRoom) -> None:
    managers(room, 1)
    room.add_node("worker1", labels={"zone": "east"})
    room.add_node("worker2", labels={"zone": "west"})

    def listed(**filters: list[str]) -> list[str]:
        wanted = {key.replace("_", "."): value for key, value in filters.items()}
        return [answer.node.hostname for answer in room.run(room.api.list_nodes(wanted))]

    assert listed() == ["manager1", "worker1", "worker2"]
    assert listed(name=["work"]) == ["worker1", "worker2"]
    assert listed(role=["manager"]) == ["manager1"]
    assert listed(role=["Worker"]) == ["worker1", "worker2"]
    assert listed(node_label=["zone=west"]) == ["worker2"]
    assert listed(label=["zone"]) == []
    assert listed(membership=["pending"]) == []
    with pytest.raises(InvalidFilterValue, match=r"^Invalid role filter: 'boss'$"):
        listed(role=["boss"])
    with pytest.raises(BadConfiguration, match=r"^invalid filter 'foo'$"):
        listed(foo=[])
