"""What agents and dispatchers say to each other.

Requests and beats go to the service ``dispatcher`` of a manager, which passes them on to
the leader when it is not the leader; what the dispatcher sends comes back the same way,
to the service ``agent``.

Source: swarmkit ``api/dispatcher.proto``.
"""

from dataclasses import dataclass

from playground.swarm.certificates import Certificate
from playground.swarm.errors import RpcError
from playground.swarm.log_broker import LogSubscription
from playground.swarm.model import Node, Spec, TaskStatus
from playground.swarm.remotes import Peer
from playground.swarm.worker import Assignments

RPC_TIMEOUT_US = 5_000_000
"""How long an agent waits for any answer of the dispatcher. Source: swarmkit ``agent/session.go``."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where an agent is: its machine, and the manager's machine through which it speaks."""

    machine: str
    via: str


@dataclass(frozen=True, slots=True)
class Registration:
    """The agent's request for a session."""

    session_id: str
    description: Spec
    route: Route


@dataclass(frozen=True, slots=True)
class SessionMessage:
    """What a session tells the agent at its start, and later whenever a part of it changes."""

    session_id: str
    stream: int
    """Which of the session's streams this begins or belongs to: each registration begins one."""
    node: Node | None
    managers: tuple[Peer, ...]
    root: str


@dataclass(frozen=True, slots=True)
class Beat:
    """The agent lives. ``received`` is the number of the last message it got on this stream."""

    session_id: str
    stream: int
    caller: Certificate
    route: Route
    received: int


@dataclass(frozen=True, slots=True)
class Beaten:
    """The dispatcher's answer to a beat: when the next is due, or why there is no such session."""

    session_id: str
    machine: str
    period_us: int = 0
    refusal: RpcError | None = None


@dataclass(frozen=True, slots=True)
class Push:
    """A message on a stream of a session, numbered from 1."""

    session_id: str
    stream: int
    machine: str
    number: int
    content: SessionMessage | Assignments | LogSubscription


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The dispatcher, or the manager on the way to it, ends the session; an empty id means every session."""

    session_id: str
    machine: str


@dataclass(frozen=True, slots=True)
class StatusReport:
    """Statuses of tasks, by task id."""

    session_id: str
    statuses: tuple[tuple[str, TaskStatus], ...]


Answer = Beaten | Push | SessionEnded
