"""A lab's inputs in order: with the seed they are the whole lab.

An input happens between two instants: everything due up to and including its
moment has happened, nothing later has. So a replay runs the kernel up to the
moment of each entry and applies it there, and comes to the same bytes.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from playground.labs.share import Share

FORMAT = 1

Input = dict[str, Any]
"""One thing from outside, as ``{"do": "type", "terminal": "manager1", "data": "ls\\r"}``; ``Lab`` lists them all."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a lab starts from. ``wall_us`` is its first instant, in microseconds since 1970."""

    seed: int
    wall_us: int
    nodes: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    lesson: str = ""
    situation: str = ""
    """Of the sandbox: what the lab was made to show, for the words beside it. How it got there is in the journal."""
    backend: str = "emulated"
    manual: bool = False
    learner: str = ""
    """What the site that embeds the lab calls whoever works in it; for statements about their progress."""
    format: int = FORMAT

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Header":
        """Raises ValueError for a format that this version does not know."""
        if data.get("format") != FORMAT:
            raise ValueError(f"journal format {data.get('format')} is not known here; this program reads {FORMAT}")
        return cls(**{**data, "nodes": tuple(data["nodes"]), "images": tuple(data["images"])})


@dataclass(frozen=True, slots=True)
class Entry:
    at_us: int
    input: Input


def learners_part(entries: Sequence[Entry]) -> int:
    """Where in a journal the learner's own inputs begin: what stands before, up to ``begin``, is the set-up."""
    return max((index + 1 for index, entry in enumerate(entries) if entry.input["do"] == "begin"), default=0)


@dataclass(slots=True)
class Record:
    """A stored lab. ``now_us`` is how far it had come when it was last seen."""

    id: str
    token: str
    header: Header
    now_us: int = 0
    entries: list[Entry] = field(default_factory=list)


class Store(Protocol):
    """Where labs are kept. ``append`` returns only when the entry is safe."""

    def create(self, record: Record) -> None: ...

    def append(self, lab_id: str, entry: Entry) -> None: ...

    def mark(self, lab_id: str, now_us: int) -> None:
        """Note how far the lab has come."""

    def load(self, lab_id: str) -> Record | None: ...

    def remove(self, lab_id: str) -> None:
        """Forget a lab, with its shares."""

    def rewrite(self, record: Record) -> None:
        """Let a lab that is there have this journal instead of its own."""

    def count(self) -> int: ...

    def add_share(self, share: "Share") -> None: ...

    def share(self, share_id: str) -> "Share | None": ...

    def count_shares(self, lab_id: str) -> int: ...

    def close(self) -> None: ...


class MemoryStore:
    """Keeps labs for as long as the process lives."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}
        self._shares: dict[str, Share] = {}

    def create(self, record: Record) -> None:
        self._records[record.id] = record

    def append(self, lab_id: str, entry: Entry) -> None:
        self._records[lab_id].entries.append(entry)

    def mark(self, lab_id: str, now_us: int) -> None:
        self._records[lab_id].now_us = now_us

    def load(self, lab_id: str) -> Record | None:
        return self._records.get(lab_id)

    def remove(self, lab_id: str) -> None:
        self._records.pop(lab_id, None)
        self._shares = {key: share for key, share in self._shares.items() if share.lab_id != lab_id}

    def rewrite(self, record: Record) -> None:
        self._records[record.id] = replace(record, entries=list(record.entries))

    def add_share(self, share: "Share") -> None:
        self._shares[share.id] = share

    def share(self, share_id: str) -> "Share | None":
        return self._shares.get(share_id)

    def count_shares(self, lab_id: str) -> int:
        return sum(share.lab_id == lab_id for share in self._shares.values())

    def count(self) -> int:
        return len(self._records)

    def close(self) -> None:
        pass


def encode(entry: Input) -> str:
    return json.dumps(entry, separators=(",", ":"), sort_keys=True)
