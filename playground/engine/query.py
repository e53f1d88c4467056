"""Reading the query of a request: booleans, numbers, moments.

Source: moby ``api/server/httputils/form.go``; Go ``strconv``.
"""

import re
from collections.abc import Mapping

from playground.engine.errors import BadParameter, EngineError
from playground.engine.filters import Filters
from playground.sim import SECOND

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]*)?)(ns|us|µs|ms|s|m|h)")
_LONGEST_NUMBER = 20
_UNIT_NS = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}


def boolean(query: Mapping[str, str], name: str, default: bool = False) -> bool:
    """A flag as the container and image routes read it: anything but a few words for "no" is true."""
    if name not in query:
        return default
    return query[name].strip().lower() not in ("", "0", "no", "false", "none")


def strict_boolean(query: Mapping[str, str], name: str, *, why: bool = True) -> bool:
    """A flag as ``strconv.ParseBool`` reads it; absent or empty is False.

    Raises:
        BadParameter: any other word.
    """
    value = query.get(name, "")
    if value in ("1", "t", "T", "TRUE", "true", "True"):
        return True
    if value in ("", "0", "f", "F", "FALSE", "false", "False"):
        return False
    reason = f': strconv.ParseBool: parsing "{value}": invalid syntax' if why else ""
    raise BadParameter(f"invalid value for {name}: {value}{reason}")


def version(query: Mapping[str, str], kind: str) -> int:
    """The object version of an update, for ``swarm``, ``service`` and ``node``.

    Raises:
        BadParameter: it is missing or no number.
    """
    raw = query.get("version", "")
    try:
        return unsigned(raw)
    except ValueError as error:
        raise BadParameter(f"invalid {kind} version '{raw}': {error}") from None


def unsigned(raw: str) -> int:
    """A 64-bit number as ``strconv.ParseUint`` reads it; ``ValueError`` has its sentence."""
    if not re.fullmatch(r"[0-9]+", raw):
        raise ValueError(f'strconv.ParseUint: parsing "{raw}": invalid syntax')
    number = int(raw)
    if number >= 1 << 64:
        raise ValueError(f'strconv.ParseUint: parsing "{raw}": value out of range')
    return number


def integer(raw: str) -> int:
    """A number as ``strconv.Atoi`` reads it.

    Raises:
        EngineError: it is none (the real engine answers 500 there).
    """
    if not re.fullmatch(r"[+-]?[0-9]+", raw):
        raise EngineError(f'strconv.Atoi: parsing "{raw}": invalid syntax')
    if len(raw) > _LONGEST_NUMBER or not -(1 << 63) <= int(raw) < 1 << 63:
        raise EngineError(f'strconv.Atoi: parsing "{raw}": value out of range')
    return int(raw)


def pruned_until(filters: Filters, now_unix_us: int) -> int | None:
    """The moment before which things must have been made for a prune to take them; None where all are taken.

    Source: moby ``daemon/prune.go`` (``getUntilFromPruneFilters``).

    Raises:
        BadParameter: several are given, or it is no moment.
    """
    values = filters.get("until")
    if not values:
        return None
    if len(values) > 1:
        raise BadParameter("more than one until filter specified")
    try:
        return moment(values[0], now_unix_us)
    except EngineError:
        raise BadParameter(f'failed to parse value as time or duration: "{values[0]}"') from None


def moment(raw: str, now_unix_us: int) -> int:
    """``since`` and ``until`` of logs and events, in microseconds since 1970.

    They are ``seconds[.nanoseconds]`` since 1970; a client has made that of dates and durations already. A
    duration is understood too, as the distance into the past.

    Raises:
        EngineError: it is neither (the real engine answers 500 there).
    """
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", raw):
        seconds, _, fraction = raw.partition(".")
        return int(seconds) * SECOND + int((fraction + "000000")[:6] or 0)
    if _DURATION.fullmatch(raw) or re.fullmatch(f"(?:{_DURATION.pattern})+", raw):
        nanoseconds = sum(float(number) * _UNIT_NS[unit] for number, unit in _DURATION.findall(raw))
        return now_unix_us - int(nanoseconds // 1000)
    seconds, _, fraction = raw.partition(".")
    wrong = fraction if re.fullmatch(r"[+-]?[0-9]+", seconds) else seconds
    raise EngineError(f'strconv.ParseInt: parsing "{wrong}": invalid syntax')
