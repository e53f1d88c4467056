"""Tools that see columns in lines: cut, paste, column.

Source: GNU coreutils, util-linux.
"""

import re
from typing import Final

from playground.shell.keys import width_of
from playground.shell.streams import decoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import Options, read_options, refuse
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
        delimiter = delimiter or "\0"
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


_COLUMN_LONG: Final = {
    "table": "t",
    "separator": "s=",
    "output-separator": "o=",
    "output-width": "c=",
    "fillrows": "x",
    "table-columns": "N=",
    "table-right": "R=",
    "table-hide": "H=",
    "table-noheadings": "d",
    "keep-empty-lines": "L",
}


async def column(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "txdLne", "socNRH", _COLUMN_LONG)
        width = options.number("c", invocation.stdout.columns, "columns")
    except UsageError as error:
        return await refuse(invocation, error)
    lines: list[str] = []
    for path in options.words or ["-"]:
        data = await whole(invocation, path)
        if data is None:
            return 1
        lines += [line for line in decoded(data).splitlines() if line.strip() or options.has("L")]
    if options.has("t"):
        await invocation.stdout.write(_table(options, lines))
    elif lines:
        await invocation.stdout.write(_filled(lines, width, across=options.has("x")))
    return 0


def _table(options: Options, lines: list[str]) -> str:
    """Rows with their cells below each other."""
    marks = options.value("s")
    rows = [re.split(f"[{re.escape(marks)}]", line) if marks else line.split() for line in lines]
    names = options.value("N").split(",") if options.has("N") else []
    count = max(map(len, [*rows, names]), default=0)
    right = options.value("R").split(",") if options.has("R") else []
    hidden = options.value("H").split(",") if options.has("H") else []

    def meant(given: list[str], index: int) -> bool:
        return str(index + 1) in given or (index < len(names) and names[index] in given)

    shown = [index for index in range(count) if not meant(hidden, index)]
    rows = [names, *rows] if names and not options.has("d") else rows
    widths = [max((width_of_text(row[i]) for row in rows if i < len(row)), default=0) for i in range(count)]
    out: list[str] = []
    for row in rows:
        cells: list[str] = []
        for index in shown:
            cell = row[index] if index < len(row) else ""
            gap = " " * (widths[index] - width_of_text(cell))
            last = index == shown[-1] or (index >= len(row) - 1 and not names)
            cells.append(gap + cell if meant(right, index) else cell if last else cell + gap)
            if index >= len(row) - 1 and not names:
                break
        out.append(options.value("o", "  ").join(cells) + "\n")
    return "".join(out)


def _filled(lines: list[str], width: int, across: bool) -> str:
    """As many columns as fit, filled downwards, or ``across``; tabs stand between them."""
    cell = (max(map(width_of_text, lines)) // 8 + 1) * 8
    columns = max(1, width // cell)
    if columns == 1:
        return "".join(line + "\n" for line in lines)
    rows = -(-len(lines) // columns)
    out: list[str] = []
    for row in range(rows):
        cells = lines[row * columns : (row + 1) * columns] if across else lines[row::rows]
        text = "".join(each + "\t" * -(-(cell - width_of_text(each)) // 8) for each in cells[:-1])
        out.append(text + cells[-1] + "\n")
    return "".join(out)


def width_of_text(text: str) -> int:
    """Columns that a text takes on a screen."""
    return len(text) if text.isascii() else sum(map(width_of, text))


COLUMN_TOOLS: Final[dict[str, Tool]] = {"cut": cut, "paste": paste, "column": column}
