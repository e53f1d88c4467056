"""What was done in a lab, found by replaying its journal, and a draft of a lesson made of it."""

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from playground.backends.errors import Refusal
from playground.labs.clock import SECOND
from playground.labs.errors import LabError
from playground.labs.journal import Entry, Header, Input, MemoryStore, Record
from playground.labs.lab import Lab
from playground.lessons.draft import Deed, draft

if TYPE_CHECKING:
    from playground.backends.recorded import Recorded

SETTLE_S = 30.0
"""After the last input its effects are waited for so long."""
TEACHING = ("docker", "multipass", "curl")
"""Programs whose runs are worth a lesson; what else is typed is not recorded."""
PARTS = ("nodes", "services", "partition", "swarm", "secrets", "configs")
LIMIT_S = 30.0
"""Processor time that a replay may take."""

Json = dict[str, Any]


def draft_of(
    header: Header, now_us: int, entries: Sequence[Entry], title: str, between: Callable[[], object] = lambda: None
) -> dict[str, str]:
    """The files of a lesson that has its learners do what was done in a lab.

    Raises:
        LabError: the lab has a lesson already, nothing was done in it, or its replay takes too long.
    """
    if header.lesson:
        raise LabError("this lab has a lesson; a draft is made of a lab without one: open a sandbox and do it there")
    replay = _Replay(header, between)
    for entry in entries:
        replay.apply(entry)
    replay.end(now_us)
    setup, deeds = replay.deeds()
    try:
        return draft(title, header.nodes, header.images, setup, deeds)
    except ValueError as error:
        raise LabError(str(error)) from None


class _Replay:
    """A lab once more, with the view before each input that begins something."""

    def __init__(self, header: Header, between: Callable[[], object]) -> None:
        record = Record("recording", "", replace(header, manual=True, learner=""))
        store = MemoryStore()
        store.create(record)
        self._lab = Lab(record, store, None)
        self._between = between
        self._stop_s = time.process_time() + LIMIT_S
        self._views: list[tuple[int, Json, Json]] = []
        self._heard: list[tuple[int, Recorded]] = []
        self._faults: list[tuple[int, Json]] = []
        self._opened_us: int | None = None
        heard = self._lab.cluster.on_command

        def listen(recorded: "Recorded") -> None:
            heard(recorded)
            self._heard.append((self._lab.now_us, recorded))

        self._lab.cluster.on_command = listen

    def apply(self, entry: Entry) -> None:
        what = entry.input
        self._advance(entry.at_us)
        if what["do"] == "open" and self._opened_us is None:
            self._opened_us = entry.at_us
        if _begins(what):
            self._look()
        try:
            self._lab.submit(what)
        except Refusal:
            return  # It was of no use then, or was the program's own note.
        if what["do"] == "fault":
            self._faults.append((entry.at_us, what["fault"]))

    def end(self, now_us: int) -> None:
        self._advance(now_us)
        self._advance(self._lab.now_us + int(SETTLE_S * SECOND))
        self._look()

    def _advance(self, at_us: int) -> None:
        if time.process_time() > self._stop_s:
            raise LabError("this lab's journal takes too long to replay for a draft; make a shorter lab")
        if at_us > self._lab.now_us:
            self._lab.advance((at_us - self._lab.now_us) / SECOND, lambda _: self._between())

    def _look(self) -> None:
        view = self._lab.view()
        facts = self._lab.cluster.facts()
        self._views.append((self._lab.now_us, {part: copy.deepcopy(view.get(part)) for part in PARTS}, facts))

    def deeds(self) -> tuple[list[Deed], list[Deed]]:
        """What was done before the first terminal was opened, and what was done then."""
        found: list[tuple[int, Deed]] = []
        for at_us, recorded in self._heard:
            if recorded.line.split(" ")[0] in TEACHING:
                deed = self._deed(at_us, machine=recorded.machine, line=recorded.line, exit=recorded.exit)
                found.append((at_us, deed))
        for at_us, fault in self._faults:
            found.append((at_us, self._deed(at_us, fault=fault)))
        found.sort(key=lambda one: one[0])
        begun_us = self._opened_us or 0
        setup = [deed for at_us, deed in found if at_us <= begun_us]
        return setup, [deed for at_us, deed in found if at_us > begun_us]

    def _deed(self, at_us: int, **what: Any) -> Deed:
        before = max((index for index, (seen, _, _) in enumerate(self._views) if seen <= at_us), default=0)
        after = min(before + 1, len(self._views) - 1)
        _, view, facts = self._views[before]
        _, then, facts_then = self._views[after]
        # A token that the command itself made is known only afterwards.
        return Deed(at_us / SECOND, view, then, {**facts_then, "token": facts["token"] or facts_then["token"]}, **what)


def _begins(what: Input) -> bool:
    """Does an input begin something: a command, a fault?"""
    return what["do"] in ("exec", "fault", "engine") or (what["do"] == "type" and "\r" in what["data"])
