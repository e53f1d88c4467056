"""What runs in a container by ``docker exec``, as channels: with a terminal bytes as they are, else in frames.

Source of the frames: moby ``pkg/stdcopy``.
"""

import contextlib
import socket
import struct
from collections.abc import Iterator
from typing import Any

from docker.errors import APIError, DockerException

from playground.backends.real.driver import DriverError, reason_of

READ_BYTES = 32 * 1024
_HEADER = struct.Struct(">BxxxL")
STDOUT = 1


@contextlib.contextmanager
def sentences() -> Iterator[None]:
    """Turns what the docker package raises into ``DriverError``."""
    try:
        yield
    except APIError as error:
        raise DriverError(error.explanation or str(error)) from error
    except TimeoutError:
        raise
    except (DockerException, OSError) as error:
        reason = reason_of(error)
        raise DriverError(
            f"the Docker engine that the machines run on does not answer: {reason}; who runs this server can start it"
        ) from error


class Exec:
    """A program started in a container, with its streams."""

    def __init__(self, api: Any, container: str, command: list[str], *, tty: bool, size: tuple[int, int] | None = None,
                 user: str = "", directory: str = "", environment: dict[str, str] | None = None) -> None:  # fmt: skip
        """
        Raises:
            DriverError: the container does not run, or the engine does not answer.
        """
        self._api = api
        with sentences():
            made = api.exec_create(
                container, command, stdin=True, tty=tty, user=user, workdir=directory or None, environment=environment
            )
            self.id = made["Id"]
            self._hijacked = api.exec_start(self.id, tty=tty, socket=True)
        if size is not None:
            self.resize(*size)
        self._socket: socket.socket = getattr(self._hijacked, "_sock", self._hijacked)
        self._socket.settimeout(None)

    def resize(self, columns: int, rows: int) -> None:
        with contextlib.suppress(DockerException, OSError):
            self._api.exec_resize(self.id, height=rows, width=columns)

    def read(self) -> bytes:
        try:
            return self._socket.recv(READ_BYTES)
        except TimeoutError:
            raise
        except (OSError, ValueError):
            return b""

    def write(self, data: bytes) -> None:
        self._socket.sendall(data)

    def end_input(self) -> None:
        """No more input comes."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def limit(self, seconds: float | None) -> None:
        self._socket.settimeout(seconds)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self._socket.close()
        with contextlib.suppress(OSError, ValueError):
            self._hijacked.close()

    def exit_code(self) -> int:
        """How it ended; -1 while it runs."""
        code = self._api.exec_inspect(self.id)["ExitCode"]
        return -1 if code is None else int(code)


class Framed:
    """The streams of a program without a terminal: ``read_frame`` tells which, ``read`` gives stdout alone."""

    def __init__(self, running: Exec) -> None:
        self.exec = running
        self._buffer = bytearray()

    def read_frame(self) -> tuple[int, bytes] | None:
        """Stream number and bytes; None at the end."""
        while True:
            if len(self._buffer) >= _HEADER.size:
                stream, length = _HEADER.unpack_from(self._buffer)
                if len(self._buffer) >= _HEADER.size + length:
                    data = bytes(self._buffer[_HEADER.size : _HEADER.size + length])
                    del self._buffer[: _HEADER.size + length]
                    return stream, data
            more = self.exec.read()
            if not more:
                return None
            self._buffer += more

    def read(self) -> bytes:
        while (frame := self.read_frame()) is not None:
            if frame[0] == STDOUT and frame[1]:
                return frame[1]
        return b""

    def write(self, data: bytes) -> None:
        self.exec.write(data)

    def end_input(self) -> None:
        self.exec.end_input()

    def limit(self, seconds: float | None) -> None:
        self.exec.limit(seconds)

    def close(self) -> None:
        self.exec.close()
