"""Two files beside each other: cmp, comm, join.

Source: GNU diffutils, coreutils. The order of lines is that of the locale C.UTF-8.
"""

import re
from typing import Final

from playground.shell.streams import decoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import Options, read_options, refuse
from playground.shell.tools.reading import whole

MAX_PAIRS: Final = 100_000
"""Lines that ``join`` prints at the most."""


async def cmp(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "slb", "", {"quiet": "s", "silent": "s", "verbose": "l"})
    except UsageError as error:
        return await refuse(invocation, error, 2)
    if not options.words:
        await invocation.stderr.write("cmp: missing operand after 'cmp'\ncmp: Try 'cmp --help' for more information.\n")
        return 2
    one, other = [*options.words, "-"][:2]
    left, right = await whole(invocation, one), await whole(invocation, other)
    if left is None or right is None:
        return 2
    places = [at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b]
    if options.has("l"):
        width = len(str(max(len(left), len(right))))
        rows = [f"{at + 1:{width}} {left[at]:3o} {right[at]:3o}\n" for at in places]
        await invocation.stdout.write("".join(rows))
    elif places and not options.has("s"):
        line = left.count(b"\n", 0, places[0]) + 1
        await invocation.stdout.write(f"{one} {other} differ: byte {places[0] + 1}, line {line}\n")
    if len(left) == len(right) or (places and not options.has("l")):
        return 1 if places else 0
    if not options.has("s"):
        name, data = (one, left) if len(left) < len(right) else (other, right)
        ended = f"line {data.count(10)}" if data.endswith(b"\n") else f"in line {data.count(10) + 1}"
        where = "which is empty" if not data else f"after byte {len(data)}, {ended}"
        await invocation.stderr.write(f"cmp: EOF on {name} {where}\n")
    return 1


async def _two_files(invocation: Invocation, options: Options) -> list[list[str]] | None:
    """The lines of the two files that are named; None, with a complaint, when that cannot be."""
    if len(options.words) != 2:
        missing = f" after \u2018{options.words[-1]}\u2019" if options.words else ""
        extra = f"extra operand \u2018{options.words[2]}\u2019" if len(options.words) > 2 else ""
        await refuse(invocation, UsageError(extra or f"missing operand{missing}"))
        return None
    both: list[list[str]] = []
    for path in options.words:
        data = await whole(invocation, path)
        if data is None:
            return None
        both.append(decoded(data).removesuffix("\n").split("\n") if data else [])
    return both


async def comm(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "123", "", {"output-delimiter": "o=", "nocheck-order": "n"})
    except UsageError as error:
        return await refuse(invocation, error)
    both = await _two_files(invocation, options)
    if both is None:
        return 1
    joint = options.value("o", "\t")
    margins = ["", "" if options.has("1") else joint]
    margins.append(margins[1] + ("" if options.has("2") else joint))
    out: list[str] = []

    def put(column: int, line: str) -> None:
        if not options.has(str(column + 1)):
            out.append(f"{margins[column]}{line}\n")

    left, right = both
    a = b = 0
    while a < len(left) or b < len(right):
        if b >= len(right) or (a < len(left) and left[a] < right[b]):
            put(0, left[a])
            a += 1
        elif a >= len(left) or right[b] < left[a]:
            put(1, right[b])
            b += 1
        else:
            put(2, left[a])
            a, b = a + 1, b + 1
    await invocation.stdout.write("".join(out))
    if options.has("n"):
        return 0
    wrong = [number for number, lines in enumerate(both, 1) if lines != sorted(lines)]
    for number in wrong:
        await invocation.stderr.write(f"comm: file {number} is not in sorted order\n")
    if wrong:
        return await invocation.complain("input is not in sorted order")
    return 0


async def join(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "i", "12jtaveo", {"ignore-case": "i"})
        fields = [options.number(name, options.number("j", 1, "field number"), "field number") for name in "12"]
        if min(fields) < 1:
            raise UsageError(f"invalid field number: \u2018{min(fields)}\u2019")
    except UsageError as error:
        return await refuse(invocation, error)
    both = await _two_files(invocation, options)
    if both is None:
        return 1
    separator = options.value("t")
    rows = [
        [(line.split(separator) if separator else re.findall(r"[^ \t]+", line)) for line in lines] for lines in both
    ]

    def key(row: list[str], side: int) -> str:
        text = row[fields[side] - 1] if fields[side] <= len(row) else ""
        return text.lower() if options.has("i") else text

    def rest(row: list[str], side: int) -> list[str]:
        return row[: fields[side] - 1] + row[fields[side] :]

    out: list[list[str]] = []
    alone = [*options.values.get("a", []), *options.values.get("v", [])]
    mates: dict[str, list[list[str]]] = {}
    for row in rows[1]:
        mates.setdefault(key(row, 1), []).append(row)
    met: dict[str, None] = {}
    for row in rows[0]:
        here = mates.get(key(row, 0), [])
        if here:
            met[key(row, 0)] = None
        elif "1" in alone:
            out.append([row[fields[0] - 1] if fields[0] <= len(row) else "", *rest(row, 0)])
        if not options.has("v"):
            out += [[row[fields[0] - 1], *rest(row, 0), *rest(mate, 1)] for mate in here]
        if len(out) > MAX_PAIRS:
            return await invocation.complain("too many lines to join here")
    if "2" in alone:
        for row in rows[1]:
            if key(row, 1) not in met:
                out.append([row[fields[1] - 1] if fields[1] <= len(row) else "", *rest(row, 1)])
        out.sort(key=lambda row: row[0])
    await invocation.stdout.write("".join((separator or " ").join(row) + "\n" for row in out))
    return 0


COMPARING_TOOLS: Final[dict[str, Tool]] = {"cmp": cmp, "comm": comm, "join": join}
