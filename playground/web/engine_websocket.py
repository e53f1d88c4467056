"""A container's streams over a websocket: ``GET /containers/{id}/attach/ws``.

Source: moby ``api/server/router/container/container_routes.go``, ``wsContainersAttach``;
``golang.org/x/net/websocket``.
"""

import contextlib
import threading
import time

from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    Request,
    TextMessage,
)
from wsproto.utilities import RemoteProtocolError

from playground.labs.engine_calls import EngineCall
from playground.labs.errors import LabError
from playground.labs.lab import Lab
from playground.web.engine_streams import SETTLE_S, give, hang_up, leave, pieces
from playground.web.servers import Environ, RawConnection, has_shaken_hands

_BINARY_SINCE = (1, 28)
_NORMAL = 1000
_VERSION = "13"
_HEADERS = ("Connection", "Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version")


def carry(lab: Lab, call: EngineCall, raw: RawConnection, environ: Environ, version: tuple[int, ...]) -> None:
    """Shake hands, then carry the streams, never framed, until the output ends or the client leaves.

    ``version`` is that of the client's API: since 1.28 messages are binary.
    """
    call.when_broken = raw.close
    socket = WSConnection(ConnectionType.SERVER)
    turn = threading.Lock()
    listener = threading.Thread(
        target=_listen, args=(lab, call, raw, socket, turn), daemon=True, name=f"call {call.number}"
    )
    try:
        refusal = _refusal(environ)
        if refusal:
            raw.write(refusal)
            return
        socket.initiate_upgrade_connection(_sent(environ), environ.get("PATH_INFO", "/"))
        if not any(isinstance(event, Request) for event in socket.events()):
            return
        accepted = socket.send(AcceptConnection())
        if not has_shaken_hands(environ):
            raw.write(accepted)
        listener.start()
        time.sleep(SETTLE_S)
        for items in pieces(call, lambda: False):
            for _, data in items:
                with turn:
                    raw.write(socket.send(_message(data, version)))
        with turn:
            if socket.state is ConnectionState.OPEN:
                raw.write(socket.send(CloseConnection(_NORMAL)))
    except (OSError, RemoteProtocolError):
        pass
    finally:
        hang_up(lab, call)
        leave(raw, listener)


def _message(data: bytes, version: tuple[int, ...]) -> Event:
    if version >= _BINARY_SINCE:
        return BytesMessage(data)
    return TextMessage(data.decode(errors="replace"))


def _sent(environ: Environ) -> list[tuple[bytes, bytes]]:
    """The headers of the handshake, as the client sent them."""
    return [
        (name.encode(), str(environ.get(f"HTTP_{name.upper().replace('-', '_')}", "")).encode("latin-1"))
        for name in ("Host", *_HEADERS)
    ]


def _refusal(environ: Environ) -> bytes:
    """What Go's server says to a handshake that is none; empty when it is one."""
    connection, upgrade, key, version = (
        str(environ.get(f"HTTP_{name.upper().replace('-', '_')}", "")) for name in _HEADERS
    )
    head = b"HTTP/1.1 400 Bad Request\r\n"
    if upgrade.lower() != "websocket" or "upgrade" not in connection.lower():
        return head + b"\r\nnot websocket protocol"
    if not key:
        return head + b"\r\nmismatch challenge/response"
    if version != _VERSION:
        return head + f"Sec-WebSocket-Version: {_VERSION}\r\n\r\nmissing or bad WebSocket Version".encode()
    return b""


def _listen(lab: Lab, call: EngineCall, raw: RawConnection, socket: WSConnection, turn: threading.Lock) -> None:
    """Pass on what the client sends, and answer its pings."""
    with contextlib.suppress(LabError, OSError, RemoteProtocolError):
        while data := raw.read():
            socket.receive_data(data)
            for event in socket.events():
                if call.ended:
                    return
                if isinstance(event, BytesMessage):
                    give(lab, call, bytes(event.data))
                elif isinstance(event, TextMessage):
                    give(lab, call, event.data.encode())
                elif isinstance(event, Ping | CloseConnection):
                    with turn:
                        raw.write(socket.send(event.response()))
                    if isinstance(event, CloseConnection):
                        raise OSError("the client has closed")
    if not call.ended:
        hang_up(lab, call)
