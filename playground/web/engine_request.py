"""Reads a request to an engine: version, query and body, with the refusals that the daemon's HTTP server makes itself.

Source: moby ``api/server/server.go``, ``middleware/version.go``, ``httputils/httputils.go``; Go ``net/url``, ``mime``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.api.client import API_VERSION, MIN_API_VERSION
from playground.engine.routes import HIJACKED, ROUTES, UNIMPLEMENTED, compiled
from playground.web import go_json

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
_ARCHIVE_UPLOAD = compiled("/containers/{name}/archive")
_START = compiled("/containers/{name}/start")
_EXEC_START = compiled("/exec/{name}/start")
_VERSIONED = re.compile(r"/v([0-9.]+)(/.*)")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}", re.S)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")

Environ = dict[str, Any]


class Refused(Exception):
    """The request goes no further; ``str(error)`` is the sentence of the answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


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
        if self.method != "POST" or not any(pattern.fullmatch(self.path) for pattern, _ in HIJACKED):
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
    version = API_VERSION
    found = _VERSIONED.fullmatch(path)
    if found is not None:
        version, path = found[1], found[2]
    if not _known(method, path):
        raise Refused(404, "page not found")
    numbers = _numbers(version)
    if numbers < _numbers(MIN_API_VERSION):
        raise Refused(
            400,
            f"client version {version} is too old. Minimum supported API version is {MIN_API_VERSION}, "
            "please upgrade your client to a newer version",
        )
    if numbers > _numbers(API_VERSION):
        raise Refused(400, f"client version {version} is too new. Maximum supported API version is {API_VERSION}")
    body, size = _body(environ, method, path)
    return EngineRequest(method, path, numbers, _query(environ.get("QUERY_STRING", "")), body, size)


def _true(text: str) -> bool:
    return text.strip().lower() not in ("", "0", "no", "false", "none")


def _known(method: str, path: str) -> bool:
    if any(route.method == method and route.pattern.fullmatch(path) for route in ROUTES):
        return True
    if method == "POST" and any(pattern.fullmatch(path) for pattern, _ in HIJACKED):
        return True
    return any(pattern.fullmatch(path) for pattern in UNIMPLEMENTED)


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) if part else 0 for part in version.split(".")[:8]]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _query(text: str) -> dict[str, str]:
    """The first value of each name, as Go's ``Form.Get`` gives it."""
    query: dict[str, str] = {}
    for part in text.split("&"):
        if ";" in part:
            raise Refused(400, "invalid semicolon separator in query")
        if part:
            name, _, value = part.partition("=")
            query.setdefault(_unescaped(name), _unescaped(value))
    return query


def _unescaped(text: str) -> str:
    bad = _BAD_ESCAPE.search(text)
    if bad is not None:
        raise Refused(400, f'invalid URL escape "{bad[0]}"')
    raw = text.encode("latin-1", "replace").replace(b"+", b" ")
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), raw).decode("utf-8", "replace")


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
    kind = environ.get("CONTENT_TYPE", "")
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
    kind = text.split(";", 1)[0].strip().lower()
    if not kind:
        raise Refused(400, f"malformed Content-Type header ({text}): mime: no media type")
    top, slash, below = kind.partition("/")
    if not _TOKEN.fullmatch(top):
        raise Refused(400, f"malformed Content-Type header ({text}): mime: expected slash after first token")
    if slash and not _TOKEN.fullmatch(below):
        raise Refused(400, f"malformed Content-Type header ({text}): mime: expected token after slash")
    if kind != "application/json":
        raise Refused(400, f"unsupported Content-Type header ({text}): must be 'application/json'")
