"""How this engine runs the tasks of its swarm: one container each.

Source: moby ``daemon/cluster/executor/container/{executor,controller,adapter}.go``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.api.client import ENGINE_VERSION
from playground.engine.clock import Clock
from playground.engine.containers.container import Container
from playground.engine.containers.lifecycle import Containers
from playground.engine.data_plane import DataPlane
from playground.engine.errors import BadParameter, Conflict, EngineError, NoSuchNetwork, NotFound
from playground.engine.images.pull import Puller
from playground.engine.images.reference import parse
from playground.engine.images.store import ImageStore
from playground.engine.networks import Networks
from playground.engine.task_request import LABEL, request_of, service_of, write_dependencies
from playground.sim import SECOND, Signal
from playground.sim import Task as Running
from playground.swarm.errors import SwarmError
from playground.swarm.executor import LogLine, TaskError
from playground.swarm.model import Config, ContainerStatus, Network, Node, Secret, Spec, Task
from playground.swarm.networks import is_ingress
from playground.swarm.template import TemplateError

_NOT_STARTED = 128
"""The exit code of a container that could not be set up."""
_GOSSIP_DELAY_US = 2 * SECOND
_ATTACHMENTS_US = 30 * SECOND
LOG_DRIVERS = ("awslogs", "fluentd", "gcplogs", "gelf", "journald", "json-file", "local", "splunk", "syslog")
NETWORK_DRIVERS = ("bridge", "host", "ipvlan", "macvlan", "null", "overlay")


@dataclass(slots=True)
class TaskExecutor:
    """The engine as its agent sees it. Implements ``playground.swarm.executor.Executor``."""

    clock: Clock
    containers: Containers
    images: ImageStore
    puller: Puller
    networks: Networks
    plane: DataPlane
    hostname: str
    cpus: int
    memory_bytes: int
    labels: Mapping[str, str]
    managers: Callable[[], list[str]]
    """Machines of the managers that this node knows."""
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    configs: Mapping[str, Config] = field(default_factory=dict)
    assigned: Mapping[str, Network] = field(default_factory=dict)
    balancers: Mapping[str, str] = field(default_factory=dict)
    """Network id -> the address of this node's load balancer there."""
    arrived: Signal = field(init=False)

    def __post_init__(self) -> None:
        self.arrived = Signal(self.clock.kernel)

    def describe(self) -> Spec:
        plugins = [{"Type": "Log", "Name": name} for name in LOG_DRIVERS]
        plugins += [{"Type": "Network", "Name": name} for name in NETWORK_DRIVERS]
        plugins.append({"Type": "Volume", "Name": "local"})
        engine: dict[str, Any] = {"EngineVersion": ENGINE_VERSION}
        if self.labels:
            engine["Labels"] = dict(self.labels)
        return {
            "Hostname": self.hostname,
            "Platform": {"Architecture": "x86_64", "OS": "linux"},
            "Resources": {"NanoCPUs": self.cpus * 10**9, "MemoryBytes": self.memory_bytes},
            "Engine": {**engine, "Plugins": plugins},
        }

    def controller(self, task: Task) -> "TaskController":
        return TaskController(self, task)

    def configure(self, node: Node) -> None:
        self.balancers = dict(node.lb_addresses)
        self._take_part_in_ingress()

    def resources_assigned(
        self, secrets: Mapping[str, Secret], configs: Mapping[str, Config], networks: Mapping[str, Network]
    ) -> None:
        self.secrets, self.configs, self.assigned = secrets, configs, networks
        self.plane.gossip.join(self.managers())
        if networks:
            self.networks.join_swarm()
        self._take_part_in_ingress()
        self.arrived.notify()

    def _take_part_in_ingress(self) -> None:
        """A node is on the routing mesh's network, whether or not it has a task there (``Configure``)."""
        for network in self.assigned.values():
            if is_ingress(network):
                self.ensure(network)
        self.networks.drop_ingress(self.assigned)

    def ensure(self, network: Network) -> None:
        """Have the local side of a swarm's network."""
        self.networks.ensure(network, self.balancers.get(network.id, ""))

    def keep_only(self, task_ids: set[str]) -> None:
        for container in self._task_containers():
            if container.labels.get(f"{LABEL}.task.id") not in task_ids:
                self._remove(container)

    def leave(self) -> None:
        for container in self._task_containers():
            self._remove(container)
        self.plane.gossip.leave()
        self.networks.leave_swarm()
        self.secrets, self.configs, self.assigned, self.balancers = {}, {}, {}, {}

    def _task_containers(self) -> list[Container]:
        return [container for container in self.containers.all() if container.managed]

    def _remove(self, container: Container) -> None:
        self.clock.kernel.spawn(self._removal(container), f"removal of {container.short_id}")

    async def _removal(self, container: Container) -> None:
        try:
            await self.containers.remove(container, force=True, volumes=True)
        except Conflict:
            return
        self.networks.drop_unused()

    def find(self, task: Task) -> Container | None:
        """The container of a task, None when there is none."""
        try:
            return self.containers.find(task.full_name)
        except EngineError:
            return None

    def task_logs(
        self, task_id: str, follow: Callable[[LogLine], object] | None
    ) -> tuple[list[LogLine], Callable[[], None]]:
        for container in self._task_containers():
            if container.labels.get(f"{LABEL}.task.id") == task_id:
                if container.host_config["LogConfig"]["Type"] == "none":
                    break  # Such a driver cannot be read: swarmkit's agent notes it and sends nothing.
                lines = container.log.lines()
                if follow is None:
                    return lines, _nothing
                return lines, container.log.listen(lambda line: line is not None and follow(line))
        return [], _nothing


def _nothing() -> None:
    """Nothing was followed."""


class TaskController:
    """One task's container. Implements ``playground.swarm.executor.Controller``."""

    def __init__(self, executor: TaskExecutor, task: Task) -> None:
        self._executor = executor
        self._task = task
        self._spec: Mapping[str, Any] = task.spec.get("ContainerSpec") or {}
        self._pull: Running[None] | None = None

    # Steps

    async def prepare(self) -> None:
        executor = self._executor
        await self._await_networks()
        self._make_networks()
        if executor.find(self._task) is not None:
            return
        await self._pull_image()
        try:
            request = request_of(self._task, executor.assigned, executor.describe())
            container, _ = await executor.containers.create(self._task.full_name, request, managed=True)
        except Conflict:
            if executor.find(self._task) is None:
                raise TaskError("container name conflict") from None
            return
        except (EngineError, SwarmError, TemplateError) as error:
            raise TaskError(str(error)) from None
        container.service = service_of(self._task, executor.assigned)

    def _make_networks(self) -> None:
        for attachment in self._task.networks:
            network = self._executor.assigned.get(attachment.network_id)
            if network is not None and not network.predefined:
                self._executor.ensure(network)

    async def _await_networks(self) -> None:
        executor = self._executor
        deadline = executor.clock.now_us + _ATTACHMENTS_US
        while any(attachment.network_id not in executor.assigned for attachment in self._task.networks):
            if executor.clock.now_us >= deadline:
                raise TaskError("node is missing network attachments, ip addresses may be exhausted")
            timer = executor.clock.kernel.at(deadline, executor.arrived.notify)
            await executor.arrived.wait()
            timer.cancel()

    async def _pull_image(self) -> None:
        """Try to have the newest image; what fails here shows when the container is created."""
        text = str(self._spec.get("Image", ""))
        try:
            reference = parse(text).tagged()
        except BadParameter:
            return
        if reference.digest and self._executor.images.holds(reference) is not None:
            return
        self._pull = self._executor.clock.kernel.spawn(self._pull_quietly(reference), f"pull of {text}")
        await self._pull
        self._pull = None

    async def _pull_quietly(self, reference: Any) -> None:
        try:
            await self._executor.puller.pull(reference)
        except NotFound:
            return

    def _give_dependencies(self, container: Container) -> None:
        try:
            executor = self._executor
            write_dependencies(container, self._task, executor.secrets, executor.configs, executor.clock.unix_us)
        except (EngineError, TemplateError) as error:
            container.state.exit_code, container.state.error = _NOT_STARTED, str(error)
            raise

    async def start(self) -> None:
        container = self._existing()
        if container.state.word != "created":
            return
        try:
            self._give_dependencies(container)
            await self._start_on_networks(container)
        except (EngineError, TemplateError) as error:
            raise TaskError(f"starting container failed: {error}", container.state.exit_code or None) from None
        if container.state.health is None:
            self._activate(container)
            return
        unhealthy = False
        while True:
            if container.removed:
                raise TaskError("dockerexec: container destroyed")
            if not container.state.running:
                self._raise_exit(container, unhealthy)
                return
            if container.state.health is None or container.state.health.status == "healthy":
                self._activate(container)
                return
            if container.state.health.status == "unhealthy" and not unhealthy:
                unhealthy = True
                await self.shutdown()
                continue
            await container.changed.wait()

    async def _start_on_networks(self, container: Container) -> None:
        """Start; make the networks again where the last container on one took it away since ``prepare``.

        Source: moby ``daemon/cluster/executor/container/controller.go``, ``Start``.
        """
        try:
            await self._executor.containers.start(container)
        except NoSuchNetwork:
            self._make_networks()
            await self._executor.containers.start(container)

    def _activate(self, container: Container) -> None:
        container.serving = True
        self._executor.plane.publish(container)

    async def wait(self) -> None:
        container = self._existing()
        unhealthy = False
        while container.state.running and not container.removed:
            if container.state.health is not None and container.state.health.status == "unhealthy" and not unhealthy:
                unhealthy = True
                await self.shutdown()
                continue
            await container.changed.wait()
        self._raise_exit(container, unhealthy)

    @staticmethod
    def _raise_exit(container: Container, unhealthy: bool) -> None:
        code = container.state.exit_code
        if code:
            cause = ": dockerexec: unhealthy container" if unhealthy else ""
            raise TaskError(f"task: non-zero exit ({code}){cause}", code)

    async def shutdown(self) -> None:
        if self._pull is not None:
            self._pull.cancel()
        executor = self._executor
        container = executor.find(self._task)
        overlay = any(not self._is_predefined(attachment.network_id) for attachment in self._task.networks)
        if container is not None and overlay:
            container.serving = False
            executor.plane.withdraw(container.id)
            await executor.clock.kernel.sleep(_GOSSIP_DELAY_US)
        if container is not None and not container.removed:
            grace = self._spec.get("StopGracePeriod")
            await executor.containers.stop(container, None if grace is None else int(grace) // 10**9)

    def _is_predefined(self, network_id: str) -> bool:
        network = self._executor.assigned.get(network_id)
        return network is not None and network.predefined

    async def remove(self) -> None:
        container = self._executor.find(self._task)
        if container is None:
            return
        if container.state.running:
            await self.shutdown()
        try:
            await self._executor.containers.remove(container, force=True, volumes=True)
        except Conflict:
            return
        self._executor.networks.drop_unused()

    def update(self, task: Task) -> None:
        self._task = task

    def container_status(self) -> ContainerStatus | None:
        container = self._executor.find(self._task)
        if container is None:
            return None
        return ContainerStatus(container.id, container.state.pid, container.state.exit_code)

    def port_status(self) -> tuple[Spec, ...]:
        container = self._executor.find(self._task)
        if container is None:
            return ()
        return tuple(
            {
                "Protocol": port.partition("/")[2],
                "TargetPort": int(port.partition("/")[0]),
                "PublishedPort": int(published),
                "PublishMode": "host",
            }
            for port, bindings in sorted(container.ports.items())
            for _, published in bindings
        )

    def _existing(self) -> Container:
        container = self._executor.find(self._task)
        if container is None:
            raise TaskError(f"No such container: {self._task.full_name}")
        return container
