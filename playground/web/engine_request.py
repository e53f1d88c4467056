"""Reads a request to an engine: version, query and body, with the refusals that the daemon's HTTP server makes itself.

Source: moby ``api/server/server.go``, ``middleware/version.go``, ``httputils/httputils.go``; gorilla/mux ``mux.go``.
"""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from playground.api.client import API_VERSION, MIN_API_VERSION
from playground.engine.routes import HIJACKED, ROUTES, UNIMPLEMENTED, WEBSOCKET, compiled
from playground.web import engine_query, go_json, go_media_type
from playground.web.servers import declared_type

MAX_JSON = 2 * 1024 * 1024
MAX_ARCHIVE = 4 * 1024 * 1024
ARCHIVE = "application/x-tar"

JSON_BODIES = tuple(
    compiled(template)
    for template in (
        "/auth",
        "/swarm/(init|join|update|unlock)",
        "/services/create",
        "/services/{id}/update",
        "/nodes/{id}/update",
        "/(secrets|configs)/create",
        "/(secrets|configs)/{id}/update",
        "/networks/create",
        "/networks/{id}/(connect|disconnect)",
        "/containers/create",
        "/containers/{name}/(update|exec)",
        "/exec/{name}/start",
        "/volumes/create",
    )
)
"""POSTs whose body is read, as JSON; that of others is left alone."""
_AUTH = "/auth"
"""Read by its own handler, which neither looks at the media type nor calls what it cannot read a bad request."""
_ARCHIVE_UPLOAD = compiled("/containers/{name}/archive")
_START = compiled("/containers/{name}/start")
_EXEC_START = compiled("/exec/{name}/start")
_WEBSOCKET = compiled(WEBSOCKET)
_VERSIONED = re.compile(r"/v([0-9.]+)(/.*)")

Environ = dict[str, Any]


class Refused(Exception):
    """The request goes no further; ``str(error)`` is the sentence of the answer, ``status`` its status.

    What the daemon's handlers refuse has its headers; what never reached one of them is ``bare``.
    """

    bare = False
    plain = False
    """True where the sentence is the whole body, and no JSON."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.headers: dict[str, str] = {}


class NoRoute(Refused):
    """There is no such path, or not with this method."""

    bare = True

    def __init__(self) -> None:
        super().__init__(404, "page not found")


class NoRequest(Refused):
    """Go's server understands no such path."""

    bare = True
    plain = True

    def __init__(self) -> None:
        super().__init__(400, "400 Bad Request")
        self.headers = {"Content-Type": "text/plain; charset=utf-8", "Connection": "close"}


class Moved(Refused):
    """The path is not in its shortest form; the daemon's router sends the client there.

    Source: gorilla/mux ``mux.go``, ``ServeHTTP``.
    """

    bare = True
    plain = True

    def __init__(self, path: str, query: str) -> None:
        super().__init__(301, "")
        self.path = path
        self.query = query

    def below(self, prefix: str) -> None:
        """Say where to go, as it looks from outside."""
        self.headers = {"Location": quote(prefix + self.path) + (f"?{self.query}" if self.query else "")}


class WrongVersion(Refused):
    """This version of the API is not spoken here; clients so old that they read no JSON get the sentence alone."""

    def __init__(self, message: str, plain: bool) -> None:
        super().__init__(400, message)
        self.plain = plain
        if plain:
            self.headers = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """What to ask of the engine. ``version`` is the client's API version; ``size`` the body's, in bytes."""

    method: str
    path: str
    version: tuple[int, ...]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    size: int = 0

    @property
    def takes_over(self) -> bool:
        """True when the connection is to become that of a container's streams."""
        if not _takes_over(self.method, self.path):
            return False
        return not (_EXEC_START.fullmatch(self.path) and isinstance(self.body, Mapping) and self.body.get("Detach"))

    @property
    def has_no_end(self) -> bool:
        """True when the answer goes on for as long as the client listens, or something else happens."""
        if self.path == "/events":
            return not self.query.get("until")
        if self.path.endswith("/wait"):
            return True
        if self.path.endswith("/stats"):
            return _true(self.query.get("stream", "1"))
        return self.path.endswith("/logs") and _true(self.query.get("follow", ""))


def read(environ: Environ, path: str) -> EngineRequest:
    """
    Raises:
        Refused: with the status and text that the daemon has for it.
    """
    method = environ["REQUEST_METHOD"]
    text = environ.get("QUERY_STRING", "")
    # Each server has its own name for the path as it came; some keep it not at all.
    if engine_query.bad_escape((environ.get("RAW_PATH_INFO") or environ.get("RAW_URI") or "").partition("?")[0]):
        raise NoRequest
    if (clean := _clean(path)) != path:
        raise Moved(clean, text)
    version = API_VERSION
    found = _VERSIONED.fullmatch(path)
    if found is not None:
        version, path = found[1], found[2]
    if not _known(method, path):
        raise NoRoute
    numbers = _numbers(version)
    if numbers < _numbers(MIN_API_VERSION):
        raise WrongVersion(
            f"client version {version} is too old. Minimum supported API version is {MIN_API_VERSION}, "
            "please upgrade your client to a newer version",
            plain=True,
        )
    if numbers > _numbers(API_VERSION):
        too_new = f"client version {version} is too new. Maximum supported API version is {API_VERSION}"
        raise WrongVersion(too_new, plain=False)
    try:
        query = engine_query.read(method, path, text)
    except engine_query.BadQuery as error:
        raise Refused(400, str(error)) from None
    body, size = _body(environ, method, path)
    return EngineRequest(method, path, numbers, query, body, size)


def _clean(path: str) -> str:
    """A path without empty, ``.`` and ``..`` parts; a slash at its end stays."""
    clean = posixpath.normpath("/" + path.lstrip("/"))
    return f"{clean}/" if path.endswith("/") and clean != "/" else clean


def _true(text: str) -> bool:
    return text.strip().lower() not in ("", "0", "no", "false", "none")


def _known(method: str, path: str) -> bool:
    if any(route.method == method and route.pattern.fullmatch(path) for route in ROUTES):
        return True
    return _takes_over(method, path) or any(pattern.fullmatch(path) for pattern in UNIMPLEMENTED)


def _takes_over(method: str, path: str) -> bool:
    asked = "GET" if is_websocket(path) else "POST"
    return method == asked and any(pattern.fullmatch(path) for pattern, _ in HIJACKED)


def is_websocket(path: str) -> bool:
    return _WEBSOCKET.fullmatch(path) is not None


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) if part else 0 for part in version.split(".")[:8]]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _body(environ: Environ, method: str, path: str) -> tuple[Any, int]:
    length = _length(environ)
    if method == "PUT" and _ARCHIVE_UPLOAD.fullmatch(path):
        data = _read(environ, length, MAX_ARCHIVE)
        return data, len(data)
    if method == "POST" and _START.fullmatch(path) and not _EXEC_START.fullmatch(path):
        if length is None or length > 7:
            raise Refused(
                400,
                "starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24",
            )
        return None, 0
    if method != "POST" or not any(pattern.fullmatch(path) for pattern in JSON_BODIES):
        return None, 0
    kind = declared_type(environ)
    if path == _AUTH:
        return _credentials(environ, length)
    if kind or length != 0:
        _check_kind(kind)
    if length == 0:
        return None, 0
    data = _read(environ, length, MAX_JSON)
    try:
        value = go_json.loads(data)
    except go_json.NothingThere:
        raise Refused(400, "invalid JSON: got EOF while reading request body") from None
    except go_json.MoreThere as error:
        raise Refused(400, str(error)) from None
    except go_json.BadJson as error:
        raise Refused(400, f"invalid JSON: {error}") from None
    return {} if value is None else value, len(data)


def _credentials(environ: Environ, length: int | None) -> tuple[Any, int]:
    data = _read(environ, length, MAX_JSON)
    try:
        return go_json.loads(data, whole=False), len(data)
    except go_json.BadJson as error:
        raise Refused(500, str(error)) from None


def _length(environ: Environ) -> int | None:
    """Bytes of the body; None when the client did not say."""
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        return None
    text = environ.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdigit() else 0


def _read(environ: Environ, length: int | None, limit: int) -> bytes:
    if length is not None and length > limit:
        raise Refused(413, f"the body has {length} bytes; here it may have {limit}")
    stream = environ["wsgi.input"]
    data = bytearray()
    while length is None or len(data) < length:
        try:
            piece = stream.read(64 * 1024 if length is None else min(64 * 1024, length - len(data)))
        except (OSError, ValueError):
            raise Refused(400, "unexpected EOF") from None
        if not piece:
            break
        data += piece
        if len(data) > limit:
            raise Refused(413, f"the body has more than {limit} bytes")
    return bytes(data)


def _check_kind(text: str) -> None:
    """
    Raises:
        Refused: the media type is not that of JSON.
    """
    try:
        kind = go_media_type.parse(text)
    except go_media_type.BadMediaType as error:
        raise Refused(400, f"malformed Content-Type header ({text}): {error}") from None
    if kind != "application/json":
        raise Refused(400, f"unsupported Content-Type header ({text}): must be 'application/json'")
