"""The engine's events: the newest 256, and who listens.

Source: moby ``daemon/events``, ``daemon/events.go``; ``api/types/events``.
"""

from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from playground.engine.clock import Clock
from playground.engine.filters import Filters
from playground.sim import SECOND, Channel

KEPT = 256
"""Events remembered. Source: moby ``daemon/events/events.go``, ``eventsLimit``."""

Event = dict[str, Any]
"""One event in wire form."""


class EventLog:
    """What happened on one engine. The log does not outlive its daemon."""

    def __init__(self, clock: Clock, machine: str = "") -> None:
        self._clock = clock
        self._machine = machine
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._listeners: list[Callable[[Event], object]] = []

    def log(self, kind: str, action: str, actor: str, attributes: Mapping[str, str]) -> None:
        """Record a local event: ``kind`` is ``container``, ``image``, ``volume``, ``network``, ``daemon``."""
        now_us = self._clock.unix_us()
        event: Event = {}
        if kind == "container":
            event |= {"status": action, "id": actor, "from": attributes.get("image", "")}
        elif kind == "image":
            event |= {"status": action, "id": actor}
        event |= {
            "Type": kind,
            "Action": action,
            "Actor": {"ID": actor, "Attributes": dict(sorted(attributes.items()))},
            "scope": "local",
            "time": now_us // SECOND,
            "timeNano": now_us * 1000,
        }
        kernel = self._clock.kernel
        if kernel.followed:
            kernel.mark("event", self._machine, type=kind, action=action, name=attributes.get("name", actor[:12]))
        self.publish(event)

    def publish(self, event: Event) -> None:
        """Record an event that is complete already."""
        self._kept.append(event)
        for listener in list(self._listeners):
            listener(event)

    def listen(self, listener: Callable[[Event], object]) -> Callable[[], None]:
        """Call ``listener`` with every event from now on. Returns how to stop."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def clear(self) -> None:
        """The daemon stopped: its memory is gone, and so are those who listened."""
        self._kept.clear()
        self._listeners.clear()

    def past(self, since_us: int | None, until_us: int | None, filters: Filters) -> list[Event]:
        """Remembered events between two moments (microseconds since 1970); none when neither is given."""
        if since_us is None and until_us is None:
            return []
        return [
            event
            for event in self._kept
            if (since_us is None or event["timeNano"] // 1000 >= since_us)
            and (until_us is None or event["timeNano"] // 1000 <= until_us)
            and included(event, filters)
        ]

    async def stream(self, since_us: int | None, until_us: int | None, filters: Filters) -> AsyncIterator[Event]:
        """Past events from ``since_us`` on, then live ones, up to ``until_us`` (microseconds since 1970)."""
        channel: Channel[Event] = Channel(self._clock.kernel)
        only_past = until_us is not None and until_us <= self._clock.unix_us()

        def hear(event: Event) -> None:
            if included(event, filters):
                channel.put(event)

        past = self.past(since_us, until_us, filters) if since_us is not None or only_past else []
        stop = self.listen(hear) if not only_past else None
        timer = None
        if until_us is not None and not only_past:
            timer = self._clock.kernel.at(until_us - self._clock.wall_us, channel.close)
        try:
            for event in past:
                yield event
            while not only_past:
                try:
                    yield await channel.get()
                except Channel.Closed:
                    return
        finally:
            if stop is not None:
                stop()
            if timer is not None:
                timer.cancel()


def included(event: Event, filters: Filters) -> bool:
    """True when an event passes the filters of ``GET /events``.

    Source: moby ``daemon/events/filter.go``.
    """
    kind = str(event["Type"])
    actor = event["Actor"]
    attributes: Mapping[str, str] = actor["Attributes"]
    return (
        _action(str(event["Action"]), filters)
        and filters.exact("type", kind)
        and filters.exact("scope", str(event["scope"]))
        and all(
            _object(name, wanted, kind, str(actor["ID"]), attributes, filters)
            for name, wanted in (
                ("daemon", "daemon"),
                ("container", "container"),
                ("plugin", "plugin"),
                ("volume", "volume"),
                ("network", "network"),
                ("node", "node"),
                ("service", "service"),
                ("secret", "secret"),
                ("config", "config"),
            )
        )
        and _image(kind, str(actor["ID"]), attributes, filters)
        and filters.labels("label", attributes)
    )


def _action(action: str, filters: Filters) -> bool:
    wanted = filters.get("event")
    if not wanted:
        return True
    return action in wanted or action.partition(":")[0] in wanted


def _object(key: str, wanted: str, kind: str, actor: str, attributes: Mapping[str, str], filters: Filters) -> bool:
    if not filters.get(key):
        return True
    name = attributes.get("name", "")
    return kind == wanted and (filters.prefix(key, actor) or filters.prefix(key, name))


def _image(kind: str, actor: str, attributes: Mapping[str, str], filters: Filters) -> bool:
    wanted = filters.get("image")
    if not wanted:
        return True
    name = attributes.get("name", "") if kind == "image" else attributes.get("image", "")
    return any(value in (actor, name, name.partition(":")[0], actor.partition(":")[0]) for value in wanted)
