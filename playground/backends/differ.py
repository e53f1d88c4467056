"""What became different in a view since the last look, and the timeline's words for it."""

from collections.abc import Iterable
from typing import Any

from playground.backends.timeline import Timeline

Json = dict[str, Any]


class Differ:
    """Compares entities and fields with those of the last time; ``take`` hands the differences over."""

    def __init__(self, timeline: Timeline, parts: Iterable[str]) -> None:
        self._timeline = timeline
        self._known: dict[str, dict[str, Json]] = {part: {} for part in parts}
        self._fields: Json = {}
        self._result: Json = {"set": {}, "gone": {}, "put": {}}

    def field(self, name: str) -> Any:
        """A field as it was last put; None before."""
        return self._fields.get(name)

    def known(self, part: str) -> dict[str, Json]:
        """A part as it was last; not to be changed."""
        return self._known[part]

    def part(self, part: str, entities: dict[str, Json]) -> None:
        """All entities of a part, as they are now."""
        for key in [key for key in self._known[part] if key not in entities]:
            self.one(part, key, None)
        for key, entity in entities.items():
            self.one(part, key, entity)

    def one(self, part: str, key: str, entity: Json | None) -> None:
        """One entity as it is now; None where there is none."""
        known = self._known[part]
        before = known.get(key)
        if entity == before:
            return
        self._timeline.changed(part, key, before, entity)
        if entity is None:
            del known[key]
            self._result["gone"].setdefault(part, []).append(key)
        else:
            known[key] = entity
            self._result["set"].setdefault(part, {})[key] = entity

    def put(self, name: str, value: Any) -> None:
        if name not in self._fields or self._fields[name] != value:
            self._timeline.field(name, self._fields.get(name), value)
            self._fields[name] = value
            self._result["put"][name] = value

    def take(self) -> Json:
        """``set``, ``gone`` and ``put`` since the last time."""
        result, self._result = self._result, {"set": {}, "gone": {}, "put": {}}
        return result
