"""Tools that tell the time or let it pass: date, sleep.

Source: GNU coreutils.
"""

import re
from typing import Final

from playground.shell.dates import date_text, read_date
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options, refuse

_ISO: Final = {
    "date": "%Y-%m-%d",
    "hours": "%Y-%m-%dT%H+00:00",
    "minutes": "%Y-%m-%dT%H:%M+00:00",
    "seconds": "%Y-%m-%dT%H:%M:%S+00:00",
    "ns": "%Y-%m-%dT%H:%M:%S,%N+00:00",
}
_DATE_LONG: Final = {"date": "d=", "utc": "u", "iso-8601": "I=", "rfc-email": "R", "rfc-3339": "3=", "reference": "r="}


async def date(invocation: Invocation) -> int:
    moment_us: int | None = invocation.wall_us + invocation.loop.now_us
    words = [_with_its_value(word) for word in invocation.arguments[1:]]
    try:
        options = read_options(words, "uR", "dI3r", _DATE_LONG)
    except UsageError as error:
        return await refuse(invocation, error)
    pattern = "%a %b %e %H:%M:%S UTC %Y"
    if options.has("I"):
        pattern = _ISO.get(options.value("I"), _ISO["date"])
    elif options.has("3"):
        pattern = "%Y-%m-%d" if options.value("3") == "date" else "%Y-%m-%d %H:%M:%S+00:00"
    elif options.has("R"):
        pattern = "%a, %d %b %Y %H:%M:%S +0000"
    for word in options.words:
        if not word.startswith("+"):
            return await invocation.complain("cannot set date: Operation not permitted")
        pattern = word[1:]
    if options.has("r"):
        try:
            moment_us = invocation.files.stat(options.value("r")).changed_us
        except OSError as error:
            return await invocation.complain(f"{options.value('r')}: {error.strerror}")
    elif options.has("d") and moment_us is not None:
        moment_us = read_date(options.value("d"), moment_us)
    if moment_us is None:
        return await invocation.complain(f"invalid date \u2018{options.value('d')}\u2019")
    await invocation.stdout.write(date_text(pattern, moment_us) + "\n")
    return 0


def _with_its_value(word: str) -> str:
    """``-I`` and ``--iso-8601`` may stand alone."""
    return {"-I": "-Idate", "--iso-8601": "--iso-8601=date"}.get(word, word)


async def sleep(invocation: Invocation) -> int:
    total = 0.0
    if len(invocation.arguments) < 2:
        return await refuse(invocation, UsageError("missing operand"))
    for word in invocation.arguments[1:]:
        seconds = duration(word)
        if seconds is None:
            return await refuse(invocation, UsageError(f"invalid time interval \u2018{word}\u2019"))
        total += seconds
    await invocation.loop.sleep(int(min(total, 1e9) * 1_000_000))
    return 0


def duration(text: str) -> float | None:
    """Seconds of ``5``, ``0.5``, ``2m``, ``infinity``; None when it is no time."""
    found = re.fullmatch(r"([0-9]{0,12}\.?[0-9]{0,12})([smhd]?)", text)
    if text in ("inf", "infinity"):
        return 1e9
    if found is None or not found.group(1).strip("."):
        return None
    return float(found.group(1)) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[found.group(2)]


CLOCK_TOOLS: Final[dict[str, Tool]] = {"date": date, "sleep": sleep}
