"""``split``: one file into several.

Source: GNU coreutils.
"""

import re
from typing import Final

from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options, refuse
from playground.shell.tools.reading import whole

MAX_PIECES: Final = 2_000
_UNITS: Final = {"": 1, "b": 512, "K": 1024, "k": 1024, "M": 1024**2, "G": 1024**3}
_LONG: Final = {
    "lines": "l=",
    "bytes": "b=",
    "suffix-length": "a=",
    "numeric-suffixes": "d",
    "additional-suffix": "x=",
    "verbose": "v",
}


def _size(text: str, what: str) -> int:
    found = re.fullmatch(r"([0-9]{1,12})([bkKMG]?)", text)
    if found is None or not int(found.group(1)):
        reason = "" if found is None else ": Numerical result out of range"
        raise UsageError(f"invalid number of {what}: \u2018{text}\u2019{reason}")
    return int(found.group(1)) * _UNITS[found.group(2)]


async def split(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "dv", "lba", _LONG)
        if len(options.words) > 2:
            raise UsageError(f"extra operand \u2018{options.words[2]}\u2019")
        length = min(options.number("a", 2, "suffix length"), 10)
    except UsageError as error:
        return await refuse(invocation, error)
    try:
        lines = _size(options.value("l", "1000"), "lines")
        size = _size(options.value("b"), "bytes") if options.has("b") else None
    except UsageError as error:
        return await invocation.complain(str(error))
    source, prefix = [*options.words, *["-", "x"][len(options.words) :]]
    data = await whole(invocation, source, "cannot open " if source != "-" else "")
    if data is None:
        return 1
    if size is not None:
        pieces = [data[at : at + size] for at in range(0, min(len(data), size * (MAX_PIECES + 1)), size)]
    else:
        rows = data.split(b"\n")
        whole_lines = [row + b"\n" for row in rows[:-1]] + ([rows[-1]] if rows[-1] else [])
        pieces = [b"".join(whole_lines[at : at + lines]) for at in range(0, len(whole_lines), lines)][: MAX_PIECES + 1]
    letters = "0123456789" if options.has("d") else "abcdefghijklmnopqrstuvwxyz"
    for number, piece in enumerate(pieces):
        if number >= min(MAX_PIECES, len(letters) ** length):
            return await invocation.complain("output file suffixes exhausted")
        name = "".join(letters[number // len(letters) ** place % len(letters)] for place in range(length - 1, -1, -1))
        path = f"{prefix}{name}{options.value('x')}"
        try:
            invocation.files.write(path, piece)
        except OSError as error:
            return await invocation.complain(f"{path}: {error.strerror}")
        if options.has("v"):
            await invocation.stdout.write(f"creating file '{path}'\n")
    return 0


SPLITTING_TOOLS: Final[dict[str, Tool]] = {"split": split}
