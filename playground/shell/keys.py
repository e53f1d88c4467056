"""What a keyboard sends, as named keys: ``a``, ``C-a``, ``M-b``, ``Up``, ``Enter`` ... (after xterm)."""

import unicodedata
from typing import Final

PASTE_END: Final = b"\x1b[201~"

_FINAL: Final = {"A": "Up", "B": "Down", "C": "Right", "D": "Left", "H": "Home", "F": "End", "Z": "S-Tab"}
_NUMBERED: Final = {"1": "Home", "2": "Insert", "3": "Delete", "4": "End", "5": "PageUp", "6": "PageDown", "7": "Home"}
_NUMBERED_REST: Final = {"8": "End", "200": "PasteBegin", "201": "PasteEnd"}
_CONTROL: Final = {9: "Tab", 10: "Enter", 13: "Enter", 127: "Backspace", 8: "Backspace"}


def next_key(data: bytes, at: int) -> tuple[str, int] | None:
    """The key that begins at ``at`` and the position behind it; None when the rest of it is still to come."""
    byte = data[at]
    if byte == 27:
        return _escape(data, at)
    if byte < 32 or byte == 127:
        return _CONTROL.get(byte) or f"C-{chr(byte + 96) if 1 <= byte <= 26 else chr(byte + 64)}", at + 1
    if byte < 128:
        return chr(byte), at + 1
    length = 2 if byte >= 0xC0 else 1
    length = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else length
    if at + length > len(data):
        return None
    return data[at : at + length].decode("utf-8", "replace")[:1], at + length


def _escape(data: bytes, at: int) -> tuple[str, int] | None:
    if at + 1 >= len(data):
        return None
    following = data[at + 1]
    if following == ord("O"):
        if at + 2 >= len(data):
            return None
        return _FINAL.get(chr(data[at + 2]), "Unknown"), at + 3
    if following != ord("["):
        if following == 27:
            return "Escape", at + 1
        inner = next_key(data, at + 1)
        return None if inner is None else ("M-" + inner[0], inner[1])
    end = at + 2
    while end < len(data) and not 0x40 <= data[end] <= 0x7E:
        if end - at > 30:
            return "Unknown", end
        end += 1
    if end >= len(data):
        return None
    letter = chr(data[end])
    parameters = data[at + 2 : end].decode("ascii", "replace").split(";")
    if letter == "~":
        name = _NUMBERED.get(parameters[0]) or _NUMBERED_REST.get(parameters[0], "Unknown")
    else:
        name = _FINAL.get(letter, "Unknown")
    if len(parameters) > 1 and name != "Unknown" and parameters[1] in ("3", "5"):
        name = ("M-" if parameters[1] == "3" else "C-") + name
    return name, end + 1


def width_of(character: str) -> int:
    """Columns that a character takes on a screen."""
    if character.isascii():
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shown(text: str) -> str:
    """Text as an editor shows it: control characters as ``^X``."""
    if text.isprintable():
        return text
    return "".join(f"^{chr(ord(c) ^ 64)}" if (ord(c) < 32 and c != "\n") or ord(c) == 127 else c for c in text)
