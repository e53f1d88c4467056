"""Cuts shell text into tokens; what is inside a word is read by ``WordReader``.

The language is context-bound, so the parser asks for one token at a time; for ``$(...)`` the lexer asks a parser.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playground.shell.ast import Incomplete, Literal, Redirect, Sequence, Word
from playground.shell.word_reader import WordReader

OPERATORS: Final = (
    *("&>>", "<<-", "<<<", ";;&"),
    *("&&", "||", ";;", ";&", "|&", "&>", "<<", ">>", ">&", "<&", ">|", "<>"),
    *("&", "|", ";", "<", ">", "(", ")"),
)
REDIRECTIONS: Final = frozenset(("<", ">", ">>", ">|", "<>", ">&", "<&", "&>", "&>>", "<<", "<<-", "<<<"))


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is ``word``, ``operator``, ``newline``, ``number`` (before a redirection) or ``end``."""

    kind: str
    text: str
    start: int
    word: Word | None = None


class Lexer(WordReader):
    """``parse_body(lexer)`` reads commands up to an unquoted ``)`` and leaves the lexer behind it."""

    def __init__(self, text: str, parse_body: Callable[["Lexer"], Sequence], depth: int = 0) -> None:
        super().__init__(text, depth)
        self._parse_body = parse_body
        self.pending_documents: list[tuple[Redirect, str, bool, bool]] = []
        """Here-documents announced on this line: redirection, delimiter, quoted, tabs stripped."""
        self.warnings: list[str] = []
        """What bash says of text that is accepted all the same."""

    def another(self, text: str) -> "Lexer":
        return Lexer(text, self._parse_body, self.deeper())

    def commands(self) -> Sequence:
        return self._parse_body(self)

    def line_behind(self) -> int:
        """The line behind the last one, on which bash finds the end."""
        return self.text.removesuffix("\n").count("\n") + 1 + self.first_line

    def next(self) -> Token:
        self._skip_blanks()
        start = self.at
        text = self.text
        if start >= len(text):
            if self.pending_documents:
                self._read_documents()
            return Token("end", "newline", start)
        character = text[start]
        if character == "\n":
            self.at += 1
            self._read_documents()
            return Token("newline", "newline", start)
        if character in "<>" and text[start + 1 : start + 2] == "(":
            return self._word_token(start)
        for operator in OPERATORS:
            if text.startswith(operator, start):
                self.at += len(operator)
                return Token("operator", operator, start)
        token = self._word_token(start)
        if token.text.isascii() and token.text.isdigit() and text[self.at : self.at + 1] in ("<", ">"):
            return Token("number", token.text, start)
        return token

    def _word_token(self, start: int) -> Token:
        word = self.word()
        return Token("word", self.text[start : self.at], start, word)

    def _skip_blanks(self) -> None:
        text = self.text
        while self.at < len(text):
            if text[self.at] in " \t":
                self.at += 1
            elif text.startswith("\\\n", self.at):
                self.at += 2
            elif text[self.at] == "#":
                end = text.find("\n", self.at)
                self.at = len(text) if end < 0 else end
            else:
                return

    def skip_newlines(self) -> None:
        """Skip blanks, comments and line ends: inside ``name=( ... )`` and after ``&&``."""
        while True:
            self._skip_blanks()
            if self.text[self.at : self.at + 1] != "\n":
                return
            self.at += 1
            self._read_documents()

    # Here-documents

    def _read_documents(self) -> None:
        """Read the bodies announced on the line that just ended."""
        pending, self.pending_documents = self.pending_documents, []
        begins = max(1, self.line() - int(self.text[self.at - 1 : self.at] == "\n"))
        for redirect, delimiter, quoted, strip in pending:
            lines: list[str] = []
            while True:
                if self.at >= len(self.text):
                    if not self.final:
                        raise Incomplete("here-document delimited by end-of-file", line=self.line())
                    self.warnings.append(
                        f"warning: here-document at line {begins} delimited by end-of-file (wanted `{delimiter}')"
                    )
                    break
                end = self.text.find("\n", self.at)
                line = self.text[self.at : end if end >= 0 else len(self.text)]
                if not self.final and end < 0 and (line.lstrip("\t") if strip else line) != delimiter:
                    self.at = len(self.text)
                    raise Incomplete("here-document delimited by end-of-file", line=self.line())
                self.at = end + 1 if end >= 0 else len(self.text)
                if strip:
                    line = line.lstrip("\t")
                if line == delimiter:
                    break
                lines.append(line + "\n")
            body = "".join(lines)
            redirect.target = Word((Literal(body, quoted=True),)) if quoted else self.document_word(body)

    def document_word(self, body: str) -> Word:
        """The body of a here-document with its expansions."""
        return Word(tuple(self.another(body).double_quoted(None)))
