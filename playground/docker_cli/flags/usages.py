"""The table of options in a help text: two columns, wrapped to the width of the screen.

Source: spf13/pflag flag.go (FlagUsagesWrapped).
"""

from collections.abc import Sequence

from playground.docker_cli.flags.flagset import Flag
from playground.docker_cli.flags.kinds import BOOL, STRING
from playground.docker_cli.flags.numbers import quoted

_SLOP = 5
_LEAST = 24


def visible(flags: Sequence[Flag]) -> list[Flag]:
    """Flags that a help text lists, in its order."""
    return sorted((flag for flag in flags if not flag.hidden and not flag.deprecated), key=lambda flag: flag.name)


def flag_usages(flags: Sequence[Flag], columns: int) -> str:
    """The lines of the table, each ended by a newline."""
    rows = [(_left(flag), _right(flag)) for flag in visible(flags)]
    widest = max((len(left) for left, _ in rows), default=0) + 1
    lines = []
    for left, right in rows:
        spacing = " " * (widest - len(left))
        lines.append(f"{left} {spacing} {_wrap(widest + 2, columns, right)}\n")
    return "".join(lines)


def _left(flag: Flag) -> str:
    start = f"  -{flag.short}, --{flag.name}" if flag.short else f"      --{flag.name}"
    word = "" if flag.kind is BOOL else flag.kind.word
    return f"{start} {word}" if word else start


def _right(flag: Flag) -> str:
    value = flag.initial
    if value in (None, "", 0, False, (), {}, []):
        return flag.help
    shown = quoted(value) if flag.kind is STRING else flag.kind.show(value)
    return f"{flag.help} (default {shown})"


def _wrap(indent: int, columns: int, text: str) -> str:
    room = columns - indent
    out = ""
    if room < _LEAST:
        indent = 16
        room = columns - indent
        out = "\n" + " " * indent
        if room < _LEAST:
            return text.replace("\n", out)
    room -= _SLOP
    break_ = "\n" + " " * indent
    line, text = _wrap_once(room, text)
    out += line.replace("\n", break_)
    while text:
        line, text = _wrap_once(room, text)
        out += break_ + line.replace("\n", break_)
    return out


def _wrap_once(room: int, text: str) -> tuple[str, str]:
    if room + _SLOP > len(text):
        return text, ""
    head = text[:room]
    at = max(head.rfind(" "), head.rfind("\t"), head.rfind("\n"))
    if at <= 0:
        return text, ""
    newline = head.rfind("\n")
    if 0 < newline < at:
        return text[:newline], text[newline + 1 :]
    return text[:at], text[at + 1 :]
