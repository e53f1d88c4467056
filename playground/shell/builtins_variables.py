"""Builtins for variables, aliases and options."""

import re
from typing import TYPE_CHECKING, Final

from playground.shell.arithmetic import ArithmeticFailed, evaluate
from playground.shell.parameters import single_quoted
from playground.shell.state import LONG_OPTIONS, OPTIONS, ShellFailed, Variable
from playground.shell.streams import decoded, encoded, is_reader, read_until
from playground.shell.tool import UsageError
from playground.shell.tools.options import read_options

if TYPE_CHECKING:
    from playground.shell.interpreter import Interpreter

_ASSIGNMENT: Final = re.compile(r"([A-Za-z_][A-Za-z_0-9]*(?:\[[^\]]*\])?)(?:(\+?)=(.*))?\Z", re.DOTALL)
_SHOPTS: Final = (
    "dotglob",
    "extglob",
    "failglob",
    "globstar",
    "inherit_errexit",
    "nocasematch",
    "nullglob",
    "expand_aliases",
)


def _split(word: str) -> tuple[str, str | None, bool] | None:
    """The name, value and whether it is appended, of ``name[=value]``; None when that is no name."""
    found = _ASSIGNMENT.match(word)
    if found is None:
        return None
    name, plus, value = found.groups()
    return name, value, bool(plus)


def _shown(value: str) -> str:
    return '"' + re.sub(r'(["\\$`])', r"\\\1", value) + '"'


def _flags(variable: Variable) -> str:
    array = isinstance(variable.value, dict) and not variable.associative
    flags = "a" * array + "A" * variable.associative + "i" * variable.integer
    flags += "r" * variable.readonly + "x" * variable.exported
    return flags or "-"


def _declaration(name: str, variable: Variable) -> str:
    if isinstance(variable.value, dict):
        inside = " ".join(f"[{key}]={_shown(value)}" for key, value in variable.value.items())
        return f"declare -{_flags(variable)} {name}=({inside}{' ' * (variable.associative and bool(inside))})\n"
    return f"declare -{_flags(variable)} {name}={_shown(variable.value)}\n"


async def _declare_all(shell: "Interpreter", command: str, letters: str, removed: str, words: list[str]) -> int:
    state = shell.state
    status = 0
    for word in words:
        parts = _split(word)
        if parts is None:
            await shell.complain(f"{command}: `{word}': not a valid identifier")
            status = 1
            continue
        name, value, append = parts
        if command in ("local", "declare", "typeset") and state.frames and "g" not in letters:
            before = state.frames[-1].hidden
            if name not in before and not (name in state.variables and isinstance(state.variables[name].value, dict)):
                state.make_local(name)
        variable = state.declare(name.partition("[")[0])
        if "A" in letters and not variable.associative:
            variable.associative = True
            variable.value = {}
        if "a" in letters and not isinstance(variable.value, dict):
            variable.value = {"0": variable.value} if variable.value else {}
        variable.integer = variable.integer or "i" in letters
        if value is not None:
            if "u" in letters or "l" in letters:
                value = value.upper() if "u" in letters else value.lower()
            state.assign(name, state.value(name) + value if append else value)
        variable.exported = (variable.exported or "x" in letters) and "x" not in removed
        variable.readonly = variable.readonly or "r" in letters
    return status


def _options(words: list[str], known: str) -> tuple[str, str, list[str], str]:
    """Letters set with ``-``, letters set with ``+``, the other words, and the first unknown letter."""
    letters = removed = ""
    index = 0
    while index < len(words) and len(words[index]) > 1 and words[index][0] in "-+":
        if words[index] == "--":
            index += 1
            break
        for letter in words[index][1:]:
            if letter not in known:
                return letters, removed, words[index:], letter
        if words[index][0] == "-":
            letters += words[index][1:]
        else:
            removed += words[index][1:]
        index += 1
    return letters, removed, words[index:], ""


async def declare(shell: "Interpreter", arguments: list[str]) -> int:
    letters, removed, words, unknown = _options(arguments[1:], "aAfFgilnprtux")
    if unknown:
        await shell.complain(f"{arguments[0]}: -{unknown}: invalid option")
        return 2
    if "f" in letters or "F" in letters:
        for name in words or sorted(shell.state.functions):
            function = shell.state.functions.get(name)
            if function is None:
                return 1
            await shell.write(f"declare -f {name}\n" if "F" in letters else f"{name} () \n{function.text}\n")
        return 0
    if "p" in letters or not words:
        status = 0
        for name in words or list(shell.state.names()):
            variable = shell.state.variables.get(name)
            if variable is None:
                await shell.complain(f"{arguments[0]}: {name}: not found")
                status = 1
            else:
                await shell.write(_declaration(name, variable))
        return status
    return await _declare_all(shell, arguments[0], letters, removed, words)


async def local(shell: "Interpreter", arguments: list[str]) -> int:
    if not shell.state.frames:
        await shell.complain("local: can only be used in a function")
        return 1
    letters, removed, words, _ = _options(arguments[1:], "aAgilnprtux")
    return await _declare_all(shell, "local", letters, removed, words)


async def export(shell: "Interpreter", arguments: list[str]) -> int:
    letters, _, words, unknown = _options(arguments[1:], "fnp")
    if unknown:
        await shell.complain(f"export: -{unknown}: invalid option")
        return 2
    if not words:
        for name in shell.state.names():
            variable = shell.state.variables[name]
            if variable.exported:
                declared = _declaration(name, variable)
                await shell.write(
                    declared if shell.state.flavour == "bash" else declared.replace("declare -x", "export", 1)
                )
        return 0
    return await _declare_all(shell, "export", "" if "n" in letters else "x", "x" if "n" in letters else "", words)


async def readonly(shell: "Interpreter", arguments: list[str]) -> int:
    letters, _, words, _ = _options(arguments[1:], "aAfp")
    if not words:
        for name in shell.state.names():
            if shell.state.variables[name].readonly:
                await shell.write(_declaration(name, shell.state.variables[name]))
        return 0
    return await _declare_all(shell, "readonly", letters.replace("p", "") + "r", "", words)


async def unset(shell: "Interpreter", arguments: list[str]) -> int:
    letters, _, words, _ = _options(arguments[1:], "fvn")
    for name in words:
        if "f" not in letters and name.partition("[")[0] in shell.state.variables:
            shell.state.unset(name)
        elif "v" not in letters:
            shell.state.functions.pop(name, None)
    return 0


async def alias(shell: "Interpreter", arguments: list[str]) -> int:
    aliases = shell.state.aliases
    status = 0
    words = [word for word in arguments[1:] if word != "-p"]
    for word in words or sorted(aliases):
        name, equals, value = word.partition("=")
        if equals and name:
            aliases[name] = value[:4096]
        elif name in aliases:
            await shell.write(f"alias {name}={single_quoted(aliases[name])}\n")
        else:
            await shell.complain(f"alias: {name}: not found")
            status = 1
    return status


async def unalias(shell: "Interpreter", arguments: list[str]) -> int:
    status = 0
    if arguments[1:] == ["-a"]:
        shell.state.aliases.clear()
        return 0
    for name in arguments[1:]:
        if shell.state.aliases.pop(name, None) is None:
            await shell.complain(f"unalias: {name}: not found")
            status = 1
    return status


async def set_(shell: "Interpreter", arguments: list[str]) -> int:
    state = shell.state
    words = arguments[1:]
    if not words:
        for name in state.names():
            value = state.variables[name].value
            if isinstance(value, str):
                plain = re.fullmatch(r"[A-Za-z0-9_./:@%+=,-]*", value)
                await shell.write(f"{name}={value if plain else single_quoted(value)}\n")
        return 0
    index = 0
    while index < len(words):
        word = words[index]
        if word == "--":
            state.set_parameters(words[index + 1 :])
            return 0
        if len(word) < 2 or word[0] not in "-+":
            state.set_parameters(words[index:])
            return 0
        wanted = word[0] == "-"
        for letter in word[1:]:
            if letter == "o":
                index += 1
                if index >= len(words):
                    for name in sorted(LONG_OPTIONS):
                        if wanted:
                            await shell.write(f"{name:<15}\t{'on' if state.on(name) else 'off'}\n")
                        else:
                            await shell.write(f"set {'-' if state.on(name) else '+'}o {name}\n")
                    return 0
                if words[index] not in LONG_OPTIONS:
                    await shell.complain(f"set: {words[index]}: invalid option name")
                    return 2
                state.options[words[index]] = wanted
            elif letter in OPTIONS:
                state.options[OPTIONS[letter]] = wanted
            elif letter not in "hBEPTbk":
                await shell.complain(f"set: {word[0]}{letter}: invalid option")
                await shell.write_error("set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n")
                return 2
        index += 1
    return 0


async def shopt(shell: "Interpreter", arguments: list[str]) -> int:
    letters, _, words, _ = _options(arguments[1:], "suqpo")
    status = 0
    for name in words or _SHOPTS:
        if name not in _SHOPTS:
            await shell.complain(f"shopt: {name}: invalid shell option name")
            status = 1
        elif "s" in letters or "u" in letters:
            shell.state.shopts[name] = "s" in letters
        else:
            on = shell.state.shopts.get(name, False)
            status = status or int(bool(words) and not on)
            if "q" not in letters:
                await shell.write(f"{name:<15}\t{'on' if on else 'off'}\n")
    return status


async def getopts(shell: "Interpreter", arguments: list[str]) -> int:
    if len(arguments) < 3:
        await shell.write_error("getopts: usage: getopts optstring name [arg ...]\n")
        return 2
    state = shell.state
    wanted, name = arguments[1:3]
    values = arguments[3:] or state.parameters()
    position = int(state.value("OPTIND") or 1) if (state.value("OPTIND") or "1").isdigit() else 1
    offset = int(state.value("_OPTOFFSET") or 1) if state.value("_OPTOFFSET").isdigit() else 1
    if position > len(values) or not re.match(r"-.", values[position - 1]) or values[position - 1] == "--":
        if position <= len(values) and values[position - 1] == "--":
            state.assign("OPTIND", str(position + 1))
        state.assign(name, "?")
        return 1
    word = values[position - 1]
    letter = word[offset : offset + 1]
    offset += 1
    silent = wanted.startswith(":")
    place = wanted.find(letter)
    result = letter
    state.unset("OPTARG")
    if place < 0 or letter == ":":
        result = "?"
        if silent:
            state.assign("OPTARG", letter)
        else:
            await shell.write_error(f"{state.name}: illegal option -- {letter}\n")
    elif wanted[place + 1 : place + 2] == ":":
        if offset < len(word):
            state.assign("OPTARG", word[offset:])
        elif position < len(values):
            position += 1
            state.assign("OPTARG", values[position - 1])
        else:
            result = ":" if silent else "?"
            if silent:
                state.assign("OPTARG", letter)
            else:
                await shell.write_error(f"{state.name}: option requires an argument -- {letter}\n")
        offset = len(values[position - 1]) if position <= len(values) else offset
        word = values[position - 1] if position <= len(values) else word
    if offset >= len(word):
        position, offset = position + 1, 1
    state.assign("OPTIND", str(position))
    state.assign("_OPTOFFSET", str(offset))
    state.assign(name, result)
    return 0


async def let(shell: "Interpreter", arguments: list[str]) -> int:
    value = 0
    if len(arguments) == 1:
        await shell.complain("let: expression expected")
    for word in arguments[1:]:
        try:
            value = evaluate(word, shell.state)
        except ArithmeticFailed as error:
            raise ShellFailed(f"let: {error}") from None
    return int(value == 0)


async def mapfile(shell: "Interpreter", arguments: list[str]) -> int:
    try:
        options = read_options(arguments[1:], "t", "nsOdu")
        most = options.number("n", 0)
        skipped = options.number("s", 0)
    except UsageError as error:
        await shell.complain(f"{arguments[0]}: {error}")
        return 2
    end = options.value("d", "\n")[:1] or "\0"
    stdin = shell.streams.get(int(options.value("u", "0")) if options.value("u", "0").isdigit() else 0)
    lines: list[str] = []
    while is_reader(stdin) and (not most or len(lines) < most + skipped):
        line = decoded(await read_until(stdin, encoded(end), None))
        if not line:
            break
        lines.append(line.removesuffix(end) if options.has("t") else line)
    name = options.words[0] if options.words else "MAPFILE"
    shell.state.assign_array(name, lines[skipped:])
    return 0
