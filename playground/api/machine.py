"""A machine as the programs on it see it, besides its engine: addresses, HTTP, ping; and who makes machines."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Interface:
    """One network interface, for ``ip addr``: ``address`` with prefix length."""

    name: str
    address: str
    mac: str = "02:42:00:00:00:01"
    up: bool = True


@dataclass(frozen=True, slots=True)
class Listener:
    """A port that a program of a machine listens on. ``protocol`` is ``tcp`` or ``udp``; ``*`` is every address."""

    protocol: str
    port: int
    address: str
    program: str
    pid: int = 741


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One HTTP request on its way. ``client`` is the address that the server will see, where that is known."""

    method: str
    host: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    timeout_us: int
    client: str = ""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """``served_by`` names who answered inside the cluster (a task's full name), for the page; no client sees it."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    served_by: str = ""


class ConnectFailed(Exception):
    """No connection. ``reason`` is ``refused``, ``timeout``, ``reset``, ``no-route`` or ``unknown-host``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Connections(Protocol):
    """What a program may reach over the network from where it runs."""

    def interfaces(self) -> list[Interface]: ...

    def listeners(self) -> list[Listener]:
        """The ports that are open here."""

    def resolve(self, host: str) -> str | None:
        """The IPv4 address of a host name or address, None when unknown."""

    def addresses(self, host: str) -> list[str]:
        """Every IPv4 address of a host name, as one DNS answer lists them; empty when unknown."""

    async def http(
        self,
        method: str,
        host: str,
        port: int,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout_us: int = 120_000_000,
    ) -> HttpAnswer:
        """One HTTP exchange.

        Raises:
            ConnectFailed: nobody was there to talk to, within ``timeout_us``.
        """

    async def ping(self, host: str, timeout_us: int = 1_000_000) -> int | None:
        """Round-trip time in microseconds, None when no answer came.

        Raises:
            ConnectFailed: the host name is unknown.
        """


class ConnectionsByAddress(ABC):
    """``Connections`` that find a host's address first, and speak to that."""

    @abstractmethod
    def resolve(self, host: str) -> str | None:
        """As ``Connections`` has it."""

    @abstractmethod
    async def _exchange(self, address: str, port: int, request: HttpRequest) -> HttpAnswer:
        """What an address answers. Raises: ConnectFailed."""

    @abstractmethod
    async def _echo(self, address: str, timeout_us: int) -> int | None:
        """Round-trip time to an address in microseconds, None when no answer came."""

    def listeners(self) -> list[Listener]:
        return []

    def addresses(self, host: str) -> list[str]:
        address = self.resolve(host)
        return [] if address is None else [address]

    async def http(
        self,
        method: str,
        host: str,
        port: int,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout_us: int = 120_000_000,
    ) -> HttpAnswer:
        named = {"Host": f"{host}:{port}" if port != 80 else host, **(headers or {})}
        request = HttpRequest(method, host, path, named, body, timeout_us)
        return await self._exchange(self._address_of(host), port, request)

    async def ping(self, host: str, timeout_us: int = 1_000_000) -> int | None:
        return await self._echo(self._address_of(host), timeout_us)

    def _address_of(self, host: str) -> str:
        address = self.resolve(host)
        if address is None:
            raise ConnectFailed("unknown-host")
        return address


@dataclass(frozen=True, slots=True)
class Instance:
    """One virtual machine, as ``multipass list`` and ``info`` show it."""

    name: str
    state: str
    """``Running``, ``Stopped``, ``Starting``, ``Restarting``, ``Suspended``, ``Deleted``, as multipass says."""
    addresses: tuple[str, ...]
    image: str
    image_hash: str
    cpus: int
    memory: int
    disk: int
    memory_used: int
    disk_used: int
    load: tuple[float, float, float] = (0.0, 0.0, 0.0)


class Daemon(Protocol):
    """The Docker daemon of a machine, for who may start and stop it. ``since_us`` is when it last began or ended."""

    @property
    def running(self) -> bool: ...

    @property
    def since_us(self) -> int: ...

    def start(self) -> Awaitable[None]:
        """Returns when it serves its API; one that runs is left alone."""

    def stop(self) -> Awaitable[None]:
        """In order: it leaves the swarm's agents and managers to notice, and stops its containers."""


class Hypervisor(Protocol):
    """Who makes machines for the learner: what the ``multipass`` command speaks to.

    Errors are ``HypervisorError`` with the sentence that multipass prints.
    """

    def instances(self) -> list[Instance]: ...

    def launch(
        self, name: str, cpus: int, memory: int, disk: int, progress: Callable[[str], Awaitable[None]]
    ) -> Awaitable[None]:
        """Make and boot a machine with Docker on it; ``progress`` hears each phase as it begins."""

    def start(self, name: str) -> Awaitable[None]: ...

    def stop(self, name: str, force: bool = False) -> Awaitable[None]: ...

    def restart(self, name: str) -> Awaitable[None]: ...

    def delete(self, name: str, purge: bool = False) -> Awaitable[None]: ...

    def recover(self, name: str) -> Awaitable[None]: ...

    def purge(self) -> Awaitable[None]:
        """Remove every deleted instance for good."""


class HypervisorError(Exception):
    """multipass refused; ``str(error)`` is its sentence."""
