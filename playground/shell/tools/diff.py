"""``diff``: what differs between two files, or two directories.

Source: GNU diffutils 3.10. Which of several shortest ways to tell a difference is taken may not be the same.
"""

import difflib
import re
from typing import Final

from playground.shell.dates import date_text
from playground.shell.streams import decoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import Options, read_options
from playground.shell.tools.reading import whole

MAX_LINES: Final = 10_000
MAX_PAIRS: Final = 500_000
"""Lines of one file times lines of the other, equal beginnings and ends left out."""
MAX_FILES: Final = 1000
_LONG: Final = {
    "unified": "u",
    "brief": "q",
    "color": "Y",
    "report-identical-files": "s",
    "recursive": "r",
    "new-file": "N",
    "ignore-case": "i",
    "ignore-all-space": "w",
    "ignore-space-change": "b",
    "ignore-blank-lines": "B",
}
_LETTERS: Final = {"replace": "c", "delete": "d", "insert": "a"}
Groups = list[tuple[str, int, int, int, int]]


async def _refuse(invocation: Invocation, sentence: str) -> int:
    await invocation.stderr.write(f"diff: {sentence}\ndiff: Try 'diff --help' for more information.\n")
    return 2


async def diff(invocation: Invocation) -> int:
    words = [word for word in invocation.arguments[1:] if not word.startswith("--color")]
    words = [re.sub(r"^-u([0-9]+)$", r"-U\1", word) for word in words]
    try:
        options = read_options(words, "uqwBbirsNa", "U", _LONG)
        around = options.number("U", 3, "context length")
    except UsageError as error:
        return await _refuse(invocation, str(error))
    if len(options.words) != 2:
        last = options.words[-1] if options.words else "diff"
        extra = f"extra operand '{options.words[2]}'" if len(options.words) > 2 else ""
        return await _refuse(invocation, extra or f"missing operand after '{last}'")
    left, right = options.words
    files = invocation.files
    both = [path != "-" and files.is_directory(path) for path in (left, right)]
    if all(both):
        return await _directories(invocation, options, around, left, right)
    missing = [path for path in (left, right) if path != "-" and not files.exists(path)]
    if missing and not options.has("N"):
        for path in missing:
            await invocation.complain(f"{path}: No such file or directory")
        return 2
    # A file is looked for in a directory that is named in its place.
    if (both[0] or both[1]) and files.exists(right if both[0] else left):
        name = (right if both[0] else left).rpartition("/")[2]
        left, right = (f"{left.rstrip('/')}/{name}", right) if both[0] else (left, f"{right.rstrip('/')}/{name}")
    return await _files(invocation, options, around, left, right)


async def _directories(invocation: Invocation, options: Options, around: int, left: str, right: str) -> int:
    """Compare what lies in both, and tell what lies in one only."""
    files = invocation.files
    names = sorted({**dict.fromkeys(files.list(left)), **dict.fromkeys(files.list(right))})
    status = 0
    for name in names[:MAX_FILES]:
        one, other = f"{left.rstrip('/')}/{name}", f"{right.rstrip('/')}/{name}"
        here, there = files.exists(one), files.exists(other)
        if not (here and there) and not options.has("N"):
            status = 1
            await invocation.stdout.write(f"Only in {(left if here else right).rstrip('/') or '/'}: {name}\n")
        elif files.is_directory(one) and files.is_directory(other):
            if options.has("r"):
                status = max(status, await _directories(invocation, options, around, one, other))
            else:
                await invocation.stdout.write(f"Common subdirectories: {one} and {other}\n")
        elif files.is_directory(one) != files.is_directory(other) and here and there:
            status = 1
            kinds = ["directory" if files.is_directory(path) else "regular file" for path in (one, other)]
            await invocation.stdout.write(f"File {one} is a {kinds[0]} while file {other} is a {kinds[1]}\n")
        else:
            given = [word for word in invocation.arguments[1:] if word.startswith("-")]
            title = f"diff {' '.join([*given, one, other])}\n"
            status = max(status, await _files(invocation, options, around, one, other, title))
    return status


async def _files(invocation: Invocation, options: Options, around: int, one: str, other: str, title: str = "") -> int:
    texts: list[list[str]] = []
    for path in (one, other):
        if options.has("N") and path != "-" and not invocation.files.exists(path):
            texts.append([])
            continue
        data = await whole(invocation, path)
        if data is None:
            return 2
        texts.append(decoded(data).splitlines(keepends=True))
    left, right = texts
    groups = _groups(options, left, right)
    if groups is None:
        return await invocation.complain("files too large to compare here", 2)
    if not groups:
        if options.has("s"):
            await invocation.stdout.write(f"Files {one} and {other} are identical\n")
        return 0
    if options.has("q"):
        await invocation.stdout.write(f"Files {one} and {other} differ\n")
        return 1
    if options.has("u", "U"):
        heads = [f"{mark} {path}\t{_when(invocation, path)}\n" for mark, path in (("---", one), ("+++", other))]
        await invocation.stdout.write(title + "".join(heads) + _unified(groups, left, right, max(0, around)))
        return 1
    await invocation.stdout.write(title + _normal(groups, left, right))
    return 1


def _groups(options: Options, left: list[str], right: list[str]) -> Groups | None:
    """What differs: how, and which lines of both; None where finding out would take too long."""

    def key(line: str) -> str:
        if options.has("i"):
            line = line.lower()
        if options.has("w"):
            return re.sub(r"\s+", "", line)
        return re.sub(r"\s+", " ", line).rstrip() if options.has("b") else line

    if max(len(left), len(right)) > MAX_LINES and left != right:
        return None
    a, b = [key(line) for line in left], [key(line) for line in right]
    same = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    room = min(len(a), len(b)) - same
    ends = next((at for at in range(room) if a[-1 - at] != b[-1 - at]), room)
    middle, other = a[same : len(a) - ends], b[same : len(b) - ends]
    if len(middle) * len(other) > MAX_PAIRS:
        return None
    matcher = difflib.SequenceMatcher(None, middle, other, autojunk=False)
    found: Groups = [
        (tag, i + same, j + same, k + same, m + same) for tag, i, j, k, m in matcher.get_opcodes() if tag != "equal"
    ]
    if options.has("B"):
        found = [g for g in found if any(line.strip() for line in (*left[g[1] : g[2]], *right[g[3] : g[4]]))]
    return found


def _lines(mark: str, lines: list[str]) -> str:
    """Lines with a mark before each; one that has no end is said to have none."""
    return "".join(
        f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}\n\\ No newline at end of file\n" for line in lines
    )


def _normal(groups: Groups, left: list[str], right: list[str]) -> str:
    out: list[str] = []
    for tag, a, b, c, d in groups:
        source = f"{a + 1},{b}" if b - a > 1 else f"{a + 1 if b > a else a}"
        target = f"{c + 1},{d}" if d - c > 1 else f"{c + 1 if d > c else c}"
        out += (f"{source}{_LETTERS[tag]}{target}\n", _lines("< ", left[a:b]))
        out += ("---\n" if tag == "replace" else "", _lines("> ", right[c:d]))
    return "".join(out)


def _unified(groups: Groups, left: list[str], right: list[str], around: int) -> str:
    """Hunks with ``around`` lines before and behind; those that touch are one."""
    hunks: list[Groups] = []
    for group in groups:
        if hunks and group[1] - hunks[-1][-1][2] <= 2 * around:
            hunks[-1].append(group)
        else:
            hunks.append([group])
    out: list[str] = []
    for hunk in hunks:
        start, end = max(0, hunk[0][1] - around), min(len(left), hunk[-1][2] + around)
        first = hunk[0][3] - (hunk[0][1] - start)
        last = hunk[-1][4] + (end - hunk[-1][2])
        out.append(f"@@ -{_span(start, end)} +{_span(first, last)} @@\n")
        at = start
        for _, a, b, c, d in hunk:
            out += (_lines(" ", left[at:a]), _lines("-", left[a:b]), _lines("+", right[c:d]))
            at = b
        out.append(_lines(" ", left[at:end]))
    return "".join(out)


def _span(first: int, last: int) -> str:
    count = last - first
    return f"{first + 1}" if count == 1 else f"{first + (count > 0)},{count}"


def _when(invocation: Invocation, path: str) -> str:
    """The time of a file as the heads of a unified difference show it."""
    files = invocation.files
    now_us = invocation.wall_us + invocation.loop.now_us
    changed_us = files.stat(path).changed_us if path != "-" and files.exists(path) else now_us
    return date_text("%Y-%m-%d %H:%M:%S", changed_us) + f".{changed_us % 1_000_000 * 1000:09d} +0000"


DIFF_TOOLS: Final[dict[str, Tool]] = {"diff": diff}
