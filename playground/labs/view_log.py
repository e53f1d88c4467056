"""The numbered view of a lab and its deltas (see ``docs/socket-messages.md``)."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

PARTS = ("nodes", "raft", "services", "tasks", "networks", "links", "faults")
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

    def copy(self) -> "Changes":
        """The same, whose containers can be changed by ``add``."""
        result = Changes()
        result.add(self)
        return result

    def add(self, later: "Changes") -> None:
        """Become these changes and then ``later`` ones. ``later`` stays as it is."""
        for part, entities in later.set.items():
            self.set.setdefault(part, {}).update(entities)
            if part in self.gone:
                self.gone[part] = [key for key in self.gone[part] if key not in entities]
        for part, keys in later.gone.items():
            entities, gone = self.set.get(part, {}), self.gone.setdefault(part, [])
            for key in keys:
                entities.pop(key, None)
                if key not in gone:
                    gone.append(key)
        self.put.update(later.put)
        self.timeline.extend(later.timeline)
        self.messages.extend(later.messages)


def apply(view: Json, changed: dict[str, Json], gone: dict[str, list[str]], put: Json) -> None:
    """Make of a view what changes make of it, but for its timeline."""
    for part, entities in changed.items():
        view[part].update(entities)
    for part, keys in gone.items():
        for key in keys:
            view[part].pop(key, None)
    view.update(put)


class ViewLog:
    """Applies changes to the view and keeps the newest deltas for pages that missed some."""

    def __init__(self, first: int = 0) -> None:
        """``first`` is the number that the first view has."""
        self.n = first
        self._view: Json = {part: {} for part in PARTS}
        self._view |= {"partition": None, "quorum": None, "timeline": [], "lesson": None}
        self._view |= {"secrets": [], "configs": [], "backend": "emulated", "unseen": {}}
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
        put = {key: value for key, value in changes.put.items() if key != "clock"}
        apply(self._view, changes.set, changes.gone, put)
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
