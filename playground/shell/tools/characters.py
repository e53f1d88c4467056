"""``tr``: puts characters in the place of others, takes them away, squeezes them.

Source: GNU coreutils.
"""

import re
from collections.abc import Callable
from typing import Final

from playground.shell.streams import decoded, encoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.options import Options, read_options, refuse


def _set_of(text: str) -> str:
    """The characters that an argument of ``tr`` names.

    Raises:
        UsageError: it names what there is not.
    """
    classes = {
        "lower": "abcdefghijklmnopqrstuvwxyz",
        "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "digit": "0123456789",
        "space": " \t\n\v\f\r",
        "blank": " \t",
        "cntrl": "".join(map(chr, (*range(32), 127))),
        "print": "".join(map(chr, range(32, 127))),
        "graph": "".join(map(chr, range(33, 127))),
        "xdigit": "0123456789ABCDEFabcdef",
        "punct": "".join(chr(c) for c in range(33, 127) if not chr(c).isalnum()),
    }
    classes["alpha"] = classes["upper"] + classes["lower"]
    classes["alnum"] = classes["digit"] + classes["alpha"]
    out: list[str] = []
    at = 0
    while at < len(text):
        found = re.compile(r"\[:([a-z]*):\]").match(text, at)
        if found and found.group(1) not in classes:
            raise UsageError(f"invalid character class \u2018{found.group(1)}\u2019")
        if found:
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
        if text[at : at + 1] == "-" and at + 1 < len(text):
            if text[at + 1] < character:
                pair = f"{character}-{text[at + 1]}"
                raise UsageError(f"range-endpoints of '{pair}' are in reverse collating sequence order")
            last = min(ord(text[at + 1]), ord(character) + 2048)
            out.extend(chr(code) for code in range(ord(character), last + 1))
            at += 2
        else:
            out.append(character)
    return "".join(out)


async def tr(invocation: Invocation) -> int:
    try:
        long = {"delete": "d", "squeeze-repeats": "s", "complement": "c", "truncate-set1": "t"}
        options = read_options(invocation.arguments[1:], "dsCct", "", long, permute=False)
        if not options.words:
            raise UsageError("missing operand")
        if len(options.words) < 2 and not options.has("d", "s"):
            raise UsageError(
                f"missing operand after \u2018{options.words[0]}\u2019\nTwo strings must be given when translating."
            )
        if len(options.words) > 2:
            raise UsageError(f"extra operand \u2018{options.words[2]}\u2019")
    except UsageError as error:
        return await refuse(invocation, error)
    try:
        first = _set_of(options.words[0])
        second = _set_of(options.words[1]) if len(options.words) > 1 else ""
    except UsageError as error:
        return await invocation.complain(str(error))
    filling = re.search(r"\[(.|\\.)\*[0-9]*\]", options.words[1]) if len(options.words) > 1 else None
    if filling is not None:
        before, after = options.words[1][: filling.start()], options.words[1][filling.end() :]
        ends = _set_of(before), _set_of(after)
        second = ends[0] + _set_of(filling.group(1)) * max(1, len(first) - len(ends[0]) - len(ends[1])) + ends[1]
    if options.has("t") and second:
        first = first[: len(second)]
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


CHARACTER_TOOLS: Final[dict[str, Tool]] = {"tr": tr}
