"""``awk``: gives an awk program its input, record by record, and what else it waits for.

A command that is read with ``getline`` runs to its end before its first line is there. Source: mawk 1.3.4.
"""

import re
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Final, cast

from playground.api.process import Reader
from playground.shell.streams import BytesReader, Capture, TooMuchOutput, decoded, encoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.awk_fields import MAX_ELEMENTS
from playground.shell.tools.awk_functions import MAX_TEXT
from playground.shell.tools.awk_lexer import AwkError, unescape
from playground.shell.tools.awk_program import Exit, Next, Program
from playground.shell.tools.awk_values import (
    FromInput,
    Scalar,
    text_of,
    to_number,
    truth,
)
from playground.shell.tools.awk_waiting import Steps, Wanted
from playground.shell.tools.options import read_options
from playground.shell.tools.reading import lines_of, open_input, whole


async def awk(invocation: Invocation) -> int:
    try:
        options = read_options(
            invocation.arguments[1:], "", "Fvf", {"field-separator": "F=", "assign": "v=", "version": "V"}, False
        )
    except UsageError as error:
        return await invocation.complain(str(error), 2)
    words = list(options.words)
    texts: list[str] = []
    for path in options.values.get("f", []):
        try:
            text = await whole(invocation, path) if path in ("-", "/dev/stdin") else invocation.files.read(path)
            texts.append(decoded(text or b""))
        except OSError:
            return await invocation.complain(f'cannot open "{path}" (No such file or directory)', 2)
    if not texts:
        if not words:
            await invocation.stderr.write("usage: awk [-F separator] [-v name=value] 'program' [file...]\n")
            return 2
        texts = [words.pop(0)]
    try:
        program = Program(invocation, "\n".join(texts))
        for setting in options.values.get("v", []):
            name, _, value = setting.partition("=")
            program.globals[name] = FromInput(unescape(value))
        if options.has("F"):
            separator = options.value("F")
            program.globals["FS"] = "\t" if separator == "t" else unescape(separator)
        return await _Run(invocation, program, words).run()
    except AwkError as error:
        return await invocation.complain(str(error), 2)
    except RecursionError:
        return await invocation.complain("program nests too deep", 2)


class _Run:
    """One run of a program, from its first ``BEGIN`` to its last ``END``."""

    def __init__(self, invocation: Invocation, program: Program, paths: list[str]) -> None:
        self._invocation = invocation
        self._program = program
        self._ended = False
        arguments = ["awk", *paths]
        program.globals["ARGC"] = float(len(arguments))
        program.globals["ARGV"] = {str(index): FromInput(word) for index, word in enumerate(arguments)}
        self._records = self._input()

    async def run(self) -> int:
        program = self._program
        try:
            for index in self._special("begin"):
                await self._act(index)
            await self._flush()
            if len(self._special("begin")) < len(program.rules):
                await self._main()
        except (Exit, Next):
            pass
        try:
            for index in self._special("end"):
                await self._act(index)
        except Exit:
            pass
        finally:
            program.streams.closed += program.streams.pipes
            if not self._invocation.stdout.is_terminal:  # Its own output is still in a buffer.
                while program.streams.closed:
                    await self._pipe(program.streams.closed.pop(0))
            await self._flush()
        return program.status

    def _special(self, kind: str) -> list[int]:
        return [index for index, rule in enumerate(self._program.rules) if rule[0] == (kind,)]

    async def _main(self) -> None:
        program = self._program
        rules = [i for i, rule in enumerate(program.rules) if rule[0] not in (("begin",), ("end",))]
        while (record := await self._next_record()) is not None:
            program.set_record(record)
            try:
                for index in rules:
                    if program.rules[index][0] is None or truth(await self._driven(program.selected(index))):
                        await self._act(index)
            except Next:
                pass
            await self._flush()

    async def _act(self, index: int) -> None:
        await self._driven(self._program.run(self._program.rules[index][2] or ("print", [], "", None)))

    async def _driven(self, steps: Steps) -> Scalar:
        """Let a part of the program go on, giving it what it waits for, until it has its value."""
        answer: Any = None
        try:
            while True:
                wanted = steps.send(answer)
                await self._flush()
                answer = None
                if wanted is None:
                    await self._invocation.loop.sleep(200)
                else:
                    answer = await self._answer(wanted)
        except StopIteration as stop:
            return cast("Scalar", stop.value)

    async def _answer(self, wanted: Wanted) -> object:
        match wanted.what:
            case "input":
                return await self._next_record()
            case "status":
                return await self._invocation.sh(wanted.command)
            case "output":
                capture = Capture(self._invocation.loop)
                with suppress(TooMuchOutput):
                    await self._invocation.sh(wanted.command, stdout=capture)
                return decoded(bytes(capture.data))

    async def _flush(self) -> None:
        streams = self._program.streams
        if streams.out:
            text, streams.out = "".join(streams.out), []
            await self._invocation.stdout.write(text)
        if streams.errors:
            text, streams.errors = "".join(streams.errors), []
            await self._invocation.stderr.write(text)
        while streams.closed:
            await self._pipe(streams.closed.pop(0))

    async def _pipe(self, command: str) -> None:
        fed = BytesReader(encoded("".join(self._program.streams.pipes.pop(command, []))))
        await self._invocation.sh(command, stdin=fed)

    # Input

    async def _next_record(self) -> str | None:
        """The next record of the input, counted; None at its end."""
        if self._ended:
            return None
        record = await anext(self._records, None)
        if record is None:
            self._ended = True
            return None
        for name in ("NR", "FNR"):
            self._program.globals[name] = to_number(self._program.globals[name]) + 1
        return record

    async def _input(self) -> AsyncIterator[str]:
        """All records of what ``ARGV`` names, settings of variables on the way; of the input where no file is named."""
        program = self._program
        number = 0
        named = False
        while (number := number + 1) < min(to_number(program.globals["ARGC"]), MAX_ELEMENTS):
            path = text_of(program.globals["ARGV"].get(str(number), ""))
            if not path:
                continue
            if re.match(r"[A-Za-z_]\w*=", path):
                name, _, value = path.partition("=")
                program.globals[name] = FromInput(unescape(value))
                continue
            named = True
            async for record in self._file(path):
                yield record
        if not named:
            async for record in self._file("-"):
                yield record

    async def _file(self, path: str) -> AsyncIterator[str]:
        invocation, program = self._invocation, self._program
        reader = await open_input(invocation, path, complain=False)
        if reader is None:
            program.status = await invocation.complain(f'cannot open "{path}" (No such file or directory)', 2)
            return
        program.globals["FILENAME"] = "" if path == "-" else path
        program.globals["FNR"] = 0.0
        async for record in _split_records(invocation, program, reader):
            yield record


async def _split_records(invocation: Invocation, program: Program, reader: Reader) -> AsyncIterator[str]:
    held = ""
    async for line in lines_of(invocation, reader):
        separator = text_of(program.globals["RS"])
        if separator == "\n":
            yield line.removesuffix("\n")
            continue
        held += line
        if separator == "":
            if line == "\n":
                if held.strip("\n"):
                    yield held.strip("\n")
                held = ""
            continue
        *whole, held = held.split(separator)
        for record in whole:
            yield record
        if len(held) > MAX_TEXT:
            raise AwkError("record too long")
    if held.strip("\n"):
        yield held.removesuffix("\n")


AWK_TOOLS: Final[dict[str, Tool]] = {"awk": awk, "mawk": awk, "gawk": awk}
