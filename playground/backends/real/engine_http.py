"""HTTP to an engine over a driver's channel."""

import http.client
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from playground.backends.real.driver import Channel, DriverError

Json = dict[str, Any]
LIMIT_S = 10.0


class Unreachable(Exception):
    """The engine did not answer."""


class Refused(Exception):
    """The engine answered with an error; ``str(error)`` is its sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ChannelReader(io.RawIOBase):
    """A channel's output as a file."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            self._left = self._channel.read()
        piece = self._left[: len(buffer)]
        self._left = self._left[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)


class _Socket:
    """As much of a socket as ``http.client`` asks for."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(ChannelReader(self._channel))

    def sendall(self, data: bytes) -> None:
        self._channel.write(bytes(data))

    def close(self) -> None:
        """The connection's own ``close`` does it: a file made of this may still be read."""


class _Connection(http.client.HTTPConnection):
    def __init__(self, dial: Callable[[], Channel]) -> None:
        super().__init__("engine")
        self._dial = dial
        self.channel: Channel | None = None

    def connect(self) -> None:
        self.channel = self._dial()
        self.sock = _Socket(self.channel)

    def close(self) -> None:
        super().close()
        if self.channel is not None:
            self.channel.close()
            self.channel = None


def target(path: str, query: Mapping[str, str] | None) -> str:
    """Path and query as they go on the wire."""
    return quote(path, safe="/:@,+~") + (f"?{urlencode(query)}" if query else "")


class EngineHttp:
    """Asks one engine, one request after another, on a connection that is kept. For one thread at a time."""

    def __init__(self, dial: Callable[[], Channel]) -> None:
        self._dial = dial
        self._connection: _Connection | None = None

    def get(self, path: str, query: Mapping[str, str] | None = None, limit_s: float = LIMIT_S) -> Any:
        """Decoded JSON of a good answer.

        Raises:
            Refused: another one.
            Unreachable: none.
        """
        status, _, body = self.ask("GET", path, query, limit_s=limit_s)
        if status >= 400:
            raise Refused(status, message_of(body))
        return json.loads(body) if body else None

    def ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        limit_s: float | None = LIMIT_S,
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body.

        Raises:
            Unreachable: nobody answered in time.
        """
        kept = self._connection is not None
        try:
            response = self.open(method, path, query, body, headers, limit_s)
            data = response.read()
        except Unreachable:
            if not kept or method != "GET":
                raise
            response = self.open(method, path, query, body, headers, limit_s)  # An engine that was started anew.
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(str(error)) from error
        if response.will_close:
            self.close()
        return response.status, dict(response.getheaders()), data

    def open(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        limit_s: float | None = LIMIT_S,
    ) -> http.client.HTTPResponse:
        """The head of an answer, its body still to be read.

        Raises:
            Unreachable: nobody answered in time.
        """
        connection = self._connection = self._connection or _Connection(self._dial)
        try:
            if connection.sock is None:
                connection.connect()
            assert connection.channel is not None
            connection.channel.limit(limit_s)
            connection.request(method, target(path, query), body or None, dict(headers or {}))
            return connection.getresponse()
        except (OSError, DriverError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(str(error) or type(error).__name__) from error

    def lines(self, path: str, query: Mapping[str, str] | None = None) -> Iterator[Json]:
        """An answer that goes on, one JSON object a line, until the engine or ``close`` ends it."""
        response = self.open("GET", path, query, limit_s=None)
        if response.status >= 400:
            raise Refused(response.status, message_of(response.read()))
        while line := response.readline():
            if line.strip():
                yield json.loads(line)

    @property
    def connected(self) -> bool:
        """Whether there is a connection that is kept: a new one takes a program started over there."""
        return self._connection is not None and self._connection.sock is not None

    def hang_up(self) -> None:
        """Break the connection from another thread: whoever waits for an answer gets none."""
        connection = self._connection
        channel = connection.channel if connection is not None else None
        if channel is not None:
            channel.close()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def message_of(body: bytes) -> str:
    """The sentence in an engine's error."""
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace").strip()
