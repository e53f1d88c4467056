"""Sizes as go-units writes them, and how it reads them.

Source: docker/go-units size.go.
"""

import re

from playground.docker_cli.errors import FlagValueError

_DECIMAL = ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB")
_SIZE = re.compile(r"^(\d+(?:\.\d+)*) ?([kKmMgGtTpP])?[iI]?[bB]?$")


def human_size(size: float, precision: int = 4) -> str:
    """``1.98MB``: powers of 1000."""
    return _written(size, 1000, _DECIMAL, precision)


def bytes_size(size: float) -> str:
    """``1.953GiB``: powers of 1024."""
    return _written(size, 1024, _BINARY, 4)


def ram_in_bytes(text: str) -> int:
    """Bytes of a text like ``512m`` or ``1.5GiB``.

    Raises:
        FlagValueError: it is no size.
    """
    separator = max((position for position, c in enumerate(text) if c.isdigit() or c in ". "), default=-1)
    if separator < 0:
        raise FlagValueError(f"invalid size: '{text}'")
    number, suffix = (text[: separator + 1], text[separator + 1 :].lower())
    if text[separator] == " ":
        number = text[:separator]
    try:
        size = float(number)
        if number.strip() != number:
            raise ValueError
    except ValueError:
        raise FlagValueError(f"invalid size: '{text}'") from None
    if size < 0:
        raise FlagValueError(f"invalid size: '{text}'")
    if not suffix or suffix == "b":
        return int(size)
    power = "kmgtp".find(suffix[0])
    if power < 0 or suffix[1:] not in ("", "b", "ib"):
        raise FlagValueError(f"invalid suffix: '{text[separator + 1 :].lower()}'")
    return int(size * 1024 ** (power + 1))


def _written(size: float, base: int, units: tuple[str, ...], precision: int) -> str:
    power = 0
    while size >= base and power < len(units) - 1:
        size /= base
        power += 1
    text = f"{size:.{precision}g}"
    if "e" in text:
        text = str(int(float(text)))
    return text + units[power]
