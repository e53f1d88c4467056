"""What a program in a container gets from its engine."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playground.api.files import MemoryFiles
from playground.api.machine import Connections
from playground.api.process import Process


@dataclass(slots=True)
class ContainerProcess(Process):
    """A process in a container: what a shell needs to know beyond a ``Process``."""

    connections: Connections
    hostname: str
    user: str
    memory: MemoryFiles
    """The same as ``files``, with its whole interface."""
    groups: tuple[int, ...] = ()
    """The number of the group that new files belong to, then those of all groups that its user is in here."""
    installed: tuple[str, ...] = ()
    """Programs that the image has, whether anything here can run them or not."""
    plays: Callable[[list[str]], Awaitable[int] | None] = lambda words: None
    """Starts the scripted life that a command line stands for, and gives its exit code; None where there is none."""
