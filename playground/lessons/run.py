"""How far one learner has come in a lesson: checks that tick and never turn back, hints, answers."""

import json
import re
import zlib
from collections.abc import Callable
from typing import Any

from playground.lessons.checks import Command, View
from playground.lessons.model import Action, Lesson, Mistake, Step
from playground.lessons.render import Facts, fill, inline, prose

Json = dict[str, Any]
KEPT_COMMANDS = 300


class BadLessonInput(ValueError):
    """The page asked for something that the lesson does not have."""


class LessonRun:
    """A lesson under way.

    ``facts`` gives the lab's addresses and tokens. Steps come one after another; only the current step's
    checks are judged, on the view and on the commands given since that step began. Nothing is judged before
    ``begin``: what the set-up does is not the learner's.
    """

    def __init__(self, lesson: Lesson, facts: Callable[[], Facts]) -> None:
        self.lesson = lesson
        self.dirty = True
        self.notice = ""
        self._facts = facts
        self._facts_number = 0
        self._begun = False
        self._commands: list[Command] = []
        self._current = 0
        self._met: list[list[bool]] = [[False] * len(step.checks) for step in lesson.outline.steps]
        self._saw: list[list[str]] = [[""] * len(step.checks) for step in lesson.outline.steps]
        self._texts = [[inline(check.says()) for check in step.checks] for step in lesson.outline.steps]
        self._skipped: set[int] = set()
        self._answered: dict[str, int] = {}

    @property
    def current(self) -> int:
        """The number of the step that the learner is at, from 0; the number of steps when all are done."""
        return self._current

    @property
    def done(self) -> bool:
        return self._current >= len(self._met)

    @property
    def current_step(self) -> Step | None:
        return None if self.done else self.lesson.outline.steps[self._current]

    def begin(self) -> None:
        """The learner comes: what was done before does not count as theirs."""
        self._begun = True
        self._commands = []
        self.notice = ""
        self.dirty = True

    def heard(self, command: Command) -> None:
        """A program ended in a terminal."""
        self._commands = [*self._commands[-KEPT_COMMANDS:], command]
        self.dirty = True
        step = self.current_step
        if step is not None:
            slip = next((mistake for mistake in step.mistakes if _is_slip(mistake, command)), None)
            self.notice = inline(self.fill(slip.says)) if slip is not None else ""

    def judge(self, view: View) -> None:
        """Tick what holds now; go on to the next step when all of this one is ticked."""
        self.dirty = False
        self._facts_number = _number(self._facts())
        if not self._begun:
            return
        while (step := self.current_step) is not None:
            met, saw = self._met[self._current], self._saw[self._current]
            for index, check in enumerate(step.checks):
                if not met[index] and not (check.then and not all(met[:index])):
                    verdict = check.judge(view, self._commands)
                    met[index], saw[index] = verdict.met, verdict.saw
            if not all(met) or (not step.checks and self._current not in self._skipped):
                return
            self._advance()

    def progress(self) -> Json:
        """What was reached so far, as plain data; ``restore`` takes it back.

        Steps go by their id and checks by their sentence, so that a lesson may be changed in between.
        """
        step = self.current_step
        return {
            "step": step.id if step is not None else "",
            "done": [step.id for step in self.lesson.outline.steps[: self._current]],
            "ticked": [check.says() for check, met in zip(step.checks, self._met[self._current], strict=True) if met]
            if step is not None
            else [],
        }

    def restore(self, progress: Json) -> None:
        """Be where ``progress`` was taken.

        In a lesson that was changed since: at the same step wherever it stands now; where it is gone, at the first
        step that was not done. A lesson that was done stays done.
        """
        index = self._index_of(progress)
        if index != self._current:
            self._current = index
            self._commands = []
            self.notice = ""
        for number, met in enumerate(self._met):
            met[:] = [number < index] * len(met)
        step = self.current_step
        if step is not None:
            ticked = progress.get("ticked", [])
            self._met[index] = [check.says() in ticked for check in step.checks]

    def _index_of(self, progress: Json) -> int:
        ids = [step.id for step in self.lesson.outline.steps]
        if progress["step"] in ids:
            return ids.index(progress["step"])
        if progress["step"] == "":
            return len(ids)
        done = progress.get("done", [])
        return next((index for index, step_id in enumerate(ids) if step_id not in done), len(ids))

    def _advance(self) -> None:
        self._current += 1
        self._commands = []
        self.notice = ""

    def state(self) -> Json:
        """What the page shows of the progress."""
        titles = [heading.title for heading in self.lesson.prose["en"]]
        return {
            "slug": self.lesson.slug,
            "step": min(self._current, len(titles) - 1),
            "done": self.done,
            "notice": self.notice,
            "facts": self._facts_number,
            "steps": [
                {
                    "id": step.id,
                    "title": titles[index],
                    "done": index < self._current,
                    "checks": [
                        {"text": text, "met": met, "saw": saw}
                        for text, met, saw in zip(self._texts[index], self._met[index], self._saw[index], strict=True)
                    ],
                }
                for index, step in enumerate(self.lesson.outline.steps)
            ],
        }

    def content(self) -> Json:
        """Title and prose of every step, with the lab's addresses filled in."""
        facts = self._facts()
        outline = self.lesson.outline
        return {
            "slug": self.lesson.slug,
            "title": outline.title,
            "minutes": outline.minutes,
            "terminal": outline.terminal,
            "steps": [
                {
                    "id": step.id,
                    "title": heading.title,
                    "html": prose(heading.text, facts, step.id, step.question),
                    "hints": len(step.hints),
                }
                for step, heading in zip(outline.steps, self.lesson.prose["en"], strict=True)
            ],
        }

    def hint(self, step_id: str, number: int) -> str:
        """The HTML of a hint; the first is number 1.

        Raises:
            BadLessonInput: there is no such step or hint.
        """
        hints = self._step(step_id).hints
        if not 1 <= number <= len(hints):
            raise BadLessonInput(f"step {step_id} has {len(hints)} hints")
        return inline(fill(hints[number - 1], self._facts()))

    def check_input(self, what: Json) -> None:
        """Raises BadLessonInput when ``input`` could not take it."""
        match what:
            case {"skip": step_id}:
                self._step(step_id)
            case {"answer": {"step": step_id, "choice": int(choice)}}:
                question = self._step(step_id).question
                if question is None or not 0 <= choice < len(question.choices):
                    raise BadLessonInput(f"step {step_id} has no such choice")
            case {"next": step_id}:
                step = self._step(step_id)
                if step.checks:
                    raise BadLessonInput(f"step {step_id} has checks: it ends when they are met")
            case _:
                raise BadLessonInput("send one of `skip`, `answer`, `next`")

    def input(self, what: Json) -> Json:
        """Take what the learner chose. For ``skip`` the answer holds the actions that are to be played."""
        self.dirty = True
        if "answer" in what:
            step_id, choice = what["answer"]["step"], what["answer"]["choice"]
            question = self._step(step_id).question
            assert question is not None
            self._answered[step_id] = choice
            return {"right": choice == question.answer, "html": inline(self.fill(question.because))}
        step = self._step(what.get("skip") or what["next"])
        if step is self.current_step and not step.checks:
            self._skipped.add(self._current)
            self._advance()
            return {"ok": True, "actions": []}
        return {"ok": True, "actions": self.actions(step.solution) if "skip" in what else []}

    def actions(self, actions: list[Action]) -> list[Json]:
        """Actions with the lab's addresses and tokens filled in, as plain data."""
        return [action.model_dump(exclude_defaults=True) for action in actions]

    def fill(self, text: str) -> str:
        return fill(text, self._facts())

    def _step(self, step_id: Any) -> Step:
        for step in self.lesson.outline.steps:
            if step.id == step_id:
                return step
        raise BadLessonInput(f"the lesson has no step {step_id!r}")


def _number(facts: Facts) -> int:
    """A number that is another one when the facts are others, and the same in every process."""
    return zlib.crc32(json.dumps(facts, sort_keys=True).encode())


def _is_slip(mistake: Mistake, command: Command) -> bool:
    return (
        (not mistake.on or re.fullmatch(mistake.on, command.machine) is not None)
        and re.search(mistake.command, command.line) is not None
        and re.search(mistake.output, command.output, re.S) is not None
    )
