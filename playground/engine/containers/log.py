"""What a container wrote: lines with stream and time, kept like the json-file driver keeps them.

Source: moby ``daemon/logger``.
"""

from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from playground.api.client import Frame
from playground.sim import Channel, Kernel
from playground.swarm.executor import LogLine

KEPT_LINES = 10_000
KEPT_BYTES = 2_000_000
"""A container that writes without end must not fill the server; the oldest lines go first."""
_LONGEST_LINE = 16_384
STDERR = 2
STDERR_US = 300
"""The two streams are read one beside the other: what was written in one go comes out standard output first."""


class ContainerLog:
    """The log of one container, through all its runs."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._lines: deque[LogLine] = deque()
        self._bytes = 0
        self._partial: dict[int, bytearray] = {}
        self._listeners: list[Callable[[LogLine | None], object]] = []
        self._errors: list[LogLine] = []
        """Lines of standard error that are read in a moment."""

    def write(self, stream: int, data: bytes) -> None:
        """Take output; whole lines are logged, the rest waits for its newline."""
        partial = self._partial.setdefault(stream, bytearray())
        partial += data
        while True:
            end = partial.find(b"\n") + 1
            if not end and len(partial) < _LONGEST_LINE:
                return
            end = min(end or _LONGEST_LINE, _LONGEST_LINE)
            self._read(LogLine(stream, self._kernel.now_us, bytes(partial[:end])))
            del partial[:end]

    def _read(self, line: LogLine) -> None:
        if line.stream != STDERR:
            self._append(line)
            return
        if not self._errors:
            self._kernel.after(STDERR_US, self._read_errors)
        self._errors.append(line)

    def _read_errors(self) -> None:
        errors, self._errors = self._errors, []
        for line in errors:
            self._append(replace(line, timestamp_us=self._kernel.now_us))

    def flush(self) -> None:
        """The process ended: what has no newline is a line too. Those who follow are told of the end."""
        for stream, partial in self._partial.items():
            if partial:
                self._read(LogLine(stream, self._kernel.now_us, bytes(partial)))
        self._partial.clear()
        self._read_errors()
        for listener in list(self._listeners):
            listener(None)

    def _append(self, line: LogLine) -> None:
        self._lines.append(line)
        self._bytes += len(line.data)
        while len(self._lines) > KEPT_LINES or self._bytes > KEPT_BYTES:
            self._bytes -= len(self._lines.popleft().data)
        for listener in list(self._listeners):
            listener(line)

    def lines(self) -> list[LogLine]:
        return list(self._lines)

    def listen(self, listener: Callable[[LogLine | None], object]) -> Callable[[], None]:
        """Call ``listener(line)`` for every line to come, and with None when a run ends. Returns how to stop."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def select(
        self, streams: tuple[int, ...], tail: int | None, since_us: int | None, until_us: int | None
    ) -> list[LogLine]:
        """The last ``tail`` lines of some streams between two moments of the lab."""
        found = [
            line
            for line in self._lines
            if line.stream in streams
            and (since_us is None or line.timestamp_us >= since_us)
            and (until_us is None or line.timestamp_us <= until_us)
        ]
        if tail is not None:
            found = found[len(found) - tail :] if 0 < tail < len(found) else (found if tail else [])
        return found

    async def stream(
        self,
        streams: tuple[int, ...],
        tail: int | None,
        since_us: int | None,
        until_us: int | None,
        running: Callable[[], bool] | None,
        dress: Callable[[LogLine], bytes],
    ) -> AsyncIterator[Frame]:
        """Lines as frames; with ``running`` also those to come, while it is true."""
        channel: Channel[LogLine | None] = Channel(self._kernel)
        past = self.select(streams, tail, since_us, until_us)
        stop = self.listen(channel.put) if running is not None else None
        timer = None
        if running is not None and until_us is not None:
            timer = self._kernel.at(until_us, channel.close)
        try:
            for line in past:
                yield line.stream, dress(line)
            while running is not None and (running() or channel._items):
                try:
                    new = await channel.get()
                except Channel.Closed:
                    return
                if new is not None and new.stream in streams:
                    yield new.stream, dress(new)
        finally:
            if stop is not None:
                stop()
            if timer is not None:
                timer.cancel()
