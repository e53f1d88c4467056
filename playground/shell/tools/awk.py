"""``awk``: gives an awk program its input, record by record.

Left out: ``system``, and ``getline`` other than from a file. Source: mawk 1.3.4.
"""

import re
from collections.abc import AsyncIterator
from typing import Any, Final

from playground.api.process import Reader
from playground.shell.streams import BytesReader, decoded, encoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.awk_functions import MAX_TEXT
from playground.shell.tools.awk_lexer import AwkError
from playground.shell.tools.awk_program import Exit, Next, Program
from playground.shell.tools.awk_values import (
    FromInput,
    text_of,
    to_number,
)
from playground.shell.tools.options import read_options
from playground.shell.tools.reading import lines_of, open_input


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
            texts.append(decoded(invocation.files.read(path)))
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
            program.globals[name] = FromInput(value.replace("\\n", "\n").replace("\\t", "\t"))
        if options.has("F"):
            separator = options.value("F")
            program.globals["FS"] = "\t" if separator == "t" else separator.replace("\\t", "\t")
        return await _run(invocation, program, words)
    except AwkError as error:
        return await invocation.complain(str(error), 2)
    except RecursionError:
        return await invocation.complain("program nests too deep", 2)


async def _run(invocation: Invocation, program: Program, paths: list[str]) -> int:
    async def act(index: int) -> None:
        action = program.rules[index][2] or ("print", [], "", None)
        for _ in program.run(action):
            await flush()
            await invocation.loop.sleep(200)

    async def flush() -> None:
        if program.streams.out:
            text, program.streams.out = "".join(program.streams.out), []
            await invocation.stdout.write(text)
        if program.streams.errors:
            text, program.streams.errors = "".join(program.streams.errors), []
            await invocation.stderr.write(text)
        while program.streams.closed:
            await pipe(program.streams.closed.pop(0))

    async def pipe(command: str) -> None:
        fed = BytesReader(encoded("".join(program.streams.pipes.pop(command, []))))
        await invocation.sh(command, stdin=fed)

    def special(kind: str) -> list[int]:
        return [index for index, rule in enumerate(program.rules) if rule[0] == (kind,)]

    try:
        for index in special("begin"):
            await act(index)
        await flush()
        if len(special("begin")) < len(program.rules):
            await _records(invocation, program, paths, act, flush)
    except Exit:
        pass
    except Next:
        pass
    try:
        for index in special("end"):
            await act(index)
    except Exit:
        pass
    finally:
        program.streams.closed += program.streams.pipes
        if not invocation.stdout.is_terminal:  # Its own output is still in a buffer.
            while program.streams.closed:
                await pipe(program.streams.closed.pop(0))
        await flush()
    return program.status


async def _records(invocation: Invocation, program: Program, paths: list[str], act: Any, flush: Any) -> None:
    rules = [i for i, rule in enumerate(program.rules) if rule[0] not in (("begin",), ("end",))]
    files = [path for path in paths if not re.match(r"[A-Za-z_]\w*=", path)]
    for path in paths if files else [*paths, "-"]:
        if path not in ("-",) and re.match(r"[A-Za-z_]\w*=", path):
            name, _, value = path.partition("=")
            program.globals[name] = FromInput(value)
            continue
        reader = await open_input(invocation, path, complain=False)
        if reader is None:
            await invocation.complain(f'cannot open "{path}" (No such file or directory)')
            program.status = 2
            continue
        program.globals["FILENAME"] = "" if path == "-" else path
        program.globals["FNR"] = 0.0
        async for record in _split_records(invocation, program, reader):
            program.set_record(record)
            program.globals["NR"] = to_number(program.globals["NR"]) + 1
            program.globals["FNR"] = to_number(program.globals["FNR"]) + 1
            try:
                for index in rules:
                    if program.selected(index):
                        await act(index)
            except Next:
                pass
            await flush()


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
