"""Plays actions for the learner: a set-up, the solution of a step."""

from collections.abc import Callable
from typing import Any, Protocol

from playground.backends.errors import Refusal
from playground.labs.journal import Input
from playground.labs.ticket import Ticket
from playground.lessons.run import LessonRun

SECOND = 1_000_000
LIMIT_US = 120 * SECOND


class Stage(Protocol):
    """Where actions are played: a lab."""

    lesson: LessonRun | None

    @property
    def now_us(self) -> int: ...
    def submit(self, what: Input) -> Ticket: ...
    def fill(self, command: str) -> str:
        """A command with the lab's addresses and tokens in it."""

    def finish(self, ticket: Ticket, sleep: Callable[[float], object]) -> Any: ...
    def advance(self, seconds: float, sleep: Callable[[float], object]) -> float: ...
    def at_rest(self, waited_us: int) -> bool:
        """Whether a wait is over, so long after its time has passed."""


def input_of(action: dict[str, Any], fill: Callable[[str], str]) -> Input:
    """A fault, or a command, as what is submitted to a lab; ``fill`` puts addresses and tokens into the command."""
    if "fault" in action:
        return {"do": "fault", "fault": action["fault"]}
    return {"do": "exec", "node": action["on"], "command": fill(action["run"]), "tty": False, "limit_us": LIMIT_US}


class Actions:
    """Does one action after another, each when the one before has ended. The caller holds the lab's lock.

    ``{"step": id}`` tells the lesson that the solution of a step begins; ``{"until": id}`` waits until it is done.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._to_do: list[dict[str, Any]] = []
        self._doing: Ticket | None = None
        self._wait_until_us = 0
        self._settling = False
        """A wait was begun, and the lab was not found at rest after it yet."""

    def add(self, actions: list[dict[str, Any]]) -> None:
        self._to_do.extend(actions)

    @property
    def pending(self) -> bool:
        return bool(self._to_do) or self._doing is not None or self._waits()

    def _waits(self) -> bool:
        over_us = self._stage.now_us - self._wait_until_us
        self._settling = over_us < 0 or (self._settling and not self._stage.at_rest(over_us))
        return self._settling

    def finish(self, sleep: Callable[[float], object]) -> None:
        """Do all of them at once, letting virtual time pass as they need."""
        while self.pending:
            self.go_on()
            if self._doing is not None:
                self._stage.finish(self._doing, sleep)
            elif self._stage.now_us < self._wait_until_us:
                self._stage.advance((self._wait_until_us - self._stage.now_us) / SECOND, sleep)

    def go_on(self) -> None:
        """Start the next action when the one before has ended."""
        if self._doing is not None and self._doing.ready:
            self._doing = None
        if not self._to_do or self._doing is not None or self._waits():
            return
        lesson, action = self._stage.lesson, self._to_do[0]
        if lesson is not None and "until" in action and lesson.waits_for(action["until"], self._stage.now_us):
            return
        self._to_do.pop(0)
        if lesson is not None and ("step" in action or "until" in action):
            if not lesson.plays(action):
                self._to_do.clear()
            return
        if "wait" in action:
            self._wait_until_us = self._stage.now_us + int(action["wait"] * SECOND)
            self._settling = True
            return
        try:
            self._doing = self._stage.submit(input_of(action, self._stage.fill))
        except Refusal as refused:
            self._to_do.clear()
            if lesson is not None:
                lesson.stop_playing()
            self._stage.submit({"do": "note", "text": f"could not go on: {refused}"})
