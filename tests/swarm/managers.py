"""Managers on machines m1, m2, ...: raft members over a simulated network."""

from collections.abc import Callable
from typing import Any

from playground.raft.config import Config
from playground.sim.futures import Task
from playground.sim.kernel import SECOND, Kernel
from playground.sim.network import Network
from playground.swarm.model import Secret
from playground.swarm.replication import Member, RaftDisk, RaftMember, answer_health_checks
from playground.swarm.store import MemoryStore, Transaction


def put(object_id: str, data: bytes = b"") -> Callable[[Transaction], Secret]:
    """A change that writes one secret, new or not."""

    def change(transaction: Transaction) -> Secret:
        old = transaction.get(Secret, object_id)
        if old is None:
            return transaction.create(Secret(id=object_id, spec={"Name": object_id}, data=data))
        return transaction.update(Secret(id=object_id, spec=old.spec, data=data, version=old.version))

    return change


class Managers:
    """Machines m1, m2, ... of which each may run a raft member."""

    def __init__(self, machines: int, seed: int = 1, config: Config | None = None) -> None:
        self.kernel = Kernel(seed)
        self.network = Network(self.kernel)
        self.config = config
        self.disks: dict[str, RaftDisk] = {}
        self.members: dict[str, RaftMember] = {}
        self.boots: dict[str, int] = {}
        self.events: list[tuple[str, str]] = []
        for number in range(1, machines + 1):
            name = f"m{number}"
            self.network.add_machine(name)
            self.network.switch_on(name)
            self.disks[name] = RaftDisk()

    @staticmethod
    def identity(name: str, generation: int = 1) -> Member:
        return Member(f"{name}-{generation}", f"node-{name}", name, f"{name}:2377")

    def make(self, name: str, member: Member | None = None) -> RaftMember:
        self.boots[name] = self.boots.get(name, 0) + 1
        made = self.members[name] = RaftMember(
            self.kernel,
            self.network,
            member or self.disks[name].member or self.identity(name),
            self.disks[name],
            MemoryStore(),
            on_leader_start=lambda store: self.events.append((name, "leads")),
            on_leader_stop=lambda: self.events.append((name, "stops leading")),
            on_removed=lambda: self.events.append((name, "removed")),
            boot=self.boots[name],
            config=self.config,
        )
        return made

    def run(self, seconds: float) -> None:
        self.kernel.run_until(self.kernel.now_us + int(seconds * SECOND))

    def task(self, coroutine: Any) -> Task[Any]:
        task: Task[Any] = self.kernel.spawn(coroutine)
        task.when_done(lambda _: None)
        return task

    def do(self, coroutine: Any, seconds: float = 30) -> Any:
        task = self.task(coroutine)
        self.kernel.run_while(lambda: not task.done, self.kernel.now_us + int(seconds * SECOND))
        return task.result()

    def first(self) -> RaftMember:
        member = self.make("m1")
        member.start_new_cluster()
        self.run(0)
        return member

    def join(self, name: str, generation: int = 1) -> RaftMember:
        """As a joining manager does: answer the health check, be added, start."""
        stop = answer_health_checks(self.network, name)
        identity = self.identity(name, generation)
        known = self.do(self.leader.add_member(identity))
        stop()
        member = self.make(name, identity)
        member.start_joining(known)
        self.run(0.1)
        return member

    def crash(self, name: str) -> None:
        self.network.switch_off(name)
        self.members[name].stop()

    def boot(self, name: str) -> RaftMember:
        self.network.switch_on(name)
        member = self.make(name)
        member.restart()
        self.run(0)
        return member

    @property
    def leader(self) -> RaftMember:
        (leader,) = [member for member in self.members.values() if member.is_leader]
        return leader


def cluster(size: int, **settings: Any) -> Managers:
    managers = Managers(size, **settings)
    managers.first()
    for number in range(2, size + 1):
        managers.join(f"m{number}")
    return managers


def secrets(member: RaftMember) -> list[str]:
    return [secret.id for secret in member.view.all(Secret)]
