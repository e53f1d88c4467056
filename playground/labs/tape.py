"""Inputs that are still to come, and how time passes with them."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from playground.labs.journal import Entry

if TYPE_CHECKING:
    from playground.sim import Kernel

SLICE_S = 0.008
"""Processor time that one lab may take before others get their turn."""


class Tape:
    """``apply(entry)`` does an input when its moment has come."""

    def __init__(self, kernel: "Kernel", entries: Iterable[Entry], apply: Callable[[Entry], None]) -> None:
        self._kernel = kernel
        self._ahead = deque(entries)
        self._apply = apply
        self.end_us = 0
        """When the last of what was put on it by ``extend`` comes."""

    def __bool__(self) -> bool:
        """True while something is on it."""
        return bool(self._ahead)

    @property
    def entries(self) -> list[Entry]:
        """What is still to be played."""
        return list(self._ahead)

    def extend(self, entries: Iterable[Entry]) -> None:
        self._ahead.extend(entries)
        self.end_us = self._ahead[-1].at_us if self._ahead else 0

    def clear(self) -> None:
        self._ahead.clear()

    def run_until(self, target_us: int, stop: Callable[[], bool] | None = None) -> bool:
        """Let time pass up to a moment; False when ``stop()`` ended it early."""
        while self._ahead and self._ahead[0].at_us <= target_us:
            if not self._kernel.run_until(self._ahead[0].at_us, stop):
                return False
            self._apply(self._ahead.popleft())
        return self._kernel.run_until(target_us, stop)

    def run_slice(self, target_us: int) -> bool:
        """The same for one slice of processor time; False when there is more to do."""
        deadline = time.process_time() + SLICE_S
        return self.run_until(target_us, lambda: time.process_time() > deadline)

    def hurry_slice(self, done: Callable[[], bool], end_us: int | None) -> bool:
        """Let one slice pass, from event to event; True when ``done()`` or when ``end_us`` has come.

        Raises:
            RuntimeError: nothing will ever happen any more.
        """
        deadline = time.process_time() + SLICE_S
        due_us = self._next_due_us()
        if due_us is None and end_us is None:
            raise RuntimeError("the lab waits for something that will never happen")
        while not done() and time.process_time() < deadline:
            if end_us is not None and (due_us is None or due_us > end_us):
                self.run_until(end_us)
                return True
            if due_us is None:
                break
            self.run_until(due_us)
            due_us = self._next_due_us()
        return done()

    def _next_due_us(self) -> int | None:
        """When something is to happen next: by itself, or because it is on the tape."""
        due_us = self._kernel.next_due_us()
        played_us = self._ahead[0].at_us if self._ahead else None
        return min((moment for moment in (due_us, played_us) if moment is not None), default=None)
