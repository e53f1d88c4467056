"""What the view was at every moment of a lab: scrubbing looks here.

Changes are kept in segments: each begins with the whole view (a keyframe), then come the changes with their
moments. A segment that is full is compressed. What is kept of one lab is bounded by ``KEPT_BYTES``: past it the
oldest segments keep one view a second, then one in ten seconds, then one a minute, and at last go.
"""

import json
import zlib
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from playground.labs.view_log import KEPT_TIMELINE, PARTS, Changes, apply

KEPT_BYTES = 4 * 1024 * 1024
"""Of compressed segments in one lab. An hour of a busy lab with ten nodes takes a few hundred kilobytes."""
SEGMENT = 200
"""Changed entities after which a segment is closed; in a larger view, half as many as it has."""
GRAINS_US = (0, 1_000_000, 10_000_000, 60_000_000)
KEPT_ENTRIES = 20_000
"""Timeline entries of one lab; older ones are forgotten."""

Json = dict[str, Any]
Moment = tuple[int, Json, dict[str, list[str]], Json]
"""When, what was set, what was gone, what was put; see ``Changes``."""


@dataclass(slots=True)
class Segment:
    """A stretch of time. ``packed`` is set once it is closed; ``grain`` is the index of its time step."""

    start_us: int
    view: Json
    moments: list[Moment] = field(default_factory=list)
    weight: int = 0
    packed: bytes = b""
    grain: int = 0

    def close(self) -> None:
        data = json.dumps([self.view, self.moments], separators=(",", ":"), check_circular=False)
        self.packed = zlib.compress(data.encode(), 4)
        self.view, self.moments = {}, []

    def content(self) -> tuple[Json, list[Moment]]:
        if not self.packed:
            return self.view, self.moments
        view, moments = json.loads(zlib.decompress(self.packed))
        return view, moments

    def thin(self) -> None:
        """Keep only the last of the moments that fall into one step of the next coarser grain."""
        self.grain += 1
        step_us = GRAINS_US[self.grain]
        view, moments = self.content()
        kept: list[Moment] = []
        for moment in moments:
            if kept and kept[-1][0] // step_us == moment[0] // step_us:
                kept[-1] = _merged(kept[-1], moment)
            else:
                kept.append(moment)
        self.view, self.moments, self.packed = view, kept, b""
        self.close()


class History:
    """Takes every change with its moment; gives the view of any moment, but for its fields ``n`` and ``clock``."""

    def __init__(self) -> None:
        self.entries: list[Json] = []
        """The timeline, oldest first."""
        self.dropped = 0
        """Timeline entries that are no longer kept."""
        self._segments: list[Segment] = []
        self._bytes = 0
        self._unpacked: tuple[Segment, Json, list[Moment]] | None = None

    def add(self, at_us: int, changes: Changes, view: Json) -> None:
        """Take changes of this moment; ``view`` is what they made of it. Costs what the changes are."""
        self.entries.extend(changes.timeline)
        if len(self.entries) > KEPT_ENTRIES:
            surplus = len(self.entries) - KEPT_ENTRIES * 9 // 10
            del self.entries[:surplus]
            self.dropped += surplus
        if not (changes.set or changes.gone or changes.put):
            return
        segment = self._segments[-1] if self._segments else None
        if segment is None or (segment.weight >= SEGMENT and segment.weight >= _size(view) // 2):
            if segment is not None:
                self._close(segment)
            whole = {key: dict(value) if key in PARTS else value for key, value in view.items() if key != "timeline"}
            self._segments.append(Segment(at_us, whole))
            return
        segment.moments.append((at_us, changes.set, changes.gone, changes.put))
        segment.weight += 1 + sum(map(len, changes.set.values())) + sum(map(len, changes.gone.values()))

    @property
    def start_us(self) -> int:
        """The first moment of which the view is known."""
        return self._segments[0].start_us if self._segments else 0

    def view(self, at_us: int) -> Json:
        """The view as it was at a moment: all that had changed up to and including it."""
        index = bisect_right(self._segments, at_us, key=lambda segment: segment.start_us) - 1
        segment = self._segments[max(0, index)]
        start, moments = self._content(segment)
        view = {key: dict(value) if key in PARTS else value for key, value in start.items()}
        for moment_us, changed, gone, put in moments:
            if moment_us > at_us:
                break
            apply(view, changed, gone, put)
        last = bisect_right(self.entries, at_us, key=lambda entry: entry["at"])
        view["timeline"] = self.entries[max(0, last - KEPT_TIMELINE) : last]
        view["now"] = at_us
        return view

    @property
    def told(self) -> int:
        """How many entries the timeline has had, those that are no longer kept among them."""
        return self.dropped + len(self.entries)

    def entry(self, number: int) -> Json | None:
        """An entry of the timeline by its number, from 0; None when there is none yet, or it is no longer kept."""
        index = number - self.dropped
        return self.entries[index] if 0 <= index < len(self.entries) else None

    @property
    def kept_bytes(self) -> int:
        """What the compressed segments take."""
        return self._bytes

    def _content(self, segment: Segment) -> tuple[Json, list[Moment]]:
        """Whoever drags through the past asks for the same segment again and again."""
        if not segment.packed:
            return segment.content()
        if self._unpacked is None or self._unpacked[0] is not segment:
            self._unpacked = (segment, *segment.content())
        return self._unpacked[1], self._unpacked[2]

    def _close(self, segment: Segment) -> None:
        segment.close()
        self._bytes += len(segment.packed)
        while self._bytes > KEPT_BYTES:
            closed = [other for other in self._segments if other.packed]
            oldest = min(closed, key=lambda other: other.grain)
            self._bytes -= len(oldest.packed)
            self._unpacked = None
            if oldest.grain + 1 < len(GRAINS_US):
                oldest.thin()
                self._bytes += len(oldest.packed)
            else:
                self._segments.remove(oldest)


def _size(view: Json) -> int:
    return sum(len(view[part]) for part in PARTS)


def _merged(first: Moment, then: Moment) -> Moment:
    """Two moments as one, at the time of the second."""
    changes = Changes(set=first[1], gone=first[2], put=first[3]).copy()
    changes.add(Changes(set=then[1], gone=then[2], put=then[3]))
    return then[0], changes.set, changes.gone, changes.put
