"""Functions of jq that look at a value, or two, and give one: texts, times, formats, patterns."""

import base64
import binascii
import datetime
import json
import math
import re
import urllib.parse
from collections.abc import Callable
from typing import Any, Final

from playground.shell.parameters import quoted, single_quoted
from playground.shell.patterns import PatternError, Syntax, regular_expression
from playground.shell.tools.jq_times import gmtime, mktime
from playground.shell.tools.jq_values import ORDER_KEY, JqFailed, add, compare, kind, shown, to_text


def length(value: Any) -> Any:
    if value is None:
        return 0
    if isinstance(value, bool):
        raise JqFailed(f"{shown(value)} has no length")
    return abs(value) if isinstance(value, int | float) else len(value)


def _need(value: Any, of: str, sentence: str) -> Any:
    if kind(value) != of:
        raise JqFailed(f"{shown(value)} {sentence}")
    return value


def _to_number(value: Any) -> Any:
    if kind(value) == "number":
        return value
    try:
        number = float(_need(value, "string", "cannot be parsed as a number")[:400])
    except ValueError:
        raise JqFailed(f"Cannot parse {shown(value)} as JSON") from None
    return int(number) if number.is_integer() and abs(number) < 1e17 else number


def keys(value: Any) -> list[Any]:
    if kind(value) == "array":
        return list(range(len(value)))
    return sorted(_need(value, "object", "has no keys"))


def _flatten(value: list[Any], depth: float) -> list[Any]:
    out: list[Any] = []
    for item in value:
        if isinstance(item, list) and depth > 0:
            out += _flatten(item, depth - 1)
        else:
            out.append(item)
    return out


def _add_all(value: Any) -> Any:
    total: Any = None
    for item in value.values() if isinstance(value, dict) else _need(value, "array", "cannot be added over"):
        total = add(total, item)
    return total


def _iso(value: Any) -> str:
    moment = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(seconds=int(value))
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _from_iso(value: Any) -> int:
    try:
        text = _need(value, "string", "is no date")
        moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC)
    except ValueError:
        raise JqFailed(f'date "{value}" does not match format "%Y-%m-%dT%H:%M:%SZ"') from None
    return int(moment.timestamp())


def _from_json(value: Any) -> Any:
    try:
        return json.loads(_need(value, "string", "cannot be parsed as JSON"))
    except (ValueError, RecursionError):
        raise JqFailed(f"{shown(value)} (while parsing '{value[:40]}')") from None


def _extreme(value: Any, largest: bool) -> Any:
    items = _need(value, "array", "is no array")
    if not items:
        return None
    return max(items, key=ORDER_KEY) if largest else min(items, key=ORDER_KEY)


def _unique(value: Any) -> list[Any]:
    out: list[Any] = []
    for item in sorted(_need(value, "array", "cannot be sorted, as it is not an array"), key=ORDER_KEY):
        if not out or compare(out[-1], item):
            out.append(item)
    return out


def _transpose(value: Any) -> list[Any]:
    width = max((len(row) for row in value), default=0)
    return [[row[i] if i < len(row) else None for row in value] for i in range(width)]


SIMPLE: Final[dict[str, Callable[[Any], Any]]] = {
    "length": length,
    "utf8bytelength": lambda v: len(_need(v, "string", "only strings have UTF-8 byte length").encode()),
    "not": lambda v: v is None or v is False,
    "keys": keys,
    "keys_unsorted": lambda v: list(v) if isinstance(v, dict) else keys(v),
    "type": kind,
    "add": _add_all,
    "any": lambda v: any(item not in (None, False) for item in v),
    "all": lambda v: all(item not in (None, False) for item in v),
    "flatten": lambda v: _flatten(_need(v, "array", "cannot be flattened"), math.inf),
    "floor": lambda v: math.floor(_need(v, "number", "number required")),
    "ceil": lambda v: math.ceil(_need(v, "number", "number required")),
    "round": lambda v: math.floor(_need(v, "number", "number required") + 0.5),
    "sqrt": lambda v: math.sqrt(_need(v, "number", "number required")),
    "fabs": lambda v: abs(_need(v, "number", "number required")),
    "tostring": lambda v: v if isinstance(v, str) else to_text(v),
    "tonumber": _to_number,
    "tojson": to_text,
    "fromjson": _from_json,
    "sort": lambda v: sorted(_need(v, "array", "cannot be sorted, as it is not an array"), key=ORDER_KEY),
    "unique": _unique,
    "reverse": lambda v: v[::-1] if v else [],
    "min": lambda v: _extreme(v, False),
    "max": lambda v: _extreme(v, True),
    "ascii_downcase": lambda v: _need(v, "string", "ascii_downcase input must be a string").lower(),
    "ascii_upcase": lambda v: _need(v, "string", "ascii_upcase input must be a string").upper(),
    "explode": lambda v: [ord(c) for c in v],
    "implode": lambda v: "".join(chr(c) for c in v),
    "to_entries": lambda v: [{"key": k, "value": x} for k, x in _need(v, "object", "has no keys").items()],
    "from_entries": lambda v: {
        str(e.get("key", e.get("k", e.get("name", "null")))): e.get("value", e.get("v")) for e in v
    },
    "trim": lambda v: _need(v, "string", "cannot be trimmed").strip(),
    "ltrim": lambda v: _need(v, "string", "cannot be trimmed").lstrip(),
    "rtrim": lambda v: _need(v, "string", "cannot be trimmed").rstrip(),
    "todate": _iso,
    "fromdate": _from_iso,
    "fromdateiso8601": _from_iso,
    "transpose": _transpose,
    "first": lambda v: v[0] if v else None,
    "last": lambda v: v[-1] if v else None,
    "isvalid": lambda v: True,
    "infinite": lambda v: math.inf,
    "nan": lambda v: math.nan,
    "isnan": lambda v: math.isnan(v),
    "isinfinite": lambda v: math.isinf(v),
    "isnormal": lambda v: v != 0 and math.isfinite(v),
    "trunc": lambda v: math.trunc(_need(v, "number", "number required")),
    "exp": lambda v: math.exp(v),
    "exp2": lambda v: 2.0**v,
    "exp10": lambda v: 10.0**v,
    "log": lambda v: math.log(v),
    "log2": lambda v: math.log2(v),
    "log10": lambda v: math.log10(v),
    "gmtime": gmtime,
    "localtime": gmtime,
    "mktime": mktime,
}


def formatted(how: str, value: Any) -> str:
    """``@csv`` and its like."""
    plain = value if isinstance(value, str) else to_text(value)
    match how:
        case "text":
            return plain
        case "json":
            return to_text(value)
        case "csv" | "tsv":
            cells = []
            for cell in _need(value, "array", f"cannot be {how}-formatted, only an array can be"):
                if isinstance(cell, str):
                    if how == "csv":
                        cells.append('"' + cell.replace('"', '""') + '"')
                    else:
                        cells.append(cell.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n"))
                else:
                    cells.append("" if cell is None else to_text(cell))
            return ("," if how == "csv" else "\t").join(cells)
        case "base64":
            return base64.b64encode(plain.encode()).decode()
        case "base64d":
            try:
                return base64.b64decode(plain + "=" * (-len(plain) % 4)).decode("utf-8", "replace")
            except binascii.Error:
                raise JqFailed(f"{shown(value)} is not valid base64 data") from None
        case "uri":
            return urllib.parse.quote(plain, safe="")
        case "html":
            return re.sub(
                "[<>&'\"]", lambda f: f"&#{ord(f.group())};" if f.group() in "'\"" else _HTML[f.group()], plain
            )
        case "sh":
            items = value if isinstance(value, list) else [value]
            return " ".join(single_quoted(i) if isinstance(i, str) else quoted(to_text(i)) for i in items)
        case _:
            raise JqFailed(f"{how} is not a valid format")


_HTML: Final = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def matches(text: Any, pattern: Any, flags: Any) -> list[dict[str, Any]]:
    """All (with ``g``) or the first of the matches of a regular expression."""
    if not isinstance(text, str) or not isinstance(pattern, str):
        raise JqFailed(
            f"{shown(text if isinstance(pattern, str) else pattern)} cannot be matched, as it is not a string"
        )
    names = re.findall(r"\(\?<([A-Za-z_]\w*)>", pattern)
    plain = re.sub(r"\(\?<[A-Za-z_]\w*>", "(", pattern)
    try:
        automaton = regular_expression(plain, Syntax(True, "i" in (flags or ""), True, True))
    except PatternError as error:
        raise JqFailed(f"{pattern} (at offset 0) is not a valid regex: {error}") from None
    found: list[dict[str, Any]] = []
    at = 0
    while at <= len(text) and len(found) < 10_000:
        registers = automaton.search(text, at)
        if registers is None or registers[0] is None or registers[1] is None:
            break
        captures = []
        for number, (start, end) in enumerate(zip(registers[2::2], registers[3::2], strict=True)):
            here = None if start is None or end is None else text[start:end]
            name = names[number] if number < len(names) else None
            size = 0 if here is None else len(here)
            captures.append({"offset": -1 if start is None else start, "length": size, "string": here, "name": name})
        start, end = registers[0], registers[1]
        found.append({"offset": start, "length": end - start, "string": text[start:end], "captures": captures})
        if "g" not in (flags or ""):
            break
        at = end + (start == end)
    return found


def contains(a: Any, b: Any) -> bool:
    """Whether all of ``b`` is somewhere in ``a``; texts count by their pieces.

    Raises:
        JqFailed: they are of different kinds.
    """
    if isinstance(a, dict) and isinstance(b, dict):
        return all(key in a and contains(a[key], inner) for key, inner in b.items())
    if isinstance(a, list) and isinstance(b, list):
        return all(any(contains(x, y) for x in a) for y in b)
    if isinstance(a, str) and isinstance(b, str):
        return b in a
    if kind(a) == kind(b):
        return compare(a, b) == 0
    raise JqFailed(f"{shown(a)} and {shown(b)} cannot have their containment checked")


def affix(name: str, value: Any, other: Any) -> Any:
    """``startswith``, ``endswith``, ``ltrimstr`` or ``rtrimstr``."""
    if not isinstance(value, str) or not isinstance(other, str):
        if name.endswith("trimstr"):
            return value
        raise JqFailed(f"{name}() requires string inputs")
    match name:
        case "startswith":
            return value.startswith(other)
        case "endswith":
            return value.endswith(other)
        case "ltrimstr":
            return value.removeprefix(other)
        case _:
            return value.removesuffix(other)


def positions(name: str, value: Any, other: Any) -> Any:
    """``indices``, ``index`` or ``rindex`` of a text in a text, or of an item in an array."""
    if value is None:
        return None
    found: list[int] = []
    if isinstance(value, str):
        at = value.find(other) if other else -1
        while at >= 0:
            found.append(at)
            at = value.find(other, at + 1)
    else:
        found = [i for i, item in enumerate(value) if compare(item, other) == 0]
    if name == "indices":
        return found
    return None if not found else found[0 if name == "index" else -1]
