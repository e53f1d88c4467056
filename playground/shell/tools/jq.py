"""``jq``: filters JSON. The language as people use it, without modules, ``fromstream`` and ``--stream``.

Source: jq 1.7.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from playground.shell.streams import decoded, read_all
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.jq_calls import Environment
from playground.shell.tools.jq_filter import Filter
from playground.shell.tools.jq_parser import JqParser, JqSyntaxError
from playground.shell.tools.jq_values import JqFailed, to_text
from playground.shell.tools.options import read_options
from playground.shell.tools.reading import open_input

_NOTHING: Final = object()
_LONG: Final = {
    "raw-output": "r",
    "compact-output": "c",
    "slurp": "s",
    "null-input": "n",
    "exit-status": "e",
    "sort-keys": "S",
    "raw-input": "R",
    "join-output": "j",
    "tab": "T",
    "color-output": "C",
    "monochrome-output": "M",
    "indent": "i=",
    "ascii-output": "a",
}


async def jq(invocation: Invocation) -> int:
    try:
        words, variables, positional = _variables(invocation, invocation.arguments[1:])
    except OSError as error:
        return await invocation.complain(f"error: Could not open {error.filename}: {error.strerror}", 2)
    try:
        options = read_options(words, "rcsneSRjCMa", "", _LONG)
        indent = options.number("i", 2)
    except UsageError as error:
        await invocation.stderr.write(
            f"jq: Unknown arguments\nUse jq --help for help with command-line options ({error})\n"
        )
        return 2
    if not options.words:
        await invocation.stderr.write("Usage:\tjq [OPTIONS] FILTER [FILES...]\n")
        return 2
    text, *paths = options.words
    if positional is not None:
        try:
            rest = [json.loads(word) if positional == "json" else word for word in paths]
        except ValueError:
            return await invocation.complain("Invalid JSON text passed to --jsonargs", 2)
        variables["ARGS"]["positional"], paths = rest, []
    now_us = invocation.wall_us + invocation.loop.now_us
    variables |= {"ENV": dict(invocation.environment), "__now__": now_us / 1_000_000}
    try:
        tree = JqParser(text).parse()
    except (JqSyntaxError, RecursionError) as error:
        message = str(error) if isinstance(error, JqSyntaxError) else "filter nests too deep"
        hint = " (Unix shell quoting issues?)" if message.startswith("syntax error") else ""
        await invocation.stderr.write(
            f"jq: error: {message}{hint} at <top-level>, line 1:\n{text}\njq: 1 compile error\n"
        )
        return 3
    missed = 0
    data = ""
    if not options.has("n") or re.search(r"\binputs?\b", text):
        data, missing = await _all_of(invocation, paths)
        missed = 2 if missing else 0
    colour = options.has("C") or (invocation.stdout.is_terminal and not options.has("M"))
    width: int | str | None = None if options.has("c") else "\t" if options.has("T") else indent
    inputs = _inputs(data, options.has("R"), options.has("s"))
    filtering = Filter(tree, variables | {"__inputs__": inputs})
    status = missed
    last: Any = _NOTHING
    try:
        for value in iter((None,)) if options.has("n") else inputs:
            try:
                for result in filtering.run(value):
                    last = result
                    raw = options.has("r", "j") and isinstance(result, str)
                    shown_text = result if raw else to_text(result, width, options.has("S"), colour)
                    await invocation.stdout.write(shown_text + ("" if options.has("j") else "\n"))
            except JqFailed as error:
                sentence = str(error) if isinstance(error.value, str) else f"{to_text(error.value)} (not a string)"
                await invocation.stderr.write(f"jq: error (at <stdin>:{data.count(chr(10))}): {sentence}\n")
                status = 5
            except (RecursionError, MemoryError):
                await invocation.stderr.write("jq: error: filter nests too deep\n")
                status = 5
            await invocation.loop.sleep(100)
    except JqSyntaxError as error:
        await invocation.stderr.write(f"jq: error: {error} at <top-level>, line 1:\n{text}\njq: 1 compile error\n")
        return 3
    except (ValueError, RecursionError) as error:
        await invocation.stderr.write(f"jq: parse error: {_parse_error(error, data)}\n")
        return 5
    if options.has("e") and not status:
        return 4 if last is _NOTHING else 1 if last is None or last is False else 0
    return status


def _parse_error(error: BaseException, data: str) -> str:
    if isinstance(error, json.JSONDecodeError):
        if error.pos >= len(data.rstrip()):
            end = len(data)
            return f"Unfinished JSON term at EOF at line {data.count(chr(10)) + 1}, column {_column(data, end)}"
        word = re.match(r"[^\s\[\]{},:\"]*", data[error.pos :])
        end = min(error.pos + (word.end() if word else 0) + 1, len(data))
        return f"Invalid numeric literal at line {data.count(chr(10), 0, end) + 1}, column {_column(data, end)}"
    return "Exceeds depth limit for parsing"


def _column(data: str, end: int) -> int:
    """How far into its line jq had read. It counts what it has taken, so that a line begins at 0."""
    return end - (data.rfind("\n", 0, end) + 1)


async def _all_of(invocation: Invocation, paths: list[str]) -> tuple[str, bool]:
    """What is in the files, or comes in; and whether some of it could not be read, which is said."""
    data, missing = "", False
    for path in paths or ["-"]:
        reader = await open_input(invocation, path, complain=False)
        if reader is None:
            missing = True
            await invocation.complain(f"error: Could not open file {path}: No such file or directory")
            continue
        data += decoded(await read_all(reader))
    return data, missing


def _inputs(data: str, raw: bool, slurp: bool) -> Iterator[Any]:
    if raw:
        if slurp:
            yield data
        else:
            yield from data.splitlines()
        return
    values = _documents(data)
    if slurp:
        yield list(values)
    else:
        yield from values


def _documents(data: str) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    at = 0
    while True:
        while at < len(data) and data[at] in " \t\r\n":
            at += 1
        if at >= len(data):
            return
        value, at = decoder.raw_decode(data, at)
        yield value


def _variables(invocation: Invocation, arguments: list[str]) -> tuple[list[str], Environment, str | None]:
    """Take ``--arg name value`` and its like out of the arguments.

    Gives what is left, the variables, and ``text`` or ``json`` where the words behind the filter are no files.

    Raises:
        OSError: a file of ``--rawfile`` or ``--slurpfile`` cannot be read.
    """
    rest: list[str] = []
    named: dict[str, Any] = {}
    positional: str | None = None
    index = 0
    while index < len(arguments):
        word = arguments[index]
        if word in ("--arg", "--argjson", "--rawfile", "--slurpfile") and index + 2 < len(arguments):
            name, value = arguments[index + 1 : index + 3]
            if word.endswith("file"):
                value = decoded(invocation.files.read(value))
            try:
                named[name] = (
                    json.loads(value)
                    if word == "--argjson"
                    else list(_documents(value))
                    if word == "--slurpfile"
                    else value
                )
            except ValueError:
                named[name] = None
            index += 3
            continue
        if word in ("--args", "--jsonargs"):
            positional = "json" if word == "--jsonargs" else "text"
            index += 1
            continue
        rest.append(word)
        index += 1
    return rest, {"named": {}, **named, "ARGS": {"positional": [], "named": named}}, positional


JQ_TOOLS: Final[dict[str, Tool]] = {"jq": jq}
