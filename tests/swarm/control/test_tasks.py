import pytest

from playground.swarm.control.filters import InvalidFilterValue
from playground.swarm.errors import BadConfiguration, RpcError
from playground.swarm.model import TaskState
from tests.swarm.control_room import ControlRoom


@pytest.fixture
def room() -> ControlRoom:
    return ControlRoom()


def listed(room: ControlRoom, **filters: list[str]) -> list[str]:
    wanted = {key.replace("_", "-"): value for key, value in filters.items()}
    return [task.id for task in room.run(room.api.list_tasks(wanted))]


def test_tasks_are_filtered_by_service_node_name_and_desired_state(room: ControlRoom) -> None:
    web, api = room.service(Labels={"tier": "front"}), room.service(name="api")
    room.add_task("c", web, slot=1, node_id="n1", service_labels={"tier": "front"})
    room.add_task("a", web, slot=2, node_id="n2", desired=TaskState.SHUTDOWN)
    room.add_task("b", api, slot=1, node_id="n1")
    assert listed(room) == ["a", "b", "c"]
    assert listed(room, service=[web.id]) == ["a", "c"]
    assert listed(room, service=[web.id, api.id]) == ["a", "b", "c"]
    assert listed(room, node=["n1"]) == ["b", "c"]
    assert listed(room, service=[web.id], node=["n1"]) == ["c"]
    assert listed(room, name=["web.1"]) == ["c"]
    assert listed(room, id=["a", "b"]) == ["a", "b"]
    assert listed(room, label=["tier=front"]) == ["c"]
    assert listed(room, desired_state=["shutdown"]) == ["a"]
    assert listed(room, desired_state=["Running", "allocated"]) == ["b", "c"]
    assert listed(room, runtime=["plugin"]) == []
    assert listed(room, runtime=["container", ""]) == ["a", "b", "c"]


def test_filters_that_mean_nothing_are_refused(room: ControlRoom) -> None:
    with pytest.raises(InvalidFilterValue, match=r"^Invalid desired-state filter: 'tired'$"):
        listed(room, desired_state=["tired"])
    with pytest.raises(BadConfiguration, match=r"^invalid filter 'foo'$"):
        listed(room, foo=["x"])


def test_a_task_of_an_older_spec_is_not_up_to_date(room: ControlRoom) -> None:
    web = room.service()
    room.add_task("old", web)
    body = {**web.spec, "TaskTemplate": {**web.spec["TaskTemplate"], "ForceUpdate": 1}}
    updated = room.run(room.api.update_service(web.id, web.version, body))
    room.add_task("new", updated)
    up_to_date = {"service": [web.id], "_up-to-date": ["true"]}
    assert [task.id for task in room.run(room.api.list_tasks(up_to_date))] == ["new"]


def test_a_task_can_be_got_and_removed_by_its_id(room: ControlRoom) -> None:
    task = room.add_task("a", room.service())
    assert room.run(room.api.get_task("a")) == room.store.view.get(type(task), "a")
    room.run(room.api.remove_task("a"))
    for call in (room.api.get_task, room.api.remove_task):
        with pytest.raises(RpcError, match="task a not found"):
            room.run(call("a"))
