"""A swarm in one process: machines with a ``SwarmNode`` each and an engine that runs any task at once."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from playground.backends.x509 import X509Authority
from playground.sim.futures import Future
from playground.sim.kernel import MILLISECOND, SECOND, Kernel
from playground.sim.network import Network
from playground.swarm.control.answers import NodeAnswer
from playground.swarm.executor import LogLine, TaskError
from playground.swarm.model import Config, ContainerStatus, Node, Secret, Spec, Task, TaskState
from playground.swarm.model import Network as SwarmNetwork
from playground.swarm.node import SwarmNode

T = TypeVar("T")
WALL_US = 1_800_000_000 * SECOND


class InstantController:
    """A container that starts in 10 ms and runs until it is stopped."""

    def __init__(self, engine: "InstantEngine", task: Task) -> None:
        self.engine = engine
        self.task = task

    async def prepare(self) -> None:
        await self.engine.kernel.sleep(10 * MILLISECOND)
        self.engine.containers[self.task.id] = "created"

    async def start(self) -> None:
        await self.engine.kernel.sleep(10 * MILLISECOND)
        self.engine.containers[self.task.id] = "running"

    async def wait(self) -> None:
        if self.engine.containers.get(self.task.id) != "running":
            raise TaskError("No such container: " + self.task.full_name)
        await self.engine.ended(self.task.id)

    async def shutdown(self) -> None:
        await self.engine.kernel.sleep(10 * MILLISECOND)
        if self.task.id in self.engine.containers:
            self.engine.containers[self.task.id] = "exited"

    async def remove(self) -> None:
        self.engine.containers.pop(self.task.id, None)

    def update(self, task: Task) -> None:
        self.task = task

    def container_status(self) -> ContainerStatus | None:
        return ContainerStatus(self.task.id * 2) if self.task.id in self.engine.containers else None

    def port_status(self) -> tuple[Spec, ...]:
        return ()


class InstantEngine:
    """Implements ``Executor``. ``containers`` maps task ids to what their container does."""

    def __init__(self, kernel: Kernel, name: str) -> None:
        self.kernel = kernel
        self.name = name
        self.containers: dict[str, str] = {}
        self.logs: dict[str, list[LogLine]] = {}
        self.followers: dict[str, list[Callable[[LogLine], object]]] = {}
        self.secrets: Mapping[str, Secret] = {}
        self.networks: Mapping[str, SwarmNetwork] = {}
        self.node: Node | None = None
        self.left = 0
        self._endings: dict[str, Future[None]] = {}

    def describe(self) -> Spec:
        return {
            "Hostname": self.name,
            "Platform": {"Architecture": "x86_64", "OS": "linux"},
            "Resources": {"NanoCPUs": 2_000_000_000, "MemoryBytes": 4 << 30},
            "Engine": {"EngineVersion": "28.1.1", "Plugins": [{"Type": "Network", "Name": "overlay"}]},
        }

    def controller(self, task: Task) -> InstantController:
        return InstantController(self, task)

    def ended(self, task_id: str) -> Future[None]:
        return self._endings.setdefault(task_id, Future(self.kernel))

    def crash(self, task_id: str, code: int = 1) -> None:
        """Let a container end by itself."""
        self.containers[task_id] = "exited"
        ending = self._endings.pop(task_id)
        ending.fail(TaskError(f"task: non-zero exit ({code})", code))

    def say(self, task_id: str, text: str) -> None:
        line = LogLine(1, self.kernel.now_us, text.encode())
        self.logs.setdefault(task_id, []).append(line)
        for follower in self.followers.get(task_id, []):
            follower(line)

    def configure(self, node: Node) -> None:
        self.node = node

    def resources_assigned(
        self, secrets: Mapping[str, Secret], configs: Mapping[str, Config], networks: Mapping[str, SwarmNetwork]
    ) -> None:
        self.secrets, self.networks = dict(secrets), dict(networks)

    def keep_only(self, task_ids: set[str]) -> None:
        for task_id in [task_id for task_id in self.containers if task_id not in task_ids]:
            del self.containers[task_id]

    def leave(self) -> None:
        self.left += 1
        self.containers.clear()

    def task_logs(
        self, task_id: str, follow: Callable[[LogLine], object] | None
    ) -> tuple[list[LogLine], Callable[[], None]]:
        followers = self.followers.setdefault(task_id, [])
        if follow is None:
            return list(self.logs.get(task_id, ())), lambda: None
        followers.append(follow)
        return list(self.logs.get(task_id, ())), lambda: followers.remove(follow)

    def power_cut(self) -> None:
        for task_id in self.containers:
            self.containers[task_id] = "exited"
        self._endings.clear()

    def running(self) -> list[str]:
        return [task_id for task_id, state in self.containers.items() if state == "running"]


class SwarmCluster:
    """Machines by name, all switched on. ``run`` drives the kernel until a coroutine is done."""

    def __init__(self, *names: str, seed: int = 1) -> None:
        self.kernel = Kernel(seed)
        self.network = Network(self.kernel)
        self.engines: dict[str, InstantEngine] = {}
        self.nodes: dict[str, SwarmNode] = {}
        self.addresses = {name: f"10.0.0.{number}" for number, name in enumerate(names, 2)}
        authority = X509Authority()
        for name in names:
            self.network.add_machine(name)
            engine = self.engines[name] = InstantEngine(self.kernel, name)
            self.nodes[name] = SwarmNode(
                self.kernel, self.network, name, self.addresses[name], engine, authority, WALL_US
            )
            self.start(name)

    def __getitem__(self, name: str) -> SwarmNode:
        return self.nodes[name]

    # Time

    def wait(self, seconds: float) -> None:
        self.kernel.run_until(self.kernel.now_us + int(seconds * SECOND))

    def run(self, awaitable: Awaitable[T], limit: float = 120) -> T:
        """Let virtual time pass until it is done; return or raise what it came to."""

        async def wrapped() -> T:
            return await awaitable

        errors, self.kernel.on_lost_error = self.kernel.on_lost_error, None
        task = self.kernel.spawn(wrapped())
        task.when_done(lambda _: None)
        self.kernel.on_lost_error = errors
        assert self.kernel.run_while(lambda: not task.done, self.kernel.now_us + int(limit * SECOND)), "takes too long"
        return task.result()

    def until(self, condition: Callable[[], bool], limit: float = 120) -> float:
        """Wait for a condition; return how many seconds it took."""
        start_us = self.kernel.now_us
        assert self.kernel.run_while(lambda: not condition(), start_us + int(limit * SECOND)), "does not become true"
        return (self.kernel.now_us - start_us) / SECOND

    # Machines

    def start(self, name: str) -> None:
        self.network.switch_on(name)
        self.nodes[name].start()

    def kill(self, name: str) -> None:
        self.network.switch_off(name)
        self.nodes[name].stop(orderly=False)
        self.engines[name].power_cut()

    def stop(self, name: str) -> None:
        self.nodes[name].stop(orderly=True)
        self.engines[name].power_cut()
        self.network.switch_off(name)

    # The swarm

    def init(self, name: str, **more: Any) -> str:
        request = {"ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": self.addresses[name], **more}
        return self.run(self.nodes[name].init(request))

    def token(self, role: str, at: str = "m1") -> str:
        cluster = self.control(at, "get_cluster")
        return str(cluster.join_token_manager if role == "manager" else cluster.join_token_worker)

    def join(self, name: str, role: str, at: str = "m1", token: str | None = None) -> None:
        token = self.token(role, at) if token is None else token
        request = {"ListenAddr": "0.0.0.0:2377", "RemoteAddrs": [f"{self.addresses[at]}:2377"], "JoinToken": token}
        self.run(self.nodes[name].join(request))

    def control(self, name: str, method: str, *arguments: Any, **named: Any) -> Any:
        return self.run(self.nodes[name].control(method, *arguments, **named))

    def nodes_by_name(self, at: str = "m1") -> dict[str, NodeAnswer]:
        """Nodes by hostname (the newest of a name)."""
        answers = sorted(self.control(at, "list_nodes"), key=lambda answer: answer.node.created_us)
        return {answer.node.hostname: answer for answer in answers}

    def states(self, at: str = "m1") -> dict[str, str]:
        return {name: answer.node.status.state.value for name, answer in self.nodes_by_name(at).items()}

    def managers(self, at: str = "m1") -> dict[str, str]:
        """MANAGER STATUS by hostname."""
        found = {}
        for name, answer in self.nodes_by_name(at).items():
            status = answer.manager_status
            if status is not None:
                found[name] = "Leader" if status.leader else "Reachable" if status.reachable else "Unreachable"
        return found

    def leader(self) -> str | None:
        """The machine that leads, in the highest term, as its own raft member sees it."""
        best: tuple[int, str] | None = None
        for name, node in self.nodes.items():
            raft = node.raft()
            if raft is not None and raft.is_leader:
                status = raft.status()
                assert status is not None
                best = max(best or (0, ""), (status.term, name))
        return best[1] if best else None

    def update_node(self, name: str, at: str = "m1", **changes: str) -> None:
        node = self.nodes_by_name(at)[name].node
        self.control(at, "update_node", node.id, node.version, {**node.spec, **changes})

    def create_service(self, name: str, replicas: int, at: str = "m1") -> str:
        spec = {
            "Name": name,
            "TaskTemplate": {"ContainerSpec": {"Image": "nginx:latest"}},
            "Mode": {"Replicated": {"Replicas": replicas}},
        }
        return str(getattr(self.control(at, "create_service", spec), "id", ""))

    def tasks(self, at: str) -> list[Task]:
        view = self.nodes[at].view()
        assert view is not None
        return view.all(Task)

    def running(self, at: str) -> list[Task]:
        return [
            task
            for task in self.tasks(at)
            if task.status.state == TaskState.RUNNING and task.desired_state == TaskState.RUNNING
        ]


def three_and_two(seed: int = 1) -> SwarmCluster:
    """Managers m1 (leads), m2, m3; workers w1, w2."""
    cluster = SwarmCluster("m1", "m2", "m3", "w1", "w2", seed=seed)
    cluster.init("m1")
    for name in ("m2", "m3"):
        cluster.join(name, "manager")
    for name in ("w1", "w2"):
        cluster.join(name, "worker")
    cluster.wait(1)
    return cluster
