"""RaftMember: managers that agree, over a simulated network."""

from random import Random

import pytest

from playground.raft.messages import MembershipChange
from playground.raft.status import Role
from playground.sim.futures import Cancelled
from playground.sim.kernel import SECOND
from playground.swarm.errors import Code, RpcError
from playground.swarm.model import Secret
from playground.swarm.replication import Member, answer_health_checks
from playground.swarm.store import Transaction
from tests.swarm.managers import Managers, cluster, put, secrets

# One member


def test_the_first_member_leads_within_the_instant_it_starts() -> None:
    managers = Managers(1)
    member = managers.first()
    assert managers.kernel.now_us == 0
    assert member.is_leader
    assert managers.events == [("m1", "leads")]


def test_a_fresh_log_holds_the_membership_and_the_leaders_first_entry() -> None:
    member = Managers(1).first()
    entries = member.recent_entries(10)
    assert [(entry.index, entry.term) for entry in entries] == [(1, 1), (2, 2)]
    assert isinstance(entries[0].data, MembershipChange)
    assert entries[1].data is None


def test_an_object_has_the_commit_index_at_the_start_of_its_transaction_as_version() -> None:
    managers = Managers(1)
    member = managers.first()
    first = managers.do(member.update(put("a")))
    second = managers.do(member.update(put("b")))
    assert (first.version, second.version) == (2, 3)
    assert member.commit_index == 4


def test_a_transaction_that_writes_nothing_makes_no_entry() -> None:
    managers = Managers(1)
    member = managers.first()
    assert managers.do(member.update(lambda transaction: transaction.index)) == 2
    assert member.commit_index == 2


def test_a_change_that_raises_changes_nothing_and_lets_the_next_one_in() -> None:
    managers = Managers(1)
    member = managers.first()

    def refuse(transaction: Transaction) -> None:
        put("a")(transaction)
        raise RpcError(Code.INVALID_ARGUMENT, "no")

    with pytest.raises(RpcError, match="no"):
        managers.do(member.update(refuse))
    managers.do(member.update(put("b")))
    assert secrets(member) == ["b"]


def test_updates_happen_one_at_a_time_in_the_order_of_the_calls() -> None:
    managers = cluster(3)
    leader = managers.leader
    tasks = [managers.task(leader.update(put("counter", str(number).encode()))) for number in range(5)]
    managers.run(1)
    versions = [task.result().version for task in tasks]
    assert versions == sorted(set(versions))
    found = leader.view.get(Secret, "counter")
    assert found is not None
    assert found.data == b"4"


# Several members


def test_what_the_leader_commits_is_applied_by_every_manager() -> None:
    managers = cluster(3)
    managers.do(managers.leader.update(put("a")))
    managers.run(0.1)
    assert [secrets(managers.members[name]) for name in ("m1", "m2", "m3")] == [["a"]] * 3


def test_a_joiner_gets_everything_that_was_agreed_before() -> None:
    managers = Managers(2)
    for number in range(70):
        managers.do(
            managers.members["m1"].update(put(f"s{number:02}")) if number else managers.first().update(put("s00"))
        )
    joined = managers.join("m2")
    assert len(secrets(joined)) == 70
    assert [member.member_id for member in joined.members()] == ["m1-1", "m2-1"]


def test_a_manager_that_cannot_be_reached_back_is_not_added() -> None:
    managers = Managers(2)
    leader = managers.first()
    with pytest.raises(RpcError) as refused:
        managers.do(leader.add_member(managers.identity("m2")))
    assert str(refused.value) == (
        "rpc error: code = Unknown desc = could not connect to prospective new cluster member using its advertised "
        'address: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: '
        'dial tcp m2:2377: connect: connection refused"'
    )
    assert len(leader.members()) == 1


def test_a_node_that_is_a_member_already_keeps_its_member_id() -> None:
    managers = cluster(2)
    answer_health_checks(managers.network, "m2")
    again = Member("another", "node-m2", "m2", "m2:2377")
    members = managers.do(managers.leader.add_member(again))
    assert [member.member_id for member in members] == ["m1-1", "m2-1"]


def test_a_follower_adds_nobody() -> None:
    managers = cluster(2)
    with pytest.raises(
        RpcError, match="code = FailedPrecondition desc = raft: failed to process the request: node lost"
    ):
        managers.do(managers.members["m2"].add_member(managers.identity("m3")))


def test_a_follower_takes_no_writes() -> None:
    managers = cluster(3)
    with pytest.raises(RpcError) as refused:
        managers.do(managers.members["m2"].update(put("a")))
    assert str(refused.value) == (
        "rpc error: code = Unknown desc = raft: failed to process the request: node lost leader status"
    )


def test_a_healthy_cluster_keeps_its_leader() -> None:
    managers = cluster(3)
    managers.run(600)
    assert managers.events == [("m1", "leads")]
    assert managers.leader.status().term == 2


# Losing members


def test_a_dead_manager_is_unreachable_after_about_two_seconds_and_reachable_when_it_is_back() -> None:
    managers = cluster(3)
    managers.run(5)
    leader = managers.leader
    assert leader.reachable("m3-1")
    managers.crash("m3")
    managers.run(1.9)
    assert leader.reachable("m3-1")
    managers.run(1.2)
    assert not leader.reachable("m3-1")
    assert leader.reachable("m2-1")
    assert leader.reachable("m1-1")
    managers.boot("m3")
    managers.run(1.1)
    assert leader.reachable("m3-1")


def test_when_the_leader_dies_another_leads_within_twenty_seconds() -> None:
    managers = cluster(3)
    managers.run(3)
    managers.crash("m1")
    managers.run(9)
    assert not [member for member in managers.members.values() if member.is_leader]
    managers.run(30)
    leader = managers.leader
    assert leader is not managers.members["m1"]
    assert not leader.reachable("m1-1")
    managers.do(leader.update(put("a")))
    back = managers.boot("m1")
    managers.run(2)
    assert secrets(back) == ["a"]
    assert back.leader().member == leader.member


def test_an_isolated_leader_steps_down_and_its_writes_fail() -> None:
    managers = cluster(3)
    old = managers.leader
    managers.network.partition([["m1"], ["m2", "m3"]])
    write = managers.task(old.update(put("lost")))
    managers.run(5)
    assert not write.done
    assert old.is_leader
    assert secrets(old) == []
    managers.run(16)
    assert ("m1", "stops leading") in managers.events
    with pytest.raises(RpcError, match="node lost leader status"):
        write.result()
    managers.run(20)
    managers.do(managers.leader.update(put("kept")))
    managers.network.heal()
    managers.run(60)
    assert [secrets(member) for member in managers.members.values()] == [["kept"]] * 3


def test_ticks_without_a_leader_count_from_the_candidacy_on() -> None:
    managers = cluster(2)
    follower = managers.members["m2"]
    managers.run(3)
    assert follower.leader().ticks_without == 0
    assert follower.leader().member == managers.identity("m1")
    managers.crash("m1")
    managers.run(9)
    assert follower.leader().member == managers.identity("m1")
    managers.run(11)
    assert follower.leader().member is None
    managers.run(10)
    assert follower.leader().ticks_without > 10


def test_losing_quorum_and_getting_it_back() -> None:
    managers = cluster(3)
    managers.crash("m2")
    managers.crash("m3")
    managers.run(60)
    assert not managers.members["m1"].is_leader
    managers.boot("m2")
    managers.run(60)
    managers.do(managers.leader.update(put("a")))


# Stopping and cancelling


def test_a_stopped_member_is_silent_and_its_waiting_writes_fail() -> None:
    managers = cluster(2)
    leader = managers.leader
    managers.crash("m2")
    write = managers.task(leader.update(put("a")))
    managers.run(1)
    leader.stop()
    events = len(managers.events)
    done = managers.kernel.events_done
    managers.run(60)
    with pytest.raises(RpcError, match="node lost leader status"):
        write.result()
    assert managers.events[events:] == []
    assert managers.kernel.events_done - done < 10


def test_an_update_that_is_cancelled_while_it_waits_does_not_let_the_next_one_read_the_past() -> None:
    managers = cluster(3)
    leader = managers.leader
    abandoned = managers.task(leader.update(put("counter", b"1")))
    managers.run(0)
    abandoned.cancel()
    following = managers.task(leader.update(put("counter", b"2")))
    managers.run(1)
    with pytest.raises(Cancelled):
        abandoned.result()
    first_version = following.result().version
    assert first_version == leader.commit_index - 1
    found = leader.view.get(Secret, "counter")
    assert found is not None
    assert found.data == b"2"


def test_the_same_seed_gives_the_same_messages() -> None:
    def trace(seed: int) -> list[tuple[int, str, str, str]]:
        managers = Managers(3, seed=seed)
        seen: list[tuple[int, str, str, str]] = []
        managers.network.observer = lambda source, target, service, payload, due_us: seen.append(
            (due_us, source, target, repr(payload))
        )
        managers.first()
        managers.join("m2")
        managers.join("m3")
        managers.crash("m1")
        managers.run(60)
        return seen

    assert trace(7) == trace(7)
    assert trace(7) != trace(8)


def test_an_idle_cluster_does_nothing_but_tick_and_beat() -> None:
    managers = cluster(3)
    managers.run(10)
    done = managers.kernel.events_done
    managers.run(100)
    # A second: three ticks, two heartbeats, two answers.
    assert managers.kernel.events_done - done <= 7 * 101
    leader = managers.leader.status()
    assert leader is not None
    assert leader.role is Role.LEADER


@pytest.mark.parametrize("seed", range(12))
def test_heartbeats_carried_in_one_event_come_to_the_same_as_in_many(seed: int) -> None:
    def trace(*, watched: bool, slices: bool) -> list[object]:
        random = Random(seed)
        managers = cluster(3 + 2 * (seed % 2), seed=seed)
        names = list(managers.members)
        if watched:  # Whoever listens to the network hears each message in an event of its own.
            managers.network.observer = lambda *seen: None
        came: list[object] = []
        for _ in range(15):
            a, b = random.sample(names, 2)
            match random.randrange(6):
                case 0:
                    managers.network.link(a, b).cut = True
                case 1:
                    managers.network.link(a, b).loss = 0.3
                case 2:
                    managers.network.link(a, b).extra_latency_us = random.choice((3_000, 400_000, 1_500_000))
                case 3:
                    managers.task(managers.members[a].update(put(f"s{random.random()}")))
                case _:
                    managers.network.heal()
            until_us = managers.kernel.now_us + random.choice((700, 2 * SECOND, 13 * SECOND))
            while slices and managers.kernel.now_us < until_us - 40_000:
                managers.kernel.run_until(managers.kernel.now_us + 37_003)
            managers.kernel.run_until(until_us)
            for name in names:
                member = managers.members[name]
                came.append((member.status(), member.recent_messages(), [member.reachable(each) for each in names]))
        return [*came, managers.events, managers.kernel.events_done]

    whole = trace(watched=False, slices=False)

    assert whole == trace(watched=True, slices=False)
    assert whole == trace(watched=False, slices=True)
