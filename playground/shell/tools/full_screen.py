"""Programs that take the whole screen: a small ``nano``, and ``less`` and ``more``."""

from dataclasses import dataclass, field
from typing import Final

from playground.api.process import TerminalReader
from playground.shell.keys import next_key, shown, width_of
from playground.shell.streams import decoded, encoded
from playground.shell.tool import Invocation, Tool
from playground.shell.tools.reading import whole

MAX_TEXT: Final = 512 * 1024
ENTER: Final = "\x1b[?1049h\x1b[H\x1b[2J"
LEAVE: Final = "\x1b[?1049l"
_HELP: Final = (
    "^O Write Out  ^W Where Is  ^K Cut  ^X Exit",
    "^G Help       ^U Paste     ^A Home ^E End",
)


class Keyboard:
    """Named keys from a terminal in raw mode; None when it is gone.

    ``escape_alone``: an Escape with nothing behind it, so far, is a key. Else it waits for what it may begin.
    """

    def __init__(self, terminal: TerminalReader, escape_alone: bool = False) -> None:
        self._terminal = terminal
        self._escape_alone = escape_alone
        self._data = b""

    async def key(self) -> str | None:
        while True:
            if self._data:
                if self._data == b"\x1b" and self._escape_alone:
                    self._data = b""
                    return "Escape"
                found = next_key(self._data, 0)
                if found is not None:
                    self._data = self._data[found[1] :]
                    return found[0]
            more = await self._terminal.read()
            if not more:
                return None
            self._data += more


@dataclass(slots=True)
class TextBuffer:
    """The text being edited and the place of the cursor in it."""

    lines: list[str] = field(default_factory=lambda: [""])
    row: int = 0
    column: int = 0
    changed: bool = False
    cut: list[str] = field(default_factory=list)
    last_was_cut: bool = False

    def size(self) -> int:
        return sum(len(line) + 1 for line in self.lines)

    def insert(self, text: str) -> None:
        line = self.lines[self.row]
        self.lines[self.row] = line[: self.column] + text + line[self.column :]
        self.column += len(text)
        self.changed = True

    def press(self, key: str, page: int) -> bool:
        """Act on a key; False when it is not the text's."""
        line = self.lines[self.row]
        was_cut, self.last_was_cut = self.last_was_cut, False
        match key:
            case "Enter":
                self.lines[self.row : self.row + 1] = [line[: self.column], line[self.column :]]
                self.row, self.column, self.changed = self.row + 1, 0, True
            case "Tab":
                self.insert("    ")
            case "Backspace":
                if self.column:
                    self.lines[self.row] = line[: self.column - 1] + line[self.column :]
                    self.column, self.changed = self.column - 1, True
                elif self.row:
                    self.column = len(self.lines[self.row - 1])
                    self.lines[self.row - 1 : self.row + 1] = [self.lines[self.row - 1] + line]
                    self.row, self.changed = self.row - 1, True
            case "Delete" | "C-d":
                if self.column < len(line):
                    self.lines[self.row] = line[: self.column] + line[self.column + 1 :]
                    self.changed = True
                elif self.row + 1 < len(self.lines):
                    self.lines[self.row : self.row + 2] = [line + self.lines[self.row + 1]]
                    self.changed = True
            case "C-k":
                self.cut = [*self.cut, line] if was_cut else [line]
                del self.lines[self.row]
                self.lines = self.lines or [""]
                self.row = min(self.row, len(self.lines) - 1)
                self.column, self.changed, self.last_was_cut = 0, True, True
            case "C-u":
                self.lines[self.row : self.row] = self.cut
                self.row += len(self.cut)
                self.column, self.changed = 0, bool(self.cut) or self.changed
            case _:
                return self._move(key, page)
        return True

    def _move(self, key: str, page: int) -> bool:
        match key:
            case "Left" | "C-b":
                if self.column:
                    self.column -= 1
                elif self.row:
                    self.row -= 1
                    self.column = len(self.lines[self.row])
            case "Right" | "C-f":
                if self.column < len(self.lines[self.row]):
                    self.column += 1
                elif self.row + 1 < len(self.lines):
                    self.row, self.column = self.row + 1, 0
            case "Up" | "C-p":
                self.row = max(0, self.row - 1)
            case "Down" | "C-n":
                self.row = min(len(self.lines) - 1, self.row + 1)
            case "PageUp" | "C-y":
                self.row = max(0, self.row - page)
            case "PageDown" | "C-v":
                self.row = min(len(self.lines) - 1, self.row + page)
            case "Home" | "C-a":
                self.column = 0
            case "End" | "C-e":
                self.column = len(self.lines[self.row])
            case _:
                return False
        self.column = min(self.column, len(self.lines[self.row]))
        return True

    def find(self, text: str) -> bool:
        """Go to the next occurrence of ``text``, from the start again behind the end."""
        count = len(self.lines)
        for step in range(count + 1):
            row = (self.row + step) % count
            at = self.lines[row].find(text, self.column + 1 if step == 0 else 0)
            if at >= 0:
                self.row, self.column = row, at
                return True
        return False


class _Nano:
    def __init__(self, invocation: Invocation, keyboard: Keyboard, path: str) -> None:
        self._invocation = invocation
        self._keyboard = keyboard
        self._path = path
        self._buffer = TextBuffer()
        self._top = 0
        self._message = ""
        self._sought = ""

    async def run(self) -> int:
        if self._path and self._invocation.files.exists(self._path):
            try:
                text = decoded(self._invocation.files.read(self._path))
                self._buffer.lines = text.removesuffix("\n").split("\n")
                self._message = f"[ Read {len(self._buffer.lines)} lines ]"
            except OSError as error:
                self._message = f"[ {self._path} is a directory ]" if error.errno == 21 else f"[ {error.strerror} ]"
        elif self._path:
            self._message = "[ New File ]"
        while True:
            await self._draw()
            key = await self._keyboard.key()
            if key is None:
                return 1
            self._message = ""
            if key == "C-x":
                if await self._leave():
                    return 0
            elif key in ("C-o", "C-s"):
                await self._write_out(ask=key == "C-o")
            elif key == "C-w":
                await self._search()
            elif key == "C-g":
                self._message = "[ Write your text; ^O writes it to the file, ^X leaves ]"
            elif key in ("PasteBegin", "PasteEnd", "Unknown"):
                continue
            elif len(key) == 1:
                if self._buffer.size() < MAX_TEXT:
                    self._buffer.insert(key)
            elif not self._buffer.press(key, self._invocation.stdout.rows - 5):
                self._message = "[ Unbound key ]"

    async def _leave(self) -> bool:
        if not self._buffer.changed:
            return True
        while True:
            await self._draw("Save modified buffer?  (Y Yes, N No, ^C Cancel) ")
            key = await self._keyboard.key()
            if key is None or key in ("n", "N"):
                return True
            if key in ("y", "Y"):
                return await self._write_out(ask=True)
            if key in ("C-c", "C-g"):
                return False

    async def _ask(self, question: str, answer: str) -> str | None:
        while True:
            await self._draw(question + answer)
            key = await self._keyboard.key()
            if key is None or key in ("C-c", "C-g"):
                self._message = "[ Cancelled ]"
                return None
            if key == "Enter":
                return answer
            if key == "Backspace":
                answer = answer[:-1]
            elif len(key) == 1:
                answer += key

    async def _write_out(self, ask: bool) -> bool:
        path: str | None = self._path
        if ask or not path:
            path = await self._ask("File Name to Write: ", self._path)
        if not path:
            return False
        text = "\n".join(self._buffer.lines)
        text += "\n" if text and not text.endswith("\n") else ""
        try:
            self._invocation.files.write(path, encoded(text))
        except OSError as error:
            self._message = f"[ Error writing {path}: {error.strerror} ]"
            return False
        self._path = path
        self._buffer.changed = False
        self._message = f"[ Wrote {text.count(chr(10))} lines ]"
        return True

    async def _search(self) -> None:
        text = await self._ask("Search: ", self._sought)
        if text:
            self._sought = text
            if not self._buffer.find(text):
                self._message = f'[ "{text}" not found ]'

    async def _draw(self, question: str = "") -> None:
        out = self._invocation.stdout
        columns, rows = out.columns, max(6, out.rows)
        height = rows - 4
        buffer = self._buffer
        if not self._top <= buffer.row < self._top + height:
            self._top = max(0, buffer.row - height // 2)
        title = f"  GNU nano 7.2   {(self._path or 'New Buffer')}{' *' if buffer.changed else ''}"
        screen = ["\x1b[?25l\x1b[H\x1b[7m" + title[:columns].ljust(columns) + "\x1b[m"]
        for row in range(self._top, self._top + height):
            line = shown(buffer.lines[row]) if row < len(buffer.lines) else ""
            if row == buffer.row:
                line = line[self._left(columns) :]
            screen.append("\x1b[K" + fitting(line, columns))
        middle = question or self._message
        gap = "" if question else " " * max(0, (columns - len(middle)) // 2)
        screen.append("\x1b[K" + gap + ("\x1b[7m" + middle[:columns] + "\x1b[m" if middle else ""))
        screen += ["\x1b[K" + text[:columns] for text in _HELP]
        left = self._left(columns)
        before = shown(buffer.lines[buffer.row][: buffer.column])[left:]
        x = sum(width_of(c) for c in before) + 1
        y = buffer.row - self._top + 2
        if question:
            x, y = min(columns, len(question) + 1), height + 2
        await out.write("\r\n".join(screen) + f"\x1b[{y};{x}H\x1b[?25h")

    def _left(self, columns: int) -> int:
        """How many characters of the cursor's line are scrolled out on the left."""
        step = max(1, columns - 8)
        return self._buffer.column // step * step if self._buffer.column >= columns - 1 else 0


def fitting(line: str, columns: int) -> str:
    out: list[str] = []
    used = 0
    for character in line:
        used += width_of(character)
        if used > columns:
            break
        out.append(character)
    return "".join(out)


async def nano(invocation: Invocation) -> int:
    words = [word for word in invocation.arguments[1:] if not word.startswith(("-", "+"))]
    terminal = invocation.stdin
    if not (isinstance(terminal, TerminalReader) and terminal.is_terminal and invocation.stdout.is_terminal):
        await invocation.stderr.write("Standard input is not a terminal\n")
        return 1
    terminal.set_raw(True)
    await invocation.stdout.write(ENTER)
    try:
        return await _Nano(invocation, Keyboard(terminal), words[0] if words else "").run()
    finally:
        await invocation.stdout.write(LEAVE)
        terminal.set_raw(False)


async def less(invocation: Invocation) -> int:
    """``less`` and ``more``: pages on a terminal, everything at once elsewhere."""
    words = [word for word in invocation.arguments[1:] if not word.startswith(("-", "+"))]
    if not words and invocation.stdin.is_terminal:
        await invocation.stderr.write('Missing filename ("less --help" for help)\n')
        return 1
    data = bytearray()
    for path in words or ["-"]:
        piece = await whole(invocation, path)
        if piece is None:
            return 1
        data += piece
    keys = invocation.terminal()
    if keys is None or not invocation.stdout.is_terminal:
        await invocation.stdout.write(bytes(data))
        return 0
    lines = decoded(bytes(data)).expandtabs(8).split("\n")
    if lines and not lines[-1]:
        lines.pop()
    keys.set_raw(True)
    await invocation.stdout.write(ENTER)
    try:
        return await _page(invocation, Keyboard(keys), lines, words[0] if words else "")
    finally:
        await invocation.stdout.write(LEAVE)
        keys.set_raw(False)


async def _page(invocation: Invocation, keyboard: Keyboard, lines: list[str], name: str) -> int:
    out = invocation.stdout
    top = 0
    sought = ""
    prompt = name
    while True:
        height = max(1, out.rows - 1)
        last = max(0, len(lines) - height)
        top = min(max(0, top), last)
        page = [shown(line)[: out.columns] for line in lines[top : top + height]]
        page += ["~"] * (height - len(page))
        status = prompt or ("(END)" if top >= last else ":")
        await out.write("\x1b[H" + "".join(f"\x1b[K{line}\r\n" for line in page) + f"\x1b[K\x1b[7m{status}\x1b[m")
        prompt = ""
        match await keyboard.key():
            case None | "q" | "Q" | "C-c":
                return 0
            case " " | "PageDown" | "f" | "C-f" | "C-v":
                top += height
            case "b" | "PageUp" | "C-b":
                top -= height
            case "Down" | "j" | "Enter" | "C-n":
                top += 1
            case "Up" | "k" | "y" | "C-p":
                top -= 1
            case "g" | "<" | "Home":
                top = 0
            case "G" | ">" | "End":
                top = last
            case "d" | "C-d":
                top += height // 2
            case "u" | "C-u":
                top -= height // 2
            case "/":
                sought = await _ask_below(invocation, keyboard)
                top, prompt = _found(lines, sought, top, prompt)
            case "n":
                top, prompt = _found(lines, sought, top, prompt)


async def _ask_below(invocation: Invocation, keyboard: Keyboard) -> str:
    answer = ""
    while True:
        await invocation.stdout.write(f"\r\x1b[K/{answer}")
        key = await keyboard.key()
        if key in (None, "Enter"):
            return answer
        if key == "Backspace":
            answer = answer[:-1]
        elif key in ("C-c", "Escape"):
            return ""
        elif key is not None and len(key) == 1:
            answer += key


def _found(lines: list[str], sought: str, top: int, prompt: str) -> tuple[int, str]:
    if sought:
        for row in range(top + 1, len(lines)):
            if sought in lines[row]:
                return row, ""
    return top, "Pattern not found"


FULL_SCREEN_TOOLS: Final[dict[str, Tool]] = {"nano": nano, "less": less, "more": less}
