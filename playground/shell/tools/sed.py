"""``sed``: a stream editor. Commands s d p P D n N g G h H x y i a c = q Q l b t T and labels, w and r excepted."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from playground.api.process import Reader
from playground.shell.automaton import Automaton
from playground.shell.patterns import PatternError, Syntax, regular_expression
from playground.shell.streams import BytesReader, decoded, encoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options
from playground.shell.tools.reading import lines_of, open_input

MAX_JUMPS: Final = 10_000
MAX_SPACE: Final = 1024 * 1024


class SedError(Exception):
    """The script is wrong; the sentence is GNU sed's."""


@dataclass(slots=True)
class _Address:
    """A line number, ``$`` (-1), a pattern, a step (``first~step``) or, as an end, ``+count``."""

    line: int | None = None
    pattern: Automaton | None = None
    step: int | None = None
    plus: bool = False


@dataclass(slots=True)
class _Command:
    letter: str
    first: _Address | None = None
    second: _Address | None = None
    negated: bool = False
    text: str = ""
    pattern: Automaton | None = None
    flags: str = ""
    number: int = 1
    body: "list[_Command]" = field(default_factory=list)
    active_until: int | None = None
    """While a range is active: the line it ends at, or 0 when a pattern will tell."""


class _ScriptParser:
    def __init__(self, text: str, extended: bool) -> None:
        self._text = text
        self._at = 0
        self._extended = extended
        self._last: Automaton | None = None

    def _error(self, message: str) -> SedError:
        return SedError(f"-e expression #1, char {min(self._at, len(self._text))}: {message}")

    def parse(self, nested: bool = False) -> list[_Command]:
        commands: list[_Command] = []
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\n;":
                self._at += 1
            if self._at >= len(self._text):
                if nested:
                    raise SedError("-e expression #1, char 0: unmatched `{'")
                return commands
            if self._text[self._at] == "}":
                if not nested:
                    self._at += 1
                    raise self._error("unexpected `}'")
                self._at += 1
                return commands
            if self._text[self._at] == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
                continue
            commands.append(self._command())

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _blanks(self) -> None:
        while self._peek() in (" ", "\t") and self._peek():
            self._at += 1

    def _address(self, end: bool = False) -> _Address | None:
        character = self._peek()
        if character.isdigit() or (end and character in "+~" and character):
            plus = character == "+"
            if not character.isdigit():
                self._at += 1
            start = self._at
            while self._peek().isdigit():
                self._at += 1
            number = int(self._text[start : self._at][:9] or 0)
            if self._peek() == "~":
                self._at += 1
                start = self._at
                while self._peek().isdigit():
                    self._at += 1
                return _Address(number, step=int(self._text[start : self._at][:9] or 0))
            return _Address(number, plus=plus)
        if character == "$":
            self._at += 1
            return _Address(-1)
        if character in ("/", "\\") and character:
            self._at += 1
            delimiter = "/"
            if character == "\\":
                delimiter = self._peek()
                self._at += 1
            body = self._delimited(delimiter, "unterminated address regex")
            ignore = False
            while self._peek() in ("I", "M") and self._peek():
                ignore = ignore or self._peek() == "I"
                self._at += 1
            return _Address(pattern=self._compile(body, ignore))
        return None

    def _compile(self, body: str, ignore_case: bool) -> Automaton:
        if not body:
            if self._last is None:
                raise self._error("no previous regular expression")
            return self._last
        try:
            self._last = regular_expression(body, Syntax(self._extended, ignore_case))
        except PatternError as error:
            raise self._error(str(error)) from None
        return self._last

    def _delimited(self, delimiter: str, message: str, replacement: bool = False) -> str:
        """Text up to the delimiter; ``\\`` before the delimiter makes it ordinary."""
        out: list[str] = []
        in_bracket = False
        while True:
            if self._at >= len(self._text):
                raise self._error(message)
            character = self._text[self._at]
            self._at += 1
            if character == "\\" and self._at < len(self._text):
                following = self._text[self._at]
                self._at += 1
                if following == delimiter and not in_bracket:
                    out.append(following)
                else:
                    out.append("\\" + following)
                continue
            if character == delimiter and not in_bracket:
                return "".join(out)
            if not replacement:
                if character == "[" and not in_bracket:
                    in_bracket = "]" in self._text[self._at + 1 :]
                    if self._peek() in ("]", "^") and self._text[self._at : self._at + 2] in ("^]", "]"):
                        pass
                elif character == "]" and out and out[-1] not in ("[", "[^"):
                    in_bracket = False
            out.append(character)

    def _command(self) -> _Command:
        first = self._address()
        second: _Address | None = None
        self._blanks()
        if first is not None and self._peek() == ",":
            self._at += 1
            self._blanks()
            second = self._address(end=True)
            if second is None:
                raise self._error("unexpected `,'")
        self._blanks()
        negated = False
        while self._peek() == "!":
            self._at += 1
            negated = True
            self._blanks()
        letter = self._peek()
        self._at += 1
        command = _Command(letter, first, second, negated)
        if not letter:
            raise self._error("missing command")
        if letter == "{":
            command.body = self.parse(nested=True)
        elif letter == "s":
            self._substitution(command)
        elif letter == "y":
            delimiter = self._peek()
            self._at += 1
            source = self._delimited(delimiter, "unterminated `y' command", replacement=True)
            target = self._delimited(delimiter, "unterminated `y' command", replacement=True)
            if len(source) != len(target):
                raise self._error("strings for `y' command are different lengths")
            command.text, command.flags = source, target
        elif letter in "aic":
            self._blanks()
            if self._peek() == "\\":
                self._at += 1
                self._blanks()
                if self._peek() == "\n":
                    self._at += 1
            end = self._at
            while end < len(self._text) and self._text[end] != "\n":
                end += 2 if self._text[end] == "\\" else 1
            if self._at >= len(self._text):
                raise self._error("expected \\ after `a', `c' or `i'")
            raw = self._text[self._at : end]
            command.text = raw.replace("\\\n", "\n").replace("\\", "")
            self._at = end
        elif letter in ":btT":
            self._blanks()
            end = self._at
            while end < len(self._text) and self._text[end] not in "\n;}":
                end += 1
            command.text = self._text[self._at : end].strip()
            self._at = end
        elif letter in "qQ":
            self._blanks()
            start = self._at
            while self._peek().isdigit():
                self._at += 1
            command.number = int(self._text[start : self._at][:3] or 0)
        elif letter not in "dpPDnNgGhHxl=":
            if letter in "rwReFvz":
                raise self._error(f"the command `{letter}' is not supported here")
            raise self._error(f"unknown command: `{letter}'")
        self._blanks()
        if letter not in "{}aic:btT" and self._peek() not in ("", ";", "\n", "}", "#"):
            self._at += 1
            raise self._error("unknown option to `s'" if letter == "s" else "extra characters after command")
        return command

    def _substitution(self, command: _Command) -> None:
        delimiter = self._peek()
        self._at += 1
        if not delimiter or delimiter in "\n\\":
            raise self._error("unterminated `s' command")
        body = self._delimited(delimiter, "unterminated `s' command")
        command.text = self._delimited(delimiter, "unterminated `s' command", replacement=True)
        start = self._at
        while self._peek() and self._peek() in "gpiIe0123456789mM":
            self._at += 1
        flags = self._text[start : self._at]
        command.flags = flags
        digits = "".join(c for c in flags if c.isdigit())
        if digits:
            command.number = int(digits[:6])
            if command.number == 0:
                raise self._error("number option to `s' command may not be zero")
        command.pattern = self._compile(body, "i" in flags.lower())


def _replacement(template: str, text: str, registers: tuple[int | None, ...]) -> str:
    out: list[str] = []
    case = ""
    once = ""
    at = 0

    def put(piece: str) -> None:
        nonlocal once
        if case == "U":
            piece = piece.upper()
        elif case == "L":
            piece = piece.lower()
        if once and piece:
            piece = (piece[0].upper() if once == "u" else piece[0].lower()) + piece[1:]
            once = ""
        out.append(piece)

    def group(number: int) -> str:
        start, end = (registers[2 * number], registers[2 * number + 1]) if 2 * number < len(registers) else (None, None)
        return "" if start is None or end is None else text[start:end]

    while at < len(template):
        character = template[at]
        at += 1
        if character == "&":
            put(group(0))
        elif character == "\\" and at < len(template):
            letter = template[at]
            at += 1
            if letter.isdigit():
                put(group(int(letter)))
            elif letter in "ULE":
                case = "" if letter == "E" else letter
            elif letter in "ul":
                once = letter
            else:
                put({"n": "\n", "t": "\t", "r": "\r"}.get(letter, letter))
        else:
            put(character)
    return "".join(out)


class _Editor:
    """Runs a script over one stream of lines."""

    def __init__(self, invocation: Invocation, script: list[_Command], quiet: bool) -> None:
        self._invocation = invocation
        self._script = script
        self._quiet = quiet
        self._line = 0
        self._space = ""
        self._hold = ""
        self._last = False
        self._appended: list[str] = []
        self.output: list[str] | None = None
        """Where output goes instead of the standard output, for ``-i``."""
        self._lines: list[str] | None = None
        self.status = 0
        self._substituted = False

    async def put(self, text: str) -> None:
        if self.output is not None:
            self.output.append(text)
        else:
            await self._invocation.stdout.write(text)

    def restart(self) -> None:
        self._line = 0

    async def run(self, readers: list[Reader]) -> bool:
        """Edit everything; False when the script said quit."""
        self._source = self._all(readers)
        self._next = await self._advance()
        while self._next is not None:
            await self._read()
            if not await self._cycle():
                return False
        return True

    async def _all(self, readers: list[Reader]) -> AsyncIterator[str]:
        for reader in readers:
            async for line in lines_of(self._invocation, reader):
                yield line

    async def _advance(self) -> str | None:
        return await anext(self._source, None)

    async def _read(self) -> None:
        line = self._next or ""
        self._newline = "\n" if line.endswith("\n") else ""
        self._next = await self._advance()
        self._last = self._next is None
        self._line += 1
        self._space = line.removesuffix("\n")

    async def _cycle(self) -> bool:
        restart = True
        while restart:
            outcome = await self._run(self._script)
            restart = outcome == "again"
        if outcome not in ("delete", "silent") and not self._quiet:
            await self.put(self._space + self._newline)
        for text in self._appended:
            await self.put(text + "\n")
        self._appended = []
        return outcome not in ("quit", "silent")

    def _matches(self, address: _Address) -> bool:
        if address.pattern is not None:
            return address.pattern.matches(self._space)
        if address.step is not None:
            first = address.line or 0
            if address.step == 0:
                return self._line == first
            return self._line >= first and (self._line - first) % address.step == 0
        return self._last if address.line == -1 else self._line == address.line

    def _selected(self, command: _Command) -> bool:
        if command.first is None:
            return True
        if command.second is None:
            return self._matches(command.first)
        if command.active_until is None:
            starts = command.first.line == 0 or self._matches(command.first)
            if not starts:
                return False
            second = command.second
            if second.pattern is not None:
                command.active_until = 0
                if command.first.line == 0 and self._matches(second):
                    command.active_until = None
            elif second.plus:
                command.active_until = self._line + (second.line or 0)
            else:
                command.active_until = -1 if second.line == -1 else second.line
            if command.active_until is not None and 0 < command.active_until <= self._line:
                command.active_until = None
            return True
        if command.active_until == 0:
            if self._matches(command.second):
                command.active_until = None
        elif command.active_until == -1:
            if self._last:
                command.active_until = None
        elif self._line >= command.active_until:
            outside = self._line > command.active_until
            command.active_until = None
            return not outside
        return True

    async def _run(self, script: list[_Command]) -> str:
        """Returns ``""`` at the end, or what ended the cycle: delete, again, quit, silent, or ``:label``."""
        at = 0
        jumps = 0
        while at < len(script):
            command = script[at]
            at += 1
            if self._selected(command) == command.negated:
                continue
            outcome = await self._one(command)
            if outcome.startswith(":"):
                jumps += 1
                if jumps > MAX_JUMPS or len(self._space) > MAX_SPACE:
                    raise SedError("the script does not end")
                if jumps % 64 == 0:
                    await self._invocation.loop.sleep(1000)
                label = outcome[1:]
                if not label:
                    return ""
                target = next((i for i, c in enumerate(script) if c.letter == ":" and c.text == label), None)
                if target is None:
                    if script is not self._script:
                        return outcome
                    raise SedError(f"-e expression #1, char {len(label)}: can't find label for jump to `{label}'")
                at = target
            elif outcome:
                return outcome
        return ""

    async def _one(self, command: _Command) -> str:
        match command.letter:
            case "{":
                return await self._run(command.body)
            case "s":
                await self._substitute(command)
            case "d":
                return "delete"
            case "D":
                _, newline, rest = self._space.partition("\n")
                if not newline:
                    return "delete"
                self._space = rest
                return "again"
            case "p":
                await self.put(self._space + "\n")
            case "P":
                await self.put(self._space.partition("\n")[0] + "\n")
            case "n":
                if not self._quiet:
                    await self.put(self._space + self._newline)
                if self._next is None:
                    return "silent"
                await self._read()
            case "N":
                if self._next is None:
                    return "quit"
                before = self._space
                await self._read()
                self._space = f"{before}\n{self._space}"
            case "g":
                self._space = self._hold
            case "G":
                self._space = f"{self._space}\n{self._hold}"
            case "h":
                self._hold = self._space
            case "H":
                self._hold = f"{self._hold}\n{self._space}"
            case "x":
                self._space, self._hold = self._hold, self._space
            case "y":
                table = dict(zip(command.text, command.flags, strict=True))
                self._space = "".join(table.get(c, c) for c in self._space)
            case "i":
                await self.put(command.text + "\n")
            case "a":
                self._appended.append(command.text)
            case "c":
                if command.second is None or command.active_until is None:
                    await self.put(command.text + "\n")
                return "delete"
            case "=":
                await self.put(f"{self._line}\n")
            case "l":
                shown = self._space.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
                await self.put(shown + "$\n")
            case "q" | "Q":
                self.status = command.number
                return "quit" if command.letter == "q" else "silent"
            case "b":
                return ":" + command.text
            case "t" if self._substituted:
                self._substituted = False
                return ":" + command.text
            case "T":
                if not self._substituted:
                    return ":" + command.text
                self._substituted = False
        if max(len(self._space), len(self._hold)) > MAX_SPACE:
            raise SedError("memory exhausted")
        return ""

    async def _substitute(self, command: _Command) -> None:
        assert command.pattern is not None
        text = self._space
        if not command.pattern.matches(text):
            return
        out: list[str] = []
        at = copied = count = size = 0
        changed = False
        while at <= len(text):
            registers = command.pattern.search(text, at)
            if registers is None or registers[0] is None or registers[1] is None:
                break
            start, end = registers[0], registers[1]
            if start == end and count and start == copied and start > 0 and changed:
                at = end + 1
                if start == copied and start < len(text):
                    continue
                break
            count += 1
            if count >= command.number:
                piece = _replacement(command.text, text, registers)
                out += (text[copied:start], piece)
                size += len(piece)
                copied = end
                changed = True
                if "g" not in command.flags or size > MAX_SPACE:
                    break
            at = end + 1 if end == start else end
            if count % 256 == 0:
                await self._invocation.loop.sleep(500)
        if not changed:
            return
        self._space = "".join(out) + text[copied:]
        self._substituted = True
        if "p" in command.flags:
            await self.put(self._space + "\n")


async def sed(invocation: Invocation) -> int:
    arguments = invocation.arguments[1:]
    in_place: str | None = None
    rest: list[str] = []
    for index, word in enumerate(arguments):
        if word == "--":
            rest += arguments[index:]
            break
        if word.startswith("--in-place") or (word.startswith("-i") and not word.startswith("--")):
            in_place = word.partition("=")[2] if word.startswith("--") else word[2:]
            if in_place in ("E", "r", "n", "e"):
                rest.append("-" + in_place)
                in_place = ""
        elif word in ("-ni", "-Ei", "-ri", "-nEi"):
            in_place = ""
            rest.append(word[:-1])
        else:
            rest.append(word)
    try:
        long = {"expression": "e=", "file": "f=", "quiet": "n", "silent": "n", "regexp-extended": "E", "separate": "s"}
        options = read_options(rest, "nErsuz", "ef", long)
    except UsageError as error:
        await invocation.stderr.write(f"sed: {error}\nUsage: sed [OPTION]... {{script}} [input-file]...\n")
        return 1
    scripts = list(options.values.get("e", []))
    paths = options.words
    for path in options.values.get("f", []):
        try:
            scripts.append(decoded(invocation.files.read(path)))
        except OSError as error:
            return await invocation.complain(f"couldn't open file {path}: {error.strerror}")
    if not scripts:
        if not paths:
            await invocation.stderr.write("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n")
            return 1
        scripts, paths = [paths[0]], paths[1:]
    try:
        script = _ScriptParser("\n".join(scripts), options.has("E", "r")).parse()
        editor = _Editor(invocation, script, options.has("n"))
        if in_place is None:
            return await _stream(invocation, editor, paths)
        return await _in_place(invocation, editor, paths, in_place)
    except SedError as error:
        return await invocation.complain(str(error))
    except RecursionError:
        return await invocation.complain("-e expression #1, char 0: too many nested blocks")


async def _stream(invocation: Invocation, editor: _Editor, paths: list[str]) -> int:
    status = 0
    readers: list[Reader] = []
    for path in paths or ["-"]:
        if path != "-" and invocation.files.is_directory(path):
            await invocation.complain(f"couldn't edit {path}: not a regular file")
            status = 2
            continue
        reader = await open_input(invocation, path, complain=False)
        if reader is None:
            await invocation.complain(f"can't read {path}: No such file or directory")
            status = 2
        else:
            readers.append(reader)
    await editor.run(readers)
    return editor.status or status


async def _in_place(invocation: Invocation, editor: _Editor, paths: list[str], suffix: str) -> int:
    status = 0
    if not paths:
        return await invocation.complain("no input files")
    for path in paths:
        try:
            data = invocation.files.read(path)
        except OSError as error:
            if error.errno == 21:
                status = await invocation.complain(f"couldn't edit {path}: not a regular file", 4)
            else:
                status = await invocation.complain(f"can't read {path}: {error.strerror}", 2)
            continue
        editor.output = []
        editor.restart()
        finished = await editor.run([BytesReader(data)])
        text = "".join(editor.output)
        if suffix:
            invocation.files.write(path + suffix, data)
        try:
            invocation.files.write(path, encoded(text))
        except OSError as error:
            return await invocation.complain(f"couldn't open temporary file for {path}: {error.strerror}", 4)
        if not finished:
            break
    return editor.status or status


SED_TOOLS: Final[dict[str, Tool]] = {"sed": sed}
