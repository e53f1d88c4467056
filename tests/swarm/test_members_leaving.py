"""RaftMember: who may be removed, how it hears of it, who takes over."""

import pytest

from playground.swarm.errors import RpcError
from tests.swarm.managers import Managers, cluster, put, secrets


@pytest.mark.parametrize(
    ("size", "down", "asked", "allowed"),
    [
        (3, [], "m3", True),
        (3, ["m3"], "m3", True),
        (3, ["m3"], "m2", False),
        (2, [], "m2", True),
        (1, [], "m1", False),
        (5, ["m4", "m5"], "m5", True),
        (5, ["m4", "m5"], "m2", False),
    ],
)
def test_who_can_be_removed_without_losing_quorum(size: int, down: list[str], asked: str, allowed: bool) -> None:
    managers = cluster(size)
    for name in down:
        managers.crash(name)
    managers.run(4)
    assert managers.leader.can_remove(f"{asked}-1") is allowed
    if not allowed:
        with pytest.raises(RpcError, match="raft: member cannot be removed, because removing it may result in loss"):
            managers.do(managers.leader.remove_member(f"{asked}-1"))


def test_a_removed_member_hears_of_it_and_stops() -> None:
    managers = cluster(3)
    managers.do(managers.leader.remove_member("m3-1"))
    managers.run(0.5)
    assert ("m3", "removed") in managers.events
    assert not managers.members["m3"].running
    assert [member.machine for member in managers.leader.members()] == ["m1", "m2"]


def test_a_member_removed_while_it_was_down_hears_of_it_when_it_is_back() -> None:
    managers = cluster(3)
    managers.crash("m3")
    managers.run(4)
    managers.do(managers.leader.remove_member("m3-1"))
    managers.run(60)
    managers.boot("m3")
    managers.run(40)
    assert managers.events[-1] == ("m3", "removed")


def test_a_removed_manager_can_come_back_under_a_new_member_id() -> None:
    managers = cluster(3)
    managers.do(managers.leader.remove_member("m3-1"))
    managers.run(1)
    managers.disks["m3"].wipe()
    managers.do(managers.leader.update(put("a")))
    back = managers.join("m3", generation=2)
    assert secrets(back) == ["a"]


def test_leadership_is_handed_to_the_member_that_was_reachable_longest() -> None:
    managers = cluster(3)
    managers.run(5)
    managers.crash("m2")
    managers.run(5)
    managers.boot("m2")
    managers.run(5)
    old = managers.leader
    managers.do(old.transfer_leadership(), seconds=1)
    managers.run(0.1)
    assert managers.leader is managers.members["m3"]
    managers.do(managers.leader.remove_member("m1-1"))
    managers.run(0.5)
    assert managers.events == [("m1", "leads"), ("m1", "stops leading"), ("m3", "leads"), ("m1", "removed")]


def test_nobody_takes_over_from_a_lone_leader() -> None:
    managers = Managers(1)
    with pytest.raises(RpcError, match="failed to get longest-active member: failed to find longest active peer"):
        managers.do(managers.first().transfer_leadership())
