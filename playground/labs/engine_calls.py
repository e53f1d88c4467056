"""Calls of the Engine API that come into a lab from outside, whatever answers them.

A call is an input like any other: it is journaled with the number that later inputs name it by (what is typed into
an attached container, the end of that, hanging up). What the engine answers is taken as fast as
it comes and kept for whoever asked, so that a slow or vanished client cannot change what happens in the lab.
"""

import base64
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from playground.api.client import Response
from playground.engine.api_versions import CURRENT, Version
from playground.labs.errors import LabError, NotFound, TooMany
from playground.labs.journal import Input

if TYPE_CHECKING:
    from playground.backends.cluster import Cluster

MAX_OPEN = 64
"""Calls of one lab that may be under way at once."""
MAX_KEPT = 8 * 1024 * 1024
"""Bytes of one answer that may wait for a slow client; past it the connection is cut."""
MAX_BODIES = 64 * 1024 * 1024
"""Bytes of request bodies that one journal may hold."""
POLL_US = 200_000
"""What passes in a lab with a manual clock when a client asks the same again: it waits for a change."""
MAX_POLLED = 100
UNJOURNALED = (("GET", "/_ping"), ("HEAD", "/_ping"), ("GET", "/version"))
"""Requests whose answer is known to the engine alone and that leave no trace in it: a replay does without them."""


class EngineCall:
    """One call on its way: the lab fills it as time passes, whoever asked empties it. For any threads.

    ``response`` is there once the engine has answered; ``unreachable`` is True when no engine did. What a stream
    gives, or the output of a connection that was taken over, comes by ``take``. ``broken`` says that the
    connection was cut: the machine went off, or the client was too slow.
    """

    def __init__(self, number: int, node: str) -> None:
        self.number = number
        self.node = node
        self.response: Response | None = None
        self.unreachable = False
        self.broken = False
        self.ended = False
        self.when_broken: Callable[[], object] = lambda: None
        self.taken_over = False
        """True for a connection that carries a container's streams both ways."""
        self._items: deque[Any] = deque()
        self._kept = 0
        self._changed = threading.Condition()

    @property
    def answered(self) -> bool:
        return self.ended or self.unreachable or self.response is not None

    def wait(self, limit_s: float) -> bool:
        """Wait for the answer; True when it is there."""
        with self._changed:
            return self._changed.wait_for(lambda: self.answered, limit_s)

    def take(self, limit_s: float) -> list[Any] | None:
        """What has come since the last time, at least one thing unless ``limit_s`` passes; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._items) or self.ended, limit_s)
            items = list(self._items)
            self._items.clear()
            self._kept = 0
            return None if self.ended and not items else items

    # What the lab does

    def answer(self, response: Response) -> None:
        with self._changed:
            self.response = response
            self._changed.notify_all()

    def nobody(self) -> None:
        with self._changed:
            self.unreachable = True
            self._changed.notify_all()

    def put(self, item: Any) -> bool:
        """Keep a piece of the answer; False when the client is too far behind."""
        with self._changed:
            self._kept += _weight(item)
            if self._kept > MAX_KEPT:
                return False
            self._items.append(item)
            self._changed.notify_all()
            return True

    def end(self) -> None:
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def cut(self) -> None:
        """The connection breaks."""
        self.broken = True
        self.end()
        self.when_broken()


class Unheard(EngineCall):
    """A call of a replay: nobody waits for its answer any more."""

    def put(self, item: Any) -> bool:
        return True


class EngineCalls(ABC):
    """The calls of one lab. ``opened(1)`` and ``opened(-1)`` hear of each that begins and ends.

    Every method is called with the lab's lock held.
    """

    def __init__(self, cluster: "Cluster", opened: Callable[[int], object]) -> None:
        self._cluster = cluster
        self._opened = opened
        self._next = 1
        self._bodies = 0
        self._polled: dict[str, None] = {}
        self.open: dict[int, EngineCall] = {}

    def request(
        self,
        node: str,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Any,
        *,
        hijack: bool = False,
        version: Version = CURRENT,
    ) -> Input:
        """A call as an input. ``body`` is decoded JSON, or bytes; ``version`` that of the client's API."""
        what: Input = {"do": "engine", "node": node, "method": method, "path": path, "query": dict(query)}
        if (method, path) not in UNJOURNALED:
            what["call"] = self._next
        if isinstance(body, bytes):
            what["archive"] = base64.b64encode(body).decode()
        else:
            what["body"] = body
        if hijack:
            what["hijack"] = True
        if version < CURRENT:
            what["version"] = list(version)
        return what

    def check(self, what: Input, size: int) -> None:
        """
        Raises:
            LabError: there is no such call, or there are too many. Also what ``Cluster.require`` raises.
        """
        if what["do"] == "engine":
            self._cluster.require(what["node"])
            if len(self.open) >= MAX_OPEN:
                raise TooMany(f"this lab has {MAX_OPEN} calls of its engines under way, as many as it may")
            if self._bodies + size > MAX_BODIES:
                raise TooMany("this lab has been sent too much data; start a new one")
        elif what.get("call") not in self.open:
            raise NotFound("this call has ended")
        elif what["do"] not in ("engine-input", "engine-eof", "engine-hangup"):
            raise LabError(f"no such input: {what['do']!r}")

    def apply(self, what: Input, *, heard: bool) -> EngineCall:
        """Do what an input says; ``heard`` is False in a replay. Returns the call it is about."""
        if what["do"] == "engine":
            return self._begin(what, heard)
        call = self.open.get(what["call"])
        if call is None:
            return Unheard(what["call"], "")
        if what["do"] == "engine-hangup":
            self._hang_up(call)
        elif call.taken_over:
            data = base64.b64decode(what["data"]) if what["do"] == "engine-input" else None
            self._bodies += len(data or b"")
            self._typed(call, data)
        return call

    def polls(self, what: Input) -> bool:
        """True when a client asks what it has asked before, and has done nothing else since then."""
        if what["method"] != "GET" or what.get("hijack"):
            self._polled.clear()
            return False
        key = f"{what['node']} {what['path']} {sorted(what['query'].items())}"
        again = key in self._polled
        if again or len(self._polled) > MAX_POLLED:
            self._polled.clear()
        self._polled[key] = None
        return again

    @abstractmethod
    def cut_all(self, node: str | None = None) -> None:
        """Break every connection, or those to one node."""

    @abstractmethod
    def _begin(self, what: Input, heard: bool) -> EngineCall:
        """Send a request to its engine."""

    @abstractmethod
    def _typed(self, call: EngineCall, data: bytes | None) -> None:
        """Input for a connection that was taken over; None is its end."""

    @abstractmethod
    def _hang_up(self, call: EngineCall) -> None:
        """The client is gone."""


def _weight(item: Any) -> int:
    if isinstance(item, tuple):
        return 100 + len(item[1])
    return 1000
