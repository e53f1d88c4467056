"""A leader's control API over a local store, for tests."""

from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from playground.sim.kernel import SECOND, Kernel
from playground.swarm.allocator import Allocator
from playground.swarm.control.api import ControlApi
from playground.swarm.control.cluster import initial_cluster, initial_networks
from playground.swarm.control.raft_view import MemberView
from playground.swarm.model import (
    Node,
    NodeState,
    NodeStatus,
    Object,
    Role,
    RootCertificate,
    Service,
    Task,
    TaskState,
    TaskStatus,
)
from playground.swarm.store import Transaction
from tests.swarm.local_store import LocalStore

T = TypeVar("T")
Kind = TypeVar("Kind", bound=Object)
ROOT = RootCertificate(
    certificate_pem="-----BEGIN CERTIFICATE-----\nroot\n-----END CERTIFICATE-----\n",
    key_pem="secret",
    digest="3pu6hszjas19xyp7ghgosyx9k8atbfcr8p2is99znpy26u2lk1",
    subject_base64="MBMxETAPBgNVBAMTCHN3YXJtLWNh",
    public_key_base64="MFkw",
)


def service_body(name: str = "web", image: str = "nginx", **parts: Any) -> dict[str, Any]:
    """The body of a service create request, as little of it as there can be."""
    return {"Name": name, "TaskTemplate": {"ContainerSpec": {"Image": image}}, **parts}


def published(port: int, target: int = 80, mode: str = "ingress", protocol: str = "tcp") -> dict[str, Any]:
    """An endpoint spec with one published port."""
    port_config = {"Protocol": protocol, "TargetPort": target, "PublishedPort": port, "PublishMode": mode}
    return {"Mode": "vip", "Ports": [port_config]}


class FakeRaft:
    """A raft group as told: ``members`` are the managers, ``down`` those that cannot be reached."""

    def __init__(self) -> None:
        self.managers: list[str] = []
        self.down: list[str] = []

    def members(self) -> list[MemberView]:
        return [
            MemberView(f"{at:x}", node_id, f"10.0.0.{at}:2377", node_id not in self.down, at == 1)
            for at, node_id in enumerate(self.managers, 1)
        ]

    def is_member(self, node_id: str) -> bool:
        return node_id in self.managers

    def can_remove(self, node_id: str) -> bool:
        reachable = [each for each in self.managers if each != node_id and each not in self.down]
        return len(reachable) >= (len(self.managers) - 1) // 2 + 1


class ControlRoom:
    """A new cluster: its cluster object and its first networks, no node yet."""

    def __init__(self, seed: int = 1, spec: Mapping[str, Any] | None = None) -> None:
        self.kernel = Kernel(seed)
        self.store = LocalStore(self.kernel)
        self.raft = FakeRaft()
        random = self.kernel.random("control")
        self.api = ControlApi(self.kernel, self.store, self.raft, random)
        self.put(initial_cluster(random, ROOT, spec or {}), *initial_networks(random))

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a call to its end."""
        task = self.kernel.spawn(coroutine)
        task.when_done(lambda _: None)
        self.kernel.run_while(lambda: not task.done, self.kernel.now_us + 60 * SECOND)
        return task.result()

    def settle(self, seconds: float = 1) -> None:
        self.kernel.run_until(self.kernel.now_us + int(seconds * SECOND))

    def put(self, *objects: Object) -> None:
        """Create objects, or replace them."""

        def write(transaction: Transaction) -> None:
            for obj in objects:
                current = transaction.get(type(obj), obj.id)
                if current is None:
                    transaction.create(obj)
                else:
                    transaction.update(replace(obj, version=current.version))

        self.store.write(write)

    def stored(self, obj: Kind) -> Kind:
        """The object as it is now."""
        found = self.store.view.get(type(obj), obj.id)
        assert found is not None
        return found

    def add_node(self, name: str, role: Role = Role.WORKER, state: NodeState = NodeState.READY, **parts: Any) -> Node:
        node = Node(
            id=f"{name}-id",
            spec={"Labels": parts.pop("labels", {}), "Role": role.value, "Availability": "active"},
            role=role,
            description={"Hostname": name},
            status=NodeStatus(state, address="10.1.0.1"),
            **parts,
        )
        self.put(node)
        if role is Role.MANAGER:
            self.raft.managers.append(node.id)
        return self.stored(node)

    def add_task(
        self,
        task_id: str,
        service: Service,
        state: TaskState = TaskState.RUNNING,
        desired: TaskState = TaskState.RUNNING,
        **parts: Any,
    ) -> Task:
        task = Task(
            id=task_id,
            spec=service.spec["TaskTemplate"],
            spec_version=service.spec_version,
            service_id=service.id,
            service_name=service.name,
            status=TaskStatus(state),
            desired_state=desired,
            endpoint_spec=service.spec.get("EndpointSpec"),
            **parts,
        )
        self.put(task)
        return self.stored(task)

    def start_allocator(self) -> Allocator:
        allocator = Allocator(self.kernel, self.store)
        allocator.start()
        self.settle()
        return allocator

    def service(self, **parts: Any) -> Service:
        return self.run(self.api.create_service(service_body(**parts)))
