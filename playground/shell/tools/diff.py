"""``diff``: what differs between two files.

Source: GNU diffutils.
"""

from typing import Final

from playground.shell.streams import decoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import read_options
from playground.shell.tools.reading import whole

_LONG: Final = {"unified": "u", "brief": "q", "color": "Y", "report-identical-files": "s"}


async def _refuse(invocation: Invocation, sentence: str) -> int:
    await invocation.stderr.write(f"diff: {sentence}\ndiff: Try 'diff --help' for more information.\n")
    return 2


async def diff(invocation: Invocation) -> int:
    import difflib

    try:
        options = read_options(invocation.arguments[1:], "uqwBirs", "U", _LONG)
    except UsageError as error:
        return await _refuse(invocation, str(error))
    if len(options.words) != 2:
        last = options.words[-1] if options.words else "diff"
        extra = f"extra operand '{options.words[2]}'" if len(options.words) > 2 else ""
        return await _refuse(invocation, extra or f"missing operand after '{last}'")
    texts: list[list[str]] = []
    for path in options.words:
        data = await whole(invocation, path)
        if data is None:
            return 2
        texts.append(decoded(data).splitlines(keepends=True))
    left, right = texts
    if left == right:
        if options.has("s"):
            await invocation.stdout.write(f"Files {options.words[0]} and {options.words[1]} are identical\n")
        return 0
    if options.has("q"):
        await invocation.stdout.write(f"Files {options.words[0]} and {options.words[1]} differ\n")
        return 1
    if max(len(left), len(right)) > 2000:
        return await invocation.complain("files too large to compare here", 2)
    if options.has("u", "U"):
        for line in difflib.unified_diff(left, right, options.words[0], options.words[1]):
            await invocation.stdout.write(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n")
        return 1
    for tag, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        source = f"{a + 1},{b}" if b - a > 1 else f"{a + 1 if b > a else a}"
        target = f"{c + 1},{d}" if d - c > 1 else f"{c + 1 if d > c else c}"
        await invocation.stdout.write(f"{source}{ {'replace': 'c', 'delete': 'd', 'insert': 'a'}[tag] }{target}\n")
        for line in left[a:b]:
            await invocation.stdout.write("< " + line.rstrip("\n") + "\n")
        if tag == "replace":
            await invocation.stdout.write("---\n")
        for line in right[c:d]:
            await invocation.stdout.write("> " + line.rstrip("\n") + "\n")
    return 1


DIFF_TOOLS: Final[dict[str, Tool]] = {"diff": diff}
