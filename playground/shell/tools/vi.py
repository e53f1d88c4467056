"""``vi``: the keys that everybody's fingers know. It is vim in small; what it does not have, it says."""

from typing import Final

from playground.api.process import TerminalReader
from playground.shell.keys import width_of
from playground.shell.tool import Invocation, Tool
from playground.shell.tools.full_screen import ENTER, LEAVE, MAX_TEXT, Keyboard, fitting
from playground.shell.tools.vi_commands import Leave
from playground.shell.tools.vi_motions import INCLUSIVE, LINEWISE, MOTIONS, Motions
from playground.shell.tools.vi_text import Place, Taken

MAX_COUNT: Final = 10_000


class _Vi(Motions):
    def __init__(self, invocation: Invocation, keyboard: Keyboard, path: str, read_only: bool) -> None:
        super().__init__(invocation, path, read_only)
        self._keyboard = keyboard
        self._taken = Taken()
        self._mark: Place = (0, 0)
        self._top = 0
        self._replayed: list[str] = []
        self._typed: list[str] = []
        self._last_change: list[str] = []

    async def run(self) -> int:
        await self.load()
        try:
            while True:
                await self._draw()
                self._typed = []
                await self._command()
        except Leave as left:
            return left.status

    # Keys

    async def _key(self) -> str:
        """The next key.

        Raises:
            Leave: the terminal is gone.
        """
        if self._replayed:
            key = self._replayed.pop(0)
        else:
            given = await self._keyboard.key()
            if given is None:
                raise Leave(1)
            key = given
        if key.startswith("M-") and len(key) > 2:
            self._replayed.insert(0, key[2:])  # Escape, and a key so soon after it that they came as one.
            key = "Escape"
        self._typed.append(key)
        return "Escape" if key == "C-[" else key

    async def _command(self) -> None:
        """One command of the normal, or a visual, mode."""
        key = await self._key()
        self.message = ""
        digits = ""
        while key.isdigit() and len(key) == 1 and (digits or key != "0"):
            digits += key
            key = await self._key()
        count = min(int(digits[:6]), MAX_COUNT) if digits else None
        text = self.text
        if self._mode != "normal":
            await self._visual(key, count)
        elif key in ("d", "c", "y", ">", "<"):
            await self._operate(key, count)
        elif key in MOTIONS:
            found = await self._motion(key, count)
            if found is not None:
                text.go(*found)
        elif key == ":":
            await self._ex("")
        elif key in ("v", "V"):
            self._mode, self._mark = ("visual" if key == "v" else "lines"), (text.row, text.column)
        elif key == "." and self._last_change:
            self._replayed = list(self._last_change)
        elif key in ("u", "C-r"):
            done = sum((text.undo() if key == "u" else text.redo()) for _ in range(count or 1))
            self.message = "" if done else f"Already at {'oldest' if key == 'u' else 'newest'} change"
            text.go(text.row, text.column)
        elif key == "Z":
            following = await self._key()
            if following == "Z":
                await self.save_and_leave()
            elif following == "Q":
                raise Leave(0)
        elif key == "C-g":
            self.message = self.described()
        elif key == "C-c":
            self.message = "Type  :qa!  and press <Enter> to abandon all changes and exit Vim"
        elif key not in ("Escape", "PasteBegin", "PasteEnd", "Unknown", "C-l"):
            await self._change(key, count)

    async def _change(self, key: str, count: int | None) -> None:
        """A command that changes the text by itself."""
        text = self.text
        times = count or 1
        row, column = text.row, text.column
        before = text.size()
        if key in ("i", "a", "I", "A", "o", "O", "Insert"):
            text.keep()
            if key == "I":
                text.column = text.first_column()
            elif key in ("a", "A"):
                text.column = min(len(text.line), column + 1) if key == "a" else len(text.line)
            elif key in ("o", "O"):
                text.lines.insert(row + (key == "o"), "")
                text.row, text.column = row + (key == "o"), 0
            await self._insert()
        elif key in ("x", "X", "Delete", "D", "C", "s", "S", "Y"):
            same = {"x": "dl", "Delete": "dl", "X": "dh", "D": "d$", "C": "c$", "s": "cl", "S": "cc", "Y": "yy"}[key]
            self._replayed = [*str(count or ""), *same, *self._replayed]
            self._typed = []
            await self._command()
            return
        elif key in ("p", "P") and self._taken.lines:
            text.keep()
            text.put(self._taken, key == "p", min(times, 100))
        elif key == "r":
            wanted = await self._key()
            if len(wanted) == 1 and column + times <= len(text.line):
                text.keep()
                text.lines[row] = text.line[:column] + wanted * times + text.line[column + times :]
                text.column = column + times - 1
        elif key == "~":
            text.keep()
            changed = text.line[column : column + times].swapcase()
            text.lines[row] = text.line[:column] + changed + text.line[column + times :]
            text.go(row, column + times)
        elif key == "J":
            text.keep()
            text.join(times)
        elif key == "R":
            self.message = "Replace mode is not here. Use r, s or c."
            return
        else:
            self.message = f"The key {key} does nothing here"
            return
        if text.size() > max(MAX_TEXT, before):
            text.undo()
            self.message = "The text would get too long"
        self._last_change = self._typed

    async def _operate(self, operator: str, count: int | None) -> None:
        """``d``, ``c``, ``y``, ``>`` or ``<``, and a motion."""
        text = self.text
        key = await self._key()
        digits = ""
        while key.isdigit() and (digits or key != "0"):
            digits += key
            key = await self._key()
        if digits:
            count = min((count or 1) * int(digits[:6]), MAX_COUNT)
        start = (text.row, text.column)
        if key == operator:
            last = min(text.row + (count or 1) - 1, len(text.lines) - 1)
            await self._apply(operator, (text.row, 0), (last, 0), whole=True)
            return
        if key in ("i", "a") and (span := self._object(await self._key(), key == "a")) is not None:
            await self._apply(operator, *span, whole=False)
            return
        if key not in MOTIONS:
            return
        name = key
        stop = key in ("w", "W")
        found = await self._motion(key, count, at_end=True)
        if found is None:
            return
        if key == "g":
            name = "gg"
        if stop and found[0] > start[0] and not found[1]:
            found = (found[0] - 1, len(text.lines[found[0] - 1]))
        if stop and operator == "c" and found[0] == start[0] and text.line[text.column : text.column + 1].strip():
            found = (found[0], len(text.line[: found[1]].rstrip()))
        if name in INCLUSIVE and found >= start:
            found = (found[0], found[1] + 1)
        first, last_place = sorted((start, found))
        whole = name in LINEWISE or operator in (">", "<")
        await self._apply(operator, first, last_place, whole)

    async def _apply(self, operator: str, start: Place, end: Place, whole: bool) -> None:
        text = self.text
        first, last = start[0], end[0]
        taken = Taken(text.lines[first : last + 1] if whole else text.piece(start, end), whole)
        if operator in (">", "<"):
            text.keep()
            text.shift(first, last, operator == ">")
        elif operator == "y":
            self._taken = taken
            text.go(first, text.column if whole and first == text.row else start[1] if not whole else text.column)
            if len(taken.lines) > 2 and whole:
                self.message = f"{len(taken.lines)} lines yanked"
            return
        else:
            text.keep()
            self._taken = taken
            if operator == "c" and whole:
                text.lines[first : last + 1] = [""]
                text.go(first, 0)
            elif whole:
                text.remove_lines(first, last)
                if len(taken.lines) > 2:
                    self.message = f"{len(taken.lines)} fewer lines"
            else:
                text.remove(start, end)
            if operator == "c":
                await self._insert()
            else:
                text.go(text.row, text.column)
        self._last_change = self._typed

    async def _visual(self, key: str, count: int | None) -> None:
        text = self.text
        here = (text.row, text.column)
        lines = self._mode == "lines"
        if key in ("Escape", "C-c") or key == ("V" if lines else "v"):
            self._mode = "normal"
        elif key in ("v", "V"):
            self._mode = "visual" if lines else "lines"
        elif key in MOTIONS:
            found = await self._motion(key, count)
            if found is not None:
                text.go(*found)
        elif key == "o":
            self._mark, (text.row, text.column) = here, self._mark
        elif key in ("d", "x", "y", "c", "s", ">", "<", "Delete", "D", "Y"):
            start, (row, column) = sorted((self._mark, here))
            self._mode = "normal"
            operator = {"x": "d", "s": "c", "Delete": "d", "D": "d", "Y": "y"}.get(key, key)
            whole = lines or operator in (">", "<") or key in ("D", "Y")
            await self._apply(operator, start, (row, min(column + 1, len(text.lines[row]))), whole)
            if operator == "y":
                text.go(*start)
        elif key == ":":
            first, last = sorted((self._mark[0], text.row))
            self._mode = "normal"
            await self._ex(f"{first + 1},{last + 1}")

    async def _insert(self) -> None:
        """Insert what is typed until Escape."""
        text = self.text
        self._mode = "insert"
        while True:
            if not self._replayed:
                await self._draw()
            key = await self._key()
            if key in ("Escape", "C-c"):
                break
            if key == "Enter":
                text.break_line()
            elif key == "Tab":
                text.insert("\t")
            elif key == "Backspace":
                text.erase()
            elif key == "Delete" and text.column < len(text.line):
                text.remove((text.row, text.column), (text.row, text.column + 1))
            elif key in ("C-w", "C-u"):
                start = text.word_back(False) if key == "C-w" else (text.row, 0)
                if start[0] == text.row:
                    text.remove(start, (text.row, text.column))
            elif key in ("Left", "Right", "Up", "Down", "Home", "End", "PageUp", "PageDown"):
                found = await self._motion(key, None, at_end=True)
                if found is not None:
                    text.go(*found, beyond=True)
            elif len(key) == 1 and text.size() < MAX_TEXT:
                text.insert(key)
        self._mode = "normal"
        text.go(text.row, text.column - 1)

    # The last line

    async def _ask(self, mark: str, begun: str = "") -> str:
        """What is typed behind ``:``, ``/`` or ``?``; nothing when it is taken back."""
        answer = begun
        while True:
            if not self._replayed:
                await self._draw(mark + answer)
            key = await self._key()
            if key == "Enter":
                return answer
            if key in ("Escape", "C-c") or (key == "Backspace" and not answer):
                return ""
            if key == "Backspace":
                answer = answer[:-1]
            elif key == "C-u":
                answer = ""
            elif len(key) == 1 and len(answer) < 1000:
                answer += key

    async def _ex(self, begun: str) -> None:
        line = await self._ask(":", begun)
        if line.strip() and line != begun:
            await self.execute(line.strip())

    # The screen

    async def _draw(self, asked: str = "") -> None:
        out, text = self._invocation.stdout, self.text
        columns, height = out.columns, max(1, out.rows - 1)
        if text.row < self._top:
            self._top = text.row
        elif text.row >= self._top + height:
            self._top = text.row - height + 1
        margin = len(str(len(text.lines))) + 2 if self.numbered else 0
        room = max(10, columns - margin)
        before = text.line[: text.column].expandtabs(8)
        x = sum(width_of(c) for c in before)
        left = max(0, x - room + 1) if x >= room else 0
        first, last = sorted((self._mark[0], text.row)) if self._mode in ("visual", "lines") else (-1, -1)
        rows = ["\x1b[?25l\x1b[H"]
        for row in range(self._top, self._top + height):
            line = "\x1b[94m~\x1b[m"
            if row < len(text.lines):
                shown = fitting(text.lines[row].expandtabs(8)[left:], room)
                number = f"\x1b[33m{row + 1:>{margin - 1}} \x1b[m" if margin else ""
                line = number + (f"\x1b[7m{shown or ' '}\x1b[m" if first <= row <= last else shown)
            rows.append(f"\x1b[K{line}\r\n")
        modes = {"insert": "-- INSERT --", "visual": "-- VISUAL --", "lines": "-- VISUAL LINE --"}
        bottom = asked or self.message or modes.get(self._mode, "")
        ruler = f"{text.row + 1},{text.column + 1 if text.line else '0-1'}"
        where = "All" if len(text.lines) <= height else "Top" if not self._top else "Bot"
        if where == "Bot" and self._top + height < len(text.lines):
            where = f"{self._top * 100 // (len(text.lines) - height)}%"
        bottom = fitting(bottom, columns - 1)
        if not asked and len(bottom) < columns - 20:
            bottom = f"{bottom.ljust(columns - 19)}{ruler:<14}{where}"
        rows.append("\x1b[K" + bottom)
        y, x = (height + 1, len(asked) + 1) if asked else (text.row - self._top + 1, margin + x - left + 1)
        await out.write("".join(rows) + f"\x1b[{y};{x}H\x1b[?25h")


async def vi(invocation: Invocation) -> int:
    words = [word for word in invocation.arguments[1:] if not word.startswith(("-", "+"))]
    jump = next((word[1:] for word in invocation.arguments[1:] if word.startswith("+")), "")
    terminal = invocation.stdin
    if not (isinstance(terminal, TerminalReader) and terminal.is_terminal and invocation.stdout.is_terminal):
        await invocation.stderr.write("Vim: Warning: Output is not to a terminal\n")
        return 1
    read_only = invocation.name == "view" or "-R" in invocation.arguments
    terminal.set_raw(True)
    await invocation.stdout.write(ENTER)
    try:
        editor = _Vi(invocation, Keyboard(terminal, escape_alone=True), words[0] if words else "", read_only)
        editor.jump = jump
        return await editor.run()
    finally:
        await invocation.stdout.write(LEAVE)
        terminal.set_raw(False)


VI_TOOLS: Final[dict[str, Tool]] = dict.fromkeys(("vi", "vim", "vim.tiny", "view"), vi)
