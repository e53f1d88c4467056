"""The text that ``vi`` edits: where motions lead, what operators do, and how far back one can go."""

from dataclasses import dataclass, field
from typing import Final

MAX_UNDO: Final = 100
MAX_UNDO_CHARACTERS: Final = 4 * 1024 * 1024

Place = tuple[int, int]
"""Row and column, both from 0."""


@dataclass(slots=True)
class Taken:
    """What was cut or copied: whole lines, or a piece whose lines are parts of lines."""

    lines: list[str] = field(default_factory=list)
    whole: bool = False


def _kind(character: str, wide: bool) -> int:
    """Blanks are 0, the characters of words 1, others 2; with ``wide`` all that is no blank is 1."""
    if character.isspace() or not character:
        return 0
    return 1 if wide or character.isalnum() or character == "_" else 2


class Text:
    """Lines, a cursor, and what was there before the last changes."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines or [""]
        self.row = 0
        self.column = 0
        self.changed = False
        self._before: list[tuple[list[str], Place]] = []
        self._after: list[tuple[list[str], Place]] = []

    @property
    def line(self) -> str:
        return self.lines[self.row]

    def size(self) -> int:
        return sum(len(line) + 1 for line in self.lines)

    def keep(self) -> None:
        """Remember how it is now: something is about to change."""
        self._before.append((list(self.lines), (self.row, self.column)))
        self._after.clear()
        room = max(1, MAX_UNDO_CHARACTERS // max(1, self.size()))
        del self._before[: -min(MAX_UNDO, room)]
        self.changed = True

    def undo(self) -> bool:
        return self._turn(self._before, self._after)

    def redo(self) -> bool:
        return self._turn(self._after, self._before)

    def _turn(self, source: list[tuple[list[str], Place]], target: list[tuple[list[str], Place]]) -> bool:
        if not source:
            return False
        target.append((list(self.lines), (self.row, self.column)))
        self.lines, (self.row, self.column) = source.pop()
        self.lines = list(self.lines)
        self.changed = True
        return True

    def go(self, row: int, column: int, beyond: bool = False) -> None:
        """Put the cursor somewhere that is there; ``beyond``: behind the last character too."""
        self.row = min(max(0, row), len(self.lines) - 1)
        self.column = min(max(0, column), max(0, len(self.line) - (not beyond)))

    def first_column(self, row: int | None = None) -> int:
        """Of the first character that is no blank."""
        line = self.lines[self.row if row is None else row]
        return min(len(line) - len(line.lstrip()), max(0, len(line) - 1))

    # Where motions lead

    def word_forward(self, wide: bool, stop: bool = False) -> Place:
        """The start of the next word; with ``stop`` no further than the end of the line."""
        row, column = self.row, self.column
        line = self.lines[row]
        kind = _kind(line[column : column + 1], wide)
        while column < len(line) and kind and _kind(line[column], wide) == kind:
            column += 1
        while True:
            while column < len(line) and not _kind(line[column], wide):
                column += 1
            if column < len(line) or stop or row + 1 >= len(self.lines):
                return row, column
            row, column = row + 1, 0
            line = self.lines[row]
            if not line:
                return row, 0

    def word_end(self, wide: bool) -> Place:
        row, column = self.row, self.column + 1
        while True:
            line = self.lines[row]
            while column < len(line) and not _kind(line[column], wide):
                column += 1
            if column < len(line):
                break
            if row + 1 >= len(self.lines):
                return row, max(0, len(line) - 1)
            row, column = row + 1, 0
        while column + 1 < len(line) and _kind(line[column + 1], wide) == _kind(line[column], wide):
            column += 1
        return row, column

    def word_back(self, wide: bool) -> Place:
        row, column = self.row, self.column - 1
        while True:
            line = self.lines[row]
            while column >= 0 and not _kind(line[column : column + 1], wide):
                column -= 1
            if column >= 0:
                break
            if row == 0:
                return 0, 0
            row -= 1
            column = len(self.lines[row]) - 1
            if column < 0:
                return row, 0
        while column > 0 and _kind(line[column - 1], wide) == _kind(line[column], wide):
            column -= 1
        return row, column

    def word_here(self, wide: bool) -> tuple[int, int]:
        """Where the word, or the blanks, at the cursor begin, and the column behind them."""
        line = self.line
        kind = _kind(line[self.column : self.column + 1], wide)
        start = stop = self.column
        while start > 0 and _kind(line[start - 1], wide) == kind:
            start -= 1
        while stop < len(line) and _kind(line[stop], wide) == kind:
            stop += 1
        return start, stop

    def paragraph(self, forward: bool) -> Place:
        """The next empty line, or the end of the text."""
        step = 1 if forward else -1
        row = self.row + step
        while 0 <= row < len(self.lines):
            if not self.lines[row].strip():
                return row, 0
            row += step
        return (len(self.lines) - 1, len(self.lines[-1])) if forward else (0, 0)

    def character(self, wanted: str, forward: bool, before: bool) -> Place | None:
        """Where ``f``, ``F``, ``t`` and ``T`` lead; None where there is no such character in the line."""
        line = self.line
        if forward:
            at = line.find(wanted, self.column + 1 + before)
            return None if at < 0 else (self.row, at - before)
        at = line.rfind(wanted, 0, max(0, self.column - before))
        return None if at < 0 else (self.row, at + before)

    def search(self, wanted: str, forward: bool) -> Place | None:
        """The next place at which ``wanted`` stands, round the end of the text."""
        count = len(self.lines)
        for step in range(count + 1):
            row = (self.row + (step if forward else -step)) % count
            line = self.lines[row]
            if forward:
                at = line.find(wanted, self.column + 1 if step == 0 else 0)
            else:
                at = line.rfind(wanted, 0, self.column + len(wanted) - 1 if step == 0 else len(line))
            if at >= 0:
                return row, at
        return None

    # What operators do

    def piece(self, start: Place, end: Place) -> list[str]:
        """The text from ``start`` up to, not with, ``end``."""
        (row, column), (last, stop) = start, end
        if row == last:
            return [self.lines[row][column:stop]]
        return [self.lines[row][column:], *self.lines[row + 1 : last], self.lines[last][:stop]]

    def remove(self, start: Place, end: Place) -> None:
        (row, column), (last, stop) = start, end
        self.lines[row : last + 1] = [self.lines[row][:column] + self.lines[last][stop:]]
        self.go(row, column, beyond=True)

    def remove_lines(self, first: int, last: int) -> None:
        del self.lines[first : last + 1]
        self.lines = self.lines or [""]
        self.go(first, 0)
        self.column = self.first_column()

    def insert(self, text: str) -> None:
        """Insert a piece without line ends at the cursor, which then stands behind it."""
        line = self.line
        self.lines[self.row] = line[: self.column] + text + line[self.column :]
        self.column += len(text)
        self.changed = True

    def break_line(self) -> None:
        line = self.line
        self.lines[self.row : self.row + 1] = [line[: self.column], line[self.column :]]
        self.row, self.column = self.row + 1, 0
        self.changed = True

    def erase(self) -> None:
        """Backspace."""
        if self.column:
            line = self.line
            self.lines[self.row] = line[: self.column - 1] + line[self.column :]
            self.column -= 1
        elif self.row:
            self.row -= 1
            self.column = len(self.line)
            self.lines[self.row : self.row + 2] = [self.line + self.lines[self.row + 1]]
        self.changed = True

    def put(self, taken: Taken, behind: bool, count: int) -> None:
        """Put what was taken back, before or behind the cursor."""
        if taken.whole:
            at = self.row + behind
            self.lines[at:at] = taken.lines * count
            self.go(at, 0)
            self.column = self.first_column()
            return
        text = "\n".join(taken.lines) * count
        column = min(len(self.line), self.column + behind)
        whole = self.line[:column] + text + self.line[column:]
        pieces = whole.split("\n")
        self.lines[self.row : self.row + 1] = pieces
        self.go(self.row, column + len(text) - 1 if len(pieces) == 1 else column)

    def join(self, count: int) -> None:
        """``J``: this line and the next ``count - 1``, or one, as one line."""
        for _ in range(max(1, count - 1)):
            if self.row + 1 >= len(self.lines):
                return
            following = self.lines[self.row + 1].lstrip()
            line = self.line.rstrip()
            self.column = len(line) if line else 0
            gap = " " if line and following and not following.startswith(")") else ""
            self.lines[self.row : self.row + 2] = [line + gap + following]

    def shift(self, first: int, last: int, right: bool) -> None:
        """``>`` and ``<``: by eight columns, as tabs are wide."""
        for row in range(first, min(last, len(self.lines) - 1) + 1):
            line = self.lines[row]
            if right and line:
                self.lines[row] = "\t" + line
            elif not right:
                self.lines[row] = (
                    line[1:] if line.startswith("\t") else line[min(8, len(line) - len(line.lstrip(" "))) :]
                )
        self.go(first, 0)
        self.column = self.first_column()
