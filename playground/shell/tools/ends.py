"""The two ends of a text: head, and tail, which also follows what grows.

Source: GNU coreutils.
"""

import re
from typing import Final

from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options, refuse
from playground.shell.tools.reading import lines_of, open_input, whole

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


async def head(invocation: Invocation) -> int:
    try:
        options = read_options(
            _old_style(invocation.arguments[1:]),
            "qv",
            "nc",
            {"lines": "n=", "bytes": "c=", "quiet": "q", "verbose": "v"},
        )
    except UsageError as error:
        return await refuse(invocation, error)
    try:
        count = _count(options.value("n", "10"))
        bytes_wanted = _count(options.value("c")) if options.has("c") else None
    except UsageError as error:
        return await invocation.complain(str(error))
    all_but = options.value("n").startswith("-")
    paths = options.words or ["-"]
    status = 0
    for index, path in enumerate(paths):
        reader = await open_input(invocation, path, complain=False)
        if reader is None:
            status = await _cannot_open(invocation, path)
            continue
        if (len(paths) > 1 or options.has("v")) and not options.has("q"):
            shown = "standard input" if path == "-" else path
            await invocation.stdout.write(("\n" if index else "") + f"==> {shown} <==\n")
        if bytes_wanted is not None:
            if options.value("c").startswith("-"):
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
    return status


async def _cannot_open(invocation: Invocation, path: str) -> int:
    try:
        invocation.files.read(path)
    except OSError as error:
        if error.errno == 21:
            return await invocation.complain(f"error reading '{path}': Is a directory")
        return await invocation.complain(f"cannot open '{path}' for reading: {error.strerror}")
    return 1


async def tail(invocation: Invocation) -> int:
    long = {"lines": "n=", "bytes": "c=", "follow": "f", "quiet": "q", "verbose": "v"}
    try:
        options = read_options(_old_style(invocation.arguments[1:]), "fFqv", "nc", long)
    except UsageError as error:
        return await refuse(invocation, error)
    try:
        count = _count(options.value("n", "10"))
        bytes_wanted = _count(options.value("c")) if options.has("c") else None
    except UsageError as error:
        return await invocation.complain(str(error))
    paths = options.words or ["-"]
    status = 0
    for index, path in enumerate(paths):
        reader = await open_input(invocation, path, complain=False)
        if reader is None:
            status = await _cannot_open(invocation, path)
            continue
        if (len(paths) > 1 or options.has("v")) and not options.has("q"):
            shown = "standard input" if path == "-" else path
            await invocation.stdout.write(("\n" if index else "") + f"==> {shown} <==\n")
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
        await _follow(invocation, [path for path in paths if path != "-"])
    return status


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
