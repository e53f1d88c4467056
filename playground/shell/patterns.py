"""Regular expressions as people write them: POSIX basic and extended ones with GNU's additions.

All become programs of ``playground.shell.automaton``, which takes linear time for every pattern. Back-references
inside a pattern cannot be matched in linear time; they are refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from playground.shell.automaton import Automaton, Instruction, Op

MAX_PROGRAM: Final = 20_000
MAX_REPEAT: Final = 255
MAX_DEPTH: Final = 100
CLASSES: Final[dict[str, Callable[[str], bool]]] = {
    "alpha": str.isalpha,
    "digit": lambda c: "0" <= c <= "9",
    "alnum": str.isalnum,
    "upper": str.isupper,
    "lower": str.islower,
    "space": lambda c: c in " \t\n\v\f\r",
    "blank": lambda c: c in " \t",
    "punct": lambda c: c.isascii() and c.isprintable() and not c.isalnum() and c != " ",
    "print": str.isprintable,
    "graph": lambda c: c.isprintable() and c != " ",
    "cntrl": lambda c: ord(c) < 32 or ord(c) == 127,
    "xdigit": lambda c: c in "0123456789abcdefABCDEF",
}
_ESCAPED_CLASSES: Final[dict[str, Callable[[str], bool]]] = {
    "w": lambda c: c.isalnum() or c == "_",
    "W": lambda c: not (c.isalnum() or c == "_"),
    "s": CLASSES["space"],
    "S": lambda c: c not in " \t\n\v\f\r",
}
_PERL_CLASSES: Final[dict[str, Callable[[str], bool]]] = {
    "d": CLASSES["digit"],
    "D": lambda c: not "0" <= c <= "9",
}
_CONTROL: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}


class PatternError(Exception):
    """The pattern is wrong; ``str(error)`` is what GNU's regcomp says of it."""


@dataclass(frozen=True, slots=True)
class Syntax:
    """Which language a pattern is in.

    ``bracket_escapes``: a backslash in a bracket escapes (awk, jq) instead of standing for itself (POSIX).
    ``perl``: ``\\d``, ``(?:`` too.
    """

    extended: bool = False
    ignore_case: bool = False
    bracket_escapes: bool = False
    perl: bool = False


Test = Callable[[str], bool]
# A parsed pattern: nested tuples, first the kind
Tree = tuple[Any, ...]


class _Parser:
    """Recursive descent over one pattern."""

    def __init__(self, text: str, syntax: Syntax) -> None:
        self._text = text
        self._syntax = syntax
        self._at = 0
        self._depth = 0
        self.groups = 0

    def parse(self) -> Tree:
        tree = self._alternatives()
        if self._at < len(self._text):
            raise PatternError("Unmatched ) or \\)")
        return tree

    def _peek(self) -> str:
        """The next token: one character, or a backslash with what follows it."""
        text, at = self._text, self._at
        if at >= len(text):
            return ""
        if text[at] == "\\":
            if at + 1 >= len(text):
                raise PatternError("Trailing backslash")
            return text[at : at + 2]
        return text[at]

    def _special(self, token: str, name: str) -> bool:
        """True when ``token`` is the operator ``name`` in this syntax."""
        return token == (name if self._syntax.extended else "\\" + name)

    def _alternatives(self) -> Tree:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise PatternError("Regular expression too big")
        branches = [self._branch()]
        while self._special(self._peek(), "|"):
            self._at += len(self._peek())
            branches.append(self._branch())
        self._depth -= 1
        return branches[0] if len(branches) == 1 else ("any-of", branches)

    def _branch(self) -> Tree:
        items: list[Tree] = []
        while True:
            token = self._peek()
            if not token or self._special(token, "|"):
                break
            if self._special(token, ")") and (self._depth > 1 or not self._syntax.extended):
                if self._depth == 1:
                    raise PatternError("Unmatched ) or \\)")
                break
            if items and (repeat := self._repeat(token)) is not None:
                items[-1] = ("repeat", items[-1], *repeat)
                continue
            items.append(self._atom(token, first=not items))
        return ("all-of", items)

    def _repeat(self, token: str) -> tuple[int, int | None] | None:
        if token == "*":
            self._at += 1
            bounds: tuple[int, int | None] = (0, None)
        elif self._special(token, "+"):
            self._at += len(token)
            bounds = (1, None)
        elif self._special(token, "?"):
            self._at += len(token)
            bounds = (0, 1)
        elif self._special(token, "{"):
            found = self._bounds()
            if found is None:
                return None
            bounds = found
        else:
            return None
        if self._syntax.perl and self._peek() in ("?", "+"):
            raise PatternError("lazy and possessive repetition is not supported")
        return bounds

    def _bounds(self) -> tuple[int, int | None] | None:
        closing = "}" if self._syntax.extended else "\\}"
        start = self._at + len(closing)
        end = self._text.find(closing, start)
        inside = self._text[start:end] if end >= 0 else ""
        low, comma, high = inside.partition(",")
        fits = (low.isdigit() or (not low and comma)) and (not high or high.isdigit()) and inside.isascii()
        if end < 0 or not fits:
            if self._syntax.extended and not (inside[:1].isdigit() and end < 0):
                return None
            raise PatternError("Unmatched { or \\{" if end < 0 else "Invalid content of \\{\\}")
        least = int(low or 0)
        most = (int(high) if high else None) if comma else least
        if most is not None and most < least:
            raise PatternError("Invalid content of \\{\\}")
        if max(least, most or 0) > MAX_REPEAT * 128:
            raise PatternError("Regular expression too big")
        self._at = end + len(closing)
        return least, most

    def _atom(self, token: str, first: bool) -> Tree:
        extended = self._syntax.extended
        if self._special(token, "("):
            return self._group(token)
        self._at += len(token)
        if token == ".":
            return ("set", lambda c: True)
        if token == "[":
            return ("set", self._bracket())
        if token == "^" and (extended or first):
            return ("assert", "^")
        if token == "$" and (extended or self._ends_branch()):
            return ("assert", "$")
        if extended and token in ("*", "+", "?") and first:
            return ("all-of", [])
        if len(token) == 2:
            return self._escaped(token[1])
        return self._literal(token)

    def _ends_branch(self) -> bool:
        token = self._peek()
        return not token or token in ("\\)", "\\|")

    def _group(self, token: str) -> Tree:
        self._at += len(token)
        if self._syntax.perl and self._text.startswith("?", self._at):
            if not self._text.startswith("?:", self._at):
                raise PatternError("look-around is not supported")
            self._at += 2
            number = 0
        else:
            self.groups += 1
            number = self.groups
        inner = self._alternatives()
        if not self._special(self._peek(), ")"):
            raise PatternError("Unmatched ( or \\(")
        self._at += len(token)
        return ("group", number, inner) if number else inner

    def _escaped(self, letter: str) -> Tree:
        if letter in _ESCAPED_CLASSES:
            return ("set", _ESCAPED_CLASSES[letter])
        if self._syntax.perl and letter in _PERL_CLASSES:
            return ("set", _PERL_CLASSES[letter])
        if letter in "bB<>":
            return ("assert", "\\" + letter)
        if letter in "`'":
            return ("assert", "^" if letter == "`" else "$")
        if "1" <= letter <= "9":
            raise PatternError(
                "Invalid back reference" if int(letter) > self.groups else "back-references not supported"
            )
        if letter in _CONTROL:
            return self._literal(_CONTROL[letter])
        return self._literal(letter)

    def _literal(self, character: str) -> Tree:
        if self._syntax.ignore_case and character.lower() != character.upper():
            both = character.lower() + character.upper()
            return ("set", lambda c: c in both)
        return ("set", lambda c: c == character)

    def _bracket(self) -> Test:
        tests, negated, self._at = bracket(self._text, self._at, "^", self._syntax.bracket_escapes or self._syntax.perl)
        if self._syntax.ignore_case:
            return lambda c: (tests(c.lower()) or tests(c.upper())) != negated
        return lambda c: tests(c) != negated


def bracket(text: str, at: int, negations: str, escapes: bool) -> tuple[Test, bool, int]:
    """Read a bracket expression that begins behind its ``[``.

    Returns its test (without the negation), whether it is negated, and the position behind its ``]``.

    Raises:
        PatternError: it does not end, or has a wrong range or class.
    """
    negated = text[at : at + 1] != "" and text[at] in negations
    at += negated
    singles: list[str] = []
    ranges: list[tuple[str, str]] = []
    classes: list[Test] = []
    first = True
    while True:
        if at >= len(text):
            raise PatternError("Unmatched [, [^, [:, [., or [=")
        character = text[at]
        if character == "]" and not first:
            at += 1
            break
        first = False
        if character == "[" and text[at + 1 : at + 2] == ":":
            end = text.find(":]", at + 2)
            if end < 0:
                raise PatternError("Unmatched [, [^, [:, [., or [=")
            name = text[at + 2 : end]
            if name not in CLASSES:
                raise PatternError("Invalid character class name")
            classes.append(CLASSES[name])
            at = end + 2
            continue
        if character == "\\" and escapes and at + 1 < len(text):
            letter = text[at + 1]
            at += 2
            if letter in _ESCAPED_CLASSES or letter in _PERL_CLASSES:
                classes.append((_ESCAPED_CLASSES | _PERL_CLASSES)[letter])
                continue
            character = _CONTROL.get(letter, letter)
        else:
            at += 1
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("", "]"):
            high = text[at + 1]
            if high < character:
                raise PatternError("Invalid range end")
            ranges.append((character, high))
            at += 2
        else:
            singles.append(character)
    members = "".join(singles)

    def test(c: str) -> bool:
        return c in members or any(low <= c <= high for low, high in ranges) or any(of(c) for of in classes)

    return test, negated, at


class _Compiler:
    def __init__(self) -> None:
        self.program: list[Instruction] = []

    def emit(self, instruction: Instruction) -> int:
        if len(self.program) >= MAX_PROGRAM:
            raise PatternError("Regular expression too big")
        self.program.append(instruction)
        return len(self.program) - 1

    def compile(self, tree: Tree) -> None:
        match tree:
            case ("set", test):
                self.emit(Instruction(Op.TAKE, test=test))
            case ("assert", kind):
                self.emit(Instruction(Op.ASSERT, kind=str(kind)))
            case ("all-of", list() as items):
                for item in items:
                    self.compile(item)
            case ("any-of", list() as branches):
                self._any_of(branches)
            case ("group", int() as number, tuple() as inner):
                self.emit(Instruction(Op.SAVE, 2 * number))
                self.compile(inner)
                self.emit(Instruction(Op.SAVE, 2 * number + 1))
            case ("repeat", tuple() as inner, int() as least, most):
                self._repeat(inner, least, most if isinstance(most, int) else None)

    def _any_of(self, branches: list[Tree]) -> None:
        ends: list[int] = []
        for branch in branches[:-1]:
            split = self.emit(Instruction(Op.SPLIT))
            self.compile(branch)
            ends.append(self.emit(Instruction(Op.JUMP)))
            self.program[split] = Instruction(Op.SPLIT, split + 1, len(self.program))
        self.compile(branches[-1])
        for end in ends:
            self.program[end] = Instruction(Op.JUMP, len(self.program))

    def _repeat(self, inner: Tree, least: int, most: int | None) -> None:
        for _ in range(least):
            self.compile(inner)
        if most is None:
            split = self.emit(Instruction(Op.SPLIT))
            self.compile(inner)
            self.emit(Instruction(Op.JUMP, split))
            self.program[split] = Instruction(Op.SPLIT, split + 1, len(self.program))
            return
        splits = []
        for _ in range(most - least):
            splits.append(self.emit(Instruction(Op.SPLIT)))
            self.compile(inner)
        for split in splits:
            self.program[split] = Instruction(Op.SPLIT, split + 1, len(self.program))


@lru_cache(maxsize=256)
def regular_expression(text: str, syntax: Syntax = Syntax(), whole: str = "") -> Automaton:
    """Compile a regular expression.

    ``whole`` is ``line`` (it must match the whole text) or ``word`` (it must match whole words), as grep's -x and -w.

    Raises:
        PatternError: the pattern is wrong, or too big.
    """
    parser = _Parser(text, syntax)
    tree = parser.parse()
    if whole == "line":
        tree = ("all-of", [("assert", "^"), tree, ("assert", "$")])
    elif whole == "word":
        tree = ("all-of", [("assert", "word-start"), tree, ("assert", "word-end")])
    return compiled(tree, parser.groups)


def compiled(tree: Tree, groups: int) -> Automaton:
    """The automaton of a parsed pattern.

    Raises:
        PatternError: it is too big.
    """
    compiler = _Compiler()
    compiler.emit(Instruction(Op.SAVE, 0))
    try:
        compiler.compile(tree)
    except RecursionError:
        raise PatternError("Regular expression too big") from None
    compiler.emit(Instruction(Op.SAVE, 1))
    compiler.emit(Instruction(Op.MATCH))
    return Automaton(compiler.program, groups)
