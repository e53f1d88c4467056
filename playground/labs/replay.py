"""A journal read aloud: what happened, what terminals showed, and how the cluster stood at the end."""

import re
from collections.abc import Iterator

from playground.labs.clock import SECOND
from playground.labs.errors import LabError
from playground.labs.journal import Entry, Header, MemoryStore, Record
from playground.labs.lab import Lab
from playground.lessons.model import Lesson

_CODES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)")
KEPT = 256 * 1024


def replayed(header: Header, now_us: int, entries: list[Entry], lesson: Lesson | None = None) -> Lab:
    """The lab that a journal makes.

    Raises:
        LabError: the journal makes no sense.
    """
    if header.lesson and lesson is None:
        raise LabError(f"this journal is of the lesson {header.lesson!r}, which is not here")
    return Lab(Record("replay", "", header, now_us, entries), MemoryStore(), lesson, checked=True)


def told(lab: Lab) -> Iterator[str]:
    """The lab's past and present, line by line."""
    yield "What happened"
    for entry in lab.history.entries:
        yield f"  {_clock(entry['at'])}  {entry['kind']:8}  {entry['text']}"
    for name, scrollback in sorted(lab.scrollbacks.items()):
        yield ""
        yield f"Terminal {name}"
        for line in plain(scrollback.read(0, KEPT)[0]).splitlines():
            yield f"  {line}"
    view = lab.view()
    yield ""
    yield f"At the end, {_clock(lab.now_us)}"
    quorum = view["quorum"]
    if quorum is not None:
        leader = quorum["leader"] or "nobody"
        yield f"  {leader} leads; {quorum['reachable']} of {quorum['managers']} managers hear each other"
    for node in view["nodes"].values():
        words = [node["power"], node["role"], node["state"], node["availability"]]
        yield f"  {node['name']}: {', '.join(word for word in words if word)}"
    for service in view["services"].values():
        yield f"  {service['name']}: {service['running']} of {service['wanted']} run, {service['image']}"


def plain(text: str) -> str:
    """What a terminal was sent, without colours and movements; a line that was written over is its last form."""
    lines = _CODES.sub("", text).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2].rstrip() for line in lines)


def _clock(at_us: int) -> str:
    seconds = at_us // SECOND
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
