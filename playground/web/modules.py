"""Collects the messages of the page's modules, for translators.

Babel's own method for JavaScript does not see a call inside of another's arguments, nor all of those in template
strings; this one finds ``t("...")`` and ``tn("...", "...", n)`` wherever they stand.
"""

import ast
import re
from collections.abc import Iterator
from typing import IO, Any

_STRING = r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_ONE = re.compile(rf"(?<![\w.$])t\(\s*{_STRING}")
_COUNTED = re.compile(rf"(?<![\w.$])tn\(\s*{_STRING}\s*,\s*{_STRING}")
_COMMENT = re.compile(r"^\s*(//|/?\*).*$", re.M)

Found = tuple[int, str, str | tuple[str, str], list[str]]


def extract(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """Babel's extraction method for modules: line, function, message or its two forms, comments."""
    text = _COMMENT.sub("", file.read().decode("utf-8"))
    found: list[tuple[int, Found]] = [
        (match.start(), (_line(text, match.start()), "t", _read(match[1]), [])) for match in _ONE.finditer(text)
    ]
    found += [
        (match.start(), (_line(text, match.start()), "tn", (_read(match[1]), _read(match[2])), []))
        for match in _COUNTED.finditer(text)
    ]
    for _, each in sorted(found, key=lambda one: one[0]):
        yield each


def _read(literal: str) -> str:
    """What a string literal says; the escapes that we use are Python's too."""
    return str(ast.literal_eval(literal))


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
