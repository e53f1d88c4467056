"""``bc``: sums with as many digits as one wants, by ``scale``; variables, conditions and loops.

Left out: functions of one's own, arrays, ``ibase`` and ``obase`` other than 10. Source: GNU bc 1.07.
"""

import re
from collections.abc import Generator
from decimal import ROUND_DOWN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, Final

from playground.shell.streams import decoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options, refuse
from playground.shell.tools.reading import whole

MAX_SCALE: Final = 500
MAX_DIGITS: Final = 2_000
MAX_DEPTH: Final = 60
STEPS_BETWEEN_PAUSES: Final = 20
_TOKEN: Final = re.compile(
    r"(?P<space>[ \t\r]+|\\\n|/\*[^*]*\*/|\#[^\n]*)|(?P<number>[0-9]+\.?[0-9]*|\.[0-9]+)|(?P<string>\"[^\"]*\")"
    r"|(?P<name>[a-z][a-z_0-9]*)|(?P<op>\+\+|--|&&|\|\||[-+*/%^]=|[<>=!]=|[-+*/%^=<>!(){};\n,])"
)
_CONTEXT: Final = Context(prec=MAX_DIGITS + MAX_SCALE, rounding=ROUND_DOWN, Emax=10**6, Emin=-(10**6))
_LEVELS: Final = (("||",), ("&&",), ("!",), ("<", "<=", "==", "!=", ">", ">="), ("+", "-"), ("*", "/", "%"))
Tree = tuple[Any, ...]


class _Failed(Exception):
    """``str(error)`` is what is said of it."""


class _Halt(Exception):
    """``quit`` or ``halt``."""


class _Break(Exception):
    pass


class _Reader:
    """Reads a text as statements."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise _Failed(f"illegal character: {text[at]}")
            at = found.end()
            if found.lastgroup != "space":
                self._tokens.append((str(found.lastgroup), found.group()))
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        if self._next in wanted and self._next:
            self._at += 1
            return self._tokens[self._at - 1][1]
        return ""

    def _expect(self, wanted: str) -> None:
        if not self._take(wanted):
            raise _Failed("syntax error")

    def line(self) -> list[Tree] | None:
        """The statements of the next line; None at the end."""
        while self._take("\n", ";"):
            pass
        if not self._next:
            return None
        statements = [self._statement()]
        while self._take(";"):
            if self._next not in ("", "\n", ";"):
                statements.append(self._statement())
        if self._next and not self._take("\n"):
            raise _Failed("syntax error")
        return statements

    def skip(self) -> None:
        """Go on behind the line in which something was wrong."""
        while self._next and not self._take("\n"):
            self._at += 1

    def _statement(self) -> Tree:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _Failed("syntax error: too deep")
        try:
            return self._statement_inside()
        finally:
            self._depth -= 1

    def _statement_inside(self) -> Tree:
        if self._take("{"):
            body: list[Tree] = []
            while not self._take("}"):
                if not self._next:
                    raise _Failed("syntax error")
                if not self._take("\n", ";"):
                    body.append(self._statement())
            return ("block", body)
        if word := self._take("if", "while"):
            self._expect("(")
            condition = self._expression()
            self._expect(")")
            self._take("\n")
            body_tree = self._statement()
            saved = self._at
            self._take(";")
            self._take("\n")
            if word == "if" and self._take("else"):
                self._take("\n")
                return ("if", condition, body_tree, self._statement())
            self._at = saved
            return (word, condition, body_tree, None)
        if self._take("for"):
            self._expect("(")
            first = self._expression()
            self._expect(";")
            condition = self._expression()
            self._expect(";")
            step = self._expression()
            self._expect(")")
            self._take("\n")
            return ("block", [("quiet", first), ("while", condition, self._statement(), step)])
        if word := self._take("quit", "halt", "break"):
            return (word,)
        if self._take("print"):
            parts = [self._printed()]
            while self._take(","):
                parts.append(self._printed())
            return ("print", parts)
        if self._at < len(self._tokens) and self._tokens[self._at][0] == "string":
            return ("print", [self._printed()])
        tree = self._expression()
        return ("quiet" if tree[0] == "assign" else "show", tree)

    def _printed(self) -> Tree:
        if self._at < len(self._tokens) and self._tokens[self._at][0] == "string":
            self._at += 1
            return ("text", self._tokens[self._at - 1][1][1:-1].replace("\\n", "\n").replace("\\t", "\t"))
        return self._expression()

    def _expression(self, level: int = 0) -> Tree:
        self._depth += 1
        if self._depth > MAX_DEPTH * 10:
            raise _Failed("syntax error: too deep")
        try:
            return self._at_level(level)
        finally:
            self._depth -= 1

    def _at_level(self, level: int) -> Tree:
        if level == len(_LEVELS):
            return self._power()
        if _LEVELS[level] == ("!",):
            return ("not", self._expression(level)) if self._take("!") else self._expression(level + 1)
        left = self._expression(level + 1)
        if left[0] == "name" and (operator := self._take("=", "+=", "-=", "*=", "/=", "%=", "^=")):
            return ("assign", left[1], operator[:-1], self._expression())
        while operator := self._take(*_LEVELS[level]):
            left = ("binary", operator, left, self._expression(level + 1))
        return left

    def _power(self) -> Tree:
        base = self._unary()
        return ("binary", "^", base, self._expression(len(_LEVELS))) if self._take("^") else base

    def _unary(self) -> Tree:
        if self._take("-"):
            return ("negate", self._unary())
        if operator := self._take("++", "--"):
            name = self._unary()
            return ("assign", name[1], operator[0], ("number", "1"))
        if self._take("("):
            inner = self._expression()
            self._expect(")")
            return ("group", inner)
        if self._at >= len(self._tokens):
            raise _Failed("syntax error")
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            return ("number", text)
        if kind != "name":
            raise _Failed("syntax error")
        if self._take("("):
            argument = self._expression()
            self._expect(")")
            return ("call", text, argument)
        if operator := self._take("++", "--"):
            return ("after", text, operator[0])
        return ("name", text)


class _Sums:
    """The variables, and what becomes of statements."""

    def __init__(self, library: bool) -> None:
        self._library = library
        self.variables: dict[str, Decimal] = {"scale": Decimal(20 if library else 0)}
        self.out: list[str] = []

    @property
    def _scale(self) -> int:
        return int(self.variables["scale"])

    def run(self, tree: Tree) -> Generator[None]:
        """Carry out a statement; yields now and then, where others may live."""
        yield
        match tree:
            case ("block", body):
                for each in body:
                    yield from self.run(each)
            case ("if", condition, then, otherwise):
                chosen = then if self.value(condition) else otherwise
                if chosen is not None:
                    yield from self.run(chosen)
            case ("while", condition, body, step):
                while self.value(condition):
                    try:
                        yield from self.run(body)
                    except _Break:
                        break
                    if step is not None:
                        self.value(step)
            case ("print", parts):
                self.out += [part[1] if part[0] == "text" else shown(self.value(part)) for part in parts]
            case ("quiet", expression):
                self.value(expression)
            case ("show", expression):
                self.out.append(shown(self.value(expression)) + "\n")
            case ("break",):
                raise _Break
            case _:
                raise _Halt

    def value(self, tree: Tree) -> Decimal:
        match tree:
            case ("number", text):
                return Decimal(text)
            case ("name", name):
                return self.variables.get(name, Decimal(0))
            case ("group", inner):
                return self.value(inner)
            case ("negate", inner):
                return -self.value(inner)
            case ("not", inner):
                return Decimal(not self.value(inner))
            case ("assign", name, operator, right):
                number = self.value(right)
                if operator:
                    number = self._binary(operator, self.variables.get(name, Decimal(0)), number)
                return self._set(name, number)
            case ("after", name, operator):
                before = self.variables.get(name, Decimal(0))
                self._set(name, self._binary(operator, before, Decimal(1)))
                return before
            case ("binary", operator, left, right):
                return self._binary(operator, self.value(left), self.value(right))
            case ("call", name, argument):
                return self._call(name, self.value(argument))
            case _:
                raise _Failed("syntax error")

    def _set(self, name: str, number: Decimal) -> Decimal:
        if name in ("ibase", "obase") and number != 10:
            raise _Failed(f"{name} other than 10 is not here: use printf '%x' or $((16#ff))")
        if name == "scale" and not 0 <= number <= MAX_SCALE:
            raise _Failed(f"scale too large, set to {MAX_SCALE}" if number > 0 else "negative scale, set to 0")
        if len(self.variables) > 1000:
            raise _Failed("out of memory")
        self.variables[name] = number
        return number

    def _binary(self, operator: str, a: Decimal, b: Decimal) -> Decimal:
        match operator:
            case "+" | "-":
                return _CONTEXT.add(a, b if operator == "+" else -b)
            case "*":
                places = min(_places(a) + _places(b), max(self._scale, _places(a), _places(b)))
                return _cut(_CONTEXT.multiply(a, b), places)
            case "/":
                if not b:
                    raise _Failed("Runtime error (func=(main), adr=3): Divide by zero")
                return _cut(_CONTEXT.divide(a, b), self._scale)
            case "%":
                if not b:
                    raise _Failed("Runtime error (func=(main), adr=3): Modulo by zero")
                quotient = _cut(_CONTEXT.divide(a, b), self._scale)
                rest = _CONTEXT.subtract(a, _CONTEXT.multiply(quotient, b))
                return _cut(rest, max(self._scale + _places(b), _places(a)))
            case "^":
                return self._power(a, int(b))
            case "&&" | "||":
                return Decimal(bool(a and b) if operator == "&&" else bool(a or b))
            case _:
                holds = {"<": a < b, "<=": a <= b, "==": a == b, "!=": a != b, ">": a > b, ">=": a >= b}
                return Decimal(holds[operator])

    def _power(self, base: Decimal, exponent: int) -> Decimal:
        if abs(exponent) * len(base.as_tuple().digits) > MAX_DIGITS * 2:
            raise _Failed(f"exponent too large: at most {MAX_DIGITS} digits here")
        if exponent < 0:
            if not base:
                raise _Failed("Runtime error (func=(main), adr=3): Divide by zero")
            return _cut(_CONTEXT.divide(Decimal(1), _CONTEXT.power(base, -exponent)), self._scale)
        places = min(_places(base) * exponent, max(self._scale, _places(base)))
        return _cut(_CONTEXT.power(base, exponent) if exponent else Decimal(1), places)

    def _call(self, name: str, number: Decimal) -> Decimal:
        match name:
            case "sqrt":
                if number < 0:
                    raise _Failed("Runtime error (func=(main), adr=3): Square root of a negative number")
                return _cut(_CONTEXT.sqrt(number), max(self._scale, _places(number)))
            case "length":
                digits = len(number.as_tuple().digits)
                return Decimal(max(digits, _places(number)))
            case "scale":
                return Decimal(_places(number))
            case "l" | "e" if self._library and (name == "e" or number > 0):
                context = Context(prec=self._scale + 30)
                return _cut(context.ln(number) if name == "l" else context.exp(number), self._scale)
            case _:
                raise _Failed(f"Runtime error (func=(main), adr=3): Function {name} not defined.")


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _cut(number: Decimal, places: int) -> Decimal:
    """A number with so many places, what is behind them taken away."""
    return number.quantize(Decimal(1).scaleb(-places), context=_CONTEXT)


def shown(number: Decimal) -> str:
    """A number as ``bc`` prints it: no 0 before the point, at most 69 characters in a line."""
    text = f"{number:f}"
    if not number:
        return "0"
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    text = sign + (digits[1:] if digits.startswith("0.") else digits)
    if len(text) < 70:
        return text
    return "\\\n".join(text[at : at + 68] for at in range(0, len(text), 68))


async def bc(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "lqsiw", "", {"mathlib": "l", "quiet": "q"})
    except UsageError as error:
        return await refuse(invocation, error)
    text = ""
    for path in [*options.words, "-"]:
        if path == "-" and invocation.stdin.is_terminal:
            break
        data = await whole(invocation, path)
        if data is None:
            return 1
        text += decoded(data)
    sums = _Sums(options.has("l"))
    if text:
        await _all(invocation, sums, text)
        return 0
    while line := decoded(await invocation.stdin.readline()):
        if not await _all(invocation, sums, line):
            break
    return 0


async def _all(invocation: Invocation, sums: _Sums, text: str) -> bool:
    """Carry out all lines of a text; False when it said quit."""
    try:
        reader = _Reader(text)
    except _Failed as error:
        await invocation.stderr.write(f"(standard_in) 1: {error}\n")
        return True
    steps = 0
    while True:
        try:
            statements = reader.line()
            if statements is None:
                return True
            for statement in statements:
                for _ in sums.run(statement):
                    steps += 1
                    if steps % STEPS_BETWEEN_PAUSES == 0:
                        await _flush(invocation, sums)
                        await invocation.loop.sleep(1_000)
        except _Halt:
            await _flush(invocation, sums)
            return False
        except (_Failed, _Break, InvalidOperation, Overflow, DivisionByZero, RecursionError) as error:
            await _flush(invocation, sums)
            sentence = str(error) if isinstance(error, _Failed) else "the number has too many digits here"
            await invocation.stderr.write(sentence + "\n" if sentence[0] == "R" else f"(standard_in) 1: {sentence}\n")
            reader.skip()
        await _flush(invocation, sums)


async def _flush(invocation: Invocation, sums: _Sums) -> None:
    if sums.out:
        text, sums.out = "".join(sums.out), []
        await invocation.stdout.write(text)


BC_TOOLS: Final[dict[str, Tool]] = {"bc": bc}
