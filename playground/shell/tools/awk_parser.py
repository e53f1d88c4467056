"""Reads awk programs (POSIX awk, as mawk understands it) as trees of tuples, the kind first."""

import re
from typing import Any, Final

from playground.shell.tools.awk_lexer import AwkError, AwkLexer, unescape

MAX_DEPTH: Final = 60
_GETLINE: Final = re.compile(r"\s*getline\b")
Tree = tuple[Any, ...]
BUILTINS: Final = frozenset(
    (
        *("length", "substr", "index", "split", "sub", "gsub", "match", "sprintf", "sin", "cos", "atan2", "exp", "log"),
        *("sqrt", "int", "rand", "srand", "tolower", "toupper", "system", "close", "fflush", "strftime", "systime"),
    )
)


class AwkParser(AwkLexer):
    """``parse`` gives the rules, in order, and the functions by name."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._no_greater = False
        self.functions: dict[str, tuple[list[str], Tree]] = {}

    # Rules

    def parse(self) -> list[tuple[Tree | None, Tree | None, Tree | None]]:
        """Rules as (pattern, second pattern of a range, action); ``("begin",)`` and ``("end",)`` are patterns too."""
        rules: list[tuple[Tree | None, Tree | None, Tree | None]] = []
        self._separators()
        while self._kind != "end":
            if self._take("function", "func"):
                self._function()
            else:
                pattern: Tree | None = None
                second: Tree | None = None
                if self._take("BEGIN"):
                    pattern = ("begin",)
                elif self._take("END"):
                    pattern = ("end",)
                elif not self._is("{"):
                    pattern = self._expression()
                    if self._take(","):
                        second = self._expression()
                if pattern in (("begin",), ("end",)) and not self._is("{"):
                    raise self._error()
                rules.append((pattern, second, self._block() if self._is("{") else None))
            self._separators()
        return rules

    def _function(self) -> None:
        name = self._value
        if self._kind not in ("name", "call"):
            raise self._error()
        self._advance()
        self._expect("(")
        parameters: list[str] = []
        while not self._is(")"):
            if self._kind != "name":
                raise self._error()
            parameters.append(self._value)
            self._advance()
            if not self._take(","):
                break
        self._expect(")")
        self._newlines()
        self.functions[name] = (parameters, self._block())

    def _block(self) -> Tree:
        self._expect("{")
        statements: list[Tree] = []
        self._separators()
        while not self._is("}"):
            if self._kind == "end":
                self._expect("}")
            statements.append(self._statement())
            self._separators()
        self._advance()
        return ("block", statements)

    def _end_statement(self) -> None:
        if self._kind == "newline" or self._is(";"):
            self._advance()
        elif not self._is("}") and self._kind != "end":
            raise self._error()

    def _statement(self) -> Tree:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise AwkError("program nests too deep")
        try:
            return self._statement_inside()
        finally:
            self._depth -= 1

    def _statement_inside(self) -> Tree:
        if self._is("{"):
            return self._block()
        if self._take(";"):
            return ("block", [])
        if self._take("if"):
            self._expect("(")
            condition = self._expression()
            self._expect(")")
            self._newlines()
            then = self._statement()
            saved = (self._at, self._kind, self._value, self._start)
            self._separators()
            if self._take("else"):
                self._newlines()
                return ("if", condition, then, self._statement())
            self._at, self._kind, self._value, self._start = saved
            return ("if", condition, then, None)
        if self._take("while"):
            self._expect("(")
            condition = self._expression()
            self._expect(")")
            self._newlines()
            return ("while", condition, self._statement())
        if self._take("do"):
            self._newlines()
            body = self._statement()
            self._separators()
            if not self._take("while"):
                raise self._error()
            self._expect("(")
            condition = self._expression()
            self._expect(")")
            self._end_statement()
            return ("do", body, condition)
        if self._take("for"):
            return self._for()
        statement = self._simple()
        self._end_statement()
        return statement

    def _for(self) -> Tree:
        self._expect("(")
        if self._kind == "name":
            found = re.compile(r"\s*in\s+([A-Za-z_][A-Za-z_0-9]*)\s*\)").match(self._text, self._at)
            if found:
                name = self._value
                self._at = found.end()
                self._advance()
                self._newlines()
                return ("for-in", name, found.group(1), self._statement())
        first = None if self._is(";") else self._simple()
        self._expect(";")
        self._newlines()
        condition = None if self._is(";") else self._expression()
        self._expect(";")
        self._newlines()
        step = None if self._is(")") else self._simple()
        self._expect(")")
        self._newlines()
        return ("for", first, condition, step, self._statement())

    def _simple(self) -> Tree:
        for word in ("break", "continue", "next"):
            if self._take(word):
                return (word,)
        if self._take("exit"):
            return ("exit", None if self._ends() else self._expression())
        if self._take("return"):
            return ("return", None if self._ends() else self._expression())
        if self._take("delete"):
            name = self._value
            self._advance()
            if self._take("["):
                index = self._list("]")
                self._expect("]")
                return ("delete", name, index)
            return ("delete", name, None)
        if self._is("print", "printf"):
            return self._print()
        return ("expression", self._expression())

    def _ends(self) -> bool:
        return self._kind in ("newline", "end") or self._is(";", "}")

    def _print(self) -> Tree:
        kind = self._value
        self._advance()
        values: list[Tree] = []
        self._no_greater = True
        if not self._ends() and not self._is(">", ">>", "|"):
            values = self._list("")
            if len(values) == 1 and values[0][0] == "grouping":
                values = list(values[0][1])
        self._no_greater = False
        target: Tree | None = None
        mode = ""
        if self._is(">", ">>", "|"):
            mode = self._value
            self._advance()
            target = self._concatenation()
        if kind == "printf" and not values:
            raise self._error()
        return (kind, values, mode, target)

    def _list(self, closing: str) -> list[Tree]:
        values: list[Tree] = []
        while not (closing and self._is(closing)):
            values.append(self._expression())
            if not self._take(","):
                break
            self._newlines()
        return values

    # Expressions, loosest first

    def _expression(self) -> Tree:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise AwkError("expression nests too deep")
        try:
            return self._assignment()
        finally:
            self._depth -= 1

    def _assignment(self) -> Tree:
        left = self._ternary()
        if self._is("=", "+=", "-=", "*=", "/=", "%=", "^=", "**=") and left[0] in ("name", "field", "element"):
            operator = self._value
            self._advance()
            self._newlines()
            return ("assign", operator[:-1].replace("**", "^"), left, self._expression())
        return left

    def _ternary(self) -> Tree:
        condition = self._either()
        if not self._take("?"):
            return condition
        self._newlines()
        first = self._expression()
        self._newlines()
        self._expect(":")
        self._newlines()
        return ("choose", condition, first, self._expression())

    def _either(self) -> Tree:
        left = self._both()
        while self._take("||"):
            self._newlines()
            left = ("or", left, self._both())
        return left

    def _both(self) -> Tree:
        left = self._membership()
        while self._take("&&"):
            self._newlines()
            left = ("and", left, self._membership())
        return left

    def _membership(self) -> Tree:
        left = self._matching()
        while self._is("in"):
            self._advance()
            name = self._value
            self._advance()
            subscripts = list(left[1]) if left[0] == "grouping" else [left]
            left = ("in", subscripts, name)
        return left

    def _matching(self) -> Tree:
        left = self._comparison()
        while self._is("~", "!~"):
            operator = self._value
            self._advance()
            left = ("match", operator == "!~", left, self._comparison())
        return left

    def _comparison(self) -> Tree:
        left = self._piped()
        operators = ("<", "<=", "==", "!=", ">=") if self._no_greater else ("<", "<=", "==", "!=", ">", ">=")
        if self._is(*operators):
            operator = self._value
            self._advance()
            return ("compare", operator, left, self._piped())
        return left

    def _getline_target(self) -> Tree | None:
        """What stands behind ``getline`` to take the line; None: it becomes the record."""
        return self._primary() if self._kind == "name" or self._is("$") else None

    def _piped(self) -> Tree:
        """``command | getline``, as often as it stands there."""
        left = self._concatenation()
        while self._is("|") and _GETLINE.match(self._text, self._at):
            self._advance()
            self._advance()
            left = ("getline", self._getline_target(), "command", left)
        return left

    def _concatenation(self) -> Tree:
        left = self._sum()
        while self._kind in ("number", "string", "name", "call") or self._is("$", "!", "(", "-", "+", "++", "--"):
            if self._is("+", "-") or self._value in ("in",):
                break
            left = ("join", left, self._sum())
        return left

    def _sum(self) -> Tree:
        left = self._product()
        while self._is("+", "-"):
            operator = self._value
            self._advance()
            left = ("arithmetic", operator, left, self._product())
        return left

    def _product(self) -> Tree:
        left = self._unary()
        while self._is("*", "/", "%"):
            operator = self._value
            self._advance()
            left = ("arithmetic", operator, left, self._unary())
        return left

    def _unary(self) -> Tree:
        if self._is("!", "-", "+"):
            operator = self._value
            self._advance()
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise AwkError("expression nests too deep")
            operand = self._unary()
            self._depth -= 1
            return ("not", operand) if operator == "!" else ("sign", operator, operand)
        return self._power()

    def _power(self) -> Tree:
        base = self._postfix()
        if self._is("^", "**"):
            self._advance()
            return ("arithmetic", "^", base, self._unary())
        return base

    def _postfix(self) -> Tree:
        if self._is("++", "--"):
            operator = self._value
            self._advance()
            return ("before", operator, self._postfix())
        value = self._primary()
        if self._is("++", "--") and value[0] in ("name", "field", "element"):
            operator = self._value
            self._advance()
            return ("after", operator, value)
        return value

    def _primary(self) -> Tree:
        kind, value = self._kind, self._value
        if kind == "number":
            self._advance()
            return ("number", float(int(value, 16)) if value[:2].lower() == "0x" else float(value))
        if kind == "string":
            self._advance()
            return ("string", unescape(value[1:-1]))
        if self._is("/", "/="):
            return ("regex", self._regex())
        if self._take("$"):
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise AwkError("expression nests too deep")
            operand = self._postfix() if self._is("++", "--", "$") else self._primary()
            self._depth -= 1
            return ("field", operand)
        if self._take("-"):
            return ("sign", "-", self._primary())
        if self._take("("):
            saved, self._no_greater = self._no_greater, False
            values = self._list(")")
            self._no_greater = saved
            self._expect(")")
            return ("grouping", values) if len(values) != 1 else ("group", values[0])
        if self._take("getline"):
            target = self._getline_target()
            if self._take("<"):
                return ("getline", target, "file", self._primary())
            return ("getline", target, "input", None)
        if kind == "call" or (kind == "name" and value == "length"):
            self._advance()
            arguments: list[Tree] = []
            if self._take("("):
                saved, self._no_greater = self._no_greater, False
                arguments = self._list(")")
                self._no_greater = saved
                self._expect(")")
            return ("call", value, arguments)
        if kind == "name":
            self._advance()
            if self._take("["):
                subscripts = self._list("]")
                self._expect("]")
                return ("element", value, subscripts)
            return ("name", value)
        raise self._error()
