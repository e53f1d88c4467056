"""``grep``: lines that are like a pattern."""

from collections.abc import Iterator
from typing import Final

from playground.api.process import Reader
from playground.shell.automaton import Automaton
from playground.shell.globs import glob
from playground.shell.patterns import PatternError, Syntax, regular_expression
from playground.shell.streams import encoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import Options, read_options
from playground.shell.tools.reading import lines_of, open_input

_LONG: Final = {
    "extended-regexp": "E",
    "fixed-strings": "F",
    "basic-regexp": "G",
    "perl-regexp": "P",
    "ignore-case": "i",
    "invert-match": "v",
    "count": "c",
    "line-number": "n",
    "files-with-matches": "l",
    "files-without-match": "L",
    "only-matching": "o",
    "quiet": "q",
    "silent": "q",
    "no-messages": "s",
    "word-regexp": "w",
    "line-regexp": "x",
    "recursive": "r",
    "no-filename": "h",
    "with-filename": "H",
    "regexp": "e=",
    "file": "f=",
    "max-count": "m=",
    "after-context": "A=",
    "before-context": "B=",
    "context": "C=",
    "line-buffered": "u",
    "byte-offset": "b",
    "include": "include=",
    "exclude": "exclude=",
    "exclude-dir": "exclude-dir=",
    "color": "Y",
    "colour": "Y",
}
_MATCH: Final = "\x1b[01;31m\x1b[K{}\x1b[m\x1b[K"


class _Matcher:
    """One or more patterns, as the options want them matched."""

    def __init__(self, patterns: list[str], options: Options) -> None:
        self._ignore_case = options.has("i", "y")
        self._fixed = options.has("F")
        whole = "line" if options.has("x") else "word" if options.has("w") else ""
        self._literals: list[str] = []
        self._automata: list[Automaton] = []
        syntax = Syntax(options.has("E", "P"), self._ignore_case, options.has("P"), options.has("P"))
        for pattern in patterns:
            plain = not any(c in pattern for c in "\\[]*.^$?+{}|()")
            if (plain or self._fixed) and not whole and not self._ignore_case:
                self._literals.append(pattern)
            else:
                if self._fixed:
                    pattern = "".join("\\" + c if c in "\\[]*.^$" else c for c in pattern)
                    self._automata.append(regular_expression(pattern, Syntax(False, self._ignore_case), whole))
                else:
                    self._automata.append(regular_expression(pattern, syntax, whole))

    def matches(self, line: str) -> bool:
        return any(text in line for text in self._literals) or any(a.matches(line) for a in self._automata)

    def spans(self, line: str) -> list[tuple[int, int]]:
        """The matches in a line that are not empty, from left to right."""
        found: list[tuple[int, int]] = []
        at = 0
        while at <= len(line):
            best: tuple[int, int] | None = None
            for text in self._literals:
                start = line.find(text, at)
                if start >= 0 and text:
                    best = _leftmost(best, (start, start + len(text)))
            for automaton in self._automata:
                registers = automaton.search(line, at)
                if registers is not None and registers[0] is not None and registers[1] is not None:
                    best = _leftmost(best, (registers[0], registers[1]))
            if best is None:
                break
            if best[0] == best[1]:
                at = best[1] + 1
                continue
            found.append(best)
            at = best[1]
        return found


def _leftmost(a: tuple[int, int] | None, b: tuple[int, int]) -> tuple[int, int]:
    if a is None:
        return b
    return b if b[0] < a[0] or (b[0] == a[0] and b[1] > a[1]) else a


async def grep(invocation: Invocation) -> int:
    try:
        words = [
            f"--color{w[7:]}"[:7] if w.startswith(("--color=", "--colour=")) else w for w in invocation.arguments[1:]
        ]
        wants_colour = any(w in ("--color=always", "--colour=always") for w in invocation.arguments)
        words = [f"-C{w[1:]}" if w[1:].isdigit() and w[0] == "-" else w for w in words]
        options = read_options(words, "EFGPivcnlLoqswxrRhHyuaIb", "efmABC", _LONG)
        limit = options.number("m", -1, "max count")
        after = options.number("A", options.number("C", 0, "context length argument"), "context length argument")
        before = options.number("B", options.number("C", 0, "context length argument"), "context length argument")
    except UsageError as error:
        usage = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n"
        await invocation.stderr.write(f"grep: {error}\n{usage}")
        return 2
    if invocation.name == "egrep":
        options.flags["E"] = 1
    if invocation.name == "fgrep":
        options.flags["F"] = 1
    patterns = [line for value in options.values.get("e", []) for line in value.split("\n")]
    paths = options.words
    for path in options.values.get("f", []):
        try:
            patterns += invocation.files.read(path).decode("utf-8", "replace").splitlines()
        except OSError as error:
            return await invocation.complain(f"{path}: {error.strerror}", 2)
    if not options.has("e", "f"):
        if not paths:
            usage = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n"
            await invocation.stderr.write(usage)
            return 2
        patterns, paths = paths[0].split("\n"), paths[1:]
    try:
        matcher = _Matcher(patterns, options)
    except PatternError as error:
        return await invocation.complain(str(error), 2)
    search = _Search(invocation, options, matcher, limit, before, after)
    search.colour = wants_colour or (invocation.stdout.is_terminal and not options.has("c", "l", "L", "q"))
    return await search.run(paths)


class _Search:
    def __init__(
        self, invocation: Invocation, options: Options, matcher: _Matcher, limit: int, before: int, after: int
    ) -> None:
        self._invocation = invocation
        self._options = options
        self._matcher = matcher
        self._limit = limit
        self._before = before
        self._after = after
        self.colour = False

    def _below(self, root: str) -> Iterator[str]:
        """What lies below a directory; links are followed where they are named, or with ``-R``."""
        files = self._invocation.files
        followed = self._options.has("R")
        if files.link(root) is not None and files.is_directory(root):
            root = root.rstrip("/") + "/"
        for path in files.walk(root):
            if path == root or files.link(path) is None:
                yield path
            elif followed and files.is_directory(path):
                if not f"{files.real(root)}/".startswith(f"{files.real(path)}/"):
                    yield from self._below(path)
            elif followed and files.exists(path):
                yield path

    async def run(self, paths: list[str]) -> int:
        files = self._invocation.files
        options = self._options
        recursive = options.has("r", "R")
        if recursive:
            given, roots = paths, paths or ["."]
            paths = [p for root in roots for p in self._below(root) if not files.is_directory(p) and self._wanted(p)]
            paths = [p.removeprefix("./") if not given else p for p in paths]
        named = (len(paths) > 1 or recursive or options.has("H")) and not options.has("h")
        any_found = False
        status = 0
        for path in paths or ["-"]:
            if path != "-" and files.is_directory(path):
                await self._invocation.complain(f"{path}: Is a directory")
                status = 2
                continue
            reader = await open_input(self._invocation, path, complain=not options.has("s"))
            if reader is None:
                status = 2
                continue
            found = await self._one(reader, ("(standard input)" if path == "-" else path) if named else "", path)
            any_found = any_found or found
            if found and options.has("q"):
                return 0
        return status or (0 if any_found else 1)

    def _wanted(self, path: str) -> bool:
        """Whether ``--include`` and its like let a file that was come upon be searched."""
        *above, name = path.split("/")
        values = self._options.values
        included = not values.get("include") or any(glob(p).matches(name) for p in values["include"])
        excluded = any(glob(p).matches(name) for p in values.get("exclude", []))
        hidden = any(glob(p).matches(folder) for p in values.get("exclude-dir", []) for folder in above)
        return included and not excluded and not hidden

    async def _one(self, reader: Reader, name: str, path: str) -> bool:
        options = self._options
        invert = options.has("v")
        count = number = 0
        offset = behind = 0
        earlier: list[tuple[int, int, str]] = []
        trailing = 0
        last_shown = 0
        async for line in lines_of(self._invocation, reader):
            number += 1
            offset, behind = behind, behind + len(encoded(line))
            body = line.rstrip("\n")
            if self._matcher.matches(body) != invert:
                count += 1
                if options.has("q"):
                    return True
                if options.has("l", "L"):
                    break
                if not options.has("c"):
                    if (self._before or self._after) and last_shown and number - len(earlier) > last_shown + 1:
                        await self._invocation.stdout.write("--\n")
                    for place, where, text in earlier:
                        await self._put(name, place, where, text, "-")
                    earlier = []
                    await self._put(name, number, offset, body, ":")
                    last_shown = number
                    trailing = self._after
                if count == self._limit:
                    break
            elif trailing and not options.has("c"):
                trailing -= 1
                await self._put(name, number, offset, body, "-")
                last_shown = number
            elif self._before:
                earlier = [*earlier, (number, offset, body)][-self._before :]
        if options.has("c"):
            await self._invocation.stdout.write(f"{name}:{count}\n" if name else f"{count}\n")
        if (options.has("l") and count) or (options.has("L") and not count):
            await self._invocation.stdout.write(("(standard input)" if path == "-" else path) + "\n")
        return bool(count)

    async def _put(self, name: str, number: int, offset: int, body: str, mark: str) -> None:
        prefix = f"{name}{mark}" if name else ""
        if self._options.has("n"):
            prefix += f"{number}{mark}"
        if self._options.has("b") and not self._options.has("o"):
            prefix += f"{offset}{mark}"
        matched = mark == ":" and not self._options.has("v")
        if self._options.has("o"):
            if matched:
                for start, end in self._matcher.spans(body):
                    piece = body[start:end]
                    where = f"{offset + len(encoded(body[:start]))}{mark}" if self._options.has("b") else ""
                    await self._invocation.stdout.write(
                        prefix + where + (_MATCH.format(piece) if self.colour else piece) + "\n"
                    )
            return
        if self.colour and matched:
            pieces: list[str] = []
            at = 0
            for start, end in self._matcher.spans(body):
                pieces += (body[at:start], _MATCH.format(body[start:end]))
                at = end
            body = "".join(pieces) + body[at:]
        await self._invocation.stdout.write(prefix + body + "\n")


GREP_TOOLS: Final[dict[str, Tool]] = {"grep": grep, "egrep": grep, "fgrep": grep}
