"""Remembers what a program was asked and what it answered, for lessons and the timeline, and follows what it does."""

import shlex
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from playground.api.process import Process, Program, Writer
from playground.sim import Kernel, Trail

KEPT_BYTES = 8 * 1024
KEPT_COMMANDS = 20
"""Commands of a lab whose ways are kept."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One program that ended. ``output`` is the end of both streams, in the order written."""

    machine: str
    line: str
    output: str
    exit: int
    number: int = 0
    """Its number among the commands of the lab, from 1."""


@dataclass(slots=True)
class Command:
    """One run of a program that is followed. ``exit`` is None while it runs."""

    number: int
    machine: str
    line: str
    began_us: int
    exit: int | None = None
    trail: Trail = field(default_factory=Trail)


class Commands:
    """The newest commands of a lab, oldest first."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._kept: deque[Command] = deque()
        self._begun = 0

    def all(self) -> list[Command]:
        return list(self._kept)

    @property
    def followed(self) -> Trail | None:
        """What is followed at this moment."""
        return self._kernel.cause

    def begin(self, machine: str, line: str) -> Command:
        """A program starts: what happens from now on in this coroutine, and because of it, is followed."""
        self._begun += 1
        command = Command(self._begun, machine, line, self._kernel.now_us)
        self._kept.append(command)
        if len(self._kept) > KEPT_COMMANDS:
            self._kept.popleft().trail.close()
        self._kernel.cause = command.trail
        self._kernel.mark("started", machine, line=line)
        return command

    def end(self, command: Command, exit_code: int, output: str, before: Trail | None) -> None:
        """It ended; ``before`` is whose work goes on."""
        self._kernel.cause = command.trail
        self._kernel.mark("ended", command.machine, exit=exit_code, output=output[-1000:])
        command.exit = exit_code
        command.trail.ended_us = self._kernel.now_us
        self._kernel.cause = before


class _Tee:
    """Passes everything on and keeps the end of it. The terminal's size is asked for when it is needed."""

    def __init__(self, writer: Writer, kept: bytearray) -> None:
        self._writer = writer
        self._kept = kept
        self.is_terminal = writer.is_terminal

    @property
    def columns(self) -> int:
        return self._writer.columns

    @columns.setter
    def columns(self, columns: int) -> None:
        self._writer.columns = columns

    @property
    def rows(self) -> int:
        return self._writer.rows

    @rows.setter
    def rows(self, rows: int) -> None:
        self._writer.rows = rows

    async def write(self, data: bytes | str) -> None:
        self._kept += data if isinstance(data, bytes) else data.encode()
        if len(self._kept) > 2 * KEPT_BYTES:
            del self._kept[:-KEPT_BYTES]
        await self._writer.write(data)


def record(
    machine: str,
    program: Program,
    commands: Commands,
    begun: Callable[[Command], object],
    heard: Callable[[Recorded], object],
) -> Program:
    """Return ``program`` with its runs followed: ``begun`` hears of each when it begins, ``heard`` when it ends."""

    async def run(process: Process) -> int:
        kept = bytearray()
        teed = replace(process, stdout=_Tee(process.stdout, kept), stderr=_Tee(process.stderr, kept))
        exit_code = 130
        line = shlex.join(process.arguments)
        before = commands.followed
        command = commands.begin(machine, line)
        begun(command)
        try:
            exit_code = await program(teed)
        finally:
            output = kept[-KEPT_BYTES:].decode(errors="replace")
            commands.end(command, exit_code, output, before)
            heard(Recorded(machine, line, output, exit_code, command.number))
        return exit_code

    return run
