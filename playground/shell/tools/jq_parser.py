"""Reads jq filters as trees of tuples, the kind first."""

import json
import re
from typing import Any, Final

MAX_DEPTH: Final = 60

Tree = tuple[Any, ...]

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+)
    |(?P<field>\.[A-Za-z_][A-Za-z_0-9]*)
    |(?P<variable>\$[A-Za-z_][A-Za-z_0-9]*)
    |(?P<format>@[a-z0-9]+)
    |(?P<name>[A-Za-z_][A-Za-z_0-9]*)
    |(?P<op>\?//|\.\.|//=|\|=|\+=|-=|\*=|/=|%=|==|!=|<=|>=|//|[-+*/%<>=|,.:;()\[\]{}?])
    """,
    re.VERBOSE,
)
_PRECEDENCE: Final = {
    "//": 2,
    "=": 3, "|=": 3, "+=": 3, "-=": 3, "*=": 3, "/=": 3, "%=": 3, "//=": 3,
    "or": 4, "and": 5,
    "==": 6, "!=": 6, "<": 6, "<=": 6, ">": 6, ">=": 6,
    "+": 7, "-": 7,
    "*": 8, "/": 8, "%": 8,
}  # fmt: skip
_RIGHT: Final = ("//", "=", "|=", "+=", "-=", "*=", "/=", "%=", "//=")


class JqSyntaxError(Exception):
    """The filter is wrong."""


class JqParser:
    """``parse`` gives the tree of a whole filter."""

    def __init__(self, text: str, depth: int = 0) -> None:
        self._text = text
        self._at = 0
        self._depth = depth
        self._kind = self._value = ""
        self._next()

    def _next(self) -> None:
        while True:
            if self._at >= len(self._text):
                self._kind, self._value = "end", "$end"
                return
            if self._text[self._at] == '"':
                self._kind, self._value = "string", '"'
                return
            found = _TOKEN.match(self._text, self._at)
            if found is None:
                raise JqSyntaxError(f"syntax error, unexpected INVALID_CHARACTER near {self._text[self._at :][:20]}")
            self._at = found.end()
            if found.lastgroup != "space":
                self._kind, self._value = found.lastgroup or "", found.group()
                return

    def _is(self, *values: str) -> bool:
        return self._value in values and self._kind in ("op", "name")

    def _take(self, *values: str) -> bool:
        if self._is(*values):
            self._next()
            return True
        return False

    def _fail(self) -> JqSyntaxError:
        shown = self._value if self._kind in ("end", "op") else self._kind.upper()
        shown = shown if self._kind == "end" else f"'{shown}'" if self._kind == "op" else shown
        return JqSyntaxError(f"syntax error, unexpected {shown}")

    def _expect(self, value: str) -> None:
        if not self._take(value):
            raise self._fail()

    def parse(self) -> Tree:
        if self._kind == "end":
            return ("identity",)
        tree = self._pipe()
        if self._kind != "end":
            raise self._fail()
        return tree

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise JqSyntaxError("nested too deep")

    def _pipe(self, comma: bool = True) -> Tree:
        self._deeper()
        try:
            if self._take("def"):
                return self._definition()
            left = self._comma() if comma else self._binary(0)
            if self._is("as"):
                self._next()
                pattern = self._pattern()
                self._expect("|")
                return ("as", left, pattern, self._pipe(comma))
            if self._take("|"):
                return ("pipe", left, self._pipe(comma))
            return left
        finally:
            self._depth -= 1

    def _definition(self) -> Tree:
        name = self._value
        self._next()
        parameters: list[str] = []
        if self._take("("):
            while not self._is(")"):
                parameters.append(self._value)
                self._next()
                if not self._take(";"):
                    break
            self._expect(")")
        self._expect(":")
        body = self._pipe()
        self._expect(";")
        return ("def", name, parameters, body, self._pipe())

    def _pattern(self) -> Tree:
        if self._kind == "variable":
            name = self._value[1:]
            self._next()
            return ("variable", name)
        items: list[Any] = []
        if self._take("["):
            while not self._is("]"):
                items.append(self._pattern())
                if not self._take(","):
                    break
            self._expect("]")
            return ("array", items)
        self._expect("{")
        while not self._is("}"):
            if self._kind == "variable":
                items.append((self._value[1:], ("variable", self._value[1:])))
                self._next()
            else:
                key = self._value
                self._next()
                self._expect(":")
                items.append((key, self._pattern()))
            if not self._take(","):
                break
        self._expect("}")
        return ("object", items)

    def _comma(self) -> Tree:
        left = self._binary(0)
        while self._take(","):
            left = ("comma", left, self._binary(0))
        return left

    def _binary(self, least: int) -> Tree:
        left = self._postfix()
        while (self._kind in ("op", "name")) and _PRECEDENCE.get(self._value, -1) >= least:
            operator = self._value
            level = _PRECEDENCE[operator]
            self._next()
            self._deeper()
            right = self._binary(level if operator in _RIGHT else level + 1)
            self._depth -= 1
            left = ("binary", operator, left, right)
        return left

    def _postfix(self) -> Tree:
        value = self._primary()
        while True:
            if self._kind == "field":
                value = ("index", value, ("literal", self._value[1:]))
                self._next()
            elif self._take("?"):
                value = ("try", value, None)
            elif self._is("."):
                self._next()
                if self._kind == "string":
                    value = ("index", value, self._string("text"))
                elif not self._is("["):
                    raise self._fail()
            elif self._take("["):
                value = self._suffix(value)
            elif self._is("as") and self._kind == "name":
                return value
            else:
                return value

    def _suffix(self, value: Tree) -> Tree:
        if self._take("]"):
            return ("iterate", value)
        if self._take(":"):
            end = self._pipe()
            self._expect("]")
            return ("slice", value, None, end)
        index = self._pipe()
        if self._take(":"):
            last = None if self._is("]") else self._pipe()
            self._expect("]")
            return ("slice", value, index, last)
        self._expect("]")
        return ("index", value, index)

    def _primary(self) -> Tree:
        kind, value = self._kind, self._value
        if kind == "number":
            self._next()
            number = float(value)
            return ("literal", int(number) if number.is_integer() and "e" not in value.lower() else number)
        if kind == "string":
            return self._string("text")
        if kind == "format":
            self._next()
            return self._string(value[1:]) if self._kind == "string" else ("format", value[1:])
        if kind == "field":
            self._next()
            return ("index", ("identity",), ("literal", value[1:]))
        if kind == "variable":
            self._next()
            return ("variable", value[1:])
        if self._take(".."):
            return ("call", "recurse", [])
        if self._take("."):
            if self._kind == "string":
                return ("index", ("identity",), self._string("text"))
            return ("identity",)
        if self._take("-"):
            self._deeper()
            operand = self._postfix()
            self._depth -= 1
            return ("negate", operand)
        if self._take("("):
            inner = self._pipe()
            self._expect(")")
            return inner
        if self._take("["):
            if self._take("]"):
                return ("literal", [])
            inner = self._pipe()
            self._expect("]")
            return ("array", inner)
        if self._take("{"):
            return self._object()
        if kind == "name":
            return self._named(value)
        raise self._fail()

    def _named(self, value: str) -> Tree:
        self._next()
        match value:
            case "if":
                return self._if()
            case "try":
                body = self._postfix()
                return ("try", body, self._postfix() if self._take("catch") else None)
            case "reduce" | "foreach":
                source = self._postfix()
                if not self._take("as"):
                    raise self._fail()
                pattern = self._pattern()
                self._expect("(")
                parts = [self._pipe()]
                while self._take(";"):
                    parts.append(self._pipe())
                self._expect(")")
                return (value, source, pattern, parts)
            case "null" | "true" | "false":
                return ("literal", {"null": None, "true": True, "false": False}[value])
            case "then" | "else" | "elif" | "end" | "and" | "or" | "as" | "catch":
                raise JqSyntaxError(f"syntax error, unexpected {value}")
        arguments: list[Tree] = []
        if self._take("("):
            arguments.append(self._pipe())
            while self._take(";"):
                arguments.append(self._pipe())
            self._expect(")")
        return ("call", value, arguments)

    def _if(self) -> Tree:
        self._deeper()
        condition = self._pipe()
        self._expect("then")
        then = self._pipe()
        if self._take("elif"):
            otherwise: Tree = self._if()
        else:
            otherwise = ("identity",)
            if self._take("else"):
                otherwise = self._pipe()
            self._expect("end")
        self._depth -= 1
        return ("if", condition, then, otherwise)

    def _object(self) -> Tree:
        entries: list[tuple[Tree, Tree]] = []
        while not self._is("}"):
            if self._kind == "variable":
                key: Tree = ("literal", self._value[1:])
                default: Tree = ("variable", self._value[1:])
                self._next()
            elif self._kind == "string":
                key = self._string("text")
                default = ("index", ("identity",), key)
            elif self._take("("):
                key = self._pipe()
                self._expect(")")
                default = ("identity",)
            elif self._kind in ("name", "number"):
                key = ("literal", self._value)
                default = ("index", ("identity",), key)
                self._next()
            else:
                raise self._fail()
            if self._take(":"):
                default = self._binary(1)
                while self._take("|"):
                    default = ("pipe", default, self._binary(1))
            entries.append((key, default))
            if not self._take(","):
                break
        self._expect("}")
        return ("object", entries)

    def _string(self, how: str) -> Tree:
        """A string with ``\\( )`` in it, the parser standing on its first quote."""
        at = self._at + 1
        parts: list[Any] = []
        plain: list[str] = []
        text = self._text
        while True:
            if at >= len(text):
                raise JqSyntaxError("syntax error, unexpected $end, expecting QQSTRING_TEXT")
            if text[at] == '"':
                break
            if text.startswith("\\(", at):
                inner = JqParser.__new__(JqParser)
                inner._text, inner._at, inner._depth = text, at + 2, self._depth + 1
                inner._kind = inner._value = ""
                inner._next()
                tree = inner._pipe()
                if not inner._is(")"):
                    raise inner._fail()
                parts += (self._plain(plain), tree)
                plain = []
                at = inner._at
                continue
            step = 2 if text[at] == "\\" else 1
            plain.append(text[at : at + step])
            at += step
        parts.append(self._plain(plain))
        self._at = at + 1
        self._next()
        return ("literal", parts[0]) if len(parts) == 1 else ("string", how, parts)

    def _plain(self, pieces: list[str]) -> str:
        try:
            return str(json.loads('"' + "".join(pieces) + '"', strict=False))
        except ValueError:
            raise JqSyntaxError("syntax error, invalid escape in string") from None
