"""A journal as a file: written by an export, read back with a look at every entry.

What is read may come from anybody, so each field has a type and a bound, and what is wrong is said with its place.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from playground.labs.errors import LabError
from playground.labs.journal import FORMAT, Entry, Header
from playground.labs.pace import without_pace

MAX_ENTRIES = 100_000
MAX_HOURS = 24
MAX_US = MAX_HOURS * 3600 * 1_000_000

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Text = Annotated[str, StringConstraints(max_length=65_536)]
Short = Annotated[str, StringConstraints(max_length=2_000)]
Columns = Annotated[int, Field(ge=2, le=500)]
Rows = Annotated[int, Field(ge=1, le=300)]
Call = Annotated[int, Field(ge=0, le=MAX_ENTRIES)]


class _Read(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Open(_Read):
    do: Literal["open", "resize"]
    terminal: Name
    columns: Columns
    rows: Rows


class Type(_Read):
    do: Literal["type"]
    terminal: Name
    data: Text


class Exec(_Read):
    do: Literal["exec"]
    node: Name
    command: Text
    tty: bool
    limit_us: Annotated[int, Field(gt=0, le=MAX_US)]


class Fault(_Read):
    do: Literal["fault"]
    fault: dict[str, Any]


class OpenPort(_Read):
    do: Literal["open-port"]
    node: Name
    port: Annotated[int, Field(ge=1, le=65_535)]
    path: Short


class Engine(_Read):
    do: Literal["engine"]
    call: Call
    node: Name
    method: Literal["GET", "HEAD", "POST", "PUT", "DELETE"]
    path: Short
    query: dict[str, Text]
    body: Any = None
    archive: Annotated[str, StringConstraints(max_length=4 * 1024 * 1024)] = ""
    hijack: bool = False
    version: Annotated[list[Annotated[int, Field(ge=0, le=10_000)]], Field(max_length=8)] = []


class EngineStream(_Read):
    do: Literal["engine-input", "engine-eof", "engine-hangup"]
    call: Call
    data: Text = ""


class Lesson(BaseModel):
    """Its own room looks at the rest of it."""

    model_config = ConfigDict(extra="allow", strict=True)
    do: Literal["lesson"]


class Progress(_Read):
    do: Literal["progress"]
    step: Short
    done: list[Short] = Field(default=[], max_length=200)
    ticked: list[Short] = Field(default=[], max_length=200)
    played: list[Short] = Field(default=[], max_length=200)


class Begin(_Read):
    do: Literal["begin"]


class Note(_Read):
    do: Literal["note"]
    text: Short


class OneEntry(_Read):
    at_us: Annotated[int, Field(ge=0, le=MAX_US)]
    input: Annotated[
        Open | Type | Exec | Fault | OpenPort | Engine | EngineStream | Lesson | Progress | Begin | Note,
        Field(discriminator="do"),
    ]


class Head(_Read):
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    wall_us: Annotated[int, Field(ge=0, le=4_102_444_800_000_000)]
    nodes: list[Name] = Field(default=[], max_length=60)
    images: list[Annotated[str, StringConstraints(max_length=200)]] = Field(default=[], max_length=50)
    lesson: Annotated[str, StringConstraints(max_length=80)] = ""
    situation: Annotated[str, StringConstraints(max_length=80)] = ""
    backend: Literal["emulated"] = "emulated"
    manual: bool = False
    learner: Annotated[str, StringConstraints(max_length=200)] = ""
    format: Literal[1]


class JournalFile(_Read):
    header: Head
    now_us: Annotated[int, Field(ge=0, le=MAX_US)]
    entries: list[OneEntry] = Field(max_length=MAX_ENTRIES)


def to_file(header: Header, now_us: int, entries: Sequence[Entry]) -> dict[str, Any]:
    """What an export holds, ready for JSON."""
    return {
        "header": header.to_json(),
        "now_us": now_us,
        "entries": [{"at_us": entry.at_us, "input": entry.input} for entry in without_pace(entries)],
    }


def from_file(data: Any) -> tuple[Header, int, list[Entry]]:
    """Read an export: where the lab starts from, how far it had come, and its inputs.

    Raises:
        LabError: it is none; the sentence says which part is wrong.
    """
    if not isinstance(data, dict) or not isinstance(data.get("header"), dict) or "entries" not in data:
        raise LabError("this is no journal: it has no `header` and `entries`; export one with GET /api/labs/ID/journal")
    if data["header"].get("format") != FORMAT:
        raise LabError(
            f"this journal has format {data['header'].get('format')!r}, and this program reads {FORMAT}; "
            "open it with the version that wrote it"
        )
    try:
        read = JournalFile.model_validate(data)
    except ValidationError as error:
        raise LabError(_sentence(error)) from None
    at_us = 0
    for number, entry in enumerate(read.entries, 1):
        if entry.at_us < at_us:
            raise LabError(f"entry {number} of the journal is earlier than the one before it; they must be in order")
        at_us = entry.at_us
    head = read.header.model_dump()
    header = Header.from_json(head)
    entries = [Entry(entry["at_us"], entry["input"]) for entry in data["entries"]]
    return header, max(read.now_us, at_us), entries


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    place = [part for part in first["loc"] if not (isinstance(part, str) and part[:1].isupper())]
    if place[:1] == ["entries"] and len(place) > 1 and isinstance(place[1], int):
        where = f"entry {place[1] + 1} of the journal"
        rest = ".".join(str(part) for part in place[2:])
    else:
        where, rest = "the journal", ".".join(map(str, place))
    return f"{where} cannot be read: {rest + ': ' if rest else ''}{_what(first)}"


def _what(error: Any) -> str:
    """What is wrong with it, without the names of our classes."""
    if error["type"] in ("model_type", "model_attributes_type", "dict_type"):
        return "it must be an object, as {...}"
    return str(error["msg"]).removeprefix("Value error, ")
