"""Commands run beside the main program of a container, and what a client attaches to.

Source: moby ``daemon/exec.go``, ``daemon/attach.go``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.api.client import Frame
from playground.engine.containers.container import Container
from playground.engine.containers.process import Command, Pipe
from playground.sim import Channel, Kernel

_CTRL_C, _CTRL_D = 0x03, 0x04
_ERASE = (0x08, 0x7F)
_DETACH = bytes([0x10, 0x11])
"""Ctrl-P, Ctrl-Q."""


def detach_sequence(text: str) -> bytes:
    """The bytes of ``ctrl-p,ctrl-q``, which is also what no text means.

    Source: moby ``term``, ``ToBytes``.

    Raises:
        ValueError: a key is unknown.
    """
    found = b""
    for key in text.split(",") if text else ():
        if len(key) == 1:
            found += key.encode("latin-1", "replace")
        elif re.fullmatch(r"ctrl-[a-z@\[\\\]^_]", key):
            found += bytes([ord(key[5].upper()) & 0x1F])
        else:
            raise ValueError(f"Unknown character: '{key}'")
    return found or _DETACH


@dataclass(slots=True)
class Exec:
    """One exec instance. ``exit_code`` is None until it has ended."""

    id: str
    container: Container
    words: list[str]
    environment: dict[str, str]
    tty: bool
    stdin: bool
    stdout: bool
    stderr: bool
    user: str
    directory: str
    privileged: bool
    detach_keys: str = ""
    pid: int = 0
    running: bool = False
    exit_code: int | None = None
    command: Command | None = None
    columns: int = 80
    rows: int = 24

    def wire(self) -> dict[str, Any]:
        """``GET /exec/{id}/json``."""
        return {
            "ID": self.id,
            "Running": self.running,
            "ExitCode": self.exit_code,
            "ProcessConfig": {
                "tty": self.tty,
                "entrypoint": self.words[0],
                "arguments": self.words[1:],
                "privileged": self.privileged,
                **({"user": self.user} if self.user else {}),
            },
            "OpenStdin": self.stdin,
            "OpenStderr": self.stderr,
            "OpenStdout": self.stdout,
            "CanRemove": False,
            "ContainerID": self.container.id,
            "DetachKeys": self.detach_keys,
            "Pid": self.pid,
        }


class Attachment:
    """A client's connection to a process. Implements ``playground.api.client.Duplex``.

    ``put`` takes the process's output; ``end`` says that there will be no more. With a terminal, what the client
    types passes a line discipline (it is echoed, lines can be corrected, Ctrl-C interrupts), unless the program has
    a terminal of its own. ``detach_keys`` typed one after the other on a terminal end the connection and leave the
    process running; ``detached`` hears of it.
    """

    def __init__(
        self,
        kernel: Kernel,
        stdin: Pipe | None,
        terminal: bool,
        interrupt: Callable[[], object],
        close_stdin: bool,
        closed: Callable[[], object],
        detach_keys: bytes = _DETACH,
        detached: Callable[[], object] = lambda: None,
    ) -> None:
        self._frames: Channel[Frame] = Channel(kernel)
        self._stdin = stdin
        self._terminal = terminal
        self._interrupt = interrupt
        self._close_stdin = close_stdin
        self._closed = closed
        self._line = bytearray()
        self._detach_keys = detach_keys if terminal else b""
        self._detached = detached
        self._held = b""

    def put(self, stream: int, data: bytes) -> None:
        self._frames.put((1 if self._terminal else stream, data))

    def end(self) -> None:
        self._frames.close()

    async def read(self) -> Frame | None:
        try:
            return await self._frames.get()
        except Channel.Closed:
            return None

    async def write(self, data: bytes) -> None:
        if self._stdin is None:
            return
        data = self._without_detach_keys(data)
        if not self._terminal or self._stdin.raw:
            self._stdin.write(data)
            return
        for byte in data:
            self._type(byte)

    def _without_detach_keys(self, data: bytes) -> bytes:
        """What goes on to the process; the beginning of a sequence is held back until it is clear what it is."""
        if not self._detach_keys:
            return data
        passed = b""
        for position in range(len(data)):
            byte = data[position : position + 1]
            if self._detach_keys.startswith(self._held + byte):
                self._held += byte
                if self._held == self._detach_keys:
                    self._held = b""
                    self._detached()
                    self.end()
                    return passed
            else:
                passed += self._held + byte
                self._held = b""
        return passed

    def _type(self, byte: int) -> None:
        assert self._stdin is not None
        if byte == _CTRL_C:
            self._line.clear()
            self.put(1, b"^C\r\n")
            self._interrupt()
        elif byte == _CTRL_D:
            if self._line:
                self._stdin.write(bytes(self._line))
                self._line.clear()
            else:
                self._stdin.close()
        elif byte in _ERASE:
            if self._line:
                del self._line[-1]
                self.put(1, b"\b \b")
        elif byte in (0x0A, 0x0D):
            self.put(1, b"\r\n")
            self._stdin.write(bytes(self._line) + b"\n")
            self._line.clear()
        elif byte >= 0x20 or byte == 0x09:
            self._line.append(byte)
            self.put(1, bytes([byte]))

    def close_write(self) -> None:
        if self._stdin is not None and self._close_stdin and not self._terminal:
            self._stdin.close()

    def close(self) -> None:
        self._frames.close()
        self._closed()
