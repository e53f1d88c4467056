"""Lines in order, and lines in a row that are alike: sort, uniq.

The order is that of the locale C.UTF-8. Source: GNU coreutils.
"""

import re
from functools import partial
from typing import Final

from playground.shell.streams import decoded, encoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options, refuse
from playground.shell.tools.reading import lines_of, open_input, whole

MAX_FIELD: Final = 100_000


async def uniq(invocation: Invocation) -> int:
    try:
        long = {"count": "c", "repeated": "d", "unique": "u", "ignore-case": "i"}
        options = read_options(invocation.arguments[1:], "cdui", "fsw", long)
    except UsageError as error:
        return await refuse(invocation, error)
    reader = await open_input(invocation, options.words[0] if options.words else "-")
    if reader is None:
        return 1
    previous: str | None = None
    count = 0

    async def put() -> None:
        if previous is None or (options.has("d") and count < 2) or (options.has("u") and count > 1):
            return
        await invocation.stdout.write((f"{count:7} " if options.has("c") else "") + previous + "\n")

    async for line in lines_of(invocation, reader):
        body = line.rstrip("\n")
        same = previous is not None and (body.lower() == previous.lower() if options.has("i") else body == previous)
        if same:
            count += 1
            continue
        await put()
        previous, count = body, 1
    await put()
    return 0


async def sort(invocation: Invocation) -> int:
    try:
        long = {"numeric-sort": "n", "reverse": "r", "unique": "u", "human-numeric-sort": "h", "version-sort": "V"}
        long |= {"key": "k=", "field-separator": "t=", "ignore-case": "f", "output": "o="}
        options = read_options(invocation.arguments[1:], "nrufhVbdgMscz", "kto", long)
    except UsageError as error:
        return await refuse(invocation, error, 2)
    lines: list[str] = []
    for path in options.words or ["-"]:
        data = await whole(invocation, path)
        if data is None:
            return 2
        lines += decoded(data).split("\n")[: None if data and not data.endswith(b"\n") else -1]
    await invocation.loop.sleep(len(lines))
    keys = options.values.get("k", [])
    specifications: list[tuple[int, int, int, str]] = []
    for key in keys:
        found = re.fullmatch(
            r"([0-9]{1,6})(?:\.([0-9]{1,6}))?([a-zA-Z]*)(?:,([0-9]{1,6})(?:\.[0-9]+)?([a-zA-Z]*))?", key
        )
        if found is None or int(found.group(1)) == 0:
            return await invocation.complain(
                f"invalid number at field start: invalid count at start of \u2018{key}\u2019", 2
            )
        flags = found.group(3) + (found.group(5) or "")
        specifications.append((int(found.group(1)), int(found.group(4) or MAX_FIELD), int(found.group(2) or 1), flags))
    base = "".join(letter for letter in "nrfhVbg" if options.has(letter))
    separator = options.value("t")
    if specifications:
        if not options.has("s"):
            lines.sort(reverse="r" in base)
        for first, last, offset, flags in reversed(specifications):
            own = flags or base
            lines.sort(key=partial(_key_in, separator, first, last, offset, own), reverse="r" in own)
    else:
        if not options.has("s"):
            lines.sort(reverse="r" in base)
        lines.sort(key=lambda line: _sort_key(line, base), reverse="r" in base)
    if options.has("u"):
        lines = _unique(lines, specifications, separator, base)
    text = "".join(line + "\n" for line in lines)
    if options.has("o"):
        invocation.files.write(options.value("o"), encoded(text))
    else:
        await invocation.stdout.write(text)
    return 0


def _key_in(separator: str, first: int, last: int, offset: int, flags: str, line: str) -> tuple[object, ...]:
    return _sort_key(_field(line, separator, first, last)[offset - 1 :], flags)


def _unique(lines: list[str], keys: list[tuple[int, int, int, str]], separator: str, base: str) -> list[str]:
    def key(line: str) -> list[object]:
        if not keys:
            return [_sort_key(line, base)]
        return [_sort_key(_field(line, separator, first, last), flags or base) for first, last, _, flags in keys]

    kept: list[str] = []
    before: list[object] | None = None
    for line in lines:
        now = key(line)
        if now != before:
            kept.append(line)
        before = now
    return kept


def _field(line: str, separator: str, first: int, last: int) -> str:
    if separator:
        return separator.join(line.split(separator)[first - 1 : last])
    return "".join(re.findall(r"\s*\S+", line)[first - 1 : last])


def _sort_key(text: str, flags: str) -> tuple[object, ...]:
    if "h" in flags or "n" in flags or "g" in flags:
        found = re.match(r"\s*(-?[0-9]*\.?[0-9]+)([KMGTP]?)", text[:60])
        if found is None:
            return (0.0,)
        scale = "KMGTP".find(found.group(2)) + 1 if "h" in flags and found.group(2) else 0
        return (float(found.group(1)) * 1024.0**scale,)
    if "V" in flags:
        pieces = re.findall(r"[0-9]{1,30}|[^0-9]+", text)
        return tuple((1, int(piece), "") if piece[0].isdigit() else (0, 0, piece) for piece in pieces)
    if "f" in flags:
        return (text.upper(),)
    return (text.lstrip() if "b" in flags else text,)


SORTING_TOOLS: Final[dict[str, Tool]] = {"sort": sort, "uniq": uniq}
