"""What of a journal is the learner's last command, and what the journal is without it.

An act is what a learner did: a line sent with Enter, a command run by a block or by REST, a fault, a step of the lesson
skipped, a change through a node's Engine API. Looking, opening terminals and half a line are none. The set-up, all
up to ``begin``, is nobody's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playground.labs.journal import Entry, Input, learners_part

_KEYS = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O.|.)")
_READS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Undone:
    """A journal without its last act. ``now_us`` is the moment at which the lab stands then."""

    entries: list[Entry]
    now_us: int
    removed: list[Entry]


def is_act(what: Input) -> bool:
    """Whether a learner would call it something done."""
    match what:
        case {"do": "exec" | "fault" | "lesson"}:
            return True
        case {"do": "type", "data": str(data)}:
            return "\r" in data or "\n" in data
        case {"do": "engine", "method": str(method)}:
            return method not in _READS
    return False


def without_last(entries: Sequence[Entry]) -> Undone | None:
    """The journal as if the last act had not been done; None when there is none.

    Time goes back to where that act began: to its first key.
    """
    first = learners_part(entries)
    acts = [index for index in range(first, len(entries)) if is_act(entries[index].input)]
    if not acts:
        return None
    removed = _belongs_to(entries, acts[-1], first)
    now_us = entries[removed[0]].at_us
    gone = set(removed)
    now_us = max([now_us, *(entries[index].at_us for index in acts if index not in gone)])
    kept = [
        Entry(min(entry.at_us, now_us), entry.input)
        for index, entry in enumerate(entries)
        if index not in gone and (entry.at_us <= now_us or entry.input["do"] in ("open", "resize"))
    ]
    return Undone(kept, now_us, [entries[index] for index in removed])


def _belongs_to(entries: Sequence[Entry], act: int, first: int) -> list[int]:
    """The entries of an act: the whole line with what was typed after it; a call with its streams."""
    what = entries[act].input
    if what["do"] == "type":
        terminal = what["terminal"]
        typed = [
            index
            for index in range(first, len(entries))
            if entries[index].input["do"] == "type" and entries[index].input["terminal"] == terminal
        ]
        before = [index for index in typed if index < act and is_act(entries[index].input)]
        return [index for index in typed if not before or index > before[-1]]
    if what["do"] == "engine":
        call = what["call"]
        return [act, *(index for index in range(act + 1, len(entries)) if entries[index].input.get("call") == call)]
    return [act]


def says(removed: Sequence[Entry], timeline: Sequence[dict[str, Any]]) -> str:
    """What was done, in words; ``timeline`` may know the commands that came of it."""
    what = removed[0].input
    match what:
        case {"do": "exec", "node": node, "command": command}:
            return f"`{_short(command)}` on {node}"
        case {"do": "engine", "method": method, "path": path, "node": node}:
            return f"{method} {path} at {node}'s engine"
        case {"do": "lesson"}:
            return "a choice in the lesson"
        case {"do": "type", "terminal": terminal}:
            since_us = removed[0].at_us
            ran = [
                entry["text"]
                for entry in timeline
                if entry["kind"] == "command" and entry.get("node") == terminal and entry["at"] >= since_us
            ]
            line = typed_line("".join(entry.input["data"] for entry in removed))
            line = _short(ran[0] if ran else line)
            return f"`{line}` on {terminal}" if line else f"what was typed on {terminal}"
        case {"do": "fault", "fault": fault}:
            at_us = removed[0].at_us
            words = [entry["text"] for entry in timeline if entry["kind"] == "fault" and entry["at"] == at_us]
            return words[-1] if words else ", ".join(f"{key} {value}" for key, value in fault.items())
    return "the last input"


def typed_line(data: str) -> str:
    """The first line that was sent with the keys in ``data``, without keys that leave no mark."""
    line = ""
    for key in _KEYS.sub("", data):
        if key in "\r\n":
            if line.strip():
                break
            line = ""
        elif key in "\x7f\b":
            line = line[:-1]
        elif key == "\x15":
            line = ""
        elif key.isprintable():
            line += key
    return line.strip()


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 120 else line[:119] + "…"
