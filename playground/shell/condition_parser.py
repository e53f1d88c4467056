"""Reads what stands between ``[[`` and ``]]``."""

from typing import Final

from playground.shell import ast
from playground.shell.lexer import Token
from playground.shell.token_reader import TokenReader

_UNARY: Final = frozenset(f"-{letter}" for letter in "abcdefghknoprstuvwxzGLNOS")
_BINARY: Final = frozenset(
    ("=", "==", "!=", "=~", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef")
)


class ConditionParser(TokenReader):
    """``_condition`` reads a whole one, the parser standing behind its ``[[``."""

    def _condition(self) -> ast.Test:
        self._lexer.in_condition = True
        try:
            test = self._test_or()
            self._peek()
        finally:
            self._lexer.in_condition = False
        self._expect("]]")
        return test

    def _test_or(self) -> ast.Test:
        left = self._test_and()
        while self._is_operator("||"):
            self._next()
            left = ast.TestBoth("||", left, self._test_and())
        return left

    def _test_and(self) -> ast.Test:
        left = self._test_one()
        while self._is_operator("&&"):
            self._next()
            left = ast.TestBoth("&&", left, self._test_one())
        return left

    def _test_one(self) -> ast.Test:
        self._skip_newlines()
        if self._is("!"):
            self._next()
            self._deeper()
            inner = self._test_one()
            self._depth -= 1
            return ast.TestNot(inner)
        if self._is_operator("("):
            self._next()
            self._deeper()
            inner = self._test_or()
            self._depth -= 1
            self._expect_operator(")")
            return inner
        left = self._next()
        if left.word is None or left.text == "]]":
            raise self._test_error(left)
        if left.text in _UNARY and self._peek().kind == "word" and not self._is("]]", *_BINARY):
            operand = self._next().word
            assert operand is not None
            return ast.TestUnary(left.text, operand)
        token = self._peek()
        if token.text not in _BINARY or token.kind not in ("word", "operator"):
            if self._is("]]") or self._is_operator("&&", "||", ")"):
                return ast.TestUnary("-n", left.word)
            raise self._test_error(token)
        self._next()
        if token.text == "=~":
            self._skip_pattern_blanks()
            word = self._lexer.word(frozenset(" \t\n"))
            if not word.parts:
                raise self._test_error(self._peek())
            return ast.TestBinary(left.word, "=~", word)
        right = self._next()
        if right.text == "]]":
            sentence = "unexpected argument `]]' to conditional binary operator"
            raise ast.ShellSyntaxError(sentence, line=self._lexer.line(right.start))
        if right.word is None:
            raise self._test_error(right)
        return ast.TestBinary(left.word, token.text, right.word)

    def _skip_pattern_blanks(self) -> None:
        while self._lexer.text[self._lexer.at : self._lexer.at + 1] in (" ", "\t"):
            self._lexer.at += 1

    def _test_error(self, token: Token) -> ast.ShellSyntaxError:
        if token.kind == "end":
            return ast.Incomplete("unexpected end of file", line=self._lexer.line())
        return ast.ShellSyntaxError(f"syntax error near `{token.text}'", token.text, self._lexer.line(token.start))
