"""How traffic reaches containers: published ports, the ingress mesh, virtual IPs, DNS names, bridges.

Every node balances by what its own view (``playground.engine.gossip``) shows, in turn over the containers that
serve, as IPVS does; so a node that is cut off reaches what it can still reach.

Source: moby ``libnetwork/service_linux.go``, ``libnetwork/resolver.go``, ``libnetwork/portallocator``.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from playground.api.machine import ConnectFailed, HttpAnswer, HttpRequest, Listener
from playground.engine.containers.container import Container
from playground.engine.errors import EngineError
from playground.engine.gossip import Gossip, Record
from playground.engine.images.pages import PAGES
from playground.engine.images.visit import Visit
from playground.engine.networks import Networks
from playground.engine.outside import http_outside, is_outside
from playground.sim import SECOND, ConnectionRefused, Kernel, Network, TimedOut, Unreachable

T = TypeVar("T")

_FIRST_EPHEMERAL = 32768
_LAST_EPHEMERAL = 60999
_SSH = 22
_CONTROL = 2377
_GOSSIP = 7946
_VXLAN = 4789
_ARP_US = 3 * SECOND
"""Until the kernel says "no route to host" for an address that nobody has."""


class DataPlane:
    """One node's part of the traffic. ``container(id)`` finds a container of this node."""

    def __init__(
        self,
        kernel: Kernel,
        network: Network,
        machine: str,
        address: str,
        networks: Networks,
        container: Callable[[str], Container | None],
        in_swarm: Callable[[], bool] = lambda: False,
    ) -> None:
        """``container`` finds a container of this node by its id; ``in_swarm`` says whether the node gossips."""
        self._kernel = kernel
        self._in_swarm = in_swarm
        self._network = network
        self._container = container
        self.machine = machine
        self.address = address
        self.networks = networks
        self.gossip = Gossip(kernel, network, machine)
        self._bound: dict[tuple[str, int], tuple[str, int]] = {}
        self._turns: dict[object, int] = {}
        self._next_ephemeral = _FIRST_EPHEMERAL

    def listen(self) -> None:
        """The machine is up: take traffic from others."""
        self._network.listen(self.machine, "tcp", self._from_outside)
        self._network.listen(self.machine, "overlay", self._from_overlay)
        self._network.listen(self.machine, "icmp", lambda _, __: True)

    # Published ports of single containers

    def bind(self, container: Container, protocol: str, wanted: int, target: int, host_ip: str = "0.0.0.0") -> int:
        """Publish a container's port on this machine; 0 takes a free one. Returns the port.

        Raises:
            EngineError: it is taken.
        """
        if not wanted:
            for _ in range(_LAST_EPHEMERAL - _FIRST_EPHEMERAL + 1):
                wanted = self._next_ephemeral
                self._next_ephemeral += 1
                if self._next_ephemeral > _LAST_EPHEMERAL:
                    self._next_ephemeral = _FIRST_EPHEMERAL
                if (protocol, wanted) not in self._bound:
                    break
        if (protocol, wanted) in self._bound:
            raise EngineError(f"Bind for {host_ip or '0.0.0.0'}:{wanted} failed: port is already allocated")
        if (protocol == "tcp" and wanted in (_SSH, _CONTROL, _GOSSIP)) or any(
            port == wanted and one == protocol for one, port, _ in self._ingress_ports()
        ):
            raise EngineError(
                f"failed to bind host port for {host_ip or '0.0.0.0'}:{wanted}:{self._target(container)}:{target}/"
                f"{protocol}: address already in use"
            )
        self._bound[protocol, wanted] = (container.id, target)
        return wanted

    @staticmethod
    def _target(container: Container) -> str:
        return next((endpoint.address for endpoint in container.endpoints.values() if endpoint.address), "")

    def unbind(self, container_id: str) -> None:
        self._bound = {key: value for key, value in self._bound.items() if value[0] != container_id}

    def listeners(self) -> list[Listener]:
        """The ports of this machine that are open: its own, those of the swarm, published ones."""
        found = [Listener("tcp", _SSH, "0.0.0.0", "sshd", 655)]
        if self._network.listens(self.machine, f"tcp {_CONTROL}"):
            found.append(Listener("tcp", _CONTROL, "*", "dockerd"))
        if self._in_swarm():
            found += [Listener(protocol, _GOSSIP, "*", "dockerd") for protocol in ("tcp", "udp")]
            found.append(Listener("udp", _VXLAN, "0.0.0.0", ""))
        ingress = sorted({(protocol, port) for protocol, port, _ in self._ingress_ports()})
        found += [Listener(protocol, port, "*", "dockerd") for protocol, port in ingress]
        bound = sorted(self._bound)
        return found + [
            Listener(protocol, port, "0.0.0.0", "docker-proxy", 2000 + 7 * index)
            for index, (protocol, port) in enumerate(bound)
        ]

    def _ingress_ports(self) -> list[tuple[str, int, int]]:
        return [port for record in self.gossip.records() for port in record.ingress_ports]

    # Records

    def publish(self, container: Container) -> None:
        """Spread where a running container is on overlays; again whenever it begins or ceases to serve."""
        service = container.service
        for endpoint in container.endpoints.values():
            network = self.networks.get(endpoint.network_id)
            if network is None or network.driver != "overlay" or not endpoint.address:
                continue
            self.gossip.put(
                Record(
                    self.machine,
                    container.id,
                    container.name,
                    network.id,
                    endpoint.address,
                    tuple(container.dns_names(endpoint)),
                    str(service.get("id", "")),
                    str(service.get("name", "")),
                    tuple(service.get("aliases", {}).get(network.id, ())),
                    str(service.get("virtual_ips", {}).get(network.id, "")),
                    tuple(service.get("ports", ())) if network.ingress and container.serving else (),
                    container.serving or not service,
                    endpoint.endpoint_id,
                )
            )

    def services_on(self, network_id: str) -> dict[str, dict[str, Any]]:
        """``Services`` of a network that is inspected with ``verbose``: what this node has heard of, by service.

        Containers that are no tasks stand under the empty name. The index that a kernel gives a service for balancing
        has no counterpart here and is 0. Source: moby ``libnetwork/agent.go`` (``Network.Services``).
        """
        found: dict[str, dict[str, Any]] = {}
        for record in self.gossip.records():
            if record.network_id != network_id:
                continue
            service = found.setdefault(
                record.service_name,
                {"VIP": record.virtual_ip or "<nil>", "Ports": [], "LocalLBIndex": 0, "Tasks": []},
            )
            service["Tasks"].append(
                {
                    "Name": record.container_name,
                    "EndpointID": record.endpoint_id,
                    "EndpointIP": record.address,
                    "Info": {"Host IP": self._network.address_of(record.machine) or ""},
                }
            )
        return dict(sorted(found.items()))

    def withdraw(self, container_id: str) -> None:
        self.gossip.drop(container_id)

    def peers(self, network_id: str) -> list[dict[str, str]]:
        """``Peers`` of an overlay: the nodes that have containers on it."""
        machines = sorted({record.machine for record in self.gossip.records() if record.network_id == network_id})
        return [{"Name": machine, "IP": self._network.address_of(machine) or ""} for machine in machines]

    # Names

    def resolve(self, name: str, container: Container) -> str | None:
        """The address of a DNS name as a container asks for it; in turn where there are several."""
        return next(iter(self.addresses(name, container)), None)

    def addresses(self, name: str, container: Container) -> list[str]:
        """Every address of a DNS name as a container asks for it; each answer begins with the next of them.

        Source: moby ``libnetwork/resolver.go``, which answers with all records and shuffles them.
        """
        on = {endpoint.network_id for endpoint in container.endpoints.values() if endpoint.address}
        records = [record for record in self.gossip.records() if record.network_id in on]
        served = name.removeprefix("tasks.")
        of_service = [r for r in records if r.service_name == served or served in r.service_aliases]
        if name == served and any(record.virtual_ip for record in of_service):
            return [next(record.virtual_ip for record in of_service if record.virtual_ip)]
        found = [record.address for record in of_service if record.serving]
        if not found and name == served:
            found = [record.address for record in records if name in record.names]
        if not found:
            found = self._on_bridges(name, container) or self._linked(name, container)
        if not found:
            return []
        first = found.index(self._turn(("dns", name, container.id), found))
        return [*found[first:], *found[:first]]

    def _on_bridges(self, name: str, container: Container) -> list[str]:
        found = []
        for endpoint in container.endpoints.values():
            network = self.networks.get(endpoint.network_id)
            if network is None or network.name == "bridge" or network.driver == "overlay":
                continue
            for other_id, (_, other_endpoint) in sorted(network.endpoints.items()):
                other = self._container(other_id)
                if other is not None and name in other.dns_names(other_endpoint):
                    found.append(other_endpoint.address)
        return found

    def _linked(self, name: str, container: Container) -> list[str]:
        """Where a link of the container's own gives another one this name.

        Source: moby ``libnetwork/sandbox_dns_unix.go`` and ``EndpointSettings.Links`` (``container:alias``).
        """
        for endpoint in container.endpoints.values():
            for link in endpoint.links or ():
                target, _, alias = link.partition(":")
                if name == (alias or target):
                    return self._on_bridges(target.rpartition("/")[2], container)
        return []

    def _turn(self, key: object, choices: Sequence[T]) -> T:
        turn = self._turns.get(key, 0)
        self._turns[key] = turn + 1
        return choices[turn % len(choices)]

    # Traffic

    async def to_port(self, protocol: str, port: int, request: HttpRequest) -> HttpAnswer:
        """What a port of this machine answers.

        Raises:
            ConnectFailed: nothing listens, or what should answer cannot be reached.
        """
        bound = self._bound.get((protocol, port))
        if bound is not None:
            container = self._container(bound[0])
            if container is None:
                raise ConnectFailed("refused")
            return await self.to_container(container, bound[1], request)
        choices = [
            (record, target)
            for record in self.gossip.records()
            for one, published, target in record.ingress_ports
            if one == protocol and published == port
        ]
        if not choices:
            is_open = protocol == "tcp" and port in (one.port for one in self.listeners() if one.protocol == "tcp")
            raise ConnectFailed("reset" if is_open else "refused")  # Whoever listens there speaks no HTTP.
        record, target = self._turn(("ingress", port), choices)
        balancer = self.networks.get(record.network_id)
        client = balancer.balancer_address.partition("/")[0] if balancer is not None else ""
        return await self._to_record(record, target, replace(request, client=client or "10.0.0.2"))

    async def from_container(self, container: Container, address: str, port: int, request: HttpRequest) -> HttpAnswer:
        """What an address answers to a container of this machine.

        Raises:
            ConnectFailed: nobody is there.
        """
        for endpoint in container.endpoints.values():
            if address == endpoint.address:
                return await self.to_container(container, port, request)
            network = self.networks.get(endpoint.network_id)
            if network is None or not endpoint.address:
                continue
            seen = replace(request, client=endpoint.address)
            if network.driver == "overlay":
                records = [record for record in self.gossip.records() if record.network_id == network.id]
                balanced = [record for record in records if record.virtual_ip == address]
                if balanced:
                    serving = [record for record in balanced if record.serving]
                    if not serving:
                        raise ConnectFailed("refused")
                    return await self._to_record(self._turn(address, serving), port, seen)
                direct = next((record for record in records if record.address == address), None)
                if direct is not None:
                    return await self._to_record(direct, port, seen)
            elif address == network.gateway:
                return await self.to_port("tcp", port, seen)
        return await self.from_machine(address, port, request, reach_bridges=bool(container.endpoints))

    async def from_machine(
        self, address: str, port: int, request: HttpRequest, reach_bridges: bool = True
    ) -> HttpAnswer:
        """What an address answers to a program on this machine.

        Raises:
            ConnectFailed: nobody is there.
        """
        if address == self.address or address.startswith("127."):
            return await self.to_port("tcp", port, replace(request, client=address))
        if reach_bridges:
            for network in self.networks.all():
                for container_id, (_, endpoint) in network.endpoints.items():
                    container = self._container(container_id)
                    if network.driver != "overlay" and endpoint.address == address and container is not None:
                        return await self.to_container(container, port, replace(request, client=network.gateway))
        return await over_network(self._kernel, self._network, self.machine, address, port, request)

    async def _to_record(self, record: Record, port: int, request: HttpRequest) -> HttpAnswer:
        if record.machine == self.machine:
            container = self._container(record.container_id)
            if container is None:
                raise ConnectFailed("refused")
            return await self.to_container(container, port, request)
        payload = (record.container_id, port, request)
        try:
            answer: HttpAnswer = await self._network.call(
                self.machine, record.machine, "overlay", payload, request.timeout_us
            )
        except Unreachable:
            raise ConnectFailed("timeout") from None
        except ConnectionRefused:
            raise ConnectFailed("refused") from None
        return answer

    async def to_container(self, container: Container, port: int, request: HttpRequest) -> HttpAnswer:
        """What the program in a container of this machine answers on one of its ports.

        Raises:
            ConnectFailed: it does not listen there, speaks no HTTP, or is paused for too long.
        """
        process = container.process
        while container.state.paused:
            try:
                await self._kernel.timeout(request.timeout_us, container.changed.wait())
            except TimedOut:
                raise ConnectFailed("timeout") from None
        if process is None or not container.state.running or not process.listens(port):
            raise ConnectFailed("refused")
        assert process.life is not None
        page = PAGES.get(process.life.page)
        if page is None:
            raise ConnectFailed("reset")
        addresses = tuple(e.address for e in container.endpoints.values() if e.address)

        def read(path: str) -> bytes | None:
            return container.files.read(path) if container.files.exists(path) else None

        await self._kernel.sleep(1_500)
        answer = page(
            Visit(
                request.method,
                request.path,
                request.headers,
                request.body,
                request.client,
                container.hostname,
                addresses,
                container.manifest.image.version,
                container.environment,
                port,
                read,
            )
        )
        if process.life.access:
            process.access(request, answer)
        body = b"" if request.method == "HEAD" else answer.body
        return replace(answer, body=body, served_by=container.name)

    async def _from_outside(self, _: str, payload: tuple[str, int, HttpRequest]) -> HttpAnswer:
        return await self.to_port(*payload)

    async def _from_overlay(self, _: str, payload: tuple[str, int, HttpRequest]) -> HttpAnswer:
        container_id, port, request = payload
        container = self._container(container_id)
        if container is None:
            raise ConnectFailed("refused")
        return await self.to_container(container, port, request)


async def over_network(
    kernel: Kernel, network: Network, machine: str, address: str, port: int, request: HttpRequest
) -> HttpAnswer:
    """What another machine answers on one of its ports.

    Raises:
        ConnectFailed: ``no-route`` after some seconds for an address without a machine, ``timeout`` where
            packets are swallowed, ``refused`` where nothing listens.
    """
    if is_outside(address) and network.is_on(machine):
        return await http_outside(kernel, machine, address, port, request)
    target = network.machine_at(address)
    if target is None or not network.is_on(target):
        await kernel.sleep(min(_ARP_US, request.timeout_us))
        raise ConnectFailed("no-route" if request.timeout_us > _ARP_US else "timeout")
    try:
        answer: HttpAnswer = await network.call(machine, target, "tcp", ("tcp", port, request), request.timeout_us)
    except Unreachable:
        raise ConnectFailed("timeout") from None
    except ConnectionRefused:
        raise ConnectFailed("refused") from None
    return answer
