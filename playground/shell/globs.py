"""Patterns of the shell: ``*``, ``?``, ``[...]``, and the files whose names are like one."""

from functools import lru_cache
from typing import Final

from playground.api.files import MemoryFiles
from playground.shell.automaton import Automaton
from playground.shell.patterns import PatternError, Tree, bracket, compiled

MAX_FILES: Final = 50_000
"""How many names a pattern may become."""


class Glob:
    """A pattern of the shell: ``*``, ``?``, ``[...]``, and ``\\`` before what stands for itself."""

    def __init__(self, text: str) -> None:
        self._atoms = _glob_atoms(text)
        self._forward: Automaton | None = None
        self._backward: Automaton | None = None

    def matches(self, text: str) -> bool:
        """True when the whole text is like the pattern."""
        return bool(ends := self.prefixes(text)) and ends[-1] == len(text)

    def prefixes(self, text: str) -> list[int]:
        """The lengths of all beginnings of ``text`` that are like the pattern, shortest first."""
        if self._forward is None:
            self._forward = compiled(("all-of", self._atoms), 0)
        return self._forward.ends(text)

    def search(self, text: str, start: int = 0) -> tuple[int, int] | None:
        """The leftmost, and there the longest, piece of ``text`` from ``start`` on that is like the pattern."""
        if self._forward is None:
            self._forward = compiled(("all-of", self._atoms), 0)
        found = self._forward.search(text, start)
        if found is None or found[0] is None or found[1] is None:
            return None
        return found[0], found[1]

    def suffixes(self, text: str) -> list[int]:
        """The lengths of all ends of ``text`` that are like the pattern, shortest first."""
        if self._backward is None:
            self._backward = compiled(("all-of", self._atoms[::-1]), 0)
        return self._backward.ends(text[::-1])


@lru_cache(maxsize=256)
def glob(text: str) -> Glob:
    """Compile a pattern of the shell. Every text is one: what is no operator stands for itself."""
    return Glob(text)


def has_glob_operators(text: str) -> bool:
    """True when ``text``, as a pattern, could be like another text than itself."""
    escaped = False
    for index, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character in "*?" or (character == "[" and "]" in text[index + 2 :]):
            return True
    return False


def _glob_atoms(text: str) -> list[Tree]:
    atoms: list[Tree] = []
    anything: Tree = ("set", lambda c: True)
    at = 0
    while at < len(text):
        character = text[at]
        at += 1
        if character == "*":
            if not atoms or atoms[-1][0] != "repeat":
                atoms.append(("repeat", anything, 0, None))
            continue
        if character == "?":
            atoms.append(anything)
            continue
        if character == "[":
            try:
                test, negated, behind = bracket(text, at, "!^", escapes=True)
            except PatternError:
                pass
            else:
                atoms.append(("set", lambda c, test=test, negated=negated: test(c) != negated))
                at = behind
                continue
        if character == "\\" and at < len(text):
            character = text[at]
            at += 1
        atoms.append(("set", lambda c, own=character: c == own))
    return atoms


def file_names(files: MemoryFiles, pattern: str, hidden: bool = False) -> list[str]:
    """The paths that are like ``pattern``, sorted; none when there are none. Names with a dot need one in it."""
    rooted = pattern.startswith("/")
    parts = [part for part in pattern.split("/") if part]
    found = ["/" if rooted else ""]
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        longer: list[str] = []
        for base in found:
            if not has_glob_operators(part):
                name = unescaped(part)
                if files.exists(base + name):
                    longer.append(base + name + ("" if last else "/"))
                continue
            try:
                names = files.list(base or ".")
            except OSError:
                continue
            like = glob(part)
            for name in names:
                if name.startswith(".") and not (part.startswith((".", "\\.")) or hidden):
                    continue
                if like.matches(name) and (last or files.is_directory(base + name)):
                    longer.append(base + name + ("" if last else "/"))
            if len(longer) > MAX_FILES:
                break
        found = longer
    if pattern.endswith("/"):
        found = [path + "/" for path in found if files.is_directory(path)]
    return sorted(found)


def unescaped(pattern: str) -> str:
    """A pattern without operators as the text it stands for."""
    out: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern[at] == "\\" and at + 1 < len(pattern):
            at += 1
        out.append(pattern[at])
        at += 1
    return "".join(out)
