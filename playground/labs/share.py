"""A lab as others may have it: a link opens a copy of it as it stood, or plays it from its start.

A share is a copy of the journal. It holds neither the lab's id nor its token, and goes when the lab is deleted.
"""

import json
import zlib
from dataclasses import dataclass
from typing import Any, Literal

from playground.labs.errors import LabError
from playground.labs.journal import Entry, Header
from playground.labs.journal_file import from_file, to_file

Kind = Literal["copy", "replay"]
MAX_OF_A_LAB = 20
MAX_BYTES = 2 * 1024 * 1024
"""Of one share, compressed."""


@dataclass(frozen=True, slots=True)
class Share:
    """``lab_id`` is whose it is: with that lab it goes. ``data`` is the compressed journal."""

    id: str
    lab_id: str
    kind: Kind
    data: bytes


def pack(header: Header, now_us: int, entries: list[Entry]) -> bytes:
    """
    Raises:
        LabError: there is more than a link may carry.
    """
    data = zlib.compress(json.dumps(to_file(header, now_us, entries), separators=(",", ":")).encode(), 6)
    if len(data) > MAX_BYTES:
        raise LabError(
            "the journal of this lab is too large for a link: too much was typed or sent into it; "
            "download it with GET /api/labs/ID/journal instead"
        )
    return data


def unpack(data: bytes) -> tuple[Header, int, list[Entry]]:
    read: Any = json.loads(zlib.decompress(data))
    return from_file(read)
