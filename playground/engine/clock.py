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


def human_duration(microseconds: int) -> str:
    """A rough duration in words.

    Source: docker/go-units ``duration.go``, ``HumanDuration``.
    """
    seconds = microseconds // SECOND
    if seconds < 1:
        return "Less than a second"
    if seconds == 1:
        return "1 second"
    if seconds < 60:
        return f"{seconds} seconds"
    minutes = seconds // 60
    if minutes == 1:
        return "About a minute"
    if minutes < 60:
        return f"{minutes} minutes"
    hours = (seconds + 1800) // 3600
    if hours == 1:
        return "About an hour"
    if hours < 48:
        return f"{hours} hours"
    if hours < 24 * 7 * 2:
        return f"{hours // 24} days"
    if hours < 24 * 30 * 2:
        return f"{hours // 24 // 7} weeks"
    if hours < 24 * 365 * 2:
        return f"{hours // 24 // 30} months"
    return f"{hours // 24 // 365} years"
