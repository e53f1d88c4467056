"""Lines made to fit: fold, expand.

Source: GNU coreutils.
"""

import re
from codecs import getincrementaldecoder
from typing import Final

from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import Options, read_options, refuse
from playground.shell.tools.reading import lines_of, open_input

_OLD_WIDTH: Final = re.compile(r"-[0-9]{1,6}")


async def _lines(invocation: Invocation, options: Options) -> list[str] | None:
    """All lines of the files that are named, with their line ends; None when one cannot be read."""
    lines: list[str] = []
    for path in options.words or ["-"]:
        reader = await open_input(invocation, path)
        if reader is None:
            return None
        lines += [line async for line in lines_of(invocation, reader)]
    return lines


def _read(invocation: Invocation, letter: str, flags: str, long: dict[str, str]) -> Options:
    """The options; ``-20`` is the value of ``letter``."""
    words = [f"-{letter}{word[1:]}" if _OLD_WIDTH.fullmatch(word) else word for word in invocation.arguments[1:]]
    return read_options(words, flags, letter, long)


async def fold(invocation: Invocation) -> int:
    try:
        options = _read(invocation, "w", "sb", {"width": "w=", "spaces": "s", "bytes": "b"})
        width = options.number("w", 80, "number of columns")
        if width < 1:
            raise UsageError(f"invalid number of columns: \u2018{options.value('w')}\u2019")
    except UsageError as error:
        return await refuse(invocation, error)
    for path in options.words or ["-"]:
        reader = await open_input(invocation, path)
        if reader is None:
            return 1
        decoder = getincrementaldecoder("utf-8")("surrogateescape")
        rest = ""
        while piece := await reader.read():
            *lines, rest = (rest + decoder.decode(piece)).split("\n")
            full, rest = _folded(rest, width, options.has("s"))
            out = [
                "\n".join((*pieces, last)) for pieces, last in (_folded(one, width, options.has("s")) for one in lines)
            ]
            await invocation.stdout.write("".join(f"{line}\n" for line in (*out, *full)))
        await invocation.stdout.write(rest)
    return 0


def _folded(line: str, width: int, at_spaces: bool) -> tuple[list[str], str]:
    """The full lines that a line makes, and what is left of it."""
    out: list[str] = []
    start = 0
    while len(line) - start > width:
        cut = line.rfind(" ", start, start + width) + 1 if at_spaces else 0
        end = cut or start + width
        out.append(line[start:end])
        start = end
    return out, line[start:]


async def expand(invocation: Invocation) -> int:
    try:
        options = _read(invocation, "t", "i", {"tabs": "t=", "initial": "i"})
        stop = max(1, min(options.number("t", 8, "tab size"), 1000))
    except UsageError as error:
        return await refuse(invocation, error)
    lines = await _lines(invocation, options)
    if lines is None:
        return 1
    await invocation.stdout.write("".join(line.expandtabs(stop) for line in lines))
    return 0


WRAPPING_TOOLS: Final[dict[str, Tool]] = {"fold": fold, "expand": expand}
