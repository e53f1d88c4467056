"""Programs that stand beside a builtin of the same name (``find -exec echo``, ``timeout 5 true``), and ``expr``.

Source: GNU coreutils.
"""

import re
from collections.abc import Callable
from typing import Final, TypeVar

from playground.shell.patterns import PatternError, regular_expression
from playground.shell.tool import Invocation, Tool

_BUILTINS: Final = ("[", "echo", "false", "kill", "printf", "pwd", "test", "true")
Ordered = TypeVar("Ordered", int, str)

_LONGEST: Final = 4000
"""Digits that a number may have."""


def _beside(name: str) -> Tool:
    async def run(invocation: Invocation) -> int:
        return await invocation.shell.run_script(
            f'{name} "$@"',
            name=name,
            flavour="bash",
            parameters=invocation.arguments[1:],
            command_string=True,
            stdin=invocation.stdin,
            stdout=invocation.stdout,
            stderr=invocation.stderr,
        )

    return run


class ExprFailed(Exception):
    """An expression makes no sense; ``str(error)`` says why in the program's words."""


class _Expression:
    """The words of ``expr``, by its precedence: ``|``, ``&``, comparisons, sums, products, ``:``, functions."""

    _LEVELS: Final = (("|",), ("&",), ("<", "<=", "=", "==", "!=", ">=", ">"), ("+", "-"), ("*", "/", "%"), (":",))

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._at = 0

    def value(self) -> str:
        found = self._level(0)
        if self._at < len(self._words):
            raise ExprFailed(f"syntax error: unexpected argument \u2018{self._words[self._at]}\u2019")
        return found

    def _level(self, level: int) -> str:
        if level == len(self._LEVELS):
            return self._function()
        left = self._level(level + 1)
        while self._at < len(self._words) and self._words[self._at] in self._LEVELS[level]:
            operator = self._words[self._at]
            self._at += 1
            left = _applied(operator, left, self._level(level + 1))
        return left

    def _next(self) -> str:
        if self._at >= len(self._words):
            last = self._words[-1] if self._words else ""
            raise ExprFailed(f"syntax error: missing argument after \u2018{last}\u2019")
        self._at += 1
        return self._words[self._at - 1]

    def _function(self) -> str:
        word = self._next()
        match word:
            case "(":
                found = self._level(0)
                if self._at >= len(self._words):
                    raise ExprFailed(f"syntax error: expecting ')' after \u2018{self._words[-1]}\u2019")
                self._at += 1
                return found
            case "length":
                return str(len(self._function()))
            case "match":
                return _matched(self._function(), self._function())
            case "index":
                text, wanted = self._function(), self._function()
                return str(next((at for at, letter in enumerate(text, 1) if letter in wanted), 0))
            case "substr":
                text, first, count = self._function(), _number(self._function()), _number(self._function())
                return text[first - 1 : first - 1 + count] if first > 0 and count > 0 else ""
            case "+":
                return self._next()
        return word


def _number(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text) or len(text) > _LONGEST:
        raise ExprFailed("non-integer argument")
    return int(text)


def _is_true(text: str) -> bool:
    return bool(text) and not re.fullmatch(r"-?0+", text)


def _applied(operator: str, left: str, right: str) -> str:
    if operator == "|":
        return left if _is_true(left) else right if _is_true(right) else "0"
    if operator == "&":
        return left if _is_true(left) and _is_true(right) else "0"
    if operator == ":":
        return _matched(left, right)
    if operator in ("+", "-", "*", "/", "%"):
        return str(_calculated(operator, _number(left), _number(right)))
    numbers = all(re.fullmatch(r"-?[0-9]{1,4000}", text) for text in (left, right))
    order = _compare(int(left), int(right)) if numbers else _compare(left, right)
    tests: dict[str, Callable[[int], bool]] = {
        "<": lambda o: o < 0, "<=": lambda o: o <= 0, "=": lambda o: o == 0, "==": lambda o: o == 0,
        "!=": lambda o: o != 0, ">=": lambda o: o >= 0, ">": lambda o: o > 0,
    }  # fmt: skip
    return "1" if tests[operator](order) else "0"


def _compare(left: Ordered, right: Ordered) -> int:
    return (left > right) - (left < right)


def _calculated(operator: str, left: int, right: int) -> int:
    if operator in ("/", "%"):
        if right == 0:
            raise ExprFailed("division by zero")
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if operator == "/" else left - right * quotient
    return left + right if operator == "+" else left - right if operator == "-" else left * right


def _matched(text: str, pattern: str) -> str:
    """What a pattern finds at the beginning of a text: its first group, or how many characters fit."""
    try:
        marks = regular_expression(f"^{pattern}" if not pattern.startswith("^") else pattern).search(text)
    except PatternError as error:
        raise ExprFailed(str(error)) from None
    grouped = "\\(" in pattern
    if marks is None:
        return "" if grouped else "0"
    first, last = (marks[2], marks[3]) if grouped else (marks[0], marks[1])
    if first is None or last is None:
        return ""
    return text[first:last] if grouped else str(last - first)


async def expr(invocation: Invocation) -> int:
    if not invocation.arguments[1:]:
        await invocation.stderr.write("expr: missing operand\nTry 'expr --help' for more information.\n")
        return 2
    try:
        found = _Expression(invocation.arguments[1:]).value()
    except (ExprFailed, RecursionError) as error:
        return await invocation.complain(str(error) if isinstance(error, ExprFailed) else "expression too long", 2)
    await invocation.stdout.write(found + "\n")
    return 0 if _is_true(found) else 1


PLAIN_TOOLS: Final[dict[str, Tool]] = {**{name: _beside(name) for name in _BUILTINS}, "expr": expr}
