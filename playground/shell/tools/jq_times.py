"""Times in jq: seconds since 1970, and what jq calls broken down time. Everything here is UTC."""

import datetime
from typing import Any

from playground.shell.dates import date_text
from playground.shell.tools.jq_values import JqFailed, kind, shown

_START = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def gmtime(value: Any) -> list[Any]:
    """Year, month from 0, day, hour, minute, second, day of the week from Sunday, day of the year from 0."""
    if kind(value) != "number":
        raise JqFailed("gmtime() requires a number")
    moment = _START + datetime.timedelta(seconds=int(value // 1))
    seconds = moment.second + (value - int(value // 1))
    day = moment.timetuple().tm_yday - 1
    weekday = (moment.weekday() + 1) % 7
    return [moment.year, moment.month - 1, moment.day, moment.hour, moment.minute, seconds, weekday, day]


def mktime(value: Any) -> int:
    """The other way."""
    if not isinstance(value, list) or len(value) < 6 or any(kind(part) != "number" for part in value):
        raise JqFailed("mktime requires array of 6 numbers")
    year, month, day, hour, minute, second = (int(part) for part in value[:6])
    moment = datetime.datetime(year, month + 1, 1, tzinfo=datetime.UTC)
    moment += datetime.timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)
    return int((moment - _START).total_seconds())


def strftime(value: Any, pattern: Any) -> str:
    if not isinstance(pattern, str):
        raise JqFailed("strftime/1 requires a string format")
    if kind(value) not in ("number", "array"):
        raise JqFailed("strftime/1 requires parsed datetime inputs")
    seconds = value if kind(value) == "number" else mktime(value)
    return date_text(pattern, int(seconds // 1) * 1_000_000)


def strptime(value: Any, pattern: Any) -> list[Any]:
    if not isinstance(value, str):
        raise JqFailed(f"strptime/1 requires string inputs and arguments, not {shown(value)}")
    wanted = pattern.replace("%T", "%H:%M:%S").replace("%F", "%Y-%m-%d").replace("%R", "%H:%M").replace("%e", "%d")
    try:
        moment = datetime.datetime.strptime(value, wanted).replace(tzinfo=datetime.UTC)
    except ValueError:
        raise JqFailed(f'date "{value}" does not match format "{pattern}"') from None
    return gmtime(int((moment - _START).total_seconds()))
