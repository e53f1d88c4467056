"""The words of awk programs.

Source: POSIX awk, as mawk understands it.
"""

import re
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r]+|\\\n|\#[^\n]*)
    |(?P<newline>\n)
    |(?P<number>0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
    |(?P<string>"(?:\\.|[^"\\\n])*")
    |(?P<call>[A-Za-z_][A-Za-z_0-9]*(?=\())
    |(?P<name>[A-Za-z_][A-Za-z_0-9]*)
    |(?P<op>\*\*=|\+\+|--|\+=|-=|\*=|/=|%=|\^=|\*\*|==|<=|>=|!=|!~|&&|\|\||>>|[-+*/%^!<>|?:~$=(){}\[\];,])
    """,
    re.VERBOSE | re.DOTALL,
)
_KEYWORDS: Final = frozenset(
    (
        *("BEGIN", "END", "function", "func", "if", "else", "while", "for", "do", "break", "continue", "next", "exit"),
        *("return", "delete", "in", "getline", "print", "printf"),
    )
)
_ESCAPES: Final = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "\\": "\\",
    '"': '"',
    "/": "/",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
}


class AwkError(Exception):
    """The program is wrong, or failed; ``str(error)`` follows ``awk: ``."""


def unescape(text: str) -> str:
    """A string literal's text, between its quotes."""

    def one(found: re.Match[str]) -> str:
        body = found.group(1)
        if body[0] in "01234567":
            return chr(int(body, 8) & 0xFF)
        return _ESCAPES.get(body, "\\" + body)

    return re.sub(r"\\([0-7]{1,3}|.)", one, text, flags=re.DOTALL)


class AwkLexer:
    """Stands on one token of a program, from ``_start`` to ``_at``: ``_kind`` and ``_value`` tell it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._start = 0
        self._kind = ""
        self._value = ""
        self._advance()

    def _advance(self) -> None:
        while True:
            if self._at >= len(self._text):
                self._kind, self._value = "end", ""
                return
            found = _TOKEN.match(self._text, self._at)
            if found is None:
                raise self._error()
            self._start = self._at
            self._at = found.end()
            kind = found.lastgroup or ""
            if kind == "space":
                continue
            self._kind, self._value = kind, found.group()
            if kind in ("name", "call") and self._value in _KEYWORDS:
                self._kind = "keyword"
            return

    def _error(self) -> AwkError:
        line = self._text.count("\n", 0, self._at) + 1
        if self._kind == "end" or self._at >= len(self._text):
            return AwkError(f"line {line}: syntax error at or near end of file")
        near = self._value if self._value != "\n" else "end of line"
        return AwkError(f"line {line}: syntax error at or near {near}")

    def _is(self, *values: str) -> bool:
        return self._value in values and self._kind in ("op", "keyword")

    def _take(self, *values: str) -> str:
        if self._is(*values):
            value = self._value
            self._advance()
            return value
        return ""

    def _expect(self, value: str) -> None:
        if not self._take(value):
            if self._kind == "end" and value == "}":
                raise AwkError(f"line {self._text.count(chr(10)) + 2}: missing }} near end of file")
            raise self._error()

    def _newlines(self) -> None:
        while self._kind == "newline":
            self._advance()

    def _separators(self) -> None:
        while self._kind == "newline" or self._is(";"):
            self._advance()

    def _regex(self) -> str:
        """A regular expression, the parser standing on its first ``/``."""
        at = self._start + 1
        out: list[str] = []
        bracket = False
        while True:
            if at >= len(self._text) or self._text[at] == "\n":
                raise AwkError("regular expression compile failed (missing '/')")
            character = self._text[at]
            if character == "\\" and at + 1 < len(self._text):
                following = self._text[at + 1]
                out.append("/" if following == "/" else "\\" + following)
                at += 2
                continue
            if character == "[":
                bracket = True
            elif character == "]":
                bracket = False
            elif character == "/" and not bracket:
                break
            out.append(character)
            at += 1
        self._at = at + 1
        self._advance()
        return "".join(out)
