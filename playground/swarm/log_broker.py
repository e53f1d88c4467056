"""What is said about service and task logs: who asks for which lines, and what arrives.

Source: swarmkit ``api/logbroker.proto``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogSelector:
    """Whose logs: all tasks of services, or single tasks; by id."""

    service_ids: tuple[str, ...] = ()
    task_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LogOptions:
    """Which lines. ``tail`` is how many of the last ones, None for all; ``since_us`` in lab time."""

    streams: tuple[int, ...] = (1, 2)
    follow: bool = False
    tail: int | None = None
    since_us: int | None = None


@dataclass(frozen=True, slots=True)
class LogMessage:
    """One line, with where it comes from. ``stream`` is 1 for stdout, 2 for stderr."""

    service_id: str
    node_id: str
    task_id: str
    stream: int
    timestamp_us: int
    data: bytes


@dataclass(frozen=True, slots=True)
class LogSubscription:
    """The leader to an agent: publish what this asks for, or (``close``) stop doing so."""

    id: str
    selector: LogSelector
    options: LogOptions
    close: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """An agent to the leader: lines, and with ``done`` that there are no more."""

    subscription_id: str
    node_id: str = ""
    messages: tuple[LogMessage, ...] = ()
    done: bool = False
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class LogOutput:
    """The leader to the manager that asked. ``error`` comes with ``done`` when something could not be got."""

    subscription_id: str
    messages: tuple[LogMessage, ...] = ()
    done: bool = False
    error: str = ""
