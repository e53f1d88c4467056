"""``test``, ``[`` and ``[[``: questions about texts, numbers and files."""

import re
from typing import Final

from playground.api.files import MemoryFiles
from playground.shell import ast
from playground.shell.arithmetic import ArithmeticFailed, evaluate
from playground.shell.expand import Expander
from playground.shell.globs import like
from playground.shell.patterns import PatternError, Syntax, regular_expression
from playground.shell.state import OPTIONS, ShellFailed, ShellState

_NUMERIC: Final = ("-eq", "-ne", "-lt", "-le", "-gt", "-ge")
_BINARY: Final = frozenset(("=", "==", "!=", "<", ">", *_NUMERIC, "-nt", "-ot", "-ef"))
_UNARY: Final = frozenset(f"-{letter}" for letter in "abcdefghknoprstuvwxzGLNOS")


class TestFailed(Exception):
    """The question is wrong; ``str(error)`` follows ``[:``."""

    __test__ = False


def unary(operator: str, operand: str, state: ShellState, files: MemoryFiles) -> bool:
    match operator:
        case "-z":
            return not operand
        case "-n":
            return bool(operand)
        case "-v":
            return state.lookup(operand) is not None
        case "-o":
            return operand in OPTIONS.values() and state.on(operand)
        case "-t":
            return operand in ("0", "1", "2") and state.interactive
        case "-h" | "-L":
            return files.link(operand) is not None
        case "-a" | "-e":
            return files.exists(operand)
        case "-d":
            return files.is_directory(operand)
        case "-r":
            return files.may(operand, "read")
        case "-w":
            return files.may(operand, "write")
        case "-x":
            return files.may(operand, "execute")
    try:
        status = files.stat(operand)
    except OSError:
        return False
    match operator:
        case "-f":
            return status.kind == "file"
        case "-s":
            return status.size > 0
        case "-c":
            return status.kind == "device"
        case "-S":
            return status.kind == "socket"
        case "-O" | "-G":
            return status.owner == files.user
        case "-k":
            return bool(status.mode & 0o1000)
        case _:
            return False


def compare_numbers(operator: str, left: int, right: int) -> bool:
    return {
        "-eq": left == right,
        "-ne": left != right,
        "-lt": left < right,
        "-le": left <= right,
        "-gt": left > right,
        "-ge": left >= right,
    }[operator]


def _file_times(operator: str, left: str, right: str, files: MemoryFiles) -> bool:
    def when(path: str) -> int:
        try:
            return files.stat(path).changed_us
        except OSError:
            return -1

    if operator == "-ef":
        return files.exists(left) and files.exists(right) and files.stat(left).number == files.stat(right).number
    return when(left) > when(right) if operator == "-nt" else when(left) < when(right)


NOT_A_NUMBER: Final = ": integer expression expected"


def _integer(text: str) -> int:
    if not re.fullmatch(r"\s*[-+]?[0-9]{1,19}\s*", text):
        raise TestFailed(text + NOT_A_NUMBER)
    return int(text)


class _Question:
    """The words of ``[``, by POSIX's rules for their number, with ``-a``, ``-o`` and parentheses beyond."""

    def __init__(self, words: list[str], state: ShellState, files: MemoryFiles) -> None:
        self._words = words
        self._at = 0
        self._state = state
        self._files = files

    def run(self) -> bool:
        words = self._words
        if not words:
            return False
        if len(words) == 1:
            return bool(words[0])
        if len(words) == 2:
            if words[0] == "!":
                return not words[1]
            if words[0] not in _UNARY:
                raise TestFailed(f"{words[0]}: unary operator expected")
            return unary(words[0], words[1], self._state, self._files)
        if len(words) == 3 and words[1] in _BINARY:
            return self._binary(words[0], words[1], words[2])
        if len(words) == 4 and words[0] == "!" and words[2] in _BINARY:
            return not self._binary(words[1], words[2], words[3])
        if len(words) == 3 and words[1] not in ("-a", "-o") and words[0] not in ("!", "("):
            raise TestFailed(f"{words[1]}: binary operator expected")
        holds = self._either()
        if self._at < len(words):
            raise TestFailed("too many arguments")
        return holds

    def _peek(self, ahead: int = 0) -> str | None:
        index = self._at + ahead
        return self._words[index] if index < len(self._words) else None

    def _either(self) -> bool:
        holds = self._both()
        while self._peek() == "-o":
            self._at += 1
            holds = self._both() or holds
        return holds

    def _both(self) -> bool:
        holds = self._one()
        while self._peek() == "-a":
            self._at += 1
            holds = self._one() and holds
        return holds

    def _one(self) -> bool:
        negated = False
        while self._peek() == "!":
            self._at += 1
            negated = not negated
        return self._plain() != negated

    def _plain(self) -> bool:
        word = self._peek()
        if word is None:
            raise TestFailed("argument expected")
        following = self._peek(1)
        third = self._peek(2)
        if following in _BINARY and third is not None:
            self._at += 3
            return self._binary(word, str(following), third)
        if word == "(" and following is not None and self._words.count("(") < 40:
            self._at += 1
            holds = self._either()
            if self._peek() != ")":
                raise TestFailed("`)' expected")
            self._at += 1
            return holds
        if word in _UNARY and following is not None:
            self._at += 2
            return unary(word, following, self._state, self._files)
        self._at += 1
        return bool(word)

    def _binary(self, left: str, operator: str, right: str) -> bool:
        if operator in ("=", "=="):
            return left == right
        if operator == "!=":
            return left != right
        if operator in ("<", ">"):
            return left < right if operator == "<" else left > right
        if operator in _NUMERIC:
            return compare_numbers(operator, _integer(left), _integer(right))
        return _file_times(operator, left, right, self._files)


def question_holds(words: list[str], state: ShellState, files: MemoryFiles) -> bool:
    """Answer ``test``.

    Raises:
        TestFailed: the words make no question.
    """
    return _Question(words, state, files).run()


async def condition_holds(test: ast.Test, expander: Expander, state: ShellState, files: MemoryFiles) -> bool:
    """Answer ``[[ ]]``.

    Raises:
        ShellFailed: a regular expression or an arithmetic expression in it is wrong.
    """
    match test:
        case ast.TestNot(inner):
            return not await condition_holds(inner, expander, state, files)
        case ast.TestBoth(operator, left, right):
            holds = await condition_holds(left, expander, state, files)
            if holds == (operator == "||"):
                return holds
            return await condition_holds(right, expander, state, files)
        case ast.TestUnary(operator, operand):
            return unary(operator, await expander.text(operand), state, files)
        case ast.TestBinary(left_word, operator, right_word):
            value = await expander.text(left_word)
            if operator in ("=", "==", "!="):
                ignore_case = state.shopts.get("nocasematch", False)
                return like(await expander.pattern(right_word), value, ignore_case) == (operator != "!=")
            if operator == "=~":
                return await _matches(value, right_word, expander, state)
            other = await expander.text(right_word)
            if operator in ("<", ">"):
                return value < other if operator == "<" else value > other
            if operator in _NUMERIC:
                try:
                    return compare_numbers(operator, evaluate(value, state), evaluate(other, state))
                except ArithmeticFailed as error:
                    raise ShellFailed(f"[[: {error}") from None
            return _file_times(operator, value, other, files)


async def _matches(value: str, word: ast.Word, expander: Expander, state: ShellState) -> bool:
    try:
        automaton = regular_expression(await expander.regular_expression(word), Syntax(extended=True))
    except PatternError:
        raise ShellFailed("[[: invalid regular expression", 2) from None
    found = automaton.search(value)
    groups: list[str] = []
    if found is not None:
        for start, end in zip(found[::2], found[1::2], strict=True):
            groups.append("" if start is None or end is None else value[start:end])
    state.assign_array("BASH_REMATCH", groups)
    return found is not None
