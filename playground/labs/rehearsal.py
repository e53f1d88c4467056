"""Plays a lesson from end to end and proves what its author wrote.

On a fresh emulated lab with a manual clock, for each step in turn: it is not done before anything was
done, and not by waiting; the solution completes it; so does every alternative; every typical mistake gets its
message, completes nothing, and can be mended as the message says. Alternatives and mistakes each start from the same
point, in a lab replayed from the journal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from playground.backends.errors import Refusal
from playground.backends.recorded import Recorded
from playground.labs.actions import input_of
from playground.labs.clock import SECOND
from playground.labs.journal import Header, MemoryStore, Record
from playground.labs.lab import Lab
from playground.labs.ticket import Ticket
from playground.lessons.loader import Problem
from playground.lessons.model import Action, Lesson, Location, Step
from playground.lessons.render import blocks, deed, inline

LOOK_US = 250_000
"""How often checks are judged, in virtual time."""
READING_S = 30.0
"""A learner reads for so long before the first command; no step may be done by then."""
BETWEEN_S = 10.0
"""Reading time before each block of the text."""
LIMIT_S = 180.0
"""Virtual time in which a step must be complete after its last action."""
SEED = 1
FIRST_INSTANT_US = 1_760_000_000_000_000


@dataclass(slots=True)
class StepReport:
    """What was seen of one step."""

    step: str
    solution_s: float = 0.0
    """Virtual time from the first action of the solution to the last tick."""
    alternatives: int = 0
    mistakes: int = 0


@dataclass(slots=True)
class Report:
    """What was seen of a lesson. ``problems`` is empty when everything holds."""

    slug: str
    steps: list[StepReport] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def rehearse(lesson: Lesson) -> Report:
    """Play a lesson whole."""
    return _Rehearsal(lesson).run()


class _Refused(Exception):
    """An action of the author's could not be started."""

    def __init__(self, location: Location, reason: str) -> None:
        super().__init__(reason)
        self.location = location


class _Stage:
    """A lab on which actions are played, with what the learner would see."""

    def __init__(self, lab: Lab, store: MemoryStore) -> None:
        assert lab.lesson is not None
        self.lab = lab
        self.run = lab.lesson
        self.notices: list[str] = []
        self.exits: list[tuple[str, int, str]] = []
        self._store = store
        heard = lab.cluster.on_command

        def listen(recorded: Recorded) -> None:
            heard(recorded)
            self.notices.append(self.run.notice)

        lab.cluster.on_command = listen

    @classmethod
    def fresh(cls, lesson: Lesson) -> "_Stage":
        topology = lesson.outline.topology
        header = Header(
            seed=SEED,
            wall_us=FIRST_INSTANT_US,
            nodes=tuple(topology.nodes),
            images=tuple(topology.images),
            lesson=lesson.slug,
            manual=True,
        )
        return cls._of(Record(id="rehearsal", token="", header=header), lesson)

    @classmethod
    def _of(cls, record: Record, lesson: Lesson) -> "_Stage":
        store = MemoryStore()
        store.create(record)
        return cls(Lab(replace(record, entries=list(record.entries)), store, lesson), store)

    def fork(self) -> "_Stage":
        """The same lab once more, rebuilt from its journal."""
        record = self._store.load(self.lab.id)
        assert record is not None
        copy = replace(record, entries=list(record.entries), now_us=self.lab.now_us)
        stage = self._of(copy, self.run.lesson)
        if stage.run.progress() != self.run.progress():
            raise RuntimeError(f"the replay of {self.run.lesson.slug} is at another point than the lab it copies")
        return stage

    @property
    def seconds(self) -> float:
        return self.lab.now_us / SECOND

    def play(self, actions: Sequence[Action], location: Location) -> None:
        """Do actions one after another.

        Raises:
            _Refused: the lab does not take one of them.
        """
        for index, action in enumerate(actions):
            self.exits.append((action.run, 0, ""))
            if action.wait:
                self.wait(action.wait)
                continue
            try:
                ticket = self.lab.submit(input_of(action.model_dump(exclude_defaults=True), self.run.fill))
            except Refusal as refused:
                raise _Refused((*location, index), str(refused)) from None
            answer = self._answer(ticket)
            if action.run:
                self.exits[-1] = (action.run, answer["exit"], answer["stderr"] or answer["stdout"])

    def _answer(self, ticket: Ticket) -> Any:
        """Let time pass until there is one."""
        self._until(lambda: ticket.ready)
        return ticket.value

    def begin(self) -> None:
        self.lab.submit({"do": "begin"})
        self.lab.collect()

    def wait(self, seconds: float) -> None:
        end_us = self.lab.now_us + int(seconds * SECOND)
        self._until(lambda: self.lab.now_us >= end_us, end_us)

    def completes(self, index: int, limit_s: float = LIMIT_S) -> bool:
        """Let time pass until step ``index`` is done, or the limit is reached."""
        end_us = self.lab.now_us + int(limit_s * SECOND)
        self._until(lambda: self.run.current > index or self.lab.now_us >= end_us, end_us)
        return self.run.current > index

    def _until(self, over: Callable[[], bool], end_us: int | None = None) -> None:
        self.lab.collect()
        while not over():
            target_us = self.lab.now_us + LOOK_US
            self.lab.cluster.kernel.run_until(target_us if end_us is None else min(target_us, end_us))
            self.lab.collect()

    def last_answer(self) -> str:
        """What the last command answered, when it failed."""
        for line, code, text in reversed(self.exits):
            if line:
                return f" (`{line}` ended with {code}: {text.strip()[-160:]})" if code else ""
        return ""


class _Rehearsal:
    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self._report = Report(lesson.slug)

    def run(self) -> Report:
        stage = _Stage.fresh(self._lesson)
        try:
            stage.play(self._lesson.outline.setup, ("setup",))
        except _Refused as refused:
            self._problem(refused.location, f"the set-up cannot be played: {refused}")
            return self._report
        for index, (line, code, text) in enumerate(stage.exits):
            if code:
                self._problem(("setup", index), f"the set-up fails: `{line}` ended with {code}: {text.strip()[-160:]}")
        stage.begin()
        for index, step in enumerate(self._lesson.outline.steps):
            if not self._step(stage, index, step):
                break
        return self._report

    def _step(self, stage: _Stage, index: int, step: Step) -> bool:
        """Rehearse one step; returns False when the next one cannot be reached."""
        here: Location = ("steps", index)
        report = StepReport(step.id)
        self._report.steps.append(report)
        stage.lab.collect()
        if stage.run.current > index:
            self._problem(here, f"step {step.id} is done before the learner does anything")
            return stage.run.current == index + 1
        for number, check in enumerate(stage.run.state()["steps"][index]["checks"]):
            if check["met"]:
                reason = f"check {number + 1} of step {step.id} is met before the learner does anything"
                self._problem((*here, "checks", number), f"{reason}; `then: true` lets it wait for those before it")
        if not step.checks:
            stage.lab.submit({"do": "lesson", "next": step.id})
            return True
        idle = stage.fork()
        if idle.completes(index, READING_S):
            self._problem(here, f"step {step.id} is done by waiting {READING_S:.0f} seconds")
        self._prose_faults(stage, index)
        self._follows_prose(stage.fork(), index)
        for number, alternative in enumerate(step.alternatives):
            report.alternatives += 1
            self._solves(stage.fork(), index, alternative, (*here, "alternatives", number), f"alternative {number + 1}")
        for number, mistake in enumerate(step.mistakes):
            if mistake.example:
                report.mistakes += 1
                self._slips(stage.fork(), index, number)
        began_s = stage.seconds
        solved = self._solves(stage, index, step.solution, (*here, "solution"), "the solution")
        report.solution_s = stage.seconds - began_s
        return solved

    def _solves(self, stage: _Stage, index: int, actions: list[Action], location: Location, name: str) -> bool:
        step = self._lesson.outline.steps[index]
        stage.notices.clear()
        try:
            stage.play(actions, location)
        except _Refused as refused:
            self._problem(refused.location, f"{name} of step {step.id} cannot be played: {refused}")
            return False
        for notice in filter(None, stage.notices):
            self._problem(location, f"{name} of step {step.id} is taken for a mistake: {notice}")
        if stage.completes(index):
            return True
        reason = f"{name} does not complete step {step.id}: {stage.run.unmet(index)}{stage.last_answer()}"
        self._problem(location, reason)
        return False

    def _slips(self, stage: _Stage, index: int, number: int) -> None:
        step = self._lesson.outline.steps[index]
        mistake = step.mistakes[number]
        here: Location = ("steps", index, "mistakes", number)
        stage.notices.clear()
        try:
            stage.play(mistake.example, (*here, "example"))
        except _Refused as refused:
            self._problem(refused.location, f"the mistake cannot be played: {refused}")
            return
        wanted = inline(stage.run.fill(mistake.says))
        got = stage.notices[-1] if stage.notices else ""
        if got != wanted:
            said = f"but: {got}" if got else f"but none{self._heard(stage)}"
            self._problem(here, f"mistake {number + 1} of step {step.id} does not get its message, {said}")
        if stage.completes(index, READING_S):
            self._problem(here, f"mistake {number + 1} completes step {step.id}")
            return
        stage.notices.clear()
        try:
            stage.play(mistake.mend, (*here, "mend"))
        except _Refused as refused:
            self._problem(refused.location, f"mistake {number + 1} cannot be mended: {refused}")
            return
        if not stage.completes(index, 0):
            after = f"the solution, after mistake {number + 1},"
            self._solves(stage, index, step.solution, here, after)

    @staticmethod
    def _heard(stage: _Stage) -> str:
        line, code, text = next((entry for entry in reversed(stage.exits) if entry[0]), ("", 0, ""))
        return f" (`{line}` ended with {code}: {text.strip()[-160:]})" if line else ""

    def _follows_prose(self, stage: _Stage, index: int) -> None:
        """One who only clicks the blocks of the text, from top to bottom, gets on; an exercise has none."""
        heading = self._lesson.prose["en"][index]
        actions = [Action(wait=BETWEEN_S)]
        for block in blocks(heading.text):
            if block.language == "action":
                does = deed(block)
                if "fault" in does:
                    actions.append(Action(fault=does["fault"]))
                if "advance" in does.get("clock", {}):
                    actions.append(Action(wait=does["clock"]["advance"]))
                actions.append(Action(wait=BETWEEN_S))
            elif block.language == "sh" and block.rest:
                actions += [Action(on=block.rest, run=block.body), Action(wait=BETWEEN_S)]
        step = self._lesson.outline.steps[index]
        if len(actions) == 1 or step.typed:
            return
        try:
            stage.play(actions, ("steps", index))
        except _Refused as refused:
            reason = f"a block of step {step.id} cannot be played: {refused}"
        else:
            if stage.completes(index):
                return
            reason = f"the blocks of step {step.id} do not complete it: {stage.run.unmet(index)}{stage.last_answer()}"
        self._report.problems.append(Problem(f"{self._lesson.slug}/en.md", heading.line - 1, reason))

    def _prose_faults(self, stage: _Stage, index: int) -> None:
        """The buttons in the text must be faults that the lab takes at this point."""
        for language, headings in self._lesson.prose.items():
            heading = headings[index]
            for block in blocks(heading.text):
                if block.language != "action" or "fault" not in (does := deed(block)):
                    continue
                try:
                    stage.lab.cluster.check_fault(does["fault"])
                except Refusal as refused:
                    name = f"{self._lesson.slug}/{language}.md"
                    problem = Problem(name, heading.line + block.line, f"this button would not work: {refused}")
                    self._report.problems.append(problem)

    def _problem(self, location: Location, reason: str) -> None:
        line = self._lesson.line(*location)
        self._report.problems.append(Problem(f"{self._lesson.slug}/lesson.yaml", line, reason))
