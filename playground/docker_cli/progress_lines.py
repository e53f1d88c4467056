"""Lines that change in place on a terminal, and how they look where there is none.

Source: moby pkg/jsonmessage (DisplayJSONMessagesStream).
"""

from dataclasses import dataclass

from playground.docker_cli.cli import Cli
from playground.docker_cli.formatter.instants import rfc3339_fixed
from playground.docker_cli.formatter.sizes import human_size

_BAR_FROM_WIDTH = 110


@dataclass(frozen=True, slots=True)
class Line:
    """One message. ``identity`` names the line that it replaces; without progress it is a line of its own."""

    identity: str
    text: str
    current: int = 0
    total: int = 0
    hide_counts: bool = False
    units: str = ""
    has_progress: bool = True
    time_ns: int = 0
    stream: str = ""


def bar(line: Line, width: int) -> str:
    """The progress part of a line: a bar where the terminal is wide enough, and counts."""
    if line.current <= 0 and line.total <= 0:
        return ""
    if line.total <= 0:
        return f"{line.current} {line.units}" if line.units else f"{human_size(line.current):>8}"
    percentage = min(50, int(line.current / line.total * 100) // 2)
    box = f"[{'=' * percentage}>{' ' * (50 - percentage)}] " if width > _BAR_FROM_WIDTH else ""
    if line.hide_counts:
        return box
    if line.units:
        counts = f"{line.current}/{line.total} {line.units}"
        return box + (f"{line.current} {line.units}" if line.current > line.total else counts)
    current = f"{human_size(line.current):>8}"
    return box + (current if line.current > line.total else f"{current}/{human_size(line.total)}")


class Display:
    """Writes lines to the command's output as they come."""

    def __init__(self, cli: Cli, to_error: bool = False) -> None:
        self._out = cli.process.stderr if to_error else cli.process.stdout
        self._rows: dict[str, int] = {}

    async def show(self, line: Line) -> None:
        terminal = self._out.is_terminal
        text = ""
        down = 0
        if line.identity and line.has_progress:
            if line.identity not in self._rows:
                self._rows[line.identity] = len(self._rows)
                text += "\n" if terminal else ""
            down = len(self._rows) - self._rows[line.identity]
            text += f"\x1b[{down}A" if terminal else ""
        else:
            self._rows = {}
        text += self._rendered(line, terminal)
        if line.identity and terminal and down:
            text += f"\x1b[{down}B"
        if text:
            await self._out.write(text)

    def _rendered(self, line: Line, terminal: bool) -> str:
        width = self._out.columns if terminal else 200
        in_place = terminal and line.has_progress and not line.stream
        if not in_place and line.has_progress and bar(line, width):
            return ""
        text = "\x1b[2K\r" if in_place else ""
        if line.time_ns:
            text += rfc3339_fixed(line.time_ns) + " "
        if line.identity:
            text += f"{line.identity}: "
        if line.has_progress and terminal and not line.stream:
            return text + f"{line.text} {bar(line, width)}\r"
        if line.stream:
            return text + line.stream
        return text + line.text + "\n"
