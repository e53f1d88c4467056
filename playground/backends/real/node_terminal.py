"""A terminal of a real node: a pseudo-terminal over there, its bytes carried by two threads here."""

import queue
import time
from collections.abc import Callable

from playground.backends.real.bridge import Bridge
from playground.backends.real.driver import Driver, DriverError, PseudoTerminal
from playground.backends.real.marks import CommandMarks
from playground.backends.recorded import Recorded

BYTES_PER_SECOND = 512 * 1024
"""Nobody reads faster; what a program writes beyond it waits over there."""


class NodeTerminal:
    """Stays for the life of the machine; a shell runs in it while the machine is on.

    ``attach`` and ``hang_up`` are called as the power changes. All methods and callbacks belong to the lab's thread.
    """

    def __init__(
        self,
        name: str,
        driver: Driver,
        bridge: Bridge,
        on_output: Callable[[bytes], object],
        on_begun: Callable[[str], object],
        on_command: Callable[[Recorded], object],
    ) -> None:
        self._name = name
        self._driver = driver
        self._bridge = bridge
        self._on_output = on_output
        self._on_begun = on_begun
        self._on_command = on_command
        self._size = (80, 24)
        self._generation = 0
        self._typed: queue.SimpleQueue[bytes | tuple[int, int] | None] = queue.SimpleQueue()
        self.attached = False

    def attach(self) -> None:
        """The machine is on: open a shell, unless one is open."""
        if self.attached:
            return
        self.attached = True
        self._generation += 1
        self._typed = queue.SimpleQueue()
        generation, typed = self._generation, self._typed
        self._bridge.thread(lambda: self._run(generation, typed), f"{self._name} terminal")

    def hang_up(self, why: str) -> None:
        """The machine is off, or gone."""
        if self.attached:
            self.attached = False
            self._generation += 1
            self._typed.put(None)
        self.say(why)

    def say(self, text: str) -> None:
        self._on_output(f"\r\n\x1b[2m{text}\x1b[0m\r\n".encode())

    def type(self, data: bytes) -> None:
        if self.attached:
            self._typed.put(data)

    def resize(self, columns: int, rows: int) -> None:
        if (columns, rows) != self._size:
            self._size = (columns, rows)
            if self.attached:
                self._typed.put(self._size)

    # In threads

    def _run(self, generation: int, typed: "queue.SimpleQueue[bytes | tuple[int, int] | None]") -> None:
        try:
            pty = self._driver.terminal(self._name, *self._size)
        except DriverError as error:
            self._bridge.post(self._ended, generation, f"no shell on {self._name}: {error}")
            return
        self._bridge.thread(lambda: self._write(pty, typed), f"{self._name} keys")
        marks = CommandMarks(self._name)
        while data := pty.read():
            self._bridge.post(self._heard, generation, *marks.feed(data))
            time.sleep(len(data) / BYTES_PER_SECOND)
        pty.close()
        typed.put(None)
        self._bridge.post(self._ended, generation, "")

    def _write(self, pty: PseudoTerminal, typed: "queue.SimpleQueue[bytes | tuple[int, int] | None]") -> None:
        try:
            while (what := typed.get()) is not None:
                if isinstance(what, tuple):
                    pty.resize(*what)
                else:
                    pty.write(what)
        except OSError:
            pass
        pty.close()

    # Back in the lab

    def _heard(self, generation: int, visible: bytes, begun: list[str], ended: list[Recorded]) -> None:
        if generation == self._generation:
            if visible:
                self._on_output(visible)
            for line in begun:
                self._on_begun(line)
            for command in ended:
                self._on_command(command)

    def _ended(self, generation: int, why: str) -> None:
        """The shell is gone: a new one begins while the machine is on, as after ``exit``."""
        if generation != self._generation:
            return
        self.attached = False
        if why:
            self.say(why)
        else:
            self.attach()
