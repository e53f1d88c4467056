"""Bytes as numbers: xxd, hexdump, od.

Source: xxd of vim 9.1, hexdump of util-linux, od of GNU coreutils.
"""

import re
from collections.abc import Iterator
from typing import Final

from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options, refuse
from playground.shell.tools.reading import whole

_OD_NAMES: Final = {0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}


def _printable(data: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)


async def _gathered(invocation: Invocation, paths: list[str]) -> bytes | None:
    data = b""
    for path in paths or ["-"]:
        piece = await whole(invocation, path)
        if piece is None:
            return None
        data += piece
    return data


def _rows(data: bytes, everything: bool) -> Iterator[tuple[int, bytes]]:
    """Sixteen bytes at a time and where they are; rows that repeat the one before are one empty row."""
    before = b""
    skipping = False
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        if row == before and not everything:
            if not skipping:
                yield at, b""
            skipping = True
            continue
        before, skipping = row, False
        yield at, row


async def xxd(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "prbu", "lcgs")
        most = options.number("l", -1)
        columns = options.number("c", 30 if options.has("p") else 16)
        group = options.number("g", 2)
    except UsageError as error:
        return await refuse(invocation, error)
    data = await _gathered(invocation, options.words[:1])
    if data is None:
        return 2
    if options.has("r"):
        text = data.decode("ascii", "replace")
        if not options.has("p"):
            text = " ".join(line.partition(":")[2].partition("  ")[0] for line in text.splitlines())
        digits = re.sub(r"[^0-9a-fA-F]", "", text)
        await invocation.stdout.write(bytes.fromhex(digits[: len(digits) // 2 * 2]))
        return 0
    data = data if most < 0 else data[:most]
    columns = min(max(1, columns), 256)
    form = "02X" if options.has("u") else "02x"
    for at in range(0, len(data), columns):
        row = data[at : at + columns]
        cells = [format(byte, form) for byte in row]
        if options.has("p"):
            await invocation.stdout.write("".join(cells) + "\n")
            continue
        size = max(1, group) if group else columns
        shown = " ".join("".join(cells[start : start + size]) for start in range(0, len(cells), size))
        width = 2 * columns + (columns - 1) // size
        await invocation.stdout.write(f"{at:08x}: {shown:<{width}}  {_printable(row)}\n")
    return 0


async def hexdump(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "Cvx", "ns", {"canonical": "C", "length": "n="})
        most = options.number("n", -1)
    except UsageError as error:
        return await refuse(invocation, error)
    data = await _gathered(invocation, options.words)
    if data is None:
        return 1
    data = data if most < 0 else data[:most]
    wide = options.has("C")
    for at, row in _rows(data, everything=options.has("v")):
        if not row:
            await invocation.stdout.write("*\n")
            continue
        if wide:
            cells = [f"{byte:02x}" for byte in row] + ["  "] * (16 - len(row))
            shown = " ".join(cells[:8]) + "  " + " ".join(cells[8:])
            await invocation.stdout.write(f"{at:08x}  {shown}  |{_printable(row)}|\n")
        else:
            words = [f"{int.from_bytes(row[i : i + 2], 'little'):04x}" for i in range(0, len(row), 2)]
            await invocation.stdout.write(f"{at:07x} {' '.join([*words, *['    '] * (8 - len(words))])}\n")
    if data:
        await invocation.stdout.write(f"{len(data):0{8 if wide else 7}x}\n")
    return 0


async def od(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "cbxov", "AtNjw", {"address-radix": "A=", "format": "t="})
        most = options.number("N", -1)
        skipped = options.number("j", 0)
    except UsageError as error:
        return await refuse(invocation, error)
    kind = next((letter for letter in "cbxo" if options.has(letter)), options.value("t", "o2"))
    kind = {"b": "o1", "x": "x2", "o": "o2"}.get(kind, kind)
    if not re.fullmatch(r"[ca]|[xoud][1248]?", kind):
        return await invocation.complain(f"invalid type string \u2018{kind}\u2019")
    data = await _gathered(invocation, options.words)
    if data is None:
        return 1
    data = data[skipped:] if most < 0 else data[skipped : skipped + most]
    radix = {"x": "06x", "d": "07d", "n": ""}.get(options.value("A", "o"), "07o")

    def address(at: int) -> str:
        return format(at + skipped, radix) if radix else ""

    for at, row in _rows(data, everything=options.has("v")):
        if not row:
            await invocation.stdout.write("*\n")
            continue
        await invocation.stdout.write(address(at) + "".join(_od_cells(kind, row)) + "\n")
    if radix:
        await invocation.stdout.write(address(len(data)) + "\n")
    return 0


def _od_cells(kind: str, row: bytes) -> list[str]:
    if kind in ("c", "a"):
        return [f"{_OD_NAMES.get(byte) or (chr(byte) if 32 <= byte < 127 else format(byte, '03o')):>4}" for byte in row]
    size = int(kind[1:] or 4)
    letter = kind[0]
    width = {"x": 2 * size, "o": -(-8 * size // 3), "u": len(str(256**size - 1)), "d": len(str(256**size // 2)) + 1}
    cells: list[str] = []
    for start in range(0, len(row), size):
        number = int.from_bytes(row[start : start + size].ljust(size, b"\0"), "little", signed=letter == "d")
        text = str(number) if letter in "ud" else format(number, f"0{width[letter]}{letter}")
        cells.append(" " + text.rjust(width[letter]))
    return cells


DUMP_TOOLS: Final[dict[str, Tool]] = {"xxd": xxd, "hexdump": hexdump, "hd": hexdump, "od": od}
