"""A cluster as its lab sees it, whatever its machines are made of; and what all kinds of clusters do alike."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from playground.api.machine import ConnectFailed, Connections
from playground.backends.errors import UnknownMachine
from playground.backends.recorded import KEPT_BYTES, Recorded
from playground.backends.timeline import Timeline
from playground.sim import SECOND, Kernel

HOST = "host"
"""The learner's own computer: a terminal, and no machine of the cluster."""
TIMED_OUT = 124

Json = dict[str, Any]


class Messages(Protocol):
    """What managers say to each other, as far as it can be heard."""

    def listen(self, on: bool) -> None: ...

    def take(self) -> list[dict[str, str]]:
        """A sample since the last time."""


class Observing(Protocol):
    """Who forms the view of a cluster."""

    @property
    def timeline(self) -> Timeline: ...

    @property
    def traffic(self) -> Messages: ...


class Cluster(Protocol):
    """All of one lab below its journal and its lesson.

    ``on_output(terminal, bytes)`` hears what terminals print, ``on_command`` of every program that ended.
    """

    kernel: Kernel
    on_output: Callable[[str, bytes], object]
    on_command: Callable[[Recorded], object]

    @property
    def observer(self) -> Observing: ...

    def names(self) -> list[str]: ...

    def address(self, name: str) -> str: ...

    def require(self, name: Any, *, terminal: bool = False) -> None:
        """Raises UnknownMachine unless there is such a machine (or, for a terminal, it is the host)."""

    def require_on(self, name: str) -> None:
        """Raises BadRequest when the machine is off."""

    def execute(
        self, name: str, command: str, *, tty: bool, limit_us: int, done: Callable[[Json], object]
    ) -> Callable[[], Json]:
        """Run a command line on a machine, as root in ``/``; ``done({"stdout", "stderr", "exit"})`` hears the end.

        Returns what tells the ``{"stdout", "stderr"}`` that have been printed so far.
        """

    def open_terminal(self, name: str, columns: int, rows: int) -> None:
        """Open the terminal of a machine; it stays for the life of the machine."""

    def has_terminal(self, name: str) -> bool: ...

    def type(self, name: str, data: bytes) -> None: ...

    def resize(self, name: str, columns: int, rows: int) -> None: ...

    def check_fault(self, fault: Any) -> None:
        """Raises BadRequest or UnknownMachine when ``fault`` could not take it; changes nothing."""

    def idle_fault(self, fault: Any) -> str:
        """Why a fault would change nothing, or the empty text; raises as ``check_fault``."""

    def fault(self, fault: Json, done: Callable[[Any], object]) -> None:
        """Do what ``check_fault`` accepted; ``done(True)`` hears when it is complete, or why it failed."""

    def open_port(self, node: str, port: int, path: str, done: Callable[[Json], object]) -> None:
        """Open a page as ``open_page`` does; ``done`` hears what came."""

    def way(self, number: int | None = None) -> Json:
        """The newest commands, and the way of one of them. Raises UnknownCommand, or Unseen where nobody tells it."""

    def raft(self, name: str, first: int | None = None) -> Json:
        """A manager's raft and a page of its log. Raises UnknownMachine, NoRaft, or Unseen where nobody tells it."""

    def facts(self) -> Json:
        """Addresses and tokens, for prose and solutions."""


def require(names: Iterable[str], name: Any, *, terminal: bool = False) -> None:
    """Raises UnknownMachine unless ``name`` is one of the cluster's (or, for a terminal, the host)."""
    known = [*([HOST] if terminal else []), *names]
    if name not in known:
        there = ", ".join(known) or "none yet"
        raise UnknownMachine(f"there is no node {name!r} in this lab; there are: {there}")


async def open_page(
    connections: Connections, node: str, port: int, path: str, heard: Callable[[Recorded], object]
) -> Json:
    """What a browser on the host gets from ``http://node:port/path``; lessons hear it as ``open ADDRESS``."""
    line = f"open http://{node}:{port}{path}"
    try:
        answer = await connections.http("GET", node, port, path, timeout_us=10 * SECOND)
    except ConnectFailed as failed:
        heard(Recorded(HOST, line, failed.reason, 1))
        return {"failed": failed.reason}
    body = answer.body.decode(errors="replace")
    heard(Recorded(HOST, line, body[-KEPT_BYTES:], 0))
    return {"status": answer.status, "headers": dict(answer.headers), "body": body, "served_by": answer.served_by}


def as_text(data: bytes) -> str:
    """Text with every line end as one line feed, as programs read a text stream; a terminal's carriage returns too."""
    return data.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
