import pytest

from playground.swarm.control.lookup import Ambiguous, NotFound, find
from playground.swarm.model import Node, Secret, Service, Task


def service(object_id: str, name: str) -> Service:
    return Service(id=object_id, spec={"Name": name})


SERVICES = [service("abc1", "web"), service("abd2", "abc"), service("web9", "api")]


def test_a_full_id_goes_before_a_name_and_a_name_before_the_start_of_an_id() -> None:
    clash = [service("web", "api"), service("x", "web"), service("web2", "db")]
    assert find("service", clash, "web").id == "web"
    assert find("service", SERVICES, "web").id == "abc1"
    assert find("service", SERVICES, "abc").id == "abd2"
    assert find("service", SERVICES, "abd").id == "abd2"


def test_nothing_found_is_said_with_what_was_typed() -> None:
    with pytest.raises(NotFound, match=r"^service nope not found$"):
        find("service", SERVICES, "nope")
    with pytest.raises(NotFound):
        find("service", SERVICES, "WEB")


def test_two_nodes_of_one_name_are_ambiguous() -> None:
    nodes = [Node(id=each, description={"Hostname": "worker"}) for each in ("a", "b")]
    with pytest.raises(Ambiguous, match=r"^node worker is ambiguous \(2 matches found\)$"):
        find("node", nodes, "worker")
    assert find("node", nodes, "b").id == "b"


def test_two_ids_that_start_alike_are_ambiguous() -> None:
    with pytest.raises(Ambiguous, match=r"^service ab is ambiguous \(2 matches found\)$"):
        find("service", SERVICES, "ab")


def test_a_secret_is_found_in_any_case_and_a_task_by_its_containers_name() -> None:
    assert find("secret", [Secret(id="s", spec={"Name": "Db"})], "dB").id == "s"
    task = Task(id="t", service_name="web", slot=1)
    assert find("task", [task], "web.1.t") is task
    with pytest.raises(NotFound):
        find("task", [task], "web.1")
