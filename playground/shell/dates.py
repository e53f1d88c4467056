"""Dates as ``date`` and ``printf`` print them, and as people write them. All in UTC.

Source: GNU coreutils ``date``, glibc ``strftime``.
"""

import datetime
import re
from typing import Final

_FIELD: Final = re.compile(r"%([-_0^#]?)(3N|:z|.)", re.DOTALL)
_STAMP: Final = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?:Z|UTC|\+00:?00)?)?"
)
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_STEP: Final = re.compile(
    r"([-+]?\s*\d{1,9}|next|last|an?)?\s*(sec|second|min|minute|hour|day|week|fortnight)s?\b\s*(ago)?"
)
_SECONDS: Final = {
    "sec": 1, "second": 1, "min": 60, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "fortnight": 1209600
}  # fmt: skip
_DAYS: Final = {"now": 0, "today": 0, "yesterday": -86400, "tomorrow": 86400}
_LAST_SECOND: Final = 253_402_300_799
"""The end of the year 9999."""


def date_of(time_us: int) -> datetime.datetime:
    """The date that is ``time_us`` microseconds after the beginning of 1970."""
    return datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(microseconds=time_us)


def date_text(pattern: str, time_us: int) -> str:
    """What ``date +pattern`` prints of a moment."""
    when = date_of(time_us)
    own = {
        "s": str(time_us // 1_000_000),
        "N": f"{time_us % 1_000_000 * 1000:09d}",
        "3N": f"{time_us % 1_000_000 // 1000:03d}",
        "Z": "UTC",
        "z": "+0000",
        ":z": "+00:00",
        "e": f"{when.day:2}",
        "k": f"{when.hour:2}",
        "l": f"{when.hour % 12 or 12:2}",
        "P": f"{when:%p}".lower(),
        "T": f"{when:%H:%M:%S}",
        "F": f"{when:%Y-%m-%d}",
        "D": f"{when:%m/%d/%y}",
        "R": f"{when:%H:%M}",
        "r": f"{when:%I:%M:%S %p}",
        "c": f"{when:%a %b} {when.day:2} {when:%H:%M:%S %Y}",
        "x": f"{when:%m/%d/%y}",
        "X": f"{when:%H:%M:%S}",
        "C": f"{when.year // 100:02}",
        "q": str((when.month + 2) // 3),
        "h": f"{when:%b}",
        "n": "\n",
        "t": "\t",
        "%": "%",
    }

    def field(found: re.Match[str]) -> str:
        flag, letter = found.groups()
        if letter in own:
            text = own[letter]
        elif letter in "aAbBdGgHIjmMpSuUVwWyY":
            text = when.strftime("%" + letter)
        else:
            return found.group()
        match flag:
            case "-":
                return text.lstrip(" 0") or "0" if letter in "deHIjklmMSUVWNC" else text
            case "_":
                return text.lstrip("0").rjust(len(text)) if letter in "deHIjklmMSUVW" else text
            case "0":
                return text.replace(" ", "0") if letter in "ekl" else text
            case "^" | "#":
                return text.upper()
            case _:
                return text

    return _FIELD.sub(field, pattern)


def read_date(text: str, now_us: int) -> int | None:
    """The moment that ``date -d text`` means; None when it means none.

    ``@SECONDS``; ``2026-01-31``, ``12:30``, ``yesterday`` and their like, then any number of steps such as
    ``+3 days`` or ``2 hours ago``.
    """
    rest = re.sub(r"\b(utc|z)\b", "", text.lower()).strip()
    if found := re.fullmatch(r"@(-?\d{1,12})(?:\.\d*)?", rest):
        seconds = int(found.group(1))
        return seconds * 1_000_000 if abs(seconds) <= _LAST_SECOND else None
    moment_us = now_us
    if found := _STAMP.match(rest):
        parts = {name: int(value or 0) for name, value in found.groupdict().items()}
        try:
            moment_us = int(datetime.datetime(**parts, tzinfo=datetime.UTC).timestamp()) * 1_000_000
        except ValueError:
            return None
        rest = rest[found.end() :].strip()
    while rest:
        if found := re.match(r"(now|today|yesterday|tomorrow)\b", rest):
            moment_us += _DAYS[found.group(1)] * 1_000_000
        elif found := _TIME.match(rest):
            hour, minute, second = (int(piece or 0) for piece in found.groups())
            if hour > 23 or minute > 59 or second > 59:
                return None
            moment_us += (hour * 3600 + minute * 60 + second) * 1_000_000 - moment_us % 86_400_000_000
        elif found := _STEP.match(rest):
            count, unit, ago = found.groups()
            number = {"next": 1, "last": -1, "a": 1, "an": 1, None: 1}.get(count) or int(count.replace(" ", ""))
            moment_us += number * _SECONDS[unit] * (-1_000_000 if ago else 1_000_000)
        else:
            return None
        rest = rest[found.end() :].strip(" ,")
    return moment_us if 0 <= moment_us // 1_000_000 + 62_135_596_800 <= _LAST_SECOND + 62_135_596_800 else None
