"""Remembers what a program was asked and what it answered, for lessons and the timeline."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace

from playground.api.process import Process, Program, Writer

KEPT_BYTES = 8 * 1024


@dataclass(frozen=True, slots=True)
class Recorded:
    """One program that ended. ``output`` is the end of both streams, in the order written."""

    machine: str
    line: str
    output: str
    exit: int


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


def record(machine: str, program: Program, heard: Callable[[Recorded], object]) -> Program:
    """Return ``program`` with its runs reported to ``heard`` when they end."""

    async def run(process: Process) -> int:
        kept = bytearray()
        teed = replace(process, stdout=_Tee(process.stdout, kept), stderr=_Tee(process.stderr, kept))
        exit_code = 130
        try:
            exit_code = await program(teed)
        finally:
            line = shlex.join(process.arguments)
            heard(Recorded(machine, line, kept[-KEPT_BYTES:].decode(errors="replace"), exit_code))
        return exit_code

    return run
