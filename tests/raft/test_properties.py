"""Whatever goes wrong, the promises of figure 3 hold: ``Cluster`` checks them after every step.

What a proposer was told is agreed on must be there in the end, in every member that has everything.

``RAFT_EXAMPLES`` sets how many schedules are tried (default 100 each); ``make prove`` tries thousands of fresh ones.
"""

import os
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.raft.config import Config
from playground.raft.messages import AppendEntries, Change, InstallSnapshot, Message
from playground.raft.status import Role
from tests.raft.cluster import Cluster

EXAMPLES = int(os.environ.get("RAFT_EXAMPLES", "100"))

schedule_settings = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="RAFT_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    database=None,
)

who = st.integers(0, 4)
STEPS = st.one_of(
    st.tuples(st.just("run"), st.integers(1, 8)),
    st.tuples(st.just("run"), st.integers(1, 8)),
    st.tuples(st.just("deliver"), st.integers(1, 12)),
    st.tuples(st.just("deliver"), st.integers(1, 12)),
    st.tuples(st.just("tick"), who),
    st.tuples(st.just("campaign"), who),
    st.tuples(st.just("propose"), who),
    st.tuples(st.just("propose"), who),
    st.tuples(st.just("propose to the leader"), st.just(0)),
    st.tuples(st.just("partition"), st.integers(0, 31)),
    st.tuples(st.just("heal"), st.just(0)),
    st.tuples(st.just("lose"), st.integers(0, 3)),
    st.tuples(st.just("crash"), who),
    st.tuples(st.just("crash before storing"), who),
    st.tuples(st.just("crash before sending"), who),
    st.tuples(st.just("restart"), who),
    st.tuples(st.just("restart"), who),
    st.tuples(st.just("compact"), who),
    st.tuples(st.just("transfer"), who),
    st.tuples(st.just("unreachable"), who),
    st.tuples(st.just("repeat"), who),
    st.tuples(st.just("overtake"), who),
    st.tuples(st.just("add"), st.just(0)),
    st.tuples(st.just("remove"), who),
)


class Adversary:
    """Does to a cluster what a schedule says, and some of it at random."""

    def __init__(self, size: int, seed: int, *, lease: bool) -> None:
        config = Config(
            election_tick=3, check_quorum=lease, snapshot_interval=10**9, keep_entries=2, max_inflight=3, max_entries=2
        )
        self.cluster = Cluster(size, config=config, seed=seed)
        self.random = Random(seed)
        self.proposed = 0
        self.crash_at: dict[str, str] = {}

    def do(self, action: str, argument: int) -> None:
        cluster = self.cluster
        names = list(cluster.members)
        name = names[argument % len(names)]
        runs = cluster.members[name].node is not None
        match action:
            case "run":
                for _ in range(argument):
                    for each in cluster.running():
                        if cluster.members[each].node is not None:
                            cluster.tick(each)
                    self.deliver(8)
            case "deliver":
                self.deliver(argument)
            case "tick" if runs:
                cluster.tick(name)
            case "campaign" if runs:
                cluster.node(name).campaign()
                cluster.process(name)
            case "propose" if runs:
                self.propose(name)
            case "propose to the leader":
                leader = cluster.leader()
                if leader is not None:
                    self.propose(leader)
            case "partition":
                sides: tuple[list[str], list[str]] = ([], [])
                for number, each in enumerate(names):
                    sides[argument >> number & 1].append(each)
                cluster.partition(*sides)
            case "heal":
                cluster.heal()
                cluster.lose = lambda message: False
            case "lose":
                odds = argument * 0.2
                cluster.lose = lambda message: self.random.random() < odds
            case "crash" if runs:
                cluster.crash(name)
            case "crash before storing" if runs:
                self.half_done(name, before_save=True)
            case "crash before sending" if runs:
                self.half_done(name, before_save=False)
            case "restart" if not runs:
                cluster.start(name)
            case "compact" if runs:
                cluster.compact(name)
            case "transfer":
                leader = cluster.leader()
                if leader is not None and name in cluster.node(leader).members and name != leader:
                    cluster.node(leader).transfer_leadership(name)
                    cluster.process(leader)
            case "unreachable":
                for each in cluster.running():
                    cluster.node(each).report_unreachable(name)
            case "repeat" | "overtake":
                busy = cluster.busy()
                if busy:
                    disturb = cluster.repeat if action == "repeat" else cluster.overtake
                    disturb(*busy[argument % len(busy)])
            case "add":
                self.add()
            case "remove":
                leader = cluster.leader()
                if leader is not None:
                    cluster.change(leader, Change.REMOVE, name)
            case _:
                pass

    def propose(self, name: str) -> None:
        self.proposed += 1
        self.cluster.propose(name, self.proposed)

    def half_done(self, name: str, *, before_save: bool) -> None:
        """Let something happen to a member, which crashes in the middle of dealing with it."""
        node = self.cluster.node(name)
        queues = [queue for (_, target), queue in self.cluster.links.items() if target == name and queue]
        if queues:
            node.step(self.random.choice(queues).pop(0))
        else:
            node.campaign()
        self.cluster.process(name, crash_before_save=before_save, crash_before_send=not before_save)

    def add(self) -> None:
        cluster = self.cluster
        leader = cluster.leader()
        if leader is None or len(cluster.members) >= 8:
            return
        name = f"m{len(cluster.members) + 1}"
        if cluster.change(leader, Change.ADD, name):
            cluster.new_member(name)

    def deliver(self, count: int) -> None:
        for _ in range(count):
            busy = self.cluster.busy()
            if not busy:
                return
            self.cluster.deliver(*self.random.choice(busy))

    def repair(self) -> None:
        """Heal everything and restart everybody: a leader must be found, and all must agree."""
        cluster = self.cluster
        cluster.heal()
        cluster.lose = lambda message: False
        for name, member in cluster.members.items():
            if member.node is None:
                cluster.start(name)
        for _ in range(40):
            cluster.run(5)
            leader = cluster.leader()
            if leader is not None and self.propose_last(leader):
                return
        raise AssertionError("no leader in 200 ticks of a healthy network")

    def propose_last(self, leader: str) -> bool:
        cluster = self.cluster
        if not cluster.propose(leader, "last"):
            return False
        cluster.run(6)
        members = list(cluster.node(leader).members)
        states = {cluster.state(name) for name in members}
        if cluster.leader() != leader:
            return False
        assert len(states) == 1, {name: cluster.state(name) for name in members}
        (state,) = states
        assert state[-1] == "last"
        cluster.check_acknowledged(members)
        return True


@schedule_settings
@given(
    size=st.integers(1, 5),
    seed=st.integers(0, 2**32 - 1),
    lease=st.booleans(),
    steps=st.lists(STEPS, min_size=5, max_size=80),
)
def test_no_schedule_of_faults_breaks_a_promise(
    size: int, seed: int, lease: bool, steps: list[tuple[str, int]]
) -> None:
    adversary = Adversary(size, seed, lease=lease)
    for action, argument in steps:
        adversary.do(action, argument)


@schedule_settings
@given(
    size=st.integers(3, 5),
    seed=st.integers(0, 2**32 - 1),
    lease=st.booleans(),
    steps=st.lists(STEPS.filter(lambda step: step[0] not in ("remove", "add")), min_size=5, max_size=40),
)
def test_after_any_faults_a_healthy_cluster_agrees_again(
    size: int, seed: int, lease: bool, steps: list[tuple[str, int]]
) -> None:
    adversary = Adversary(size, seed, lease=lease)
    for action, argument in steps:
        adversary.do(action, argument)
    adversary.repair()


@pytest.mark.parametrize("seed", range(max(4, EXAMPLES // 25)))
def test_long_random_lives_break_no_promise(seed: int) -> None:
    """Elections that collide all the time, with crashes and losses: the schedules that short examples rarely reach."""
    random = Random(seed)
    adversary = Adversary(random.choice((3, 4, 5)), seed, lease=random.random() < 0.3)
    actions = ["run", "deliver", "deliver", "campaign", "propose", "propose to the leader"]
    actions += ["partition", "heal", "lose", "crash", "crash before storing", "crash before sending"]
    actions += ["restart", "restart", "restart", "compact", "transfer", "add", "remove", "repeat", "overtake"]
    for _ in range(600):
        action = random.choice(actions)
        argument = random.randrange(1, 8) if action in ("run", "deliver") else random.randrange(32)
        adversary.do(action, argument % 4 if action == "lose" else argument)


@pytest.mark.parametrize("seed", range(max(20, EXAMPLES // 5)))
def test_leaders_cut_short_break_no_promise(seed: int) -> None:
    """Figure 8 by chance: short-lived leaders of which often only the entries of earlier terms get through."""
    random = Random(seed)
    cluster = Cluster(5, config=Config(check_quorum=False, max_entries=1), seed=seed)

    def own_term(message: Message) -> bool:
        # A refusal gets back: it is what makes the leader send its older entries.
        if not isinstance(message, AppendEntries) or not message.entries or message.entries[0].term != message.term:
            return False
        node = cluster.members[message.target].node
        return node is not None and node.log.term(message.previous_index) == message.previous_term

    losses: list[Callable[[Message], bool]] = [
        lambda message: False,
        own_term,
        own_term,
        lambda message: isinstance(message, AppendEntries),
    ]
    for _ in range(80):
        if random.random() < 0.8:
            down = [name for name, member in cluster.members.items() if member.node is None]
            if down:
                cluster.start(random.choice(down))
        cluster.lose = random.choice(losses)
        name = random.choice(cluster.running())
        if random.random() < 0.3:
            cluster.propose(name, f"{name} {cluster.random.random()}")
        else:
            cluster.node(name).campaign()
            cluster.process(name)
        cluster.settle()
        if random.random() < 0.5 and len(cluster.running()) > 3:
            cluster.crash(name)


def test_the_adversary_reaches_what_it_is_there_for() -> None:
    """Schedules that never elect, commit, compact or install a snapshot would prove nothing."""
    terms, commits, snapshots, changes, acknowledged = 0, 0, 0, 0, 0
    for seed in range(6):
        random = Random(seed)
        adversary = Adversary(3, seed, lease=False)
        for _ in range(400):
            action, span = random.choice(
                [
                    ("run", 8),
                    ("propose to the leader", 1),
                    ("crash", 5),
                    ("restart", 5),
                    ("compact", 5),
                    ("add", 1),
                    ("partition", 31),
                    ("heal", 1),
                ]
            )
            adversary.do(action, random.randrange(span) + (action == "run"))
        cluster = adversary.cluster
        nodes = [cluster.node(name) for name in cluster.running()]
        terms += max((node.term for node in nodes), default=0)
        commits += max((node.log.committed for node in nodes), default=0)
        snapshots += sum(1 for message in cluster.sent if isinstance(message, InstallSnapshot))
        changes += max((len(node.members) for node in nodes), default=0) - 3
        acknowledged += len(cluster.acknowledged)
        assert all(node.role in Role for node in nodes)
    assert terms > 60
    assert commits > 60
    assert snapshots > 3
    assert changes > 3
    assert acknowledged > 10
