"""How tools read their input: files named as arguments, or what comes in; in lines, without holding all of it."""

from collections.abc import AsyncIterator

from playground.api.process import Reader
from playground.shell.devices import endless
from playground.shell.streams import BytesReader, decoded
from playground.shell.tool import Invocation

LINES_BETWEEN_PAUSES = 256
PAUSE_US = 1_000


async def open_input(invocation: Invocation, path: str, complain: bool = True, trouble: str = "") -> Reader | None:
    """A reader of a file, or of the input for ``-``; None, with a complaint, when it cannot be read.

    ``trouble`` is what the complaint says before the path.
    """
    if path in ("-", "/dev/stdin"):
        return invocation.stdin
    device = endless(path, invocation.files, invocation.loop)
    if device is not None:
        return device
    try:
        return BytesReader(invocation.files.read(path))
    except OSError as error:
        if complain:
            await invocation.complain(f"{trouble}{path}: {error.strerror}")
        return None


async def lines_of(invocation: Invocation, reader: Reader) -> AsyncIterator[str]:
    """The lines of a reader, each with its newline where it has one. Takes a little time every few lines."""
    count = 0
    while True:
        line = await reader.readline()
        if not line:
            return
        yield decoded(line)
        count += 1
        if count % LINES_BETWEEN_PAUSES == 0:
            await invocation.loop.sleep(PAUSE_US)


async def whole(invocation: Invocation, path: str, trouble: str = "") -> bytes | None:
    """All bytes of a file, or of the input for ``-``; None, with a complaint, when it cannot be read."""
    reader = await open_input(invocation, path, trouble=trouble)
    if reader is None:
        return None
    data = bytearray()
    while piece := await reader.read():
        data += piece
        if len(data) > 8 * 1024 * 1024:
            await invocation.complain("memory exhausted")
            return None
    return bytes(data)
