import re

import pytest

from playground.swarm.model import Node, NodeStatus, Role
from playground.swarm.scheduler import constraints

NODE = Node(
    id="abc123",
    spec={"Role": "manager", "Availability": "active", "Labels": {"zone": "a", "Tier": "Front"}},
    role=Role.MANAGER,
    description={
        "Hostname": "manager1",
        "Platform": {"Architecture": "x86_64", "OS": "linux"},
        "Engine": {"Labels": {"disk": "ssd"}},
    },
    status=NodeStatus(address="10.222.216.2"),
)


def fits(*expressions: str, node: Node = NODE) -> bool:
    return constraints.matches(node, constraints.parse(list(expressions)))


@pytest.mark.parametrize(
    "expression",
    [
        "node.id==abc123",
        "node.hostname == MANAGER1",
        "node.role==manager",
        "node.role!=worker",
        "NODE.ROLE==Manager",
        "node.platform.os==linux",
        "node.platform.arch==x86_64",
        "node.labels.zone==a",
        "node.labels.zone == A",
        "node.labels.Tier==front",
        "node.labels.absent!=x",
        "engine.labels.disk==ssd",
        "node.ip==10.222.216.2",
        "node.ip==10.222.216.0/24",
        "node.ip!=10.9.0.0/16",
    ],
)
def test_a_constraint_that_the_node_satisfies(expression: str) -> None:
    assert fits(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "node.id==abc",
        "node.role==worker",
        "node.role!=manager",
        "node.platform.arch==amd64",
        "node.labels.zone!=a",
        "node.labels.tier==front",
        "node.labels.absent==x",
        "engine.labels.disk==hdd",
        "node.ip==10.222.216.3",
        "node.ip!=10.222.216.0/24",
        "node.ip==10.222.216.0/255.255.255.0",
        "node.ip!=10.222.216.0/255.255.255.0",
        "node.unknown==x",
        "node.unknown!=x",
    ],
)
def test_a_constraint_that_the_node_does_not_satisfy(expression: str) -> None:
    assert not fits(expression)


def test_every_constraint_must_be_satisfied() -> None:
    assert fits("node.role==manager", "node.labels.zone==a")
    assert not fits("node.role==manager", "node.labels.zone==b")
    assert fits()


def test_a_node_that_has_not_reported_yet_has_an_empty_host_name() -> None:
    fresh = Node(id="n", spec={"Role": "worker", "Availability": "active"})
    assert fits("node.hostname!=x", "node.platform.os!=linux", "engine.labels.x!=1", node=fresh)
    assert not fits("node.hostname==x", node=fresh)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("node.role", "constraint expected one operator from ==, !="),
        ("node.role=manager", "constraint expected one operator from ==, !="),
        ("=manager", "constraint expected one operator from ==, !="),
        ("==manager", "key '' is invalid"),
        ("1abc==x", "key '1abc' is invalid"),
        ("node role==x", "key 'node role' is invalid"),
        ("node.role==", "value '' is invalid"),
        ("node.role==a>b", "value 'a>b' is invalid"),
        ("node.role==ä", "value 'ä' is invalid"),
        ("node.role!=a==b", "key 'node.role!=a' is invalid"),
    ],
)
def test_a_malformed_constraint_is_refused_with_the_daemons_words(expression: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        constraints.parse([expression])
