"""Terms and elections: one test a sentence of the Raft paper (extended version) that matters, its section named."""

import pytest

from playground.raft.config import Config
from playground.raft.messages import (
    AppendEntries,
    Entry,
    Heartbeat,
    RequestVote,
    Vote,
)
from playground.raft.status import Role
from playground.raft.storage import HardState
from tests.raft.cluster import Cluster

NO_LEASE = Config(check_quorum=False)


# Section 5.1, terms


def test_a_server_with_a_smaller_term_takes_the_larger_one() -> None:
    """5.1: if one server's current term is smaller than the other's, it updates its term to the larger value."""
    node = Cluster(3).node("m1")
    node.step(Heartbeat("m2", "m1", 7, 0))
    assert (node.term, node.leader) == (7, "m2")


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.LEADER])
def test_a_candidate_or_leader_whose_term_is_out_of_date_becomes_a_follower(role: Role) -> None:
    """5.1: it immediately reverts to follower state."""
    cluster = Cluster(3)
    if role is Role.LEADER:
        cluster.elect("m1")
    else:
        cluster.node("m1").campaign()
    node = cluster.node("m1")
    assert node.role is role
    node.step(AppendEntries("m2", "m1", node.term + 1, 0, 0, (), 0))
    assert node.role is Role.FOLLOWER
    assert node.leader == "m2"


def test_a_request_with_a_stale_term_is_rejected() -> None:
    """5.1: if a server receives a request with a stale term number, it rejects the request."""
    cluster = Cluster(3, config=NO_LEASE)
    node = cluster.node("m1")
    node.step(Heartbeat("m2", "m1", 7, 0))
    cluster.process("m1")
    before = node.status()
    node.step(AppendEntries("m3", "m1", 6, 3, 1, (Entry(4, 6, "x"),), 4))
    node.step(RequestVote("m3", "m1", 6, 99, 6))
    assert node.status() == before


# Section 5.2, leader election


def test_servers_start_as_followers() -> None:
    """5.2: when servers start up, they begin as followers."""
    cluster = Cluster(3)
    assert [cluster.node(name).role for name in cluster.running()] == [Role.FOLLOWER] * 3


def test_a_leader_sends_heartbeats_to_all_followers() -> None:
    """5.2: leaders send periodic heartbeats to all followers in order to maintain their authority."""
    cluster = Cluster(3)
    cluster.elect("m1")
    cluster.sent.clear()
    cluster.tick("m1")
    assert [(type(message), message.target) for message in cluster.sent] == [(Heartbeat, "m2"), (Heartbeat, "m3")]


def test_a_follower_without_communication_begins_an_election() -> None:
    """5.2: if a follower receives no communication over the election timeout, it increments its term,
    votes for itself and asks all others."""
    cluster = Cluster(3)
    node = cluster.node("m1")
    cluster.tick("m1", count=19)
    assert (node.role, node.term, node.vote) == (Role.CANDIDATE, 2, "m1")
    asked = [message.target for message in cluster.sent if isinstance(message, RequestVote)]
    assert asked == ["m2", "m3"]


@pytest.mark.parametrize(
    ("size", "granted", "refused", "role"),
    [
        (1, 0, 0, Role.LEADER),
        (3, 0, 0, Role.CANDIDATE),
        (3, 1, 0, Role.LEADER),
        (3, 0, 1, Role.CANDIDATE),
        (3, 0, 2, Role.FOLLOWER),
        (5, 1, 2, Role.CANDIDATE),
        (5, 2, 2, Role.LEADER),
        (5, 1, 3, Role.FOLLOWER),
        (4, 1, 0, Role.CANDIDATE),
        (4, 2, 0, Role.LEADER),
    ],
)
def test_a_candidate_wins_with_the_votes_of_a_majority(size: int, granted: int, refused: int, role: Role) -> None:
    """5.2: a candidate wins an election if it receives votes from a majority of the full cluster."""
    node = Cluster(size).node("m1")
    node.campaign()
    for number in range(granted + refused):
        node.step(Vote(f"m{number + 2}", "m1", node.term, number < granted))
    assert node.role is role


def test_a_vote_counts_once() -> None:
    cluster = Cluster(5)
    node = cluster.node("m1")
    node.campaign()
    for _ in range(3):
        node.step(Vote("m2", "m1", node.term, True))
    assert node.role is Role.CANDIDATE


def test_each_server_votes_for_at_most_one_candidate_in_a_term() -> None:
    """5.2: each server will vote for at most one candidate in a given term, first come, first served."""
    cluster = Cluster(3)
    node = cluster.node("m1")
    node.step(RequestVote("m2", "m1", 5, 9, 1))
    node.step(RequestVote("m3", "m1", 5, 9, 1))
    node.step(RequestVote("m2", "m1", 5, 9, 1))
    ready = node.ready()
    assert ready is not None
    votes = [(vote.target, vote.granted) for vote in ready.messages if isinstance(vote, Vote)]
    assert votes == [("m2", True), ("m3", False), ("m2", True)]


def test_a_vote_is_stored_before_it_is_sent_and_survives_a_crash() -> None:
    """5.2 and figure 2: votedFor is updated on stable storage before responding."""
    cluster = Cluster(3)
    node = cluster.node("m1")
    node.step(RequestVote("m2", "m1", 5, 9, 1))
    ready = node.ready()
    assert ready is not None
    assert ready.hard_state == HardState(5, "m2", 3)
    cluster.process("m1")
    cluster.crash("m1")
    again = cluster.start("m1")
    again.step(RequestVote("m3", "m1", 5, 9, 1))
    cluster.process("m1")
    assert cluster.sent[-1] == Vote("m1", "m3", 5, False)


def test_a_candidate_that_hears_from_the_terms_leader_follows_it() -> None:
    """5.2: if the leader's term is at least as large, the candidate returns to follower state."""
    node = Cluster(3).node("m1")
    node.campaign()
    node.step(Heartbeat("m2", "m1", node.term, 0))
    assert (node.role, node.leader, node.vote) == (Role.FOLLOWER, "m2", "m1")


def test_a_split_vote_ends_in_a_new_term() -> None:
    """5.2: when a vote is split, each candidate times out and starts a new election with a larger term."""
    cluster = Cluster(4)
    for name in ("m1", "m2"):
        cluster.node(name).campaign()
        cluster.process(name)
    cluster.partition(["m1", "m3"], ["m2", "m4"])
    cluster.settle()
    assert cluster.leader() is None
    cluster.heal()
    cluster.run(100)
    leader = cluster.leader()
    assert leader is not None
    assert cluster.node(leader).term > 2


def test_election_timeouts_are_drawn_anew_from_ten_to_nineteen_ticks() -> None:
    """5.2: election timeouts are chosen randomly from a fixed interval, anew for each election."""
    cluster = Cluster(3)
    cluster.lose = lambda message: True
    node = cluster.node("m1")
    waits: list[int] = []
    for _ in range(400):
        term, ticks = node.term, 0
        while node.term == term:
            cluster.tick("m1")
            ticks += 1
        waits.append(ticks)
    assert sorted(set(waits)) == list(range(10, 20))


# Section 6 and 8


def test_a_member_in_touch_with_its_leader_ignores_candidates() -> None:
    """6: if a server receives a vote request within the minimum election timeout of hearing from a current
    leader, it does not update its term or grant its vote."""
    cluster = Cluster(3)
    leader = cluster.elect("m1")
    node = cluster.node("m2")
    request = RequestVote("m3", "m2", 9, 99, 9)
    for _ in range(9):
        node.tick()
    node.step(request)
    assert (node.term, node.leader) == (2, "m1")
    node.step(Heartbeat("m1", "m2", 2, leader.log.committed))
    for _ in range(10):
        node.tick()
    assert node.role is Role.FOLLOWER  # its own timeout is longer than the shortest one
    node.step(request)
    assert (node.term, node.vote) == (9, "m3")


def test_a_leader_begins_its_term_with_an_entry_of_its_own() -> None:
    """8: each leader commits a blank no-op entry into the log at the start of its term."""
    cluster = Cluster(3)
    node = cluster.elect("m1")
    assert node.log.between(3, 99) == (Entry(4, 2, None),)
    assert node.log.committed == 4
