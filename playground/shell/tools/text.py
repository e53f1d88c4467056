"""Tools that pass lines on: cat, tac, rev, head, tail, wc, tee, cut, tr, uniq, sort, nl, paste."""

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from playground.shell.streams import decoded, encoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import Options, read_options, refuse
from playground.shell.tools.reading import lines_of, open_input, whole

FOLLOW_US: Final = 1_000_000
MAX_FIELD: Final = 100_000


async def cat(invocation: Invocation) -> int:
    try:
        options = read_options(
            invocation.arguments[1:], "nbAeEstTuv", "", {"number": "n", "show-all": "A", "show-ends": "E"}
        )
    except UsageError as error:
        return await refuse(invocation, error)
    status = 0
    number = 0
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
            if options.has("A", "T", "t"):
                body = body.replace("\t", "^I")
            if options.has("A", "E", "e") and ended:
                body += "$"
            if options.has("n") or (options.has("b") and body):
                number += 1
                body = f"{number:6}\t{body}"
            await invocation.stdout.write(body + "\n" * ended)
    return status


async def tac(invocation: Invocation) -> int:
    lines: list[str] = []
    for path in invocation.arguments[1:] or ["-"]:
        data = await whole(invocation, path)
        if data is None:
            return 1
        lines += decoded(data).splitlines(keepends=True)
    await invocation.stdout.write("".join(reversed(lines)))
    return 0


async def rev(invocation: Invocation) -> int:
    status = 0
    for path in invocation.arguments[1:] or ["-"]:
        reader = await open_input(invocation, path)
        if reader is None:
            status = 1
            continue
        async for line in lines_of(invocation, reader):
            await invocation.stdout.write(line.rstrip("\n")[::-1] + "\n" * line.endswith("\n"))
    return status


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
    for path in options.words or ["-"]:
        data = await whole(invocation, path)
        if data is None:
            status = 1
            continue
        text = decoded(data)
        counts = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data), "m": len(text)}
        counts["L"] = max((len(line) for line in text.split("\n")), default=0)
        rows.append(([counts[letter] for letter in chosen], path if options.words else ""))
    if len(rows) > 1:
        rows.append(([sum(column) for column in zip(*(row for row, _ in rows), strict=True)], "total"))
    alone = len(chosen) == 1 and len(rows) == 1
    width = max((len(str(number)) for row, _ in rows for number in row), default=1)
    if not alone and not options.words:
        width = max(width, 7)
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
    for path in options.words:
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
        for path in paths:
            invocation.files.append(path, piece)
    return status


def _ranges(text: str, what: str) -> list[tuple[int, int]]:
    """``1,3-5,7-`` as pairs of first and last."""
    ranges: list[tuple[int, int]] = []
    for piece in text.split(","):
        found = re.fullmatch(r"([0-9]{0,9})(-?)([0-9]{0,9})", piece)
        if found is None or piece in ("", "-"):
            raise UsageError(f"invalid {what} value \u2018{piece}\u2019")
        low, dash, high = found.groups()
        first = int(low or 1)
        last = int(high) if high else MAX_FIELD if dash else first
        if first == 0:
            raise UsageError(f"{what}s are numbered from 1")
        if last < first:
            raise UsageError("invalid decreasing range")
        ranges.append((first, last))
    return ranges


async def cut(invocation: Invocation) -> int:
    long = {"fields": "f=", "delimiter": "d=", "characters": "c=", "bytes": "b=", "only-delimited": "s"}
    try:
        options = read_options(
            invocation.arguments[1:], "s", "fdcb", {**long, "output-delimiter": "o=", "complement": "C"}
        )
        kind = next((letter for letter in "fcb" if options.has(letter)), "")
        if not kind:
            raise UsageError("you must specify a list of bytes, characters, or fields")
        ranges = _ranges(options.value(kind), "field" if kind == "f" else "byte/character position")
        delimiter = options.value("d", "\t")
        if len(delimiter) != 1:
            raise UsageError("the delimiter must be a single character")
    except UsageError as error:
        return await refuse(invocation, error)
    joint = options.value("o", delimiter if kind == "f" else "")
    status = 0

    def chosen(count: int) -> list[int]:
        wanted = [any(low <= number <= high for low, high in ranges) for number in range(1, count + 1)]
        return [index for index, holds in enumerate(wanted) if holds != options.has("C")]

    for path in options.words or ["-"]:
        reader = await open_input(invocation, path)
        if reader is None:
            status = 1
            continue
        async for line in lines_of(invocation, reader):
            body = line.rstrip("\n")
            pieces: list[str] | str = body.split(delimiter) if kind == "f" else body
            if kind == "f" and len(pieces) == 1:
                if not options.has("s"):
                    await invocation.stdout.write(body + "\n")
                continue
            await invocation.stdout.write(joint.join(pieces[index] for index in chosen(len(pieces))) + "\n")
    return status


def _set_of(text: str) -> str:
    """The characters that an argument of ``tr`` names."""
    classes = {
        "lower": "abcdefghijklmnopqrstuvwxyz",
        "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "digit": "0123456789",
        "space": " \t\n\v\f\r",
        "blank": " \t",
        "punct": "".join(chr(c) for c in range(33, 127) if not chr(c).isalnum()),
    }
    classes["alpha"] = classes["upper"] + classes["lower"]
    classes["alnum"] = classes["digit"] + classes["alpha"]
    out: list[str] = []
    at = 0
    while at < len(text):
        found = re.compile(r"\[:([a-z]+):\]").match(text, at)
        if found and found.group(1) in classes:
            out.extend(classes[found.group(1)])
            at = found.end()
            continue
        character = text[at]
        if character == "\\" and at + 1 < len(text):
            at += 1
            octal = re.compile(r"[0-7]{1,3}").match(text, at)
            if octal:
                character = chr(int(octal.group(), 8))
                at = octal.end() - 1
            else:
                character = {"n": "\n", "t": "\t", "r": "\r", "a": "\a"}.get(text[at], text[at])
        at += 1
        if text[at : at + 1] == "-" and at + 1 < len(text) and text[at + 1] > character:
            last = min(ord(text[at + 1]), ord(character) + 2048)
            out.extend(chr(code) for code in range(ord(character), last + 1))
            at += 2
        else:
            out.append(character)
    return "".join(out)


async def tr(invocation: Invocation) -> int:
    try:
        long = {"delete": "d", "squeeze-repeats": "s", "complement": "c"}
        options = read_options(invocation.arguments[1:], "dsCct", "", long, permute=False)
        if not options.words:
            raise UsageError("missing operand")
        if len(options.words) < 2 and not options.has("d", "s"):
            raise UsageError(f"missing operand after \u2018{options.words[0]}\u2019")
        if len(options.words) > 2:
            raise UsageError(f"extra operand \u2018{options.words[2]}\u2019")
    except UsageError as error:
        return await refuse(invocation, error)
    first = _set_of(options.words[0])
    second = _set_of(options.words[1]) if len(options.words) > 1 else ""
    table, squeezed = _translation(options, first, second)
    last = ""
    while piece := await invocation.stdin.read():
        out: list[str] = []
        for character in decoded(piece):
            changed = table(character)
            if not changed or (changed == last and squeezed(changed)):
                continue
            out.append(changed)
            last = changed
        await invocation.stdout.write(encoded("".join(out)))
    return 0


def _translation(options: Options, first: str, second: str) -> tuple[Callable[[str], str], Callable[[str], bool]]:
    """What becomes of a character (nothing: it goes), and whether several of one in a row become one."""
    complement = options.has("c", "C")
    known = frozenset(first)

    def inside(character: str) -> bool:
        return (character in known) != complement

    if options.has("d"):
        squeezed_set = frozenset(second)
        return (lambda c: "" if inside(c) else c), (lambda c: options.has("s") and c in squeezed_set)
    if not second:
        return (lambda c: c), inside
    mapping = {c: second[min(i, len(second) - 1)] for i, c in reversed(list(enumerate(first)))}
    target = frozenset(second)

    def change(character: str) -> str:
        if complement:
            return second[-1] if inside(character) else character
        return mapping.get(character, character)

    return change, (lambda c: options.has("s") and c in target)


async def uniq(invocation: Invocation) -> int:
    try:
        long = {"count": "c", "repeated": "d", "unique": "u", "ignore-case": "i"}
        options = read_options(invocation.arguments[1:], "cdui", "fsw", long)
    except UsageError as error:
        return await refuse(invocation, error)
    reader = await open_input(invocation, options.words[0] if options.words else "-")
    if reader is None:
        return 1
    previous: str | None = None
    count = 0

    async def put() -> None:
        if previous is None or (options.has("d") and count < 2) or (options.has("u") and count > 1):
            return
        await invocation.stdout.write((f"{count:7} " if options.has("c") else "") + previous + "\n")

    async for line in lines_of(invocation, reader):
        body = line.rstrip("\n")
        same = previous is not None and (body.lower() == previous.lower() if options.has("i") else body == previous)
        if same:
            count += 1
            continue
        await put()
        previous, count = body, 1
    await put()
    return 0


async def sort(invocation: Invocation) -> int:
    try:
        long = {"numeric-sort": "n", "reverse": "r", "unique": "u", "human-numeric-sort": "h", "version-sort": "V"}
        long |= {"key": "k=", "field-separator": "t=", "ignore-case": "f", "output": "o="}
        options = read_options(invocation.arguments[1:], "nrufhVbdgMscz", "kto", long)
    except UsageError as error:
        return await refuse(invocation, error, 2)
    lines: list[str] = []
    for path in options.words or ["-"]:
        data = await whole(invocation, path)
        if data is None:
            return 2
        lines += decoded(data).split("\n")[: None if data and not data.endswith(b"\n") else -1]
    await invocation.loop.sleep(len(lines))
    keys = options.values.get("k", [])
    specifications: list[tuple[int, int, int, str]] = []
    for key in keys:
        found = re.fullmatch(
            r"([0-9]{1,6})(?:\.([0-9]{1,6}))?([a-zA-Z]*)(?:,([0-9]{1,6})(?:\.[0-9]+)?([a-zA-Z]*))?", key
        )
        if found is None or int(found.group(1)) == 0:
            return await invocation.complain(
                f"invalid number at field start: invalid count at start of \u2018{key}\u2019", 2
            )
        flags = found.group(3) + (found.group(5) or "")
        specifications.append((int(found.group(1)), int(found.group(4) or MAX_FIELD), int(found.group(2) or 1), flags))
    base = "".join(letter for letter in "nrfhVbg" if options.has(letter))
    separator = options.value("t")
    if specifications:
        if not options.has("s"):
            lines.sort(reverse="r" in base)
        for first, last, offset, flags in reversed(specifications):
            own = flags or base
            lines.sort(key=partial(_key_in, separator, first, last, offset, own), reverse="r" in own)
    else:
        if not options.has("s"):
            lines.sort(reverse="r" in base)
        lines.sort(key=lambda line: _sort_key(line, base), reverse="r" in base)
    if options.has("u"):
        lines = _unique(lines, specifications, separator, base)
    text = "".join(line + "\n" for line in lines)
    if options.has("o"):
        invocation.files.write(options.value("o"), encoded(text))
    else:
        await invocation.stdout.write(text)
    return 0


def _key_in(separator: str, first: int, last: int, offset: int, flags: str, line: str) -> tuple[object, ...]:
    return _sort_key(_field(line, separator, first, last)[offset - 1 :], flags)


def _unique(lines: list[str], keys: list[tuple[int, int, int, str]], separator: str, base: str) -> list[str]:
    def key(line: str) -> list[object]:
        if not keys:
            return [_sort_key(line, base)]
        return [_sort_key(_field(line, separator, first, last), flags or base) for first, last, _, flags in keys]

    kept: list[str] = []
    before: list[object] | None = None
    for line in lines:
        now = key(line)
        if now != before:
            kept.append(line)
        before = now
    return kept


def _field(line: str, separator: str, first: int, last: int) -> str:
    if separator:
        return separator.join(line.split(separator)[first - 1 : last])
    return "".join(re.findall(r"\s*\S+", line)[first - 1 : last])


def _sort_key(text: str, flags: str) -> tuple[object, ...]:
    if "h" in flags or "n" in flags or "g" in flags:
        found = re.match(r"\s*(-?[0-9]*\.?[0-9]+)([KMGTP]?)", text[:60])
        if found is None:
            return (0.0,)
        scale = "KMGTP".find(found.group(2)) + 1 if "h" in flags and found.group(2) else 0
        return (float(found.group(1)) * 1024.0**scale,)
    if "V" in flags:
        pieces = re.findall(r"[0-9]{1,30}|[^0-9]+", text)
        return tuple((1, int(piece), "") if piece[0].isdigit() else (0, 0, piece) for piece in pieces)
    if "f" in flags:
        return (text.upper(),)
    return (text.lstrip() if "b" in flags else text,)


async def nl(invocation: Invocation) -> int:
    words = [word for word in invocation.arguments[1:] if not word.startswith("-")]
    everything = "-ba" in invocation.arguments
    number = 0
    reader = await open_input(invocation, words[0] if words else "-")
    if reader is None:
        return 1
    async for line in lines_of(invocation, reader):
        if line.strip("\n") or everything:
            number += 1
            await invocation.stdout.write(f"{number:6}\t{line}")
        else:
            await invocation.stdout.write("       " + line)
    return 0


async def paste(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "s", "d", {"serial": "s", "delimiters": "d="})
    except UsageError as error:
        return await refuse(invocation, error)
    columns: list[list[str]] = []
    for path in options.words or ["-"]:
        data = await whole(invocation, path)
        if data is None:
            return 1
        columns.append(decoded(data).splitlines())
    joint = options.value("d", "\t").replace("\\n", "\n").replace("\\t", "\t")
    if options.has("s"):
        for column in columns:
            await invocation.stdout.write(joint.join(column) + "\n")
        return 0
    for index in range(max(map(len, columns))):
        row = [column[index] if index < len(column) else "" for column in columns]
        await invocation.stdout.write(joint.join(row) + "\n")
    return 0


async def column(invocation: Invocation) -> int:
    try:
        options = read_options(invocation.arguments[1:], "t", "so", {"table": "t", "separator": "s="})
    except UsageError as error:
        return await refuse(invocation, error)
    data = await whole(invocation, options.words[0] if options.words else "-")
    if data is None:
        return 1
    rows = [line.split(options.value("s") or None) for line in decoded(data).splitlines() if line.strip()]
    if not options.has("t"):
        await invocation.stdout.write(data)
        return 0
    widths = [max(len(row[i]) for row in rows if i < len(row)) for i in range(max(map(len, rows), default=0))]
    for row in rows:
        cells = [cell.ljust(widths[i]) for i, cell in enumerate(row[:-1])] + row[-1:]
        await invocation.stdout.write("  ".join(cells) + "\n")
    return 0


TEXT_TOOLS: Final[dict[str, Tool]] = {
    "cat": cat,
    "tac": tac,
    "rev": rev,
    "head": head,
    "tail": tail,
    "wc": wc,
    "tee": tee,
    "cut": cut,
    "tr": tr,
    "uniq": uniq,
    "sort": sort,
    "nl": nl,
    "paste": paste,
    "column": column,
}
