"""Text in ``$'...'``, with the escapes of ANSI C.

Source: bash's manual, "ANSI-C Quoting".
"""

import re
from typing import Final

from playground.shell.streams import decoded, encoded

_NUMBERED: Final = re.compile(r"x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|c[\x20-\x7e]")
_ANSI_C: Final = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "v": "\v",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "?": "?",
}


def ansi_c_text(text: str, at: int) -> tuple[str, int] | None:
    """The text between the quotes, ``at`` being behind the first, and the place behind the last; None without one."""
    out: list[str] = []
    while at < len(text):
        character = text[at]
        at += 1
        if character == "'":
            return decoded(encoded("".join(out))), at
        if character != "\\" or at >= len(text):
            out.append(character)
        elif text[at] in _ANSI_C:
            out.append(_ANSI_C[text[at]])
            at += 1
        elif found := _NUMBERED.match(text, at):
            out.append(_numbered(found.group()))
            at = found.end()
        else:
            out.append("\\")
    return None


def _numbered(escape: str) -> str:
    """What an escape that names a byte, a character or a control key stands for."""
    match escape[0]:
        case "c":
            return chr(ord(escape[1]) & 0x1F)
        case "u" | "U":
            return chr(min(int(escape[1:], 16), 0x10FFFF))
        case "x":
            return decoded(bytes([int(escape[1:], 16)]))
        case _:
            return decoded(bytes([int(escape, 8) & 0xFF]))
