"""Lines made to fit: fold, expand.

Source: GNU coreutils.
"""

import re
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
    lines = await _lines(invocation, options)
    if lines is None:
        return 1
    for line in lines:
        body = line.removesuffix("\n")
        out: list[str] = []
        while len(body) > width:
            cut = body.rfind(" ", 0, width) + 1 if options.has("s") else 0
            out.append(body[: cut or width])
            body = body[cut or width :]
        await invocation.stdout.write("\n".join([*out, body]) + line[len(line.removesuffix("\n")) :])
    return 0


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
