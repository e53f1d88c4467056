"""What programs reach over the network: on the lab's own computer, on a node, in a container.

All implement ``playground.api.machine.Connections``.
"""

import re
from dataclasses import replace

from playground.api.machine import ConnectFailed, ConnectionsByAddress, HttpAnswer, HttpRequest, Interface, Listener
from playground.engine.containers.container import Container
from playground.engine.data_plane import DataPlane, over_network
from playground.engine.identity import mac_of
from playground.engine.outside import address_outside, echo_outside, is_outside
from playground.sim import ConnectionRefused, Kernel, Network, Unreachable

_ADDRESS = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}")
_LOOPBACK = Interface("lo", "127.0.0.1/8", "00:00:00:00:00:00")


def _literal(host: str) -> str | None:
    if host == "0.0.0.0":
        return "127.0.0.1"
    if _ADDRESS.fullmatch(host) and all(int(part) < 256 for part in host.split(".")):
        return host
    return None


class MachineConnections(ConnectionsByAddress):
    """Of a machine without an engine: the lab's own computer. ``machine`` is its name on the network."""

    def __init__(self, kernel: Kernel, network: Network, machine: str, address: str, device: str = "ens3") -> None:
        self._kernel = kernel
        self._network = network
        self._machine = machine
        self._address = address
        self._device = device

    def interfaces(self) -> list[Interface]:
        own = Interface(self._device, f"{self._address}/24", mac_of(self._address).replace("02:42", "52:54", 1))
        return [_LOOPBACK, own]

    def resolve(self, host: str) -> str | None:
        host = host.lower().removesuffix(".").removesuffix(".multipass").removesuffix(".local")
        if host == "localhost":
            return "127.0.0.1"
        return _literal(host) or self._network.address_of(host) or address_outside(host)

    async def _exchange(self, address: str, port: int, request: HttpRequest) -> HttpAnswer:
        if address == self._address or address.startswith("127."):
            raise ConnectFailed("refused")
        return await over_network(
            self._kernel, self._network, self._machine, address, port, replace(request, client=self._address)
        )

    async def _echo(self, address: str, timeout_us: int) -> int | None:
        return await _ping(self._kernel, self._network, self._machine, address, timeout_us)


async def _ping(kernel: Kernel, network: Network, machine: str, address: str, timeout_us: int) -> int | None:
    target = machine if address.startswith("127.") else network.machine_at(address)
    started = kernel.now_us
    if is_outside(address) and network.is_on(machine):
        return await echo_outside(kernel, machine, address)
    if target is None:
        await kernel.sleep(timeout_us)
        return None
    if target == machine:
        await kernel.sleep(30)
        return 30
    try:
        await network.call(machine, target, "icmp", None, timeout_us)
    except Unreachable:
        return None
    except ConnectionRefused:
        pass
    return kernel.now_us - started


class NodeConnections(MachineConnections):
    """Of a node: also its own published ports and the containers on its bridges."""

    def __init__(self, kernel: Kernel, network: Network, plane: DataPlane) -> None:
        super().__init__(kernel, network, plane.machine, plane.address)
        self._plane = plane

    def interfaces(self) -> list[Interface]:
        bridges = []
        for local in self._plane.networks.all():
            if local.driver == "bridge" and local.subnet is not None:
                name = local.options.get("com.docker.network.bridge.name", f"br-{local.id[:12]}")
                bridges.append(
                    Interface(
                        name, f"{local.gateway}/{local.subnet.prefixlen}", mac_of(local.gateway), bool(local.endpoints)
                    )
                )
        return [*super().interfaces(), *bridges]

    def listeners(self) -> list[Listener]:
        return self._plane.listeners()

    async def _exchange(self, address: str, port: int, request: HttpRequest) -> HttpAnswer:
        return await self._plane.from_machine(address, port, replace(request, client=self._plane.address))


class ContainerConnections(ConnectionsByAddress):
    """Of a container: names by its hosts file and the engine's DNS server, addresses on its networks."""

    def __init__(self, kernel: Kernel, network: Network, plane: DataPlane, container: Container) -> None:
        self._kernel = kernel
        self._network = network
        self._plane = plane
        self._container = container

    def _on_host(self) -> bool:
        return bool(self._container.host_config["NetworkMode"] == "host")

    def interfaces(self) -> list[Interface]:
        if self._on_host():
            return NodeConnections(self._kernel, self._network, self._plane).interfaces()
        found = [_LOOPBACK]
        for index, endpoint in enumerate(self._container.endpoints.values()):
            if endpoint.address:
                found.append(Interface(f"eth{index}", f"{endpoint.address}/{endpoint.prefix}", endpoint.mac))
        return found

    def listeners(self) -> list[Listener]:
        if self._on_host():
            return self._plane.listeners()
        process = self._container.process
        ports = process.life.listens if process is not None and process.life is not None else ()
        return [Listener("tcp", port, "*", "", 1) for port in ports if process is not None and process.listens(port)]

    def resolve(self, host: str) -> str | None:
        return next(iter(self.addresses(host)), None)

    def addresses(self, host: str) -> list[str]:
        host = host.removesuffix(".")
        literal = _literal(host)
        if literal is not None:
            return [literal]
        if host == "localhost":
            return ["127.0.0.1"]
        files = self._container.files
        if files.exists("/etc/hosts"):
            for line in files.read("/etc/hosts").decode(errors="replace").splitlines():
                address, *names = line.partition("#")[0].split() or [""]
                if host in names and _literal(address):
                    return [address]
        found = self._plane.addresses(host, self._container)
        if not found and self._container.endpoints:
            outside = self._network.address_of(host) or address_outside(host)
            found = [outside] if outside is not None else []
        return found

    async def _exchange(self, address: str, port: int, request: HttpRequest) -> HttpAnswer:
        seen = replace(request, client=self._plane.address)
        if self._on_host():
            return await self._plane.from_machine(address, port, seen)
        if address.startswith("127."):
            return await self._plane.to_container(self._container, port, replace(request, client="127.0.0.1"))
        return await self._plane.from_container(self._container, address, port, seen)

    async def _echo(self, address: str, timeout_us: int) -> int | None:
        for record in self._plane.gossip.records():
            if address in (record.address, record.virtual_ip):
                near = record.machine == self._plane.machine or address == record.virtual_ip
                target = self._plane.address if near else (self._network.address_of(record.machine) or "")
                return await _ping(self._kernel, self._network, self._plane.machine, target, timeout_us)
        for local in self._plane.networks.all():
            known = [local.gateway, *(endpoint.address for _, endpoint in local.endpoints.values())]
            if local.driver != "overlay" and address in known:
                await self._kernel.sleep(60)
                return 60
        return await _ping(self._kernel, self._network, self._plane.machine, address, timeout_us)
