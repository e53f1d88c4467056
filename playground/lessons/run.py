"""How far one learner has come in a lesson: checks that tick and never turn back, hints, answers."""

import json
import re
import zlib
from collections.abc import Callable
from typing import Any

from playground.backends.errors import Refusal
from playground.lessons.checks import Command, View
from playground.lessons.model import Action, Lesson, Mistake, Step
from playground.lessons.render import Facts, fill, inline, prose, quiz

Json = dict[str, Any]
KEPT_COMMANDS = 300
PATIENCE_US = 300_000_000
"""Virtual time in which a solution that was played has to show."""


class BadLessonInput(Refusal):
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
        self._edition = 0
        """How often the lesson was written anew: then its text has to be asked for again, as with other facts."""
        self._begun = False
        self._commands: list[Command] = []
        self._current = 0
        self._met: list[list[bool]] = [[False] * len(step.checks) for step in lesson.outline.steps]
        self._saw: list[list[str]] = [[""] * len(step.checks) for step in lesson.outline.steps]
        self._texts = [[inline(check.says()) for check in step.checks] for step in lesson.outline.steps]
        self._slip = -1
        """Which mistake of the step the notice is about."""
        self._failures: dict[str, int] = {}
        """How often each thing went wrong since the step began."""
        self._skipped: set[int] = set()
        self.playing = ""
        """The step whose solution is being played."""
        self._patience_until_us = 0
        self._played: list[str] = []
        """Steps whose solution was played for the learner."""
        self._answered: dict[str, int] = {}

    def in_other_words(self, lesson: Lesson) -> "LessonRun":
        """The same progress in a lesson that was written anew."""
        run = LessonRun(lesson, self._facts)
        run._begun = self._begun
        run._edition = self._edition + 1
        run.restore(self.progress())
        return run

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
            slips = (number for number, mistake in enumerate(step.mistakes) if _is_slip(mistake, command))
            self._slip = next(slips, -1)
            self.notice = inline(self.fill(step.mistakes[self._slip].says)) if self._slip >= 0 else ""
            if self._slip >= 0 or command.exit:
                what = f"mistake {self._slip}" if self._slip >= 0 else f"{command.machine} {command.line}"
                self._failures[what] = self._failures.get(what, 0) + 1

    def judge(self, view: View) -> None:
        """Tick what holds now; go on to the next step when all of this one is ticked."""
        self.dirty = False
        self._facts_number = _number(self._facts()) + self._edition
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

    def unmet(self, index: int) -> str:
        """The checks of a step that are open, and what they saw."""
        checks = self.state()["steps"][index]["checks"]
        return "; ".join(f"{check['text']}: {check['saw']}" for check in checks if not check["met"])

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
            **({"played": list(self._played)} if self._played else {}),
        }

    def restore(self, progress: Json) -> None:
        """Be where ``progress`` was taken.

        In a lesson that was changed since: at the same step wherever it stands now; where it is gone, at the first
        step that was not done. A lesson that was done stays done.
        """
        index = self._index_of(progress)
        if index != self._current:
            self._enter(index)
        self._played = list(progress.get("played", []))
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
        self._enter(self._current + 1)

    def _enter(self, index: int) -> None:
        self._current = index
        self._commands = []
        self._failures = {}
        self._slip = -1
        self.notice = ""

    def state(self) -> Json:
        """What the page shows of the progress."""
        titles = [heading.title for heading in self.lesson.prose["en"]]
        return {
            "slug": self.lesson.slug,
            "step": min(self._current, len(titles) - 1),
            "done": self.done,
            "notice": self.notice,
            "playing": self.playing,
            "slip": self._slip,
            "failures": max(self._failures.values(), default=0),
            "facts": self._facts_number,
            "steps": [
                {
                    "id": step.id,
                    "title": titles[index],
                    "done": index < self._current,
                    "played": step.id in self._played,
                    "checks": [
                        {"text": text, "met": met, "saw": saw}
                        for text, met, saw in zip(self._texts[index], self._met[index], self._saw[index], strict=True)
                    ],
                }
                for index, step in enumerate(self.lesson.outline.steps)
            ],
        }

    def content(self, language: str = "en") -> Json:
        """Title and prose of every step in a language, with the lab's addresses filled in.

        ``checks`` and ``slips`` of a step are its sentences, for a page that is not in English; ``state`` has them in
        English.
        """
        facts = self._facts()
        outline = self.lesson.outline_in(language)
        slug = self.lesson.slug
        return {
            "slug": slug,
            "language": language if language in self.lesson.prose else "en",
            "title": outline.title,
            "minutes": outline.minutes,
            "terminal": outline.terminal,
            "steps": [
                {
                    "id": step.id,
                    "title": heading.title,
                    "html": prose(heading.text, facts, step.id, step.question, slug),
                    "hints": len(step.hints),
                    "checks": [inline(check.says()) for check in step.checks],
                    "slips": [inline(fill(mistake.says, facts)) for mistake in step.mistakes],
                }
                for step, heading in zip(outline.steps, self.lesson.prose_in(language), strict=True)
            ],
            "quiz": [quiz(question, number) for number, question in enumerate(outline.quiz)],
        }

    def hint(self, step_id: str, number: int, language: str = "en") -> str:
        """The HTML of a hint in a language; the first is number 1.

        Raises:
            BadLessonInput: there is no such step or hint.
        """
        hints = self._step(step_id, language).hints
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
            case {"quiz": {"number": int(number), "choice": int(choice)}}:
                questions = self.lesson.outline.quiz
                if not 0 <= number < len(questions) or not 0 <= choice < len(questions[number].choices):
                    raise BadLessonInput("the lesson has no such question, or the question no such choice")
            case {"next": step_id}:
                step = self._step(step_id)
                if step.checks:
                    raise BadLessonInput(f"step {step_id} has checks: it ends when they are met")
            case _:
                raise BadLessonInput("send one of `skip`, `answer`, `quiz`, `next`")

    def input(self, what: Json, language: str = "en") -> Json:
        """Take what the learner chose.

        For ``skip`` the answer holds the actions that are to be played: those of every step from the current one up
        to the one that is skipped, each waiting until the step before is done.
        """
        self.dirty = True
        if "answer" in what:
            step_id, choice = what["answer"]["step"], what["answer"]["choice"]
            question = self._step(step_id, language).question
            assert question is not None
            self._answered[step_id] = choice
            return {"right": choice == question.answer, "html": inline(self.fill(question.because))}
        if "quiz" in what:
            question = self.lesson.outline_in(language).quiz[what["quiz"]["number"]]
            return {"right": what["quiz"]["choice"] == question.answer, "html": inline(self.fill(question.because))}
        step = self._step(what.get("skip") or what["next"])
        if "skip" in what:
            return {"ok": True, "actions": self._up_to(step)}
        if step is self.current_step and not step.checks:
            self._skipped.add(self._current)
            self._advance()
        return {"ok": True, "actions": []}

    def _up_to(self, wanted: Step) -> list[Json]:
        """What plays every step from the current one to ``wanted``."""
        actions: list[Json] = []
        for step in self.lesson.outline.steps[self._current :]:
            actions += [{"step": step.id}, *self.actions(step.solution), {"until": step.id}]
            if step is wanted:
                return actions
        return []  # It is done.

    def waits_for(self, step_id: str, now_us: int) -> bool:
        """Has what was played of a step still to show? A step gets ``PATIENCE_US`` after the last action."""
        if self._patience_until_us == 0:
            self._patience_until_us = now_us + PATIENCE_US
        return not self._is_done(step_id) and now_us < self._patience_until_us

    def plays(self, action: Json) -> bool:
        """The playing of a solution has come to its beginning (``step``) or end (``until``). False when it failed."""
        self.dirty = True
        self._patience_until_us = 0
        if "step" in action:
            step = self.current_step
            if step is None or step.id != action["step"]:
                return True
            self.playing = step.id
            self._played = [*(name for name in self._played if name != step.id), step.id]
            if not step.checks:
                self._skipped.add(self._current)
                self._advance()
            return True
        self.playing = ""
        if self._is_done(action["until"]):
            return True
        self.notice = inline("The solution was played, but the step is not done. Begin the step again, then skip it.")
        return False

    def stop_playing(self) -> None:
        """What was being played cannot go on."""
        self.playing = ""
        self.dirty = True

    def _is_done(self, step_id: str) -> bool:
        return all(step.id != step_id for step in self.lesson.outline.steps[self._current :])

    def actions(self, actions: list[Action]) -> list[Json]:
        """Actions with the lab's addresses and tokens filled in, as plain data."""
        return [action.model_dump(exclude_defaults=True) for action in actions]

    def fill(self, text: str) -> str:
        return fill(text, self._facts())

    def _step(self, step_id: Any, language: str = "en") -> Step:
        for step in self.lesson.outline_in(language).steps:
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
