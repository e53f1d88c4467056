"""An emulated machine: power, boot, addresses, and the Docker Engine that starts with it.

Times are measured ones: after power on the network answers about a second later, and dockerd
serves its API about 2.7 s after the start; an orderly stop ends the engine first.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from random import Random

from playground.api.files import MemoryFiles
from playground.api.machine import Connections
from playground.api.process import Program
from playground.engine.connections import NodeConnections
from playground.engine.engine import Engine
from playground.engine.images.registry import ImageRegistry
from playground.sim import MILLISECOND, Kernel, Network
from playground.sim.futures import Mutex
from playground.swarm.certificates import Authority

_BOOT_US = (900 * MILLISECOND, 1_100 * MILLISECOND)
_DOCKERD_US = (1_450 * MILLISECOND, 1_550 * MILLISECOND)
_POWER_OFF_US = (300 * MILLISECOND, 500 * MILLISECOND)


class Power(Enum):
    OFF = "off"
    BOOTING = "booting"
    ON = "on"
    STOPPING = "stopping"


class Daemon:
    """dockerd of a machine that is on: a ``playground.api.machine.Daemon``.

    ``changed()`` tells that it began or ended.
    """

    def __init__(
        self, kernel: Kernel, random: Random, engine: Engine, is_on: Callable[[], bool], changed: Callable[[], object]
    ) -> None:
        self._kernel = kernel
        self._random = random
        self._engine = engine
        self._is_on = is_on
        self._changed = changed
        self._busy = Mutex(kernel)
        self.since_us = 0

    @property
    def running(self) -> bool:
        return self._engine.running

    async def start(self) -> None:
        async with self._busy:
            if self.running or not self._is_on():
                return
            await self._kernel.sleep(self._random.randint(*_DOCKERD_US))
            if self._is_on() and not self.running:  # The machine may have been off and on meanwhile.
                await self._engine.start()
                self._tell()
                await self._engine.serving  # systemd waits for the daemon

    async def stop(self) -> None:
        async with self._busy:
            if self.running and self._is_on():
                await self._engine.stop()
                self._tell()

    def _tell(self) -> None:
        self.since_us = self._kernel.now_us
        self._changed()


class Machine:
    """One machine of a lab, with its engine.

    ``name`` is its host name and its name on the network; ``ip`` its address there. ``wall_us`` is the
    date of the lab's start in microseconds since 1970. ``shell`` runs commands in containers (it gets a
    ``playground.engine.containers.container_process.ContainerProcess``); without one only a few words are known.
    ``pulled`` are images that lie on the machine's disk from the start; ``labels`` are the engine's.
    ``files`` is what lies on its disk, for containers that mount it; without one, next to nothing.

    The object outlives power cycles: what is on disk (containers, images, volumes, the swarm's state)
    stays in it. A new machine is off, and has been added to ``network``.
    """

    def __init__(
        self,
        kernel: Kernel,
        network: Network,
        name: str,
        ip: str,
        cpus: int,
        memory_bytes: int,
        disk_bytes: int,
        wall_us: int,
        images: ImageRegistry,
        authority: Authority,
        shell: Program | None = None,
        pulled: Iterable[str] = (),
        labels: Mapping[str, str] | None = None,
        files: MemoryFiles | None = None,
    ) -> None:
        self._kernel = kernel
        self._network = network
        self._random = kernel.random("machine", name)
        self._watchers: list[Callable[[Machine], object]] = []
        self._life = 0
        self.name = name
        self.ip = ip
        self.cpus = cpus
        self.memory_bytes = memory_bytes
        self.disk_bytes = disk_bytes
        self.power = Power.OFF
        network.add_machine(name)
        network.set_address(name, ip)
        self.engine = Engine(
            kernel,
            network,
            name,
            ip,
            cpus,
            memory_bytes,
            wall_us,
            images,
            authority,
            shell,
            pulled,
            labels or {},
            MemoryFiles() if files is None else files,
        )
        self.daemon = Daemon(
            kernel,
            kernel.random("daemon", name),
            self.engine,
            lambda: self.power is Power.ON,
            lambda: self._set(self.power),
        )
        self.connections: Connections = NodeConnections(kernel, network, self.engine.plane)
        """For programs on this machine: what they reach over its network."""

    async def start(self) -> None:
        """Switch on; returns when the engine serves its API. A machine that is not off is left alone."""
        if self.power is not Power.OFF:
            return
        self._life += 1
        life = self._life
        self._set(Power.BOOTING)
        await self._kernel.sleep(self._random.randint(*_BOOT_US))
        if life != self._life:
            return
        self._network.switch_on(self.name)
        self.engine.plane.listen()
        await self._kernel.sleep(self._random.randint(*_DOCKERD_US))
        if life != self._life:
            return
        await self.engine.start()
        self.daemon.since_us = self._kernel.now_us
        self._set(Power.ON)

    async def stop(self) -> None:
        """Shut down in order: dockerd stops its swarm node, then its containers, then the machine goes off."""
        if self.power is not Power.ON:
            self.kill()
            return
        life = self._life
        self._set(Power.STOPPING)
        await self.engine.stop()
        await self._kernel.sleep(self._random.randint(*_POWER_OFF_US))
        if life == self._life:
            self.kill()

    def kill(self) -> None:
        """Cut the power at this instant. A machine that is off stays off."""
        if self.power is Power.OFF:
            return
        self._life += 1
        self.engine.cut()
        self._network.switch_off(self.name)
        self._set(Power.OFF)

    def watch(self, callback: Callable[["Machine"], object]) -> Callable[[], None]:
        """Call ``callback(self)`` whenever power or the engine's readiness changed. Returns how to stop."""
        self._watchers.append(callback)

        def stop() -> None:
            if callback in self._watchers:
                self._watchers.remove(callback)

        return stop

    def _set(self, power: Power) -> None:
        self.power = power
        self._kernel.touch("machine", self.name)
        for watcher in list(self._watchers):
            watcher(self)
