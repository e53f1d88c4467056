"""The Docker Engine of one emulated node: answers the Engine API in process.

``request`` and ``hijack`` find the route (``playground.engine.routes``) and turn every refusal into
its status by the one table in ``playground.engine.errors``.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from playground.api.client import API_VERSION, ENGINE_VERSION, ApiError, Duplex, EngineUnreachable, Response
from playground.api.file_tree import ROOT
from playground.api.files import MemoryFiles
from playground.api.process import Program
from playground.engine import api_versions
from playground.engine.call import Call
from playground.engine.clock import Clock
from playground.engine.containers.clients import Surroundings
from playground.engine.containers.container import Container, Endpoint
from playground.engine.containers.lifecycle import Containers
from playground.engine.containers.small_shell import small_shell
from playground.engine.data_plane import DataPlane
from playground.engine.errors import EngineError, NotFound, status_of
from playground.engine.events import EventLog
from playground.engine.images.pull import Puller
from playground.engine.images.reference import parse
from playground.engine.images.registry import ImageRegistry
from playground.engine.images.store import ImageStore, User
from playground.engine.networks import Networks
from playground.engine.routes import HIJACKED, ROUTES, UNIMPLEMENTED
from playground.engine.task_container import TaskExecutor
from playground.engine.volumes import FOLDER as VOLUMES_FOLDER
from playground.engine.volumes import Volumes
from playground.sim import MILLISECOND, SECOND, Kernel, Network
from playground.sim.futures import Future
from playground.swarm.certificates import Authority
from playground.swarm.errors import SwarmError
from playground.swarm.events import engine_events
from playground.swarm.node import LocalState, SwarmNode
from playground.swarm.store import Change

_HEADERS = {
    "Api-Version": API_VERSION,
    "Docker-Experimental": "false",
    "Ostype": "linux",
    "Server": f"Docker/{ENGINE_VERSION} (linux)",
}
_ANSWER_US = 900
"""From a request to its answer, for what the engine knows by itself."""
_SWARM_US = 20 * SECOND
"""So long a daemon that starts waits for its swarm. Source: moby ``daemon/cluster/cluster.go``."""
_LOOK_US = 100 * MILLISECOND


class Engine:
    """One engine. Implements ``playground.api.EngineClient``; made by its ``Machine``.

    It outlives its daemon: ``start`` and ``stop`` are dockerd's, what is on disk stays in between.
    """

    def __init__(
        self,
        kernel: Kernel,
        network: Network,
        name: str,
        address: str,
        cpus: int,
        memory_bytes: int,
        wall_us: int,
        registry: ImageRegistry,
        authority: Authority,
        shell: Program | None,
        pulled: Iterable[str],
        labels: Mapping[str, str],
        files: MemoryFiles,
    ) -> None:
        self.kernel = kernel
        self.name = name
        self.address = address
        self.cpus = cpus
        self.memory_bytes = memory_bytes
        self.wall_us = wall_us
        self.labels = labels
        self.random = kernel.random("engine", name)
        self.id = _uuid("".join(f"{self.random.getrandbits(32):08x}"[:4] for _ in range(8)))
        self.clock = Clock(kernel, wall_us)
        self.events = EventLog(self.clock, name)
        self.running = False
        self.serving: Future[None] = Future(kernel)
        """Done once dockerd serves its API; requests wait for that."""
        self.images = ImageStore(self.clock, self.events, registry, self.image_users)
        self.puller = Puller(kernel, self.images, self.events, kernel.random("pull", name))
        host = files.at("/", ROOT)
        host.make_directories(VOLUMES_FOLDER, 0o710)
        self.volumes = Volumes(self.clock, self.events, kernel.random("volumes", name), self._volume_users, host)
        self.networks = Networks(
            self.clock,
            self.events,
            kernel.random("networks", name),
            lambda: self.swarm.control_available,
            lambda network_id: self.plane.peers(network_id),
        )
        self.plane = DataPlane(
            kernel, network, name, address, self.networks, self._container, lambda: bool(self.swarm.node_address)
        )
        self.containers = Containers(
            Surroundings(
                self.clock,
                self.events,
                self.images,
                self.volumes,
                self.networks,
                self.plane,
                network,
                shell or small_shell,
                kernel.random("containers", name),
                self.cpus,
                host,
                self._attach_overlay,
            )
        )
        self.executor = TaskExecutor(
            self.clock,
            self.containers,
            self.images,
            self.puller,
            self.networks,
            self.plane,
            name,
            cpus,
            memory_bytes,
            labels,
            lambda: self._manager_machines(network),
        )
        self.swarm = SwarmNode(kernel, network, name, address, self.executor, authority, wall_us)
        self.swarm.watch(self._store_changed)
        for text in pulled:
            reference = parse(text).tagged()
            self.images.add(registry.find(reference), reference)
        self.events.clear()

    # The daemon's life

    async def start(self) -> None:
        """dockerd comes up. It serves its API as soon as the node is back in its swarm, or after 20 s without."""
        self.networks.restart()
        await self.containers.restore()
        self.plane.listen()
        self._set_running(True)
        self.swarm.start()
        self.serving = Future(self.kernel)
        if self.swarm.state is LocalState.PENDING:
            self.kernel.spawn(self._serve(self.serving), f"dockerd of {self.name}")
        else:
            self.serving.set(None)

    async def _serve(self, serving: Future[None]) -> None:
        deadline_us = self.kernel.now_us + _SWARM_US
        while self.running and self.swarm.state is LocalState.PENDING and self.kernel.now_us < deadline_us:
            await self.kernel.sleep(_LOOK_US)
        serving.set(None)

    async def stop(self) -> None:
        """dockerd is told to stop: the swarm node first, then the containers."""
        if not self.running:
            return
        self._set_running(False)
        self.swarm.stop(orderly=True)
        self.plane.gossip.halt()
        await self.containers.shut_down()
        self.events.clear()

    def cut(self) -> None:
        """The machine lost its power."""
        was_running = self.running
        self._set_running(False)
        if was_running:
            self.swarm.stop(orderly=False)
        self.plane.gossip.halt()
        self.containers.power_cut()
        self.events.clear()

    def _set_running(self, running: bool) -> None:
        self.running = running
        self.kernel.touch("machine", self.name)

    def joined_swarm(self) -> None:
        """This node has made a swarm."""
        self.networks.join_swarm()

    # Requests

    async def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        version: api_versions.Version = api_versions.CURRENT,
    ) -> Response:
        """As ``EngineClient`` has it; ``version`` is that of the API in which the client asks."""
        if not self.running:
            raise EngineUnreachable(self.name)
        told = self._asked(method, path, body)
        await self.serving
        await self.kernel.sleep(_ANSWER_US)
        if not self.running:
            raise EngineUnreachable(self.name)
        try:
            response = await self._answer(method.upper(), path, query or {}, body, headers or {}, version)
        except (EngineError, SwarmError) as error:
            response = _refusal(error)
        response.headers = {**_HEADERS, **response.headers}
        if told or response.status >= 400:
            message = str(response.body.get("message", "")) if isinstance(response.body, dict) else ""
            self.kernel.mark("answered", self.name, method=method, path=path, status=response.status, message=message)
        return response

    def _asked(self, method: str, path: str, body: Any) -> bool:
        """Note a request for whoever follows the command; False when it is only one more look at the same."""
        cause = self.kernel.cause
        if cause is None or (method.upper() == "GET" and not cause.first("asked", self.name, path)):
            return False
        self.kernel.mark("asked", self.name, method=method, path=path, body=body)
        return True

    async def _answer(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Any,
        headers: Mapping[str, str],
        version: api_versions.Version,
    ) -> Response:
        for route in ROUTES:
            if route.method == method:
                found = route.pattern.fullmatch(path)
                if found is not None:
                    call = Call(found.groupdict(), query, body, headers, version)
                    if version >= api_versions.CURRENT:
                        return await route.handler(self, call)
                    response = await route.handler(self, api_versions.asked(call, route.template))
                    return api_versions.answered(version, route.template, response)
        if any(pattern.fullmatch(path) for pattern in UNIMPLEMENTED):
            return Response(501, {"message": f"{method} {path} is not part of the emulation"})
        return Response(404, {"message": "page not found"})

    async def hijack(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        version: api_versions.Version = api_versions.CURRENT,
    ) -> Duplex:
        if not self.running:
            raise EngineUnreachable(self.name)
        await self.serving
        for pattern, handler in HIJACKED:
            found = pattern.fullmatch(path)
            if found is not None:
                try:
                    return await handler(self, Call(found.groupdict(), query or {}, body, {}, version))
                except (EngineError, SwarmError) as error:
                    raise ApiError(status_of(error) or 500, str(error)) from None
        raise ApiError(404, "page not found")

    # What parts ask of the whole

    def _container(self, container_id: str) -> Container | None:
        return self.containers.get(container_id)

    def image_users(self, image_id: str) -> list[User]:
        """The containers that use an image."""
        return [
            User(container.id, container.state.running)
            for container in self.containers.all()
            if container.manifest.image_id == image_id
        ]

    def _volume_users(self, name: str) -> list[str]:
        return [c.id for c in self.containers.all() if any(mount.name == name for mount in c.mounts)]

    def _manager_machines(self, network: Network) -> list[str]:
        machines = []
        for _, address in self.swarm.remote_managers():
            machine = network.machine_at(address.rpartition(":")[0])
            if machine is not None:
                machines.append(machine)
        return sorted(set(machines))

    async def _attach_overlay(self, container: Container, endpoint: Endpoint) -> None:
        """Bring a container that is no task onto an overlay, where the network allows it.

        Source: moby ``daemon/container_operations.go``, ``daemon/cluster/networks.go``.

        Raises:
            NotFound: there is no such network, and no swarm.
            EngineError: the swarm has no such network, or it is not attachable.
        """
        term = endpoint.network_id or endpoint.network_name
        problem = f"Could not attach to network {endpoint.network_name or term}: "
        try:
            place = await self.swarm.attach_network(term)
        except SwarmError as error:
            raise EngineError(f"{problem}{error}") from None
        if place is None:
            raise NotFound(f"network {term} not found")
        found = place.network
        local = self.networks.ensure(found, self.executor.balancers.get(found.id, ""))
        used = {record.address for record in self.plane.gossip.records() if record.network_id == found.id}
        used |= place.taken
        assert local.subnet is not None
        free = next(str(a) for a in reversed(list(local.subnet.hosts())) if str(a) not in used)
        wanted = str((endpoint.ipam or {}).get("IPv4Address") or "")
        self.networks.attach(container.id, container.name, endpoint, wanted or free)

    def _store_changed(self, changes: Sequence[Change]) -> None:
        for change in changes:
            for event in engine_events(change, self.wall_us, self.kernel.now_us):
                self.events.publish(event)


def _refusal(error: Exception) -> Response:
    status = status_of(error)
    if status is None:
        raise error
    if status == 304:
        return Response(304)
    return Response(status, {"message": str(error)})


def _uuid(digits: str) -> str:
    """32 hexadecimal digits of chance as a version 4 UUID, which is what an engine's id is."""
    digits = f"{digits[:12]}4{digits[13:16]}{'89ab'[int(digits[16], 16) % 4]}{digits[17:]}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
