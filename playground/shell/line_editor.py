"""Reads one line from a keyboard, as bash's readline does, in its emacs manner.

Pure: bytes go in, ``Action``s come out. The editor draws with the few control sequences that every terminal knows
and never asks the terminal anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playground.shell.drawn_line import DrawnLine
from playground.shell.keys import PASTE_END, next_key, width_of

MAX_LINE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Output:
    data: str


@dataclass(frozen=True, slots=True)
class Accept:
    """Enter was typed."""

    line: str


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Ctrl-C was typed: the line is dropped."""


@dataclass(frozen=True, slots=True)
class EndOfInput:
    """Ctrl-D was typed on an empty line."""


@dataclass(frozen=True, slots=True)
class Complete:
    """Tab was typed behind ``text``. ``listing``: for the second time, so the choices are wanted."""

    text: str
    listing: bool


Action = Output | Accept | Interrupt | EndOfInput | Complete


class LineEditor(DrawnLine):
    """Edits a line at a time; ``history`` is shared with its owner, oldest first.

    ``begin`` starts a line. ``feed`` stops at an action that is the owner's turn (any but ``Output``); what was not
    looked at yet is in ``rest``.
    """

    def __init__(self, history: list[str], columns: int = 80) -> None:
        super().__init__(columns)
        self.history = history
        self.rest = b""
        self._killed: list[str] = []
        self._last_key = ""
        self._history_at = 0
        self._edited: dict[int, str] = {}
        self._undo: list[tuple[str, int]] = []
        self._search: str | None = None
        self._search_from = 0
        self._before_search = ("", 0)
        self._pasting: bytearray | None = None

    def begin(self, prompt: str) -> str:
        """Start a line behind ``prompt``; returns what to write. Only the prompt's last line is redrawn later."""
        above, newline, last = prompt.rpartition("\n")
        self._prompt = last
        self.text = ""
        self.cursor = 0
        self._row = 0
        self._history_at = len(self.history)
        self._edited = {}
        self._undo = []
        self._search = None
        self._last_key = ""
        self._pasting = None
        return above + newline + self._draw()

    def feed(self, data: bytes) -> list[Action]:
        data = self.rest + data
        self.rest = b""
        at = 0
        actions: list[Action] = []
        while at < len(data):
            if self._pasting is not None:
                at = self._paste(data, at)
                continue
            found = next_key(data, at)
            if found is None:
                break
            key, at = found
            action = self._press(key)
            if action is not None:
                self._flush(actions)
                actions.append(action)
                break
        self.rest = data[at:]
        self._flush(actions)
        return actions

    def offer(self, start: int, candidates: list[str], listing: bool, rows: str = "") -> str:
        """Answer a ``Complete``: ``candidates`` replace the text from ``start`` to the cursor.

        The common beginning is inserted; one candidate alone is inserted whole. With ``listing`` and several of
        them, ``rows`` (the list to show) is written and the line drawn again. Returns what to write.
        """
        typed = self.text[start : self.cursor]
        if not candidates:
            return "\a"
        common = candidates[0]
        for candidate in candidates[1:]:
            while not candidate.startswith(common):
                common = common[:-1]
        if len(candidates) == 1 or (len(common) > len(typed) and not (listing and common == typed)):
            self._remember()
            self.text = self.text[:start] + common + self.text[self.cursor :]
            self.cursor = start + len(common)
            return self._refresh_text() if common != typed or len(candidates) == 1 else "\a"
        if not listing:
            return "\a"
        return self._leave_line() + rows + self.redraw()

    # Keys

    def _press(self, key: str) -> Action | None:
        if self._search is not None and not self._search_key(key):
            return None
        bound = _BINDINGS.get(key)
        action: Action | None = None
        if bound is not None:
            action = bound(self)
        elif key == "Tab":
            action = Complete(self.text[: self.cursor], self._last_key == "Tab")
        elif len(key) == 1:
            self._insert(key)
        self._last_key = key
        return action

    def _accept(self) -> Action:
        self._out.append(self._leave_line())
        return Accept(self.text)

    def _interrupt(self) -> Action:
        self.cursor = len(self.text)
        self._refresh()
        self._out.append("^C\n")
        return Interrupt()

    def _end_or_delete(self) -> Action | None:
        if not self.text:
            return EndOfInput()
        self._delete()
        return None

    def _insert(self, text: str) -> None:
        if len(self.text) + len(text) > MAX_LINE:
            self._out.append("\a")
            return
        if not (len(self._last_key) == 1 and len(text) == 1 and text != " "):
            self._remember()
        at_end = self.cursor == len(self.text)
        self.text = self.text[: self.cursor] + text + self.text[self.cursor :]
        self.cursor += len(text)
        if at_end and text.isprintable():
            row, column = self._position(self.cursor)
            if row == self._row and column > 0:
                self._out.append(text)
                return
        self._refresh()

    def _paste(self, data: bytes, at: int) -> int:
        """Take pasted bytes up to the end mark; line ends become newlines."""
        assert self._pasting is not None
        end = data.find(PASTE_END, at)
        stop = len(data) if end < 0 else end
        if end < 0:
            for length in range(min(len(PASTE_END) - 1, stop - at), 0, -1):
                if data.endswith(PASTE_END[:length]):
                    stop -= length
                    break
        if len(self._pasting) < MAX_LINE:
            self._pasting += data[at:stop]
        if end < 0:
            self.rest = data[stop:]
            return len(data)
        pasted = self._pasting.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
        self._pasting = None
        self._insert(pasted.replace("\x1b", "").replace("\t", "    ")[: MAX_LINE - len(self.text)])
        return end + len(PASTE_END)

    def _begin_paste(self) -> None:
        self._pasting = bytearray()

    def _move(self, cursor: int) -> None:
        self.cursor = min(max(0, cursor), len(self.text))
        self._refresh_cursor()

    def _word_left(self) -> int:
        at = self.cursor
        while at > 0 and not self.text[at - 1].isalnum():
            at -= 1
        while at > 0 and self.text[at - 1].isalnum():
            at -= 1
        return at

    def _word_right(self) -> int:
        at = self.cursor
        while at < len(self.text) and not self.text[at].isalnum():
            at += 1
        while at < len(self.text) and self.text[at].isalnum():
            at += 1
        return at

    def _blank_left(self) -> int:
        at = self.cursor
        while at > 0 and self.text[at - 1].isspace():
            at -= 1
        while at > 0 and not self.text[at - 1].isspace():
            at -= 1
        return at

    def _remember(self) -> None:
        self._undo.append((self.text, self.cursor))
        del self._undo[:-200]

    def _replace(self, text: str, cursor: int) -> None:
        self._remember()
        self.text = text
        self.cursor = cursor
        self._refresh()

    def _delete(self) -> None:
        if self.cursor < len(self.text):
            end = self.cursor + 1
            while end < len(self.text) and width_of(self.text[end]) == 0:
                end += 1
            self._replace(self.text[: self.cursor] + self.text[end:], self.cursor)

    def _backspace(self) -> None:
        if self.cursor:
            start = self.cursor - 1
            while start > 0 and width_of(self.text[start]) == 0:
                start -= 1
            self._replace(self.text[:start] + self.text[self.cursor :], start)

    def _kill(self, start: int, end: int, backwards: bool) -> None:
        piece = self.text[start:end]
        if not piece:
            return
        if self._last_key in _KILLING and self._killed:
            self._killed[-1] = piece + self._killed[-1] if backwards else self._killed[-1] + piece
        else:
            self._killed = [*self._killed[-9:], piece]
        self._replace(self.text[:start] + self.text[end:], start)

    def _yank(self) -> None:
        if self._killed:
            self._insert(self._killed[-1])

    def _transpose(self) -> None:
        at = self.cursor
        if at == 0 or len(self.text) < 2:
            return
        if at == len(self.text):
            at -= 1
        self._replace(self.text[: at - 1] + self.text[at] + self.text[at - 1] + self.text[at + 1 :], at + 1)

    def _change_word(self, change: Callable[[str], str]) -> None:
        end = self._word_right()
        word = self.text[self.cursor : end]
        self._replace(self.text[: self.cursor] + change(word) + self.text[end:], end)

    def _undo_one(self) -> None:
        if self._undo:
            self.text, self.cursor = self._undo.pop()
            self._refresh()

    def _clear_screen(self) -> None:
        self._out.append("\x1b[H\x1b[2J")
        self._out.append(self.redraw())

    def _last_argument(self) -> None:
        if self.history:
            words = self.history[-1].split()
            if words:
                self._insert(words[-1])

    # History

    def _recall(self, number: int) -> None:
        if not 0 <= number <= len(self.history):
            self._out.append("\a")
            return
        self._edited[self._history_at] = self.text
        self._history_at = number
        original = self.history[number] if number < len(self.history) else ""
        self.text = self._edited.get(number, original)
        self.cursor = len(self.text)
        self._undo = []
        self._refresh()

    def _begin_search(self) -> None:
        self._before_search = (self.text, self.cursor)
        self._search = ""
        self._search_from = len(self.history)
        self._refresh()

    def _search_key(self, key: str) -> bool:
        """One key of a search through the history; True when it ends the search and shall act itself."""
        assert self._search is not None
        if len(key) == 1:
            self._search += key
            self._find(min(self._search_from, len(self.history) - 1))
        elif key == "Backspace":
            self._search = self._search[:-1]
            self._search_from = len(self.history)
            self._find(len(self.history) - 1)
        elif key == "C-r":
            self._find(self._search_from - 1)
        elif key == "C-g":
            self._search = None
            self.text, self.cursor = self._before_search
            self._refresh()
        else:
            self._search = None
            self._refresh()
            return key not in ("Escape", "C-j")
        return False

    def _find(self, start: int) -> None:
        wanted = self._search or ""
        if wanted:
            for number in range(start, -1, -1):
                at = self.history[number].rfind(wanted)
                if at >= 0:
                    self._search_from = self._history_at = number
                    self.text, self.cursor = self.history[number], at
                    self._refresh()
                    return
            self._out.append("\a")
        self._refresh()

    def _prompt_now(self) -> str:
        if self._search is not None:
            return f"(reverse-i-search)`{self._search}': "
        return super()._prompt_now()

    def _flush(self, actions: list[Action]) -> None:
        if self._out:
            actions.append(Output("".join(self._out)))
            self._out = []


def _nothing(change: Callable[[LineEditor], object]) -> Callable[[LineEditor], Action | None]:
    def act(editor: LineEditor) -> Action | None:
        change(editor)
        return None

    return act


_KILLING: Final = frozenset(("C-k", "C-u", "C-w", "M-d", "M-Backspace"))
_BINDINGS: Final[dict[str, Callable[[LineEditor], Action | None]]] = {
    "Enter": LineEditor._accept,
    "C-c": LineEditor._interrupt,
    "C-d": LineEditor._end_or_delete,
    "C-a": _nothing(lambda e: e._move(0)),
    "Home": _nothing(lambda e: e._move(0)),
    "C-e": _nothing(lambda e: e._move(len(e.text))),
    "End": _nothing(lambda e: e._move(len(e.text))),
    "C-b": _nothing(lambda e: e._move(e.cursor - 1)),
    "Left": _nothing(lambda e: e._move(e.cursor - 1)),
    "C-f": _nothing(lambda e: e._move(e.cursor + 1)),
    "Right": _nothing(lambda e: e._move(e.cursor + 1)),
    "M-b": _nothing(lambda e: e._move(e._word_left())),
    "C-Left": _nothing(lambda e: e._move(e._word_left())),
    "M-Left": _nothing(lambda e: e._move(e._word_left())),
    "M-f": _nothing(lambda e: e._move(e._word_right())),
    "C-Right": _nothing(lambda e: e._move(e._word_right())),
    "M-Right": _nothing(lambda e: e._move(e._word_right())),
    "Backspace": _nothing(LineEditor._backspace),
    "C-h": _nothing(LineEditor._backspace),
    "Delete": _nothing(LineEditor._delete),
    "C-k": _nothing(lambda e: e._kill(e.cursor, len(e.text), False)),
    "C-u": _nothing(lambda e: e._kill(0, e.cursor, True)),
    "C-w": _nothing(lambda e: e._kill(e._blank_left(), e.cursor, True)),
    "M-d": _nothing(lambda e: e._kill(e.cursor, e._word_right(), False)),
    "M-Backspace": _nothing(lambda e: e._kill(e._word_left(), e.cursor, True)),
    "C-y": _nothing(LineEditor._yank),
    "C-t": _nothing(LineEditor._transpose),
    "C-_": _nothing(LineEditor._undo_one),
    "C-l": _nothing(LineEditor._clear_screen),
    "M-u": _nothing(lambda e: e._change_word(str.upper)),
    "M-l": _nothing(lambda e: e._change_word(str.lower)),
    "M-c": _nothing(lambda e: e._change_word(str.capitalize)),
    "M-.": _nothing(LineEditor._last_argument),
    "M-_": _nothing(LineEditor._last_argument),
    "Up": _nothing(lambda e: e._recall(e._history_at - 1)),
    "C-p": _nothing(lambda e: e._recall(e._history_at - 1)),
    "Down": _nothing(lambda e: e._recall(e._history_at + 1)),
    "C-n": _nothing(lambda e: e._recall(e._history_at + 1)),
    "M-<": _nothing(lambda e: e._recall(0)),
    "M->": _nothing(lambda e: e._recall(len(e.history))),
    "C-r": _nothing(LineEditor._begin_search),
    "PasteBegin": _nothing(LineEditor._begin_paste),
}
