from typing import Any

import pytest

from playground.swarm.errors import Code, RpcError
from playground.swarm.model import Attachment, Network, TaskState
from tests.swarm.control_room import ControlRoom, published, service_body


@pytest.fixture
def room() -> ControlRoom:
    return ControlRoom()


def overlay(name: str = "back", **parts: Any) -> dict[str, Any]:
    return {"Name": name, "Driver": "overlay", **parts}


def refused(room: ControlRoom, body: dict[str, Any]) -> RpcError:
    with pytest.raises(RpcError) as caught:
        room.run(room.api.create_network(body))
    return caught.value


def ingress(room: ControlRoom) -> Network:
    return next(each for each in room.store.view.all(Network) if each.name == "ingress")


def test_a_swarm_begins_with_ingress_and_every_nodes_bridge_and_host(room: ControlRoom) -> None:
    networks = room.run(room.api.list_networks())
    assert {network.name: network.predefined for network in networks} == {
        "ingress": False,
        "bridge": True,
        "host": True,
    }


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (overlay(Ingress=True, Attachable=True), "ingress network cannot be attachable"),
        (overlay(""), "meta: name must be provided"),
        (overlay("no good"), "name must be valid as a DNS name component"),
        ({"Name": "x"}, "driver name: if driver is specified name is required"),
        ({"Name": "x", "Driver": "weave"}, "error during lookup of plugin weave"),
        (overlay(IPAM={"Config": [{"Subnet": "10.9.0.0"}]}), "ipam configuration: invalid subnet 10.9.0.0"),
        (
            overlay(IPAM={"Config": [{"Subnet": "10.9.0.0/24", "Gateway": "10.8.0.1"}]}),
            "ipam configuration: subnet 10.9.0.0/24 does not contain gateway 10.8.0.1",
        ),
        (
            overlay(IPAM={"Config": [{"Subnet": "10.9.0.0/24", "IPRange": "10.8.0.0/28"}]}),
            "ipam configuration: subnet 10.9.0.0/24 does not contain range 10.8.0.0/28",
        ),
        (
            overlay(IPAM={"Config": [{"Subnet": "10.9.0.0/24", "IPRange": "nope"}]}),
            "ipam configuration: invalid range nope",
        ),
        (
            overlay(IPAM={"Config": [{"Subnet": "10.9.0.0/24", "Gateway": "nope"}]}),
            "ipam configuration: invalid gateway nope",
        ),
    ],
)
def test_a_spec_that_makes_no_sense_is_refused(room: ControlRoom, body: dict[str, Any], text: str) -> None:
    error = refused(room, body)
    assert (error.code, error.description) == (Code.INVALID_ARGUMENT, text)


def test_the_mark_of_predefined_networks_is_not_for_users(room: ControlRoom) -> None:
    error = refused(room, overlay(Labels={"com.docker.swarm.predefined": "true"}))
    assert error.code is Code.PERMISSION_DENIED


def test_there_is_one_ingress_network(room: ControlRoom) -> None:
    error = refused(room, overlay("mine", Ingress=True))
    assert (error.code, error.description) == (
        Code.ALREADY_EXISTS,
        f"ingress network ({ingress(room).id}) is already present",
    )
    room.run(room.api.remove_network(ingress(room).id))
    room.run(room.api.create_network(overlay("mine", Ingress=True)))


def test_a_name_that_is_taken_is_a_plain_error(room: ControlRoom) -> None:
    room.run(room.api.create_network(overlay()))
    error = refused(room, overlay("BACK"))
    assert str(error) == "rpc error: code = Unknown desc = name conflicts with an existing object"


def test_a_network_in_use_stays(room: ControlRoom) -> None:
    network = room.run(room.api.create_network(overlay()))
    body = service_body()
    body["TaskTemplate"]["Networks"] = [{"Target": network.id}]
    service = room.run(room.api.create_service(body))
    room.add_task("task", service, networks=(Attachment(network.id),))

    def refusal() -> str:
        with pytest.raises(RpcError) as caught:
            room.run(room.api.remove_network(network.id))
        assert caught.value.code is Code.FAILED_PRECONDITION
        return caught.value.description

    assert refusal() == f"network {network.id} is in use by service {service.id}"
    room.run(room.api.remove_service(service.id))
    assert refusal() == f"network {network.id} is in use by task task"
    room.add_task("task", service, desired=TaskState.SHUTDOWN, networks=(Attachment(network.id),))
    room.run(room.api.remove_network(network.id))
    with pytest.raises(RpcError, match=f"network {network.id} not found"):
        room.run(room.api.get_network(network.id))


def test_ingress_stays_while_a_service_needs_it(room: ControlRoom) -> None:
    service = room.service(EndpointSpec=published(5000))
    with pytest.raises(RpcError) as caught:
        room.run(room.api.remove_network(ingress(room).id))
    assert caught.value.description == (f"ingress network cannot be removed because service {service.id} depends on it")


def test_predefined_networks_stay(room: ControlRoom) -> None:
    host = next(each for each in room.store.view.all(Network) if each.name == "host")
    with pytest.raises(RpcError) as caught:
        room.run(room.api.remove_network(host.id))
    assert caught.value.description == (f"network {host.id} (host) is a swarm predefined network and cannot be removed")


def test_networks_are_found_by_whole_name_or_start_of_id(room: ControlRoom) -> None:
    network = room.run(room.api.create_network(overlay(Labels={"a": "b"})))

    def listed(**filters: list[str]) -> list[str]:
        return [each.name for each in room.run(room.api.list_networks(filters))]

    assert listed(name=["back"]) == ["back"]
    assert listed(name=["bac"]) == []
    assert listed(id=[network.id[:12]]) == ["back"]
    assert listed(label=["a"]) == ["back"]
