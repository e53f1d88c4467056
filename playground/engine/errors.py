"""Refusals of the engine, and the one table that turns any refusal into its HTTP status.

Source: moby ``errdefs``, ``api/server/httpstatus/status.go``.
"""

from playground.swarm import errors as swarm
from playground.swarm.control import lookup
from playground.swarm.errors import Code


class EngineError(Exception):
    """The engine refuses; ``str(error)`` is the sentence of the answer. By itself a system error."""


class NotFound(EngineError):
    """There is no such thing."""


class NoSuchNetwork(NotFound):
    """A network is not there, or not any more."""


class BadParameter(EngineError):
    """What was asked makes no sense."""


class Conflict(EngineError):
    """The state of things does not allow it."""


class Unauthorized(EngineError):
    """Credentials are missing or wrong."""


class Forbidden(EngineError):
    """Not allowed by policy."""


class NotModified(EngineError):
    """It is already so: answered with status 304 and no body."""


class Unimplemented(EngineError):
    """The emulation does not know how to do it, and says so."""


class Unavailable(EngineError):
    """Not possible now."""


STATUS: tuple[tuple[type[Exception], int], ...] = (
    (NotFound, 404),
    (BadParameter, 400),
    (Conflict, 409),
    (Unauthorized, 401),
    (Forbidden, 403),
    (NotModified, 304),
    (Unimplemented, 501),
    (Unavailable, 503),
    (EngineError, 500),
    (lookup.NotFound, 404),
    (lookup.Ambiguous, 400),
    (swarm.NotManager, 503),
    (swarm.NotAllowed, 403),
    (swarm.BadConfiguration, 400),
    (swarm.InvalidUnlockKey, 401),
    (swarm.NotLocked, 409),
    (swarm.Unavailable, 503),
    (swarm.JoinFailed, 500),
)
"""Exception class -> HTTP status; the first class that fits counts."""

GRPC_STATUS: dict[Code, int] = {
    Code.INVALID_ARGUMENT: 400,
    Code.FAILED_PRECONDITION: 400,
    Code.UNAUTHENTICATED: 401,
    Code.PERMISSION_DENIED: 403,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.UNIMPLEMENTED: 501,
    Code.UNAVAILABLE: 503,
}
"""gRPC code -> HTTP status; every other code is 500."""


def status_of(error: Exception) -> int | None:
    """The HTTP status of a refusal; None when the exception is none (a bug of ours, to be raised)."""
    if isinstance(error, swarm.RpcError):
        return GRPC_STATUS.get(error.code, 500)
    for kind, status in STATUS:
        if isinstance(error, kind):
            return status
    return 500 if isinstance(error, swarm.SwarmError) else None
