"""Brace expansion: ``{a,b}`` and ``{1..5}``, before anything else happens to a word."""

import re
from typing import Final

from playground.shell.ast import Literal, Part, Word

MAX_WORDS: Final = 10_000

_RANGE: Final = re.compile(
    r"(-?[0-9]+)\.\.(-?[0-9]+)(?:\.\.(-?[0-9]+))?\Z|([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?[0-9]+))?\Z"
)

Atom = str | Part
"""One unquoted character, or a part that braces do not look into."""


class TooManyWords(Exception):
    """The expansion would give ``count`` words or more."""

    def __init__(self, count: int) -> None:
        super().__init__(f"brace expansion: failed to allocate memory for {count} elements")


def expand_braces(word: Word) -> list[Word]:
    """The words that a word with braces stands for; itself where there are none.

    Raises:
        TooManyWords: there would be more than ``MAX_WORDS``.
    """
    if not any(isinstance(part, Literal) and not part.quoted and "{" in part.text for part in word.parts):
        return [word]
    atoms: list[Atom] = []
    for part in word.parts:
        if isinstance(part, Literal) and not part.quoted:
            atoms.extend(part.text)
        else:
            atoms.append(part)
    return [_word(expanded) for expanded in _expand(atoms)]


def _word(atoms: list[Atom]) -> Word:
    parts: list[Part] = []
    plain: list[str] = []
    for atom in atoms:
        if isinstance(atom, str):
            plain.append(atom)
            continue
        if plain:
            parts.append(Literal("".join(plain)))
            plain = []
        parts.append(atom)
    if plain:
        parts.append(Literal("".join(plain)))
    return Word(tuple(parts))


def _expand(atoms: list[Atom]) -> list[list[Atom]]:
    start = 0
    while True:
        try:
            opening = atoms.index("{", start)
        except ValueError:
            return [atoms]
        choices, behind = _choices(atoms, opening)
        if choices is not None:
            break
        start = opening + 1
    endings = _expand(atoms[behind:])
    expanded: list[list[Atom]] = []
    for choice in choices:
        for middle in _expand(choice):
            if (len(expanded) + 1) * len(endings) > MAX_WORDS:
                raise TooManyWords((len(expanded) + 1) * len(endings))
            expanded.append(middle)
    prefix = atoms[:opening]
    return [prefix + middle + ending for middle in expanded for ending in endings]


def _choices(atoms: list[Atom], opening: int) -> tuple[list[list[Atom]] | None, int]:
    """What stands between the commas of the braces at ``opening``, and where they end."""
    depth = 0
    pieces: list[list[Atom]] = [[]]
    for index in range(opening, len(atoms)):
        atom = atoms[index]
        if atom == "{":
            depth += 1
            if depth == 1:
                continue
        elif atom == "}":
            depth -= 1
            if depth == 0:
                if len(pieces) > 1:
                    return pieces, index + 1
                return _range(pieces[0]), index + 1
        elif atom == "," and depth == 1:
            pieces.append([])
            continue
        pieces[-1].append(atom)
    return None, opening


def _range(inside: list[Atom]) -> list[list[Atom]] | None:
    if not all(isinstance(atom, str) for atom in inside):
        return None
    found = _RANGE.match("".join(atom for atom in inside if isinstance(atom, str)))
    if found is None:
        return None
    low, high, step, first, last, letter_step = found.groups()
    if max(len(low or ""), len(high or ""), len(step or ""), len(letter_step or "")) > 18:
        return None
    stride = abs(int(step or letter_step or 1)) or 1
    begin, end = (int(low), int(high)) if low is not None else (ord(first), ord(last))
    count = abs(end - begin) // stride + 1
    if count > MAX_WORDS:
        raise TooManyWords(count)
    numbers = (
        range(begin, begin + count * stride, stride) if begin <= end else range(begin, begin - count * stride, -stride)
    )
    if low is None:
        return [[chr(number)] for number in numbers]
    padded = any(len(text.lstrip("-")) > 1 and text.lstrip("-")[0] == "0" for text in (low, high))
    width = max(len(low), len(high)) if padded else 0
    return [list(f"{number:0{width}d}" if padded else str(number)) for number in numbers]
