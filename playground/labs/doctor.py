"""Which lessons work on this machine, with which backend, and why others do not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from playground.backends.api_view import sentence
from playground.backends.probes import Answer, Finding, Need
from playground.lessons.model import Lesson
from playground.lessons.needs import needs

REAL = ("docker", "multipass")
ONLY_EMULATED = sentence("the lesson is written for the emulated backend only")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a lesson works with a backend; ``because`` says why not, or is empty."""

    lesson: str
    backend: str
    because: tuple[str, ...]


def judge(findings: Sequence[Finding], lessons: Mapping[str, Lesson], room: Mapping[str, int]) -> Iterable[Verdict]:
    """One verdict for each lesson and real backend. ``room``: how many nodes fit, by backend."""
    for backend in REAL:
        lost = lost_needs(findings, backend)
        for slug, lesson in lessons.items():
            yield Verdict(slug, backend, tuple(reasons(lesson, backend, lost, room.get(backend, 0))))


def lost_needs(findings: Sequence[Finding], backend: str) -> dict[Need, Finding]:
    """What lessons must do without on a backend, and what was found of it."""
    return {
        need: finding
        for finding in findings
        if finding.backend == backend and finding.answer is Answer.MISSING
        for need in finding.costs
    }


def reasons(lesson: Lesson, backend: str, lost: Mapping[Need, Finding], room: int) -> Iterable[str]:
    """Why a lesson does not work on a backend. ``lost``: see ``lost_needs``; ``room``: how many nodes fit."""
    if Need.NODES in lost:
        yield sentence(f"no nodes can be made: {lost[Need.NODES].says}")
        return
    if backend not in lesson.outline.backends:
        yield ONLY_EMULATED
        return
    wanted = needs(lesson)
    if wanted.nodes > room:
        yield sentence(f"it needs {wanted.nodes} nodes, and the memory is enough for {room}")
    for need, asked in ((Need.INGRESS, wanted.ingress), (Need.OVERLAY, wanted.overlay), (Need.FAULTS, wanted.faults)):
        if asked and need in lost:
            yield lost[need].says
