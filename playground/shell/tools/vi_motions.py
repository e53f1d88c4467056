"""Where the keys of ``vi`` lead that move, and what the names of pieces of text mean."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Final

from playground.shell.tool import Invocation
from playground.shell.tools.vi_commands import ExCommands
from playground.shell.tools.vi_text import Place

MOTIONS: Final = frozenset("hjklwbeWBEG0^$nN;,{}fFtTg%-+") | {
    *("Left", "Right", "Up", "Down", "Home", "End", "Enter", "Backspace", " ", "PageUp", "PageDown"),
    *("C-f", "C-b", "C-d", "C-u", "C-n", "C-p", "/", "?", "*"),
}
LINEWISE: Final = frozenset("jkG-+") | {"Up", "Down", "Enter", "PageUp", "PageDown", "gg", "C-n", "C-p"}
INCLUSIVE: Final = frozenset("eEft$") | {"End", "%"}
_PAIRS: Final = {"(": ")", "[": "]", "{": "}"}


class Motions(ExCommands):
    """The part of the editor that finds places."""

    def __init__(self, invocation: Invocation, path: str, read_only: bool) -> None:
        super().__init__(invocation, path, read_only)
        self._mode = "normal"
        self._sought = ("", True)
        self._hunted = ("", "f")

    @abstractmethod
    async def _key(self) -> str:
        """The next key."""

    @abstractmethod
    async def _ask(self, mark: str, begun: str = "") -> str:
        """What is typed behind ``:``, ``/`` or ``?``."""

    def _object(self, key: str, around: bool) -> tuple[Place, Place] | None:
        """What ``iw``, ``i"`` and their like mean."""
        text = self.text
        row, line, column = text.row, text.line, text.column
        if key in ("w", "W"):
            start, stop = text.word_here(key == "W")
            while around and stop < len(line) and line[stop].isspace():
                stop += 1
            return (row, start), (row, stop)
        opening = {")": "(", "]": "[", "}": "{", "b": "("}.get(key, key)
        closing = _PAIRS.get(opening, opening)
        if opening not in "\"'`([{":
            return None
        left = line.rfind(opening, 0, column + 1)
        right = line.find(closing, max(column, left + 1))
        if opening == closing:
            marks = [at for at, character in enumerate(line) if character == opening]
            pairs = zip(marks[::2], marks[1::2], strict=False)
            left, right = next((pair for pair in pairs if pair[1] >= column), (-1, -1))
        if left < 0 or right < 0:
            return None
        return (row, left + (not around)), (row, right + around)

    async def _motion(self, key: str, count: int | None, at_end: bool = False) -> Place | None:
        """Where a motion leads; None where it leads nowhere. ``at_end``: the place behind a line's end counts."""
        text = self.text
        times = count or 1
        row, column = text.row, text.column
        last = len(text.lines) - 1
        page = max(1, self._invocation.stdout.rows - 3)
        steps: dict[str, Callable[[], Place]] = {
            "w": lambda: text.word_forward(False),
            "W": lambda: text.word_forward(True),
            "e": lambda: text.word_end(False),
            "E": lambda: text.word_end(True),
            "b": lambda: text.word_back(False),
            "B": lambda: text.word_back(True),
            "{": lambda: text.paragraph(False),
            "}": lambda: text.paragraph(True),
        }
        if key in steps:
            for _ in range(times):
                text.row, text.column = steps[key]()
            found = (text.row, text.column)
            text.row, text.column = row, column
            return found
        match key:
            case "h" | "Left" | "Backspace":
                return row, max(0, column - times)
            case "l" | "Right" | " ":
                return row, min(len(text.line) - (not at_end), column + times)
            case "j" | "Down" | "C-n":
                return None if row == last else (min(last, row + times), column)
            case "k" | "Up" | "C-p":
                return None if row == 0 else (max(0, row - times), column)
            case "Enter" | "+" | "-":
                there = min(max(0, row + (-times if key == "-" else times)), last)
                return there, text.first_column(there)
            case "0" | "Home":
                return row, 0
            case "^":
                return row, text.first_column()
            case "$" | "End":
                there = min(last, row + times - 1)
                return there, max(0, len(text.lines[there]) - (0 if at_end and self._mode == "insert" else 1))
            case "G":
                there = last if count is None else min(max(0, count - 1), last)
                return there, text.first_column(there)
            case "g":
                if await self._key() != "g":
                    return None
                there = min(times - 1, last)
                return there, text.first_column(there)
            case "PageDown" | "C-f" | "C-d":
                return min(last, row + (page if key != "C-d" else page // 2)), column
            case "PageUp" | "C-b" | "C-u":
                return max(0, row - (page if key != "C-u" else page // 2)), column
            case "f" | "F" | "t" | "T":
                wanted = await self._key()
                self._hunted = (wanted, key)
                return text.character(wanted, key in "ft", key in "tT")
            case ";" | ",":
                wanted, how = self._hunted
                return text.character(wanted, (how in "ft") == (key == ";"), how in "tT") if wanted else None
            case "%":
                return self._partner()
            case "/" | "?":
                wanted = await self._ask(key)
                self._sought = (wanted or self._sought[0], key == "/")
                return self._find(self._sought[1])
            case "*":
                start, stop = text.word_here(False)
                self._sought = (text.line[start:stop].strip(), True)
                return self._find(True)
            case _:
                return self._find(self._sought[1] == (key == "n"))

    def _find(self, forward: bool) -> Place | None:
        wanted = self._sought[0]
        found = self.text.search(wanted, forward) if wanted else None
        if found is None:
            self.message = f"E486: Pattern not found: {wanted}" if wanted else "E35: No previous regular expression"
        return found

    def _partner(self) -> Place | None:
        """The bracket that belongs to the one at the cursor, in its line or below and above."""
        text = self.text
        character = text.line[text.column : text.column + 1]
        forward = character in _PAIRS
        partner = _PAIRS.get(character) or next((k for k, v in _PAIRS.items() if v == character), "")
        if not partner:
            return None
        depth = 0
        row, column = text.row, text.column
        while 0 <= row < len(text.lines):
            line = text.lines[row]
            while 0 <= column < len(line):
                depth += (line[column] == character) - (line[column] == partner)
                if depth == 0:
                    return row, column
                column += 1 if forward else -1
            row += 1 if forward else -1
            if 0 <= row < len(text.lines):
                column = 0 if forward else len(text.lines[row]) - 1
        return None
