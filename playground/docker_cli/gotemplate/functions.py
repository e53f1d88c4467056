"""The functions a template may call: Go's own and Docker's.

Source: Go text/template/funcs.go; docker/cli templates/templates.go.
"""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from playground.docker_cli.gotemplate import printing
from playground.docker_cli.gotemplate.values import (
    NO_VALUE,
    Any_,
    Row,
    Value,
    content,
    encodable,
    items,
    kind,
    octets,
    pointed,
    reflect,
    shown,
    truth,
    type_name,
    unwrapped,
)
from playground.docker_cli.wire.encoding import go_json
from playground.docker_cli.wire.shapes import type_named, zero


class CallFailed(Exception):
    """A function refused its arguments; ``str(error)`` is its reason."""


@dataclass(frozen=True, slots=True)
class Function:
    """``parameters`` are Go types; the last may repeat when ``variadic``. ``any`` takes whatever comes."""

    call: Callable[..., Any]
    parameters: tuple[str, ...]
    variadic: bool = False


def _plain(value: Any_) -> Any:
    return content(pointed(value))


def _length(value: Any_) -> int:
    target = pointed(value)
    if kind(target) in ("slice", "map", "string") and isinstance(target, Value):
        data = octets(content(target) or "") if target.type.kind == "bytes" else content(target) or ()
        return len(data.encode()) if isinstance(data, str) else len(data)
    if kind(target) == "invalid" or (isinstance(target, Value) and target.type.kind in ("any", "pointer")):
        raise CallFailed("len of nil pointer" if kind(target) == "pointer" else "len of untyped nil")
    raise CallFailed(f"len of type {type_name(target).lstrip('*')}")


def _index(value: Any_, *path: Any_) -> Any_:
    for step in path:
        value = _indexed(pointed(value), unwrapped(step))
    return value


def _indexed(target: Any_, step: Any_) -> Any_:
    if isinstance(target, Row):
        raise CallFailed(f"can't index item of type {target.type_name.lstrip('*')}")
    if not isinstance(target, Value) or target.type.kind in ("any", "pointer"):
        raise CallFailed("index of nil pointer" if kind(target) == "pointer" else "index of untyped nil")
    if target.type.kind == "map":
        if kind(step) != "string":
            raise CallFailed(f"value has type {type_name(step)}; should be {target.type.key}")
        element = type_named(target.type.element)
        data = target.data or {}
        return Value(element, data[content(step)]) if content(step) in data else Value(element, zero(element))
    if kind(target) in ("slice", "string"):
        if kind(step) != "int":
            raise CallFailed(f"cannot index slice/array with type {type_name(step)}")
        position = int(content(step))
        if kind(target) == "string":
            data = str(content(target)).encode()
            if not 0 <= position < len(data):
                raise _out_of_range(position, len(data), "string")
            return Value(type_named("uint8"), data[position])
        elements = items(target)
        if not 0 <= position < len(elements):
            raise _out_of_range(position, len(elements), "slice")
        return elements[position]
    raise CallFailed(f"can't index item of type {type_name(target)}")


def _out_of_range(position: int, length: int, what: str) -> CallFailed:
    """The template's own check lets the first position after the end through; then reflection refuses."""
    if position == length:
        return CallFailed(f"reflect: {what} index out of range")
    return CallFailed(f"index out of range: {position}")


def _slice(value: Any_, *bounds: Any_) -> Any_:
    target = pointed(value)
    if not isinstance(target, Value) or kind(target) not in ("slice", "string"):
        raise CallFailed(f"can't slice item of type {type_name(target)}")
    if len(bounds) > 3:
        raise CallFailed(f"too many slice indexes: {len(bounds)}")
    data = content(target) or ("" if kind(target) == "string" else [])
    numbers = [int(content(unwrapped(bound))) for bound in bounds]
    start = numbers[0] if numbers else 0
    end = numbers[1] if len(numbers) > 1 else len(data)
    for number in (start, end):
        if not 0 <= number <= len(data):
            raise CallFailed(f"index out of range: {number}")
    if start > end:
        raise CallFailed(f"invalid slice index: {start} > {end}")
    return Value(target.type, data[start:end])


def _comparable(value: Any_) -> tuple[str, Any]:
    target = unwrapped(value)
    what = kind(target)
    return what, content(target) if isinstance(target, Value) else None


def _equal(first: Any_, *others: Any_) -> bool:
    if not others:
        raise CallFailed("missing argument for comparison")
    what, data = _comparable(first)
    if what in ("slice", "map"):
        raise CallFailed(f"non-comparable type {shown(first)}: {type_name(first)}")
    for other in others:
        other_what, other_data = _comparable(other)
        if what != other_what:
            if "invalid" in (what, other_what) or "any" in (what, other_what):
                continue
            raise CallFailed("incompatible types for comparison")
        if data == other_data:
            return True
    return False


def _less(first: Any_, second: Any_) -> bool:
    what, data = _comparable(first)
    other_what, other_data = _comparable(second)
    for each in (what, other_what):
        if each not in ("int", "float", "string", "bool"):
            raise CallFailed("invalid type for comparison")
    if what != other_what:
        raise CallFailed("incompatible types for comparison")
    if what == "bool":
        raise CallFailed("invalid type for comparison")
    return bool(data < other_data)


def _less_or_equal(first: Any_, second: Any_) -> bool:
    return _less(first, second) or _equal(first, second)


def _texts(values: tuple[Any_, ...]) -> str:
    if len(values) == 1 and kind(unwrapped(values[0])) == "string":
        return str(_plain(values[0]))
    return printing.sprint(list(values))


def _js(*values: Any_) -> str:
    special = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}
    return "".join(
        special.get(character) or (character if character >= " " else f"\\u{ord(character):04X}")
        for character in _texts(values)
    )


def _html(*values: Any_) -> str:
    return html.escape(_texts(values)).replace("&quot;", "&#34;").replace("&#x27;", "&#39;").replace("\0", "\ufffd")


def _json(value: Any_) -> str:
    if isinstance(value, Row):
        return go_json(encodable(value))
    return go_json(encodable(value), escape_html=False).strip()


def _title(text: str) -> str:
    out, before = "", " "
    for character in text:
        starts = not (before.isalnum() or before in "_'") and not before.isalnum()
        out += character.upper() if starts and before != "_" and before != "'" else character
        before = character
    return out


def _split(text: str, separator: str) -> list[str]:
    return list(text) if not separator else text.split(separator)


def _join(value: Any_, separator: str) -> str:
    return (
        separator.join(str(_plain(item)) for item in items(value) if isinstance(item, Value))
        if isinstance(value, Value)
        else ""
    )


def _pad(text: str, before: int, after: int) -> str:
    return " " * before + text + " " * after if text else text


def _truncate(text: str, length: int) -> str:
    data = text.encode()
    return text if len(data) < length else data[:length].decode("utf-8", "replace")


FUNCTIONS: Mapping[str, Function] = {
    "and": Function(lambda *_: None, ("any",), True),
    "or": Function(lambda *_: None, ("any",), True),
    "call": Function(lambda *_: None, ("any", "any"), True),
    "eq": Function(_equal, ("any",), True),
    "ge": Function(lambda first, second: not _less(first, second), ("any", "any")),
    "gt": Function(lambda first, second: not _less_or_equal(first, second), ("any", "any")),
    "html": Function(_html, ("any",), True),
    "index": Function(_index, ("any",), True),
    "js": Function(_js, ("any",), True),
    "le": Function(_less_or_equal, ("any", "any")),
    "len": Function(_length, ("any",)),
    "lt": Function(_less, ("any", "any")),
    "ne": Function(lambda first, second: not _equal(first, second), ("any", "any")),
    "not": Function(lambda value: not truth(value), ("any",)),
    "print": Function(lambda *values: printing.sprint(list(values)), ("any",), True),
    "printf": Function(lambda form, *values: printing.sprintf(form, list(values)), ("string", "any"), True),
    "println": Function(lambda *values: printing.sprintln(list(values)), ("any",), True),
    "slice": Function(_slice, ("any",), True),
    "urlquery": Function(lambda *values: quote_plus(_texts(values)), ("any",), True),
    "json": Function(_json, ("any",)),
    "split": Function(_split, ("string", "string")),
    "join": Function(_join, ("[]string", "string")),
    "title": Function(_title, ("string",)),
    "lower": Function(str.lower, ("string",)),
    "upper": Function(str.upper, ("string",)),
    "pad": Function(_pad, ("string", "int", "int")),
    "truncate": Function(_truncate, ("string", "int")),
}

HEADER_FUNCTIONS: Mapping[str, Function] = {
    **FUNCTIONS,
    "json": Function(str, ("string",)),
    "split": Function(lambda text, _separator: text, ("string", "string")),
    "join": Function(lambda text, _separator: text, ("string", "string")),
    "title": Function(str, ("string",)),
    "lower": Function(str, ("string",)),
    "upper": Function(str, ("string",)),
    "truncate": Function(lambda text, _length: text, ("string", "int")),
}
"""For the header of a table, whose titles stay as they are."""


def result(value: Any) -> Any_:
    """What a function gave, as a value."""
    return NO_VALUE if value is NO_VALUE else reflect(value)
