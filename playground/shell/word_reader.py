"""Reads one word of shell text: quotes, and the expansions inside it."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final, Self

from playground.shell.ansi_c import ansi_c_text
from playground.shell.ast import (
    Arithmetic,
    CommandSubstitution,
    Incomplete,
    Literal,
    Parameter,
    Part,
    ProcessSubstitution,
    Sequence,
    ShellSyntaxError,
    Word,
)

MAX_DEPTH: Final = 60
"""How deep expansions and compound commands may nest; deeper text is refused."""

_BRACE: Final = frozenset("}")
_ENDS_WORD: Final = frozenset(" \t\n&|;<>()")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_SPECIAL: Final = frozenset("@*#?-$!0123456789")


class WordReader(ABC):
    """Stands at ``at`` in ``text`` and moves behind what it reads."""

    def __init__(self, text: str, depth: int) -> None:
        self.text = text
        self.at = 0
        self.depth = depth
        self.first_line = 1
        """The number of the line with which the text begins."""
        self.extglob: Callable[[], bool] = lambda: False
        """Whether the shell has the option of that name now."""
        self.in_condition = False
        self.final = False
        """No more text can come: an unfinished here-document ends with it."""

    @abstractmethod
    def another(self, text: str) -> Self:
        """A reader of ``text``, one level deeper."""

    @abstractmethod
    def commands(self) -> Sequence:
        """Read commands up to an unquoted ``)``, and go behind it."""

    def line(self, position: int | None = None) -> int:
        return self.text.count("\n", 0, self.at if position is None else position) + self.first_line

    def incomplete(self, wanted: str) -> Incomplete:
        return Incomplete(f"unexpected EOF while looking for matching `{wanted}'", line=self.line())

    def deeper(self) -> int:
        if self.depth >= MAX_DEPTH:
            raise ShellSyntaxError("maximum nesting level exceeded", line=self.line())
        return self.depth + 1

    def word(self, ends: frozenset[str] = _ENDS_WORD) -> Word:
        """Read one word, up to an unquoted character of ``ends``."""
        parts: list[Part] = []
        plain: list[str] = []
        text = self.text

        def flush() -> None:
            if plain:
                parts.append(Literal("".join(plain)))
                plain.clear()

        while self.at < len(text):
            character = text[self.at]
            if character in ends and not (
                character in "<>" and not parts and not plain and text[self.at + 1 : self.at + 2] == "("
            ):
                break
            if character == "\\":
                if self.at + 1 >= len(text):
                    if not self.final:
                        raise self.incomplete("\\")
                    plain.append("\\")
                    self.at += 1
                    continue
                if text[self.at + 1] != "\n":
                    flush()
                    parts.append(Literal(text[self.at + 1], quoted=True))
                self.at += 2
            elif character == "'":
                flush()
                end = text.find("'", self.at + 1)
                if end < 0:
                    raise self.incomplete("'")
                parts.append(Literal(text[self.at + 1 : end], quoted=True))
                self.at = end + 1
            elif character == '"':
                flush()
                self.at += 1
                inside = self.double_quoted('"')
                parts.extend(inside or [Literal("", quoted=True)])
            elif character == "$" or character == "`":
                if text.startswith("$'", self.at):
                    flush()
                    parts.append(self._ansi_c())
                    continue
                if text.startswith('$"', self.at):
                    self.at += 1
                    continue
                part = self.expansion(quoted=False)
                if part is None:
                    plain.append(character)
                else:
                    flush()
                    parts.append(part)
            elif character in "?*+@!" and text[self.at + 1 : self.at + 2] == "(" and self._extended(character):
                flush()
                parts += self._alternatives(character)
            elif character in "<>" and not parts and not plain:
                if character == ">":
                    raise ShellSyntaxError("process substitution for writing is not supported here", "(", self.line())
                self.at += 2
                parts.append(ProcessSubstitution(self._body()))
            else:
                plain.append(character)
                self.at += 1
        flush()
        return Word(tuple(parts))

    def _extended(self, operator: str) -> bool:
        """Whether ``@(`` and its like begin a pattern: with ``extglob``, and always between ``[[`` and ``]]``."""
        return self.extglob() or (self.in_condition and operator != "!")

    def _alternatives(self, operator: str) -> list[Part]:
        """``@(one|other)``, the lexer standing before it, with the expansions in it."""
        parts: list[Part] = [Literal(operator + "(")]
        self.at += 2
        while True:
            parts += self.word(frozenset("|)")).parts
            if self.at >= len(self.text):
                raise self.incomplete(")")
            parts.append(Literal(self.text[self.at]))
            self.at += 1
            if self.text[self.at - 1] == ")":
                return parts

    def double_quoted(self, closing: str | None) -> list[Part]:
        """Read what is between double quotes, or a whole here-document where ``closing`` is None.

        Up to a ``}``, which it leaves: what a default is in ``"${name:-default}"``, where only ``"`` is a quote.
        """
        braced = closing == "}"
        parts: list[Part] = []
        plain: list[str] = []
        text = self.text
        start = self.at
        while True:
            if self.at >= len(text):
                if closing is not None:
                    self.at = start
                    raise self.incomplete(closing)
                break
            character = text[self.at]
            if character == closing:
                self.at += not braced
                break
            if braced and character == '"':
                self.at += 1
                continue
            if character == "\\" and self.at + 1 < len(text):
                following = text[self.at + 1]
                self.at += 2
                if following == "\n":
                    continue
                if following in "$`\\" or following == closing or (braced and following == '"'):
                    plain.append(following)
                else:
                    plain.append("\\" + following)
                continue
            if character in "$`":
                part = self.expansion(quoted=True)
                if part is not None:
                    if plain:
                        parts.append(Literal("".join(plain), quoted=True))
                        plain.clear()
                    parts.append(part)
                    continue
                plain.append(character)
                continue
            plain.append(character)
            self.at += 1
        if plain:
            parts.append(Literal("".join(plain), quoted=True))
        return parts

    def _ansi_c(self) -> Literal:
        """``$'...'``."""
        found = ansi_c_text(self.text, self.at + 2)
        if found is None:
            self.at = len(self.text)
            raise self.incomplete("'")
        text, self.at = found
        return Literal(text, quoted=True)

    # Expansions

    def expansion(self, quoted: bool) -> Part | None:
        """Read what begins with ``$`` or a backquote. None, behind the ``$``, where it stands for itself."""
        text = self.text
        if text[self.at] == "`":
            return CommandSubstitution(self._backquoted(), quoted)
        following = text[self.at + 1 : self.at + 2]
        if text.startswith("$((", self.at):
            saved = self.at
            self.at += 3
            expression = self._arithmetic_text()
            if expression is not None:
                return Arithmetic(self.arithmetic_word(expression), quoted)
            self.at = saved
        if following == "(":
            self.at += 2
            return CommandSubstitution(self._body(), quoted)
        if following == "{":
            self.at += 2
            return self._braced(quoted)
        found = _NAME.match(text, self.at + 1)
        if found:
            self.at = found.end()
            return Parameter(found.group(), quoted=quoted)
        if following and following in _SPECIAL:
            self.at += 2
            return Parameter(following, quoted=quoted)
        self.at += 1
        return None

    def _body(self) -> Sequence:
        self.depth = self.deeper()
        try:
            return self.commands()
        finally:
            self.depth -= 1

    def _backquoted(self) -> Sequence:
        text = self.text
        at = self.at + 1
        inner: list[str] = []
        while True:
            if at >= len(text):
                raise self.incomplete("`")
            character = text[at]
            at += 1
            if character == "`":
                break
            if character == "\\" and at < len(text) and text[at] in "$`\\":
                character = text[at]
                at += 1
            inner.append(character)
        self.at = at
        reader = self.another("".join(inner) + "\n)")
        reader.final = True
        return reader.commands()

    def _arithmetic_text(self) -> str | None:
        """The text up to ``))``; None when the parentheses do not end like that."""
        depth = 0
        start = self.at
        text = self.text
        while self.at < len(text):
            character = text[self.at]
            if character == "(":
                depth += 1
            elif character == ")":
                if depth == 0:
                    if text.startswith("))", self.at):
                        self.at += 2
                        return text[start : self.at - 2]
                    return None
                depth -= 1
            self.at += 1
        raise self.incomplete(")")

    def arithmetic_command(self) -> str | None:
        """The inside of ``(( ))``, the lexer standing behind ``((``; None (and not moved) when it is none."""
        saved = self.at
        expression = self._arithmetic_text()
        if expression is None:
            self.at = saved
        return expression

    def arithmetic_word(self, expression: str) -> Word:
        """An arithmetic expression with the expansions in it; quotes are taken away."""
        return Word(tuple(self.another(expression.replace('"', "")).double_quoted(None)))

    def _braced(self, quoted: bool) -> Parameter:
        """``${...}``, the lexer standing behind ``${``."""
        text = self.text
        start = self.at
        operator = ""
        if text[self.at : self.at + 1] == "#" and text[self.at + 1 : self.at + 2] not in (
            "}",
            ":",
            "-",
            "=",
            "?",
            "+",
            "",
        ):
            operator = "length"
            self.at += 1
        elif text[self.at : self.at + 1] == "!" and text[self.at + 1 : self.at + 2] not in ("}", ""):
            operator = "!"
            self.at += 1
        found = _NAME.match(text, self.at)
        if found:
            name = found.group()
        else:
            digits = re.compile(r"[0-9]+").match(text, self.at)
            name = digits.group() if digits else text[self.at : self.at + 1]
            if not name:
                raise self.incomplete("}")
            if not digits and name not in _SPECIAL:
                return self._bad_substitution(start)
        self.at += len(name)
        index: Word | None = None
        if found and text[self.at : self.at + 1] == "[":
            self.at += 1
            index = self.word(frozenset("]"))
            if text[self.at : self.at + 1] != "]":
                raise self.incomplete("}")
            self.at += 1
        if operator:
            if text[self.at : self.at + 1] in ("*", "@") and operator == "!":
                operator = "names"
                self.at += 1
            return self._closed(start, Parameter(name, operator, index=index, quoted=quoted))
        for candidate in (
            *(":-", ":=", ":?", ":+", "##", "%%", "//", "/#", "/%", "^^", ",,"),
            *("-", "=", "?", "+", "#", "%", "/", "^", ",", ":", "@"),
        ):
            if text.startswith(candidate, self.at):
                operator = candidate
                break
        self.at += len(operator)
        argument: Word | None = None
        second: Word | None = None
        if operator:
            if operator in ("/", "//", "/#", "/%"):
                argument = self._argument(frozenset("/}"), quoted)
                if text[self.at : self.at + 1] == "/":
                    self.at += 1
                    second = self._argument(_BRACE, quoted)
            elif operator == ":":
                argument = self._argument(frozenset(":}"), quoted)
                if text[self.at : self.at + 1] == ":":
                    self.at += 1
                    second = self._argument(_BRACE, quoted)
            else:
                argument = self._default() if quoted and operator[-1] in "-=?+" else self._argument(_BRACE, quoted)
        return self._closed(start, Parameter(name, operator, argument, second, index, quoted))

    def _default(self) -> Word:
        depth, self.depth = self.depth, self.deeper()
        try:
            return Word(tuple(self.double_quoted("}")))
        finally:
            self.depth = depth

    def _argument(self, ends: frozenset[str], quoted: bool) -> Word:
        depth = self.depth
        self.depth = self.deeper()
        try:
            word = self.word(ends)
        finally:
            self.depth = depth
        if not quoted:
            return word
        return Word(tuple(Literal(p.text, quoted=p.quoted) if isinstance(p, Literal) else p for p in word.parts))

    def _closed(self, start: int, parameter: Parameter) -> Parameter:
        """``parameter``, if the brace that ends it is here."""
        if self.at >= len(self.text):
            raise self.incomplete("}")
        if self.text[self.at] != "}":
            return self._bad_substitution(start)
        self.at += 1
        return parameter

    def _bad_substitution(self, start: int) -> Parameter:
        """What makes no sense in braces: it fails where it is expanded, not here."""
        end = self.text.find("}", start)
        inside = self.text[start : end if end >= 0 else len(self.text)]
        self.at = end + 1 if end >= 0 else len(self.text)
        return Parameter(f"${{{inside}}}", "bad")
