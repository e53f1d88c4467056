"""What the timeline says of elections, rollouts, failures and commands, and when."""

from collections.abc import Callable
from typing import Any

from tests.backends.lab import SECOND, Cluster

CREATE = "docker service create --detach --name web {} joeyratt/webpage:latest"
FIVE = ("manager1", "manager2", "manager3", "manager4", "manager5")


class Watched(Cluster):
    """A cluster whose timeline and quorum are kept, moment by moment."""

    def __init__(self, *nodes: str) -> None:
        super().__init__(*nodes)
        self.entries: list[dict[str, Any]] = []
        self.quorums: list[dict[str, Any]] = []
        self.emulated.kernel.on_settled = self._settled
        self.emulated.observer._on_changes = self._changed

    def _settled(self, touched: list[tuple[str, str]]) -> None:
        self.emulated.observer._settled(touched)

    def _changed(self, at_us: int, changes: dict[str, Any]) -> None:
        self.entries += changes.get("timeline", [])
        if "quorum" in changes.get("put", {}):
            self.quorums.append(changes["put"]["quorum"])

    def told(self, kind: str) -> list[str]:
        return [entry["text"] for entry in self.entries if entry["kind"] == kind]

    def tell_of(self, doing: Callable[[], object], kind: str) -> list[str]:
        self.entries.clear()
        doing()
        return self.told(kind)


def test_a_swarm_that_grows_from_one_manager_to_three_loses_no_quorum_and_has_one_election() -> None:
    cluster = Watched("manager1", "manager2", "manager3")
    assert cluster.tell_of(cluster.swarm, "election") == ["manager1 leads, term 2"]


def test_the_managers_that_hear_each_other_are_counted_while_they_elect() -> None:
    cluster = Watched(*FIVE)
    cluster.swarm()
    cluster.sleep(5)
    cluster.quorums.clear()

    def cut() -> None:
        cluster.fault(partition=[["manager1"], list(FIVE[1:])])
        cluster.sleep(30)

    first, *more = cluster.tell_of(cut, "election")
    assert first == "No leader: 4 of 5 managers hear each other and elect one"
    assert more
    assert all(" leads, term " in text for text in more)
    assert {quorum["reachable"] for quorum in cluster.quorums} == {4}
    assert cluster.quorums[0]["has"] is False
    assert cluster.quorums[-1]["leader"] in FIVE[1:]


def test_a_majority_that_is_gone_is_a_lost_quorum_and_one_that_is_back_is_none() -> None:
    cluster = Watched("manager1", "manager2", "manager3")
    cluster.swarm()
    cluster.sleep(5)

    def apart() -> None:
        cluster.fault(partition=[["manager1"], ["manager2"], ["manager3"]])
        cluster.sleep(30)

    assert cluster.tell_of(apart, "election") == ["Quorum lost: 1 of 3 managers"]

    def heal() -> None:
        cluster.fault(heal=True)
        cluster.sleep(30)

    told = cluster.tell_of(heal, "election")
    assert not [text for text in told if "lost" in text]
    assert " leads, term " in told[-1]


def test_a_rollout_says_how_many_are_new() -> None:
    cluster = Watched("manager1")
    cluster.swarm()
    cluster.run("manager1", CREATE.format("--replicas 3"))
    cluster.sleep(20)

    def update() -> None:
        cluster.run("manager1", "docker service update --detach --image joeyratt/webpage:v2.0 web")
        cluster.sleep(120)

    told = cluster.tell_of(update, "service")
    assert [text for text in told if "are new" in text] == [f"web: {number} of 3 are new" for number in (1, 2, 3)]
    assert [text for text in told if text.endswith(" run")] == []
    assert told[-1] == "web: update completed"


def test_tasks_that_fail_are_told_once_and_that_fewer_run() -> None:
    cluster = Watched("manager1")
    cluster.swarm()
    cluster.run("manager1", CREATE.format("--replicas 2 --health-cmd true --health-interval 2s --health-retries 1"))
    cluster.sleep(30)

    def spoil() -> None:
        cluster.fault(unhealthy="joeyratt/webpage")
        cluster.sleep(120)

    told = cluster.tell_of(spoil, "service")
    failed = [text for text in told if " failed on manager1: " in text]
    assert {text.split(" ", 1)[0] for text in failed} == {"web.1", "web.2"}
    assert all("unhealthy" in text for text in failed)
    assert "web: 0 of 2 run" in told
    assert len(told) == len(set(told)) < 8


def test_a_command_stands_where_it_began_and_is_there_while_it_runs() -> None:
    cluster = Watched("manager1")
    cluster.swarm()
    cluster.entries.clear()
    began_us = cluster.emulated.kernel.now_us
    answers: list[Any] = []
    cluster.emulated.execute(
        "manager1", CREATE.format("").replace("--detach ", ""), tty=False, limit_us=90 * SECOND, done=answers.append
    )
    cluster.sleep(0.5)

    assert not answers
    command = next(entry for entry in cluster.entries if entry["kind"] == "command")
    assert command["text"].startswith("docker service create")
    assert command["at"] - began_us < SECOND // 10
    cluster.sleep(60)
    assert answers
    assert len(cluster.told("command")) == 1


def test_a_machine_joins_once_for_each_certificate_and_not_because_it_has_an_old_ones_name() -> None:
    cluster = Watched("manager1", "worker1")
    cluster.swarm()
    cluster.sleep(5)
    assert cluster.told("node").count("worker1 joined as a worker") == 1

    def reboot_and_replace() -> None:
        cluster.fault(restart="worker1")
        cluster.sleep(40)
        cluster.run("host", "multipass delete --purge worker1")
        cluster.run("host", "multipass launch docker --name worker1")
        cluster.sleep(40)

    told = cluster.tell_of(reboot_and_replace, "node")
    assert told[-1] == "worker1 is on"
    assert "worker1 joined as a worker" not in told

    token = cluster.run("manager1", "docker swarm join-token -q worker")["stdout"].strip()
    address = cluster.run("manager1", "docker node inspect self --format '{{.ManagerStatus.Addr}}'")["stdout"].strip()

    def join() -> None:
        cluster.run("worker1", f"docker swarm join --token {token} {address}")
        cluster.sleep(10)

    assert cluster.tell_of(join, "node").count("worker1 joined as a worker") == 1
