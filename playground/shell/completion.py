"""What Tab can make of the word before the cursor: commands, files, variables, and what programs know themselves."""

import re
from typing import TYPE_CHECKING, Final

from playground.api.files import MemoryFiles
from playground.shell.builtins import BUILTINS
from playground.shell.keys import width_of
from playground.shell.parser import RESERVED

if TYPE_CHECKING:
    from playground.shell.interpreter import Interpreter

MAX_CANDIDATES: Final = 2000

_COMMAND_START: Final = re.compile(r"(^|[;|&(]|&&|\|\||\b(?:if|then|do|else|while|until|sudo|time|xargs|watch))\s*\Z")
_LAST_COMMAND: Final = re.compile(r"[;|&(]\s*")
_ESCAPED: Final = re.compile(r"([\s'\"\\$`;&|<>()*?\[\]{}!#~])")


def word_start(text: str) -> int:
    """Where the word that ``text`` ends in begins; quotes and backslashes keep blanks in a word."""
    start = at = 0
    quote = ""
    while at < len(text):
        character = text[at]
        if quote:
            if character == quote:
                quote = ""
        elif character == "\\":
            at += 1
        elif character in "'\"":
            quote = character
        elif character.isspace() or character in ";|&()<>":
            start = at + 1
        at += 1
    return min(start, len(text))


def unquoted(word: str) -> str:
    """A typed word without its quotes and backslashes."""
    return re.sub(r"\\(.)|['\"]", lambda found: found.group(1) or "", word)


async def complete(shell: "Interpreter", text: str) -> tuple[int, list[str], list[str]]:
    """Where the word begins, what could stand there (a blank or slash behind what is whole), and names to list."""
    start = word_start(text)
    word = text[start:]
    before = text[:start]
    if "$" in word and re.fullmatch(r".*\$\{?\w*", word):
        return _variables(shell, start, word)
    if _COMMAND_START.search(before) and "/" not in word:
        return start, *_commands(shell, word)
    words = _words(before)
    if words and words[0] == "sudo":
        words = words[1:]
    redirecting = before.rstrip().endswith((">", "<"))
    if words and words[0] in shell.surroundings.completes and shell.surroundings.complete and not redirecting:
        found = await shell.surroundings.complete([*words, unquoted(word)])
        if found:
            found = sorted(dict.fromkeys(found))[:MAX_CANDIDATES]
            return start, [c if c.endswith(("=", "/", ":")) else c + " " for c in found], found
        return start, [], []
    return start, *_files(shell, word, only_directories=bool(words) and words[0] in ("cd", "rmdir"))


def _words(before: str) -> list[str]:
    """The words of the command that is being typed, without the last."""
    pieces = _LAST_COMMAND.split(before)
    return [unquoted(word) for word in pieces[-1].split()]


def _variables(shell: "Interpreter", start: int, word: str) -> tuple[int, list[str], list[str]]:
    at = word.rfind("$")
    brace = word[at + 1 : at + 2] == "{"
    prefix = word[at + 1 + brace :]
    names = list(shell.state.names(prefix))
    return start + at, [f"${{{name}}}" if brace else f"${name}" for name in names], names


def _commands(shell: "Interpreter", word: str) -> tuple[list[str], list[str]]:
    known = {
        *BUILTINS,
        *(name for name in RESERVED if name.isalpha()),
        *shell.state.functions,
        *shell.state.aliases,
        *shell.surroundings.programs,
        *shell.tools,
    }
    names = sorted(name for name in known if name.startswith(word) and (word or name[:1].isalpha()))
    return [name + " " for name in names], names


def _files(shell: "Interpreter", word: str, only_directories: bool) -> tuple[list[str], list[str]]:
    plain = unquoted(word)
    directory, slash, prefix = plain.rpartition("/")
    base = directory + slash
    place = base
    if place.startswith("~/"):
        place = shell.state.value("HOME") + place[1:]
    files: MemoryFiles = shell.files
    try:
        names = files.list(place or ".")
    except OSError:
        return [], []
    candidates: list[str] = []
    short: list[str] = []
    for name in names[:MAX_CANDIDATES]:
        if not name.startswith(prefix) or (name.startswith(".") and not prefix.startswith(".")):
            continue
        below = files.is_directory(place + name)
        if only_directories and not below:
            continue
        path = base + name
        escaped = "~" + _ESCAPED.sub(r"\\\1", path[1:]) if path.startswith("~") else _ESCAPED.sub(r"\\\1", path)
        candidates.append(escaped + ("/" if below else " "))
        short.append(name + ("/" if below else ""))
    return candidates, short


def in_columns(names: list[str], columns: int) -> str:
    """Names as readline lists them: in columns, down first, two blanks between."""
    if not names:
        return ""
    widths = [sum(width_of(c) for c in name) for name in names]
    widest = max(widths) + 2
    across = max(1, columns // widest)
    down = -(-len(names) // across)
    lines: list[str] = []
    for row in range(down):
        cells = list(range(row, len(names), down))
        line = "".join(names[cell] + " " * (widest - widths[cell]) for cell in cells[:-1]) + names[cells[-1]]
        lines.append(line + "\n")
    return "".join(lines)
