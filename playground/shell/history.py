"""History expansion: ``!!``, ``!$``, ``!3``, ``!-2``, ``!text``, and ``^old^new``."""

import re
from typing import Final

MAX_ENTRIES: Final = 1000

_EVENT: Final = re.compile(
    r"!(?:(!)|(-?[0-9]{1,6})|(\$)|(\*)|(\^)|\?([^?\n]+)\??|([A-Za-z./_][^\s:;&|()<>\"'$*^]*))(:[0-9$^*])?"
)


class EventNotFound(Exception):
    """``str(error)`` is what bash says: ``!x: event not found``."""


def expanded(line: str, history: list[str]) -> str:
    """The line with references to ``history`` (oldest first) replaced; the same where there are none.

    Raises:
        EventNotFound: there is no such line.
    """
    if line.startswith("^"):
        old, _, new = line[1:].partition("^")
        if not history or not old or old not in history[-1]:
            raise EventNotFound(f":s{line}: substitution failed")
        return history[-1].replace(old, new.split("^")[0], 1)
    if "!" not in line:
        return line
    out: list[str] = []
    at = 0
    quote = ""
    while at < len(line):
        character = line[at]
        if character == "\\" and quote != "'":
            out.append(line[at : at + 2])
            at += 2
            continue
        if character in "'\"":
            if not quote:
                quote = character
            elif quote == character:
                quote = ""
        if character == "!" and quote != "'":
            found = _EVENT.match(line, at)
            if found is not None and not (quote and line[at + 1 : at + 2] == '"'):
                out.append(_event(found, history))
                at = found.end()
                continue
        out.append(character)
        at += 1
    return "".join(out)


def _event(found: re.Match[str], history: list[str]) -> str:
    again, number, last, every, first, inside, prefix, word = found.groups()
    line: str | None = None
    if again or last or every or first:
        line = history[-1] if history else None
    elif number:
        index = int(number)
        index = index - 1 if index > 0 else len(history) + index
        line = history[index] if 0 <= index < len(history) else None
    elif inside:
        line = next((entry for entry in reversed(history) if inside in entry), None)
    elif prefix:
        line = next((entry for entry in reversed(history) if entry.startswith(prefix)), None)
    if line is None:
        raise EventNotFound(f"{found.group()}: event not found")
    words = line.split()
    chosen = word[1:] if word else "$" if last else "*" if every else "^" if first else ""
    if not chosen:
        return line
    if chosen == "$":
        return words[-1]
    if chosen == "*":
        return " ".join(words[1:])
    index = 1 if chosen == "^" else int(chosen)
    if index >= len(words):
        raise EventNotFound(f"{found.group()}: bad word specifier")
    return words[index]


def remember(history: list[str], line: str) -> None:
    """Add a line as Ubuntu's bash does: not when it begins with a blank or repeats the last."""
    line = line.replace("\\\n", "").rstrip("\n")
    if line.strip() and not line.startswith(" ") and (not history or history[-1] != line):
        history.append(line)
        del history[:-MAX_ENTRIES]
