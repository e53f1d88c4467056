"""What strangers may send: the shapes and bounds of REST bodies and Socket.IO messages."""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from playground.labs.sandbox import Topology

NodeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Columns = Annotated[int, Field(ge=2, le=500)]
Rows = Annotated[int, Field(ge=1, le=300)]


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("Input should be a number")
    return value


def _true(value: Any) -> Any:
    if value is not True:
        raise ValueError("Input should be true")
    return value


Number = Annotated[float, BeforeValidator(_number), Field(strict=False)]
"""JSON's numbers; ``true`` is none."""
Yes = Annotated[Literal[True], BeforeValidator(_true)]
"""``true``, and nothing else that equals it: 1 is none."""
Image = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][A-Za-z0-9._:/@-]{0,199}$")]
Text = Annotated[str, StringConstraints(max_length=65_536)]


class Message(BaseModel):
    """Unknown fields are refused, so that a slip does not pass unnoticed."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Opening(Message):
    """A lab of the sandbox: its size, by name or in numbers, and the situation to begin with."""

    topology: Annotated[
        Annotated[str, StringConstraints(max_length=20), Tag("name")] | Annotated[Topology, Tag("size")],
        Discriminator(lambda sent: "name" if isinstance(sent, str) else "size"),
    ] = "3+2"
    situation: Annotated[str, StringConstraints(max_length=80)] = "swarm"


class CreateLab(Message):
    backend: Literal["emulated", "docker", "multipass"] = "emulated"
    nodes: list[NodeName] = Field(default=[], max_length=60)
    clock: Literal["manual"] | Annotated[Number, Field(ge=0.25, le=60)] = 1
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    images: list[Image] = Field(default=[], max_length=50)
    lesson: Annotated[str, StringConstraints(max_length=80)] = ""
    learner: Annotated[str, StringConstraints(max_length=200)] = ""
    sandbox: Opening | None = None

    @model_validator(mode="after")
    def _is_one_kind(self) -> "CreateLab":
        if self.sandbox is not None and (self.lesson or self.nodes):
            raise ValueError("`sandbox` brings its own machines: send it without `lesson` and `nodes`")
        return self


class Exec(Message):
    node: str
    command: Text
    tty: bool = False
    timeout: Annotated[Number, Field(gt=0, le=86_400)] = 90


class ClockChange(Message):
    advance: Annotated[Number, Field(ge=0, le=86_400)] | None = None
    speed: Annotated[Number, Field(ge=0.25, le=60)] | None = None
    paused: bool | None = None
    step: Yes | None = None
    take_over: Yes | None = None

    @model_validator(mode="after")
    def _is_something(self) -> "ClockChange":
        if all(value is None for value in (self.advance, self.speed, self.paused, self.step, self.take_over)):
            raise ValueError("send one of `advance` (seconds), `speed`, `paused`, `step`, `take_over`")
        return self


class Branch(Message):
    at: Annotated[Number, Field(ge=0, le=1e9)]


class ShareKind(Message):
    kind: Literal["copy", "replay"] = "copy"


class Look(Message):
    at: Annotated[Number, Field(ge=0, le=1e9)]


class Hint(Message):
    step: str
    number: Annotated[int, Field(ge=1, le=20)]


class Answer(Message):
    step: str
    choice: Annotated[int, Field(ge=0, le=20)]


class QuizAnswer(Message):
    number: Annotated[int, Field(ge=0, le=20)]
    choice: Annotated[int, Field(ge=0, le=20)]


class LessonInput(Message):
    hint: Hint | None = None
    answer: Answer | None = None
    quiz: QuizAnswer | None = None
    skip: str | None = None
    next: str | None = None


class RestartStep(Message):
    step: Annotated[str, StringConstraints(max_length=200)]


class Join(Message):
    lab: str
    token: str
    n: int | None = None


class TerminalOpen(Message):
    terminal: str
    columns: Columns
    rows: Rows


class Typed(Message):
    terminal: str
    data: Text


class Ack(Message):
    terminal: str
    position: Annotated[int, Field(ge=0)]


NAMES = {
    "^[a-z][a-z0-9-]{0,39}$": "must be a name: a small letter, then small letters, digits or hyphens, at most 40",
    "^[a-z0-9][A-Za-z0-9._:/@-]{0,199}$": "must be the name of an image, as `nginx:latest`, 200 characters at most",
}
"""What the patterns mean."""


def _sentence(error: Any) -> str:
    """What pydantic says, in words that do not speak of its models and expressions."""
    said = str(error["msg"]).removeprefix("Value error, ")
    match error:
        case {"type": "string_pattern_mismatch", "ctx": {"pattern": pattern}} if pattern in NAMES:
            return NAMES[pattern]
        case {"type": "model_type" | "model_attributes_type" | "dict_type"}:
            return "must be an object, as {...}"
        case {"type": "missing"}:
            return "is missing"
        case {"type": "extra_forbidden"}:
            return "is not known here; leave it out"
    return said


def reason(errors: list[Any]) -> str:
    """One sentence from pydantic's list of errors: of the first field that is wrong, all that it could have been."""
    where = errors[0]["loc"][:1]
    same = [error for error in errors if error["loc"][:1] == where]
    if len(same) == 1:
        where = same[0]["loc"]
    said = ", or ".join(dict.fromkeys(_sentence(error) for error in same))
    return f"{'.'.join(str(part) for part in where)}: {said}" if where else said
