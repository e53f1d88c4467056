"""Integer arithmetic as in ``$(( ))``: 64 bits, C's operators, assignments to variables."""

import re
from collections.abc import Callable
from typing import Final, Protocol

MAX_DEPTH: Final = 40

_TOKEN: Final = re.compile(
    r"\s*(?:([0-9]+#[0-9a-zA-Z@_]+|0[xX][0-9a-fA-F]+|[0-9]+)|([A-Za-z_][A-Za-z_0-9]*(?:\[[^\]]*\])?)"
    r"|(<<=|>>=|\*\*|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%<>=!~&|^?:,()]))"
)
_BINARY: Final[tuple[tuple[str, ...], ...]] = (
    ("||",),
    ("&&",),
    ("|",),
    ("^",),
    ("&",),
    ("==", "!="),
    ("<=", ">=", "<", ">"),
    ("<<", ">>"),
    ("+", "-"),
    ("*", "/", "%"),
)
_ASSIGNING: Final = frozenset(("=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "|=", "^="))


class ArithmeticFailed(Exception):
    """The expression is wrong; ``str(error)`` is bash's sentence without the shell's name."""


class Variables(Protocol):
    def required(self, name: str) -> str:
        """The value; empty where there is none, unless that is an error here (``set -u``)."""

    def assign(self, name: str, value: str) -> None: ...


def _wrap(number: int) -> int:
    number &= 0xFFFFFFFFFFFFFFFF
    return number - (1 << 64) if number >> 63 else number


def _is_step(before: list[str], behind: str) -> bool:
    """Whether ``++`` or ``--`` counts a variable; between numbers it is two operators."""
    named = bool(before) and (before[0][0].isalpha() or before[0][0] == "_")
    return named or re.match(r"\s*[A-Za-z_]", behind) is not None


class _Evaluator:
    def __init__(self, text: str, variables: Variables, depth: int) -> None:
        self._text = text
        self._variables = variables
        self._depth = depth
        self._tokens: list[str] = []
        self._starts: list[int] = []
        """Where the tokens begin in the text."""
        self._index = 0
        self._nesting = 0
        self._live = True
        at = 0
        stripped = text.rstrip()
        while at < len(stripped):
            found = _TOKEN.match(text, at)
            if found is None:
                raise self._wrong("syntax error: invalid arithmetic operator", text[at:].lstrip())
            token = found.group().lstrip()
            at = found.end()
            if token in ("++", "--") and not _is_step(self._tokens[-1:], text[at:]):
                token = token[0]
                at -= 1
            self._tokens.append(token)
            self._starts.append(at - len(self._tokens[-1]))

    def _wrong(self, message: str, token: str) -> ArithmeticFailed:
        return ArithmeticFailed(f'{self._text.lstrip()}: {message} (error token is "{token}")')

    def _rest(self, index: int | None = None) -> str:
        """The text from a token on: the one that is next, where it ends behind the last one that one."""
        wanted = self._index if index is None else index
        return self._text[self._starts[min(wanted, len(self._starts) - 1)] :]

    def run(self) -> int:
        if not self._tokens:
            return 0
        value = self._comma()
        if self._index < len(self._tokens):
            raise self._wrong("syntax error in expression", self._rest())
        return value

    def _peek(self) -> str:
        return self._tokens[self._index] if self._index < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        token = self._peek()
        if token and token in wanted:
            self._index += 1
            return token
        return ""

    def _comma(self) -> int:
        value = self._assignment()
        while self._take(","):
            value = self._assignment()
        return value

    def _assignment(self) -> int:
        token = self._peek()
        following = self._tokens[self._index + 1] if self._index + 1 < len(self._tokens) else ""
        if (token[:1].isalpha() or token[:1] == "_") and following in _ASSIGNING:
            self._index += 2
            begins = self._index
            before = 0 if following == "=" else self._variable(token)
            value = self._assignment()
            if following != "=":
                value = self._apply(following[:-1], before, value, begins)
            self._store(token, value)
            return value
        value = self._ternary()
        if self._peek() in _ASSIGNING:
            raise self._wrong("attempted assignment to non-variable", self._rest())
        return value

    def _ternary(self) -> int:
        condition = self._binary(0)
        if not self._take("?"):
            return condition
        live = self._live
        self._live = live and bool(condition)
        first = self._comma()
        if not self._take(":"):
            raise self._wrong("`:' expected for conditional expression", self._rest())
        self._live = live and not condition
        second = self._ternary()
        self._live = live
        return first if condition else second

    def _binary(self, level: int) -> int:
        if level == len(_BINARY):
            return self._power()
        left = self._binary(level + 1)
        while operator := self._take(*_BINARY[level]):
            if operator in ("&&", "||"):
                live = self._live
                self._live = live and (bool(left) == (operator == "&&"))
                right = self._binary(level + 1)
                self._live = live
                left = int(bool(left) and bool(right)) if operator == "&&" else int(bool(left) or bool(right))
            else:
                begins = self._index
                left = self._apply(operator, left, self._binary(level + 1), begins)
        return left

    def _power(self) -> int:
        base = self._unary()
        if not self._take("**"):
            return base
        exponent = self._power()
        if exponent < 0:
            raise self._wrong("exponent less than 0", self._rest())
        return _wrap(pow(base, exponent, 1 << 64))

    def _unary(self) -> int:
        self._nesting += 1
        if self._nesting > MAX_DEPTH:
            raise self._wrong("expression recursion level exceeded", self._rest())
        try:
            return self._unary_inside()
        finally:
            self._nesting -= 1

    def _unary_inside(self) -> int:
        operator = self._take("+", "-", "!", "~", "++", "--")
        if operator in ("++", "--"):
            name = self._peek()
            if not (name[:1].isalpha() or name[:1] == "_"):
                value = self._unary()
                return value
            self._index += 1
            value = _wrap(self._variable(name) + (1 if operator == "++" else -1))
            self._store(name, value)
            return value
        if operator:
            value = self._unary()
            return {"+": value, "-": _wrap(-value), "!": int(not value), "~": ~value}[operator]
        if self._take("("):
            value = self._comma()
            if not self._take(")"):
                raise self._wrong("missing `)'", self._rest())
            return value
        token = self._peek()
        if not token or not (token[0].isalnum() or token[0] == "_"):
            raise self._wrong("syntax error: operand expected", self._rest())
        self._index += 1
        if token[0].isdigit():
            return self._number(token)
        value = self._variable(token)
        if step := self._take("++", "--"):
            self._store(token, _wrap(value + (1 if step == "++" else -1)))
        return value

    def _number(self, token: str) -> int:
        base = 10
        digits = token
        if "#" in token:
            prefix, digits = token.split("#", 1)
            base = int(prefix[:4])
            if not 2 <= base <= 64:
                raise self._wrong("invalid arithmetic base", token)
        elif token[:2] in ("0x", "0X"):
            base, digits = 16, token[2:]
        elif token.startswith("0") and len(token) > 1:
            base, digits = 8, token[1:]
        alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_"
        value = 0
        for digit in digits if base > 36 else digits.lower():
            worth = alphabet.find(digit)
            if not 0 <= worth < base:
                raise self._wrong("value too great for base", token)
            value = value * base + worth & 0xFFFFFFFFFFFFFFFF
        return _wrap(value)

    def _variable(self, name: str) -> int:
        text = (self._variables.required(name) if self._live else "").strip()
        if not text:
            return 0
        if re.fullmatch(r"-?(0|[1-9][0-9]{0,18})", text):
            return _wrap(int(text))
        if self._depth >= MAX_DEPTH:
            raise self._wrong("expression recursion level exceeded", text)
        return _Evaluator(text, self._variables, self._depth + 10).run()

    def _store(self, name: str, value: int) -> None:
        if self._live:
            self._variables.assign(name, str(_wrap(value)))

    def _apply(self, operator: str, left: int, right: int, begins: int) -> int:
        """``left operator right``; ``begins`` is the token at which what came to ``right`` begins."""
        if operator in ("/", "%"):
            if right == 0:
                if not self._live:
                    return 0
                raise self._wrong("division by 0", self._rest(begins))
            quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
            return _wrap(quotient if operator == "/" else left - right * quotient)
        simple: dict[str, Callable[[], int]] = {
            "+": lambda: left + right,
            "-": lambda: left - right,
            "*": lambda: left * right,
            "<<": lambda: left << (right & 63),
            ">>": lambda: left >> (right & 63),
            "&": lambda: left & right,
            "|": lambda: left | right,
            "^": lambda: left ^ right,
            "==": lambda: int(left == right),
            "!=": lambda: int(left != right),
            "<": lambda: int(left < right),
            ">": lambda: int(left > right),
            "<=": lambda: int(left <= right),
            ">=": lambda: int(left >= right),
        }
        return _wrap(simple[operator]())


def evaluate(text: str, variables: Variables) -> int:
    """The value of an arithmetic expression; an empty one is 0.

    Raises:
        ArithmeticFailed: it is wrong, divides by zero, or nests too deep.
    """
    return _Evaluator(text, variables, 0).run()
