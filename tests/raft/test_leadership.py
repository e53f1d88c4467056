"""What goes beyond the paper's core: quorum check, lease, flow control, snapshots, members, hand-over."""

from random import Random

import pytest

from playground.raft.config import Config
from playground.raft.messages import (
    AppendEntries,
    AppendResponse,
    Change,
    Heartbeat,
    HeartbeatResponse,
    InstallSnapshot,
    RequestVote,
    TimeoutNow,
)
from playground.raft.node import ProposalDropped, RaftNode
from playground.raft.status import Role
from tests.raft.cluster import Cluster

# Quorum check


def test_a_leader_without_a_majority_steps_down_between_one_and_two_election_timeouts() -> None:
    cluster = Cluster(3)
    cluster.elect("m1")
    cluster.run(5)
    cluster.partition(["m1"], ["m2", "m3"])
    ticks = 0
    while cluster.node("m1").role is Role.LEADER:
        cluster.tick("m1")
        ticks += 1
    assert 10 <= ticks <= 20


def test_a_leader_with_a_majority_stays() -> None:
    cluster = Cluster(5)
    cluster.elect("m1")
    cluster.crash("m4")
    cluster.crash("m5")
    cluster.run(100)
    assert cluster.leader() == "m1"
    assert cluster.node("m1").term == 2


def test_without_the_quorum_check_an_isolated_leader_never_notices() -> None:
    cluster = Cluster(3, config=Config(check_quorum=False))
    cluster.elect("m1")
    cluster.partition(["m1"])
    cluster.tick("m1", count=100)
    assert cluster.node("m1").role is Role.LEADER


def test_a_member_that_comes_back_with_a_later_term_makes_the_cluster_elect_anew() -> None:
    """Without pre-vote this disruption is the price of letting the stuck member back in."""
    cluster = Cluster(3)
    cluster.elect("m1")
    cluster.partition(["m1", "m2"], ["m3"])
    cluster.run(60)
    behind = cluster.node("m3").term
    assert behind > 2
    assert cluster.leader() == "m3" or cluster.node("m1").role is Role.LEADER
    cluster.heal()
    cluster.run(60)
    leader = cluster.leader()
    assert leader is not None
    assert cluster.node(leader).term > behind
    assert {cluster.node(name).leader for name in cluster.members} == {leader}


# Heartbeats and flow


def test_a_heartbeat_that_says_the_same_is_the_same_object() -> None:
    cluster = Cluster(3)
    cluster.elect("m1")
    cluster.run(2)
    cluster.sent.clear()
    cluster.run(5)
    beats = [message for message in cluster.sent if isinstance(message, Heartbeat)]
    answers = [message for message in cluster.sent if isinstance(message, HeartbeatResponse)]
    assert len(beats) == len(answers) == 10
    assert len({id(message) for message in beats}) == len({id(message) for message in answers}) == 2


def test_heartbeats_need_no_storing() -> None:
    cluster = Cluster(3)
    leader = cluster.elect("m1")
    cluster.run(2)
    leader.tick()
    assert leader.only_messages
    assert [type(message) for message in leader.take_messages()] == [Heartbeat, Heartbeat]
    assert leader.ready() is None


def test_a_heartbeat_never_commits_what_the_follower_is_not_known_to_have() -> None:
    cluster = Cluster(3)
    cluster.elect("m1")
    cluster.lose = lambda message: message.target == "m3" and isinstance(message, AppendEntries)
    cluster.propose("m1", "x")
    cluster.run(3)
    beats = [message for message in cluster.sent if isinstance(message, Heartbeat)]
    assert {message.commit for message in beats if message.target == "m3"} == {4}
    assert beats[-2].commit == cluster.node("m1").log.committed == 5


def test_appends_under_way_are_limited() -> None:
    cluster = Cluster(2, config=Config(max_inflight=4))
    leader = cluster.elect("m1")
    cluster.sent.clear()
    for number in range(10):
        leader.propose(number)
    cluster.process("m1")
    assert len([message for message in cluster.sent if isinstance(message, AppendEntries)]) == 4
    cluster.settle()
    assert cluster.state("m2") == tuple(range(10))


def test_an_unreachable_follower_is_probed_with_one_append_at_a_time() -> None:
    cluster = Cluster(3)
    leader = cluster.elect("m1")
    cluster.settle()
    leader.report_unreachable("m3")
    modes = {peer.member: peer.mode for peer in leader.status().peers}
    assert modes == {"m2": "replicate", "m3": "probe"}
    cluster.sent.clear()
    for number in range(5):
        cluster.propose("m1", number)
    sent = [message.target for message in cluster.sent if isinstance(message, AppendEntries) and message.entries]
    assert sent.count("m3") == 1
    assert sent.count("m2") == 5
    cluster.run(2)
    assert cluster.state("m3") == (0, 1, 2, 3, 4)


# Snapshots


def behind_a_snapshot() -> Cluster:
    """m3 was down while the others agreed on 20 entries and compacted their logs."""
    cluster = Cluster(3, config=Config(keep_entries=3))
    cluster.elect("m1")
    cluster.crash("m3")
    for number in range(20):
        cluster.propose("m1", number)
    cluster.settle()
    cluster.compact("m1")
    return cluster


def test_compaction_keeps_some_entries_for_slow_followers() -> None:
    cluster = behind_a_snapshot()
    log = cluster.node("m1").log
    assert (log.first_index, log.last_index) == (22, 24)
    assert cluster.members["m1"].storage.base_index == 21


def test_a_snapshot_is_due_after_so_many_entries() -> None:
    cluster = Cluster(1, config=Config(snapshot_interval=5))
    node = cluster.node("m1")
    due = []
    for number in range(4):
        cluster.propose("m1", number)
        due.append(node.snapshot_due)
        if node.snapshot_due:
            cluster.compact("m1")
    assert due == [False, False, True, False]
    cluster.compact("m1")
    with pytest.raises(ValueError, match="nothing was applied"):
        node.compact(())


def test_a_follower_too_far_behind_is_sent_a_snapshot() -> None:
    cluster = behind_a_snapshot()
    cluster.start("m3")
    cluster.run(3)
    assert [message for message in cluster.sent if isinstance(message, InstallSnapshot)]
    assert cluster.state("m3") == tuple(range(20))
    cluster.propose("m1", "more")
    cluster.settle()
    assert cluster.state("m3")[-1] == "more"


def test_a_lost_snapshot_is_sent_again() -> None:
    cluster = behind_a_snapshot()
    cluster.lose = lambda message: isinstance(message, InstallSnapshot)
    cluster.start("m3")
    cluster.run(3)
    assert cluster.state("m3") == ()
    cluster.lose = lambda message: False
    cluster.run(6)
    assert cluster.state("m3") == tuple(range(20))


def test_a_member_restarts_from_its_snapshot() -> None:
    cluster = behind_a_snapshot()
    cluster.crash("m1")
    node = cluster.start("m1")
    assert cluster.state("m1") == tuple(range(20))
    assert list(node.members) == ["m1", "m2", "m3"]


# Members


def test_a_member_that_is_added_gets_the_log_and_counts() -> None:
    cluster = Cluster(1)
    cluster.new_member("m2")
    cluster.propose("m1", "x")
    assert cluster.change("m1", Change.ADD, "m2")
    cluster.settle()
    assert cluster.state("m2") == ("x",)
    assert cluster.node("m2").members == {"m1": "address of m1", "m2": "address of m2"}
    cluster.crash("m2")
    cluster.propose("m1", "y")
    cluster.settle()
    assert cluster.state("m1") == ("x",)


def test_a_member_that_was_not_added_never_campaigns() -> None:
    cluster = Cluster(1)
    cluster.new_member("m2")
    cluster.tick("m2", count=100)
    assert cluster.node("m2").term == 0


def test_only_one_membership_change_is_under_way() -> None:
    cluster = Cluster(3)
    cluster.elect("m1")
    cluster.lose = lambda message: True
    assert cluster.change("m1", Change.ADD, "m4")
    assert not cluster.change("m1", Change.ADD, "m5")


def test_a_removed_member_counts_no_more_and_never_comes_back() -> None:
    cluster = Cluster(3)
    cluster.elect("m1")
    cluster.change("m1", Change.REMOVE, "m3")
    cluster.settle()
    assert list(cluster.node("m1").members) == ["m1", "m2"]
    assert "m3" not in cluster.node("m3").members
    cluster.tick("m3", count=100)
    assert cluster.node("m3").role is Role.FOLLOWER
    assert not cluster.change("m1", Change.ADD, "m3")


def test_a_leader_that_is_removed_stops_leading_once_that_is_committed() -> None:
    cluster = Cluster(3)
    cluster.elect("m1")
    cluster.change("m1", Change.REMOVE, "m1")
    cluster.settle()
    assert cluster.node("m1").role is Role.FOLLOWER
    cluster.run(60)
    assert cluster.leader() in ("m2", "m3")
    assert list(cluster.node("m2").members) == ["m2", "m3"]


def test_the_last_member_cannot_be_removed() -> None:
    assert not Cluster(1).change("m1", Change.REMOVE, "m1")


def test_forcing_a_new_cluster_leaves_one_member_and_what_was_committed() -> None:
    cluster = Cluster(3)
    cluster.elect("m1")
    cluster.propose("m1", "agreed")
    cluster.settle()
    cluster.lose = lambda message: True
    cluster.propose("m1", "not agreed")
    cluster.crash("m1")
    storage = cluster.members["m1"].storage
    storage.force_new_cluster("m1", "a new address")
    # Without the cluster's checks: force is the one thing that may break a promise to the members it drops.
    node = RaftNode("m1", Config(), storage, Random(1))
    applied = []
    while (ready := node.ready()) is not None:
        storage.save(ready.hard_state, ready.entries, ready.snapshot)
        applied += [entry.data for entry in ready.committed if isinstance(entry.data, str)]
        node.advance()
    assert node.role is Role.LEADER
    assert node.members == {"m1": "a new address"}
    assert node.removed == ["m2", "m3"]
    assert applied == ["agreed"]


def test_a_wiped_disk_is_like_new() -> None:
    cluster = Cluster(3)
    cluster.crash("m1")
    storage = cluster.members["m1"].storage
    storage.wipe()
    assert storage.empty
    assert storage.members() == {}
    with pytest.raises(ValueError, match="no cluster"):
        storage.force_new_cluster("m1", None)


# Handing over


def test_leadership_is_handed_over_at_once_to_a_follower_that_has_the_log() -> None:
    cluster = Cluster(3)
    leader = cluster.elect("m1")
    cluster.run(2)
    leader.transfer_leadership("m2")
    with pytest.raises(ProposalDropped):
        leader.propose("x")
    cluster.process("m1")
    cluster.settle()
    assert cluster.leader() == "m2"
    assert [message.transfer for message in cluster.sent if isinstance(message, RequestVote)][-2:] == [True, True]


def test_a_follower_that_is_behind_gets_the_log_before_it_takes_over() -> None:
    cluster = Cluster(3)
    leader = cluster.elect("m1")
    cluster.lose = lambda message: message.target == "m2"
    cluster.propose("m1", "x")
    cluster.settle()
    cluster.lose = lambda message: False
    leader.transfer_leadership("m2")
    cluster.process("m1")
    assert not [message for message in cluster.sent if isinstance(message, TimeoutNow)]
    cluster.run(5)
    assert cluster.leader() == "m2"
    assert cluster.state("m2") == ("x",)


def test_a_handover_that_fails_is_given_up_after_an_election_timeout() -> None:
    cluster = Cluster(3)
    leader = cluster.elect("m1")
    cluster.crash("m2")
    leader.transfer_leadership("m2")
    cluster.run(9)
    assert not cluster.propose("m1", "x")
    cluster.run(2)
    assert cluster.propose("m1", "x")


def test_leadership_is_handed_to_members_only() -> None:
    cluster = Cluster(3)
    leader = cluster.elect("m1")
    for target in ("m1", "m9"):
        with pytest.raises(ProposalDropped):
            leader.transfer_leadership(target)


def test_an_answer_from_a_stranger_is_ignored() -> None:
    cluster = Cluster(3)
    leader = cluster.elect("m1")
    before = leader.status()
    leader.step(AppendResponse("m9", "m1", leader.term, 99))
    assert leader.status() == before
