"""Reads a media type as Go does, and says in its words what is wrong.

Source: Go ``mime/mediatype.go``.
"""

import re

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]*")
_PARAMETER = re.compile(r"\s*;\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*")
_VALUE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+|\"(?:[^\"\\\r\n]|\\.)*\"")


class BadMediaType(ValueError):
    """The text is no media type; ``str(error)`` is Go's sentence."""


def parse(text: str) -> str:
    """The type of a header's value, in small letters, without its parameters.

    Raises:
        BadMediaType: the type or one of its parameters is malformed.
    """
    whole, semicolon, parameters = text.partition(";")
    kind = whole.strip().lower()
    _check(kind)
    seen: dict[str, str] = {}
    rest = semicolon + parameters
    while rest.strip() not in ("", ";"):
        name = _PARAMETER.match(rest)
        value = _VALUE.match(rest, name.end()) if name is not None else None
        if name is None or value is None:
            raise BadMediaType("mime: invalid media parameter")
        if seen.setdefault(name[1].lower(), value[0]) != value[0]:
            raise BadMediaType("mime: duplicate parameter name")
        rest = rest[value.end() :]
    return kind


def _check(kind: str) -> None:
    top = _token(kind, 0)
    if not top:
        raise BadMediaType("mime: no media type")
    after = kind[len(top) :]
    if not after:
        return
    if not after.startswith("/"):
        raise BadMediaType("mime: expected slash after first token")
    below = _token(after, 1)
    if not below:
        raise BadMediaType("mime: expected token after slash")
    if len(below) + 1 != len(after):
        raise BadMediaType("mime: unexpected content after media subtype")


def _token(text: str, start: int) -> str:
    found = _TOKEN.match(text, start)
    return found[0] if found is not None else ""
