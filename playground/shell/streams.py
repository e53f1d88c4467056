"""What commands read from and write to besides terminals: pipes, files, strings, nothing.

Every writer takes virtual time, so that no loop of writing can stand the lab still.
"""

from typing import Final, Protocol, TypeGuard, runtime_checkable

from playground.api.files import MemoryFiles
from playground.api.process import Loop, Promise, Reader, Writer

PIPE_BYTES: Final = 65536
CAPTURE_BYTES: Final = 1024 * 1024
MAX_LINE: Final = 4 * CAPTURE_BYTES
BYTES_PER_MICROSECOND: Final = 16


class TooMuchOutput(Exception):
    """More was written than a command substitution or a caller can hold."""


def encoded(data: bytes | str) -> bytes:
    return data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data


def decoded(data: bytes) -> str:
    """Text of bytes such that ``encoded`` gives the same bytes back."""
    return data.decode("utf-8", "surrogateescape")


class _Pace:
    """Charges virtual time for work on bytes."""

    __slots__ = ("_due", "_loop")

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._due = 0

    async def charge(self, count: int) -> None:
        self._due += count + 64
        if self._due >= 8192:
            due, self._due = self._due, 0
            await self._loop.sleep(due // BYTES_PER_MICROSECOND)


class BytesReader:
    """Input from bytes that are there already."""

    is_terminal = False

    def __init__(self, data: bytes = b"") -> None:
        self._data = data
        self._at = 0

    async def read(self) -> bytes:
        data, self._at = self._data[self._at : self._at + PIPE_BYTES], min(len(self._data), self._at + PIPE_BYTES)
        return data

    async def readline(self) -> bytes:
        end = self._data.find(b"\n", self._at) + 1 or len(self._data)
        line, self._at = self._data[self._at : end], end
        return line

    async def read_until(self, end: bytes, most: int) -> bytes:
        found = self._data.find(end, self._at, self._at + most) if end else -1
        stop = found + 1 if found >= 0 else min(len(self._data), self._at + most)
        piece, self._at = self._data[self._at : stop], stop
        return piece


class BlockReader:
    """Lines of a reader from which whatever is there is taken at once."""

    is_terminal = False

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._data = bytearray()

    async def read(self) -> bytes:
        data, self._data = bytes(self._data), bytearray()
        return data or await self._reader.read()

    async def readline(self) -> bytes:
        end = self._data.find(b"\n") + 1
        while not end and len(self._data) < MAX_LINE and (more := await self._reader.read()):
            self._data += more
            end = self._data.find(b"\n") + 1
        line = bytes(self._data[: end or None])
        del self._data[: len(line)]
        return line


class NullWriter:
    is_terminal = False
    columns = 80
    rows = 24

    def __init__(self, loop: Loop) -> None:
        self._pace = _Pace(loop)

    async def write(self, data: bytes | str) -> None:
        await self._pace.charge(len(data))


class Capture:
    """Keeps what is written, up to ``limit`` bytes.

    Raises (from ``write``):
        TooMuchOutput: the limit is passed.
    """

    is_terminal = False

    def __init__(self, loop: Loop, limit: int = CAPTURE_BYTES, columns: int = 80) -> None:
        self._pace = _Pace(loop)
        self._limit = limit
        self.columns = columns
        self.rows = 24
        self.data = bytearray()

    async def write(self, data: bytes | str) -> None:
        data = encoded(data)
        self.data += data[: self._limit - len(self.data)]
        if len(self.data) >= self._limit:
            raise TooMuchOutput
        await self._pace.charge(len(data))


class FileWriter:
    """Writes at the end of a file, at once.

    Raises (from ``write``):
        OSError: the file system is full.
    """

    is_terminal = False
    columns = 80
    rows = 24

    def __init__(self, loop: Loop, files: MemoryFiles, path: str) -> None:
        self._pace = _Pace(loop)
        self._files = files
        self._path = path

    async def write(self, data: bytes | str) -> None:
        data = encoded(data)
        self._files.append(self._path, data)
        await self._pace.charge(len(data))


class Pipe:
    """A bounded buffer between two commands; ``reader`` and ``writer`` are its ends."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.buffer = bytearray()
        self.reader_open = True
        self.writer_open = True
        self._waiting: list[Promise[None]] = []
        self.reader: Reader = _PipeReader(self)
        self.writer: Writer = _PipeWriter(self)

    async def changed(self) -> None:
        future = self.loop.future()
        self._waiting.append(future)
        await future

    def notify(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            future.set(None)

    def close_reader(self) -> None:
        self.reader_open = False
        self.buffer.clear()
        self.notify()

    def close_writer(self) -> None:
        self.writer_open = False
        self.notify()


class _PipeReader:
    is_terminal = False

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    async def read(self) -> bytes:
        pipe = self._pipe
        while not pipe.buffer and pipe.writer_open:
            await pipe.changed()
        data = bytes(pipe.buffer)
        pipe.buffer.clear()
        pipe.notify()
        return data

    async def readline(self) -> bytes:
        pipe = self._pipe
        line = bytearray()
        while True:
            end = pipe.buffer.find(b"\n") + 1
            if end:
                line += pipe.buffer[:end]
                del pipe.buffer[:end]
                pipe.notify()
                return bytes(line)
            line += pipe.buffer
            pipe.buffer.clear()
            pipe.notify()
            if not pipe.writer_open or len(line) > CAPTURE_BYTES:
                return bytes(line)
            await pipe.changed()

    async def read_until(self, end: bytes, most: int) -> bytes:
        pipe = self._pipe
        piece = bytearray()
        while len(piece) < most:
            while not pipe.buffer and pipe.writer_open:
                await pipe.changed()
            if not pipe.buffer:
                break
            found = pipe.buffer.find(end, 0, most - len(piece)) if end else -1
            stop = found + 1 if found >= 0 else most - len(piece)
            piece += pipe.buffer[:stop]
            del pipe.buffer[:stop]
            pipe.notify()
            if found >= 0:
                break
        return bytes(piece)


class _PipeWriter:
    is_terminal = False
    columns = 80
    rows = 24

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._pace = _Pace(pipe.loop)

    async def write(self, data: bytes | str) -> None:
        pipe = self._pipe
        data = encoded(data)
        for start in range(0, len(data), PIPE_BYTES):
            while pipe.reader_open and len(pipe.buffer) >= PIPE_BYTES:
                await pipe.changed()
            if not pipe.reader_open:
                raise BrokenPipeError(32, "Broken pipe")
            pipe.buffer += data[start : start + PIPE_BYTES]
            pipe.notify()
        await self._pace.charge(len(data))
        if not pipe.reader_open:
            raise BrokenPipeError(32, "Broken pipe")


def is_reader(stream: object) -> TypeGuard[Reader]:
    return hasattr(stream, "readline")


def is_writer(stream: object) -> TypeGuard[Writer]:
    return hasattr(stream, "write")


@runtime_checkable
class _Piecewise(Protocol):
    """A reader that can stop anywhere and leave the rest for whoever reads next."""

    async def read_until(self, end: bytes, most: int) -> bytes:
        """Input up to and with ``end`` (nothing: no end), or ``most`` bytes of it."""


async def read_until(reader: Reader, end: bytes, most: int | None) -> bytes:
    """Input up to and with the byte ``end`` (nothing: no end), or the first ``most`` characters of it.

    From a terminal it is a line, of which what is too much is lost.
    """
    if end == b"\n" and most is None:
        return await reader.readline()
    limit = CAPTURE_BYTES if most is None else most
    if not isinstance(reader, _Piecewise):
        line = await reader.readline()
        return encoded(decoded(line)[:limit])
    data = bytearray()
    while len(decoded(bytes(data))) < limit:
        piece = await reader.read_until(end, limit - len(decoded(bytes(data))) if most is not None else limit)
        data += piece
        # A character may have come in parts.
        if not piece or (end and piece.endswith(end)):
            break
        if most is not None and not data[-1] & 0x80 and len(decoded(bytes(data))) >= limit:
            break
    return bytes(data)


async def read_all(reader: Reader, limit: int = 4 * CAPTURE_BYTES) -> bytes:
    """Everything up to the end of the input, or the first ``limit`` bytes and a little more."""
    data = bytearray()
    while len(data) < limit:
        piece = await reader.read()
        if not piece:
            break
        data += piece
    return bytes(data)
