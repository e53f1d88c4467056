"""How anybody talks to an engine: one request, one response, no sockets, no JSON text on the way.

Source of paths, bodies and status codes: Docker Engine API v1.49.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

API_VERSION = "1.49"
MIN_API_VERSION = "1.24"
ENGINE_VERSION = "28.1.1"
GIT_COMMIT = "4eba377"


class ApiError(Exception):
    """The engine refused; ``str(error)`` is its own sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class EngineUnreachable(Exception):
    """No engine answers (it is stopped, or its machine is off)."""


Frame = tuple[int, bytes]
"""A piece of a container's or service's log: stream (1 stdout, 2 stderr, 3 the engine's own error) and bytes."""


@dataclass(slots=True)
class Response:
    """An answer.

    ``body`` is what the JSON text would decode to (or a ``str`` where the real answer is
    plain text, ``bytes`` where it is an archive, None where it is empty). ``stream``,
    where there is one, stands for a body that arrives piece by piece: JSON objects for
    ``/events`` and pull progress, ``Frame`` for logs. ``framed`` is False for the logs
    of a terminal, which are sent without frame headers. Close a stream that is not
    read to its end with ``aclose``.
    """

    status: int
    body: Any = None
    stream: AsyncIterator[Any] | None = None
    framed: bool = True
    headers: dict[str, str] = field(default_factory=dict)


class Duplex(Protocol):
    """Both ways of an attached container or exec: what a hijacked connection carries."""

    async def read(self) -> Frame | None:
        """The next output, or None at the end."""

    async def write(self, data: bytes) -> None:
        """Send input."""

    def close_write(self) -> None:
        """No more input will come."""

    def close(self) -> None:
        """Hang up."""


class EngineClient(Protocol):
    """One engine, as a client sees it."""

    async def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Ask the engine. ``path`` has no version prefix (``/nodes/self``); it is not URL-encoded.

        ``query`` holds strings as on the wire (``filters`` is JSON text). An error
        answer is a ``Response`` too, with ``{"message": ...}`` as body.

        Raises:
            EngineUnreachable: nobody answers.
        """

    async def hijack(self, path: str, query: Mapping[str, str] | None = None, body: Any = None) -> Duplex:
        """``POST`` and take the connection over (``/containers/X/attach``, ``/exec/X/start``).

        Raises:
            ApiError: the engine refused.
            EngineUnreachable: nobody answers.
        """


def checked(response: Response) -> Response:
    """Return a good answer as it is.

    Raises:
        ApiError: the status is 400 or above.
    """
    if response.status >= 400:
        message = response.body.get("message", "") if isinstance(response.body, dict) else str(response.body or "")
        raise ApiError(response.status, message)
    return response
