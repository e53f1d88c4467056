"""``find``: walks directories and does something about what an expression picks.

Source: GNU findutils 4.9. Symbolic links are followed with ``-L`` only, and those that are named with ``-H``.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from playground.api.files import FileStatus
from playground.shell.dates import date_of, date_text
from playground.shell.globs import glob
from playground.shell.patterns import PatternError, Syntax, regular_expression
from playground.shell.printing import StopPrinting, unescape
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.files import changed_mode
from playground.shell.tools.listing import mode_text

MAX_DEPTH: Final = 60
MAX_LEVELS: Final = 200
"""Directories within each other; links that lead back up would make more."""
MAX_GATHERED: Final = 10_000
"""Files that ``-exec ... +`` gathers for one command."""
_KINDS: Final = {"f": "file", "d": "directory", "c": "device", "s": "socket", "l": "link"}
_UNITS: Final = {"c": 1, "w": 2, "b": 512, "k": 1024, "M": 1024**2, "G": 1024**3}


@dataclass(frozen=True, slots=True)
class _Found:
    """A file that was come upon."""

    path: str
    name: str
    depth: int
    status: FileStatus


Test = Callable[[_Found], Awaitable[bool]]


class _Quit(Exception):
    """``-quit``: enough."""


@dataclass(slots=True)
class _Gathering:
    """A command of ``-exec ... +`` and the files it will get."""

    command: list[str]
    paths: list[str] = field(default_factory=list)


class _Expression:
    """Reads an expression into one test; ``act`` prints what passes unless the expression does something itself.

    Raises:
        UsageError: the expression is wrong.
    """

    def __init__(self, invocation: Invocation, words: list[str]) -> None:
        self._invocation = invocation
        self._words = words
        self._at = 0
        self._depth = 0
        self._acts = False
        self.least = 0
        self.most: int | None = None
        self.contents_first = False
        self.pruned = False
        self.status = 0
        self.gatherings: list[_Gathering] = []
        test = self._either() if words else self._always
        if self._at < len(words):
            if words[self._at] == ")":
                raise UsageError("you have too many ')'")
            raise UsageError(f"paths must precede expression: `{words[self._at]}'")
        self.act = test if self._acts else self._both(test, self._print("\n"))

    # Reading

    def _peek(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def _value(self, of: str) -> str:
        if self._at >= len(self._words):
            raise UsageError(f"missing argument to `{of}'")
        self._at += 1
        return self._words[self._at - 1]

    def _either(self) -> Test:
        left = self._all()
        while self._peek() in ("-o", "-or", ","):
            self._at += 1
            left = self._any_of(left, self._all())
        return left

    def _all(self) -> Test:
        left = self._one()
        while self._peek() not in ("", ")", "-o", "-or", ","):
            if self._peek() in ("-a", "-and"):
                self._at += 1
            left = self._both(left, self._one())
        return left

    def _one(self) -> Test:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise UsageError("the expression nests too deep")
        try:
            word = self._value("(")
            if word in ("!", "-not"):
                return self._not(self._one())
            if word == "(":
                inner = self._either()
                if self._peek() != ")":
                    raise UsageError("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
                self._at += 1
                return inner
            return self._primary(word)
        finally:
            self._depth -= 1

    def _primary(self, word: str) -> Test:
        match word:
            case "-name" | "-iname" | "-path" | "-ipath" | "-wholename":
                return self._named(word, self._value(word))
            case "-regex" | "-iregex":
                return self._like(self._value(word), word == "-iregex")
            case "-type":
                return self._of_kind(self._value(word))
            case "-maxdepth" | "-mindepth":
                number = self._value(word)
                if not number.isdigit():
                    raise UsageError(
                        f"Expected a positive decimal integer argument to {word}, but got \u2018{number}\u2019"
                    )
                if word == "-maxdepth":
                    self.most = int(number[:6])
                else:
                    self.least = int(number[:6])
                return self._always
            case "-empty":
                return self._test(self._is_empty)
            case "-user" | "-group":
                wanted = self._value(word)
                return self._test(lambda found: wanted in (found.status.owner, found.status.group))
            case "-size":
                return self._sized(self._value(word))
            case "-mmin" | "-mtime" | "-cmin" | "-ctime" | "-amin" | "-atime":
                return self._aged(word, self._value(word))
            case "-newer":
                since = self._stat(self._value(word)).changed_us
                return self._test(lambda found: found.status.changed_us > since)
            case "-perm":
                return self._permitted(self._value(word))
            case "-true":
                return self._always
            case "-false":
                return self._test(lambda found: False)
            case "-depth" | "-d":
                self.contents_first = True
                return self._always
            case "-xdev" | "-mount" | "-follow" | "-noleaf":
                return self._always
            case "-prune":
                return self._prune
            case "-print" | "-print0":
                return self._print("\n" if word == "-print" else "\0")
            case "-printf":
                return self._printf(self._value(word))
            case "-delete":
                self._acts = self.contents_first = True
                return self._delete
            case "-quit":
                self._acts = True
                return self._quit
            case "-exec" | "-execdir":
                return self._exec(word)
        if word.startswith("-"):
            raise UsageError(f"unknown predicate `{word}'")
        raise UsageError(f"paths must precede expression: `{word}'")

    # Tests

    async def _always(self, found: _Found) -> bool:
        return True

    def _test(self, holds: Callable[[_Found], bool]) -> Test:
        async def test(found: _Found) -> bool:
            return holds(found)

        return test

    def _both(self, left: Test, right: Test) -> Test:
        async def test(found: _Found) -> bool:
            return await left(found) and await right(found)

        return test

    def _any_of(self, left: Test, right: Test) -> Test:
        async def test(found: _Found) -> bool:
            return await left(found) or await right(found)

        return test

    def _not(self, inner: Test) -> Test:
        async def test(found: _Found) -> bool:
            return not await inner(found)

        return test

    def _named(self, word: str, pattern: str) -> Test:
        whole = word not in ("-name", "-iname")
        if word.startswith("-i"):
            lower = glob(pattern.lower())
            return self._test(lambda found: lower.matches((found.path if whole else found.name).lower()))
        like = glob(pattern)
        return self._test(lambda found: like.matches(found.path if whole else found.name))

    def _like(self, pattern: str, ignore_case: bool) -> Test:
        try:
            automaton = regular_expression(pattern, Syntax(False, ignore_case), "line")
        except PatternError as error:
            raise UsageError(str(error)) from None
        return self._test(lambda found: automaton.matches(found.path))

    def _of_kind(self, letters: str) -> Test:
        kinds = [_KINDS.get(letter, letter) for letter in letters.split(",")]
        for letter in letters.split(","):
            if letter not in "fdcsblp" or len(letter) != 1:
                raise UsageError(f"Unknown argument to -type: {letter}")
        return self._test(lambda found: found.status.kind in kinds)

    def _is_empty(self, found: _Found) -> bool:
        if found.status.kind == "directory":
            return not self._invocation.files.list(found.path)
        return found.status.size == 0

    def _sized(self, value: str) -> Test:
        found = re.fullmatch(r"([-+]?[0-9]{1,15})([cwbkMG]?)", value)
        if found is None:
            raise UsageError(f"Invalid argument `{value}' to -size")
        unit = _UNITS[found.group(2) or "b"]
        return self._test(lambda each: _compared(found.group(1), -(-each.status.size // unit)))

    def _aged(self, word: str, value: str) -> Test:
        if not re.fullmatch(r"[-+]?[0-9]{1,9}", value):
            raise UsageError(f"invalid argument `{value}' to `{word}'")
        unit_us = 60_000_000 if word.endswith("min") else 86_400_000_000
        now_us = self._invocation.wall_us + self._invocation.loop.now_us
        return self._test(lambda found: _compared(value, (now_us - found.status.changed_us) // unit_us))

    def _permitted(self, value: str) -> Test:
        bits = changed_mode(value[1:] if value[:1] in ("-", "/") else value, 0)
        if bits is None:
            raise UsageError(f"invalid mode \u2018{value}\u2019")
        if value.startswith("-"):
            return self._test(lambda found: found.status.mode & bits == bits)
        if value.startswith("/"):
            return self._test(lambda found: bool(found.status.mode & bits) or not bits)
        return self._test(lambda found: found.status.mode & 0o7777 == bits)

    def _stat(self, path: str) -> FileStatus:
        try:
            return self._invocation.files.stat(path)
        except OSError as error:
            raise UsageError(f"\u2018{path}\u2019: {error.strerror}") from None

    # Actions

    async def _prune(self, found: _Found) -> bool:
        self.pruned = True
        return True

    async def _quit(self, found: _Found) -> bool:
        raise _Quit

    def _print(self, ending: str) -> Test:
        self._acts = True

        async def act(found: _Found) -> bool:
            await self._invocation.stdout.write(found.path + ending)
            return True

        return act

    def _printf(self, pattern: str) -> Test:
        self._acts = True

        async def act(found: _Found) -> bool:
            await self._invocation.stdout.write(_described(pattern, found))
            return True

        return act

    async def _delete(self, found: _Found) -> bool:
        files = self._invocation.files
        try:
            if found.path == ".":
                return True
            if found.status.kind == "directory":
                files.rmdir(found.path)
            else:
                files.remove(found.path)
        except OSError as error:
            self.status = await self._invocation.complain(f"cannot delete \u2018{found.path}\u2019: {error.strerror}")
            return False
        return True

    def _exec(self, word: str) -> Test:
        self._acts = True
        end = next((i for i in range(self._at, len(self._words)) if self._words[i] in (";", "+")), -1)
        if end <= self._at:
            raise UsageError(f"missing argument to `{word}'")
        command, self._at = self._words[self._at : end], end + 1
        if self._words[end] == "+":
            if command[-1:] != ["{}"]:
                raise UsageError(f"missing argument to `{word}'")
            gathering = _Gathering(command[:-1])
            self.gatherings.append(gathering)

            async def gather(found: _Found) -> bool:
                gathering.paths.append(found.path)
                if len(gathering.paths) >= MAX_GATHERED:
                    await self.run_gathered()
                return True

            return gather

        async def act(found: _Found) -> bool:
            return await self._run([piece.replace("{}", found.path) for piece in command]) == 0

        return act

    async def _run(self, call: list[str]) -> int:
        if self._invocation.shell.finds(call[0]) is None:
            await self._invocation.complain(f"\u2018{call[0]}\u2019: No such file or directory")
            return 1
        return await self._invocation.shell.run(call)

    async def run_gathered(self) -> None:
        """Run the commands of ``-exec ... +`` with what they have got so far."""
        for gathering in self.gatherings:
            if gathering.paths:
                paths, gathering.paths = gathering.paths, []
                if await self._run([*gathering.command, *paths]):
                    self.status = 1


def _compared(value: str, number: int) -> bool:
    """``+5``: more than 5; ``-5``: less; ``5``: exactly."""
    wanted = int(value.lstrip("+-"))
    return number > wanted if value.startswith("+") else number < wanted if value.startswith("-") else number == wanted


def _described(pattern: str, found: _Found) -> str:
    """What ``-printf`` prints of a file."""
    status = found.status
    above = found.path.rpartition("/")[0] or ("/" if found.path.startswith("/") else ".")
    seconds = f"{status.changed_us // 1_000_000}.{status.changed_us % 1_000_000 * 1000:09d}0"
    meanings = {
        "p": found.path, "f": found.name, "h": above, "s": str(status.size), "d": str(found.depth), "u": status.owner,
        "g": status.group, "m": f"{status.mode & 0o7777:o}", "M": mode_text(status), "i": str(status.number),
        "n": str(status.links), "y": {kind: letter for letter, kind in _KINDS.items()}.get(status.kind, "U"),
        "t": f"{date_of(status.changed_us):%a %b %e %H:%M:%S.%f}0000 {date_of(status.changed_us).year}", "%": "%",
    }  # fmt: skip

    def meant(mark: re.Match[str]) -> str:
        letter, time = mark.groups()
        if time:
            return seconds if time[1] == "@" else date_text(f"%{time[1]}", status.changed_us)
        return meanings.get(letter, mark.group())

    try:
        text = unescape(pattern)
    except StopPrinting as stop:
        text = stop.sofar
    return re.sub(r"%(?:([^TCA])|([TCA].))", meant, text)


async def find(invocation: Invocation) -> int:
    words = invocation.arguments[1:]
    follows = ""
    while words and words[0] in ("-L", "-H", "-P"):
        follows = words.pop(0)[1]
    roots: list[str] = []
    while words and not words[0].startswith(("-", "(", "!")):
        roots.append(words.pop(0))
    try:
        expression = _Expression(invocation, words)
    except UsageError as error:
        return await invocation.complain(str(error))
    try:
        for root in roots or ["."]:
            try:
                status = invocation.files.stat(root, follow=follows in ("L", "H") and invocation.files.exists(root))
            except OSError as error:
                expression.status = await invocation.complain(f"\u2018{root}\u2019: {error.strerror}")
                continue
            here = _Found(root, root.rstrip("/").rpartition("/")[2] or "/", 0, status)
            await _walk(invocation, expression, here, follows == "L")
    except _Quit:
        pass
    await expression.run_gathered()
    return expression.status


async def _walk(invocation: Invocation, expression: _Expression, here: _Found, follow: bool) -> None:
    """Visit a file and, where it is a directory, what is in it."""
    wanted = here.depth >= expression.least
    expression.pruned = False
    if wanted and not expression.contents_first:
        await expression.act(here)
    deeper = expression.most is None or here.depth < expression.most
    if here.status.kind == "directory" and deeper and not expression.pruned:
        try:
            names = invocation.files.list(here.path)
        except OSError as error:
            expression.status = await invocation.complain(f"\u2018{here.path}\u2019: {error.strerror}")
            names = []
        for name in names:
            path = here.path + ("" if here.path.endswith("/") else "/") + name
            status = invocation.files.stat(path, follow=follow and invocation.files.exists(path))
            if here.depth < MAX_LEVELS:
                await _walk(invocation, expression, _Found(path, name, here.depth + 1, status), follow)
    if wanted and expression.contents_first:
        await expression.act(here)


FIND_TOOLS: Final[dict[str, Tool]] = {"find": find}
