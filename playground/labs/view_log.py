"""The numbered view of a lab and its deltas (see ``docs/socket-messages.md``)."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

PARTS = ("nodes", "raft", "services", "tasks", "networks", "links")
KEPT_DELTAS = 200
KEPT_TIMELINE = 200

Json = dict[str, Any]


@dataclass(slots=True)
class Changes:
    """What became different since the last look: entities by part, gone keys, whole fields, new timeline entries."""

    set: dict[str, Json] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=dict)
    put: Json = field(default_factory=dict)
    timeline: list[Json] = field(default_factory=list)
    messages: list[Json] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.set or self.gone or self.put or self.timeline or self.messages)


class ViewLog:
    """Applies changes to the view and keeps the newest deltas for pages that missed some."""

    def __init__(self) -> None:
        self.n = 0
        self._view: Json = {part: {} for part in PARTS}
        self._view |= {"partition": None, "quorum": None, "timeline": [], "lesson": None}
        self._view |= {"secrets": [], "configs": []}
        self._deltas: deque[Json] = deque(maxlen=KEPT_DELTAS)

    def view(self, now_us: int, clock: Json) -> Json:
        """The whole view. The caller must not change it."""
        return {**self._view, "n": self.n, "now": now_us, "clock": clock}

    @property
    def current(self) -> Json:
        """The view's fields without number and time; not to be changed by the caller."""
        return self._view

    def absorb(self, changes: Changes) -> None:
        """Take changes into the view."""
        for part, entities in changes.set.items():
            self._view[part].update(entities)
        for part, keys in changes.gone.items():
            for key in keys:
                self._view[part].pop(key, None)
        self._view.update({key: value for key, value in changes.put.items() if key != "clock"})
        if changes.timeline:
            self._view["timeline"] = (self._view["timeline"] + changes.timeline)[-KEPT_TIMELINE:]

    def publish(self, changes: Changes, now_us: int) -> Json:
        """Number changes that the view has absorbed; returns the delta to send."""
        self.n += 1
        delta: Json = {"n": self.n, "now": now_us}
        if changes.timeline:
            delta["append"] = {"timeline": changes.timeline}
        for name in ("set", "gone", "put", "messages"):
            value = getattr(changes, name)
            if value:
                delta[name] = value
        self._deltas.append(delta)
        return delta

    def since(self, n: int) -> list[Json] | None:
        """The deltas after number ``n``, or None when some are no longer kept."""
        if n > self.n:
            return None
        missed = [delta for delta in self._deltas if delta["n"] > n]
        return missed if len(missed) == self.n - n else None
