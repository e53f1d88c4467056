"""One step of a lab: to the next event that matters, or not at all.

What is to come is looked up on a copy: the lab's journal is played once more, and the copy runs ahead. A lab is a pure
function of its journal, so what the copy comes to is what the lab will come to, as long as nothing is done in it. Where
nothing is about to happen the lab stays as it is, with its connections, its terminals and whoever waits for an answer.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playground.labs.clock import SECOND
from playground.labs.errors import Conflict, NotFound
from playground.labs.journal import Entry, MemoryStore, Record
from playground.labs.lab import Json, Lab
from playground.labs.pace import without_pace
from playground.labs.wall_clock import REFUSAL

LIMIT_US = 3600 * SECOND
"""What comes later than this is not about to happen."""
LIMIT_S = 3.0
"""Processor time that one look ahead may take."""
ATTEMPTS = 3

Sleep = Callable[[float], object]
Between = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class Step:
    """What a step came to: the newest entry of the timeline, or None, and how far ahead it was looked for."""

    event: Json | None
    looked_us: int


class Ahead:
    """A copy of a lab, at the lab's moment or later. It holds no token, is in no registry and no store."""

    def __init__(self, lab: Lab, record: Record, tape: Sequence[Entry], between: Between | None) -> None:
        store = MemoryStore()
        store.create(Record(record.id, "", record.header))
        lesson = lab.lesson.lesson if lab.lesson is not None else None
        self._copy = Lab(record, store, lesson, tape, between=between)
        self._known = len(record.entries)
        self._follows = not tape
        self.used_s = time.monotonic()

    def follow(self, record: Record, between: Between | None) -> bool:
        """Do what was done in the lab since; False when that was before the moment to which this copy has come."""
        # What was ticked in a lesson follows from the rest, and a copy goes at a pace of its own.
        new = [entry for entry in without_pace(record.entries[self._known :]) if entry.input["do"] != "progress"]
        if not self._follows or (new and new[0].at_us < self._copy.now_us):
            return False
        self._known = len(record.entries)
        self._copy.catch_up(new, record.now_us, between)
        return True

    def next_us(self, told: int, now_us: int, sleep: Sleep) -> int | None:
        """When the entry of the timeline after the first ``told`` comes; None: not by ``now_us`` of this copy."""
        self.used_s = time.monotonic()
        history, stop_s = self._copy.history, time.process_time() + LIMIT_S

        def done() -> bool:
            return history.told > told or time.process_time() > stop_s

        self._copy.hurry(done, sleep, max(0, now_us + LIMIT_US - self._copy.now_us))
        entry = history.entry(told)
        return None if entry is None else int(entry["at"])

    @property
    def now_us(self) -> int:
        return self._copy.now_us


def step(lab: Lab, sleep: Sleep, between: Between | None = None) -> Step:
    """Let time pass up to the next entry of the timeline, and stand there; where none is to come, stand here.

    Raises:
        Conflict: the lab is of real engines, or somebody steps in it or does other things meanwhile.
    """
    if lab.header.backend != "emulated":
        raise Conflict(REFUSAL)
    with lab.lock:
        if lab.stepping:
            raise Conflict("this lab takes a step already; try again in a moment")
        lab.stepping = True
        lab.touch()
        if not lab.clock.manual:
            lab.change_pace(paused=True)
            lab.clock_changed()
    try:
        for _ in range(ATTEMPTS):
            taken = _step(lab, sleep, between)
            if taken is not None:
                return taken
    finally:
        lab.stepping = False
    raise Conflict("something else is done in this lab all the time; step again when it is quiet")


def _step(lab: Lab, sleep: Sleep, between: Between | None) -> Step | None:
    """As ``step``; None when something was done in the lab while it was looked ahead."""
    with lab.lock:
        if lab.ended:
            raise NotFound("this lab has ended")
        if lab.rebuilding:
            raise Conflict("the lab is being rebuilt; try again in a moment")
        lab.settle()
        now_us, told, inputs = lab.now_us, lab.history.told, lab.inputs
        record, tape, ahead = lab.record(), lab.tape, lab.ahead
    lab.ahead = None
    if tape or ahead is None or not ahead.follow(record, between):
        ahead = Ahead(lab, record, tape, between)
    next_us = ahead.next_us(told, now_us, sleep)
    if next_us is not None:
        lab.hurry(lambda: lab.history.told > told, sleep, max(0, next_us - lab.now_us))
    with lab.lock:
        if lab.ended:
            raise Conflict("the lab was rebuilt or deleted meanwhile; step again if it is there")
        lab.ahead = ahead if not tape else None
        if lab.history.told > told:
            lab.clock_changed()
            return Step(lab.history.entries[-1], lab.now_us - now_us)
        return Step(None, ahead.now_us - now_us) if lab.inputs == inputs and next_us is None else None
