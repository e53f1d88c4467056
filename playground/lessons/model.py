"""A lesson as its author wrote it: the shape of ``lesson.yaml`` and of the prose beside it."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from playground.lessons.checks import Check, check_schema, parse_check
from playground.lessons.problem import Problem

Location = tuple[int | str, ...]
"""Where something stands in ``lesson.yaml``: ``("steps", 0, "checks", 1)``."""


class Part(BaseModel):
    """Unknown keys are refused, so that a slip of the pen is found when the lesson is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]


class Action(Part):
    """One thing done to the lab: a command on a machine, a fault, or waiting."""

    on: str = ""
    run: str = ""
    fault: dict[str, Any] | None = None
    wait: float = 0

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Action":
        if bool(self.run) + (self.fault is not None) + bool(self.wait) != 1:
            raise ValueError("an action has one of `run` (with `on`), `fault`, `wait`")
        if self.run and not self.on:
            raise ValueError("`run` needs `on`: the machine to run it on")
        return self


class Question(Part):
    """Asked before something is shown. ``answer`` counts from 0."""

    ask: str
    choices: Annotated[list[str], Field(min_length=2, max_length=6)]
    answer: int
    because: str

    @model_validator(mode="after")
    def _answer_is_a_choice(self) -> "Question":
        if not 0 <= self.answer < len(self.choices):
            raise ValueError(f"`answer` must be 0 to {len(self.choices) - 1}")
        return self


class Mistake(Part):
    """A typical slip: a command whose line or output matches, and what to say about it.

    ``example`` makes the slip; ``mend`` is what ``says`` advises, after which the solution must work. Both are
    played by the rehearsal.
    """

    on: Pattern = ""
    command: Pattern = ""
    output: Pattern = ""
    says: str
    example: list[Action] = []
    mend: list[Action] = []


class Step(Part):
    """One step: prose with the same number in ``en.md``, done when all of its checks have been met.

    ``typed``: the blocks of the prose are not enough, the learner types something that none of them holds.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    checks: list[Annotated[Check, BeforeValidator(parse_check), WithJsonSchema(check_schema())]] = []
    question: Question | None = None
    hints: list[str] = []
    solution: list[Action] = []
    alternatives: list[list[Action]] = []
    mistakes: list[Mistake] = []
    commands: list[str] = []
    typed: bool = False


class Topology(Part):
    """The machines that are there when the lesson starts; none when the learner launches them."""

    nodes: list[str] = []
    images: list[str] = []


class Outline(Part):
    """All of ``lesson.yaml``."""

    title: str
    summary: str
    minutes: Annotated[int, Field(ge=1, le=120)]
    chapter: str = ""
    prerequisites: list[str] = []
    backends: list[str] = ["emulated"]
    topology: Topology = Topology()
    setup: list[Action] = []
    terminal: str = "host"
    steps: Annotated[list[Step], Field(min_length=1)]
    quiz: Annotated[list[Question], Field(max_length=20)] = []

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Outline":
        ids = [step.id for step in self.steps]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"step ids must be unique; twice: {', '.join(twice)}")
        return self


class Heading(NamedTuple):
    """A step in the prose: its title, its Markdown, and the line of the file that the Markdown begins on."""

    title: str
    text: str
    line: int


class Lesson(Part):
    """A lesson that was read whole.

    ``prose`` holds each step for each language, ``outlines`` the outline for each; English is always there. A language
    that only names the part of the course has an outline and no prose. ``lines`` says on which line of ``lesson.yaml``
    something stands. ``flaws`` are faults of translations, which are left out.
    """

    slug: str
    outline: Outline
    prose: Mapping[str, list[Heading]]
    outlines: Mapping[str, Outline] = {}
    flaws: tuple[Problem, ...] = ()
    lines: Mapping[Location, int] = {}

    def line(self, *location: int | str) -> int:
        """The line of ``lesson.yaml`` on which this, or the nearest part around it, stands; 0 when not known."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 0)

    def outline_in(self, language: str) -> Outline:
        """The outline in a language; in English where there is none."""
        return self.outlines.get(language, self.outline)

    def prose_in(self, language: str) -> list[Heading]:
        """The steps' prose in a language; in English where there is none."""
        return self.prose.get(language, self.prose["en"])
