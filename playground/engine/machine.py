"""An emulated machine: power, boot, addresses, and the Docker Engine that starts with it.

Times are measured ones: after power on the network answers about a second later, and dockerd
serves its API about 2.7 s after the start; an orderly stop ends the engine first.
"""

from collections.abc import Callable, Iterable
from enum import Enum

from playground.api.machine import Connections
from playground.api.process import Program
from playground.engine.engine import Engine
from playground.engine.images.registry import ImageRegistry
from playground.sim import Kernel, Network
from playground.swarm.certificates import Authority


class Power(Enum):
    OFF = "off"
    BOOTING = "booting"
    ON = "on"
    STOPPING = "stopping"


class Machine:
    """One machine of a lab, with its engine.

    ``name`` is its host name and its name on the network; ``ip`` its address there. ``wall_us`` is the
    date of the lab's start in microseconds since 1970. ``shell`` runs commands in containers (it gets a
    ``playground.engine.containers.process.ContainerProcess``); without one only a few words are known.
    ``pulled`` are images that lie on the machine's disk from the start.

    The object outlives power cycles: what is on disk (containers, images, volumes, the swarm's state)
    stays in it. A new machine is off.
    """

    name: str
    ip: str
    power: Power
    engine: Engine
    connections: Connections
    """For programs on this machine: what they reach over its network."""

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
    ) -> None:
        raise NotImplementedError

    async def start(self) -> None:
        """Switch on; returns when the engine serves its API. A machine that is not off is left alone."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Shut down in order: dockerd stops its swarm node, then its containers (SIGTERM), then the machine goes off."""
        raise NotImplementedError

    def kill(self) -> None:
        """Cut the power at this instant. A machine that is off stays off."""
        raise NotImplementedError

    def watch(self, callback: Callable[["Machine"], object]) -> Callable[[], None]:
        """Call ``callback(self)`` whenever power or the engine's readiness changed. Returns how to stop."""
        raise NotImplementedError
