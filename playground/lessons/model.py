"""A lesson as its author wrote it: the shape of ``lesson.yaml`` and of the prose beside it."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playground.lessons.checks import Check, parse_check


class Part(BaseModel):
    """Unknown keys are refused, so that a slip of the pen is found when the lesson is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


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
    """A typical slip: a command whose line or output matches, and what to say about it."""

    on: str = ""
    command: str = ""
    output: str = ""
    says: str
    example: list[Action] = []


class Step(Part):
    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    checks: list[Check] = []
    question: Question | None = None
    hints: list[str] = []
    solution: list[Action] = []
    alternatives: list[list[Action]] = []
    mistakes: list[Mistake] = []
    commands: list[str] = []

    @model_validator(mode="before")
    @classmethod
    def _parse_checks(cls, data: Any) -> Any:
        if isinstance(data, dict) and "checks" in data:
            data = {**data, "checks": [parse_check(check) for check in data["checks"]]}
        return data


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

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Outline":
        ids = [step.id for step in self.steps]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"step ids must be unique; twice: {', '.join(twice)}")
        return self


class Lesson(Part):
    """A lesson that was read whole. ``prose`` holds, for each language, title and Markdown of each step."""

    slug: str
    outline: Outline
    prose: Mapping[str, list[tuple[str, str]]]

    def step_title(self, index: int, language: str = "en") -> str:
        return self.prose.get(language, self.prose["en"])[index][0]
