"""Tools that tell the time or let it pass: date, sleep.

Source: GNU coreutils.
"""

import re
from typing import Final

from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.listing import date_of
from playground.shell.tools.options import refuse


async def date(invocation: Invocation) -> int:
    now_us = invocation.wall_us + invocation.loop.now_us
    when = date_of(now_us)
    pattern = "%a %b %e %H:%M:%S UTC %Y"
    words = [word for word in invocation.arguments[1:] if word not in ("-u", "--utc")]
    for word in words:
        if word.startswith("+"):
            pattern = word[1:]
        elif word in ("-I", "--iso-8601"):
            pattern = "%Y-%m-%d"
        elif word in ("-Is", "-Iseconds", "--iso-8601=seconds"):
            pattern = "%Y-%m-%dT%H:%M:%S+00:00"
        elif word in ("-R", "--rfc-email"):
            pattern = "%a, %d %b %Y %H:%M:%S +0000"
        elif word.startswith("-"):
            return await refuse(invocation, UsageError(f"invalid option -- '{word[1:2]}'"))
        else:
            return await invocation.complain("cannot set date: Operation not permitted")
    fixed = {"s": str(now_us // 1_000_000), "N": f"{now_us % 1_000_000 * 1000:09d}", "Z": "UTC", "z": "+0000"}
    fixed |= {"e": f"{when.day:2}", "T": f"{when:%H:%M:%S}", "F": f"{when:%Y-%m-%d}", "n": "\n", "t": "\t", "%": "%"}
    fixed |= {
        "D": f"{when:%m/%d/%y}",
        "R": f"{when:%H:%M}",
        "3N": f"{now_us % 1_000_000 // 1000:03d}",
        "u": f"{when:%u}",
    }

    def field(found: re.Match[str]) -> str:
        letter = found.group(1)
        if letter in fixed:
            return fixed[letter]
        return when.strftime("%" + letter) if letter in "aAbBCdHIjklmMpSUVwWyYGh" else found.group()

    await invocation.stdout.write(re.sub(r"%-?(3N|.)", field, pattern) + "\n")
    return 0


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
