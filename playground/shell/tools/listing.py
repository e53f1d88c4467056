"""Tools that show the file system: ls, stat, du, tree, basename, dirname."""

import re
from collections.abc import Mapping
from contextlib import suppress
from errno import ENOENT
from typing import Final

from playground.api.files import FileStatus, MemoryFiles
from playground.api.owners import number_of
from playground.shell.dates import date_of
from playground.shell.keys import width_of
from playground.shell.printing import StopPrinting, unescape
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.files import named
from playground.shell.tools.options import Options, read_options, refuse

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def mode_text(status: FileStatus) -> str:
    """``drwxr-xr-x``."""
    kind = {"directory": "d", "device": "c", "socket": "s", "link": "l"}.get(status.kind, "-")
    bits = "".join("rwx"[i % 3] if status.mode >> (8 - i) & 1 else "-" for i in range(9))
    for mask, place, letter in ((0o4000, 2, "s"), (0o2000, 5, "s"), (0o1000, 8, "t")):
        if status.mode & mask:
            bits = bits[:place] + (letter if bits[place] == "x" else letter.upper()) + bits[place + 1 :]
    return kind + bits


def human(size: int, exact: int = 1024) -> str:
    """A size in few digits, as ``ls -h`` and ``df -h`` round it: up."""
    if size < exact:
        return str(size)
    value: float = size
    for unit in "KMGTP":
        value /= exact
        if value < exact:
            rounded = -(-value * 10 // 1) / 10
            return f"{rounded:.1f}{unit}" if rounded < 10 else f"{int(-(-value // 1))}{unit}"
    return f"{value:.0f}E"


async def ls(invocation: Invocation) -> int:
    long = {"all": "a", "almost-all": "A", "human-readable": "h", "recursive": "R", "reverse": "r", "color": "G"}
    words = [word for word in invocation.arguments[1:] if not word.startswith("--color")]
    try:
        options = read_options(words, "aAlh1FRrtSdCGiopgnsxLHQmNbU", "", long)
    except UsageError as error:
        return await refuse(invocation, error, 2)
    files = invocation.files
    status = 0
    plain: list[str] = []
    directories: list[str] = []
    follow = options.has("L", "H") or not options.has("l", "o", "g", "n", "d", "F")
    for path in options.words or ["."]:
        try:
            found = _status(files, path, follow)
        except OSError as error:
            status = await invocation.complain(f"cannot access {named(path)}: {error.strerror}", 2)
            continue
        (directories if found.kind == "directory" and not options.has("d") else plain).append(path)
    if plain:
        await _show(invocation, options, [(path, path) for path in sorted(plain)], total=False)
    if options.has("R"):
        directories = [
            below for path in directories for below in files.walk(_entered(files, path)) if _is_place(files, below)
        ]
    several = len(directories) + bool(plain) > 1 or options.has("R")
    for index, path in enumerate(sorted(directories)):
        if several:
            shown = path if path in options.words else path.rstrip("/") or "/"
            await invocation.stdout.write(("\n" if index or plain else "") + f"{shown}:\n")
        try:
            names = files.list(path)
        except OSError as error:
            status = await invocation.complain(f"cannot open directory {named(path)}: {error.strerror}", 2)
            continue
        if not options.has("a", "A"):
            names = [name for name in names if not name.startswith(".")]
        if options.has("a"):
            names = [".", "..", *names]
        entries = [(name, f"{path.rstrip('/')}/{name}") for name in sorted(names)]
        await _show(invocation, options, entries, total=True)
    return status


async def _show(invocation: Invocation, options: Options, entries: list[tuple[str, str]], total: bool) -> None:
    files = invocation.files
    rows = [(name, _status(files, path, options.has("L"))) for name, path in entries]
    ends = {name: (path, pointed) for name, path in entries if (pointed := files.link(path)) is not None}
    if options.has("t"):
        rows.sort(key=lambda row: -row[1].changed_us)
    if options.has("S"):
        rows.sort(key=lambda row: -row[1].size)
    if options.has("r"):
        rows.reverse()
    colour = invocation.stdout.is_terminal
    long = options.has("l", "o", "g", "n")
    names = [_label(name, status, options, colour, long) for name, status in rows]
    if long:
        for index, (name, status) in enumerate(rows):
            if status.kind == "link":
                path, pointed = ends[name]
                if colour and not files.exists(path):
                    names[index] = f"\x1b[40;31;01m{name}\x1b[0m -> \x1b[01;05;37;41m{pointed}\x1b[0m"
                    continue
                there = files.stat(path) if files.exists(path) else status
                names[index] += " -> " + (pointed if there is status else _label(pointed, there, options, colour, long))
        await _show_long(invocation, options, rows, names, total)
        return
    if not names:
        return
    if options.has("m"):
        await invocation.stdout.write(", ".join(names) + "\n")
        return
    if options.has("1") or not (invocation.stdout.is_terminal or options.has("C", "x")):
        await invocation.stdout.write("".join(name + "\n" for name in names))
        return
    await invocation.stdout.write(_columns(names, invocation.stdout.columns))


def _status(files: MemoryFiles, path: str, follow: bool) -> FileStatus:
    """What is there; a link itself where it leads nowhere, or is not to be followed.

    Raises:
        OSError: there is nothing, or a link goes round.
    """
    try:
        return files.stat(path, follow=follow)
    except OSError as error:
        if error.errno != ENOENT:
            raise
        return files.stat(path, follow=False)


def _entered(files: MemoryFiles, path: str) -> str:
    """The path of a directory such that a walk enters it, even if it is a link."""
    return path.rstrip("/") + "/" if files.link(path) is not None else path


def _is_place(files: MemoryFiles, path: str) -> bool:
    """True for a directory, not for a link to one."""
    return files.is_directory(path) and files.link(path) is None


def _label(name: str, status: FileStatus, options: Options, colour: bool, long: bool) -> str:
    name = f'"{name}"' if options.has("Q") else name
    executable = status.kind == "file" and status.mode & 0o111
    mark = ""
    if options.has("F", "p"):
        mark = "/" if status.kind == "directory" else "*" if executable and options.has("F") else ""
        mark = "@" if status.kind == "link" and options.has("F") and not long else mark
    if colour and status.kind == "directory":
        return f"\x1b[01;34m{name}\x1b[0m{mark}"
    if colour and status.kind == "link":
        return f"\x1b[01;36m{name}\x1b[0m{mark}"
    if colour and executable:
        return f"\x1b[01;32m{name}\x1b[0m{mark}"
    return name + mark


def _columns(names: list[str], columns: int) -> str:
    """As ls lists: down first, as many columns as fit, each as wide as it needs."""
    widths = [sum(width_of(c) for c in re.sub(r"\x1b\[[0-9;]*m", "", name)) for name in names]
    for down in range(1, len(names) + 1):
        groups = [range(start, min(start + down, len(names))) for start in range(0, len(names), down)]
        sizes = [max(widths[index] for index in group) for group in groups]
        if sum(sizes) + 2 * (len(sizes) - 1) < columns or down == len(names):
            break
    lines = []
    for row in range(down):
        cells = [group[row] for group in groups if row < len(group)]
        line = ""
        for place, cell in enumerate(cells):
            last = place == len(cells) - 1
            line += names[cell] + ("" if last else " " * (sizes[place] - widths[cell] + 2))
        lines.append(line + "\n")
    return "".join(lines)


async def _show_long(
    invocation: Invocation, options: Options, rows: list[tuple[str, FileStatus]], names: list[str], total: bool
) -> None:
    sizes = [human(s.size) if options.has("h") else "1, 3" if s.kind == "device" else str(s.size) for _, s in rows]
    widest = max(map(len, sizes), default=0)
    shown = number_of if options.has("n") else str
    owners = [str(shown(status.owner)) for _, status in rows]
    groups = [str(shown(status.group)) for _, status in rows]
    links = max((len(str(status.links)) for _, status in rows), default=0)
    if total:
        blocks = sum(_space(status) // 1024 for _, status in rows)
        await invocation.stdout.write(f"total {human(blocks * 1024) if options.has('h') else blocks}\n")
    widest_owner, widest_group = max(map(len, owners), default=0), max(map(len, groups), default=0)
    for (_, status), size, name, owner, group in zip(rows, sizes, names, owners, groups, strict=True):
        when = date_of(status.changed_us)
        stamp = f"{_MONTHS[when.month - 1]} {when.day:2} {when:%H:%M}"
        if abs(invocation.wall_us + invocation.loop.now_us - status.changed_us) > 15_552_000_000_000:
            stamp = f"{_MONTHS[when.month - 1]} {when.day:2}  {when.year}"
        who = f"{owner:<{widest_owner}} {group:<{widest_group}}"
        line = f"{mode_text(status)} {status.links:>{links}} {who} {size:>{widest}} {stamp} {name}\n"
        await invocation.stdout.write(line)


def _filled_in(text: str, meanings: Mapping[str, str]) -> str:
    """``text`` with each ``%x`` replaced by what ``x`` means; one that means nothing stays."""
    return re.sub(r"%(.)", lambda found: meanings.get(found.group(1), found.group()), text)


async def stat(invocation: Invocation) -> int:
    status = 0
    try:
        options = read_options(invocation.arguments[1:], "Lt", "c", {"format": "c=", "printf": "f="})
    except UsageError as error:
        return await refuse(invocation, error)
    for path in options.words:
        try:
            facts = invocation.files.stat(path, follow=options.has("L"))
        except OSError as error:
            status = await invocation.complain(f"cannot statx {named(path)}: {error.strerror}")
            continue
        kind = {"device": "character special file", "link": "symbolic link"}.get(facts.kind, facts.kind)
        if kind == "file":
            kind = "regular file" if facts.size else "regular empty file"
        pointed = invocation.files.link(path) if facts.kind == "link" else None
        arrow = "" if pointed is None else f" -> {pointed}"
        quoted_arrow = "" if pointed is None else f" -> {named(pointed)}"
        when = date_of(facts.changed_us)
        meanings: dict[str, str] = {}
        if options.has("c", "f"):
            meanings = {
                "n": path,
                "N": named(path) + quoted_arrow,
                "s": str(facts.size),
                "U": facts.owner,
                "G": facts.group,
                "F": kind,
            }
            meanings |= {"a": f"{facts.mode:o}", "A": mode_text(facts), "Y": str(facts.changed_us // 1_000_000)}
            meanings |= {"u": str(number_of(facts.owner)), "g": str(number_of(facts.group)), "b": "8", "B": "512"}
            meanings |= {"y": f"{when:%Y-%m-%d %H:%M:%S.%f}000 +0000", "i": str(facts.number), "h": str(facts.links)}
        if options.has("c"):
            await invocation.stdout.write(_filled_in(options.value("c"), meanings) + "\n")
        if options.has("f"):
            with suppress(StopPrinting):
                await invocation.stdout.write(_filled_in(unescape(options.value("f")), meanings))
        if options.has("c", "f"):
            continue
        blocks = -(-facts.size // 4096) * 8
        await invocation.stdout.write(
            f"  File: {path}{arrow}\n"
            f"  Size: {facts.size:<15}\tBlocks: {blocks:<10} IO Block: 4096   {kind}\n"
            f"Device: 8,1\tInode: {facts.number:<11} Links: {facts.links}\n"
            f"Access: ({facts.mode:04o}/{mode_text(facts)})  Uid: ({number_of(facts.owner):>5}/{facts.owner:>8})   "
            f"Gid: ({number_of(facts.group):>5}/{facts.group:>8})\n"
        )
        for label in ("Access", "Modify", "Change"):
            await invocation.stdout.write(f"{label}: {when:%Y-%m-%d %H:%M:%S.%f}000 +0000\n")
    return status


async def du(invocation: Invocation) -> int:
    try:
        long = {"summarize": "s", "human-readable": "h", "all": "a", "bytes": "b", "total": "c", "max-depth": "d="}
        options = read_options(invocation.arguments[1:], "shabkmcx", "d", long)
        deepest = options.number("d", 0 if options.has("s") else 1_000, "maximum depth")
    except UsageError as error:
        return await refuse(invocation, error)
    files = invocation.files
    status = total = 0
    for path in options.words or ["."]:
        if not files.exists(path):
            status = await invocation.complain(f"cannot access {named(path)}: No such file or directory")
            continue
        sizes: dict[str, int] = {}
        for below in reversed(list(files.walk(path))):
            facts = files.stat(below, follow=False)
            sizes[below] = sizes.get(below, 0) + (facts.size if options.has("b") else _space(facts))
            above = below.rpartition("/")[0]
            if below != path:
                sizes[above or "/"] = sizes.get(above or "/", 0) + sizes[below]
            total += sizes[below] if below == path else 0
            depth = below[len(path) :].strip("/").count("/") + 1 if below != path else 0
            if depth <= deepest and (options.has("a") or depth == 0 or _is_place(files, below)):
                await invocation.stdout.write(f"{_amount(options, sizes[below])}\t{below}\n")
    if options.has("c"):
        await invocation.stdout.write(f"{_amount(options, total)}\ttotal\n")
    return status


def _space(status: FileStatus) -> int:
    """Bytes that a file takes on the disk: a link takes none, it lies where its name does."""
    return 0 if status.kind == "link" else -(-status.size // 4096) * 4096


def _amount(options: Options, size: int) -> str:
    """Bytes as ``du`` shows them."""
    if options.has("h"):
        return human(size)
    unit = 1 if options.has("b") else 1024**2 if options.has("m") else 1024
    return str(-(-size // unit))


async def tree(invocation: Invocation) -> int:
    words = [word for word in invocation.arguments[1:] if not word.startswith("-")]
    root = words[0] if words else "."
    if not invocation.files.is_directory(root):
        await invocation.stdout.write(f"{root}  [error opening dir]\n\n0 directories, 0 files\n")
        return 2
    counts = [0, 0]
    lines = [root]

    def below(path: str, indent: str, depth: int) -> None:
        names = [name for name in invocation.files.list(path) if not name.startswith(".")]
        for index, name in enumerate(names):
            last = index == len(names) - 1
            inner = f"{path.rstrip('/')}/{name}"
            pointed = invocation.files.link(inner)
            arrow = "" if pointed is None else f" -> {pointed}"
            lines.append(f"{indent}{'└── ' if last else '├── '}{name}{arrow}")
            directory = invocation.files.is_directory(inner)
            counts[not directory] += 1
            if directory and depth < 40 and pointed is None:
                below(inner, indent + ("    " if last else "│   "), depth + 1)

    below(root, "", 0)
    ending = (
        f"\n\n{counts[0]} director{'y' if counts[0] == 1 else 'ies'}, {counts[1]} file{'' if counts[1] == 1 else 's'}"
    )
    await invocation.stdout.write("\n".join(lines) + ending + "\n")
    return 0


async def basename(invocation: Invocation) -> int:
    try:
        long = {"multiple": "a", "suffix": "s=", "zero": "z"}
        options = read_options(invocation.arguments[1:], "az", "s", long, permute=False)
        words = options.words
        if not words:
            raise UsageError("missing operand")
        several = options.has("a", "s")
        if len(words) > 2 and not several:
            raise UsageError(f"extra operand \u2018{words[2]}\u2019")
    except UsageError as error:
        return await refuse(invocation, error)
    suffix = options.value("s") or (words[1] if len(words) > 1 and not several else "")
    for word in words if several else words[:1]:
        name = word.rstrip("/").rsplit("/", 1)[-1] or "/" * bool(word)
        if name != suffix:
            name = name.removesuffix(suffix)
        await invocation.stdout.write(name + ("\0" if options.has("z") else "\n"))
    return 0


async def dirname(invocation: Invocation) -> int:
    words = invocation.arguments[1:]
    if not words:
        return await refuse(invocation, UsageError("missing operand"))
    for word in words:
        head, slash, _ = word.rstrip("/").rpartition("/")
        await invocation.stdout.write((head.rstrip("/") or ("/" if slash else ".")) + "\n")
    return 0


LISTING_TOOLS: Final[dict[str, Tool]] = {
    "ls": ls,
    "stat": stat,
    "du": du,
    "tree": tree,
    "basename": basename,
    "dirname": dirname,
}

__all__ = ["LISTING_TOOLS", "human", "mode_text"]
