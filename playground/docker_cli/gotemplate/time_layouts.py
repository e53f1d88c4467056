"""Moments by a layout of Go's: the reference time ``Mon Jan 2 15:04:05 MST 2006`` shows what goes where.

Source: Go time/format.go (nextStdChunk, Time.AppendFormat).
"""

import re
from datetime import datetime

from playground.docker_cli.flags.numbers import SECOND
from playground.docker_cli.formatter.instants import calendar

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

_ZONE = r"07(?:0000|:00:00|00|:00)?"
_CHUNK = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|2|__2|_2(?!006)|3|4|5|PM|pm"
    rf"|-{_ZONE}|Z{_ZONE}|[.,](?:0+|9+)(?![0-9])"
)


def formatted(at: int, layout: str) -> str:
    """The moment in UTC, as ``Time.Format`` writes it."""
    day, rest = calendar(at), at % SECOND
    return _CHUNK.sub(lambda found: _written(found[0], day, rest), layout)


def _written(chunk: str, day: datetime, nanoseconds: int) -> str:
    if chunk[0] in ".,":
        digits = f"{nanoseconds:09d}".ljust(len(chunk) - 1, "0")[: len(chunk) - 1]
        if chunk[1] == "9":
            digits = digits.rstrip("0")
        return chunk[0] + digits if digits else ""
    if chunk[0] == "Z":
        return "Z"
    if chunk[0] == "-":
        return "+" + re.sub("[0-9]", "0", chunk[1:])
    weekday, hour = DAYS[day.isoweekday() % 7], day.hour % 12 or 12
    return {
        "January": MONTHS[day.month - 1],
        "Jan": MONTHS[day.month - 1][:3],
        "1": str(day.month),
        "01": f"{day.month:02d}",
        "Monday": weekday,
        "Mon": weekday[:3],
        "2": str(day.day),
        "_2": f"{day.day:2d}",
        "02": f"{day.day:02d}",
        "__2": f"{day.timetuple().tm_yday:3d}",
        "002": f"{day.timetuple().tm_yday:03d}",
        "15": f"{day.hour:02d}",
        "3": str(hour),
        "03": f"{hour:02d}",
        "4": str(day.minute),
        "04": f"{day.minute:02d}",
        "5": str(day.second),
        "05": f"{day.second:02d}",
        "2006": f"{day.year:04d}",
        "06": f"{day.year % 100:02d}",
        "PM": "PM" if day.hour >= 12 else "AM",
        "pm": "pm" if day.hour >= 12 else "am",
        "MST": "UTC",
    }[chunk]
