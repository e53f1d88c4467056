"""A small model of a terminal's screen: what somebody in front of it would see."""

import re
import unicodedata

_SEQUENCE = re.compile(rb"\x1b\[([?0-9;]*)([@-~])|\x1b\][^\x07]*\x07|\x1b[=>()][0-9A-Z]?")


class Screen:
    """Takes the bytes of a terminal. ``lines`` is what stands there, scrolled-off lines included."""

    def __init__(self, columns: int = 80, rows: int = 24) -> None:
        self.columns = columns
        self.rows = rows
        self.cells: list[list[str]] = [[]]
        self.row = 0
        self.column = 0
        self.raw = bytearray()
        self._pending = b""
        self._saved: tuple[list[list[str]], int, int] = ([[]], 0, 0)

    def feed(self, data: bytes) -> None:
        self.raw += data
        data = self._pending + data
        self._pending = b""
        at = 0
        while at < len(data):
            if data[at] == 27:
                found = _SEQUENCE.match(data, at)
                if found is None:
                    self._pending = data[at:]
                    return
                if found.group(2):
                    self._control(found.group(2).decode(), found.group(1).decode())
                at = found.end()
                continue
            length = 1 if data[at] < 0xC0 else 2 if data[at] < 0xE0 else 3 if data[at] < 0xF0 else 4
            if at + length > len(data):
                self._pending = data[at:]
                return
            self._put(data[at : at + length].decode("utf-8", "replace"))
            at += length

    def _alternate(self, on: bool) -> None:
        """The other screen, without scrollback, that full-screen programs use."""
        if on:
            self._saved = (self.cells, self.row, self.column)
            self.cells, self.row, self.column = [[]], 0, 0
        else:
            self.cells, self.row, self.column = self._saved

    def _line(self) -> list[str]:
        while self.row >= len(self.cells):
            self.cells.append([])
        return self.cells[self.row]

    def _put(self, character: str) -> None:
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.row += 1
            self._line()
        elif character == "\b":
            self.column = max(0, self.column - 1)
        elif character == "\t":
            self.column = min(self.columns - 1, self.column // 8 * 8 + 8)
        elif character == "\a":
            return
        else:
            width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
            if self.column + width > self.columns:
                self.row += 1
                self.column = 0
            line = self._line()
            while len(line) < self.column + width:
                line.append(" ")
            line[self.column] = character
            if width == 2:
                line[self.column + 1] = ""
            self.column += width

    def _control(self, kind: str, parameters: str) -> None:
        numbers = [int(number) if number.isdigit() else 0 for number in parameters.lstrip("?").split(";")]
        count = max(1, numbers[0])
        if parameters == "?1049" and kind in "hl":
            self._alternate(kind == "h")
        if kind == "A":
            self.row = max(0, self.row - count)
        elif kind == "B":
            self.row += count
            self._line()
        elif kind == "C":
            self.column = min(self.columns - 1, self.column + count)
        elif kind == "D":
            self.column = max(0, min(self.column, self.columns - 1) - count)
        elif kind == "H":
            top = max(0, len(self.cells) - self.rows)
            self.row = top + max(1, numbers[0]) - 1
            self.column = (max(1, numbers[1]) if len(numbers) > 1 else 1) - 1
            self._line()
        elif kind == "J":
            if numbers[0] == 2:
                top = max(0, len(self.cells) - self.rows)
                self.cells[top:] = [[] for _ in range(len(self.cells) - top)]
            else:
                line = self._line()
                del line[self.column :]
                del self.cells[self.row + 1 :]
        elif kind == "K":
            line = self._line()
            if numbers[0] == 2:
                line.clear()
            else:
                del line[self.column :]

    @property
    def lines(self) -> list[str]:
        shown = ["".join(line).rstrip() for line in self.cells]
        while shown and not shown[-1]:
            shown.pop()
        return shown

    def text(self) -> str:
        return "\n".join(self.lines)
