"""What ``echo`` and ``printf`` make of their arguments."""

import re
from typing import Final

from playground.shell.dates import date_text
from playground.shell.parameters import backslashed

MAX_WIDTH: Final = 10_000

_ESCAPES: Final = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
}
_NUMBERED: Final = re.compile(r"x([0-9a-fA-F]{1,2})|0?([0-7]{1,3})|(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))")
_NUMBERED_FOR_ECHO: Final = re.compile(r"x([0-9a-fA-F]{1,2})|0([0-7]{0,3})|(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))")
CONVERSION: Final = re.compile(r"%([-+ 0#]*)(\*|[0-9]+)?(?:\.(\*|-?[0-9]*))?[hlLjzt]*([a-zA-Z%])")
"""One conversion of a format: flags, width, precision and letter."""
_TIME: Final = re.compile(r"%([-0 ]*)([0-9]*)\(([^)]*)\)T")


class _WrongFormat(Exception):
    """The format makes no sense from here on."""


class StopPrinting(Exception):
    """``\\c`` was met: nothing more is printed."""

    def __init__(self, sofar: str) -> None:
        super().__init__()
        self.sofar = sofar


def unescape(text: str, quotes: bool = False, numbered: re.Pattern[str] = _NUMBERED) -> str:
    """Replace backslash escapes as ``printf %b`` does (as ``printf``'s format does, with ``quotes``).

    Raises:
        StopPrinting: at ``\\c``.
    """
    if "\\" not in text:
        return text
    out: list[str] = []
    at = 0
    while at < len(text):
        character = text[at]
        at += 1
        if character != "\\" or at >= len(text):
            out.append(character)
            continue
        letter = text[at]
        if letter == "c":
            raise StopPrinting("".join(out))
        if letter in _ESCAPES:
            out.append(_ESCAPES[letter])
            at += 1
        elif quotes and letter in "\"'?":
            out.append(letter)
            at += 1
        elif found := numbered.match(text, at):
            hexadecimal, octal, *unicode = found.groups()
            at = found.end()
            if any(unicode):
                number = int(unicode[0] or unicode[1], 16)
                out.append(chr(number) if number <= 0x10FFFF else "")
            else:
                value = int(hexadecimal, 16) if hexadecimal else int(octal or "0", 8) & 0xFF
                out.append(bytes([value]).decode("utf-8", "surrogateescape"))
        else:
            out.append("\\")
    return "".join(out)


def echoed(arguments: list[str], escapes: bool = False) -> str:
    """What ``echo`` prints; ``escapes`` says whether it minds backslashes unasked, as dash does."""
    newline = True
    index = 0
    while index < len(arguments) and re.fullmatch(r"-[neE]+", arguments[index]):
        for letter in arguments[index][1:]:
            if letter == "n":
                newline = False
            else:
                escapes = letter == "e"
        index += 1
    text = " ".join(arguments[index:])
    if escapes:
        try:
            text = unescape(text, numbered=_NUMBERED_FOR_ECHO)
        except StopPrinting as stop:
            return stop.sofar
    return text + "\n" if newline else text


class _Arguments:
    def __init__(self, values: list[str], now_us: int) -> None:
        self.values = values
        self.now_us = now_us
        self.at = 0
        self.errors: list[str] = []

    def next(self) -> str | None:
        if self.at >= len(self.values):
            return None
        self.at += 1
        return self.values[self.at - 1]

    def integer(self) -> int:
        text = self.next()
        if text is None:
            return 0
        if text[:1] in ("'", '"'):
            return ord(text[1]) if len(text) > 1 else 0
        found = re.match(r"\s*([-+]?)(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,19})", text)
        if found is None:
            if text:
                self.errors.append(f"{text}: invalid number")
            return 0
        if found.end() < len(text):
            self.errors.append(f"{text}: invalid number")
        sign, digits = found.groups()
        base = 16 if digits[:2] in ("0x", "0X") else 8 if digits.startswith("0") else 10
        try:
            value = int(digits, base)
        except ValueError:
            value = 0
            self.errors.append(f"{text}: invalid octal number")
        return -value if sign == "-" else value

    def date(self, flags: str, width: str, pattern: str) -> str:
        """A date; without an argument, or with a negative one, the one that is now."""
        seconds = self.integer() if self.at < len(self.values) else -1
        moment_us = seconds * 1_000_000 if seconds >= 0 else self.now_us
        return _padded(date_text(pattern or "%X", min(moment_us, 250_000_000_000_000_000)), int(width[:4] or 0), flags)

    def number(self) -> float:
        text = self.next()
        if text is None:
            return 0.0
        try:
            if re.fullmatch(r"\s*[-+]?0[xX][0-9a-fA-F]{1,16}", text):
                return float(int(text, 16))
            return float(text[:100] or "0")
        except ValueError:
            self.errors.append(f"{text}: invalid number")
            return 0.0


def formatted(pattern: str, values: list[str], now_us: int = 0) -> tuple[str, list[str]]:
    """What ``printf pattern values...`` prints at ``now_us`` (since 1970), and what it complains about."""
    arguments = _Arguments(values, now_us)
    out: list[str] = []
    size = 0
    try:
        while True:
            before = arguments.at
            piece = _once(pattern, arguments)
            out.append(piece)
            size += len(piece)
            if arguments.at >= len(values) or arguments.at == before or size > 1024 * 1024:
                break
    except StopPrinting as stop:
        out.append(stop.sofar)
    return "".join(out), arguments.errors


def _once(pattern: str, arguments: _Arguments) -> str:
    out: list[str] = []
    at = 0
    try:
        while at < len(pattern):
            percent = pattern.find("%", at)
            if percent < 0:
                out.append(unescape(pattern[at:], quotes=True))
                break
            out.append(unescape(pattern[at:percent], quotes=True))
            if pattern.startswith("%%", percent):
                out.append("%")
                at = percent + 2
                continue
            if found := _TIME.match(pattern, percent):
                at = found.end()
                out.append(arguments.date(*found.groups()))
                continue
            found = CONVERSION.match(pattern, percent)
            if found is None:
                raise _WrongFormat(f"`{pattern[percent : percent + 2]}': missing format character")
            at = found.end()
            out.append(_converted(*found.groups(), arguments=arguments))
    except StopPrinting as stop:
        raise StopPrinting("".join(out) + stop.sofar) from None
    except _WrongFormat as wrong:
        arguments.errors.append(str(wrong))
        raise StopPrinting("".join(out)) from None
    return "".join(out)


def _converted(flags: str, width: str | None, precision: str | None, kind: str, *, arguments: _Arguments) -> str:
    wide = min(abs(arguments.integer()) if width == "*" else int((width or "0")[:6]), MAX_WIDTH)
    exact: int | None = None
    if precision is not None:
        exact = arguments.integer() if precision == "*" else int((precision or "0")[:6])
        exact = None if exact < 0 else min(exact, MAX_WIDTH)
    if kind in "sbq":
        text = arguments.next() or ""
        if kind == "b":
            text = unescape(text)
        elif kind == "q":
            text = backslashed(text)
        return _padded(text if exact is None else text[:exact], wide, flags.replace("0", ""))
    if kind == "c":
        return _padded((arguments.next() or "\0")[:1], wide, flags.replace("0", ""))
    sign = "+" if "+" in flags else " " if " " in flags else ""
    if kind in "dixXou":
        number = arguments.integer()
        if kind in "xXou":
            number &= 0xFFFFFFFFFFFFFFFF
        digits = format(abs(number), {"i": "d", "u": "d"}.get(kind, kind))
        if "#" in flags and kind in "xXo" and number:
            digits = {"x": "0x", "X": "0X", "o": "0"}[kind] + digits
        if exact is not None:
            digits = digits.rjust(exact, "0")
        mark = "-" if number < 0 else sign if kind in "di" else ""
        if "0" in flags and "-" not in flags and exact is None:
            digits = digits.rjust(wide - len(mark), "0")
        return _padded(mark + digits, wide, flags.replace("0", ""))
    if kind in "fFeEgG":
        value = arguments.number()
        text = format(abs(value), f".{6 if exact is None else min(exact, 100)}{kind}")
        mark = "-" if value < 0 else sign
        if "0" in flags and "-" not in flags:
            text = text.rjust(wide - len(mark), "0")
        return _padded(mark + text, wide, flags.replace("0", ""))
    raise _WrongFormat(f"`{kind}': invalid format character")


def _padded(text: str, width: int, flags: str) -> str:
    return text.ljust(width) if "-" in flags else text.rjust(width)
