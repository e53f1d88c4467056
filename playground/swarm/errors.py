"""Refusals of the cluster, as the gRPC status that a real manager would answer."""

from enum import Enum


class Code(Enum):
    """gRPC status codes, by the name that their text form shows.

    Source: grpc ``codes/codes.go``.
    """

    CANCELED = "Canceled"
    UNKNOWN = "Unknown"
    INVALID_ARGUMENT = "InvalidArgument"
    DEADLINE_EXCEEDED = "DeadlineExceeded"
    NOT_FOUND = "NotFound"
    ALREADY_EXISTS = "AlreadyExists"
    PERMISSION_DENIED = "PermissionDenied"
    RESOURCE_EXHAUSTED = "ResourceExhausted"
    FAILED_PRECONDITION = "FailedPrecondition"
    ABORTED = "Aborted"
    UNIMPLEMENTED = "Unimplemented"
    INTERNAL = "Internal"
    UNAVAILABLE = "Unavailable"
    UNAUTHENTICATED = "Unauthenticated"


class SwarmError(Exception):
    """A refusal; ``str(error)`` is the sentence that the learner sees after "Error response from daemon: "."""


class RpcError(SwarmError):
    """A refusal by a manager's control, CA or dispatcher API; printed as gRPC prints it."""

    def __init__(self, code: Code, description: str) -> None:
        super().__init__(f"rpc error: code = {code.value} desc = {description}")
        self.code = code
        self.description = description


def deadline_exceeded() -> RpcError:
    """What a call answers whose time ran out."""
    return RpcError(Code.DEADLINE_EXCEEDED, "context deadline exceeded")


def lost_leadership(code: Code = Code.UNKNOWN) -> RpcError:
    """What a proposal is answered by a member that does not lead, or not any more."""
    return RpcError(code, "raft: failed to process the request: node lost leader status")


def no_leader() -> RpcError:
    """What every manager answers that has heard no leader for more than ten ticks.

    Source: swarmkit ``manager/state/raft/raft.go``, ``errLostQuorum``.
    """
    return RpcError(
        Code.UNKNOWN,
        "The swarm does not have a leader. It's possible that too few managers are online. "
        "Make sure more than half of the managers are online.",
    )


class NotManager(SwarmError):
    """This engine cannot answer for the cluster (HTTP 503)."""


class NotAllowed(SwarmError):
    """The engine refuses by policy (HTTP 403)."""


class BadConfiguration(SwarmError):
    """What was asked makes no sense (HTTP 400)."""


class InvalidUnlockKey(SwarmError):
    """The unlock key is not the right one (HTTP 401)."""


class NotLocked(SwarmError):
    """There is nothing to unlock (HTTP 409)."""


class Unavailable(SwarmError):
    """Leaving, joining or initialising is not possible now (HTTP 503)."""


class JoinFailed(SwarmError):
    """Joining failed for a reason that has no gRPC status (HTTP 500)."""
