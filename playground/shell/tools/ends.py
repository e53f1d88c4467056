"""The two ends of a text: head, and tail, which also follows what grows.

Source: GNU coreutils.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from errno import EISDIR
from typing import Final

from playground.api.process import Reader
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options, refuse
from playground.shell.tools.reading import lines_of, open_input, whole

_LONG: Final = {"lines": "n=", "bytes": "c=", "follow": "f", "quiet": "q", "silent": "q", "verbose": "v"}
FOLLOW_US: Final = 1_000_000


def _count(text: str) -> int:
    found = re.fullmatch(r"[-+]?([0-9]{1,12})([kKMG]?)", text)
    if found is None:
        raise UsageError(f"invalid number of lines: \u2018{text}\u2019")
    return int(found.group(1)) * {"": 1, "k": 1024, "K": 1024, "M": 1024**2, "G": 1024**3}[found.group(2)]


def _old_style(arguments: list[str]) -> list[str]:
    """``head -5`` is ``head -n 5``."""
    out: list[str] = []
    for argument in arguments:
        old = re.fullmatch(r"-[0-9]+", argument) and out[-1:] not in (["-n"], ["-c"], ["--lines"], ["--bytes"])
        out.append(f"-n{argument[1:]}" if old else argument)
    return out


class _Ends:
    """What head and tail have in common: their options, and going through files with a title for each.

    Raises:
        UsageError: an option is unknown, or lacks its value.
    """

    def __init__(self, invocation: Invocation, flags: str) -> None:
        self._invocation = invocation
        self.options = read_options(_old_style(invocation.arguments[1:]), flags, "nc", _LONG)
        self.paths = self.options.words or ["-"]
        self.status = 0

    def counts(self) -> tuple[int, int | None]:
        """How many lines are wanted, and how many bytes, if bytes are.

        Raises:
            UsageError: it is no number.
        """
        options = self.options
        return _count(options.value("n", "10")), _count(options.value("c")) if options.has("c") else None

    async def inputs(self) -> AsyncIterator[tuple[str, Reader]]:
        """Each file that can be read, its title printed; of the others it is said why."""
        titled = (len(self.paths) > 1 or self.options.has("v")) and not self.options.has("q")
        for index, path in enumerate(self.paths):
            reader = await open_input(self._invocation, path, complain=False)
            if reader is None:
                self.status = await _cannot_open(self._invocation, path)
                continue
            if titled:
                shown = "standard input" if path == "-" else path
                await self._invocation.stdout.write(("\n" if index else "") + f"==> {shown} <==\n")
            yield path, reader


_Show = Callable[[Invocation, _Ends, int, int | None], Awaitable[int]]


async def _asked(invocation: Invocation, flags: str, show: _Show) -> int:
    """Read the options and let ``show`` do what they ask: so many lines, or bytes."""
    try:
        ends = _Ends(invocation, flags)
    except UsageError as error:
        return await refuse(invocation, error)
    try:
        count, bytes_wanted = ends.counts()
    except UsageError as error:
        return await invocation.complain(str(error))
    return await show(invocation, ends, count, bytes_wanted)


async def head(invocation: Invocation) -> int:
    return await _asked(invocation, "qv", _head)


async def tail(invocation: Invocation) -> int:
    return await _asked(invocation, "fFqv", _tail)


async def _head(invocation: Invocation, ends: _Ends, count: int, bytes_wanted: int | None) -> int:
    all_but = ends.options.value("n").startswith("-")
    async for path, reader in ends.inputs():
        if bytes_wanted is not None:
            if ends.options.value("c").startswith("-"):
                data = await whole(invocation, path) or b""
                await invocation.stdout.write(data[: max(0, len(data) - bytes_wanted)])
                continue
            left = bytes_wanted
            while left > 0 and (piece := await reader.read()):
                await invocation.stdout.write(piece[:left])
                left -= len(piece)
            continue
        held: list[str] = []
        taken = 0
        if count == 0 and not all_but:
            continue
        async for line in lines_of(invocation, reader):
            if all_but:
                held.append(line)
                if len(held) > count:
                    await invocation.stdout.write(held.pop(0))
                continue
            await invocation.stdout.write(line)
            taken += 1
            if taken >= count:
                break
    return ends.status


async def _cannot_open(invocation: Invocation, path: str) -> int:
    try:
        invocation.files.read(path)
    except OSError as error:
        if error.errno == EISDIR:
            return await invocation.complain(f"error reading '{path}': Is a directory")
        return await invocation.complain(f"cannot open '{path}' for reading: {error.strerror}")
    return 1


async def _tail(invocation: Invocation, ends: _Ends, count: int, bytes_wanted: int | None) -> int:
    options = ends.options
    async for path, reader in ends.inputs():
        if bytes_wanted is not None:
            data = await whole(invocation, path) or b""
            start = bytes_wanted - 1 if options.value("c").startswith("+") else max(0, len(data) - bytes_wanted)
            await invocation.stdout.write(data[start:])
            continue
        if options.value("n").startswith("+"):
            number = 0
            async for line in lines_of(invocation, reader):
                number += 1
                if number >= count:
                    await invocation.stdout.write(line)
            continue
        kept: list[str] = []
        async for line in lines_of(invocation, reader):
            kept.append(line)
            if len(kept) > count:
                kept.pop(0)
        await invocation.stdout.write("".join(kept))
    if options.has("f", "F") and options.words:
        await _follow(invocation, [path for path in ends.paths if path != "-"])
    return ends.status


async def _follow(invocation: Invocation, paths: list[str]) -> None:
    sizes = {path: invocation.files.stat(path).size for path in paths if invocation.files.exists(path)}
    while sizes:
        await invocation.loop.sleep(FOLLOW_US)
        for path, size in sizes.items():
            if not invocation.files.exists(path):
                continue
            now = invocation.files.stat(path).size
            if now < size:
                await invocation.stderr.write(f"tail: {path}: file truncated\n")
                size = 0
            if now > size:
                await invocation.stdout.write(invocation.files.read(path)[size:])
            sizes[path] = now


END_TOOLS: Final[dict[str, Tool]] = {"head": head, "tail": tail}
