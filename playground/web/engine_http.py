"""The Docker Engine API of every node over HTTP; ``engine_mount`` says where.

A WSGI application in front of the pages, because clients of an engine expect exactly the daemon's headers and bodies.

Source: moby ``api/server``.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from weakref import WeakKeyDictionary

from playground.api.client import API_VERSION, ENGINE_VERSION, Response
from playground.backends.errors import UnknownMachine
from playground.labs.clock import SECOND
from playground.labs.engine_calls import EngineCall
from playground.labs.errors import LabError
from playground.labs.lab import Lab
from playground.labs.registry import Registry
from playground.web import engine_websocket
from playground.web.engine_mount import HIDDEN, PREFIX
from playground.web.engine_request import ARCHIVE, EngineRequest, Moved, Refused, is_websocket, read
from playground.web.engine_streams import RAW, as_json, carry, encoder, media_type, send_stream
from playground.web.servers import Environ, RawConnection, take_over

HURRY_US = 120 * SECOND
"""On a manual clock, how far time may run ahead for a client that waits; after that it goes at the wall's pace."""
WAIT_S = 600.0
RATE, BURST, PATIENCE_S = 200.0, 1000.0, 5.0
"""Requests a second to the engines of one lab, how many more at once, and how long one too many is held back."""

_HEADERS = {
    "Api-Version": API_VERSION,
    "Docker-Experimental": "false",
    "Ostype": "linux",
    "Server": f"Docker/{ENGINE_VERSION} (linux)",
}
_BODILESS = (204, 304)

StartResponse = Callable[..., Any]


class Allowance:
    """Requests that a lab may still have now."""

    def __init__(self) -> None:
        self._left = BURST
        self._at_s = time.monotonic()

    def delay_s(self) -> float:
        """Take one; how long to hold it back."""
        now_s = time.monotonic()
        self._left = min(BURST, self._left + (now_s - self._at_s) * RATE) - 1
        self._at_s = now_s
        return max(0.0, -self._left / RATE)

    def give_back(self) -> None:
        self._left += 1


class Engines:
    """The engines of all labs. ``sleep`` lets other green threads run."""

    def __init__(self, registry: Registry, sleep: Callable[[float], object]) -> None:
        self._registry = registry
        self._sleep = sleep
        self._allowances: WeakKeyDictionary[Lab, Allowance] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse, path: str) -> Iterable[bytes]:
        """WSGI, with the path below the mount: ``<secret>/<node>/...``."""
        secret, _, rest = path.partition("/")
        node, _, below = rest.partition("/")
        try:
            lab = self._registry.with_engine_secret(secret)
            request = read(environ, f"/{below}")
            self._hold_back(lab)
            return self._answer(environ, start_response, lab, node, request)
        except Moved as moved:
            moved.below(f"{PREFIX}{secret}/{node}".removeprefix(environ.get(HIDDEN, "")))
            return _refuse(start_response, moved)
        except Refused as refused:
            return _refuse(start_response, refused)
        except LabError as refusal:
            return _send(start_response, refusal.status, {"message": str(refusal)})
        except UnknownMachine as unknown:
            return _send(start_response, 404, {"message": str(unknown.args[0])})

    def _hold_back(self, lab: Lab) -> None:
        with self._lock:
            allowance = self._allowances.setdefault(lab, Allowance())
            delay_s = allowance.delay_s()
            if delay_s > PATIENCE_S:
                allowance.give_back()
                raise Refused(429, f"more than {RATE:.0f} requests a second to the engines of one lab")
        if delay_s:
            self._sleep(delay_s)

    def _answer(
        self, environ: Environ, start_response: StartResponse, lab: Lab, node: str, request: EngineRequest
    ) -> Iterable[bytes]:
        raw = take_over(environ)
        if request.takes_over and raw is None:
            raise Refused(501, "attach and exec need a connection that this web server does not give away")
        call = lab.call_engine(
            node, request.method, request.path, request.query, request.body, self._sleep,
            hijack=request.takes_over, size=request.size, version=request.version,
        )  # fmt: skip
        self._wait(lab, call, raw)
        if call.unreachable or call.response is None:
            raise Refused(503, self._unreachable(lab, node))
        response = call.response
        if request.takes_over and not call.taken_over and request.path.endswith("/attach"):
            return _refuse_stream(start_response, raw, response)
        if call.taken_over:
            assert raw is not None
            with lab.waiting():
                if is_websocket(request.path):
                    engine_websocket.carry(lab, call, raw, environ, request.version)
                else:
                    carry(lab, call, raw, list(_HEADERS.items()), request, "HTTP_UPGRADE" in environ)
            return raw.release()
        if response.stream is None:
            if raw is not None and raw.single:
                return _send_raw(raw, *_whole(response.status, response.body, response.headers, request.method))
            return _send(start_response, response.status, response.body, response.headers, request.method)
        headers = {**_HEADERS, **response.headers}
        headers.setdefault("Content-Type", media_type(request, response.framed))
        if lab.clock.manual and not request.has_no_end:
            lab.hurry(lambda: call.ended, self._sleep, HURRY_US)
        with lab.waiting():
            if raw is None:
                return _collect(lab, start_response, call, headers, encoder(request, response))
            send_stream(lab, call, raw, list(headers.items()), encoder(request, response))
        return raw.release()

    def _wait(self, lab: Lab, call: EngineCall, raw: RawConnection | None) -> None:
        """Until there is an answer; the lab's time is driven on from here too, so that short answers come at once."""
        if lab.clock.manual and lab.hurry(lambda: call.answered, self._sleep, HURRY_US):
            return
        deadline_s = time.monotonic() + WAIT_S
        pause_s = 0.001
        with lab.waiting():
            while not call.wait(pause_s):
                lab.pump()
                pause_s = min(pause_s * 1.5, 0.25)
                if time.monotonic() > deadline_s or (raw is not None and raw.gone()):
                    raise Refused(503, "the lab did not answer in time; its clock may be paused")

    @staticmethod
    def _unreachable(lab: Lab, node: str) -> str:
        address = lab.nodes().get(node, {}).get("ip", node)
        return f"Cannot connect to the Docker daemon at tcp://{address}:2375. Is the docker daemon running?"


def _whole(
    status: int, body: Any, more: dict[str, str] | None = None, method: str = ""
) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status line, headers and body of an answer that is complete."""
    headers = {**_HEADERS, **(more or {})}
    data = b""
    if isinstance(body, bytes):
        data = body
        headers.setdefault("Content-Type", ARCHIVE)
    elif isinstance(body, str) and headers.get("Content-Type", "").startswith("text/plain"):
        data = body.encode()
    elif body is not None or (method == "GET" and status == 200):
        data = as_json(body)
        headers["Content-Type"] = "application/json"
    if status in _BODILESS:
        data = b""
    else:
        headers["Content-Length"] = str(len(data))
    return f"{status} {_phrase(status)}", list(headers.items()), b"" if method == "HEAD" else data


def _send(
    start_response: StartResponse, status: int, body: Any, more: dict[str, str] | None = None, method: str = ""
) -> list[bytes]:
    line, headers, data = _whole(status, body, more, method)
    start_response(line, headers)
    return [data] if data else []


def _refuse_stream(start_response: StartResponse, raw: RawConnection | None, response: Response) -> list[bytes]:
    """What is wrong with an attachment: said on the connection, which is that of the streams by then.

    Source: moby ``api/server/router/container/container_routes.go``, ``postContainersAttach``.
    """
    line = f"{response.status} {_phrase(response.status)}"
    data = f"{response.body['message']}\r\n".encode()
    if raw is None:
        start_response(line, [("Content-Type", RAW), ("Content-Length", str(len(data)))])
        return [data]
    with contextlib.suppress(OSError):
        raw.write(f"HTTP/1.1 {line}\r\nContent-Type: {RAW}\r\n\r\n".encode() + data)
    return raw.release()


def _refuse(start_response: StartResponse, refused: Refused) -> list[bytes]:
    headers = {} if refused.bare else {name: value for name, value in _HEADERS.items() if name != "Docker-Experimental"}
    data = str(refused).encode() if refused.plain else as_json({"message": str(refused)})
    if not refused.plain:
        headers["Content-Type"] = "application/json"
    headers |= {**refused.headers, "Content-Length": str(len(data))}
    start_response(f"{refused.status} {_phrase(refused.status)}", list(headers.items()))
    return [data]


def _send_raw(raw: RawConnection, line: str, headers: list[tuple[str, str]], data: bytes) -> list[bytes]:
    lines = [f"HTTP/1.1 {line}", *(f"{name}: {value}" for name, value in headers), "Connection: close", "", ""]
    with contextlib.suppress(OSError):
        raw.write("\r\n".join(lines).encode("latin-1") + data)
    return raw.release()


def _collect(
    lab: Lab, start_response: StartResponse, call: EngineCall, headers: dict[str, str], encode: Callable[[Any], bytes]
) -> list[bytes]:
    """A stream as one answer, for a server that gives no connection away."""
    data = bytearray()
    deadline_s = time.monotonic() + WAIT_S
    while (items := call.take(0.01)) is not None and time.monotonic() < deadline_s:
        data += b"".join(encode(item) for item in items)
        lab.pump()
    start_response("200 OK", [*headers.items(), ("Content-Length", str(len(data)))])
    return [bytes(data)]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
