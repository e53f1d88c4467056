"""One shell on a real machine: a pseudo-terminal over there, its bytes carried by two threads here."""

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass

from playground.backends.real.bridge import Bridge
from playground.backends.real.driver import Driver, DriverError, PseudoTerminal
from playground.backends.real.marks import CommandMarks
from playground.backends.recorded import Recorded

BYTES_PER_SECOND = 512 * 1024
"""Nobody reads faster; what a program writes beyond it waits over there."""

Typed = queue.SimpleQueue[bytes | tuple[int, int] | None]
"""Keys, sizes (columns, rows), and None at the end."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who hears of a shell, in the lab's thread.

    ``output``: what goes to the screen. ``begun``: the line of each command. ``command``: how it ended. ``ended``: the
    shell is gone, and why none could be opened ("" where one was).
    """

    output: Callable[[bytes], object]
    begun: Callable[[str], object]
    command: Callable[[Recorded], object]
    ended: Callable[[str], object]


class RemoteShell:
    """Opens at once, and lives until it ends by itself or is closed. After ``close`` nobody hears of it any more.

    All methods belong to the lab's thread.
    """

    def __init__(
        self,
        name: str,
        driver: Driver,
        bridge: Bridge,
        size: tuple[int, int],
        listener: Listener,
        bytes_per_second: int = BYTES_PER_SECOND,
    ) -> None:
        """``size``: columns and rows."""
        self._name = name
        self._driver = driver
        self._bridge = bridge
        self._size = size
        self._listener: Listener | None = listener
        self._bytes_per_second = bytes_per_second
        self._typed: Typed = queue.SimpleQueue()
        bridge.thread(self._run, f"{name} terminal")

    def type(self, data: bytes) -> None:
        self._typed.put(data)

    def resize(self, columns: int, rows: int) -> None:
        self._typed.put((columns, rows))

    def close(self) -> None:
        self._listener = None
        self._typed.put(None)

    # In threads

    def _run(self) -> None:
        try:
            pty = self._driver.terminal(self._name, *self._size)
        except DriverError as error:
            self._bridge.post(self._ended, f"no shell on {self._name}: {error}")
            return
        self._bridge.thread(lambda: self._write(pty), f"{self._name} keys")
        marks = CommandMarks(self._name)
        while data := pty.read():
            self._bridge.post(self._heard, *marks.feed(data))
            time.sleep(len(data) / self._bytes_per_second)
        pty.close()
        self._typed.put(None)
        self._bridge.post(self._ended, "")

    def _write(self, pty: PseudoTerminal) -> None:
        try:
            while (what := self._typed.get()) is not None:
                if isinstance(what, tuple):
                    pty.resize(*what)
                else:
                    pty.write(what)
        except OSError:
            pass
        pty.close()

    # Back in the lab

    def _heard(self, visible: bytes, begun: list[str], ended: list[Recorded]) -> None:
        if self._listener is not None:
            if visible:
                self._listener.output(visible)
            for line in begun:
                self._listener.begun(line)
            for command in ended:
                self._listener.command(command)

    def _ended(self, why: str) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.ended(why)
