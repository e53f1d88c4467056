"""Programs on this machine as channels: the way into machines that are reached by a command.

Reads and writes wait in a selector, which every server that can carry the playground knows to hand over. Whoever closes
a program may be another thread than those that read and write it: the ends are closed when the last of them has let
go, because the number of a closed end is the next connection's, and they would take what comes there.
"""

import contextlib
import fcntl
import io
import os
import selectors
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Sequence

from playground.backends.real.driver import DriverError

READ_BYTES = 32 * 1024
_WITH_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Makes the pseudo-terminal the program's own, so that a change of its size is heard."""


class LocalProcess:
    """A program with its streams. Implements ``driver.PseudoTerminal``; without a terminal ``resize`` does nothing."""

    def __init__(self, command: Sequence[str], size: tuple[int, int] | None = None) -> None:
        """Start it, on a pseudo-terminal of ``size`` (columns, rows) when that is given.

        Raises:
            DriverError: there is no such program.
        """
        self._limit_s: float | None = None
        self._guard = threading.Lock()
        self._users = 0
        """Threads that hold the number of an end just now."""
        self._closed = False
        self._heard, self._wake = os.pipe()
        """Closing the second wakes who waits to read."""
        self._tty = size is not None
        try:
            if size is not None:
                self._start_on_terminal(command, size)
            else:
                self._start_on_pipes(command)
        except OSError as error:
            os.close(self._heard)
            os.close(self._wake)
            raise DriverError(f"{command[0]} cannot be run: {error.strerror}") from error

    def _start_on_terminal(self, command: Sequence[str], size: tuple[int, int]) -> None:
        mine, theirs = os.openpty()
        try:
            self._out, self._in, self._error = mine, mine, -1
            self.resize(*size)
            starter = [sys.executable, "-I", "-S", "-c", _WITH_TERMINAL, *command]
            environment = {**os.environ, "TERM": "xterm-256color"}
            self._process = subprocess.Popen(starter, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        except OSError:
            os.close(mine)
            raise
        finally:
            os.close(theirs)

    def _start_on_pipes(self, command: Sequence[str]) -> None:
        ends: list[int] = []
        try:
            for _ in range(3):
                ends += os.pipe()
            in_theirs, self._in, self._out, out_theirs, self._error, error_theirs = ends
            self._process = subprocess.Popen(
                command, stdin=in_theirs, stdout=out_theirs, stderr=error_theirs, start_new_session=True
            )
        except OSError:
            for end in ends:
                os.close(end)
            raise
        for end in (in_theirs, out_theirs, error_theirs):
            os.close(end)

    def limit(self, seconds: float | None) -> None:
        self._limit_s = seconds

    def read_all(self) -> tuple[bytes, bytes]:
        """Everything from now on, of both streams.

        Raises:
            TimeoutError: it did not end within the limit.
        """
        with self._using() as open_:
            if not open_:
                return b"", b""
            out, error = self._out, self._error
            kept: dict[int, bytearray] = {end: bytearray() for end in (out, error) if end >= 0}
            end_s = None if self._limit_s is None else time.monotonic() + self._limit_s
            with selectors.DefaultSelector() as selector:
                for end in kept:
                    selector.register(end, selectors.EVENT_READ)
                while selector.get_map():
                    ready = selector.select(None if end_s is None else max(0.0, end_s - time.monotonic()))
                    if not ready:
                        raise TimeoutError
                    for key, _ in ready:
                        data = _some(key.fd)
                        kept[key.fd] += data
                        if not data:
                            selector.unregister(key.fd)
            return bytes(kept[out]), bytes(kept.get(error, b""))

    def read(self) -> bytes:
        """Some bytes of what it prints; with pipes, of its standard output."""
        with self._using() as open_:
            if not open_:
                return b""
            ready = _ready(self._out, selectors.EVENT_READ, self._limit_s, self._heard)
            if self._closed:
                return b""
            if not ready:
                raise TimeoutError
            return _some(self._out)

    def write(self, data: bytes) -> None:
        with self._using() as open_:
            left = memoryview(data)
            while left:
                if not open_ or self._closed or self._in < 0:
                    raise OSError("it takes no more input")
                if not _ready(self._in, selectors.EVENT_WRITE, self._limit_s):
                    raise TimeoutError
                left = left[_write(self._in, left[:4096]) :]

    @contextlib.contextmanager
    def _using(self) -> Iterator[bool]:
        """Keep the ends open; false when they are closed already."""
        with self._guard:
            open_ = not self._closed
            self._users += open_
        try:
            yield open_
        finally:
            with self._guard:
                self._users -= open_
                self._let_go()

    def end_input(self) -> None:
        """No more input comes. On a terminal that is said by a key, not here."""
        if not self._tty and self._in >= 0:
            end, self._in = self._in, -1
            os.close(end)

    def resize(self, columns: int, rows: int) -> None:
        with self._using() as open_, contextlib.suppress(OSError):
            if open_ and self._tty:
                fcntl.ioctl(self._out, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait(self, limit_s: float) -> int:
        """Exit code.

        Raises:
            TimeoutError: it still runs.
        """
        try:
            return self._process.wait(limit_s)
        except subprocess.TimeoutExpired:
            raise TimeoutError from None

    def close(self) -> None:
        """End it and all that it started: ask, then kill what does not listen. From any thread; again does no harm."""
        with self._guard:
            if self._closed:
                return
            self._closed = True
            os.close(self._wake)
        for how in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
        with self._guard:
            self._let_go()

    def _let_go(self) -> None:
        """Close the ends if it is time. With the guard held."""
        if self._closed and not self._users and self._heard >= 0:
            for end in {self._in, self._out, self._error, self._heard} - {-1}:
                os.close(end)
            self._in = self._out = self._error = self._heard = -1


def _ready(end: int, event: int, limit_s: float | None, other: int = -1) -> bool:
    """Wait until something can be done at an end, or there is something to read at the ``other``."""
    with selectors.DefaultSelector() as selector:
        selector.register(end, event)
        if other >= 0:
            selector.register(other, selectors.EVENT_READ)
        return bool(selector.select(limit_s))


def _write(end: int, data: memoryview) -> int:
    """As ``os.write``. In the place of that the server eventlet puts one that tries a broken pipe again for ever."""
    with io.FileIO(end, "wb", closefd=False) as file:
        return file.write(data) or 0


def _some(end: int) -> bytes:
    try:
        return os.read(end, READ_BYTES)
    except OSError:
        return b""  # A pseudo-terminal whose program has ended answers EIO.
