"""A line on a terminal, behind its prompt, as it wraps over rows.

What is drawn goes by the width of characters alone; nothing is asked of the terminal.
"""

import re
from typing import Final

from playground.shell.keys import shown, width_of

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m|\x1b\][^\x07]*\x07")


class DrawnLine:
    """``text`` with the cursor before the character ``cursor``, as it was drawn last.

    What the methods without result want to be written gathers in ``_out``.
    """

    def __init__(self, columns: int) -> None:
        self.columns = max(1, columns)
        self.text = ""
        self.cursor = 0
        self._prompt = ""
        self._row = 0
        """Rows between the beginning of the prompt and the cursor, as drawn."""
        self._out: list[str] = []

    def resize(self, columns: int) -> str:
        """The screen is wider or narrower now; returns what redraws the line. The terminal has reflowed it."""
        self.columns = max(1, columns)
        self._row = self._position(self.cursor)[0]
        return self._refresh_text()

    def redraw(self) -> str:
        """Draw prompt and line anew where the cursor is: something was written below."""
        self._row = 0
        return self._draw()

    def _prompt_now(self) -> str:
        return self._prompt

    def _position(self, cursor: int) -> tuple[int, int]:
        """Row and column, from the beginning of the prompt, of a place in the text."""
        prompt = _COLOUR.sub("", self._prompt_now()).replace("\x01", "").replace("\x02", "")
        drawn = prompt + shown(self.text[:cursor])
        if drawn.isascii():  # Every character takes one column.
            *above, line = drawn.split("\n")
            row, column = divmod(len(line), self.columns)
            return row + sum(1 + max(0, len(full) - 1) // self.columns for full in above), column
        row = column = 0
        for character in drawn:
            if character == "\n":
                row, column = row + 1, 0
                continue
            width = width_of(character)
            if column + width > self.columns:
                row, column = row + 1, 0
            column += width
        if column >= self.columns:
            row, column = row + 1, 0
        return row, column

    def _draw(self) -> str:
        """Prompt and text from where the cursor is, then the cursor to its place."""
        end_row, end_column = self._position(len(self.text))
        row, column = self._position(self.cursor)
        out = self._prompt_now() + shown(self.text)
        if end_column == 0 and end_row and not out.endswith("\n"):
            out += "\n"
        self._row = row
        return out + _to(end_row, row, column, at_end=(end_row, end_column) == (row, column))

    def _refresh(self) -> None:
        self._out.append(self._refresh_text())

    def _refresh_text(self) -> str:
        up = f"\x1b[{self._row}A" if self._row else ""
        return f"\r{up}\x1b[J{self._draw()}"

    def _refresh_cursor(self) -> None:
        row, column = self._position(self.cursor)
        self._out.append(_to(self._row, row, column))
        self._row = row

    def _leave_line(self) -> str:
        """Go below the text."""
        end_row, end_column = self._position(len(self.text))
        down = f"\x1b[{end_row - self._row}B" if end_row > self._row else ""
        return down + ("\r" if end_column == 0 and end_row else "\n")


def _to(from_row: int, row: int, column: int, at_end: bool = False) -> str:
    if at_end and from_row == row:
        return ""
    vertical = ""
    if row < from_row:
        vertical = f"\x1b[{from_row - row}A"
    elif row > from_row:
        vertical = f"\x1b[{row - from_row}B"
    return vertical + "\r" + (f"\x1b[{column}C" if column else "")
