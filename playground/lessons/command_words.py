"""Commands as a lesson's text writes them: which one it is, and whether it was introduced."""

import re
from collections.abc import Iterator

TEACHABLE = ("docker", "multipass")
"""Programs whose commands have to be introduced. What any shell has is taken for known."""

_SEPARATOR = re.compile(r"\s*(?:\|\||&&|[|;&])\s*")
_ASSIGNMENT = re.compile(r"^\w+=\S*\s+")


def plain(command: str) -> str:
    """A command with one blank between words and no continued lines, to compare by."""
    return " ".join(re.sub(r"\\\n", " ", command).split())


def of_script(script: str) -> Iterator[tuple[int, str]]:
    """The commands of a block: line from 0, command. Continued lines are joined."""
    number = 0
    for line in re.sub(r"\\\n", "\0", script).split("\n"):
        for part in _SEPARATOR.split(re.sub(r"(^|\s)#.*", "", line.replace("\0", " "))):
            command = _ASSIGNMENT.sub("", plain(part).removeprefix("sudo "))
            if command:
                yield number, command
            for inner in re.findall(r"\$\(([^()]*)\)", part):
                yield from ((number + at, found) for at, found in of_script(inner))
        number += 1 + line.count("\0")


def looks_like_one(code: str) -> bool:
    """Is this code in a sentence a command that has to be introduced, and not just a program's name?"""
    words = code.split()
    return len(words) > 1 and words[0] in TEACHABLE and not words[1].startswith("-")


def is_teachable(command: str) -> bool:
    """Is it a command of a program whose commands have to be introduced?"""
    return command.split(" ")[0] in TEACHABLE


def name(command: str) -> str:
    """The words of a command before its first flag, at most three."""
    return " ".join(_leading(command.split())[:3])


def is_use_of(command: str, known: str) -> bool:
    """Is ``command`` a use of ``known``, as ``docker service scale web=2`` is of ``docker service scale``?

    Flags of ``known`` have to occur somewhere in ``command``.
    """
    words, wanted = command.split(), known.split()
    leading = _leading(wanted)
    flags = [word for word in wanted if word.startswith("-")]
    return words[: len(leading)] == leading and all(
        any(word == flag or word.startswith(flag + "=") for word in words) for flag in flags
    )


def _leading(words: list[str]) -> list[str]:
    for index, word in enumerate(words):
        if word.startswith("-"):
            return words[:index]
    return words
