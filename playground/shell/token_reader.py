"""Takes tokens from a lexer one by one, and says what is wrong with them."""

from playground.shell import ast
from playground.shell.lexer import Lexer, Token
from playground.shell.word_reader import MAX_DEPTH


class TokenReader:
    """What every part of the parser stands on: one token ahead, and how deep it is in nested commands."""

    def __init__(self, lexer: Lexer) -> None:
        self._lexer = lexer
        self._ahead: Token | None = None
        self._depth = lexer.depth

    @property
    def line(self) -> int:
        """The line on which the next token is."""
        return self._lexer.line(self._ahead.start if self._ahead else None)

    def _peek(self) -> Token:
        if self._ahead is None:
            self._ahead = self._lexer.next()
        return self._ahead

    def _next(self) -> Token:
        token = self._peek()
        self._ahead = None
        return token

    def _is(self, *words: str) -> bool:
        token = self._peek()
        return token.kind == "word" and token.text in words

    def _is_operator(self, *operators: str) -> bool:
        token = self._peek()
        return token.kind == "operator" and token.text in operators

    def _skip_newlines(self) -> None:
        while self._peek().kind == "newline":
            self._next()

    def _unexpected(self, token: Token) -> ast.ShellSyntaxError:
        line = self._lexer.line(token.start)
        if token.kind == "end":
            return ast.Incomplete("syntax error: unexpected end of file", line=self._lexer.line_behind())
        return ast.ShellSyntaxError(f"syntax error near unexpected token `{token.text}'", token.text, line)

    def _expect(self, word: str) -> None:
        if not self._is(word):
            raise self._unexpected(self._peek())
        self._next()

    def _expect_operator(self, operator: str) -> None:
        if not self._is_operator(operator):
            raise self._unexpected(self._peek())
        self._next()

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ast.ShellSyntaxError("maximum nesting level exceeded", line=self.line)
