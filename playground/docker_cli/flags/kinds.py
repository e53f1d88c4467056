"""What kinds of value a flag may take. A kind parses one occurrence and says how occurrences add up.

Source: spf13/pflag's value types; docker/cli opts/.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.docker_cli.errors import FlagValueError
from playground.docker_cli.flags import numbers


@dataclass(frozen=True, slots=True)
class Kind:
    """``word`` is the placeholder in help texts; ``add(old, text)`` gives the new value.

    ``lone`` is the value that a flag without ``=value`` has (only truth values have one), ``show`` writes a default.
    """

    word: str
    add: Callable[[Any, str], Any]
    zero: Any = None
    lone: str = ""
    show: Callable[[Any], str] = str


def replacing(word: str, parse: Callable[[str], Any], zero: Any, show: Callable[[Any], str] = str) -> Kind:
    """A kind of which the last occurrence counts."""
    return Kind(word, lambda _old, text: parse(text), zero, show=show)


def appending(word: str, parse: Callable[[str], Any] = str) -> Kind:
    """A kind that gathers its occurrences in a list."""
    return Kind(word, lambda old, text: [*old, parse(text)], ())


def _csv_fields(text: str) -> list[str]:
    if not text:
        return []
    return csv_record(text)


def csv_record(text: str) -> list[str]:
    """The fields of one line of comma-separated values.

    Raises:
        FlagValueError: a quote stands where Go's reader does not allow one.
    """
    for column, field_text in enumerate(_raw_fields(text)):
        if not field_text.startswith('"') and '"' in field_text:
            position = sum(len(part) + 1 for part in _raw_fields(text)[:column]) + field_text.index('"') + 1
            raise FlagValueError(f'parse error on line 1, column {position}: bare " in non-quoted field')
    rows = list(csv.reader(io.StringIO(text), strict=False))
    if not rows:
        raise FlagValueError("EOF")
    return rows[0]


def _raw_fields(text: str) -> list[str]:
    """Fields as written, commas inside quotes kept."""
    fields, current, inside = [], "", False
    for character in text:
        if character == '"' and (inside or not current):
            inside = not inside
        if character == "," and not inside:
            fields.append(current)
            current = ""
        else:
            current += character
    return [*fields, current]


def _key_value_map(old: dict[str, str], text: str) -> dict[str, str]:
    key, equals, value = text.partition("=")
    return {**old, key: value if equals else ""}


BOOL = Kind("", lambda _old, text: numbers.parse_bool(text), False, "true", lambda value: "true" if value else "false")
STRING = replacing("string", str, "")
INT = replacing("int", numbers.parse_int, 0)
INT64 = INT
UINT = replacing("uint", numbers.parse_uint, 0)
UINT16 = replacing("uint16", lambda text: numbers.parse_uint(text, 16), 0)
UINT32 = replacing("uint32", lambda text: numbers.parse_uint(text, 32), 0)
OPTIONAL_UINT = replacing("uint", lambda text: numbers.parse_uint(text), None)
FLOAT = replacing("float", numbers.parse_float, None)
DURATION = replacing("duration", numbers.parse_duration, 0, numbers.format_duration)
STRINGS = Kind("strings", lambda old, text: [*old, *_csv_fields(text)], ())
LIST = appending("list")
MAP = Kind("map", _key_value_map, {})


def checked(kind: Kind, check: Callable[[str], str]) -> Kind:
    """``kind`` with every value first put through ``check``, which may replace or refuse it."""
    return Kind(kind.word, lambda old, text: kind.add(old, check(text)), kind.zero, kind.lone, kind.show)
