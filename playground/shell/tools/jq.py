"""``jq``: filters JSON. The language as people use it, without modules, ``input``, streams and SQL-like extras.

Source: jq 1.7.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from playground.shell.streams import decoded
from playground.shell.tool import Invocation, Tool, UsageError
from playground.shell.tools.jq_calls import Environment
from playground.shell.tools.jq_filter import Filter
from playground.shell.tools.jq_parser import JqParser, JqSyntaxError
from playground.shell.tools.jq_values import JqFailed, to_text
from playground.shell.tools.options import read_options
from playground.shell.tools.reading import whole

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
    words, variables = _variables(invocation.arguments[1:])
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
    text = options.words[0]
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
    data = ""
    if not options.has("n"):
        for path in options.words[1:] or ["-"]:
            piece = await whole(invocation, path)
            if piece is None:
                return 2
            data += decoded(piece)
    colour = options.has("C") or (invocation.stdout.is_terminal and not options.has("M"))
    width = None if options.has("c") else indent
    filtering = Filter(tree, variables)
    status = 0
    last: Any = None
    try:
        for value in _inputs(data, options.has("n"), options.has("R"), options.has("s")):
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
        return 1 if last is None or last is False else 0
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


def _inputs(data: str, none: bool, raw: bool, slurp: bool) -> Iterator[Any]:
    if none:
        yield None
        return
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


def _variables(arguments: list[str]) -> tuple[list[str], Environment]:
    """Take ``--arg name value``, ``--argjson`` and ``--args`` out of the arguments."""
    rest: list[str] = []
    variables: Environment = {"named": {}}
    index = 0
    while index < len(arguments):
        word = arguments[index]
        if word in ("--arg", "--argjson") and index + 2 < len(arguments):
            name, value = arguments[index + 1 : index + 3]
            try:
                variables[name] = value if word == "--arg" else json.loads(value)
            except ValueError:
                variables[name] = None
            index += 3
            continue
        rest.append(word)
        index += 1
    return rest, variables


JQ_TOOLS: Final[dict[str, Tool]] = {"jq": jq}
