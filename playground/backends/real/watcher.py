"""Asks the engines of a lab: what they are once a second, what the swarm holds whenever an event says that it changed.

Events tell of nodes, services and containers; for the states of tasks there are none, so lists are asked for again at
least once a second, from the one manager that is believed. While nobody looks, everything is asked less often.
"""

import contextlib
import threading
import time
from collections.abc import Callable

from playground.backends.api_observer import LISTS, ApiObserver
from playground.backends.real.bridge import Bridge
from playground.backends.real.driver import Driver
from playground.backends.real.engine_http import EngineHttp, Refused, Unreachable

INFO_S, LIST_S = 1.0, 1.0
UNWATCHED_S = 5.0
EVENT_GAP_S = 0.2
"""After an event so much time is given to further ones before lists are asked for."""
PING_S, DIAL_S, SHORT_S, LONG_S = 3.0, 15.0, 3.0, 50.0
"""How long an answer may take. A manager that lost its leader takes 20 seconds to say so, twice in ``/info``. Whoever
waits for that holds a lock of the engine, and after an election everybody else would wait as long: so calls are short.
Only an engine of which nothing is known yet, as after a restart without a quorum, is waited for."""
TELLING = 3
"""So many calls without an answer mean that there is no leader; one may be the machine's load."""


class NodeWatcher:
    """Watches one engine with three threads, from ``start`` until ``stop``."""

    def __init__(
        self, name: str, driver: Driver, bridge: Bridge, observer: ApiObserver, watched: Callable[[], bool]
    ) -> None:
        self.name = name
        self._driver = driver
        self._bridge = bridge
        self._observer = observer
        self._watched = watched
        self._stopped = threading.Event()
        self._wake_info = threading.Event()
        self._wake_lists = threading.Event()
        self._manager = False
        self._unanswered = 0
        """Questions about the swarm without an answer, one after another."""
        self._events: EngineHttp | None = None

    def start(self) -> None:
        self._bridge.thread(self._ask_info, f"{self.name} info")
        self._bridge.thread(self._ask_lists, f"{self.name} lists")
        self._bridge.thread(self._hear_events, f"{self.name} events")

    def stop(self) -> None:
        self._stopped.set()
        self.wake()
        if self._events is not None:
            self._events.hang_up()

    def wake(self) -> None:
        """Something happened: look now."""
        self._wake_info.set()
        self._wake_lists.set()

    def wake_lists(self) -> None:
        self._wake_lists.set()

    @property
    def _over(self) -> bool:
        return self._stopped.is_set() or self._bridge.closed.is_set()

    def _pause(self, wake: threading.Event, seconds: float) -> None:
        wake.wait(seconds if self._watched() else UNWATCHED_S)
        wake.clear()

    def _client(self) -> EngineHttp:
        return EngineHttp(lambda: self._driver.dial(self.name))

    def _ask_info(self) -> None:
        client = self._client()
        known, silent = False, False
        while not self._over:
            try:
                _ping(client)
            except (Unreachable, Refused):
                if not silent:
                    self._bridge.post(self._observer.heard_info, self.name, None)
                known, silent, self._manager = False, True, False
                self._pause(self._wake_info, INFO_S)
                continue
            try:
                info = client.get("/info", limit_s=SHORT_S if known else LONG_S)
            except (Unreachable, Refused):
                pass  # The engine is there, it waits for a leader: what it said last still stands.
            else:
                known, silent = True, False
                manager = bool((info.get("Swarm") or {}).get("ControlAvailable"))
                if manager and not self._manager:
                    self._wake_lists.set()
                self._manager = manager
                self._bridge.post(self._observer.heard_info, self.name, info)
            self._pause(self._wake_info, INFO_S)
        client.close()

    def _ask_lists(self) -> None:
        client = self._client()
        while not self._over:
            if self._manager:
                self._lists(client)
            self._pause(self._wake_lists, LIST_S)
        client.close()

    def _lists(self, client: EngineHttp) -> None:
        post, observer = self._bridge.post, self._observer
        try:
            _ping(client)
            post(observer.heard_list, self.name, "nodes", client.get("/nodes", limit_s=SHORT_S))
            self._unanswered = 0
            if observer.source not in ("", self.name):
                return
            for what in LISTS[1:]:
                post(observer.heard_list, self.name, what, client.get(f"/{what}", limit_s=SHORT_S))
            key = client.get("/swarm/unlockkey", limit_s=SHORT_S)
            post(observer.heard_unlock_key, self.name, (key or {}).get("UnlockKey", ""))
        except Refused as refused:
            post(observer.heard_refusal, self.name, str(refused))
        except Unreachable as unreachable:
            self._unanswered += 1
            if self._unanswered >= TELLING:
                post(observer.heard_refusal, self.name, str(unreachable))

    def _hear_events(self) -> None:
        while not self._over:
            client = self._events = self._client()
            with contextlib.suppress(Unreachable, Refused, OSError, ValueError):
                for event in client.lines("/events"):
                    if event.get("Type") == "network" and event.get("scope") == "local":
                        continue
                    self._bridge.post(self._woken)
                    if event.get("Type") in ("node", "swarm"):
                        self._wake_info.set()
                    time.sleep(EVENT_GAP_S)
            client.close()
            self._stopped.wait(1.0)

    def _woken(self) -> None:
        """An event came from this engine: the manager that is believed may have something new."""
        self.on_event()

    on_event: Callable[[], object] = staticmethod(lambda: None)
    """Called in the lab's thread."""


def _ping(client: EngineHttp) -> None:
    """Connect where there is no connection, which takes its time on a busy machine."""
    client.ask("GET", "/_ping", limit_s=PING_S if client.connected else DIAL_S)
