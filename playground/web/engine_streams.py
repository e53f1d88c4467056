"""Answers that arrive piece by piece: events, progress, logs; and connections that carry a container's streams.

Both are sent on the bare connection, because servers differ in when they let headers and small pieces go.

Source: moby ``pkg/stdcopy``, ``api/server/router/container`` (attach, exec), ``pkg/streamformatter``.
"""

import base64
import contextlib
import json
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from playground.api.client import Response
from playground.labs.engine_calls import EngineCall
from playground.labs.errors import LabError
from playground.labs.lab import Lab
from playground.web.engine_request import EngineRequest
from playground.web.servers import RawConnection

MULTIPLEXED = "application/vnd.docker.multiplexed-stream"
RAW = "application/vnd.docker.raw-stream"
LOOK_S = 1.0
"""How often to look whether a client that waits is still there."""
SETTLE_S = 0.05
"""Between the head and the first output of a connection that was taken over. A real container takes about as long to
start; clients like docker-py read the head with a buffer, and what arrives together with it is lost to them."""
_MULTIPLEXED_SINCE = (1, 42)

Encoder = Callable[[Any], bytes]
Headers = list[tuple[str, str]]


def as_json(value: Any, end: str = "\n") -> bytes:
    """A value as Go's encoder writes it, with HTML left as it is."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return (text + end).encode(errors="replace")


def as_frame(item: tuple[int, bytes]) -> bytes:
    stream, data = item
    return struct.pack(">BxxxL", stream, len(data)) + data


def encoder(request: EngineRequest, response: Response) -> Encoder:
    """How the pieces of an answer are written."""

    def encode(item: Any) -> bytes:
        if isinstance(item, tuple):
            return as_frame(item) if response.framed else item[1]
        return as_json(item, end)

    end = "\r\n" if request.path.startswith("/images/") else "\n"
    return encode


def media_type(request: EngineRequest, framed: bool) -> str:
    return MULTIPLEXED if framed and request.version >= _MULTIPLEXED_SINCE else RAW


def send_stream(lab: Lab, call: EngineCall, raw: RawConnection, headers: Headers, encode: Encoder) -> None:
    """Send an answer until either side ends it: in chunks, or to old clients up to the hang-up."""
    lines = ["HTTP/1.1 200 OK", *(f"{name}: {value}" for name, value in headers), "Connection: close"]
    if raw.chunks:
        lines.append("Transfer-Encoding: chunked")
    call.when_broken = raw.close
    try:
        raw.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        for items in pieces(call, raw.gone):
            data = b"".join(encode(item) for item in items)
            raw.write(b"%x\r\n%b\r\n" % (len(data), data) if raw.chunks else data)
        if raw.chunks and not call.broken:
            raw.write(b"0\r\n\r\n")
    except OSError:
        pass
    finally:
        hang_up(lab, call)


def carry(
    lab: Lab, call: EngineCall, raw: RawConnection, headers: Headers, request: EngineRequest, upgrade: bool
) -> None:
    """Carry a container's streams both ways until its output ends or the client leaves.

    ``upgrade`` is True when the client asked for ``Upgrade: tcp``; older ones just go on after a 200.
    """
    assert call.response is not None
    framed = call.response.framed
    kind = media_type(request, framed)
    if upgrade:
        lines = ["HTTP/1.1 101 UPGRADED", f"Content-Type: {kind}", "Connection: Upgrade", "Upgrade: tcp"]
    else:
        lines = ["HTTP/1.1 200 OK", f"Content-Type: {RAW}"]
    lines += [f"{name}: {value}" for name, value in headers]
    call.when_broken = raw.close
    listener = threading.Thread(target=_listen, args=(lab, call, raw), daemon=True, name=f"call {call.number}")
    try:
        raw.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        listener.start()
        time.sleep(SETTLE_S)
        for items in pieces(call, lambda: False):
            raw.write(b"".join(as_frame(item) if framed else item[1] for item in items))
    except OSError:
        pass
    finally:
        hang_up(lab, call)
        leave(raw, listener)


def leave(raw: RawConnection, listener: threading.Thread) -> None:
    """Close a connection, and let go of it only when nobody reads from it any more."""
    raw.close()
    if listener.is_alive():
        listener.join(LOOK_S)


def _listen(lab: Lab, call: EngineCall, raw: RawConnection) -> None:
    """Pass on what the client types."""
    with contextlib.suppress(LabError):
        while data := raw.read():
            if call.ended:
                return
            give(lab, call, data)
        if not call.ended:
            lab.submit({"do": "engine-eof", "call": call.number})


def give(lab: Lab, call: EngineCall, data: bytes) -> None:
    """Input for a container.

    Raises:
        LabError: the call has ended.
    """
    lab.submit({"do": "engine-input", "call": call.number, "data": base64.b64encode(data).decode()})


def pieces(call: EngineCall, gone: Callable[[], bool]) -> Iterator[list[Any]]:
    while (items := call.take(LOOK_S)) is not None:
        if items:
            yield items
        elif gone():
            return


def hang_up(lab: Lab, call: EngineCall) -> None:
    if not call.ended:
        with contextlib.suppress(LabError):
            lab.submit({"do": "engine-hangup", "call": call.number})
