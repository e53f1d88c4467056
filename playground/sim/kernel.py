"""Virtual time: what happens next, and when.

The kernel is the only owner of time below ``playground.labs``; nothing there
reads a wall clock, so one seed and one list of inputs give one trace.
"""

import heapq
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any, TypeVar

from playground.sim.futures import Future, Task, TimedOut
from playground.sim.random import stream
from playground.sim.trail import Trail

T = TypeVar("T")

SECOND = 1_000_000
MILLISECOND = 1_000


class Timer:
    """One event to come. ``cancel`` makes it never happen."""

    __slots__ = ("arguments", "callback", "cause", "due_us")

    def __init__(
        self, due_us: int, callback: Callable[..., object], arguments: tuple[Any, ...], cause: Trail | None = None
    ) -> None:
        self.due_us = due_us
        self.callback: Callable[..., object] | None = callback
        self.arguments = arguments
        self.cause = cause

    def cancel(self) -> None:
        self.callback = None
        self.arguments = ()

    @property
    def pending(self) -> bool:
        """True until the event has happened or was cancelled."""
        return self.callback is not None


class Kernel:
    """Discrete-event loop over integer microseconds.

    Events due at the same instant happen in the order they were scheduled: ties
    never depend on a hash, an id or an address.

    ``on_lost_error(task, error)``, when set, hears of a task that failed while
    nobody waited for it; by default such an error is kept in ``lost_errors`` and
    raised by the next ``run_until``, because it is a bug of ours.

    ``on_fault(error)``, when set, hears of every error of ours (of a callback, of a task for which nobody waited,
    of the onlooker) in place of the caller of ``run_until``, and everything else goes on.

    ``on_settled(touched)``, when set, hears at the end of each instant of what was ``touch``-ed in it. It only looks:
    it schedules nothing and draws no random number, so that a lab goes the same way whether anybody looks or not.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.now_us = 0
        self.events_done = 0
        self.cause: Trail | None = None
        """Because of which input it is that what happens now happens; None: of none that anybody follows."""
        self.lost_errors: list[BaseException] = []
        self.on_lost_error: Callable[[Task[Any], BaseException], object] | None = self._keep_error
        self.on_fault: Callable[[Exception], object] | None = None
        self.on_settled: Callable[[list[tuple[str, str]]], object] | None = None
        self._touched: dict[tuple[str, str], None] = {}
        self._heap: list[tuple[int, int, Timer]] = []
        self._scheduled_count = 0
        self._limit_us = -1
        """Up to where ``run_until`` goes: then something may come from outside."""

    def random(self, *name: str | int) -> Random:
        """Return the seeded generator of that name, afresh; keep it if you draw more than once."""
        return stream(self.seed, *name)

    def after(self, delay_us: int, callback: Callable[..., object], *arguments: Any) -> Timer:
        """Call ``callback(*arguments)`` once, ``delay_us`` from now.

        Raises:
            ValueError: ``delay_us`` is negative.
        """
        if delay_us < 0:
            raise ValueError(f"delay_us must be >= 0, got {delay_us}")
        due_us = self.now_us + delay_us
        timer = Timer(due_us, callback, arguments, self.cause)
        self._scheduled_count += 1
        heapq.heappush(self._heap, (due_us, self._scheduled_count, timer))
        return timer

    def at(self, due_us: int, callback: Callable[..., object], *arguments: Any) -> Timer:
        """Call ``callback`` at a moment; a moment that has passed means now."""
        return self.after(max(0, due_us - self.now_us), callback, *arguments)

    def soon(self, callback: Callable[..., object], *arguments: Any) -> Timer:
        """Call ``callback`` at this same instant, after everything already due."""
        return self.after(0, callback, *arguments)

    def spawn(self, coroutine: Coroutine[Any, Any, T], name: str = "") -> Task[T]:
        """Drive a coroutine from the next event of this instant on."""
        return Task(self, coroutine, name or getattr(coroutine, "__qualname__", "task"))

    def future(self) -> Future[Any]:
        return Future(self)

    def sleep(self, delay_us: int) -> Future[None]:
        """Return a future that is done ``delay_us`` from now."""
        future: Future[None] = Future(self)
        self.after(delay_us, future.set, None)
        return future

    async def timeout(self, limit_us: int, awaited: Future[T] | Coroutine[Any, Any, T]) -> T:
        """Wait for ``awaited``, but no longer than ``limit_us``.

        A coroutine, or a task, that is too late is cancelled; another future is only left.

        Raises:
            TimedOut: the limit passed first.
        """
        future = awaited if isinstance(awaited, Future) else self.spawn(awaited)
        either: Future[None] = Future(self)

        def wake(_: Any = None) -> None:
            either.set(None)

        timer = self.after(limit_us, wake)
        future.when_done(wake)
        try:
            await either
        except BaseException:
            if isinstance(future, Task):
                future.cancel()
            raise
        finally:
            timer.cancel()
            future.forget(wake)
        if not future.done:
            if isinstance(future, Task):
                future.cancel()
            raise TimedOut
        return future.result()

    def mark(self, kind: str, machine: str = "", /, **facts: Any) -> None:
        """Tell the input behind what happens now of a step; without one this costs next to nothing."""
        cause = self.cause
        if cause is not None:
            cause.note(self.now_us, kind, machine, facts)

    @property
    def followed(self) -> bool:
        """True while somebody follows what happens now: worth finding out what a note needs."""
        return self.cause is not None and self.cause.open

    def touch(self, what: str, name: str = "") -> None:
        """Say that something has changed, at this instant, which an onlooker may want to see."""
        if self.on_settled is not None:
            self._touched[what, name] = None

    def settle(self) -> None:
        """Tell the onlooker now. ``run_until`` does it after each instant; who changes things between two, has to."""
        if self._touched and self.on_settled is not None:
            touched = list(self._touched)
            self._touched.clear()
            try:
                self.on_settled(touched)
            except Exception as error:
                if self.on_fault is None:
                    raise
                self.on_fault(error)

    def next_due_us(self) -> int | None:
        """When the next event is due, or None when nothing is going to happen."""
        heap = self._heap
        while heap and heap[0][2].callback is None:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def clear_until(self, moment_us: int) -> bool:
        """True when nothing but what this event brings about can happen up to and including a moment.

        The event may then do what it knows to come of it until then, and say so with ``pass_to``.
        """
        heap = self._heap
        while heap and heap[0][2].callback is None:
            heapq.heappop(heap)
        return moment_us <= self._limit_us and not self._touched and (not heap or heap[0][0] > moment_us)

    def pass_to(self, moment_us: int, events: int) -> None:
        """So many events have happened, the last of them at a moment; see ``clear_until``."""
        self.now_us = moment_us
        self.events_done += events

    def run_until(self, moment_us: int, stop: Callable[[], bool] | None = None) -> bool:
        """Let everything due up to and including ``moment_us`` happen; time then stands there.

        ``stop`` is asked after each instant (never between events of one instant,
        so where a run ends cannot show in what happens). Returns False when it
        ended the run early; time then stands at the last instant that happened.

        Raises:
            BaseException: the first error that a task raised and nobody received.
        """
        heap = self._heap
        touched = self._touched
        pop = heapq.heappop
        self._limit_us = moment_us
        while heap and heap[0][0] <= moment_us:
            if touched and heap[0][0] != self.now_us:
                self.settle()
            due_us, _, timer = pop(heap)
            callback = timer.callback
            if callback is None:
                continue
            self.now_us = due_us
            timer.callback = None
            self.cause = timer.cause
            self.events_done += 1
            try:
                callback(*timer.arguments)
                if self.lost_errors:
                    raise self.lost_errors.pop(0)
            except Exception as error:
                if self.on_fault is None:
                    raise
                self.on_fault(error)
            if stop is not None and (not heap or heap[0][0] != due_us):
                if touched:
                    self.settle()
                if stop():
                    self.cause = None
                    return False
        if touched:
            self.settle()
        self.now_us = max(self.now_us, moment_us)
        self.cause = None
        return True

    def run_while(self, busy: Callable[[], bool], limit_us: int) -> bool:
        """Go from instant to instant while ``busy()``, up to ``limit_us``; True when no longer busy.

        Time stops at the instant at which ``busy`` first was False.
        """
        while busy():
            due_us = self.next_due_us()
            if due_us is None or due_us > limit_us:
                self.run_until(limit_us)
                return not busy()
            self.run_until(due_us)
        return True

    def _keep_error(self, _: Task[Any], error: BaseException) -> None:
        self.lost_errors.append(error)
