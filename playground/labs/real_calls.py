"""Calls of the Engine API that come into a lab of real engines: carried to the engine and back as they are."""

import base64
import contextlib
import http.client
import json
import queue
from collections.abc import AsyncIterator
from typing import Any

from playground.api.client import Response
from playground.backends.real.cluster import RealCluster
from playground.backends.real.driver import Channel, DriverError
from playground.backends.real.engine_http import EngineHttp, Unreachable, target
from playground.labs.engine_calls import EngineCall, EngineCalls
from playground.labs.journal import Input

ARCHIVE = "application/x-tar"
PIECE = 64 * 1024
MAX_HEAD = 64 * 1024
Typed = queue.SimpleQueue[bytes | None]
"""What a client types into a connection that was taken over; None at the end."""
_HOP = ("connection", "transfer-encoding", "content-length", "keep-alive")
_MULTIPLEXED = "multiplexed-stream"


class RealEngineCalls(EngineCalls):
    """As ``EngineCalls``, but each call has a thread and a connection of its own."""

    def __init__(self, cluster: RealCluster, opened: Any) -> None:
        super().__init__(cluster, opened)
        self._real = cluster
        self._connections: dict[int, Channel | EngineHttp] = {}
        self._inputs: dict[int, Typed] = {}

    def _typed(self, call: EngineCall, data: bytes | None) -> None:
        typed = self._inputs.get(call.number)
        if typed is not None:
            typed.put(data)

    def _hang_up(self, call: EngineCall) -> None:
        self._close(call.number)

    def cut_all(self, node: str | None = None) -> None:
        for call in list(self.open.values()):
            if node in (None, call.node):
                self._close(call.number)

    def _close(self, number: int) -> None:
        connection = self._connections.pop(number, None)
        if isinstance(connection, EngineHttp):
            connection.hang_up()
        elif connection is not None:
            connection.close()
        typed = self._inputs.pop(number, None)
        if typed is not None:
            typed.put(None)

    def _begin(self, what: Input, heard: bool) -> EngineCall:
        number = what.get("call") or self._next
        call = EngineCall(number, what["node"])
        self._next = number + 1
        self.open[number] = call
        self._opened(1)
        work = self._take_connection if what.get("hijack") else self._carry
        self._real.bridge.thread(lambda: self._guarded(work, call, what), f"{what['method']} {what['path'][:40]}")
        return call

    def _guarded(self, work: Any, call: EngineCall, what: Input) -> None:
        try:
            work(call, what)
        except (Unreachable, DriverError, TimeoutError):
            if call.response is None:
                call.nobody()
            else:
                call.cut()
        except (OSError, ValueError, http.client.HTTPException):
            call.cut() if call.response is not None else call.nobody()
        finally:
            if not call.ended:
                call.end()
            self._real.bridge.post(self._done, call)

    def _done(self, call: EngineCall) -> None:
        self._close(call.number)
        if self.open.pop(call.number, None) is not None:
            self._opened(-1)

    # In threads

    def _carry(self, call: EngineCall, what: Input) -> None:
        client = EngineHttp(lambda: self._real.driver.dial(call.node))
        self._connections[call.number] = client
        data, headers = _body_of(what)
        answer = client.open(what["method"], _versioned(what), what["query"], data, headers, limit_s=None)
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP}
        if answer.length is not None or what["method"] == "HEAD":
            call.answer(Response(answer.status, answer.read(), headers=kept))
            return
        call.answer(Response(answer.status, stream=_pieces_come_otherwise(), framed=False, headers=kept))
        while piece := answer.read1(PIECE):
            if not call.put((1, piece)):
                call.cut()
                return

    def _take_connection(self, call: EngineCall, what: Input) -> None:
        data, headers = _body_of(what)
        channel = self._real.driver.dial(call.node)
        self._connections[call.number] = channel
        lines = [
            f"POST {target(_versioned(what), what['query'])} HTTP/1.1",
            "Host: engine",
            "Connection: Upgrade",
            "Upgrade: tcp",
            f"Content-Length: {len(data)}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        channel.write("\r\n".join([*lines, "", ""]).encode() + data)
        status, fields, rest = _read_head(channel)
        if status not in (101, 200):
            while len(rest) < int(fields.get("content-length", 0)) and (more := channel.read()):
                rest += more
            call.answer(Response(status, rest, headers={"Content-Type": "application/json"}))
            return
        framed = _MULTIPLEXED in fields.get("content-type", "")
        typed = self._inputs[call.number] = queue.SimpleQueue()
        call.taken_over = True
        call.answer(Response(101, framed=framed))
        self._real.bridge.thread(lambda: _type(channel, typed), f"input of call {call.number}")
        buffer = bytearray(rest)
        while True:
            for frame in _frames(buffer) if framed else _raw(buffer):
                if not call.put(frame):
                    call.cut()
                    return
            more = channel.read()
            if not more:
                return
            buffer += more


async def _pieces_come_otherwise() -> AsyncIterator[Any]:
    """Marks an answer that goes on; its pieces are put into the call."""
    pieces: tuple[Any, ...] = ()
    for piece in pieces:
        yield piece


def _body_of(what: Input) -> tuple[bytes, dict[str, str]]:
    if "archive" in what:
        return base64.b64decode(what["archive"]), {"Content-Type": ARCHIVE}
    body = what.get("body")
    return (json.dumps(body).encode(), {"Content-Type": "application/json"}) if body is not None else (b"", {})


def _type(channel: Channel, typed: Typed) -> None:
    with contextlib.suppress(OSError):
        while (data := typed.get()) is not None:
            channel.write(data)
        channel.end_input()


def _read_head(channel: Channel) -> tuple[int, dict[str, str], bytes]:
    """Status, header fields in lower case, and what came after them."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = channel.read()
        if not more or len(data) > MAX_HEAD:
            raise Unreachable("the engine closed the connection")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(first.split()[1]), fields, rest


def _frames(buffer: bytearray) -> list[tuple[int, bytes]]:
    """The whole frames in a buffer, taken out of it."""
    found = []
    while len(buffer) >= 8:
        length = int.from_bytes(buffer[4:8], "big")
        if len(buffer) < 8 + length:
            break
        found.append((buffer[0], bytes(buffer[8 : 8 + length])))
        del buffer[: 8 + length]
    return found


def _raw(buffer: bytearray) -> list[tuple[int, bytes]]:
    data = bytes(buffer)
    buffer.clear()
    return [(1, data)] if data else []


def _versioned(what: Input) -> str:
    """The path with the version in which an older client asks."""
    version = what.get("version")
    return f"/v{'.'.join(str(number) for number in version)}{what['path']}" if version else str(what["path"])
