"""Tools that see columns in lines: cut, paste, column.

Source: GNU coreutils, util-linux.
"""

import re
from typing import Final

from playground.shell.streams import decoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options, refuse
from playground.shell.tools.reading import lines_of, open_input, whole

MAX_FIELD: Final = 100_000


def _ranges(text: str, what: str) -> list[tuple[int, int]]:
    """``1,3-5,7-`` as pairs of first and last."""
    ranges: list[tuple[int, int]] = []
    for piece in text.split(","):
        found = re.fullmatch(r"([0-9]{0,9})(-?)([0-9]{0,9})", piece)
        if found is None or piece in ("", "-"):
            raise UsageError(f"invalid {what} value \u2018{piece}\u2019")
        low, dash, high = found.groups()
        first = int(low or 1)
        last = int(high) if high else MAX_FIELD if dash else first
        if first == 0:
            raise UsageError(f"{what}s are numbered from 1")
        if last < first:
            raise UsageError("invalid decreasing range")
        ranges.append((first, last))
    return ranges


async def cut(invocation: Invocation) -> int:
    long = {"fields": "f=", "delimiter": "d=", "characters": "c=", "bytes": "b=", "only-delimited": "s"}
    try:
        options = read_options(
            invocation.arguments[1:], "s", "fdcb", {**long, "output-delimiter": "o=", "complement": "C"}
        )
        kind = next((letter for letter in "fcb" if options.has(letter)), "")
        if not kind:
            raise UsageError("you must specify a list of bytes, characters, or fields")
        ranges = _ranges(options.value(kind), "field" if kind == "f" else "byte/character position")
        delimiter = options.value("d", "\t")
        if len(delimiter) != 1:
            raise UsageError("the delimiter must be a single character")
    except UsageError as error:
        return await refuse(invocation, error)
    joint = options.value("o", delimiter if kind == "f" else "")
    status = 0

    def chosen(count: int) -> list[int]:
        wanted = [any(low <= number <= high for low, high in ranges) for number in range(1, count + 1)]
        return [index for index, holds in enumerate(wanted) if holds != options.has("C")]

    for path in options.words or ["-"]:
        reader = await open_input(invocation, path)
        if reader is None:
            status = 1
            continue
        async for line in lines_of(invocation, reader):
            body = line.rstrip("\n")
            pieces: list[str] | str = body.split(delimiter) if kind == "f" else body
            if kind == "f" and len(pieces) == 1:
                if not options.has("s"):
                    await invocation.stdout.write(body + "\n")
                continue
            await invocation.stdout.write(joint.join(pieces[index] for index in chosen(len(pieces))) + "\n")
    return status


async def paste(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "s", "d", {"serial": "s", "delimiters": "d="})
    except UsageError as error:
        return await refuse(invocation, error)
    paths = options.words or ["-"]
    columns: list[list[str]] = []
    for path in paths:
        data = b"" if path == "-" and path in paths[: len(columns)] else await whole(invocation, path)
        if data is None:
            return 1
        columns.append(decoded(data).splitlines())
    shared = [index for index, path in enumerate(paths) if path == "-"]
    if len(shared) > 1 and not options.has("s"):
        lines = columns[shared[0]]
        for turn, index in enumerate(shared):
            columns[index] = lines[turn :: len(shared)]
    joints = [{"n": "\n", "t": "\t", "0": "", "\\": "\\"}.get(escaped, escaped) if escaped else plain
              for escaped, plain in re.findall(r"\\(.)|(.)", options.value("d", "\t"), re.DOTALL)] or [""]  # fmt: skip
    rows = columns if options.has("s") else [
        [column[index] if index < len(column) else "" for column in columns]
        for index in range(max(map(len, columns)))
    ]  # fmt: skip
    for row in rows:
        pieces = [piece for index, cell in enumerate(row) for piece in (joints[(index - 1) % len(joints)], cell)]
        await invocation.stdout.write("".join(pieces[1:]) + "\n")
    return 0


async def column(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "t", "so", {"table": "t", "separator": "s="})
    except UsageError as error:
        return await refuse(invocation, error)
    data = await whole(invocation, options.words[0] if options.words else "-")
    if data is None:
        return 1
    rows = [line.split(options.value("s") or None) for line in decoded(data).splitlines() if line.strip()]
    if not options.has("t"):
        await invocation.stdout.write(data)
        return 0
    widths = [max(len(row[i]) for row in rows if i < len(row)) for i in range(max(map(len, rows), default=0))]
    for row in rows:
        cells = [cell.ljust(widths[i]) for i, cell in enumerate(row[:-1])] + row[-1:]
        await invocation.stdout.write("  ".join(cells) + "\n")
    return 0


COLUMN_TOOLS: Final[dict[str, Tool]] = {"cut": cut, "paste": paste, "column": column}
