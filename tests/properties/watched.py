"""An emulated cluster whose engines are asked at the end of every instant, and what the page shows then."""

from typing import Any

from playground.api.client import EngineUnreachable, Response
from playground.backends.api_observer import LISTS
from playground.backends.api_view import Answers, MachineFacts, build
from playground.backends.emulated import EmulatedCluster
from playground.backends.errors import Refusal
from playground.labs.view_log import Changes, ViewLog
from playground.raft.status import Role as RaftRole
from playground.sim import SECOND
from playground.swarm.model import Node
from tests.backends.known_view import known
from tests.properties.at_once import get

WALL_US = 1_760_000_000_000_000
MANAGERS = ("manager1", "manager2", "manager3")
MACHINES = (*MANAGERS, "worker1", "worker2")
IMAGES = ("joeyratt/webpage:latest", "joeyratt/webpage:v2.0", "joeyratt/webpage:missing")
OF_SWARM = ("state", "message", "availability", "labels", "reachability", "leader", "id", "role")
"""What of a node the swarm tells; the rest its own engine does, or its machine."""

Json = dict[str, Any]


class Watched:
    """Three managers and two workers in a swarm. ``looks`` and ``compared`` count instants: all, and with a leader."""

    def __init__(self, seed: int, *, ask: bool = True) -> None:
        self.looks = self.compared = self.refused = 0
        self.seen = ViewLog()
        self._ask = False
        self.cluster = EmulatedCluster(
            seed=seed,
            wall_us=WALL_US,
            nodes=MACHINES,
            images=IMAGES[:2],
            on_changes=lambda at_us, changes: self.seen.absorb(Changes(**changes)),
        )
        self.kernel = self.cluster.kernel
        show = self.kernel.on_settled
        assert show is not None

        def settled(touched: list[tuple[str, str]]) -> None:
            show(touched)
            if self._ask:
                self.check()

        self.kernel.on_settled = settled
        self._ask = ask
        self.do("manager1", "docker swarm init", 1)
        facts = self.cluster.facts()
        for name in MACHINES[1:]:
            token = facts["token"]["manager" if name in MANAGERS else "worker"]
            self.do(name, f"docker swarm join --token {token} {facts['ip']['manager1']}:2377", 2)

    # Acting: nobody waits for an end

    def do(self, machine: str, command: str, seconds: float) -> None:
        """Begin a command on a machine, whatever comes of it, and let time pass."""
        self.cluster.execute(machine, command, tty=False, limit_us=300 * SECOND, done=lambda _: None)
        self.kernel.settle()
        self.sleep(seconds)

    def fault(self, **fault: Any) -> None:
        """Break or mend something, where that makes sense now."""
        try:
            self.cluster.check_fault(fault)
        except Refusal:
            self.refused += 1
            return
        self.cluster.fault(fault, lambda _: None)
        self.kernel.settle()

    def kill_task(self, number: int) -> None:
        """Kill the program of one of the tasks that the page shows."""
        tasks = sorted(task["id"] for task in self.seen.current["tasks"].values() if task["state"] == "running")
        if tasks:
            self.fault(kill_task=tasks[number % len(tasks)])

    def undo(self, number: int) -> None:
        """Undo one of the faults that the page shows."""
        faults = sorted(self.seen.current["faults"])
        if faults:
            self.fault(undo=faults[number % len(faults)])

    def sleep(self, seconds: float) -> None:
        self.kernel.run_until(self.kernel.now_us + int(seconds * SECOND))

    # Comparing

    def check(self) -> None:
        """What the page shows at this moment is what the engines answer at this moment."""
        self.looks += 1
        shown = known(self.seen.current)
        assert shown["faults"] == known({**self.seen.current, "faults": self.cluster.faults.lasting()})["faults"]
        assert set(self.seen.current["links"]) == {f"{a}|{b}" for a, b, _ in self.cluster.network.disturbed()}
        answers = {name: given for name in MACHINES if (given := self._info(name)) is not None}
        leader = self._leader()
        given = self._lists(leader, answers[leader]) if leader in answers else False
        connected = self.cluster.network.connected
        view = build(self._machines(), answers, leader, answers.get(leader), None, connected, WALL_US)
        for name in MACHINES:
            if name not in answers:
                del shown["nodes"][name], view.nodes[name]
        if not given:
            # Nobody can be asked about the swarm: each engine still tells of itself, and nobody is said to decide.
            own, api = ({name: _less(node) for name, node in nodes.items()} for nodes in (shown["nodes"], view.nodes))
            assert _differences(own, api) == {}
            return
        self.compared += 1
        for key, network in view.networks.items():
            # The API names a driver when it is set up, the diagram when it is asked for.
            network["driver"] = network["driver"] or shown["networks"][key]["driver"]
        for node in view.nodes.values():
            # The API tells the role that is wanted, the diagram the one that the node has.
            stored = self._stored(leader, node["id"])
            if stored is not None:
                assert node["role"] == stored.desired_role.value
                node["role"] = stored.role.value
        asked = known(
            {
                "faults": {},
                "partition": None,
                "quorum": None,
                **{part: getattr(view, part) for part in ("nodes", "services", "tasks", "networks", "swarm")},
                "secrets": view.secrets,
                "configs": view.configs,
            }
        )
        for part in ("nodes", "services", "tasks", "networks", "secrets", "configs", "swarm"):
            assert _differences(shown[part], asked[part]) == {}, part
        quorum = shown["quorum"]
        assert view.quorum is not None
        assert (quorum["managers"], quorum["needed"]) == (view.quorum["managers"], view.quorum["needed"])
        if quorum["has"]:
            assert quorum["leader"] == leader

    def _machines(self) -> list[MachineFacts]:
        return [
            MachineFacts(name, machine.ip, machine.cpus, machine.memory_bytes, machine.power.value)
            for name, machine in self.cluster.machines.items()
        ]

    def _get(self, name: str, path: str) -> Response | None:
        return get(self.kernel, self.cluster.network, self.cluster.machines[name].engine, path)

    def _info(self, name: str) -> Answers | None:
        """What an engine says of itself; None while it waits for a manager that begins to lead."""
        try:
            answer = self._get(name, "/info")
        except EngineUnreachable:
            return Answers()
        return Answers(answering=True, info=answer.body) if answer is not None else None

    def _lists(self, name: str, answers: Answers) -> bool:
        """Ask for everything that a manager can tell; False when it cannot."""
        for what in LISTS:
            answer = self._get(name, f"/{what}")
            if answer is None or answer.status != 200:
                return False
            setattr(answers, what, answer.body)
        answers.fresh = True
        return True

    def _leader(self) -> str:
        """The manager that leads; of several (one cut off, that does not know it yet) the one elected last."""
        found = []
        for name, machine in self.cluster.machines.items():
            raft = machine.engine.swarm.raft()
            status = raft.status() if raft is not None and raft.running else None
            if status is not None and status.role is RaftRole.LEADER:
                found.append((status.term, name))
        return max(found, default=(0, ""))[1]

    def _stored(self, leader: str, node_id: str) -> Node | None:
        store = self.cluster.machines[leader].engine.swarm.view()
        return store.get(Node, node_id) if store is not None and node_id else None


def _less(node: Json) -> Json:
    return {key: value for key, value in node.items() if key not in OF_SWARM}


def _differences(shown: Any, asked: Any) -> Json:
    """Where two parts differ: what is shown, and what the engines say."""
    if not isinstance(shown, dict) or not isinstance(asked, dict):
        return {} if shown == asked else {"": (shown, asked)}
    found = {}
    for key in sorted({*shown, *asked}):
        for path, difference in _differences(shown.get(key), asked.get(key)).items():
            found[f"{key}.{path}".rstrip(".")] = difference
    return found
