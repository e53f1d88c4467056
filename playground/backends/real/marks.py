"""Reads the marks that a node's shell puts between its commands (``files/terminal.bashrc``).

``ESC ] 7771 ; B ; base64 BEL``: this line is about to run. ``ESC ] 7771 ; E ; code BEL``: it ended so. Everything
between is its output. Marks are taken out of what goes to the screen.
"""

import base64
import binascii
import re

from playground.backends.recorded import KEPT_BYTES, Recorded

_MARK = re.compile(rb"\x1b\]7771;([BE]);([^\x07\x1b]*)\x07")
_START = b"\x1b]7771;"
MAX_MARK = 32 * 1024
_CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[=>]|\r(?=\n)")


class CommandMarks:
    """One terminal's output, piece by piece."""

    def __init__(self, machine: str) -> None:
        self._machine = machine
        self._held = b""
        self._line: str | None = None
        self._output = bytearray()

    def feed(self, data: bytes) -> tuple[bytes, list[str], list[Recorded]]:
        """What goes to the screen, the lines that began to run, and the commands that ended."""
        data = self._held + data
        visible, at = bytearray(), 0
        begun: list[str] = []
        ended: list[Recorded] = []
        for found in _MARK.finditer(data):
            self._show(data[at : found.start()], visible)
            at = found.end()
            if found[1] == b"B":
                self._begin(found[2])
                begun += [self._line] if self._line else []
            elif self._line is not None:
                ended.append(self._end(found[2]))
        rest = data[at:]
        cut = _unfinished(rest)
        self._show(rest[:cut], visible)
        self._held = rest[cut:]
        return bytes(visible), begun, ended

    def _show(self, data: bytes, visible: bytearray) -> None:
        visible += data
        if self._line is not None:
            self._output += data
            if len(self._output) > 2 * KEPT_BYTES:
                del self._output[:-KEPT_BYTES]

    def _begin(self, encoded: bytes) -> None:
        try:
            self._line = base64.b64decode(encoded, validate=True).decode(errors="replace").strip()
        except binascii.Error:
            self._line = None
        self._output.clear()

    def _end(self, code: bytes) -> Recorded:
        assert self._line is not None
        text = _CONTROLS.sub("", self._output[-KEPT_BYTES:].decode(errors="replace"))
        line, self._line = self._line, None
        return Recorded(self._machine, line, text, int(code) if code.isdigit() else -1)


def _unfinished(data: bytes) -> int:
    """Where a mark begins that has not come whole; the length of ``data`` when there is none."""
    at = data.rfind(b"\x1b")
    if at < 0 or len(data) - at > MAX_MARK:
        return len(data)
    tail = data[at:]
    begun = tail.startswith(_START) or _START.startswith(tail)
    return at if begun and b"\x07" not in tail else len(data)
