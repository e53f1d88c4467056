"""What a lesson asks of the nodes it runs on, read from what it has the learner do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from playground.lessons.model import Action, Lesson
from playground.lessons.render import blocks

_ASKS_A_PORT = re.compile(r"\bcurl\b|\bwget\b")
_OVERLAY = re.compile(r"\bdocker network create\b.*(?:-d|--driver)[ =]overlay")
_LAUNCHES = re.compile(r"\bmultipass launch\b")
_NETWORK_FAULTS = ("partition", "cut", "slow", "lose")


@dataclass(frozen=True, slots=True)
class Needs:
    """``nodes`` at once at most; whether published ports must answer, tasks reach each other, links be cut."""

    nodes: int
    ingress: bool
    overlay: bool
    faults: bool


def needs(lesson: Lesson) -> Needs:
    """Read what ``lesson`` needs from its set-up, its solutions and the blocks of its prose."""
    actions = list(_actions(lesson))
    played = [action.run for action in actions if action.run]
    launched = sum(len(_LAUNCHES.findall(command)) for command in played)
    commands = [*played, *(block.body for heading in lesson.prose["en"] for block in blocks(heading.text))]
    return Needs(
        nodes=len(lesson.outline.topology.nodes) + launched,
        ingress=any(_ASKS_A_PORT.search(command) for command in commands),
        overlay=any(_OVERLAY.search(command) for command in commands),
        faults=any(name in action.fault for action in actions if action.fault for name in _NETWORK_FAULTS),
    )


def _actions(lesson: Lesson) -> Iterator[Action]:
    yield from lesson.outline.setup
    for step in lesson.outline.steps:
        yield from step.solution
