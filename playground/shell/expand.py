"""Turns words into the arguments they stand for: braces, tilde, parameters, substitution, splitting, file names."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final

from playground.api.files import MemoryFiles
from playground.shell.arithmetic import ArithmeticFailed, evaluate
from playground.shell.ast import (
    Arithmetic,
    CommandSubstitution,
    Literal,
    Parameter,
    ProcessSubstitution,
    Sequence,
    Word,
)
from playground.shell.braces import TooManyWords, expand_braces
from playground.shell.fields import split_blanks, split_fields
from playground.shell.globs import file_names, has_glob_operators
from playground.shell.parameters import escaped_pattern, transform
from playground.shell.state import ShellFailed, ShellState

MAX_ARGUMENT_BYTES: Final = 2 * 1024 * 1024
MAX_FIELDS: Final = 50_000
Piece = tuple[str, bool]
"""Text, and whether it was quoted."""


@dataclass(slots=True)
class _Fields:
    """Fields under construction; ``current`` is None between fields."""

    done: list[list[Piece]]
    current: list[Piece] | None = None
    size: int = 0

    def add(self, text: str, quoted: bool) -> None:
        if self.current is None:
            self.current = []
        self.current.append((text, quoted))
        self.size += len(text)
        if self.size > MAX_ARGUMENT_BYTES or len(self.done) > MAX_FIELDS:
            raise ShellFailed("Argument list too long", 126)

    def finish(self) -> None:
        if self.current is not None:
            self.done.append(self.current)
            self.current = None


class Expander:
    """Expands for one shell.

    ``substitute`` runs the body of ``$( )`` and gives its output; ``process`` that of ``<( )`` and gives a path.
    ``files`` gives the view of the file system that is current.
    """

    def __init__(
        self,
        state: ShellState,
        files: Callable[[], MemoryFiles],
        substitute: Callable[[Sequence], Awaitable[str]],
        process: Callable[[Sequence], Awaitable[str]],
        user_home: Callable[[str], str | None],
        now_us: Callable[[], int],
    ) -> None:
        self._now_us = now_us
        self._began_us = now_us()
        self._seed: int | None = None
        self._state = state
        self._files = files
        self._substitute = substitute
        self._process = process
        self._user_home = user_home

    async def arguments(self, words: Iterable[Word]) -> list[str]:
        """Expand everything; one word may become none or many arguments."""
        found: list[str] = []
        for word in words:
            plain = word.plain()
            if plain is not None and not any(c in plain for c in "*?[{~"):
                found.append(plain)
                continue
            try:
                variants = expand_braces(word)
            except TooManyWords as error:
                raise ShellFailed(str(error)) from None
            for variant in variants:
                for field in await self._fields(variant, split=True):
                    found.extend(self._names(field))
                if len(found) > MAX_FIELDS:
                    raise ShellFailed("Argument list too long", 126)
        return found

    async def text(self, word: Word, assignment: bool = False) -> str:
        """Expand without splitting and file names: assignments, redirections' here-strings, ``case`` and others."""
        plain = word.plain()
        if plain is not None and "~" not in plain:
            return plain
        fields = await self._fields(word, split=False, assignment=assignment)
        return " ".join("".join(text for text, _ in field) for field in fields)

    async def pattern(self, word: Word) -> str:
        """Expand to a pattern of the shell, in which what was quoted stands for itself."""
        fields = await self._fields(word, split=False)
        return " ".join("".join(escaped_pattern(text) if quoted else text for text, quoted in f) for f in fields)

    async def regular_expression(self, word: Word) -> str:
        """Expand to an extended regular expression, in which what was quoted stands for itself."""
        out: list[str] = []
        for field in await self._fields(word, split=False):
            for text, quoted in field:
                out.append("".join("\\" + c if c in r".[]\*^$+?(){}|" else c for c in text) if quoted else text)
        return "".join(out)

    async def number(self, word: Word) -> int:
        """Expand and evaluate an arithmetic expression."""
        try:
            return evaluate(await self.text(word), self._state)
        except ArithmeticFailed as error:
            raise ShellFailed(str(error)) from None

    # Inside

    async def _fields(self, word: Word, split: bool, assignment: bool = False) -> list[list[Piece]]:
        fields = _Fields([])
        await self._parts(fields, word, split, assignment)
        fields.finish()
        return fields.done

    async def _parts(
        self, fields: _Fields, word: Word, split: bool, assignment: bool = False, inside: bool = False
    ) -> None:
        """Add what a word comes to; ``inside`` an expansion its plain text is split as well."""
        for position, part in enumerate(word.parts):
            match part:
                case Literal(text, quoted):
                    if not quoted and "~" in text:
                        last = position == len(word.parts) - 1
                        self._tilde(fields, text, position == 0, last, assignment)
                    elif inside:
                        self._add(fields, text, quoted, split)
                    else:
                        fields.add(text, quoted)
                case Parameter():
                    await self._parameter(fields, part, split)
                case CommandSubstitution(body, quoted):
                    self._add(fields, await self._substitute(body), quoted, split)
                case Arithmetic(expression, quoted):
                    self._add(fields, str(await self.number(expression)), quoted, split)
                case ProcessSubstitution(body):
                    fields.add(await self._process(body), True)

    def _tilde(self, fields: _Fields, text: str, first: bool, last: bool, assignment: bool) -> None:
        """Expand ``~`` and ``~user`` at the beginning of a word (behind ``=`` and ``:`` in assignments)."""
        if not first:
            fields.add(text, False)
            return
        pieces = text.split(":") if assignment else [text]
        for index, piece in enumerate(pieces):
            if index:
                fields.add(":", False)
            user, slash, rest = piece.partition("/")
            home = None
            if user.startswith("~") and (slash or last or index < len(pieces) - 1):
                match user[1:]:
                    case "":
                        home = self._state.lookup("HOME") or self._user_home("")
                    case "+":
                        home = self._state.lookup("PWD")
                    case "-":
                        home = self._state.lookup("OLDPWD")
                    case name:
                        home = self._user_home(name)
            if home is None:
                fields.add(piece, False)
            else:
                fields.add(home, True)
                fields.add(slash + rest, False)

    def _add(self, fields: _Fields, text: str, quoted: bool, split: bool) -> None:
        """Add the result of an expansion, split at the characters of IFS unless quoted."""
        if quoted or not split:
            fields.add(text, quoted)
            return
        separators = self._state.lookup("IFS")
        if separators is None:
            separators = " \t\n"
        if not separators:
            if text:
                fields.add(text, False)
            return
        blanks = "".join(c for c in separators if c in " \t\n")
        if len(blanks) == len(separators):
            if not text:
                return
            if text[0] in blanks:
                fields.finish()
            for index, piece in enumerate(split_blanks(text, blanks)):
                if index:
                    fields.finish()
                fields.add(piece, False)
            if text[-1] in blanks:
                fields.finish()
            return
        for index, piece in enumerate(split_fields(text, separators)):
            if index:
                fields.finish()
            fields.add(piece, False)

    def _names(self, field: list[Piece]) -> list[str]:
        """The file names that a field with ``*``, ``?`` or ``[`` stands for; else the field itself."""
        text = "".join(text for text, _ in field)
        if self._state.on("noglob") or not any(not quoted and any(c in t for c in "*?[(") for t, quoted in field):
            return [text]
        pattern = "".join(escaped_pattern(t) if quoted else t for t, quoted in field)
        if not has_glob_operators(pattern):
            return [text]
        found = file_names(
            self._files(),
            pattern,
            hidden=self._state.shopts.get("dotglob", False),
            deep=self._state.shopts.get("globstar", False),
        )
        if not found:
            if self._state.shopts.get("nullglob"):
                return []
            if self._state.shopts.get("failglob"):
                raise ShellFailed(f"no match: {text}")
            return [text]
        return found

    async def _parameter(self, fields: _Fields, part: Parameter, split: bool) -> None:
        values = await self._all_of(part)
        if part.operator in _REPLACING and part.argument is not None:
            value = await self.value(part) if values is None else " ".join(values) if values else None
            missing = value is None or (part.operator.startswith(":") and value == "")
            if missing == part.operator.endswith("-"):
                await self._parts(fields, part.argument, split, inside=True)
                if part.quoted and not part.argument.parts:
                    fields.add("", True)
                return
            if missing:
                self._add(fields, "", part.quoted, split)
                return
        if values is None:
            self._add(fields, await self._one(part, split), part.quoted, split)
            return
        star = part.name == "*" or (part.index is not None and part.index.plain() == "*")
        if part.operator == "length":
            fields.add(str(len(values)), part.quoted)
            return
        if part.operator in _DEFAULTING:
            chosen = await self._defaulted(part, " ".join(values) if values else None)
            if chosen is not None:
                if chosen or part.quoted:
                    self._add(fields, chosen, part.quoted, split)
                return
        elif part.operator == ":":
            values = await self._slice(part, values)
        elif part.operator and part.operator not in ("!", "names"):
            values = [await transform(part, value, self) for value in values]
        separators = self._state.lookup("IFS")
        joint = " " if separators is None else separators[:1]
        if star and (part.quoted or not split):
            fields.add(joint.join(values), part.quoted)
            return
        if joint and split and not part.quoted:
            self._add(fields, joint.join(values), False, True)
            return
        for index, value in enumerate(values):
            if index:
                if split:
                    fields.finish()
                else:
                    fields.add(" ", part.quoted)
            self._add(fields, value, part.quoted, split)

    async def _all_of(self, part: Parameter) -> list[str] | None:
        """The values of ``$@``, ``$*`` and whole arrays; None for what has one value."""
        if part.name in ("@", "*"):
            return self._state.parameters()
        if part.operator == "names":
            return list(self._state.names(part.name))
        if part.name == "PIPESTATUS" and part.index is not None and part.index.plain() in ("@", "*"):
            return [str(status) for status in self._state.pipe_statuses]
        if part.name == "FUNCNAME" and part.index is not None and part.index.plain() in ("@", "*"):
            return self._function_names()
        if part.index is not None and part.index.plain() in ("@", "*"):
            if part.operator == "!":
                return self._state.subscripts(part.name)
            return self._state.elements(part.name)
        return None

    async def _slice(self, part: Parameter, values: list[str]) -> list[str]:
        assert part.argument is not None
        offset = await self.number(part.argument)
        if part.name in ("@", "*"):
            values = [self._state.name, *values]
        if offset < 0:
            offset = max(0, len(values) + offset)
        count = None if part.second is None else await self.number(part.second)
        return values[offset:] if count is None else values[offset : offset + max(0, count)]

    async def value(self, part: Parameter) -> str | None:
        """The value before its operator applies; None when unset."""
        state = self._state
        name = part.name
        if part.operator == "bad":
            if state.flavour == "bash":
                raise ShellFailed(f"{name}: bad substitution")
            raise ShellFailed("Bad substitution", 2)
        if part.index is not None:
            variable = state.variables.get(name)
            index = await self.text(part.index)
            if name == "FUNCNAME":
                names = self._function_names()
                return names[int(index)] if index.isdigit() and int(index[:6]) < len(names) else None
            if name == "PIPESTATUS":
                statuses = self._state.pipe_statuses
                return str(statuses[int(index)]) if index.isdigit() and int(index[:6]) < len(statuses) else None
            if variable is not None and variable.associative:
                return state.element(name, index)
            try:
                return state.element(name, index)
            except ArithmeticFailed as error:
                raise ShellFailed(str(error)) from None
        if name.isdigit():
            number = int(name[:9])
            if number == 0:
                return state.name
            parameters = state.parameters()
            return parameters[number - 1] if number <= len(parameters) else None
        match name:
            case "?":
                return str(state.status)
            case "#":
                return str(len(state.parameters()))
            case "$":
                return str(state.pid)
            case "!":
                return None if state.background_pid is None else str(state.background_pid)
            case "-":
                return state.flags()
            case "RANDOM":
                return str(self._random())
            case "SECONDS" if state.lookup(name) is None:
                return str((self._now_us() - self._began_us) // 1_000_000)
            case "_":
                return state.last_argument
            case "LINENO":
                return str(state.line)
            case "FUNCNAME":
                return state.frames[-1].name if state.frames else None
            case _:
                return state.lookup(name)

    def _function_names(self) -> list[str]:
        """``FUNCNAME``: the functions that run, the innermost first."""
        return [frame.name for frame in reversed(self._state.frames)]

    def _random(self) -> int:
        """``$RANDOM``: the shell's own linear congruential generator, seeded by who it is and the lab's time."""
        if self._seed is None:
            self._seed = self._state.pid * 1_000_003 + self._now_us()
        self._seed = (self._seed * 1_103_515_245 + 12_345) % 2**31
        return self._seed >> 16 & 32767

    async def _one(self, part: Parameter, split: bool) -> str:
        value = await self.value(part)
        operator = part.operator
        if operator == "!":
            if value is None:
                raise ShellFailed(f"{part.name}: invalid indirect expansion")
            return self._state.value(value) if not value.isdigit() else await self.text(Word((Parameter(value),)))
        if operator in _DEFAULTING:
            chosen = await self._defaulted(part, value)
            return value or "" if chosen is None else chosen
        if value is None and operator == "@":
            return ""
        if value is None:
            if self._state.on("nounset") and part.name not in "@*":
                if self._state.flavour != "bash":
                    raise ShellFailed(f"{part.name}: parameter not set", 2)
                raise ShellFailed(f"{part.name}: unbound variable", 127)
            value = ""
        if operator == "":
            return value
        if operator == "length":
            return str(len(value))
        if operator == ":":
            assert part.argument is not None
            offset = await self.number(part.argument)
            if offset < 0:
                offset = len(value) + offset
                if offset < 0:
                    return ""
            if part.second is None:
                return value[offset:]
            count = await self.number(part.second)
            if count < 0:
                end = len(value) + count
                if end < offset:
                    raise ShellFailed(f"{await self.text(part.second)}: substring expression < 0")
                return value[offset:end]
            return value[offset : offset + count]
        return await transform(part, value, self)

    async def _defaulted(self, part: Parameter, value: str | None) -> str | None:
        """Apply ``:-``, ``:=``, ``:?``, ``:+`` and their like; None where the value itself is meant."""
        operator = part.operator
        missing = value is None or (operator.startswith(":") and value == "")
        kind = operator[-1]
        assert part.argument is not None
        if kind == "+":
            return "" if missing else await self.text(part.argument)
        if not missing:
            return None
        if kind == "-":
            return await self.text(part.argument)
        if kind == "=":
            if not (part.name[:1].isalpha() or part.name[:1] == "_"):
                raise ShellFailed(f"${part.name}: cannot assign in this way")
            chosen = await self.text(part.argument)
            self._state.assign(part.name, chosen)
            return chosen
        message = await self.text(part.argument)
        ordinary = "parameter null or not set" if operator.startswith(":") else "parameter not set"
        raise ShellFailed(f"{part.name}: {message or ordinary}", 127)


_REPLACING: Final = frozenset((":-", "-", ":+", "+"))
_DEFAULTING: Final = frozenset((":-", "-", ":=", "=", ":?", "?", ":+", "+"))
