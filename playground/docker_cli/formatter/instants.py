"""Moments as Docker shows them.

A moment is a whole number of nanoseconds since 1970 in UTC.
Source: Go time.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from playground.docker_cli.flags.numbers import SECOND

ZERO = -62135596800 * SECOND
"""Go's zero time, the first moment of the year 1."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)")


def parse_instant(text: str) -> int:
    """The moment of an RFC 3339 text; Go's zero time for an empty one.

    Raises:
        ValueError: it is none.
    """
    if not text:
        return ZERO
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError(f"not a time: {text}")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction, zone = match[7], match[8]
    offset = timedelta(0)
    if zone != "Z":
        sign = -1 if zone[0] == "-" else 1
        offset = sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    moment = datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset))
    return _seconds(moment) * SECOND + int((fraction or "").ljust(9, "0")[:9] or 0)


def calendar(at: int) -> datetime:
    """Year to second of a moment, in UTC."""
    return _EPOCH + timedelta(seconds=at // SECOND)


def go_time(at: int) -> str:
    """``2026-11-22 10:51:52.450401339 +0000 UTC``, as Go prints a time."""
    return f"{calendar(at):%Y-%m-%d %H:%M:%S}".rjust(19, "0") + _fraction(at) + " +0000 UTC"


def rfc3339_nano(at: int) -> str:
    """``2026-11-22T10:51:52.450401339Z``, trailing zeros left out."""
    return f"{calendar(at):%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + _fraction(at) + "Z"


def rfc3339_fixed(at: int) -> str:
    """The same with all nine digits."""
    return f"{calendar(at):%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + f".{at % SECOND:09d}Z"


def _seconds(moment: datetime) -> int:
    span = moment - _EPOCH
    return span.days * 86400 + span.seconds


def _fraction(at: int) -> str:
    digits = f"{at % SECOND:09d}".rstrip("0")
    return f".{digits}" if digits else ""
