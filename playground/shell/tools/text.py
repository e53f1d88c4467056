"""Tools that pass lines on as they are, count them or number them: cat, tac, rev, wc, tee, nl.

Source: GNU coreutils.
"""

from typing import Final

from playground.shell.patterns import PatternError, Syntax, regular_expression
from playground.shell.streams import BytesReader, decoded, encoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options, refuse
from playground.shell.tools.reading import lines_of, open_input, whole

_CAT_LONG: Final = {
    "number": "n",
    "number-nonblank": "b",
    "show-all": "A",
    "show-ends": "E",
    "show-tabs": "T",
    "show-nonprinting": "v",
    "squeeze-blank": "s",
}


def _visible(text: str) -> str:
    """``text`` with ``^X`` and ``M-x`` for what does not print, line ends and tabs excepted."""
    out: list[str] = []
    for byte in encoded(text):
        low = byte & 0x7F
        meta = "M-" if byte > 127 else ""
        shown = "^" + chr(low ^ 64) if low < 32 or low == 127 else chr(low)
        out.append("\t" if byte == 9 else meta + shown)
    return "".join(out)


async def cat(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "nbAeEstTuv", "", _CAT_LONG)
    except UsageError as error:
        return await refuse(invocation, error)
    status = 0
    number = 0
    empty = 0
    plain = not options.flags or list(options.flags) == ["u"]
    for path in options.words or ["-"]:
        reader = await open_input(invocation, path)
        if reader is None:
            status = 1
            continue
        if plain:
            while piece := await reader.read():
                await invocation.stdout.write(piece)
            continue
        async for line in lines_of(invocation, reader):
            body = line.removesuffix("\n")
            ended = line.endswith("\n")
            if options.has("A", "v", "e", "t"):
                body = _visible(body)
            if options.has("A", "T", "t"):
                body = body.replace("\t", "^I")
            if options.has("A", "E", "e") and ended:
                body += "$"
            empty = 0 if body or not ended else empty + 1
            if options.has("s") and empty > 1:
                continue
            if (options.has("n") and not options.has("b")) or (options.has("b") and body):
                number += 1
                body = f"{number:6}\t{body}"
            await invocation.stdout.write(body + "\n" * ended)
    return status


async def tac(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "br", "s", {"separator": "s=", "before": "b"})
    except UsageError as error:
        return await refuse(invocation, error)
    mark = options.value("s") or "\n"
    status = 0
    for path in options.words or ["-"]:
        data = await whole(invocation, path, "failed to open " if path != "-" else "")
        if data is None:
            status = 1
            continue
        pieces = [piece + mark for piece in decoded(data).split(mark)]
        pieces[-1] = pieces[-1].removesuffix(mark)
        await invocation.stdout.write("".join(reversed(pieces)))
    return status


async def rev(invocation: Invocation) -> int:
    status = 0
    for path in invocation.arguments[1:] or ["-"]:
        reader = await open_input(invocation, path, trouble="cannot open ")
        if reader is None:
            status = 1
            continue
        async for line in lines_of(invocation, reader):
            await invocation.stdout.write(line.rstrip("\n")[::-1] + "\n" * line.endswith("\n"))
    return status


async def wc(invocation: Invocation) -> int:
    try:
        options = read_options(
            invocation.arguments[1:], "lwcmL", "", {"lines": "l", "words": "w", "bytes": "c", "chars": "m"}
        )
    except UsageError as error:
        return await refuse(invocation, error)
    chosen = [letter for letter in "lwmcL" if options.has(letter)] or ["l", "w", "c"]
    rows: list[tuple[list[int], str]] = []
    status = 0
    sizes = 0
    least = 1
    for path in options.words or ["-"]:
        from_pipe = path == "-" and not isinstance(invocation.stdin, BytesReader)
        data = await whole(invocation, path)
        if data is None:
            status = 1
            continue
        least = 7 if from_pipe else least
        sizes += 0 if from_pipe else len(data)
        text = decoded(data)
        counts = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data), "m": len(text)}
        counts["L"] = max((len(line) for line in text.split("\n")), default=0)
        rows.append(([counts[letter] for letter in chosen], path if options.words else ""))
    if len(options.words) > 1:
        columns = zip(*(row for row, _ in rows), strict=True) if rows else ([0] for _ in chosen)
        rows.append(([sum(column) for column in columns], "total"))
    alone = len(chosen) == 1 and len(options.words) < 2
    width = max(least, len(str(sizes)))  # As wide as all bytes of the files, whatever is counted.
    for row, name in rows:
        shown = " ".join(f"{number:{1 if alone else width}}" for number in row)
        await invocation.stdout.write(shown + (f" {name}" if name else "") + "\n")
    return status


async def tee(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "ai", "", {"append": "a"})
    except UsageError as error:
        return await refuse(invocation, error)
    status = 0
    paths: list[str] = []
    writers = {"/dev/stdout": invocation.stdout, "/dev/stderr": invocation.stderr, "/dev/tty": invocation.stdout}
    for path in options.words:
        if path in writers:
            continue
        try:
            if options.has("a"):
                invocation.files.append(path, b"")
            else:
                invocation.files.write(path, b"")
            paths.append(path)
        except OSError as error:
            status = await invocation.complain(f"{path}: {error.strerror}")
    while piece := await invocation.stdin.read():
        await invocation.stdout.write(piece)
        for path in options.words:
            if path in writers:
                await writers[path].write(piece)
        for path in paths:
            invocation.files.append(path, piece)
    return status


_NL_LONG: Final = {
    "body-numbering": "b=",
    "number-width": "w=",
    "number-separator": "s=",
    "starting-line-number": "v=",
    "line-increment": "i=",
    "number-format": "n=",
}


async def nl(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "p", "bwsvinhfld", _NL_LONG)
        width = options.number("w", 6, "line number field width")
        number = options.number("v", 1, "starting line number")
        step = options.number("i", 1, "line number increment")
    except UsageError as error:
        return await refuse(invocation, error)
    joint = options.value("s", "\t").replace("\\t", "\t")
    which = options.value("b", "t")
    form = {"ln": f"<{width}", "rz": f"0>{width}"}.get(options.value("n"), f">{width}")
    try:
        pattern = regular_expression(which[1:], Syntax()) if which.startswith("p") else None
    except PatternError as error:
        return await invocation.complain(str(error))
    status = 0
    for path in options.words or ["-"]:
        reader = await open_input(invocation, path)
        if reader is None:
            status = 1
            continue
        async for line in lines_of(invocation, reader):
            if which == "a" or (which == "t" and line.strip("\n")) or (pattern and pattern.matches(line.rstrip("\n"))):
                await invocation.stdout.write(f"{number:{form}}{joint}{line}")
                number += step
            else:
                await invocation.stdout.write(" " * (width + len(joint)) + line)
    return status


TEXT_TOOLS: Final[dict[str, Tool]] = {
    "cat": cat,
    "tac": tac,
    "rev": rev,
    "wc": wc,
    "tee": tee,
    "nl": nl,
}
