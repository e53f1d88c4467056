"""The clock of a lab of real engines: it is the wall's, and nobody can change that."""

import time

from playground.labs.clock import Clock
from playground.labs.errors import Conflict

REFUSAL = "a real engine lives in your time: this lab's clock cannot be paused, hurried or moved"


class WallClock(Clock):
    """Virtual time is the time since the lab's start, ``wall_us`` (microseconds since 1970)."""

    def __init__(self, wall_us: int) -> None:
        super().__init__()
        self._start_us = wall_us

    @property
    def moving(self) -> bool:
        return True

    def set_speed(self, speed: float, now_us: int) -> None:
        """Raises Conflict for any speed but 1."""
        if speed != 1:
            raise Conflict(REFUSAL)

    def pause(self, paused: bool, now_us: int) -> None:
        """Raises Conflict when it is to be paused."""
        if paused:
            raise Conflict(REFUSAL)

    def freeze(self, frozen: bool, now_us: int) -> None:
        """Real engines go on, whoever watches."""

    def hold(self, more: int, now_us: int) -> None:
        """Time passes anyway."""

    def target_us(self, now_us: int) -> int:
        return max(now_us, time.time_ns() // 1000 - self._start_us)
