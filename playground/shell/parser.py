"""Reads shell text as commands, one complete line at a time, as bash does.

Bash runs a line before it reads the next; so aliases work from the next line on and what stands before a syntax
error has happened already. ``Parser.next_line`` gives the commands of the next complete line.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from playground.shell import ast
from playground.shell.condition_parser import ConditionParser
from playground.shell.lexer import REDIRECTIONS, Lexer, Token

RESERVED: Final = frozenset(
    (
        *("if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "in"),
        *("function", "select", "time", "{", "}", "!", "[[", "]]"),
    )
)
_CLOSING: Final = frozenset(("then", "else", "elif", "fi", "do", "done", "esac", "}"))
_ASSIGNMENT: Final = re.compile(r"([A-Za-z_][A-Za-z_0-9]*)(\+?=|\[)")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z_0-9]*\Z")
_FUNCTION_NAME: Final = re.compile(r"[^\s$`'\"|&;<>()]+\Z")
_DECLARING: Final = frozenset(("declare", "typeset", "local", "export", "readonly"))


class Parser(ConditionParser):
    """``aliases`` is looked at as each command is read. ``final``: no more text can follow.

    Raises (from ``next_line``):
        Incomplete: the text ends inside a command (where not final, more text could complete it).
        ShellSyntaxError: the text is wrong.
    """

    def __init__(
        self,
        source: str | Lexer,
        aliases: Mapping[str, str] | None = None,
        final: bool = False,
        extglob: Callable[[], bool] | None = None,
        first_line: int = 1,
    ) -> None:
        """``source`` is text, or a lexer, for ``$( )``, where that stands. ``extglob`` is asked at each word.

        ``first_line`` is the number of the line with which text begins.
        """
        lexer = Lexer(source, _parse_body) if isinstance(source, str) else source
        if isinstance(source, str):
            lexer.first_line = first_line
        lexer.final = lexer.final or final
        if extglob is not None:
            lexer.extglob = extglob
        super().__init__(lexer)
        self._aliases = aliases or {}
        self._alias_until: dict[str, int] = {}

    def next_line(self) -> ast.Sequence | None:
        """The commands up to the end of the next line that ends a command; None at the end of the text."""
        while self._peek().kind == "newline":
            self._next()
        if self._peek().kind == "end":
            return None
        start = self._peek().start
        body = self._list(stop_at_newline=True)
        token = self._peek()
        if token.kind not in ("newline", "end"):
            raise self._unexpected(token)
        text = self._lexer.text[start : token.start].strip()
        self._next()
        return ast.Sequence(body.items, text)

    def warnings(self) -> list[str]:
        """What bash says of the text read so far, though it is accepted. Each is given once."""
        said, self._lexer.warnings = self._lexer.warnings, []
        return said

    # Lists

    def _list(self, stop_at_newline: bool = False) -> ast.Sequence:
        """Commands joined by ``;``, ``&`` and newlines, up to what cannot begin a command."""
        items: list[tuple[ast.Command, bool]] = []
        start = self._peek().start
        while True:
            if not stop_at_newline:
                self._skip_newlines()
            token = self._peek()
            if token.kind in ("end", "newline") or self._ends_list(token):
                break
            command = self._and_or()
            background = self._is_operator("&")
            items.append((command, background))
            if self._is_operator(";", "&"):
                self._next()
            elif not (self._peek().kind == "newline" and not stop_at_newline):
                break
        text = self._lexer.text[start : self._peek().start].strip()
        return ast.Sequence(tuple(items), text)

    def _ends_list(self, token: Token) -> bool:
        if token.kind == "operator":
            return token.text in (")", ";;", ";&", ";;&")
        return token.kind == "word" and token.text in _CLOSING

    def _body(self, *closings: str) -> ast.Sequence:
        """A list that must hold something and end at one of the words ``closings``, which stay unread."""
        self._deeper()
        body = self._list()
        self._depth -= 1
        if not body.items or not self._is(*closings):
            raise self._unexpected(self._peek())
        return body

    def _and_or(self) -> ast.Command:
        first = self._pipeline()
        rest: list[tuple[str, ast.Command]] = []
        while self._is_operator("&&", "||"):
            operator = self._next().text
            self._skip_newlines()
            rest.append((operator, self._pipeline()))
        return ast.AndOr(first, tuple(rest)) if rest else first

    def _pipeline(self) -> ast.Command:
        negated = timed = plainly = False
        while True:
            if self._is("!"):
                self._next()
                negated = not negated
            elif self._is("time") and not timed:
                self._next()
                timed = True
                if self._is("-p"):
                    self._next()
                    plainly = True
            else:
                break
        if timed and (self._peek().kind in ("newline", "end") or self._is_operator(";")):
            return ast.Pipeline((), negated, (), timed, plainly)
        commands = [self._command()]
        errors_too: list[bool] = []
        while self._is_operator("|", "|&"):
            errors_too.append(self._next().text == "|&")
            self._skip_newlines()
            commands.append(self._command())
        if len(commands) == 1 and not negated and not timed:
            return commands[0]
        return ast.Pipeline(tuple(commands), negated, tuple(errors_too), timed, plainly)

    # Commands

    def _command(self) -> ast.Command:
        self._expand_alias()
        token = self._peek()
        if token.kind == "operator" and token.text == "(":
            return self._redirected(self._parenthesis())
        if token.kind == "word":
            match token.text:
                case "if":
                    return self._redirected(self._if())
                case "while" | "until":
                    return self._redirected(self._while())
                case "for" | "select":
                    return self._redirected(self._for())
                case "case":
                    return self._redirected(self._case())
                case "{":
                    self._next()
                    body = self._body("}")
                    self._next()
                    return self._redirected(ast.Group(body))
                case "[[":
                    self._next()
                    test = self._condition()
                    return self._redirected(ast.Conditional(test))
                case "function":
                    return self._function()
                case word if word in _CLOSING or word in ("in", "]]", "!", "time"):
                    if word not in ("in", "]]"):
                        raise self._unexpected(token)
        return self._simple()

    def _expand_alias(self) -> None:
        """Put an alias's text in the place of the command word; an alias is not expanded within itself."""
        while True:
            token = self._peek()
            if token.kind != "word" or token.word is None or token.text in RESERVED:
                return
            name = token.word.plain()
            value = None if name is None else self._aliases.get(name)
            if name is None or value is None or self._alias_until.get(name, -1) >= token.start:
                return
            lexer = self._lexer
            shift = len(value) - len(token.text)
            self._alias_until = {known: end + shift for known, end in self._alias_until.items()}
            self._alias_until[name] = token.start + len(value)
            lexer.text = lexer.text[: token.start] + value + lexer.text[token.start + len(token.text) :]
            lexer.at = token.start
            self._ahead = None

    def _redirected(self, body: ast.Command) -> ast.Command:
        redirects: list[ast.Redirect] = []
        while (redirect := self._redirect()) is not None:
            redirects.append(redirect)
        return ast.Redirected(body, tuple(redirects)) if redirects else body

    def _redirect(self) -> ast.Redirect | None:
        token = self._peek()
        descriptor: int | None = None
        if token.kind == "number":
            descriptor = int(token.text[:4])
            self._next()
        token = self._peek()
        if token.kind != "operator" or token.text not in REDIRECTIONS:
            if descriptor is not None:
                raise self._unexpected(token)
            return None
        self._next()
        saved = self._lexer.at
        target = self._next()
        if target.kind == "number":
            target = Token("word", target.text, target.start, ast.Word((ast.Literal(target.text),)))
        if target.kind != "word" or target.word is None:
            if target.kind == "end":
                self._lexer.at = saved
                line = self._lexer.line(target.start)
                raise ast.ShellSyntaxError("syntax error near unexpected token `newline'", "newline", line)
            raise self._unexpected(target)
        redirect = ast.Redirect(token.text, target.word, descriptor)
        if token.text in ("<<", "<<-"):
            quoted = target.word.has_quotes()
            self._lexer.pending_documents.append((redirect, target.word.constant(), quoted, token.text == "<<-"))
        return redirect

    def _simple(self) -> ast.Command:
        assignments: list[ast.Assignment] = []
        arrays: list[ast.Assignment] = []
        words: list[ast.Word] = []
        redirects: list[ast.Redirect] = []
        line = self.line
        while True:
            redirect = self._redirect()
            if redirect is not None:
                redirects.append(redirect)
                continue
            token = self._peek()
            if token.kind != "word" or token.word is None:
                break
            declaring = bool(words) and words[0].plain() in _DECLARING
            if not words or declaring:
                assignment = self._assignment(token, arrays_only=declaring)
                if assignment is not None:
                    (arrays if declaring else assignments).append(assignment)
                    continue
            self._next()
            words.append(token.word)
            if len(words) == 1 and not assignments and not redirects and self._is_operator("("):
                return self._function_body(token)
        if not (assignments or words or redirects):
            raise self._unexpected(self._peek())
        return ast.Simple(tuple(assignments), tuple(words), tuple(redirects), line, tuple(arrays))

    def _assignment(self, token: Token, arrays_only: bool) -> ast.Assignment | None:
        """Read ``name=value`` in its forms; None, nothing read, when the token is none."""
        found = _ASSIGNMENT.match(token.text)
        if found is None or token.word is None:
            return None
        first = token.word.parts[0]
        if not isinstance(first, ast.Literal) or first.quoted:
            return None
        name, operator = found.groups()
        lexer = self._lexer
        index: ast.Word | None = None
        if operator == "[":
            inner = Lexer(token.text, _parse_body, self._depth)
            inner.final = True
            inner.at = found.end()
            index = inner.word(frozenset("]"))
            rest = re.compile(r"\]\+?=").match(token.text, inner.at)
            if rest is None:
                return None
            position = rest.end()
            operator = rest.group()[1:]
        else:
            position = found.end()
        whole = position == len(token.text) and lexer.text[lexer.at : lexer.at + 1] == "("
        if arrays_only and not whole:
            return None
        self._next()
        if whole and index is None:
            lexer.at += 1
            return ast.Assignment(name, self._array(), operator == "+=")
        inner = Lexer(token.text, _parse_body, self._depth)
        inner.final = True
        inner.at = position
        return ast.Assignment(name, inner.word(), operator == "+=", index)

    def _array(self) -> tuple[ast.Word, ...]:
        words: list[ast.Word] = []
        while True:
            self._lexer.skip_newlines()
            token = self._next()
            if token.kind == "operator" and token.text == ")":
                return tuple(words)
            if token.kind not in ("word", "number"):
                raise self._unexpected(token)
            words.append(token.word or ast.Word((ast.Literal(token.text),)))

    def _function(self) -> ast.Command:
        self._next()
        token = self._next()
        if token.kind != "word":
            raise self._unexpected(token)
        if self._is_operator("("):
            return self._function_body(token)
        self._skip_newlines()
        return ast.FunctionDefinition(token.text, self._command())

    def _function_body(self, name: Token) -> ast.Command:
        token = self._next()
        if not _FUNCTION_NAME.match(name.text) or not self._is_operator(")"):
            raise self._unexpected(self._peek() if _FUNCTION_NAME.match(name.text) else token)
        self._next()
        self._skip_newlines()
        start = self._peek().start
        if not (self._is_operator("(") or self._is("{", "if", "for", "while", "until", "case", "[[")):
            raise self._unexpected(self._peek())
        body = self._command()
        return ast.FunctionDefinition(name.text, body, self._lexer.text[start : self._peek().start].strip())

    def _parenthesis(self) -> ast.Command:
        opening = self._next()
        if self._lexer.text.startswith("((", opening.start):
            self._lexer.at = opening.start + 2
            expression = self._lexer.arithmetic_command()
            if expression is not None:
                return ast.ArithmeticCommand(self._lexer.arithmetic_word(expression))
            self._lexer.at = opening.start + 1
        self._deeper()
        body = self._list()
        self._depth -= 1
        if not body.items:
            raise self._unexpected(self._peek())
        self._expect_operator(")")
        return ast.Subshell(body)

    def _if(self) -> ast.Command:
        branches: list[tuple[ast.Sequence, ast.Sequence]] = []
        otherwise: ast.Sequence | None = None
        self._next()
        while True:
            condition = self._body("then")
            self._next()
            branches.append((condition, self._body("elif", "else", "fi")))
            word = self._next().text
            if word == "else":
                otherwise = self._body("fi")
                self._next()
            if word != "elif":
                return ast.If(tuple(branches), otherwise)

    def _while(self) -> ast.Command:
        until = self._next().text == "until"
        condition = self._body("do")
        return ast.While(condition, self._do_body(), until)

    def _do_body(self) -> ast.Sequence:
        self._skip_newlines()
        if self._is("{"):
            self._next()
            body = self._body("}")
        else:
            self._expect("do")
            body = self._body("done")
        self._next()
        return body

    def _for(self) -> ast.Command:
        select = self._next().text == "select"
        if self._is_operator("("):
            opening = self._next()
            self._lexer.at = opening.start + 2
            expression = self._lexer.arithmetic_command()
            if not self._lexer.text.startswith("((", opening.start) or expression is None:
                raise self._unexpected(opening)
            pieces = expression.split(";")
            if len(pieces) != 3:
                raise ast.ShellSyntaxError("syntax error: arithmetic expression required", line=self.line)
            if self._is_operator(";"):
                self._next()
            first, condition, step = (self._lexer.arithmetic_word(piece.strip()) for piece in pieces)
            return ast.ForArithmetic(first, condition, step, self._do_body())
        name = self._next()
        if name.kind != "word" or not _NAME.match(name.text):
            if name.kind == "word":
                raise ast.ShellSyntaxError(f"`{name.text}': not a valid identifier", line=self.line)
            raise self._unexpected(name)
        self._skip_newlines()
        words: list[ast.Word] | None = None
        if self._is("in"):
            self._next()
            words = []
            while self._peek().kind in ("word", "number"):
                token = self._next()
                words.append(token.word or ast.Word((ast.Literal(token.text),)))
            if not (self._is_operator(";") or self._peek().kind == "newline"):
                raise self._unexpected(self._peek())
            self._next()
        elif self._is_operator(";"):
            self._next()
        return ast.For(name.text, None if words is None else tuple(words), self._do_body(), select)

    def _case(self) -> ast.Command:
        self._next()
        subject = self._next()
        if subject.word is None:
            raise self._unexpected(subject)
        self._skip_newlines()
        self._expect("in")
        clauses: list[tuple[tuple[ast.Word, ...], ast.Sequence, str]] = []
        while True:
            self._skip_newlines()
            if self._is("esac"):
                self._next()
                return ast.Case(subject.word, tuple(clauses))
            if self._is_operator("("):
                self._next()
            patterns: list[ast.Word] = []
            while True:
                token = self._next()
                if token.word is None:
                    raise self._unexpected(token)
                patterns.append(token.word)
                if not self._is_operator("|"):
                    break
                self._next()
            self._expect_operator(")")
            self._deeper()
            body = self._list()
            self._depth -= 1
            end = ";;"
            if self._is_operator(";;", ";&", ";;&"):
                end = self._next().text
            elif not self._is("esac"):
                raise self._unexpected(self._peek())
            clauses.append((tuple(patterns), body, end))

    # Conditional expressions


def _parse_body(lexer: Lexer) -> ast.Sequence:
    """The commands of ``$( )``; leaves the lexer behind the ``)``."""
    pending, lexer.pending_documents = lexer.pending_documents, []
    parser = Parser(lexer)
    body = parser._list()
    if not parser._is_operator(")"):
        token = parser._peek()
        if token.kind == "end":
            raise ast.Incomplete("unexpected EOF while looking for matching `)'", line=lexer.line_behind())
        raise parser._unexpected(token)
    parser._next()
    lexer.pending_documents = pending + lexer.pending_documents
    return body
