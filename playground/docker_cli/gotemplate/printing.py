"""``printf`` and its kin, as Go's fmt package does them."""

import re
from typing import Any

from playground.docker_cli.flags.numbers import quoted
from playground.docker_cli.gotemplate.values import (
    Any_,
    Value,
    content,
    has_string,
    items,
    kind,
    octets,
    pointed,
    shown,
    type_name,
)

_VERB = re.compile(r"%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d*))?(.)?", re.S)


def sprint(values: list[Any_]) -> str:
    """Spaces go between operands of which neither is a string."""
    out, before = "", True
    for position, value in enumerate(values):
        is_string = kind(value) == "string"
        if position and not is_string and not before:
            out += " "
        out += _shown(value)
        before = is_string
    return out


def sprintln(values: list[Any_]) -> str:
    return " ".join(_shown(value) for value in values) + "\n"


def sprintf(form: str, values: list[Any_]) -> str:
    out, at, used = "", 0, 0
    while True:
        percent = form.find("%", at)
        if percent < 0:
            out += form[at:]
            break
        out += form[at:percent]
        match = _VERB.match(form, percent)
        assert match is not None
        at = match.end()
        flags, width, precision, verb = match.groups()
        if width == "*":
            width, used = str(content(values[used])) if used < len(values) else "", used + 1
        if precision == "*":
            precision, used = str(content(values[used])) if used < len(values) else "", used + 1
        if verb is None:
            out += "%!(NOVERB)"
        elif verb == "%":
            out += "%"
        elif used >= len(values):
            out += f"%!{verb}(MISSING)"
        else:
            out += _padded(_formatted(verb, flags, precision, values[used]), flags, width, verb)
            used += 1
    if used < len(values):
        extra = ", ".join(f"{type_name(value)}={_shown(value)}" for value in values[used:])
        out += f"%!(EXTRA {extra})"
    return out


def _shown(value: Any_, named: bool = False) -> str:
    return shown(value, isinstance(value, Value) and value.data is not None, named)


def _padded(text: str, flags: str, width: str | None, verb: str) -> str:
    if not width:
        return text
    if "-" in flags or width.startswith("-"):
        return text.ljust(abs(int(width)))
    if "0" in flags and verb in "dfeEgGxXobsvq":
        sign = text[:1] if text[:1] in ("-", "+") else ""
        return sign + text[len(sign) :].rjust(int(width) - len(sign), "0")
    return text.rjust(int(width))


def _formatted(verb: str, flags: str, precision: str | None, value: Any_) -> str:
    if verb == "T":
        return type_name(value)
    target = pointed(value)
    what, data = kind(target), content(target)
    if verb == "v":
        return quoted(str(data)) if "#" in flags and what == "string" else _shown(value, "+" in flags)
    if isinstance(target, Value) and target.type.kind == "bytes" and verb in "sqxX":
        return _scalar(verb, flags, precision, "string", octets(data).decode("utf-8", "replace"), target) or ""
    if what == "slice" and isinstance(target, Value) and target.type.kind == "slice":
        return "[" + " ".join(_formatted(verb, flags, precision, item) for item in items(target)) + "]"
    text = _scalar(verb, flags, precision, what, data, target)
    if text is None:
        return f"%!{verb}({type_name(target)}={_shown(target)})" if what != "invalid" else f"%!{verb}(<nil>)"
    return text


def _signed(text: str, flags: str, what: str) -> str:
    return "+" + text if "+" in flags and what in ("int", "float") and not text.startswith("-") else text


def _scalar(verb: str, flags: str, precision: str | None, what: str, data: Any, target: Any_) -> str | None:
    if isinstance(target, Value) and verb in "sq" and has_string(target):
        text = shown(target)
        return quoted(text) if verb == "q" else text
    if what == "string":
        cut = str(data) if precision is None else str(data)[: int(precision or 0)]
        encoded = cut.encode()
        return {"s": cut, "q": quoted(cut), "x": encoded.hex(), "X": encoded.hex().upper()}.get(verb)
    if what == "bool":
        return _shown(target) if verb == "t" else None
    if what == "int":
        return _integer(verb, flags, int(data))
    if what == "float" and verb in "feEgG":
        digits = 6 if precision is None else int(precision or 0)
        return _signed(_shown(target) if verb in "gG" and precision is None else f"{data:.{digits}{verb}}", flags, what)
    return None


def _integer(verb: str, flags: str, number: int) -> str | None:
    match verb:
        case "d":
            return _signed(str(number), flags, "int")
        case "x" | "X" | "o" | "b":
            prefix = {"x": "0x", "X": "0X", "o": "0", "b": "0b"}[verb] if "#" in flags else ""
            return ("-" if number < 0 else "") + prefix + format(abs(number), verb)
        case "c":
            return chr(number)
        case "q":
            return f"'{chr(number)}'"
        case "U":
            return f"U+{number:04X}"
    return None
