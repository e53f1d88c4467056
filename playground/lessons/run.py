"""How far one learner has come in a lesson: checks that tick and never turn back, hints, answers."""

import re
from collections.abc import Callable
from typing import Any

from playground.lessons.checks import Command, View
from playground.lessons.model import Action, Lesson, Step
from playground.lessons.render import Facts, fill, inline, prose

Json = dict[str, Any]
KEPT_COMMANDS = 300


class BadLessonInput(ValueError):
    """The page asked for something that the lesson does not have."""


class LessonRun:
    """A lesson under way.

    ``facts`` gives the lab's addresses and tokens. Steps come one after another; only the current step's
    checks are judged, on the view and on the commands given since that step began.
    """

    def __init__(self, lesson: Lesson, facts: Callable[[], Facts]) -> None:
        self.lesson = lesson
        self.dirty = True
        self.notice = ""
        self._facts = facts
        self._commands: list[Command] = []
        self._current = 0
        self._met: list[list[bool]] = [[False] * len(step.checks) for step in lesson.outline.steps]
        self._saw: list[list[str]] = [[""] * len(step.checks) for step in lesson.outline.steps]
        self._skipped: set[int] = set()
        self._answered: dict[str, int] = {}

    @property
    def done(self) -> bool:
        return self._current >= len(self._met)

    @property
    def current_step(self) -> Step | None:
        return None if self.done else self.lesson.outline.steps[self._current]

    def begin(self) -> None:
        """The learner comes: what was done before does not count as theirs."""
        self._commands = []
        self.notice = ""
        self.dirty = True

    def heard(self, command: Command) -> None:
        """A program ended in a terminal."""
        self._commands = [*self._commands[-KEPT_COMMANDS:], command]
        self.dirty = True
        step = self.current_step
        if step is not None:
            self.notice = next(
                (
                    inline(mistake.says)
                    for mistake in step.mistakes
                    if _is_slip(mistake.on, mistake.command, mistake.output, command)
                ),
                "",
            )

    def judge(self, view: View) -> None:
        """Tick what holds now; go on to the next step when all of this one is ticked."""
        self.dirty = False
        while (step := self.current_step) is not None:
            met, saw = self._met[self._current], self._saw[self._current]
            for index, check in enumerate(step.checks):
                if not met[index]:
                    verdict = check.judge(view, self._commands)
                    met[index], saw[index] = verdict.met, verdict.saw
            if not all(met) or (not step.checks and self._current not in self._skipped):
                return
            self._advance()

    def progress(self) -> Json:
        """What was reached so far, as plain data; ``restore`` takes it back."""
        return {"step": self._current, "met": [list(met) for met in self._met]}

    def restore(self, progress: Json) -> None:
        """Be where ``progress`` was taken. Fits itself to a lesson that was changed since."""
        if progress["step"] != self._current:
            self._current = min(progress["step"], len(self._met))
            self._commands = []
        for met, before in zip(self._met, progress["met"], strict=False):
            if len(met) == len(before):
                met[:] = before

    def _advance(self) -> None:
        self._current += 1
        self._commands = []
        self.notice = ""

    def state(self) -> Json:
        """What the page shows of the progress."""
        titles = [title for title, _ in self.lesson.prose["en"]]
        return {
            "slug": self.lesson.slug,
            "step": min(self._current, len(titles) - 1),
            "done": self.done,
            "notice": self.notice,
            "steps": [
                {
                    "id": step.id,
                    "title": titles[index],
                    "done": index < self._current,
                    "checks": [
                        {"text": inline(check.says()), "met": met, "saw": saw}
                        for check, met, saw in zip(step.checks, self._met[index], self._saw[index], strict=True)
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
                    "title": title,
                    "html": prose(text, facts, step.id, step.question),
                    "hints": len(step.hints),
                }
                for step, (title, text) in zip(outline.steps, self.lesson.prose["en"], strict=True)
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
            return {"right": choice == question.answer, "html": inline(question.because)}
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


def _is_slip(on: str, pattern: str, output: str, command: Command) -> bool:
    return (
        (not on or re.fullmatch(on, command.machine) is not None)
        and re.search(pattern, command.line) is not None
        and re.search(output, command.output, re.S) is not None
    )
