"""Devices that never end: ``/dev/zero``, and ``/dev/urandom``, from which people take passwords.

What looks like chance follows from the machine's name, the lab's time and how often it was asked, so a lab that is
played again has the same passwords.
"""

import re
from hashlib import shake_256
from typing import Final

from playground.api.files import MemoryFiles
from playground.api.process import Loop

_CHUNK: Final = 4096
_CHUNK_US: Final = 4_000
"""A megabyte a second: slower than a real one, so that reading one for ever costs the server little."""
_RANDOM: Final = ("/dev/urandom", "/dev/random")
_ENDLESS: Final = (*_RANDOM, "/dev/zero")


class EndlessReader:
    """What a device gives, as long as somebody reads. Implements ``playground.api.process.Reader``."""

    is_terminal = False

    def __init__(self, loop: Loop, seed: str | None) -> None:
        """``seed`` is what the bytes follow from; None: they are zero."""
        self._loop = loop
        self._seed = seed
        self._chunks = 0
        self._left = b""

    def _next(self) -> bytes:
        self._chunks += 1
        if self._seed is None:
            return bytes(_CHUNK)
        return shake_256(f"{self._seed}/{self._chunks}".encode()).digest(_CHUNK)

    async def read(self) -> bytes:
        if self._left:
            left, self._left = self._left, b""
            return left
        await self._loop.sleep(_CHUNK_US)
        return self._next()

    async def readline(self) -> bytes:
        """The bytes up to the next newline. A line that has none within a chunk ends there."""
        piece = await self.read()
        end = piece.find(b"\n") + 1 or len(piece)
        self._left = piece[end:]
        return piece[:end]

    async def read_until(self, end: bytes, most: int) -> bytes:
        piece = await self.read()
        found = piece.find(end) if end else -1
        stop = min(found + 1 if found >= 0 else len(piece), most)
        self._left = piece[stop:]
        return piece[:stop]


def random_bytes(files: MemoryFiles, loop: Loop, count: int) -> bytes:
    """``count`` bytes as the machine's generator gives them now."""
    return shake_256(_seed(files, loop).encode()).digest(count)


def endless(path: str, files: MemoryFiles, loop: Loop) -> EndlessReader | None:
    """A reader of the device at ``path``; None when that is no device without an end."""
    if not re.search("dev|zero|random", path) or (device := files.absolute(path)) not in _ENDLESS:
        return None
    return EndlessReader(loop, _seed(files, loop) if device in _RANDOM else None)


def _seed(files: MemoryFiles, loop: Loop) -> str:
    name = files.read("/etc/hostname") if files.exists("/etc/hostname") else b""
    return f"{name!r}/{loop.now_us}/{files.draw()}"
