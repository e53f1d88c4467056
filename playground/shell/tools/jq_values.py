"""The values of jq: their kinds, their order, how they are printed and what operators make of them."""

import json
import math
from functools import cmp_to_key
from typing import Any, Final

MAX_ITEMS: Final = 100_000


class JqFailed(Exception):
    """An error value, that ``try`` can catch: ``value`` is what was raised."""

    def __init__(self, value: Any) -> None:
        super().__init__(value if isinstance(value, str) else to_text(value))
        self.value = value


def kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return {int: "number", float: "number", str: "string", list: "array"}.get(type(value), "object")


def to_text(value: Any, indent: int | str | None = None, sort: bool = False, colour: bool = False) -> str:
    """A value as JSON, as jq prints it."""
    if colour:
        return _coloured(value, indent, sort, 0)
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(_plain(value), ensure_ascii=False, separators=separators, indent=indent, sort_keys=sort)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        if math.isnan(value):
            return None
        if math.isinf(value):
            return 1.7976931348623157e308 * (1 if value > 0 else -1)
        return int(value) if value.is_integer() and abs(value) < 1e17 else value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _coloured(value: Any, indent: int | str | None, sort: bool, level: int) -> str:
    shades = {"null": "1;30", "boolean": "0;39", "number": "0;39", "string": "0;32"}
    of = kind(value)
    if of in shades:
        return f"\x1b[{shades[of]}m{to_text(value)}\x1b[0m"
    unit = indent if isinstance(indent, str) else " " * (indent or 0)
    opening, closing = "[]" if of == "array" else "{}"
    if not value:
        return f"\x1b[1;39m{opening}{closing}\x1b[0m"
    newline = "" if indent is None else "\n" + unit * (level + 1)
    end = "" if indent is None else "\n" + unit * level
    pieces: list[str] = []
    if of == "array":
        pieces = [_coloured(item, indent, sort, level + 1) for item in value]
    else:
        for key in sorted(value) if sort else value:
            gap = "" if indent is None else " "
            name = f"\x1b[34;1m{to_text(key)}\x1b[0m\x1b[1;39m:\x1b[0m{gap}"
            pieces.append(name + _coloured(value[key], indent, sort, level + 1))
    joint = f"\x1b[1;39m,{newline}\x1b[0m" if indent is None else f"\x1b[1;39m,\x1b[0m{newline}"
    return f"\x1b[1;39m{opening}\x1b[0m{newline}{joint.join(pieces)}{end}\x1b[1;39m{closing}\x1b[0m"


_ORDER: Final = {"null": 0, "boolean": 1, "number": 3, "string": 4, "array": 5, "object": 6}


def compare(a: Any, b: Any) -> int:
    """jq's order of all values: null, false, true, numbers, strings, arrays, objects."""
    of_a, of_b = kind(a), kind(b)
    if of_a != of_b:
        return -1 if _ORDER[of_a] < _ORDER[of_b] else 1
    if of_a == "array":
        for x, y in zip(a, b, strict=False):
            if (result := compare(x, y)) != 0:
                return result
        return (len(a) > len(b)) - (len(a) < len(b))
    if of_a == "object":
        keys_a, keys_b = sorted(a), sorted(b)
        if keys_a != keys_b:
            return -1 if keys_a < keys_b else 1
        return next((r for key in keys_a if (r := compare(a[key], b[key])) != 0), 0)
    if of_a == "null":
        return 0
    return int(a > b) - int(a < b)


ORDER_KEY: Final = cmp_to_key(compare)


def shown(value: Any) -> str:
    """A value in an error message: its kind, and itself where it is short."""
    text = to_text(value)
    return f"{kind(value)} ({text if len(text) <= 11 else text[:10] + '...'})"


def add(a: Any, b: Any) -> Any:
    if a is None:
        return b
    if b is None:
        return a
    of_a, of_b = kind(a), kind(b)
    if of_a == of_b == "object":
        return {**a, **b}
    if of_a == of_b and of_a in ("number", "string", "array"):
        if of_a != "number" and len(a) + len(b) > 1024 * 1024:
            raise JqFailed("value too large")
        return a + b
    raise JqFailed(f"{shown(a)} and {shown(b)} cannot be added")


def subtract(a: Any, b: Any) -> Any:
    if kind(a) == kind(b) == "number":
        return a - b
    if kind(a) == kind(b) == "array":
        return [item for item in a if all(compare(item, other) for other in b)]
    raise JqFailed(f"{shown(a)} and {shown(b)} cannot be subtracted")


def multiply(a: Any, b: Any) -> Any:
    if kind(a) == kind(b) == "number":
        return a * b
    if kind(a) == "string" and kind(b) == "number":
        if len(a) * b > 1024 * 1024:
            raise JqFailed("value too large")
        return a * max(1, int(b)) if b > 0 else None
    if kind(a) == kind(b) == "object":
        merged = dict(a)
        for key, value in b.items():
            both = isinstance(merged.get(key), dict) and isinstance(value, dict)
            merged[key] = multiply(merged[key], value) if both else value
        return merged
    raise JqFailed(f"{shown(a)} and {shown(b)} cannot be multiplied")


def divide(a: Any, b: Any) -> Any:
    if kind(a) == kind(b) == "string":
        return a.split(b) if b else list(a)
    if kind(a) != "number" or kind(b) != "number":
        raise JqFailed(f"{shown(a)} and {shown(b)} cannot be divided")
    if b == 0:
        raise JqFailed(f"{shown(a)} and {shown(b)} cannot be divided because the divisor is zero")
    result = a / b
    return int(result) if float(result).is_integer() and abs(result) < 1e17 else result


def modulo(a: Any, b: Any) -> Any:
    if kind(a) != "number" or kind(b) != "number":
        raise JqFailed(f"{shown(a)} and {shown(b)} cannot be divided")
    if int(b) == 0:
        raise JqFailed(f"{shown(a)} and {shown(b)} cannot be divided (remainder) because the divisor is zero")
    return int(math.fmod(int(a), int(b)))
