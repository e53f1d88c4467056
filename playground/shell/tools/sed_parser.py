"""Reads sed scripts: commands with their addresses.

Source: GNU sed 4.9.
"""

from dataclasses import dataclass, field

from playground.shell.automaton import Automaton
from playground.shell.patterns import PatternError, Syntax, regular_expression


class SedError(Exception):
    """The script is wrong; the sentence is GNU sed's."""


@dataclass(slots=True)
class Address:
    """A line number, ``$`` (-1), a pattern, a step (``first~step``) or, as an end, ``+count``."""

    line: int | None = None
    pattern: Automaton | None = None
    """None where ``by_pattern``: the pattern used last."""
    by_pattern: bool = False
    step: int | None = None
    plus: bool = False


@dataclass(slots=True)
class Command:
    """One command of a script; which of the fields mean something depends on ``letter``."""

    letter: str
    first: Address | None = None
    second: Address | None = None
    negated: bool = False
    text: str = ""
    pattern: Automaton | None = None
    flags: str = ""
    path: str = ""
    """Where ``s///w`` writes."""
    number: int = 1
    body: "list[Command]" = field(default_factory=list)
    active_until: int | None = None
    """While a range is active: the line it ends at, or 0 when a pattern will tell."""


class ScriptParser:
    """``parse`` gives the commands of a whole script.

    Raises (from ``parse``):
        SedError: the script is wrong.
    """

    def __init__(self, text: str, extended: bool) -> None:
        self._text = text
        self._at = 0
        self._extended = extended

    def _error(self, message: str) -> SedError:
        return SedError(f"-e expression #1, char {min(self._at, len(self._text))}: {message}")

    def parse(self, nested: bool = False) -> list[Command]:
        commands: list[Command] = []
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\n;":
                self._at += 1
            if self._at >= len(self._text):
                if nested:
                    raise SedError("-e expression #1, char 0: unmatched `{'")
                return commands
            if self._text[self._at] == "}":
                if not nested:
                    self._at += 1
                    raise self._error("unexpected `}'")
                self._at += 1
                return commands
            if self._text[self._at] == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
                continue
            commands.append(self._command())

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _blanks(self) -> None:
        while self._peek() in (" ", "\t") and self._peek():
            self._at += 1

    def _address(self, end: bool = False) -> Address | None:
        character = self._peek()
        if character.isdigit() or (end and character in "+~" and character):
            plus = character == "+"
            if not character.isdigit():
                self._at += 1
            start = self._at
            while self._peek().isdigit():
                self._at += 1
            number = int(self._text[start : self._at][:9] or 0)
            if self._peek() == "~":
                self._at += 1
                start = self._at
                while self._peek().isdigit():
                    self._at += 1
                return Address(number, step=int(self._text[start : self._at][:9] or 0))
            return Address(number, plus=plus)
        if character == "$":
            self._at += 1
            return Address(-1)
        if character in ("/", "\\") and character:
            self._at += 1
            delimiter = "/"
            if character == "\\":
                delimiter = self._peek()
                self._at += 1
            body = self._delimited(delimiter, "unterminated address regex")
            ignore = False
            while self._peek() in ("I", "M") and self._peek():
                ignore = ignore or self._peek() == "I"
                self._at += 1
            return Address(pattern=self._compile(body, ignore), by_pattern=True)
        return None

    def _compile(self, body: str, ignore_case: bool) -> Automaton | None:
        """A pattern; None for an empty one: the last one that was used."""
        if not body:
            return None
        try:
            return regular_expression(body, Syntax(self._extended, ignore_case))
        except PatternError as error:
            raise self._error(str(error)) from None

    def _delimited(self, delimiter: str, message: str, replacement: bool = False) -> str:
        """Text up to the delimiter; ``\\`` before the delimiter makes it ordinary."""
        out: list[str] = []
        in_bracket = False
        while True:
            if self._at >= len(self._text):
                raise self._error(message)
            character = self._text[self._at]
            self._at += 1
            if character == "\\" and self._at < len(self._text):
                following = self._text[self._at]
                self._at += 1
                if following == delimiter and not in_bracket:
                    out.append(following)
                else:
                    out.append("\\" + following)
                continue
            if character == delimiter and not in_bracket:
                return "".join(out)
            if not replacement:
                if character == "[" and not in_bracket:
                    in_bracket = "]" in self._text[self._at + 1 :]
                elif character == "]" and out and out[-1] not in ("[", "[^"):
                    in_bracket = False
            out.append(character)

    def _command(self) -> Command:
        first = self._address()
        second: Address | None = None
        self._blanks()
        if first is not None and self._peek() == ",":
            self._at += 1
            self._blanks()
            second = self._address(end=True)
            if second is None:
                raise self._error("unexpected `,'")
        self._blanks()
        negated = False
        while self._peek() == "!":
            self._at += 1
            negated = True
            self._blanks()
        letter = self._peek()
        self._at += 1
        command = Command(letter, first, second, negated)
        if not letter:
            raise self._error("missing command")
        if letter == "{":
            command.body = self.parse(nested=True)
        elif letter == "s":
            self._substitution(command)
        elif letter == "y":
            delimiter = self._peek()
            self._at += 1
            source = self._delimited(delimiter, "unterminated `y' command", replacement=True)
            target = self._delimited(delimiter, "unterminated `y' command", replacement=True)
            if len(source) != len(target):
                raise self._error("strings for `y' command are different lengths")
            command.text, command.flags = source, target
        elif letter in "aic":
            self._blanks()
            if self._peek() == "\\":
                self._at += 1
                start = self._at
                self._blanks()
                if self._peek() == "\n":
                    self._at += 1
                else:
                    self._at = start  # What stands behind the backslash keeps its blanks.
            end = self._at
            while end < len(self._text) and self._text[end] != "\n":
                end += 2 if self._text[end] == "\\" else 1
            if self._at >= len(self._text):
                raise self._error("expected \\ after `a', `c' or `i'")
            raw = self._text[self._at : end]
            command.text = raw.replace("\\\n", "\n").replace("\\", "")
            self._at = end
        elif letter in "rRw":
            self._blanks()
            end = self._text.find("\n", self._at)
            end = len(self._text) if end < 0 else end
            command.text = self._text[self._at : end]
            if not command.text:
                raise self._error("missing filename in r/R/w/W commands")
            self._at = end
        elif letter in ":btT":
            self._blanks()
            end = self._at
            while end < len(self._text) and self._text[end] not in "\n;}":
                end += 1
            command.text = self._text[self._at : end].strip()
            self._at = end
        elif letter in "qQ":
            self._blanks()
            start = self._at
            while self._peek().isdigit():
                self._at += 1
            command.number = int(self._text[start : self._at][:3] or 0)
        elif letter not in "dpPDnNgGhHxlFz=":
            if letter in "Wev":
                raise self._error(f"the command `{letter}' is not supported here")
            raise self._error(f"unknown command: `{letter}'")
        self._blanks()
        if letter not in "{}aicrRw:btT" and self._peek() not in ("", ";", "\n", "}", "#"):
            self._at += 1
            raise self._error("unknown option to `s'" if letter == "s" else "extra characters after command")
        return command

    def _substitution(self, command: Command) -> None:
        delimiter = self._peek()
        self._at += 1
        if not delimiter or delimiter in "\n\\":
            raise self._error("unterminated `s' command")
        body = self._delimited(delimiter, "unterminated `s' command")
        command.text = self._delimited(delimiter, "unterminated `s' command", replacement=True)
        start = self._at
        while self._peek() and self._peek() in "gpiIe0123456789mM":
            self._at += 1
        flags = self._text[start : self._at]
        command.flags = flags
        if self._peek() == "w":
            end = self._text.find("\n", self._at)
            end = len(self._text) if end < 0 else end
            command.path = self._text[self._at + 1 : end].strip()
            self._at = end
        digits = "".join(c for c in flags if c.isdigit())
        if digits:
            command.number = int(digits[:6])
            if command.number == 0:
                raise self._error("number option to `s' command may not be zero")
        command.pattern = self._compile(body, "i" in flags.lower())
