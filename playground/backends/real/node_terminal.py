"""A terminal of a real node: a shell over there while the machine is on, and a new one when that ended."""

from collections.abc import Callable

from playground.backends.real.bridge import Bridge
from playground.backends.real.driver import Driver
from playground.backends.real.remote_shell import Listener, RemoteShell
from playground.backends.recorded import Recorded
from playground.sim import SECOND, Kernel
from playground.sim.kernel import Timer

LIVED_US = 2 * SECOND
"""A shell that lived so long was a good one: when it ends the next begins at once, as after ``exit``."""
FIRST_PAUSE_US, MAX_PAUSE_US = SECOND // 2, 15 * SECOND
"""After one that did not, or could not be opened, the next is tried later; each time after twice as long."""


class NodeTerminal:
    """Stays for the life of the machine; a shell runs in it while the machine is on.

    ``attach`` and ``hang_up`` are called as the power changes. All methods and callbacks belong to the lab's thread.
    """

    def __init__(
        self,
        kernel: Kernel,
        name: str,
        driver: Driver,
        bridge: Bridge,
        on_output: Callable[[bytes], object],
        on_begun: Callable[[str], object],
        on_command: Callable[[Recorded], object],
    ) -> None:
        self._kernel = kernel
        self._name = name
        self._driver = driver
        self._bridge = bridge
        self._on_output = on_output
        self._listener = Listener(self._heard, on_begun, on_command, self._ended)
        self._size = (80, 24)
        self._shell: RemoteShell | None = None
        self._opened_us = 0
        self._pause_us = 0
        self._next: Timer | None = None
        self._complaint = ""
        """Why no shell could be opened, as far as the terminal says it already."""

    @property
    def attached(self) -> bool:
        """Whether a shell runs, or is to run as soon as one can be opened."""
        return self._shell is not None or self._next is not None

    def attach(self) -> None:
        """The machine is on: open a shell, unless one is open."""
        if self._shell is None:
            self._cancel()
            self._opened_us = self._kernel.now_us
            self._shell = RemoteShell(self._name, self._driver, self._bridge, self._size, self._listener)

    def hang_up(self, why: str) -> None:
        """The machine is off, or gone."""
        self._cancel()
        self._pause_us = 0
        self._complaint = ""
        if self._shell is not None:
            self._shell.close()
            self._shell = None
        self.say(why)

    def say(self, text: str) -> None:
        self._on_output(f"\r\n\x1b[2m{text}\x1b[0m\r\n".encode())

    def type(self, data: bytes) -> None:
        if self._shell is not None:
            self._shell.type(data)

    def resize(self, columns: int, rows: int) -> None:
        if (columns, rows) != self._size:
            self._size = (columns, rows)
            if self._shell is not None:
                self._shell.resize(columns, rows)

    def _cancel(self) -> None:
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _heard(self, visible: bytes) -> None:
        self._complaint = ""
        self._on_output(visible)

    def _ended(self, why: str) -> None:
        """The shell is gone: a new one begins while the machine is on."""
        self._shell = None
        if why and why != self._complaint:
            self.say(why)
        self._complaint = why
        if not why and self._kernel.now_us - self._opened_us >= LIVED_US:
            self._pause_us = 0
            self.attach()
            return
        self._pause_us = min(2 * self._pause_us, MAX_PAUSE_US) or FIRST_PAUSE_US
        self._next = self._kernel.after(self._pause_us, self.attach)
