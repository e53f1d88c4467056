"""What ``${name#...}`` and its like make of a value: trimmed, replaced, in other letters, quoted."""

from typing import Final, Protocol

from playground.shell.ast import Parameter, Word
from playground.shell.globs import glob

MAX_RESULT: Final = 1024 * 1024


class PatternExpander(Protocol):
    async def pattern(self, word: Word) -> str: ...

    async def text(self, word: Word) -> str: ...


def escaped_pattern(text: str) -> str:
    """``text`` as a pattern that only it is like."""
    return "".join("\\" + c if c in "*?[]\\(|)" else c for c in text)


async def transform(part: Parameter, value: str, expander: PatternExpander) -> str:
    """Apply the operators ``# ## % %% / // /# /% ^ ^^ , ,, @``."""
    operator = part.operator
    pattern = "" if part.argument is None else await expander.pattern(part.argument)
    match operator:
        case "#" | "##":
            ends = glob(pattern).prefixes(value)
            return value[ends[0 if operator == "#" else -1] :] if ends else value
        case "%" | "%%":
            lengths = glob(pattern).suffixes(value)
            return value[: len(value) - lengths[0 if operator == "%" else -1]] if lengths else value
        case "/" | "//" | "/#" | "/%":
            replacement = "" if part.second is None else await expander.text(part.second)
            return _replaced(operator, value, pattern, replacement)
        case "^":
            return value[:1].upper() + value[1:]
        case "^^":
            return value.upper()
        case ",":
            return value[:1].lower() + value[1:]
        case ",,":
            return value.lower()
        case "@":
            return {"U": value.upper(), "L": value.lower(), "u": value[:1].upper() + value[1:]}.get(
                pattern, always_quoted(value) if pattern == "Q" else value
            )
        case _:
            return value


def _replaced(operator: str, value: str, pattern: str, replacement: str) -> str:
    if not pattern:
        return {"/#": replacement + value, "/%": value + replacement}.get(operator, value)
    like = glob(pattern)
    if operator == "/#":
        ends = like.prefixes(value)
        return replacement + value[ends[-1] :] if ends else value
    if operator == "/%":
        lengths = like.suffixes(value)
        return value[: len(value) - lengths[-1]] + replacement if lengths else value
    out: list[str] = []
    at = size = 0
    while (found := like.search(value, at)) is not None:
        start, end = found
        if start == end:
            break
        out += (value[at:start], replacement)
        size += len(out[-2]) + len(replacement)
        at = end
        if operator == "/" or size > MAX_RESULT:
            break
    return "".join(out) + value[at:]


def _has_control(text: str) -> bool:
    return any(ord(c) < 32 or ord(c) == 127 for c in text)


def _ansi_quoted(text: str) -> str:
    """``text`` as ``$'...'``."""
    named = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\a": "\\a", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
    named |= {"\x1b": "\\E", "'": "\\'", "\\": "\\\\"}
    body = "".join(named.get(c, c if 32 <= ord(c) != 127 else f"\\{ord(c):03o}") for c in text)
    return f"$'{body}'"


def backslashed(text: str) -> str:
    """``text`` as a word of the shell that means it, as ``printf %q`` writes it: with backslashes where it needs them.

    Source: bash ``lib/sh/shquote.c``, ``sh_backslash_quote``.
    """
    if not text:
        return "''"
    if _has_control(text):
        return _ansi_quoted(text)
    out: list[str] = []
    for index, c in enumerate(text):
        starts_home = c == "~" and (index == 0 or text[index - 1] in ":=")
        if c in " '\"\\|&;()<>!{}*[]?^$`," or starts_home or (c == "#" and index == 0):
            out.append("\\")
        out.append(c)
    return "".join(out)


def single_quoted(text: str) -> str:
    """``text`` in single quotes, whatever is in it."""
    return "'" + text.replace("'", "'\\''") + "'"


def always_quoted(text: str) -> str:
    """``text`` in quotes, as ``${x@Q}`` gives it."""
    return _ansi_quoted(text) if _has_control(text) else single_quoted(text)


def quoted(text: str) -> str:
    """``text`` as a word of the shell that means it: in quotes where it needs them."""
    if text and all(c.isalnum() or c in "_-./:@%+=," for c in text):
        return text
    return always_quoted(text)
