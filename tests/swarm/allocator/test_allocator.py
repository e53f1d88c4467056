from dataclasses import replace
from typing import Any

import pytest

from playground.sim.kernel import SECOND
from playground.swarm.allocator import Allocator
from playground.swarm.model import Cluster, Network, Node, Service, Task, TaskState, TaskStatus
from tests.swarm.control_room import ControlRoom, published, service_body


@pytest.fixture
def room() -> ControlRoom:
    return ControlRoom()


def network(room: ControlRoom, name: str) -> Network:
    return next(each for each in room.store.view.all(Network) if each.name == name)


def create_network(room: ControlRoom, name: str = "back", **parts: Any) -> Network:
    made = room.run(room.api.create_network({"Name": name, "Driver": "overlay", **parts}))
    room.settle()
    return room.stored(made)


def create_service(room: ControlRoom, *network_ids: str, **parts: Any) -> Service:
    body = service_body(**parts)
    body["TaskTemplate"]["Networks"] = [{"Target": each} for each in network_ids]
    service = room.run(room.api.create_service(body))
    room.settle()
    return room.stored(service)


def update_service(room: ControlRoom, service: Service, **parts: Any) -> Service:
    room.run(room.api.update_service(service.id, service.version, {**service.spec, **parts}))
    room.settle()
    return room.stored(service)


def new_task(room: ControlRoom, task_id: str, service: Service, **parts: Any) -> Task:
    task = room.add_task(task_id, service, TaskState.NEW, **parts)
    room.settle()
    return room.stored(task)


def end(room: ControlRoom, task: Task) -> None:
    room.put(replace(room.stored(task), status=TaskStatus(TaskState.FAILED)))
    room.settle()


def subnet(found: Network) -> str:
    return str(found.ipam[0]["Subnet"])


def test_ingress_has_the_first_subnet_and_networks_follow_in_order(room: ControlRoom) -> None:
    room.start_allocator()
    assert network(room, "ingress").ipam == ({"Subnet": "10.0.0.0/24", "Gateway": "10.0.0.1"},)
    assert network(room, "ingress").driver_options == {"com.docker.network.driver.overlay.vxlanid_list": "4096"}
    assert network(room, "bridge").ipam == ()
    first, second = create_network(room, "a"), create_network(room, "b", Options={"encrypted": ""})
    assert [subnet(first), subnet(second)] == ["10.0.1.0/24", "10.0.2.0/24"]
    assert second.driver_options == {"com.docker.network.driver.overlay.vxlanid_list": "4098", "encrypted": ""}


def test_a_subnet_that_was_freed_is_the_next_one_given(room: ControlRoom) -> None:
    room.start_allocator()
    first = create_network(room, "a")
    create_network(room, "b")
    room.run(room.api.remove_network(first.id))
    room.settle()
    again = create_network(room, "c")
    assert subnet(again) == "10.0.1.0/24"
    assert again.driver_options["com.docker.network.driver.overlay.vxlanid_list"] == "4099"


def test_subnets_come_from_the_clusters_pools_in_its_size(room: ControlRoom) -> None:
    cluster = room.store.view.cluster()
    assert isinstance(cluster, Cluster)
    room.put(replace(cluster, default_address_pool=("10.20.0.0/16", "10.21.0.0/30"), subnet_size=17))
    room.start_allocator()
    assert subnet(network(room, "ingress")) == "10.20.0.0/17"
    assert [subnet(create_network(room, each)) for each in "ab"] == ["10.20.128.0/17", "10.21.0.0/30"]
    assert create_network(room, "c").ipam == ()


def test_a_users_subnet_is_kept_and_may_not_overlap(room: ControlRoom) -> None:
    room.start_allocator()
    ipam = {"Config": [{"Subnet": "10.0.1.0/25", "IPRange": "10.0.1.64/26", "Gateway": "10.0.1.100"}]}
    mine = create_network(room, "mine", IPAM=ipam)
    assert mine.ipam == ({"Subnet": "10.0.1.0/25", "IPRange": "10.0.1.64/26", "Gateway": "10.0.1.100"},)
    assert create_network(room, "overlapping", IPAM=ipam).ipam == ()
    assert subnet(create_network(room, "next")) == "10.0.2.0/24"
    assert create_service(room, mine.id).virtual_ips == ((mine.id, "10.0.1.64/25"),)


def test_an_overlapping_network_gets_its_subnet_once_that_is_free(room: ControlRoom) -> None:
    room.start_allocator()
    ipam = {"Config": [{"Subnet": "10.9.0.0/24"}]}
    first, second = create_network(room, "a", IPAM=ipam), create_network(room, "b", IPAM=ipam)
    assert second.ipam == ()
    room.run(room.api.remove_network(first.id))
    room.settle()
    assert subnet(room.stored(second)) == "10.9.0.0/24"


def test_a_published_service_has_its_virtual_ip_after_the_nodes_addresses(room: ControlRoom) -> None:
    room.start_allocator()
    room.add_node("manager1")
    room.settle()
    room.add_node("worker1")
    room.settle()
    service = create_service(room, EndpointSpec=published(5000))
    ingress = network(room, "ingress")
    assert [node.lb_addresses for node in room.store.view.all(Node)] == [
        {ingress.id: "10.0.0.2/24"},
        {ingress.id: "10.0.0.3/24"},
    ]
    assert service.virtual_ips == ((ingress.id, "10.0.0.4/24"),)
    assert service.ports == tuple(published(5000)["Ports"])
    assert service.endpoint_spec == service.spec["EndpointSpec"]


def test_a_service_with_nothing_to_allocate_is_not_written(room: ControlRoom) -> None:
    room.start_allocator()
    service = create_service(room, EndpointSpec={"Mode": "vip"})
    assert service.endpoint_spec is None
    assert service.updated_us == service.created_us


def test_virtual_ips_are_on_ingress_first_and_then_as_the_spec_says(room: ControlRoom) -> None:
    room.start_allocator()
    a, b = create_network(room, "a"), create_network(room, "b")
    service = create_service(room, b.id, a.id, EndpointSpec=published(80))
    assert service.virtual_ips == (
        (network(room, "ingress").id, "10.0.0.2/24"),
        (b.id, "10.0.2.2/24"),
        (a.id, "10.0.1.2/24"),
    )


def test_dnsrr_has_no_virtual_ip_and_gives_the_one_back_that_it_had(room: ControlRoom) -> None:
    room.start_allocator()
    back = create_network(room)
    service = create_service(room, back.id)
    assert service.virtual_ips == ((back.id, "10.0.1.2/24"),)
    service = update_service(room, service, EndpointSpec={"Mode": "dnsrr"})
    assert service.virtual_ips == ()
    assert service.endpoint_spec == {"Mode": "dnsrr"}
    service = update_service(room, service, EndpointSpec={"Mode": "vip"})
    assert service.virtual_ips == ((back.id, "10.0.1.3/24"),)


def test_a_service_that_leaves_a_network_loses_its_virtual_ip_there(room: ControlRoom) -> None:
    room.start_allocator()
    a, b = create_network(room, "a"), create_network(room, "b")
    service = create_service(room, a.id, b.id, EndpointSpec={"Mode": "vip"})
    template = {**service.spec["TaskTemplate"], "Networks": [{"Target": b.id}]}
    assert update_service(room, service, TaskTemplate=template).virtual_ips == ((b.id, "10.0.2.2/24"),)


def test_dynamic_ports_start_at_30000_and_stay_with_their_service(room: ControlRoom) -> None:
    room.start_allocator()
    first = create_service(room, EndpointSpec=published(0))
    second = create_service(room, name="b", EndpointSpec=published(0))
    assert [each.ports[0]["PublishedPort"] for each in (first, second)] == [30000, 30001]
    assert "PublishedPort" not in first.spec["EndpointSpec"]["Ports"][0]
    kept = update_service(room, first, Labels={"a": "b"})
    assert kept.ports == first.ports
    udp = create_service(room, name="c", EndpointSpec=published(0, protocol="udp"))
    assert udp.ports[0]["PublishedPort"] == 30000


def test_a_freed_dynamic_port_is_not_given_again_at_once(room: ControlRoom) -> None:
    room.start_allocator()
    first = create_service(room, EndpointSpec=published(0))
    room.run(room.api.remove_service(first.id))
    room.settle()
    assert create_service(room, EndpointSpec=published(0)).ports[0]["PublishedPort"] == 30001
    assert create_service(room, name="c", EndpointSpec=published(30000)).ports[0]["PublishedPort"] == 30000


def test_a_service_that_stops_publishing_leaves_ingress(room: ControlRoom) -> None:
    room.start_allocator()
    service = create_service(room, EndpointSpec=published(5000))
    service = update_service(room, service, EndpointSpec={"Mode": "vip"})
    assert (service.ports, service.virtual_ips) == ((), ())
    other = create_service(room, name="other", EndpointSpec=published(5000))
    assert other.ports[0]["PublishedPort"] == 5000


def test_changed_host_ports_reach_the_endpoint(room: ControlRoom) -> None:
    room.start_allocator()
    service = create_service(room, EndpointSpec=published(8080, mode="host"))
    assert [each["PublishedPort"] for each in service.ports] == [8080]
    assert service.virtual_ips == ()
    service = update_service(room, service, EndpointSpec=published(8081, mode="host"))
    assert [each["PublishedPort"] for each in service.ports] == [8081]


def test_a_new_task_waits_for_its_addresses_and_is_pending_then(room: ControlRoom) -> None:
    room.start_allocator()
    back = create_network(room)
    service = create_service(room, back.id, EndpointSpec=published(5000))
    room.settle(3)
    task = new_task(room, "t", service)
    assert (task.status.state, task.status.message) == (TaskState.PENDING, "pending task scheduling")
    assert task.status.timestamp_us == room.kernel.now_us - SECOND
    assert [(each.network_id, each.addresses) for each in task.networks] == [
        (network(room, "ingress").id, ("10.0.0.3/24",)),
        (back.id, ("10.0.1.3/24",)),
    ]
    assert (task.endpoint_ports, task.virtual_ips) == (service.ports, service.virtual_ips)


def test_a_task_without_networks_is_pending_too(room: ControlRoom) -> None:
    room.start_allocator()
    task = new_task(room, "t", create_service(room))
    assert task.status.state is TaskState.PENDING
    assert task.networks == ()


def test_a_task_on_the_nodes_own_network_needs_no_address(room: ControlRoom) -> None:
    room.start_allocator()
    host = network(room, "host")
    task = new_task(room, "t", create_service(room, host.id))
    assert task.status.state is TaskState.PENDING
    assert [(each.network_id, each.addresses) for each in task.networks] == [(host.id, ())]


def test_a_task_stays_new_while_there_is_no_address_left(room: ControlRoom) -> None:
    room.start_allocator()
    tiny = create_network(room, "tiny", IPAM={"Config": [{"Subnet": "10.9.0.0/29"}]})
    service = create_service(room, tiny.id)
    tasks = [new_task(room, f"t{at}", service) for at in range(5)]
    assert [task.status.state for task in tasks] == [TaskState.PENDING] * 4 + [TaskState.NEW]
    end(room, tasks[1])
    assert room.stored(tasks[4]).networks[0].addresses == tasks[1].networks[0].addresses


def test_a_freed_address_is_not_given_again_at_once(room: ControlRoom) -> None:
    room.start_allocator()
    back = create_network(room)
    service = create_service(room, back.id)
    first = new_task(room, "a", service)
    end(room, first)
    second = new_task(room, "b", service)
    assert [each.networks[0].addresses[0] for each in (first, second)] == ["10.0.1.3/24", "10.0.1.4/24"]


def test_a_node_has_an_address_on_a_network_while_a_task_of_it_runs_there(room: ControlRoom) -> None:
    room.start_allocator()
    node = room.add_node("worker1")
    back = create_network(room)
    service = create_service(room, back.id)
    task = new_task(room, "t", service)
    ingress = network(room, "ingress").id
    room.put(replace(task, node_id=node.id, status=TaskStatus(TaskState.ASSIGNED)))
    room.settle()
    assert room.stored(node).lb_addresses == {ingress: "10.0.0.2/24", back.id: "10.0.1.4/24"}
    end(room, task)
    assert room.stored(node).lb_addresses == {ingress: "10.0.0.2/24"}


def test_a_removed_network_takes_the_nodes_addresses_with_it(room: ControlRoom) -> None:
    room.start_allocator()
    node = room.add_node("worker1")
    room.settle()
    ingress = network(room, "ingress")
    assert list(room.stored(node).lb_addresses) == [ingress.id]
    room.run(room.api.remove_network(ingress.id))
    room.settle()
    assert room.stored(node).lb_addresses == {}


def test_the_next_leader_takes_nothing_that_is_taken(room: ControlRoom) -> None:
    first = room.start_allocator()
    node = room.add_node("worker1")
    back = create_network(room)
    service = create_service(room, back.id, EndpointSpec=published(0))
    task = new_task(room, "t", service)
    room.put(replace(task, node_id=node.id, status=TaskStatus(TaskState.RUNNING)))
    room.settle()
    first.stop()
    given = (
        room.stored(back).ipam,
        room.stored(service).virtual_ips,
        room.stored(service).ports,
        room.stored(task).networks,
        room.stored(node).lb_addresses,
    )
    waiting = new_task(room, "u", service)
    assert waiting.status.state is TaskState.NEW

    room.start_allocator()
    assert given == (
        room.stored(back).ipam,
        room.stored(service).virtual_ips,
        room.stored(service).ports,
        room.stored(task).networks,
        room.stored(node).lb_addresses,
    )
    assert room.stored(task).status.state is TaskState.RUNNING
    waiting = room.stored(waiting)
    assert waiting.status.state is TaskState.PENDING
    taken = [each for _, each in given[1]] + [each.addresses[0] for each in given[3]] + list(given[4].values())
    assert len({*taken}) == len(taken)
    assert not {each.addresses[0] for each in waiting.networks} & {*taken}
    assert subnet(create_network(room, "c")) == "10.0.2.0/24"
    assert create_service(room, name="b", EndpointSpec=published(0)).ports[0]["PublishedPort"] == 30001


def test_nothing_happens_after_stop(room: ControlRoom) -> None:
    room.start_allocator().stop()
    assert create_network(room).ipam == ()


def test_the_allocator_rests_when_there_is_nothing_to_do(room: ControlRoom) -> None:
    allocator: Allocator = room.start_allocator()
    service = create_service(room, EndpointSpec=published(5000))
    index = room.store.index
    room.settle(600)
    assert room.store.index == index
    assert room.kernel.next_due_us() is None
    assert room.stored(service) == service
    allocator.stop()
