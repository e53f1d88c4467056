"""Reads JSON as Go's decoder does, and says in its words what is wrong.

Source: Go ``encoding/json`` (scanner.go, stream.go) for the wording of syntax errors.
"""

import json
import re
from typing import Any

MAX_DEPTH = 10_000
_SPACE = " \t\r\n"
_ESCAPES = '"\\/bfnrt'
_HEX = "0123456789abcdefABCDEF"
_LONE = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class BadJson(ValueError):
    """The text is no JSON; ``str(error)`` is Go's sentence."""


class NothingThere(BadJson):
    """The text is empty."""


class MoreThere(BadJson):
    """Something follows the value."""


def loads(data: bytes, whole: bool = True) -> Any:
    """The value that a text begins with, which must be all of it unless ``whole`` is false.

    Broken UTF-8 and lone surrogates become U+FFFD, as in Go.

    Raises:
        NothingThere: there is only white space.
        BadJson: a syntax error.
        MoreThere: more than white space follows.
    """
    text = data.decode("utf-8", errors="replace")
    end = _Scanner(text).value_end()
    try:
        value = json.loads(text[:end])
    except RecursionError:
        raise BadJson("exceeded max depth") from None
    if whole and text[end:].strip(_SPACE):
        raise MoreThere("unexpected content after JSON")
    return _clean(value) if "\\u" in text else value


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value


class _Scanner:
    """Goes once over a text and finds where its first value ends."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def value_end(self) -> int:
        self._space()
        if self._at == len(self._text):
            raise NothingThere("EOF")
        closers: list[str] = []
        while True:
            self._begin(closers)
            if not self._finish(closers):
                return self._at

    def _begin(self, closers: list[str]) -> None:
        """Read a value, or the opening of one down to its first simple value."""
        while True:
            self._space()
            first = self._next()
            if first == "{":
                self._deeper(closers, "}")
                self._space()
                if self._peek() == "}":
                    return
                self._key()
            elif first == "[":
                self._deeper(closers, "]")
                self._space()
                if self._peek() == "]":
                    return
            else:
                self._simple(first)
                return

    def _finish(self, closers: list[str]) -> bool:
        """After a value: close what ends here. True when another value follows."""
        while closers:
            self._space()
            inside = closers[-1]
            char = self._next()
            if char == inside:
                closers.pop()
            elif char == ",":
                if inside == "}":
                    self._space()
                    self._key()
                return True
            else:
                raise self._bad(char, "after object key:value pair" if inside == "}" else "after array element")
        return False

    def _deeper(self, closers: list[str], closer: str) -> None:
        closers.append(closer)
        if len(closers) > MAX_DEPTH:
            raise BadJson("exceeded max depth")

    def _key(self) -> None:
        char = self._next()
        if char != '"':
            raise self._bad(char, "looking for beginning of object key string")
        self._string()
        self._space()
        char = self._next()
        if char != ":":
            raise self._bad(char, "after object key")

    def _simple(self, first: str) -> None:
        if first == '"':
            self._string()
        elif first in "tfn":
            word = {"t": "true", "f": "false", "n": "null"}[first]
            for expected in word[1:]:
                char = self._next()
                if char != expected:
                    raise self._bad(char, f"in literal {word} (expecting '{expected}')")
        elif first == "-" or first in "0123456789":
            self._number(first)
        else:
            raise self._bad(first, "looking for beginning of value")

    def _number(self, first: str) -> None:
        found = _NUMBER.match(self._text, self._at - 1)
        end = found.end() if found is not None else self._at
        after = self._text[end : end + 1]
        if found is None:
            raise self._bad(self._next(), "in numeric literal")
        if after == "." and "." not in found[0] and "e" not in found[0].lower():
            self._at = end + 1
            raise self._bad(self._next(), "after decimal point in numeric literal")
        if after in ("e", "E") and "e" not in found[0].lower():
            self._at = end + 1
            char = self._next()
            if char in "+-":
                char = self._next()
            raise self._bad(char, "in exponent of numeric literal")
        self._at = end

    def _string(self) -> None:
        while True:
            char = self._next()
            if char == '"':
                return
            if char == "\\":
                char = self._next()
                if char == "u":
                    for _ in range(4):
                        char = self._next()
                        if char not in _HEX:
                            raise self._bad(char, "in \\u hexadecimal character escape")
                elif char not in _ESCAPES:
                    raise self._bad(char, "in string escape code")
            elif char < " ":
                raise self._bad(char, "in string literal")

    def _space(self) -> None:
        while self._at < len(self._text) and self._text[self._at] in _SPACE:
            self._at += 1

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        if self._at >= len(self._text):
            raise BadJson("unexpected EOF")
        char = self._text[self._at]
        self._at += 1
        return char

    @staticmethod
    def _bad(char: str, where: str) -> BadJson:
        return BadJson(f"invalid character {_quoted(char)} {where}")


def _quoted(char: str) -> str:
    """A character as Go's scanner shows it: its first byte."""
    if char == "'":
        return r"'\''"
    if char == '"':
        return "'\"'"
    first = chr(char.encode()[0])
    if " " <= first <= "~" or (first > "\xa0" and first != "\xad"):
        return f"'{first}'" if first != "\\" else r"'\\'"
    escapes = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v"}
    if first in escapes:
        return f"'{escapes[first]}'"
    return f"'\\x{ord(first):02x}'" if ord(first) < 0x80 else f"'\\u{ord(first):04x}'"
