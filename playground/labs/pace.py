"""How fast a lab's time passes, kept in its journal so that it outlives the lab in memory.

It is no input: nothing that happens depends on it. Who gets a copy of the journal sets a pace of their own.
"""

from collections.abc import Iterable

from playground.labs.clock import Clock
from playground.labs.journal import Entry, Input


def pace_of(clock: Clock) -> Input:
    """As it stands in a journal."""
    return {"do": "clock", "speed": float(clock.speed), "paused": clock.paused}


def is_pace(entry: Entry) -> bool:
    return bool(entry.input["do"] == "clock")


def set_pace(clock: Clock, what: Input, now_us: int) -> None:
    clock.set_speed(what["speed"], now_us)
    clock.pause(what["paused"], now_us)


def without_pace(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if not is_pace(entry)]
