"""``sed``: a stream editor. Commands s d p P D n N g G h H x y i a c = q Q l b t T r R w F z and labels."""

import re
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from playground.api.process import Reader
from playground.shell.automaton import Automaton
from playground.shell.streams import BytesReader, decoded, encoded, read_all
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options
from playground.shell.tools.reading import lines_of, open_input, whole
from playground.shell.tools.sed_parser import Address, Command, ScriptParser, SedError
from playground.shell.tools.sed_replacement import replacement

MAX_JUMPS: Final = 10_000
MAX_SPACE: Final = 1024 * 1024


class _Editor:
    """Runs a script over one stream of lines."""

    def __init__(self, invocation: Invocation, script: list[Command], quiet: bool, ending: str = "\n") -> None:
        self._invocation = invocation
        self._script = script
        self._quiet = quiet
        self._line = 0
        self._space = ""
        self._hold = ""
        self._last = False
        self._appended: list[str] = []
        self._queues: dict[str, list[str]] = {}
        self.output: list[str] | None = None
        """Where output goes instead of the standard output, for ``-i``."""
        self._lines: list[str] | None = None
        self.status = 0
        self._substituted = False
        self._last_pattern: Automaton | None = None
        self._ending = ending

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
            if self._ending == "\n":
                async for line in lines_of(self._invocation, reader):
                    yield line
                continue
            for piece in re.findall(r"[^\0]*\0|[^\0]+", decoded(await read_all(reader))):
                yield piece

    async def _advance(self) -> str | None:
        return await anext(self._source, None)

    async def _read(self) -> None:
        line = self._next or ""
        self._newline = self._ending if line.endswith(self._ending) else ""
        self._next = await self._advance()
        self._last = self._next is None
        self._line += 1
        self._space = line.removesuffix(self._ending)

    async def _cycle(self) -> bool:
        restart = True
        while restart:
            outcome = await self._run(self._script)
            restart = outcome == "again"
        if outcome not in ("delete", "silent") and not self._quiet:
            await self.put(self._space + self._newline)
        for text in self._appended:
            await self.put(text)
        self._appended = []
        return outcome not in ("quit", "silent")

    def _matches(self, address: Address) -> bool:
        if address.by_pattern:
            return self._used(address.pattern).matches(self._space)
        if address.step is not None:
            first = address.line or 0
            if address.step == 0:
                return self._line == first
            return self._line >= first and (self._line - first) % address.step == 0
        return self._last if address.line == -1 else self._line == address.line

    def _selected(self, command: Command) -> bool:
        if command.first is None:
            return True
        if command.second is None:
            return self._matches(command.first)
        if command.active_until is None:
            starts = self._line == 1 if command.first.line == 0 else self._matches(command.first)
            if not starts:
                return False
            second = command.second
            if second.by_pattern:
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

    async def _run(self, script: list[Command]) -> str:
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
                    raise SedError(f"can't find label for jump to `{label}'")
                at = target
            elif outcome:
                return outcome
        return ""

    async def _one(self, command: Command) -> str:
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
                self._appended.append(command.text + "\n")
            case "r":
                with suppress(OSError):
                    self._appended.append(decoded(await self._contents(command.text)))
            case "R":
                with suppress(OSError):
                    if command.text not in self._queues:
                        self._queues[command.text] = decoded(await self._contents(command.text)).splitlines()[::-1]
                    if self._queues[command.text]:
                        self._appended.append(self._queues[command.text].pop() + "\n")
            case "w":
                await self._write(command.text, self._space + "\n")
            case "F":
                await self.put("-\n")
            case "z":
                self._space = ""
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

    async def _contents(self, path: str) -> bytes:
        if path in ("-", "/dev/stdin"):
            return await read_all(self._invocation.stdin)
        return self._invocation.files.read(path)

    async def _write(self, path: str, text: str) -> None:
        """Add a line to a file that a ``w`` names; it begins empty.

        Raises:
            SedError: it cannot be written.
        """
        if path in ("/dev/stdout", "/dev/stderr"):
            await (self._invocation.stdout if path.endswith("out") else self._invocation.stderr).write(text)
            return
        try:
            self._invocation.files.append(path, encoded(text))
        except OSError as error:
            raise SedError(f"couldn't open file {path}: {error.strerror}") from None

    def clear_written(self, script: list[Command]) -> None:
        """Make the files empty that the script writes to.

        Raises:
            SedError: one cannot be written.
        """
        for command in script:
            self.clear_written(command.body)
            path = command.text if command.letter == "w" else command.path
            if path and not path.startswith("/dev/"):
                try:
                    self._invocation.files.write(path, b"")
                except OSError as error:
                    raise SedError(f"couldn't open file {path}: {error.strerror}") from None

    def _used(self, pattern: Automaton | None) -> Automaton:
        """A pattern that is used now; without one, the one that was used last.

        Raises:
            SedError: there was none.
        """
        if pattern is None:
            if self._last_pattern is None:
                raise SedError("-e expression #1, char 0: no previous regular expression")
            return self._last_pattern
        self._last_pattern = pattern
        return pattern

    async def _substitute(self, command: Command) -> None:
        pattern = self._used(command.pattern)
        text = self._space
        if not pattern.matches(text):
            return
        out: list[str] = []
        at = copied = count = size = 0
        changed = False
        while at <= len(text):
            registers = pattern.search(text, at)
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
                piece = replacement(command.text, text, registers)
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
        if command.path:
            await self._write(command.path, self._space + "\n")


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
        long = {
            "expression": "e=",
            "file": "f=",
            "quiet": "n",
            "silent": "n",
            "regexp-extended": "E",
            "separate": "s",
            "null-data": "z",
        }
        options = read_options(rest, "nErsuz", "ef", long)
    except UsageError as error:
        await invocation.stderr.write(f"sed: {error}\nUsage: sed [OPTION]... {{script}} [input-file]...\n")
        return 1
    scripts = list(options.values.get("e", []))
    paths = options.words
    for path in options.values.get("f", []):
        try:
            text = await whole(invocation, path) if path in ("-", "/dev/stdin") else invocation.files.read(path)
            scripts.append(decoded(text or b"").removesuffix("\n"))
        except OSError as error:
            return await invocation.complain(f"couldn't open file {path}: {error.strerror}")
    if not scripts:
        if not paths:
            await invocation.stderr.write("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n")
            return 1
        scripts, paths = [paths[0]], paths[1:]
    try:
        script = ScriptParser("\n".join(scripts), options.has("E", "r")).parse()
        editor = _Editor(invocation, script, options.has("n"), "\0" if options.has("z") else "\n")
        editor.clear_written(script)
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
            status = await invocation.complain(f"can't read {path}: No such file or directory", 2)
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
