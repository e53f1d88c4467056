"""Short forms of names, ids and messages.

Source: docker/cli formatter/displayutils.go; moby pkg/stringid; distribution/reference.
"""

import re

from playground.docker_cli.formatter.tabwriter import width

_SHORT = 12
_NATURAL = re.compile(r"(\d+)")


def short_id(identity: str) -> str:
    """The first twelve characters, without the name of a digest's algorithm."""
    return identity.split(":", 1)[-1][:_SHORT]


def pretty(text: str) -> str:
    """First letter upper, all others lower."""
    return text[:1].upper() + text[1:].lower()


def ellipsis(text: str, room: int) -> str:
    """The text cut to ``room`` columns, the last of them an ellipsis where something was cut."""
    if not room:
        return ""
    if width(text) <= room:
        return text
    if room == 1:
        return text[:1]
    out, used = "", 0
    for character in text:
        used += width(character)
        if used > room - 1:
            break
        out += character
    return out + "…"


def familiar_image(image: str) -> str:
    """An image reference for display: no digest beside a tag, no default registry."""
    name, at, _digest = image.partition("@")
    slash = name.rfind("/")
    if at and ":" not in name[slash + 1 :]:
        return image
    if ":" not in name[slash + 1 :]:
        return image
    for prefix in ("docker.io/library/", "docker.io/", "index.docker.io/library/", "index.docker.io/", "library/"):
        if name.startswith(prefix):
            rest = name[len(prefix) :]
            return rest if "/" not in rest or "library" not in prefix else name
    return name


def natural(text: str) -> list[tuple[int, int | str, str]]:
    """A key that sorts ``web2`` before ``web10``.

    Source: fvbommel/sortorder.
    """
    return [(0, int(part), part) if part.isdigit() else (1, part, "") for part in _NATURAL.split(text) if part]
