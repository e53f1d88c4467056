"""Patterns of the shell: ``*``, ``?``, ``[...]``, and the files whose names are like one."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Final

from playground.api.files import MemoryFiles
from playground.shell.automaton import Automaton
from playground.shell.patterns import PatternError, Tree, bracket, compiled

MAX_FILES: Final = 50_000
"""How many names a pattern may become."""
MAX_NESTING: Final = 20
_REPEATED: Final[dict[str, tuple[int, int | None]]] = {"@": (1, 1), "?": (0, 1), "*": (0, None), "+": (1, None)}


class Glob:
    """A pattern of the shell: ``*``, ``?``, ``[...]``, and ``\\`` before what stands for itself.

    The operators of ``extglob`` count too: ``?(a|b)``, ``*(...)``, ``+(...)``, ``@(...)``; ``!(...)`` where it is the
    whole pattern.
    """

    def __init__(self, text: str) -> None:
        negated = _read(text, 2, True) if text.startswith("!(") else None
        self._negated = negated is not None and negated[1] == len(text)
        self._tree: Tree = negated[0] if negated is not None and self._negated else ("all-of", _read_plain(text))
        self._forward: Automaton | None = None
        self._backward: Automaton | None = None

    def matches(self, text: str) -> bool:
        """True when the whole text is like the pattern."""
        return bool(ends := self.prefixes(text)) and ends[-1] == len(text)

    def prefixes(self, text: str) -> list[int]:
        """The lengths of all beginnings of ``text`` that are like the pattern, shortest first."""
        if self._forward is None:
            self._forward = compiled(self._tree, 0)
        return self._kept(self._forward.ends(text), len(text))

    def search(self, text: str, start: int = 0) -> tuple[int, int] | None:
        """The leftmost, and there the longest, piece of ``text`` from ``start`` on that is like the pattern."""
        if self._negated:
            ends = self.prefixes(text[start:])
            return (start, start + ends[-1]) if ends else None
        if self._forward is None:
            self._forward = compiled(self._tree, 0)
        found = self._forward.search(text, start)
        if found is None or found[0] is None or found[1] is None:
            return None
        return found[0], found[1]

    def suffixes(self, text: str) -> list[int]:
        """The lengths of all ends of ``text`` that are like the pattern, shortest first."""
        if self._backward is None:
            self._backward = compiled(_backwards(self._tree), 0)
        return self._kept(self._backward.ends(text[::-1]), len(text))

    def _kept(self, ends: list[int], size: int) -> list[int]:
        if not self._negated:
            return ends
        like = frozenset(ends)
        return [end for end in range(size + 1) if end not in like]


@lru_cache(maxsize=256)
def glob(text: str) -> Glob:
    """Compile a pattern of the shell. Every text is one: what is no operator stands for itself."""
    return Glob(text)


def like(pattern: str, text: str, ignore_case: bool = False) -> bool:
    """True when the whole ``text`` is like ``pattern``."""
    return glob(pattern.lower()).matches(text.lower()) if ignore_case else glob(pattern).matches(text)


def has_glob_operators(text: str) -> bool:
    """True when ``text``, as a pattern, could be like another text than itself."""
    escaped = False
    for index, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif (
            character in "*?"
            or (character == "[" and "]" in text[index + 2 :])
            or (character in "+@!" and text[index + 1 : index + 2] == "(" and ")" in text[index + 2 :])
        ):
            return True
    return False


def _read_plain(text: str) -> list[Tree]:
    return _items(text, 0, False, 0)[0]


def _read(text: str, at: int, inside: bool, depth: int = 0) -> tuple[Tree, int] | None:
    """Alternatives up to the parenthesis that closes them, and the place behind it; None when none does."""
    branches: list[Tree] = []
    while True:
        items, at = _items(text, at, inside, depth + 1)
        branches.append(("all-of", items))
        if at >= len(text) or depth > MAX_NESTING:
            return None
        at += 1
        if text[at - 1] == ")":
            return ("any-of", branches), at


def _items(text: str, at: int, inside: bool, depth: int) -> tuple[list[Tree], int]:
    """What a pattern is made of, from ``at`` to its end or, ``inside`` parentheses, to ``|`` or ``)``."""
    items: list[Tree] = []
    anything: Tree = ("set", lambda c: True)
    while at < len(text):
        character = text[at]
        if inside and character in "|)":
            break
        at += 1
        if character in _REPEATED and text[at : at + 1] == "(" and (group := _read(text, at + 1, True, depth)):
            least, most = _REPEATED[character]
            items.append(group[0] if (least, most) == (1, 1) else ("repeat", group[0], least, most))
            at = group[1]
            continue
        if character == "*":
            if not items or items[-1][:1] != ("repeat",) or items[-1][1] is not anything:
                items.append(("repeat", anything, 0, None))
            continue
        if character == "?":
            items.append(anything)
            continue
        if character == "[":
            try:
                test, negated, behind = bracket(text, at, "!^", escapes=True)
            except PatternError:
                pass
            else:
                items.append(("set", partial(_in_bracket, test, negated)))
                at = behind
                continue
        if character == "\\" and at < len(text):
            character = text[at]
            at += 1
        items.append(("set", character.__eq__))
    return items, at


def _in_bracket(test: Callable[[str], bool], negated: bool, character: str) -> bool:
    return test(character) != negated


def _backwards(tree: Tree) -> Tree:
    """The pattern that is like the same texts read from their ends."""
    match tree:
        case ("all-of" | "any-of" as kind, list() as items):
            turned = [_backwards(item) for item in items]
            return (kind, turned[::-1] if kind == "all-of" else turned)
        case ("repeat", inner, least, most):
            return ("repeat", _backwards(inner), least, most)
        case _:
            return tree


def file_names(files: MemoryFiles, pattern: str, hidden: bool = False, deep: bool = False) -> list[str]:
    """The paths that are like ``pattern``, sorted; none when there are none. Names with a dot need one in it.

    With ``deep`` a part ``**`` is any number of directories, and at the end all that is below.
    """
    rooted = pattern.startswith("/")
    parts = [part for part in pattern.split("/") if part]
    found = ["/" if rooted else ""]
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        longer: list[str] = []
        for base in found:
            if deep and part == "**":
                longer += _below(files, base, last)
                continue
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
        found = [path.rstrip("/") + "/" for path in found if files.is_directory(path)]
    return sorted(found)


def _below(files: MemoryFiles, base: str, everything: bool) -> list[str]:
    """``base`` and the directories below it, or ``everything`` below it; nothing of what a dot hides."""
    found = [base]
    for path in list(files.walk(base or ".")):
        shown = path.removeprefix("./") if not base else path
        inner = shown.removeprefix(base).strip("/")
        if not inner or inner == "." or any(part.startswith(".") for part in inner.split("/")):
            continue
        directory = files.is_directory(path) and files.link(path) is None
        if everything:
            found.append(base + inner)
        elif directory:
            found.append(base + inner + "/")
        if len(found) > MAX_FILES:
            break
    return [path for path in found if path] if everything else found


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
