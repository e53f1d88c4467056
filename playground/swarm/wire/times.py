"""Moments of a lab as the Engine API prints them.

The emulation counts microseconds; a real engine stamps nanoseconds. RFC3339Nano
prints no trailing zeros, so ours have at most six digits.
"""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(wall_us: int, lab_us: int) -> str:
    """The moment ``lab_us`` of a lab that began ``wall_us`` microseconds after 1970, in UTC."""
    moment = _EPOCH + timedelta(microseconds=wall_us + lab_us)
    fraction = f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
    return f"{moment.isoformat()[:19]}{fraction}Z"
