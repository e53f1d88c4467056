"""Who and where one is when one types at a machine: everything a shell needs to know of the world."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from playground.api.files import MemoryFiles
from playground.api.machine import Connections, Daemon
from playground.api.process import Loop, Program, Promise

Completer = Callable[[list[str]], Awaitable[list[str]]]
"""Gets the words typed so far, the last one unfinished (maybe empty); gives what that last one could become."""


@dataclass(slots=True)
class Surroundings:
    """One user on one machine.

    ``files`` is the machine's file system; shells take views of it with their own directory and user. ``programs``
    are the commands that come from elsewhere (``docker``, ``multipass``), found before the shell's own tools.
    ``wall_us`` is the date of the lab's start in microseconds since 1970. ``complete`` completes the arguments of
    the programs named in ``completes``. ``booted_us`` is when the machine started, for ``uptime``. ``neighbour``
    gives the surroundings of another machine for ``ssh``, None when there is none of that name. ``gone``, where
    there is one, is a future of ``loop`` that the owner of the machine completes when it is switched off: whatever
    runs there ends.
    """

    user: str
    hostname: str
    home: str
    files: MemoryFiles
    programs: Mapping[str, Program]
    loop: Loop
    wall_us: int
    connections: Connections
    environment: Mapping[str, str] = field(default_factory=dict)
    complete: Completer | None = None
    completes: tuple[str, ...] = ("docker",)
    motd: str = ""
    prompt: str = "ubuntu"
    """``ubuntu`` (coloured ``user@host:dir$``), ``plain`` (the same without colours) or ``busybox`` (``/ #``)."""
    cpus: int = 2
    memory: int = 4 * 1024**3
    disk: int = 40 * 1000**3
    booted_us: int = 0
    neighbour: "Callable[[str], Surroundings | None] | None" = None
    gone: Promise[None] | None = None
    carried: Callable[[], Awaitable[bool]] | None = None
    """Where somebody works from elsewhere: whether what is typed there comes here now. Asking may take a while."""
    groups: tuple[int, ...] = ()
    """The number of ``user``'s first group, then those of all, where the files of the machine alone do not say it."""
    daemon: Daemon | None = None
    """Docker's, on a machine that has one, for ``systemctl``."""

    @property
    def sh(self) -> str:
        """Which shell ``sh`` is here, as the state of a shell names it: BusyBox's where there is BusyBox."""
        return "busybox" if self.files.exists("/bin/busybox") else "dash"
