"""A pseudo-terminal: between somebody's keyboard and screen and the programs of a machine.

Input passes a line discipline as Linux's does (echo, erase, Ctrl-C, Ctrl-D) while a program reads lines, and goes
on untouched where a program, or the shell's own line editor, asked for raw bytes. Output is taken at no more than
``BYTES_PER_SECOND`` of virtual time; who writes more waits, so that nothing can flood a page.
"""

from collections.abc import Callable
from typing import Final

from playground.api.process import Interrupted, Loop, Promise, RunningTask
from playground.shell.keys import width_of
from playground.shell.session import Session
from playground.shell.streams import encoded
from playground.shell.surroundings import Surroundings

BYTES_PER_SECOND: Final = 256 * 1024
BURST_US: Final = 100_000
CHUNK: Final = 8192
MAX_INPUT: Final = 64 * 1024
MAX_COOKED_LINE: Final = 4096


class Terminal:
    """One terminal with a login shell in it.

    ``on_output`` gets the bytes for the screen, within the event that wrote them. When the shell ends, by ``exit`` or
    Ctrl-D, a new one begins; when the machine goes off the terminal stays silent until ``attach`` gives it the
    machine's new surroundings. Without surroundings it is a bare line discipline for whoever made it.
    """

    is_terminal = True

    def __init__(
        self,
        loop: Loop,
        surroundings: Surroundings | None,
        columns: int = 80,
        rows: int = 24,
        on_output: Callable[[bytes], None] = lambda data: None,
    ) -> None:
        self._loop = loop
        self.columns = columns
        self.rows = rows
        self.foreground: list[RunningTask[int]] = []
        """The tasks that Ctrl-C may interrupt, the innermost last."""
        self.on_resize: Callable[[], None] | None = None
        self.quit = False
        """Ctrl-\\ was typed: the foreground task was cancelled, not the session."""
        self._on_output = on_output
        self._raw = False
        self._as_is = False
        """A program made output raw too: line feeds go out as they are."""
        self._raw_input = bytearray()
        self._line = bytearray()
        self._lines: list[bytes] = []
        self._waiting: list[Promise[None]] = []
        self._free_us = 0
        self._hung_up = False
        self._column_zero = True
        self._main: RunningTask[None] | None = None
        if surroundings is not None:
            self.attach(surroundings)

    # The keyboard's and screen's side

    def feed(self, data: bytes) -> None:
        """Somebody typed (or pasted) this."""
        if self._hung_up:
            return
        if self._raw:
            if len(self._raw_input) < MAX_INPUT:
                self._raw_input += data
            self._notify()
            return
        for byte in data:
            self._cook(byte)

    def resize(self, columns: int, rows: int) -> None:
        """The screen has another size now."""
        self.columns = max(1, columns)
        self.rows = max(1, rows)
        if self.on_resize is not None:
            self.on_resize()

    def hangup(self) -> None:
        """The terminal is closed: everything in it ends."""
        self._hung_up = True
        if self._main is not None:
            self._main.cancel()
            self._main = None
        self._notify()

    def attach(self, surroundings: Surroundings) -> None:
        """Begin a login shell on a machine, ending the one that was there."""
        if self._main is not None:
            self._main.cancel()
        self._hung_up = False
        self.foreground = []
        self.on_resize = None
        self._raw = self._as_is = False
        self._raw_input.clear()
        self._line.clear()
        self._lines.clear()
        self._main = self._loop.spawn(self._live(surroundings), f"terminal on {surroundings.hostname}")

    async def _live(self, surroundings: Surroundings) -> None:
        if surroundings.motd:
            await self.write(surroundings.motd)
        while not (surroundings.gone is not None and surroundings.gone.done):
            await Session(self, surroundings).interact()

    # The programs' side

    def set_raw(self, raw: bool) -> None:
        """See ``playground.api.process.TerminalReader``. Output is left as it is too, as cfmakeraw(3) does."""
        self._as_is = raw
        self.set_editing(raw)

    def set_editing(self, raw: bool) -> None:
        """Raw input only, as a line editor wants it."""
        if raw == self._raw:
            return
        self._raw = raw
        if raw:
            waiting = b"".join(self._lines) + bytes(self._line)
            self._lines.clear()
            self._line.clear()
            self._raw_input[:0] = waiting
        else:
            self.unread(b"")

    def unread(self, data: bytes) -> None:
        """Give back bytes that were read raw but not used; outside raw mode they are cooked, with their echo."""
        pending = data + bytes(self._raw_input)
        self._raw_input.clear()
        self.feed(pending)

    async def read(self) -> bytes:
        """Some input: raw bytes, or a line (or less, behind Ctrl-D; nothing means the end)."""
        while True:
            if self._hung_up:
                return b""
            if self._raw and self._raw_input:
                data = bytes(self._raw_input)
                self._raw_input.clear()
                return data
            if not self._raw and self._lines:
                return self._lines.pop(0)
            future = self._loop.future()
            self._waiting.append(future)
            await future

    async def readline(self) -> bytes:
        return await self.read()

    async def write(self, data: bytes | str) -> None:
        """Show; line feeds get their carriage return. Waits while the screen is behind."""
        data = encoded(data)
        if not self._as_is:
            data = data.replace(b"\n", b"\r\n")
        if not data:
            return
        for start in range(0, len(data), CHUNK):
            behind_us = self._free_us - self._loop.now_us - BURST_US
            if behind_us > 0:
                await self._loop.sleep(behind_us)
            self._show(data[start : start + CHUNK])

    def echo(self, data: bytes) -> None:
        """Show at once, not waiting."""
        self._show(data)

    @property
    def at_line_start(self) -> bool:
        """True when the last thing shown ended a line."""
        return self._column_zero

    def _show(self, data: bytes) -> None:
        if self._hung_up or not data:
            return
        self._free_us = max(self._free_us, self._loop.now_us) + len(data) * 1_000_000 // BYTES_PER_SECOND
        self._column_zero = data.endswith(b"\n")
        self._on_output(data)

    def _notify(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            future.set(None)

    # The line discipline

    def _cook(self, byte: int) -> None:
        match byte:
            case 3:
                self.echo(b"^C")
                self._line.clear()
                self._lines.clear()
                self._interrupt()
            case 28:
                self.echo(b"^\\")
                self._line.clear()
                if self.foreground:
                    self.quit = True
                    self.foreground[-1].cancel()
            case 26:
                self.echo(b"^Z\r\nCommands cannot be stopped here; Ctrl-C ends this one.\r\n")
            case 4:
                self._push(bytes(self._line))
            case 127 | 8:
                self._erase()
            case 21:
                while self._line:
                    self._erase()
            case 23:
                while self._line[-1:].isspace():
                    self._erase()
                while self._line and not self._line[-1:].isspace():
                    self._erase()
            case 13 | 10:
                self.echo(b"\r\n")
                self._push(bytes(self._line) + b"\n")
            case _ if len(self._line) >= MAX_COOKED_LINE:
                self.echo(b"\a")
            case _:
                self._line.append(byte)
                self.echo(bytes([byte]) if byte >= 32 or byte == 9 else b"^" + bytes([byte ^ 64]))

    def _push(self, line: bytes) -> None:
        self._line.clear()
        if sum(map(len, self._lines)) < MAX_INPUT:
            self._lines.append(line)
        self._notify()

    def _erase(self) -> None:
        if not self._line:
            return
        end = len(self._line) - 1
        while end > 0 and self._line[end] & 0xC0 == 0x80:
            end -= 1
        character = bytes(self._line[end:]).decode("utf-8", "replace")[:1]
        del self._line[end:]
        width = 2 if ord(character) < 32 else width_of(character)
        self.echo(b"\b \b" * width)

    def _interrupt(self) -> None:
        if self.foreground:
            self.foreground[-1].throw(Interrupted())
