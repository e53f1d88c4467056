"""RaftMember: what a manager keeps on its disk, and how it comes back with it."""

import pytest

from playground.raft.config import Config
from playground.swarm.replication import Member, answer_health_checks
from tests.swarm.managers import Managers, cluster, put, secrets


def test_a_restarted_cluster_of_one_leads_at_once_with_all_its_objects() -> None:
    managers = Managers(1)
    member = managers.first()
    managers.do(member.update(put("a")))
    managers.crash("m1")
    managers.run(5)
    back = managers.boot("m1")
    assert back.is_leader
    assert secrets(back) == ["a"]
    assert managers.do(back.update(put("b"))).version == 4


def test_a_snapshot_replaces_the_log_and_feeds_a_slow_follower() -> None:
    managers = cluster(3, config=Config(snapshot_interval=20, keep_entries=5))
    managers.crash("m3")
    leader = managers.leader
    for number in range(60):
        managers.do(leader.update(put(f"s{number:02}")))
    assert managers.disks["m1"].storage.base_index > 40
    back = managers.boot("m3")
    managers.run(12)
    assert secrets(back) == [f"s{number:02}" for number in range(60)]
    managers.crash("m1")
    again = managers.boot("m1")
    managers.run(0.1)
    assert len(secrets(again)) >= 40
    managers.run(40)
    assert len(secrets(again)) == 60


def test_force_new_cluster_keeps_the_state_and_drops_the_others() -> None:
    managers = cluster(3)
    managers.do(managers.leader.update(put("a")))
    managers.run(1)
    managers.crash("m2")
    managers.crash("m3")
    managers.run(60)
    managers.members["m1"].stop()
    managers.disks["m1"].force_new_cluster(Member("m1-1", "node-m1", "m1", "other:2377"))
    alone = managers.make("m1")
    alone.restart()
    managers.run(0)
    assert alone.is_leader
    assert secrets(alone) == ["a"]
    assert [member.address for member in alone.members()] == ["other:2377"]
    managers.do(alone.update(put("b")))
    managers.boot("m2")
    managers.run(40)
    assert managers.events[-1] == ("m2", "removed")


def test_a_joiner_that_crashes_before_the_log_reached_it_gets_it_after_its_restart() -> None:
    managers = Managers(2)
    leader = managers.first()
    stop = answer_health_checks(managers.network, "m2")
    known = managers.do(leader.add_member(managers.identity("m2")))
    stop()
    write = managers.task(leader.update(put("a")))
    managers.make("m2", managers.identity("m2")).start_joining(known)
    managers.crash("m2")
    managers.run(1)
    assert managers.disks["m2"].storage.empty
    waited = not write.done
    back = managers.boot("m2")
    managers.run(3)
    assert waited
    assert write.done
    assert secrets(back) == ["a"]


def test_a_disk_belongs_to_one_member_until_it_is_wiped() -> None:
    managers = Managers(1)
    managers.first().stop()
    with pytest.raises(ValueError, match="the disk is that of member m1-1"):
        managers.make("m1").start_new_cluster()
    with pytest.raises(ValueError, match="the disk is that of member m1-1"):
        managers.make("m1", managers.identity("m1", 2)).restart()
    managers.disks["m1"].wipe()
    assert managers.disks["m1"].empty
    managers.make("m1", managers.identity("m1", 2)).start_new_cluster()
