"""What pages are told of a lab: its view, what changed since, how it was before."""

import time
from collections.abc import Callable
from typing import Any

from playground.labs.history import History
from playground.labs.view_log import Changes, ViewLog

DELTA_S = 1 / 30
TICK_S = 1.0
"""While time passes and nothing happens, pages hear of the time so often."""

Json = dict[str, Any]


class Telling:
    """Takes changes as they happen and sends them, numbered, as ``on_delta`` wants them.

    ``now_us`` says the moment, ``clock`` the state of the lab's clock, ``messages`` what was heard on the links.
    """

    def __init__(
        self, now_us: Callable[[], int], clock: Callable[[], Json], messages: Callable[[], list[dict[str, str]]]
    ) -> None:
        self.views = ViewLog(time.time_ns() // 1_000_000)  # Another number than in this lab's last life.
        self.history = History()
        self.on_delta: Callable[[Json], object] | None = None
        self._now_us = now_us
        self._clock = clock
        self._messages = messages
        self._untold = Changes()
        """What changed since the last delta."""
        self._told_s = 0.0
        self._ticked_s = 0.0

    def take(self, at_us: int, changes: Changes) -> None:
        """Changes that the view has absorbed."""
        if changes:
            self.history.add(at_us, changes, self.views.current)
            self._untold.add(changes)

    def collect(self) -> Json | None:
        """Number what changed since the last time; returns the delta, if there is any."""
        changes, self._untold = self._untold, Changes()
        changes.messages.extend(self._messages())
        return self.views.publish(changes, self._now_us()) if changes else None

    def view(self) -> Json:
        """The whole view; what changed until now is sent before it."""
        self._send(self.collect())
        return self.views.view(self._now_us(), self._clock())

    def view_at(self, at_us: int) -> Json:
        """The view as it was at a moment; a moment that has not been yet is now."""
        self._send(self.collect())  # So that ``n`` counts all that has happened.
        past = self.history.view(min(at_us, self._now_us()))
        return {**past, "n": self.views.n, "clock": self._clock()}

    def tell(self, *, ticking: bool) -> None:
        """Send what changed, at most 30 times a second. ``ticking``: somebody looks, and the clock moves."""
        now_s = time.monotonic()
        if now_s - self._told_s < DELTA_S:
            return
        self._told_s = now_s
        delta = self.collect()
        if delta is None and ticking and now_s - self._ticked_s > TICK_S:
            delta = self.views.publish(Changes(), self._now_us())
        if delta is not None:
            self._ticked_s = now_s
            self._send(delta)

    def clock_changed(self) -> None:
        """Send the clock's new state, after all that changed before it."""
        self._send(self.collect())
        self._send(self.views.publish(Changes(put={"clock": self._clock()}), self._now_us()))

    def _send(self, delta: Json | None) -> None:
        if delta is not None and self.on_delta is not None:
            self.on_delta(delta)
