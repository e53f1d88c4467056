"""The log and its safety: one test a sentence of the Raft paper (extended version) that matters, its section named."""

import pytest

from playground.raft.config import Config
from playground.raft.messages import (
    AppendEntries,
    AppendResponse,
    Entry,
    RequestVote,
    Vote,
)
from playground.raft.node import ProposalDropped
from playground.raft.status import Role
from tests.raft.cluster import Cluster
from tests.raft.disks import started, stored

NO_LEASE = Config(check_quorum=False)


# Section 5.3, log replication


def test_a_leader_appends_a_command_and_sends_it_to_all() -> None:
    """5.3: the leader appends the command to its log, then sends it to each of the others."""
    cluster = Cluster(3)
    node = cluster.elect("m1")
    cluster.sent.clear()
    index, term = node.propose("x")
    cluster.process("m1")
    assert (index, term) == (node.log.last_index, node.term)
    sent = [message for message in cluster.sent if isinstance(message, AppendEntries)]
    assert [(message.target, message.entries) for message in sent] == [
        ("m2", (Entry(index, term, "x"),)),
        ("m3", (Entry(index, term, "x"),)),
    ]


@pytest.mark.parametrize("role", [Role.FOLLOWER, Role.CANDIDATE])
def test_only_the_leader_takes_proposals(role: Role) -> None:
    cluster = Cluster(3)
    if role is Role.CANDIDATE:
        cluster.node("m1").campaign()
    with pytest.raises(ProposalDropped):
        cluster.node("m1").propose("x")


@pytest.mark.parametrize(("size", "needed"), [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2)])
def test_an_entry_is_committed_once_a_majority_has_it(size: int, needed: int) -> None:
    """5.3: a log entry is committed once the leader has replicated it on a majority of the servers."""
    cluster = Cluster(size)
    node = cluster.elect("m1")
    index, term = node.propose("x")
    for number in range(needed):
        assert node.log.committed == index - 1
        node.step(AppendResponse(f"m{number + 2}", "m1", term, index))
    assert node.log.committed == index


def test_a_follower_applies_what_the_leader_says_is_committed() -> None:
    """5.3: once a follower learns that an entry is committed, it applies it, in log order."""
    cluster = Cluster(3)
    cluster.elect("m1")
    for data in ("a", "b", "c"):
        cluster.propose("m1", data)
    cluster.settle()
    assert [cluster.state(name) for name in ("m1", "m2", "m3")] == [("a", "b", "c")] * 3


def test_a_follower_never_commits_beyond_what_it_has_from_this_leader() -> None:
    """Figure 2: commitIndex = min(leaderCommit, index of last new entry)."""
    cluster = Cluster(3)
    node = started(cluster, "m1", stored(1, 1, members=("m1", "m2", "m3")))
    node.step(AppendEntries("m2", "m1", 2, 4, 1, (), 5))
    assert node.log.committed == 4


def test_a_follower_refuses_entries_whose_predecessor_it_lacks() -> None:
    """5.3: if the follower does not find an entry with the same index and term, it refuses the new entries."""
    cluster = Cluster(3)
    node = started(cluster, "m1", stored(1, 2, members=("m1", "m2", "m3")))
    node.step(AppendEntries("m2", "m1", 4, 5, 3, (Entry(6, 4, "x"),), 3))
    cluster.process("m1")
    answer = cluster.sent[-1]
    assert isinstance(answer, AppendResponse)
    assert (answer.rejected, answer.index, answer.hint_index, answer.hint_term) == (True, 5, 5, 2)
    assert node.log.last_index == 5


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param((1, 1, 1, 4, 4, 5, 5, 6, 6), id="a: one entry missing"),
        pytest.param((1, 1, 1, 4), id="b: many missing"),
        pytest.param((1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6), id="c: one too many"),
        pytest.param((1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7), id="d: a later term's too"),
        pytest.param((1, 1, 1, 4, 4, 4, 4), id="e: missing and extra"),
        pytest.param((1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3), id="f: two terms of its own"),
    ],
)
def test_a_leader_brings_every_followers_log_to_its_own(terms: tuple[int, ...]) -> None:
    """5.3, figure 7: the leader forces the followers' logs to duplicate its own."""
    members = ("m1", "m2", "m3")
    cluster = Cluster(3, config=NO_LEASE)
    cluster.crash("m2")
    leader = started(cluster, "m1", stored(1, 1, 1, 4, 4, 5, 5, 6, 6, 6, members=members, term=7))
    follower = started(cluster, "m3", stored(*terms, members=members, term=7))
    started(cluster, "m2", stored(1, 1, 1, 4, 4, 5, 5, 6, 6, 6, members=members, term=7))
    # What m3 holds was never agreed; it only ever was in this test's hands.
    cluster.partition(["m1", "m2"])
    cluster.elect("m1")
    cluster.heal()
    cluster.run(3)
    assert follower.log.between(0, follower.log.last_index) == leader.log.between(0, leader.log.last_index)
    assert follower.log.committed == leader.log.committed == leader.log.last_index


def test_conflicting_terms_are_skipped_whole() -> None:
    """5.3, last paragraphs: one refusal for each conflicting term, not for each entry."""
    members = ("m1", "m2", "m3")
    cluster = Cluster(3, config=NO_LEASE)
    cluster.crash("m2")
    started(cluster, "m1", stored(*[2] * 3, *[5] * 40, members=members, term=9))
    follower = started(cluster, "m3", stored(*[2] * 3, *[4] * 40, members=members, term=9))
    started(cluster, "m2", stored(*[2] * 3, *[5] * 40, members=members, term=9))
    cluster.partition(["m1", "m2"])
    cluster.elect("m1")
    cluster.heal()
    cluster.sent.clear()
    cluster.run(2)
    refusals = [message for message in cluster.sent if isinstance(message, AppendResponse) and message.rejected]
    assert len(refusals) <= 2
    assert follower.log.last_index == cluster.node("m1").log.last_index


def test_lost_appends_are_sent_again() -> None:
    """5.3: if followers crash or packets are lost, the leader retries indefinitely."""
    cluster = Cluster(3)
    cluster.elect("m1")
    cluster.lose = lambda message: message.target == "m3" and isinstance(message, AppendEntries)
    for number in range(5):
        cluster.propose("m1", number)
    cluster.settle()
    assert cluster.state("m3") == ()
    cluster.lose = lambda message: False
    cluster.run(3)
    assert cluster.state("m3") == (0, 1, 2, 3, 4)


# Section 5.4, safety


@pytest.mark.parametrize(
    ("mine", "last_index", "last_term", "granted"),
    [
        ((1, 1), 5, 1, True),
        ((1, 1), 6, 1, True),
        ((1, 1), 4, 1, False),
        ((1, 1), 1, 2, True),
        ((1, 3), 99, 2, False),
        ((1, 3), 5, 3, True),
    ],
)
def test_a_voter_denies_its_vote_when_its_own_log_is_more_up_to_date(
    mine: tuple[int, ...], last_index: int, last_term: int, granted: bool
) -> None:
    """5.4.1: the later last term is more up to date; with the same last term, the longer log."""
    cluster = Cluster(3)
    node = started(cluster, "m1", stored(*mine, members=("m1", "m2", "m3")))
    node.step(RequestVote("m2", "m1", 9, last_index, last_term))
    cluster.process("m1")
    assert cluster.sent[-1] == Vote("m1", "m2", 9, granted)


def test_an_entry_of_an_earlier_term_is_not_committed_by_counting() -> None:
    """5.4.2: only log entries from the leader's current term are committed by counting replicas."""
    cluster = Cluster(3)
    node = started(cluster, "m1", stored(2, members=("m1", "m2", "m3"), term=2))
    node.campaign()
    node.step(Vote("m2", "m1", 3, True))
    assert node.role is Role.LEADER
    node.step(AppendResponse("m2", "m1", 3, 4))
    assert node.log.committed == 3
    node.step(AppendResponse("m2", "m1", 3, 5))
    assert node.log.committed == 5


def test_figure_8_cannot_lose_a_committed_entry() -> None:
    """5.4.2, figure 8: an entry of term 2 on a majority since term 4 may still give way to one of term 3."""
    members = ("m1", "m2", "m3", "m4", "m5")
    cluster = Cluster(5, config=Config(check_quorum=False, max_entries=1))
    for name in members:
        cluster.crash(name)
    # (b) S1 led term 2, S5 led term 3; neither's entry reached anybody.
    started(cluster, "m1", stored(2, members=members, term=3))
    for name in ("m2", "m3", "m4"):
        started(cluster, name, stored(members=members, term=3))
    # (c) S1 leads term 4, sends its old entry to S2 and S3, but nothing of its own term gets through.
    cluster.lose = lambda message: (
        isinstance(message, AppendEntries)
        and (
            message.target in ("m4", "m5") or message.previous_index == cluster.node(message.target).log.last_index == 6
        )
    )
    cluster.elect("m1")
    leader = cluster.node("m1")
    assert [(peer.member, peer.match) for peer in leader.status().peers] == [("m2", 6), ("m3", 6), ("m4", 0), ("m5", 0)]
    assert leader.log.term(6) == 2
    assert leader.log.committed == 5
    # (d) S1 crashes; S5 is elected by S2, S3 and S4 and replaces the entry. The cluster checks every promise.
    cluster.crash("m1")
    cluster.lose = lambda message: False
    started(cluster, "m5", stored(3, members=members, term=4))
    cluster.elect("m5")
    assert [cluster.state(name) for name in members[1:]] == [("3",)] * 4


# Section 5.5 and 5.6


def test_a_repeated_append_changes_nothing() -> None:
    """5.5: if a follower receives entries that are already in its log, it ignores them."""
    cluster = Cluster(3)
    cluster.elect("m1")
    cluster.propose("m1", "a")
    cluster.settle()
    again = [message for message in cluster.sent if isinstance(message, AppendEntries) and message.target == "m2"]
    before = cluster.node("m2").status()
    for message in again:
        cluster.node("m2").step(message)
    cluster.process("m2")
    assert cluster.node("m2").status() == before


def test_an_old_append_that_comes_late_does_not_shorten_the_log() -> None:
    """5.3: only on a conflict is the rest of the log deleted."""
    cluster = Cluster(3)
    node = started(cluster, "m1", stored(2, 2, 2, members=("m1", "m2", "m3")))
    node.step(AppendEntries("m2", "m1", 2, 3, 1, (Entry(4, 2, "2"),), 3))
    assert node.log.last_index == 6


def test_a_crashed_cluster_comes_back_with_everything_it_agreed_on() -> None:
    """5.5 and figure 2: currentTerm, votedFor and log[] are persistent."""
    cluster = Cluster(3)
    cluster.elect("m1")
    cluster.propose("m1", "a")
    cluster.run(1)
    for name in ("m1", "m2", "m3"):
        cluster.crash(name)
    for name in ("m1", "m2", "m3"):
        cluster.start(name)
    cluster.run(60)
    assert [cluster.state(name) for name in ("m1", "m2", "m3")] == [("a",)] * 3
