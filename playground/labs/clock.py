"""The one place where wall-clock time enters a lab: how far its virtual time should have come by now."""

import time

SECOND = 1_000_000
"""In microseconds, as all of virtual time; the kernel has the same, but is not loaded before it is needed."""
MIN_SPEED, MAX_SPEED = 0.25, 60.0
MAX_LAG_S = 0.25


class Clock:
    """Maps wall time to virtual time.

    ``manual`` never moves by itself. Otherwise virtual time passes at ``speed`` while the
    clock is neither paused nor frozen (frozen: nobody watches). A manual clock moves while it is held: while
    somebody waits for an answer that has no end.
    """

    def __init__(self, *, manual: bool = False, speed: float = 1.0) -> None:
        self.manual = manual
        self.speed = speed
        self.paused = False
        self._frozen = True
        self._holds = 0
        self._wall_s = 0.0
        self._virtual_us = 0

    @property
    def moving(self) -> bool:
        return not ((self.manual and not self._holds) or self.paused or self._frozen)

    def set_speed(self, speed: float, now_us: int) -> None:
        """Raises ValueError outside x0.25 to x60."""
        if not MIN_SPEED <= speed <= MAX_SPEED:
            raise ValueError(f"the speed must be between {MIN_SPEED} and {MAX_SPEED}, not {speed}")
        self.speed = speed
        self._anchor(now_us)

    def pause(self, paused: bool, now_us: int) -> None:
        self.paused = paused
        self._anchor(now_us)

    def freeze(self, frozen: bool, now_us: int) -> None:
        if frozen != self._frozen:
            self._frozen = frozen
            self._anchor(now_us)

    def like(self, other: "Clock", now_us: int) -> None:
        """Go on from ``now_us`` at the pace of another clock."""
        self.speed, self.paused, self._frozen = other.speed, other.paused, other._frozen
        self._anchor(now_us)

    def hold(self, more: int, now_us: int) -> None:
        """One more, or with -1 one less, waits for time to pass."""
        self._holds += more
        if self.manual:
            self._anchor(now_us)

    def target_us(self, now_us: int) -> int:
        """The virtual moment to reach now. ``now_us`` is where the lab stands.

        A lab that could not keep up does not try to catch up more than a quarter
        of a second of wall time: it goes on slower instead.
        """
        if not self.moving:
            return now_us
        wall_s = time.monotonic()
        target = self._virtual_us + int((wall_s - self._wall_s) * self.speed * SECOND)
        if target < now_us:  # The lab was taken ahead of the clock; it goes on from there.
            self._anchor(now_us)
            return now_us
        limit = now_us + int(MAX_LAG_S * self.speed * SECOND)
        if target > limit:
            target = limit
            self._wall_s, self._virtual_us = wall_s, limit
        return target

    def _anchor(self, now_us: int) -> None:
        self._wall_s, self._virtual_us = time.monotonic(), now_us
