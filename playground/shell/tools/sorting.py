"""Lines in order, and lines in a row that are alike: sort, uniq.

The order is that of the locale C.UTF-8. Source: GNU coreutils 9.4.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from playground.shell.streams import decoded, encoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import Options, read_options, refuse
from playground.shell.tools.reading import lines_of, open_input, whole

_UNIQ_LONG: Final = {
    "count": "c",
    "repeated": "d",
    "unique": "u",
    "ignore-case": "i",
    "skip-fields": "f=",
    "skip-chars": "s=",
    "check-chars": "w=",
}
_SORT_LONG: Final = {
    "numeric-sort": "n",
    "general-numeric-sort": "g",
    "human-numeric-sort": "h",
    "version-sort": "V",
    "month-sort": "M",
    "random-sort": "R",
    "dictionary-order": "d",
    "ignore-leading-blanks": "b",
    "ignore-case": "f",
    "ignore-nonprinting": "i",
    "reverse": "r",
    "unique": "u",
    "stable": "s",
    "merge": "m",
    "check": "c",
    "zero-terminated": "z",
    "key": "k=",
    "field-separator": "t=",
    "output": "o=",
}
_ORDERINGS: Final = "nghVMRdfib"
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_KEY: Final = re.compile(
    r"([0-9]{1,6})(?:\.([0-9]{1,6}))?([bdfghiMnRrV]*)(?:,([0-9]{1,6})(?:\.([0-9]{1,6}))?([bdfghiMnRrV]*))?"
)


async def uniq(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "cduiD", "fsw", _UNIQ_LONG)
        fields = options.number("f", 0, "number of fields to skip")
        skipped = options.number("s", 0, "number of bytes to skip")
        width = options.number("w", -1, "number of bytes to compare")
    except UsageError as error:
        return await refuse(invocation, error)
    reader = await open_input(invocation, options.words[0] if options.words else "-")
    if reader is None:
        return 1

    def seen(line: str) -> str:
        """What of a line is compared."""
        found = re.match(rf"(?:[ \t]*[^ \t]+){{0,{min(fields, 1000)}}}", line) if fields else None
        rest = line[found.end() if found else 0 :][skipped:]
        rest = rest if width < 0 else rest[:width]
        return rest.lower() if options.has("i") else rest

    kept: list[str] = []
    out: list[str] = []

    def put(group: list[str]) -> None:
        if not group or (options.has("d", "D") and len(group) < 2) or (options.has("u") and len(group) > 1):
            return
        count = f"{len(group):7} " if options.has("c") else ""
        out.extend(f"{count}{line}\n" for line in (group if options.has("D") else group[:1]))

    async for line in lines_of(invocation, reader):
        body = line.rstrip("\n")
        if kept and seen(kept[0]) != seen(body):
            put(kept)
            kept = []
        kept.append(body)
        if len(out) >= 64:
            await invocation.stdout.write("".join(out))
            out.clear()
    put(kept)
    text = "".join(out)
    if len(options.words) > 1:
        invocation.files.write(options.words[1], encoded(text))
    else:
        await invocation.stdout.write(text)
    return 0


@dataclass(frozen=True, slots=True)
class _Key:
    """A part of a line: from a character of a field to a character of another (0: its last), and how it compares."""

    first: int
    first_at: int
    last: int | None
    last_at: int
    flags: str
    blanks: tuple[bool, bool]
    """Whether leading blanks of the first and of the last field are passed over."""

    def of(self, line: str, separator: str) -> str:
        starts = _field_starts(line, separator)
        begin = _place(line, starts, self.first, self.blanks[0]) + self.first_at - 1
        if self.last is None:
            return line[begin:]
        if self.last_at == 0:
            end = starts[self.last] - len(separator) if self.last < len(starts) else len(line)
        else:
            end = _place(line, starts, self.last, self.blanks[1]) + self.last_at
        return line[begin : max(begin, end)]


def _field_starts(line: str, separator: str) -> list[int]:
    """Where the fields of a line begin: behind each separator, or where blanks follow what is none."""
    if separator:
        return [0, *(found.end() for found in re.finditer(re.escape(separator), line))]
    return [0, *(found.end() for found in re.finditer(r"[^ \t](?=[ \t])", line))]


def _place(line: str, starts: list[int], field: int, blanks: bool) -> int:
    if field > len(starts):
        return len(line)
    at = starts[field - 1]
    while blanks and line[at : at + 1] in (" ", "\t"):
        at += 1
    return at


def _keys_of(options: Options, base: str) -> list[_Key]:
    """The keys that ``-k`` names; the whole line where there are none.

    Raises:
        UsageError: one is wrong.
    """
    keys: list[_Key] = []
    for text in options.values.get("k", []):
        found = _KEY.fullmatch(text)
        if found is None:
            raise UsageError(f"invalid number at field start: invalid count at start of \u2018{text}\u2019")
        first, first_at, begin_flags, last, last_at, end_flags = found.groups()
        if int(first) == 0 or last == "0":
            raise UsageError(f"field number is zero: invalid field specification \u2018{text}\u2019")
        if first_at == "0":
            raise UsageError(f"character offset is zero: invalid field specification \u2018{text}\u2019")
        own = begin_flags + (end_flags or "")
        blanks = ("b" in begin_flags, "b" in (end_flags or "")) if own else ("b" in base, "b" in base)
        end = None if last is None else int(last)
        keys.append(_Key(int(first), int(first_at or 1), end, int(last_at or 0), own or base, blanks))
    return keys or [_Key(1, 1, None, 0, base, ("b" in base, False))]


async def sort(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "nrufhVbdgMRisczCm", "ktoST", _SORT_LONG)
        base = "".join(letter for letter in _ORDERINGS + "r" if options.has(letter))
        separator = options.value("t").replace("\\0", "\0")
    except UsageError as error:
        return await refuse(invocation, error, 2)
    try:
        if len(separator) > 1:
            raise UsageError(f"multi-character tab \u2018{separator}\u2019")
        keys = _keys_of(options, base)
    except UsageError as error:
        return await invocation.complain(str(error), 2)
    ending = "\0" if options.has("z") else "\n"
    lines: list[str] = []
    for path in options.words or ["-"]:
        data = await whole(invocation, path, "cannot read: ")
        if data is None:
            return 2
        lines += decoded(data).removesuffix(ending).split(ending) if data else []
    await invocation.loop.sleep(len(lines))
    order = _Order(keys, separator, base, options.has("s", "u"), f"{invocation.loop.now_us}")
    if options.has("c", "C"):
        wrong = order.first_wrong(lines, options.has("u"))
        if wrong is None:
            return 0
        if options.has("C"):
            return 1
        return await invocation.complain(f"{(options.words or ['-'])[0]}:{wrong + 1}: disorder: {lines[wrong]}")
    lines = order.sorted(lines)
    if options.has("u"):
        lines = [line for index, line in enumerate(lines) if not index or order.of(line) != order.of(lines[index - 1])]
    text = "".join(line + ending for line in lines)
    if options.has("o"):
        invocation.files.write(options.value("o"), encoded(text))
    else:
        await invocation.stdout.write(text)
    return 0


class _Order:
    """The order of lines: by each key in turn, then, unless ``stable``, by the whole line."""

    def __init__(self, keys: list[_Key], separator: str, base: str, stable: bool, salt: str) -> None:
        self._separator = separator
        self._backwards = "r" in base
        self._stable = stable
        self._keys = [(key, _worth(key.flags, salt)) for key in keys]

    def of(self, line: str) -> list[object]:
        """What the keys see of a line: lines in which it is the same are equal."""
        return [worth(key.of(line, self._separator)) for key, worth in self._keys]

    def sorted(self, lines: list[str]) -> list[str]:
        lines = list(lines) if self._stable else sorted(lines, reverse=self._backwards)
        for key, worth in reversed(self._keys):
            lines.sort(key=partial(self._seen, key, worth), reverse="r" in key.flags)
        return lines

    def _seen(self, key: _Key, worth: "Worth", line: str) -> tuple[float | str, ...]:
        return worth(key.of(line, self._separator))

    def first_wrong(self, lines: list[str], unique: bool) -> int | None:
        """The number of the first line that should not stand behind the one before it."""
        for index in range(1, len(lines)):
            pair = lines[index - 1 : index + 1]
            if self.sorted(pair) != pair or (unique and self.of(pair[0]) == self.of(pair[1])):
                return index
        return None


Worth = Callable[[str], tuple[float | str, ...]]


def _worth(flags: str, salt: str) -> Worth:
    """What decides between two texts, as letters of options want it."""
    if "n" in flags:
        return _number
    if "h" in flags:
        return _human_number
    if "g" in flags:
        return _general_number
    if "M" in flags:
        return _month
    if "V" in flags:
        return _version
    if "R" in flags:
        from hashlib import blake2b

        return lambda text: (blake2b(encoded(salt + text), digest_size=8).hexdigest(), text)

    def text_worth(text: str) -> tuple[float | str, ...]:
        if "b" in flags:
            text = text.lstrip(" \t")
        if "d" in flags:
            text = "".join(c for c in text if c.isalnum() or c in " \t")
        elif "i" in flags:
            text = "".join(c for c in text if c.isprintable())
        return (text.upper() if "f" in flags else text,)

    return text_worth


def _number(text: str) -> tuple[float | str, ...]:
    found = re.match(r"[ \t]*(-?[0-9]*\.?[0-9]*)", text[:100])
    digits = found.group(1) if found else ""
    return (float(digits) if digits.strip("-.") else 0.0,)


def _human_number(text: str) -> tuple[float | str, ...]:
    found = re.match(r"[ \t]*(-?)([0-9]*\.?[0-9]*)([kKMGTPEZY]?)", text[:100])
    if found is None or not found.group(2).strip("."):
        return (0, 0.0)
    number = float(found.group(2))
    sign = -1 if found.group(1) else 1
    scale = "KMGTPEZY".find(found.group(3).upper()) + 1 if found.group(3) and number else 0
    return (sign * scale, sign * number)


def _general_number(text: str) -> tuple[float | str, ...]:
    found = re.match(r"[ \t]*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?)", text[:100])
    return (1, float(found.group(1))) if found else (0, 0.0)


def _month(text: str) -> tuple[float | str, ...]:
    name = text.strip()[:3].upper()
    return (_MONTHS.index(name) + 1 if name in _MONTHS else 0,)


def _version(text: str) -> tuple[float | str, ...]:
    worth: list[float | str] = []
    for piece, digits in re.findall(r"([^0-9]*)([0-9]{0,30})", text):
        # A tilde comes before the end, the end before letters, and these before everything else.
        worth.append("".join("\0" if c == "~" else c if c.isalpha() else chr(ord(c) + 0x10000) for c in piece) + "\1")
        worth.append(int(digits or 0))
    return tuple(worth)


SORTING_TOOLS: Final[dict[str, Tool]] = {"sort": sort, "uniq": uniq}
