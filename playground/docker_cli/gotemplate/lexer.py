"""Cuts a template into items.

Source: Go text/template/parse/lex.go.
"""

from dataclasses import dataclass
from enum import Enum, auto

from playground.docker_cli.flags.numbers import quoted


class Kind(Enum):
    """What an item is."""

    ERROR = auto()
    BOOL = auto()
    CHAR = auto()
    CHAR_CONSTANT = auto()
    ASSIGN = auto()
    DECLARE = auto()
    EOF = auto()
    FIELD = auto()
    IDENTIFIER = auto()
    LEFT_DELIMITER = auto()
    LEFT_PAREN = auto()
    NUMBER = auto()
    PIPE = auto()
    RAW_STRING = auto()
    RIGHT_DELIMITER = auto()
    RIGHT_PAREN = auto()
    SPACE = auto()
    STRING = auto()
    TEXT = auto()
    VARIABLE = auto()
    DOT = auto()
    NIL = auto()
    KEYWORD = auto()


KEYWORDS = ("block", "break", "continue", "define", "else", "end", "if", "range", "template", "with")

_LEFT, _RIGHT = "{{", "}}"
_SPACES = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Item:
    kind: Kind
    position: int
    value: str
    line: int

    def __str__(self) -> str:
        if self.kind is Kind.EOF:
            return "EOF"
        if self.kind is Kind.ERROR:
            return self.value
        if self.kind in (Kind.KEYWORD, Kind.DOT, Kind.NIL):
            return f"<{self.value}>"
        return f"{quoted(self.value[:10])}..." if len(self.value) > 10 else quoted(self.value)


class _Stop(Exception):
    """The text cannot be read on; an ERROR item has been put out."""


class Lexer:
    """One pass over a template; ``items()`` is the result, ended by EOF or an ERROR."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._start = 0
        self._parens = 0
        self._items: list[Item] = []

    def items(self) -> list[Item]:
        try:
            self._lex_text()
        except _Stop:
            pass
        return self._items

    def _line(self, position: int) -> int:
        return 1 + self._text.count("\n", 0, position)

    def _emit(self, kind: Kind) -> None:
        value = self._text[self._start : self._at]
        self._items.append(Item(kind, self._start, value, self._line(self._start)))
        self._start = self._at

    def _fail(self, message: str) -> None:
        self._items.append(Item(Kind.ERROR, self._start, message, self._line(self._start)))
        raise _Stop

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _lex_text(self) -> None:
        while True:
            found = self._text.find(_LEFT, self._at)
            if found < 0:
                self._at = len(self._text)
                if self._at > self._start:
                    self._emit(Kind.TEXT)
                self._emit(Kind.EOF)
                return
            end = found
            if self._trims_left(found + 2):
                while end > self._start and self._text[end - 1] in _SPACES:
                    end -= 1
            if end > self._start:
                self._at = end
                self._emit(Kind.TEXT)
            self._at = self._start = found
            self._lex_left_delimiter()

    def _trims_left(self, position: int) -> bool:
        return self._text[position : position + 1] == "-" and self._text[position + 1 : position + 2] in (*_SPACES,)

    def _right_delimiter(self, position: int) -> tuple[bool, bool]:
        """Whether a closing delimiter stands here, and whether it trims."""
        text = self._text
        if text[position : position + 1] in (*_SPACES,) and text.startswith("-" + _RIGHT, position + 1):
            return True, True
        return text.startswith(_RIGHT, position), False

    def _lex_left_delimiter(self) -> None:
        self._at += 2
        trim = 2 if self._trims_left(self._at) else 0
        if self._text.startswith("/*", self._at + trim):
            self._lex_comment(trim)
            return
        self._emit(Kind.LEFT_DELIMITER)
        self._at += trim
        self._start = self._at
        self._parens = 0
        self._lex_inside()

    def _lex_comment(self, trim: int) -> None:
        self._at += trim
        end = self._text.find("*/", self._at)
        if end < 0:
            self._fail("unclosed comment")
        self._at = end + 2
        closes, trims = self._right_delimiter(self._at)
        if not closes:
            self._fail("comment ends before closing delimiter")
        self._close(trims)

    def _close(self, trims: bool) -> None:
        self._at += 4 if trims else 2
        if trims:
            while self._peek() and self._peek() in _SPACES:
                self._at += 1
        self._start = self._at

    def _lex_inside(self) -> None:
        while True:
            closes, trims = self._right_delimiter(self._at)
            if closes:
                if self._parens:
                    self._fail("unclosed left paren")
                if trims:
                    self._at += 2
                    self._start = self._at
                self._at += 2
                self._emit(Kind.RIGHT_DELIMITER)
                if trims:
                    while self._peek() and self._peek() in _SPACES:
                        self._at += 1
                    self._start = self._at
                return
            self._lex_item()

    def _lex_item(self) -> None:
        character = self._peek()
        if not character:
            self._fail("unclosed action")
        self._at += 1
        following = self._peek()
        if character in _SPACES:
            while self._peek() and self._peek() in _SPACES and not self._right_delimiter(self._at)[0]:
                self._at += 1
            self._emit(Kind.SPACE)
        elif character == "=":
            self._emit(Kind.ASSIGN)
        elif character == ":":
            if following != "=":
                self._fail("expected :=")
            self._at += 1
            self._emit(Kind.DECLARE)
        elif character == "|":
            self._emit(Kind.PIPE)
        elif character in "\"'":
            self._lex_quoted(character)
        elif character == "`":
            end = self._text.find("`", self._at)
            if end < 0:
                self._fail("unterminated raw quoted string")
            self._at = end + 1
            self._emit(Kind.RAW_STRING)
        elif character == "$":
            self._lex_name(Kind.VARIABLE)
        elif character == "." and not following.isdigit():
            self._lex_name(Kind.FIELD, Kind.DOT)
        elif character in "+-." or character.isdigit():
            self._lex_number()
        elif character == "_" or character.isalnum():
            self._lex_identifier()
        elif character == "(":
            self._parens += 1
            self._emit(Kind.LEFT_PAREN)
        elif character == ")":
            self._parens -= 1
            if self._parens < 0:
                self._fail("unexpected right paren")
            self._emit(Kind.RIGHT_PAREN)
        elif character.isascii() and character.isprintable():
            self._emit(Kind.CHAR)
        else:
            self._fail(f"unrecognized character in action: {_unicode(character)}")

    def _lex_quoted(self, quote: str) -> None:
        while True:
            character = self._peek()
            if character == "\\" and self._text[self._at + 1 : self._at + 2] not in ("", "\n"):
                self._at += 2
                continue
            if character in ("", "\n"):
                self._fail("unterminated quoted string" if quote == '"' else "unterminated character constant")
            self._at += 1
            if character == quote:
                self._emit(Kind.STRING if quote == '"' else Kind.CHAR_CONSTANT)
                return

    def _word(self) -> None:
        while self._peek() and (self._peek() == "_" or self._peek().isalnum()):
            self._at += 1
        if not self._at_terminator():
            self._fail(f"bad character {_unicode(self._peek())}")

    def _lex_name(self, kind: Kind, alone: Kind | None = None) -> None:
        if self._at_terminator():
            self._emit(alone or kind)
            return
        self._word()
        self._emit(kind)

    def _lex_number(self) -> None:
        while self._peek() and (self._peek().isalnum() or self._peek() in "._+-"):
            if self._peek() in "+-" and self._text[self._at - 1] not in "eEpP":
                break
            self._at += 1
        word = self._text[self._start : self._at]
        try:
            number(word)
        except ValueError:
            self._fail(f"bad number syntax: {quoted(word)}")
        self._emit(Kind.NUMBER)

    def _lex_identifier(self) -> None:
        self._word()
        word = self._text[self._start : self._at]
        if word in KEYWORDS:
            self._emit(Kind.KEYWORD)
        elif word in ("true", "false"):
            self._emit(Kind.BOOL)
        elif word == "nil":
            self._emit(Kind.NIL)
        else:
            self._emit(Kind.IDENTIFIER)

    def _at_terminator(self) -> bool:
        character = self._peek()
        return not character or character in _SPACES + ".,|:)(" or self._text.startswith(_RIGHT, self._at)


def number(word: str) -> int | float:
    """The value of a numeric constant as Go writes them.

    Raises:
        ValueError: it is none.
    """
    text = word.replace("_", "")
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    if digits.lower().startswith(("0x", "0o", "0b")):
        return sign * int(digits, 0)
    if digits.isdigit():
        return sign * (int(digits, 8) if len(digits) > 1 and digits[0] == "0" else int(digits))
    return float(text)


def _unicode(character: str) -> str:
    return f"U+{ord(character):04X} '{character}'"
