"""Numbers, truth values and durations as Go reads them from text, with Go's words for what is wrong.

Source: Go's strconv and time packages.
"""

import re
from fractions import Fraction

from playground.docker_cli.errors import FlagValueError

_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_FALSE = ("0", "f", "F", "FALSE", "false", "False")

NANOSECOND = 1
MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

_UNITS = {
    "ns": NANOSECOND,
    "us": MICROSECOND,
    "µs": MICROSECOND,
    "μs": MICROSECOND,
    "ms": MILLISECOND,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
}
_MAX_DURATION = (1 << 63) - 1
_TERM = re.compile(r"(\d*)(\.\d*)?([^\d.]*)")


def quoted(text: str) -> str:
    """The text as Go's ``%q`` writes it."""
    out = ['"']
    for character in text:
        code = ord(character)
        if character in '"\\':
            out.append("\\" + character)
        elif character in _ESCAPES:
            out.append(_ESCAPES[character])
        elif code < 0x20 or code == 0x7F:
            out.append(f"\\x{code:02x}")
        elif not character.isprintable() and character != " ":
            out.append(f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
        else:
            out.append(character)
    return "".join(out) + '"'


_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}


def parse_bool(text: str) -> bool:
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise FlagValueError(f"strconv.ParseBool: parsing {quoted(text)}: invalid syntax")


def parse_int(text: str, bits: int = 64, base: int = 0) -> int:
    """A signed integer; base 0 knows ``0x``, ``0o``, ``0b`` and a leading ``0``."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    value = _magnitude("ParseInt", text, digits, base)
    limit = 1 << (bits - 1)
    if value > (limit if text.startswith("-") else limit - 1):
        raise FlagValueError(f"strconv.ParseInt: parsing {quoted(text)}: value out of range")
    return -value if text.startswith("-") else value


def parse_uint(text: str, bits: int = 64, base: int = 0) -> int:
    value = _magnitude("ParseUint", text, text, base)
    if value >= 1 << bits:
        raise FlagValueError(f"strconv.ParseUint: parsing {quoted(text)}: value out of range")
    return value


def parse_float(text: str) -> float:
    try:
        if "_" in text or text != text.strip():
            raise ValueError
        return float(text)
    except ValueError:
        raise FlagValueError(f"strconv.ParseFloat: parsing {quoted(text)}: invalid syntax") from None


def parse_duration(text: str) -> int:
    """Nanoseconds of a text like ``1h15m30.918s``."""
    rest = text
    sign = 1
    if rest[:1] in ("+", "-"):
        sign = -1 if rest[0] == "-" else 1
        rest = rest[1:]
    if rest == "0":
        return 0
    if not rest:
        raise FlagValueError(f"time: invalid duration {quoted(text)}")
    total = Fraction(0)
    while rest:
        match = _TERM.match(rest)
        whole, fraction, unit = match.groups() if match else ("", None, "")
        if not whole and fraction in (None, "."):
            raise FlagValueError(f"time: invalid duration {quoted(text)}")
        if not unit:
            raise FlagValueError(f"time: missing unit in duration {quoted(text)}")
        if unit not in _UNITS:
            raise FlagValueError(f"time: unknown unit {quoted(unit)} in duration {quoted(text)}")
        total += Fraction(whole + (fraction or "") if (fraction or "") != "." else whole) * _UNITS[unit]
        rest = rest[match.end() :] if match else ""
    if total > _MAX_DURATION:
        raise FlagValueError(f"time: invalid duration {quoted(text)}")
    return sign * int(total)


def format_duration(nanoseconds: int) -> str:
    """A duration as Go prints it: ``1h0m0s``, ``1.5s``, ``300ms``, ``0s``."""
    if nanoseconds == 0:
        return "0s"
    sign, rest = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    if rest < MICROSECOND:
        return f"{sign}{rest}ns"
    if rest < MILLISECOND:
        return f"{sign}{_decimal(rest, MICROSECOND)}µs"
    if rest < SECOND:
        return f"{sign}{_decimal(rest, MILLISECOND)}ms"
    seconds = f"{_decimal(rest % MINUTE, SECOND)}s"
    minutes = rest // MINUTE
    if not minutes:
        return sign + seconds
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}h{minutes}m{seconds}" if hours else f"{sign}{minutes}m{seconds}"


def _decimal(value: int, unit: int) -> str:
    whole, rest = divmod(value, unit)
    if not rest:
        return str(whole)
    return f"{whole}." + f"{rest:0{len(str(unit)) - 1}d}".rstrip("0")


def _magnitude(function: str, text: str, digits: str, base: int) -> int:
    """The value of unsigned digits. Underscores only where Go lets them be (base 0)."""
    error = FlagValueError(f"strconv.{function}: parsing {quoted(text)}: invalid syntax")
    if not digits or not digits.isascii():
        raise error
    if base == 0:
        lower = digits.lower()
        if lower.startswith(("0x", "0o", "0b")):
            base, digits = {"x": 16, "o": 8, "b": 2}[lower[1]], digits[2:]
            digits = digits[1:] if digits.startswith("_") else digits
        elif len(digits) > 1 and digits[0] == "0":
            base, digits = 8, digits[1:]
        else:
            base = 10
        if digits.startswith("_") or digits.endswith("_") or "__" in digits:
            raise error
        digits = digits.replace("_", "")
    elif "_" in digits:
        raise error
    if not digits or not digits.isalnum():
        raise error
    try:
        return int(digits, base)
    except ValueError:
        raise error from None
