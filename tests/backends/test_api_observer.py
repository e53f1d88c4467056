"""The observer of real engines, tried on emulated ones: what both know they must see alike."""

import json
from typing import Any

import pytest

from playground.api.client import EngineUnreachable
from playground.backends.api_observer import LISTS, ApiObserver
from playground.backends.api_view import MachineFacts, choose_source, moment_us
from playground.backends.emulated import EmulatedCluster
from playground.engine.machine import Power
from playground.labs.view_log import Changes, ViewLog
from playground.sim import SECOND
from tests.backends.known_view import known

WALL_US = 1_760_000_000_000_000
NODES = ("manager1", "manager2", "manager3", "worker1", "worker2")
PATHS = {name: f"/{name}" for name in LISTS}
CREATE = "docker service create -d --name web --replicas 5 -p 5000:5000 joeyratt/webpage:latest"


class BothSee:
    """An emulated cluster with its own observer, and one that only asks the engines."""

    def __init__(self) -> None:
        self.cluster = EmulatedCluster(seed=3, wall_us=WALL_US, nodes=NODES, images=("joeyratt/webpage:latest",))
        self.api = ApiObserver(
            self.cluster.kernel,
            WALL_US,
            self._machines,
            lambda: self.cluster.partition,
            self,
        )
        self.own_view, self.api_view = ViewLog(), ViewLog()

    def _machines(self) -> list[MachineFacts]:
        return [
            MachineFacts(name, machine.ip, machine.cpus, machine.memory_bytes, machine.power.value)
            for name, machine in self.cluster.machines.items()
        ]

    def connected(self, a: str, b: str) -> bool:
        return self.cluster.network.connected(a, b)

    def links(self) -> dict[str, Any]:
        return {}

    def lasting(self) -> dict[str, Any]:
        return self.cluster.faults.lasting()

    def run(self, seconds: float) -> None:
        self.cluster.kernel.run_until(self.cluster.kernel.now_us + int(seconds * SECOND))

    def execute(self, node: str, command: str, seconds: float = 3) -> str:
        answers: list[Any] = []
        self.cluster.execute(node, command, tty=False, limit_us=120 * SECOND, done=answers.append)
        self.run(seconds)
        assert answers, f"{command} did not end in {seconds} s"
        assert answers[0]["exit"] == 0, answers[0]["stderr"]
        return str(answers[0]["stdout"])

    def fault(self, **fault: Any) -> None:
        self.cluster.check_fault(fault)
        self.cluster.fault(fault, lambda done: None)

    def ask(self, limit_s: float = 30) -> None:
        """Ask every engine everything, as the watcher of real machines does."""
        asking = [self.cluster.kernel.spawn(self._ask(name)) for name in self.cluster.machines]
        end_us = self.cluster.kernel.now_us + int(limit_s * SECOND)
        self.cluster.kernel.run_while(lambda: not all(task.done for task in asking), end_us)

    async def _ask(self, name: str) -> None:
        engine = self.cluster.machines[name].engine

        async def get(path: str) -> tuple[int, Any]:
            answer = await engine.request("GET", path)
            return answer.status, json.loads(json.dumps(answer.body))

        try:
            _, info = await get("/info")
            self.api.heard_info(name, info)
            if info["Swarm"]["ControlAvailable"]:
                for what, path in PATHS.items():
                    status, body = await get(path)
                    if status != 200:
                        self.api.heard_refusal(name, body["message"])
                        return
                    self.api.heard_list(name, what, body)
        except EngineUnreachable:
            self.api.heard_info(name, None)

    def views(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What each of the two sees, less what no API shows."""
        own = self.cluster.observer.changes()
        own.pop("messages", None)
        self.own_view.absorb(Changes(**own))
        self.api_view.absorb(Changes(**self.api.changes()))
        return known(self.own_view.current), known(self.api_view.current)


@pytest.fixture
def both() -> BothSee:
    return BothSee()


@pytest.fixture
def swarm(both: BothSee) -> BothSee:
    both.execute("manager1", "docker swarm init")
    facts = both.cluster.facts()
    for name in NODES[1:]:
        token = facts["token"]["manager" if name.startswith("manager") else "worker"]
        both.execute(name, f"docker swarm join --token {token} {facts['ip']['manager1']}:2377", 5)
    both.run(5)
    return both


def test_both_observers_see_machines_without_a_swarm_alike(both: BothSee) -> None:
    both.ask()
    own, api = both.views()

    assert api == own
    assert len(api["nodes"]) == 5


def test_both_observers_see_a_service_grow_alike(swarm: BothSee) -> None:
    swarm.execute("manager1", CREATE, 10)
    swarm.ask()
    own, api = swarm.views()
    assert api == own
    assert [service["running"] for service in api["services"].values()] == [5]

    swarm.execute("manager1", "docker service update -d --replicas 7 --image joeyratt/webpage:v2.0 web", 3)
    swarm.ask()
    own, api = swarm.views()
    assert api == own

    swarm.run(150)
    swarm.ask()
    own, api = swarm.views()
    assert api == own
    assert {task["image"] for task in api["tasks"].values() if task["state"] == "running"} == {"joeyratt/webpage:v2.0"}


def test_both_observers_see_a_stack_secrets_configs_and_networks_alike(swarm: BothSee) -> None:
    swarm.execute("manager1", "printf s | docker secret create password -; printf c | docker config create page -")
    swarm.execute("manager1", "docker network create -d overlay backend")
    uses = "--secret password --config page --network backend --log-driver none --label com.docker.stack.namespace=shop"
    swarm.execute("manager1", f"docker service create -d --name db {uses} joeyratt/webpage:latest", 15)
    swarm.ask()
    own, api = swarm.views()

    assert api == own
    assert (api["secrets"], api["configs"]) == (["password"], ["page"])
    assert [service["networks"] for service in api["services"].values()] == [["backend"]]


def test_both_observers_see_drain_labels_and_a_dead_worker_alike(swarm: BothSee) -> None:
    swarm.execute("manager1", CREATE, 10)
    swarm.execute("manager1", "docker node update --availability drain --label-add zone=a worker2", 15)
    swarm.fault(kill="worker1")
    swarm.run(40)
    swarm.ask()
    own, api = swarm.views()

    assert api == own
    assert api["nodes"]["worker1"]["state"] == "down"
    assert api["nodes"]["worker2"]["labels"] == {"zone": "a"}


def test_both_observers_follow_the_majority_when_the_leader_is_cut_off(swarm: BothSee) -> None:
    swarm.execute("manager1", CREATE, 10)
    swarm.fault(partition=[["manager1"], ["manager2", "manager3", "worker1", "worker2"]])
    swarm.run(60)
    swarm.ask(60)
    own, api = swarm.views()

    assert api["quorum"] == own["quorum"]
    assert api["quorum"]["leader"] in ("manager2", "manager3")
    assert api == own


def test_without_a_majority_the_api_shows_what_was_last_known_and_says_that_nobody_decides(swarm: BothSee) -> None:
    swarm.execute("manager1", CREATE, 10)
    swarm.ask()
    swarm.views()
    swarm.fault(kill="manager2")
    swarm.fault(kill="manager3")
    swarm.run(60)
    swarm.ask(60)
    own, api = swarm.views()

    assert api["quorum"] == {**own["quorum"], "term": None}
    assert not api["quorum"]["has"]
    assert api["services"].keys() == own["services"].keys()


def test_both_observers_see_a_lock_and_a_swarm_that_is_left(swarm: BothSee) -> None:
    swarm.execute("manager1", "docker swarm update --autolock=true", 5)
    swarm.ask()
    own, api = swarm.views()
    assert api == own
    assert api["swarm"]["autolock"]

    swarm.fault(restart="manager3")
    swarm.run(20)
    swarm.ask()
    own, api = swarm.views()
    assert api["nodes"]["manager3"]["swarm"] == own["nodes"]["manager3"]["swarm"] == "locked"

    for name in ("worker1", "worker2", "manager3", "manager2", "manager1"):
        swarm.execute(name, "docker swarm leave --force", 10)
    swarm.ask()
    own, api = swarm.views()
    assert api["services"] == api["tasks"] == {}
    assert api["swarm"] is None
    assert api["quorum"] is None


def test_a_machine_that_is_off_is_seen_as_off_and_its_engine_as_silent(swarm: BothSee) -> None:
    swarm.fault(kill="worker2")
    swarm.run(2)
    assert swarm.cluster.machines["worker2"].power is Power.OFF
    swarm.ask()
    own, api = swarm.views()

    assert api["nodes"]["worker2"] == own["nodes"]["worker2"]
    assert (api["nodes"]["worker2"]["power"], api["nodes"]["worker2"]["engine"]) == ("off", False)


def test_a_manager_that_sees_a_majority_is_believed_before_one_that_does_not() -> None:
    api = BothSee().api
    members = [
        {"ID": name, "Description": {"Hostname": name}, "ManagerStatus": {"Reachability": "unreachable"}}
        for name in ("a", "b", "c")
    ]
    cut_off = [dict(node) for node in members]
    cut_off[0]["ManagerStatus"] = {"Leader": True, "Reachability": "reachable"}
    whole = [dict(node, ManagerStatus={"Reachability": "reachable"}) for node in members]
    for name, listed in (("a", cut_off), ("b", whole)):
        api.heard_info(name, {"Swarm": {"NodeID": name, "LocalNodeState": "active", "ControlAvailable": True}})
        api.heard_list(name, "nodes", listed)

    assert choose_source(api.answers, "a") == "b"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T06:55:38.123456789Z", 1_795_416_938_123_456),
        ("2026-11-23T07:55:38.1+01:00", 1_795_416_938_100_000),
        ("0001-01-01T00:00:00Z", 0),
        ("", 0),
    ],
)
def test_times_of_engines_are_read_to_the_microsecond(text: str, moment: int) -> None:
    assert moment_us(text) == moment
