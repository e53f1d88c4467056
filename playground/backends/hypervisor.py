"""Who makes the emulated machines for the learner: what ``multipass`` speaks to.

Times are those of a warm image on a usual laptop, shortened where waiting teaches nothing:
a real first launch also downloads half a gigabyte.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from playground.api.machine import HypervisorError, Instance
from playground.engine.machine import Machine, Power
from playground.sim import SECOND, Kernel

IMAGE = "Ubuntu 24.04 LTS"
IMAGE_HASH = "08c7ae0b8b5a"
MAX_INSTANCES = 60
NO_KVM = """KVM support is not enabled on this machine.
Please ensure the following:
1. The system's CPU supports virtualization.
2. Virtualization is enabled in the system BIOS.
3. The KVM kernel modules are loaded."""
"""Source: multipass ``src/platform/backends/shared/linux/backend_utils.cpp``."""
DOCKER_BRIDGE = "172.17.0.1"

STATES = {
    Power.ON: "Running",
    Power.OFF: "Stopped",
    Power.BOOTING: "Starting",
    Power.STOPPING: "Stopping",
}


class Rack(Protocol):
    """Where machines are kept: the cluster."""

    kernel: Kernel
    machines: dict[str, Machine]

    def add_machine(self, name: str, cpus: int, memory: int, disk: int) -> Machine: ...

    def remove_machine(self, name: str) -> None: ...


class EmulatedHypervisor:
    """Instances of one lab. Implements ``playground.api.machine.Hypervisor``."""

    def __init__(self, rack: Rack) -> None:
        self._rack = rack
        self._random = rack.kernel.random("multipass")
        self._deleted: list[str] = []
        self._sizes: dict[str, tuple[int, int, int]] = {}
        self._launching: list[str] = []
        self.virtualization = True
        """Whether the host's firmware lets machines run."""

    def describe(self, name: str, cpus: int, memory: int, disk: int) -> None:
        """Note the size of a machine that was made in another way than ``launch``."""
        self._sizes[name] = (cpus, memory, disk)

    def deleted(self, name: str) -> bool:
        return name in self._deleted

    def instances(self) -> list[Instance]:
        return [self._instance(machine) for _, machine in sorted(self._rack.machines.items())]

    def _instance(self, machine: Machine) -> Instance:
        cpus, memory, disk = self._sizes[machine.name]
        deleted = machine.name in self._deleted
        running = machine.power is Power.ON
        return Instance(
            name=machine.name,
            state="Deleted" if deleted else STATES[machine.power],
            addresses=(machine.ip, DOCKER_BRIDGE) if running else (),
            image=IMAGE,
            image_hash=IMAGE_HASH,
            cpus=cpus,
            memory=memory,
            disk=disk,
            memory_used=412_000_000 if running else 0,
            disk_used=2_700_000_000,
        )

    async def launch(
        self, name: str, cpus: int, memory: int, disk: int, progress: Callable[[str], Awaitable[None]]
    ) -> None:
        self._require_virtualization()
        if name in self._rack.machines or name in self._launching:
            raise HypervisorError(f'instance "{name}" already exists')
        if len(self._rack.machines) + len(self._launching) >= MAX_INSTANCES:
            raise HypervisorError(f"this host has room for {MAX_INSTANCES} instances")
        self._launching.append(name)
        try:
            await progress(f"Creating {name}")
            await self._wait(1.0, 1.6)
            await progress(f"Configuring {name}")
            await self._wait(0.4, 0.8)
            await progress(f"Starting {name}")
            await self._wait(1.5, 2.5)
            machine = self._rack.add_machine(name, cpus, memory, disk)
            self._sizes[name] = (cpus, memory, disk)
            await progress("Waiting for initialization to complete")
            await machine.start()
        finally:
            self._launching.remove(name)

    async def start(self, name: str) -> None:
        machine = self._there(name)
        self._require_virtualization()
        await machine.start()

    async def stop(self, name: str, force: bool = False) -> None:
        machine = self._there(name)
        if force:
            machine.kill()
        else:
            await machine.stop()

    async def restart(self, name: str) -> None:
        machine = self._there(name)
        if machine.power is not Power.ON:
            raise HypervisorError(f'instance "{name}" is not running')
        await machine.stop()
        await machine.start()

    async def delete(self, name: str, purge: bool = False) -> None:
        machine = self._known(name)
        if name not in self._deleted:
            await machine.stop()
            self._deleted.append(name)
        if purge:
            self._remove(name)

    async def recover(self, name: str) -> None:
        self._known(name)
        if name in self._deleted:
            self._deleted.remove(name)

    async def purge(self) -> None:
        for name in list(self._deleted):
            self._remove(name)

    def _require_virtualization(self) -> None:
        if not self.virtualization:
            raise HypervisorError(NO_KVM)

    def _remove(self, name: str) -> None:
        self._deleted.remove(name)
        del self._sizes[name]
        self._rack.remove_machine(name)

    def _known(self, name: str) -> Machine:
        machine = self._rack.machines.get(name)
        if machine is None:
            raise HypervisorError(f'instance "{name}" does not exist')
        return machine

    def _there(self, name: str) -> Machine:
        machine = self._known(name)
        if name in self._deleted:
            raise HypervisorError(f'instance "{name}" is deleted')
        return machine

    async def _wait(self, least_s: float, most_s: float) -> None:
        await self._rack.kernel.sleep(int(self._random.uniform(least_s, most_s) * SECOND))
