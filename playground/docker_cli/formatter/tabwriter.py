"""Aligns cells that are ended by tabs.

Source: docker/cli formatter/tabwriter (Go text/tabwriter with display widths); minimal width 10, padding 3, spaces.
"""

import unicodedata

MINIMAL = 10
PADDING = 3


def align(text: str, minimal: int = MINIMAL, padding: int = PADDING) -> str:
    """Lay out lines of tab-ended cells; the last cell of a line stands free."""
    lines = [line.split("\t") for line in text.split("\n")]
    out: list[str] = []
    start = 0
    # A line of one cell has no columns and ends every block, so what stands before it is laid out by itself.
    for position, line in enumerate(lines):
        if len(line) == 1:
            _format(lines, start, position, [], out, minimal, padding)
            out.append(line[0])
            start = position + 1
    _format(lines, start, len(lines), [], out, minimal, padding)
    return "\n".join(out)


def width(text: str) -> int:
    """Columns that a text takes on a screen."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _format(
    lines: list[list[str]], start: int, end: int, widths: list[int], out: list[str], minimal: int, padding: int
) -> None:
    """Lay out lines of which the widths of the first columns are known."""
    column = len(widths)
    at = start
    while at < end:
        if column >= len(lines[at]) - 1:
            out.append(_line(lines[at], widths))
            at += 1
            continue
        stop, widest = at, minimal
        while stop < end and column < len(lines[stop]) - 1:
            widest = max(widest, width(lines[stop][column]) + padding)
            stop += 1
        _format(lines, at, stop, [*widths, widest], out, minimal, padding)
        at = stop


def _line(cells: list[str], widths: list[int]) -> str:
    return "".join(
        cell + " " * (widths[column] - width(cell)) if column < len(widths) else cell
        for column, cell in enumerate(cells)
    )
