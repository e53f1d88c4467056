"""The time of day on a machine, and how the engine writes it."""

from datetime import UTC, datetime

from playground.sim import SECOND, Kernel

ZERO_TIME = "0001-01-01T00:00:00Z"
"""How Go writes a time that was never set."""


class Clock:
    """Turns the lab's microseconds into dates. ``wall_us`` is the date of the lab's start since 1970."""

    def __init__(self, kernel: Kernel, wall_us: int) -> None:
        self.kernel = kernel
        self.wall_us = wall_us

    @property
    def now_us(self) -> int:
        """Microseconds of the lab."""
        return self.kernel.now_us

    def unix_us(self, lab_us: int | None = None) -> int:
        """Microseconds since 1970; of now, when no moment is given."""
        return self.wall_us + (self.kernel.now_us if lab_us is None else lab_us)

    def rfc3339(self, lab_us: int | None) -> str:
        """A moment of the lab as ``time.RFC3339Nano`` writes it: without trailing zeros; None is the zero time."""
        if lab_us is None:
            return ZERO_TIME
        return rfc3339(self.wall_us + lab_us)

    def rfc3339_nanos(self, lab_us: int) -> str:
        """The same with all nine digits, as logs have it."""
        seconds, rest = divmod(self.wall_us + lab_us, SECOND)
        return f"{_date(seconds)}.{rest * 1000:09d}Z"


def rfc3339(unix_us: int) -> str:
    """Microseconds since 1970 as ``time.RFC3339Nano`` writes them in UTC."""
    seconds, rest = divmod(unix_us, SECOND)
    fraction = f".{rest:06d}".rstrip("0") if rest else ""
    return f"{_date(seconds)}{fraction}Z"


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S")
