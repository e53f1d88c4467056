"""Spans of time in words, as the engine and the CLI both say them."""

from typing import Final

_SECOND: Final = 1_000_000_000
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY_HOURS: Final = 24


def human_duration(nanoseconds: int) -> str:
    """A rough duration in words: ``About a minute``, ``3 weeks``; a negative one is less than a second.

    Source: docker/go-units ``duration.go``, ``HumanDuration``.
    """
    whole = nanoseconds // _SECOND
    if whole < 1:
        return "Less than a second"
    if whole == 1:
        return "1 second"
    if whole < _MINUTE:
        return f"{whole} seconds"
    minutes = whole // _MINUTE
    if minutes == 1:
        return "About a minute"
    if minutes < 60:
        return f"{minutes} minutes"
    hours = (whole + _HOUR // 2) // _HOUR
    if hours == 1:
        return "About an hour"
    if hours < 2 * _DAY_HOURS:
        return f"{hours} hours"
    if hours < 2 * 7 * _DAY_HOURS:
        return f"{hours // _DAY_HOURS} days"
    if hours < 2 * 30 * _DAY_HOURS:
        return f"{hours // _DAY_HOURS // 7} weeks"
    if hours < 2 * 365 * _DAY_HOURS:
        return f"{hours // _DAY_HOURS // 30} months"
    # Only the years are counted in hours that are whole.
    return f"{whole // _HOUR // _DAY_HOURS // 365} years"
