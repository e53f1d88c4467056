"""Plays a lesson on real engines: its set-up and the solution of every step, in wall time.

Alternatives and mistakes need a lab that can be copied, so they are proved on the emulation only. A step that asks a
published port is excepted, with the reason, where the kernel under the engines has no routing mesh to answer.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from playground.backends.errors import Refusal
from playground.labs.actions import LIMIT_US, input_of
from playground.labs.journal import Header, MemoryStore
from playground.labs.real_lab import RealLab
from playground.labs.real_labs import RealLabs
from playground.labs.registry import Registry
from playground.labs.rehearsal import Report, StepReport
from playground.lessons.loader import Problem
from playground.lessons.model import Action, Lesson, Location, Step

SETUP_S = 240.0
LIMIT_S = 180.0
MORE_S = 60.0
"""So much longer than it says a wait may last: until the swarm is at rest."""
LOOK_S = 0.05
HAS_MESH = "test -e /proc/net/ip_vs"
"""The kernel shows this file when it has IPVS, which routes published ports and virtual addresses."""
_ASKS_A_PORT = re.compile(r"\b(curl|wget)\b")


@dataclass(slots=True)
class RealReport(Report):
    """``excepted``: steps that this machine cannot play, with the reason."""

    excepted: list[str] = field(default_factory=list)


def rehearse_on(labs: RealLabs, lesson: Lesson) -> RealReport:
    """Play a lesson once, on machines made for it; they are removed at the end, however it goes."""
    report = RealReport(lesson.slug)
    if labs.kind not in lesson.outline.backends:
        report.excepted.append(f"the lesson is written for: {', '.join(lesson.outline.backends)}")
        return report
    registry = Registry(MemoryStore(), {lesson.slug: lesson}, real=labs)
    header = Header(seed=1, wall_us=time.time_ns() // 1000, lesson=lesson.slug, backend=labs.kind)
    lab = registry.create(header)
    assert isinstance(lab, RealLab)
    try:
        _Stage(lab, lesson, report).play()
    finally:
        registry.remove(lab)
    return report


class _Stage:
    def __init__(self, lab: RealLab, lesson: Lesson, report: RealReport) -> None:
        self._lab = lab
        self._lesson = lesson
        self._report = report
        self._said = ""

    def play(self) -> None:
        if not self._until(lambda: self._lab.begun, SETUP_S):
            told = [entry["text"] for entry in self._lab.view()["timeline"]][-3:]
            self._problem(("setup",), f"the set-up did not end in {SETUP_S:.0f} s; last: {'; '.join(told)}")
            return
        for index, step in enumerate(self._lesson.outline.steps):
            began_s = time.monotonic()
            if not self._step(index, step):
                return
            self._report.steps.append(StepReport(step.id, time.monotonic() - began_s))

    def _step(self, index: int, step: Step) -> bool:
        """Play a step; False when the next one cannot be reached."""
        run = self._lab.lesson
        assert run is not None
        if not step.checks:
            self._lab.submit({"do": "lesson", "next": step.id})
            return True
        for number, action in enumerate(step.solution):
            if not self._act(action, ("steps", index, "solution", number)):
                return False
        if self._until(lambda: run.current > index, LIMIT_S):
            return True
        unmet = run.unmet(index)
        if any(_ASKS_A_PORT.search(action.run) for action in step.solution) and not self._has_mesh():
            self._report.excepted.append(
                f"{step.id}: the kernel has no IPVS, so published ports do not answer ({unmet})"
            )
            return self._pass_over(index)
        self._problem(
            ("steps", index, "solution"), f"the solution does not complete step {step.id}: {unmet}{self._said}"
        )
        return False

    def _act(self, action: Action, location: Location) -> bool:
        if action.wait:
            self._until(lambda: False, action.wait)
            self._until(lambda: self._lab.at_rest(0), MORE_S)
            return True
        try:
            ticket = self._lab.submit(input_of(action.model_dump(exclude_defaults=True), self._lab.fill))
        except Refusal as refused:
            self._problem(location, f"an action cannot be played: {refused}")
            return False
        self._until(lambda: ticket.ready, LIMIT_US / 1e6 + 60)
        if action.run and ticket.ready:
            text = (ticket.value["stderr"] or ticket.value["stdout"]).strip()[-160:]
            self._said = f" (`{action.run}` ended with {ticket.value['exit']}: {text})"
        return True

    def _has_mesh(self) -> bool:
        name = next(iter(self._lab.cluster.names()))
        ticket = self._lab.submit({"do": "exec", "node": name, "command": HAS_MESH, "tty": False, "limit_us": 10**7})
        self._until(lambda: ticket.ready, 20)
        return bool(ticket.ready and ticket.value["exit"] == 0)

    def _pass_over(self, index: int) -> bool:
        """Go on as if the step were done."""
        run = self._lab.lesson
        assert run is not None
        steps = self._lesson.outline.steps
        following = steps[index + 1].id if index + 1 < len(steps) else ""
        with self._lab.lock:
            run.restore({"step": following, "done": [step.id for step in steps[: index + 1]], "ticked": []})
        return True

    def _until(self, over: Callable[[], bool], limit_s: float) -> bool:
        """Let the wall's time pass until ``over()``; False when the limit came first."""
        end_s = time.monotonic() + limit_s
        while not over():
            if time.monotonic() > end_s:
                return False
            self._lab.touch()
            self._lab.pump()
            time.sleep(LOOK_S)
        return True

    def _problem(self, location: Location, reason: str) -> None:
        line = self._lesson.line(*location)
        self._report.problems.append(Problem(f"{self._lesson.slug}/lesson.yaml", line, reason))
