"""How time passes in a lab: at the pace of its clock, at once, or again when a journal is applied."""

import math
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from playground.labs.clock import SECOND, Clock
from playground.labs.errors import Conflict
from playground.labs.journal import Entry, Store
from playground.labs.pace import pace_of
from playground.labs.tape import Tape
from playground.labs.telling import Telling
from playground.labs.ticket import Ticket
from playground.lessons.run import LessonRun

if TYPE_CHECKING:
    from playground.labs.stepping import Ahead

MAX_INPUTS = 100_000
AHEAD_KEPT_S = 60.0
"""A copy that has looked ahead is dropped when nobody has used it for so long."""
IDLE_S = 120.0
"""A lab that nobody has touched for so long, and that no page watches, stands still."""


class PassingTime(ABC):
    """The part of a lab that lets its virtual time pass. Every method may be called from any thread."""

    id: str
    clock: Clock
    lock: threading.RLock
    telling: Telling
    lesson: LessonRun | None
    ahead: "Ahead | None"
    inputs: int
    watchers: int
    busy: int
    touched_s: float
    ended: bool
    rebuilding: bool
    _store: Store
    _tape: Tape
    _pace: dict[str, Any]
    _marked_us: int

    @property
    @abstractmethod
    def now_us(self) -> int:
        """The lab's virtual time."""

    @abstractmethod
    def _look(self) -> None:
        """See what changed before time goes on."""

    @abstractmethod
    def _go_on(self) -> None:
        """Do the next of what is to be played."""

    def finish(self, ticket: Ticket, sleep: Callable[[float], object]) -> Any:
        """Let time pass until the ticket is ready, and return its value. Only for a lab with a manual clock."""
        self.hurry(lambda: ticket.ready, sleep)
        return ticket.value

    def hurry(self, done: Callable[[], bool], sleep: Callable[[float], object], limit_us: int | None = None) -> bool:
        """Let virtual time pass as fast as it can until ``done()``, at most ``limit_us``; True when it is done."""
        end_us = None if limit_us is None else self.now_us + limit_us
        while not done():
            with self.lock:
                over = self._tape.hurry_slice(done, end_us)
                self.after_slice()
            if over:
                return done()
            sleep(0)
        return True

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Somebody waits for what only time brings: let it pass at the pace of the wall, on a manual clock too."""
        with self.lock:
            self.clock.hold(1, self.now_us)
        try:
            yield
        finally:
            with self.lock:
                self.clock.hold(-1, self.now_us)

    def at_rest(self, waited_us: int) -> bool:
        """Whether a wait is over, so long after its time has passed: virtual time is always enough."""
        return True

    def advance(self, seconds: float, sleep: Callable[[float], object], limit_s: float = math.inf) -> float:
        """Let virtual time pass at once, for ``limit_s`` of the wall's time at most.

        Returns:
            How many of the seconds are still to come; 0 when all have passed.

        Raises:
            Conflict: the lab was deleted meanwhile, or rebuilt.
        """
        target_us, end_s = self.now_us + int(seconds * SECOND), time.monotonic() + limit_s
        while self.now_us < target_us and time.monotonic() < end_s:
            with self.lock:
                if self.ended:
                    raise Conflict("the lab was rebuilt or deleted meanwhile; ask again if it is there")
                self._tape.run_slice(target_us)
                self.after_slice()
            sleep(0)
        self._store.mark(self.id, self.now_us)
        return max(0, target_us - self.now_us) / SECOND

    def pump(self) -> bool:
        """Let wall time pass: run one slice. Returns True when more is due at once."""
        with self.lock:
            if self.ended or self.rebuilding:
                return False
            if not self.watchers and not self.busy and time.monotonic() - self.touched_s > IDLE_S:
                self.clock.freeze(True, self.now_us)
            self._go_on()
            if self.lesson is not None and self.lesson.dirty:
                self._look()
            if self.ahead is not None and time.monotonic() - self.ahead.used_s > AHEAD_KEPT_S:
                self.ahead = None
            target_us = self.clock.target_us(self.now_us)
            more = target_us > self.now_us and not self._tape.run_slice(target_us)
            self.after_slice()
            if self.now_us - self._marked_us > 5 * SECOND:
                self._marked_us = self.now_us
                self._store.mark(self.id, self.now_us)
            return more

    def change_pace(self, *, speed: float | None = None, paused: bool | None = None) -> None:
        """Let time pass so fast, or not at all; it is kept with the lab.

        Raises:
            ValueError: the speed is out of bounds.
            Conflict: the lab is of real engines.
        """
        with self.lock:
            if speed is not None:
                self.clock.set_speed(speed, self.now_us)
            if paused is not None:
                self.clock.pause(paused, self.now_us)
            self.keep_pace()

    def keep_pace(self) -> None:
        """Journal the pace, if it is another one."""
        pace = pace_of(self.clock)
        if pace != self._pace and self.inputs < MAX_INPUTS:
            self._store.append(self.id, Entry(self.now_us, pace))
            self.inputs += 1
            self._pace = pace

    def _replay(self, until_us: int, between: Callable[[float], object] | None) -> None:
        if between is None:
            self._tape.run_until(until_us)
            return
        while not self._tape.run_slice(until_us):
            between(self.now_us / max(1, until_us))

    def catch_up(self, entries: Iterable[Entry], now_us: int, between: Callable[[float], object] | None = None) -> None:
        """Do what another form of this lab has done besides, up to ``now_us``."""
        self._tape.extend(entries)
        self._replay(now_us, between)

    def after_slice(self) -> None:
        """Tell the pages what changed, at most 30 times a second."""
        self.telling.tell(ticking=self.clock.moving and bool(self.watchers))
