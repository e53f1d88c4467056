"""Commands that are part of the shell because they change it."""

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from playground.shell.builtins_jobs import bg, fg, jobs, kill, wait
from playground.shell.builtins_variables import (
    alias,
    declare,
    export,
    getopts,
    let,
    local,
    mapfile,
    readonly,
    set_,
    shopt,
    unalias,
    unset,
)
from playground.shell.conditions import NOT_A_NUMBER, TestFailed, question_holds
from playground.shell.control import FunctionReturn, LoopExit, ShellExit
from playground.shell.expand import split_fields
from playground.shell.parameters import single_quoted
from playground.shell.parser import RESERVED
from playground.shell.printing import echoed, formatted
from playground.shell.signals import CONDITIONS, SIGNALS, signal_named, signal_table
from playground.shell.state import ShellFailed
from playground.shell.streams import decoded, is_reader

if TYPE_CHECKING:
    from playground.shell.interpreter import Interpreter

Builtin = Callable[["Interpreter", list[str]], Awaitable[int]]


async def true(shell: "Interpreter", arguments: list[str]) -> int:
    return 0


async def false(shell: "Interpreter", arguments: list[str]) -> int:
    return 1


async def echo(shell: "Interpreter", arguments: list[str]) -> int:
    return await _print(shell, "echo", echoed(arguments[1:], escapes=shell.state.flavour == "dash"))


async def printf(shell: "Interpreter", arguments: list[str]) -> int:
    words = arguments[1:]
    name = None
    if len(words) >= 2 and words[0] == "-v":
        name, words = words[1], words[2:]
    if words[:1] == ["--"]:
        words = words[1:]
    if not words:
        await shell.write_error("printf: usage: printf [-v var] format [arguments]\n")
        return 2
    text, errors = formatted(words[0], words[1:], shell.surroundings.wall_us + shell.loop.now_us)
    for error in errors:
        await shell.complain(f"printf: {error}")
    if name is not None:
        shell.state.assign(name, text)
        return int(bool(errors))
    return await _print(shell, "printf", text) or int(bool(errors))


async def _print(shell: "Interpreter", name: str, text: str) -> int:
    try:
        await shell.write(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        await shell.complain(f"{name}: write error: {error.strerror}")
        return 1
    return 0


async def test(shell: "Interpreter", arguments: list[str]) -> int:
    words = arguments[1:]
    name = arguments[0]
    if name == "[":
        if words[-1:] != ["]"]:
            await shell.complain("[: missing `]'" if shell.state.flavour == "bash" else "[: missing ]")
            return 2
        words = words[:-1]
    try:
        return 0 if question_holds(words, shell.state, shell.files) else 1
    except TestFailed as error:
        reason = str(error)
        if shell.state.flavour == "dash" and reason.endswith(NOT_A_NUMBER):
            reason = f"Illegal number: {reason.removesuffix(NOT_A_NUMBER)}"
        await shell.complain(f"{name}: {reason}")
        return 2


async def cd(shell: "Interpreter", arguments: list[str]) -> int:
    words = [word for word in arguments[1:] if word not in ("-P", "-L", "--")]
    state = shell.state
    if len(words) > 1:
        await shell.complain("cd: too many arguments")
        return 1
    target = words[0] if words else state.value("HOME")
    if not words and not target:
        await shell.complain("cd: HOME not set")
        return 1
    back = target == "-"
    if back:
        target = state.value("OLDPWD")
        if not target:
            await shell.complain("cd: OLDPWD not set")
            return 1
    try:
        if target and not shell.files.is_directory(target):
            shell.files.stat(target)
            await shell.complain(f"cd: {target}: Not a directory")
            return 1
        if target and not shell.files.may(target, "execute"):
            await shell.complain(f"cd: {target}: Permission denied")
            return 1
    except OSError as error:
        if state.flavour == "bash":
            await shell.complain(f"cd: {target}: {error.strerror}")
        else:
            await shell.complain(f"cd: can't cd to {target}")
        return 1 if state.flavour == "bash" else 2
    before = shell.files.directory
    shell.files = shell.files.at(target or ".")
    state.assign("OLDPWD", before)
    state.assign("PWD", shell.files.directory)
    state.variables["OLDPWD"].exported = state.variables["PWD"].exported = True
    if back:
        await shell.write(shell.files.directory + "\n")
    return 0


async def pwd(shell: "Interpreter", arguments: list[str]) -> int:
    await shell.write(shell.files.directory + "\n")
    return 0


async def exit_(shell: "Interpreter", arguments: list[str]) -> int:
    status = shell.state.status
    if len(arguments) > 1:
        if not re.fullmatch(r"[-+]?[0-9]{1,18}", arguments[1]):
            await shell.complain(f"{arguments[0]}: {arguments[1]}: numeric argument required")
            raise ShellExit(2)
        if len(arguments) > 2:
            await shell.complain(f"{arguments[0]}: too many arguments")
            return 1
        status = int(arguments[1]) & 0xFF
    raise ShellExit(status)


async def return_(shell: "Interpreter", arguments: list[str]) -> int:
    status = shell.state.status
    if len(arguments) > 1:
        if not re.fullmatch(r"[-+]?[0-9]{1,18}", arguments[1]):
            await shell.complain(f"return: {arguments[1]}: numeric argument required")
            status = 2
        else:
            status = int(arguments[1]) & 0xFF
    raise FunctionReturn(status)


async def break_(shell: "Interpreter", arguments: list[str]) -> int:
    name = arguments[0]
    if not shell.loops:
        if shell.state.flavour == "bash":
            await shell.complain(f"{name}: only meaningful in a `for', `while', or `until' loop")
        return 0
    count = arguments[1] if len(arguments) > 1 else "1"
    if not re.fullmatch(r"[0-9]{1,9}", count):
        await shell.complain(f"{name}: {count}: numeric argument required")
        raise ShellExit(128)
    if int(count) < 1:
        await shell.complain(f"{name}: {count}: loop count out of range")
        return 1
    raise LoopExit(int(count), name == "continue")


async def shift(shell: "Interpreter", arguments: list[str]) -> int:
    count = arguments[1] if len(arguments) > 1 else "1"
    if not re.fullmatch(r"[0-9]{1,9}", count):
        await shell.complain(f"shift: {count}: numeric argument required")
        return 1
    values = shell.state.parameters()
    if int(count) > len(values):
        return 1
    shell.state.set_parameters(values[int(count) :])
    return 0


async def eval_(shell: "Interpreter", arguments: list[str]) -> int:
    return await _nested_text(shell, " ".join(arguments[1:]))


async def _nested_text(shell: "Interpreter", text: str) -> int:
    shell.depth += 5
    try:
        if shell.depth > 60:
            raise ShellFailed("maximum nesting level exceeded")
        shell.state.status = 0
        return await shell.run_text(text)
    finally:
        shell.depth -= 5


async def source(shell: "Interpreter", arguments: list[str]) -> int:
    if len(arguments) < 2:
        await shell.complain(f"{arguments[0]}: filename argument required")
        await shell.write_error(f"{arguments[0]}: usage: {arguments[0]} filename [arguments]\n")
        return 2
    try:
        text = decoded(shell.files.read(arguments[1]))
    except OSError as error:
        where = f"{arguments[0]}: " if error.strerror == "Is a directory" else ""
        await shell.complain(f"{where}{arguments[1]}: {error.strerror}")
        return 1
    before = shell.state.parameters()
    if len(arguments) > 2:
        shell.state.set_parameters(arguments[2:])
    try:
        return await _nested_text(shell, text)
    except FunctionReturn as returned:
        return returned.status
    finally:
        if len(arguments) > 2:
            shell.state.set_parameters(before)


ALSO_PROGRAMS: Final = ("echo", "printf", "test", "[", "true", "false", "pwd", "kill")
"""Builtins that every system has as programs in ``/bin`` as well."""


async def exec_(shell: "Interpreter", arguments: list[str]) -> int:
    if len(arguments) == 1:
        return 0
    builtin = BUILTINS.get(arguments[1]) if arguments[1] in ALSO_PROGRAMS else None
    if builtin is not None:
        raise ShellExit(await builtin(shell, arguments[1:]))
    raise ShellExit(await shell.run(arguments[1:]))


async def command(shell: "Interpreter", arguments: list[str]) -> int:
    words = arguments[1:]
    if words[:1] in (["-v"], ["-V"]):
        status = 1
        for name in words[1:]:
            found = _describe(shell, name, words[0] == "-V")
            if found:
                await shell.write(found + "\n")
                status = 0
            elif words[0] == "-V":
                await shell.complain(f"command: {name}: not found")
        return status
    if words[:1] in (["-p"], ["--"]):
        words = words[1:]
    if not words:
        return 0
    builtin = BUILTINS.get(words[0])
    return await (builtin(shell, words) if builtin is not None else shell.run(words))


def _describe(shell: "Interpreter", name: str, long: bool) -> str:
    state = shell.state
    if name in state.aliases:
        return f"{name} is aliased to `{state.aliases[name]}'" if long else f"alias {name}='{state.aliases[name]}'"
    if name in RESERVED:
        return f"{name} is a shell keyword" if long else name
    if name in state.functions:
        function = f"{name} is a function\n{name} () \n{state.functions[name].text}"
        return function if long else name
    if name in BUILTINS:
        return f"{name} is a shell builtin" if long else name
    path = shell.finds(name)
    if path is None:
        return ""
    return f"{name} is {path}" if long else path


async def type_(shell: "Interpreter", arguments: list[str]) -> int:
    status = 0
    words = arguments[1:]
    option = words.pop(0) if words and words[0] in ("-t", "-a", "-p", "-P") else ""
    for name in words:
        if option == "-t":
            state = shell.state
            kinds = (
                (name in state.aliases, "alias"),
                (name in RESERVED, "keyword"),
                (name in state.functions, "function"),
                (name in BUILTINS, "builtin"),
                (shell.finds(name) is not None, "file"),
            )
            kind = next((kind for holds, kind in kinds if holds), "")
            if kind:
                await shell.write(kind + "\n")
            status = status if kind else 1
            continue
        found = shell.finds(name) if option in ("-p", "-P") else _describe(shell, name, True)
        if found:
            await shell.write(found + "\n")
        else:
            if not option:
                if shell.state.flavour == "dash":
                    await shell.write(f"{name}: not found\n")
                    return 127
                await shell.complain(f"type: {name}: not found")
            status = 1
    return status


async def builtin_(shell: "Interpreter", arguments: list[str]) -> int:
    if len(arguments) < 2:
        return 0
    builtin = BUILTINS.get(arguments[1])
    if builtin is None:
        await shell.complain(f"builtin: {arguments[1]}: not a shell builtin")
        return 1
    return await builtin(shell, arguments[1:])


async def read(shell: "Interpreter", arguments: list[str]) -> int:
    """``read [-r] [-p prompt] [-s] [-a array] [-t seconds] [-d delimiter] [-n count] names``."""
    raw = False
    prompt = array = ""
    words = arguments[1:]
    while words and words[0].startswith("-") and len(words[0]) > 1:
        option = words.pop(0)
        if option == "--":
            break
        letters = option[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter == "r":
                raw = True
            elif letter in "patndiuN":
                value = letters or (words.pop(0) if words else "")
                letters = ""
                if letter == "p":
                    prompt = value
                elif letter == "a":
                    array = value
            elif letter not in "se":
                await shell.complain(f"read: -{letter}: invalid option")
                return 2
    stdin = shell.streams.get(0)
    if not is_reader(stdin):
        await shell.complain("read: read error: 0: Bad file descriptor")
        return 1
    if prompt and stdin.is_terminal:
        await shell.write_error(prompt)
    line = decoded(await stdin.readline())
    ended = not line.endswith("\n")
    text = line.removesuffix("\n")
    while not raw and text.endswith("\\") and not ended:
        more = decoded(await stdin.readline())
        ended = not more.endswith("\n")
        text = text[:-1] + more.removesuffix("\n")
    if not raw:
        text = re.sub(r"\\(.)", r"\1", text)
    separators = shell.state.lookup("IFS")
    separators = " \t\n" if separators is None else separators
    if array:
        shell.state.assign_array(array, split_fields(text, separators))
    else:
        names = words or ["REPLY"]
        for name in names:
            if not re.fullmatch(r"[A-Za-z_][A-Za-z_0-9]*(\[[^\]]*\])?", name):
                await shell.complain(f"read: `{name}': not a valid identifier")
                return 1
        fields = [text] if not words else split_fields(text, separators, len(names)) if separators else [text]
        for index, name in enumerate(names):
            shell.state.assign(name, fields[index] if index < len(fields) else "")
    return int(ended)


async def history(shell: "Interpreter", arguments: list[str]) -> int:
    lines = shell.state.history
    if arguments[1:] == ["-c"]:
        lines.clear()
        return 0
    start = 0
    if len(arguments) > 1:
        if not arguments[1].isdigit():
            await shell.complain(f"history: {arguments[1]}: numeric argument required")
            return 1
        start = max(0, len(lines) - int(arguments[1][:9]))
    for number, line in enumerate(lines[start:], start + 1):
        await shell.write(f"{number:5}  {line}\n")
    return 0


async def trap(shell: "Interpreter", arguments: list[str]) -> int:
    words = [word for word in arguments[1:] if word != "--"]
    traps = shell.state.traps
    if words == ["-l"]:
        await shell.write(signal_table())
        return 0
    if not words or words[0] == "-p":
        for name in sorted(traps, key=_order_of_trap):
            if not words[1:] or name in map(_trapped, words[1:]):
                await shell.write(f"trap -- {single_quoted(traps[name])} {'SIG' * (name in SIGNALS)}{name}\n")
        return 0
    action, names = (words[0], words[1:]) if len(words) > 1 else ("-", words)
    status = 0
    for word in names:
        condition = _trapped(word)
        if condition is None:
            await shell.complain(f"trap: {word}: invalid signal specification")
            status = 1
        elif action == "-":
            traps.pop(condition, None)
        else:
            traps[condition] = action
    return status


def _trapped(word: str) -> str | None:
    """What a word for ``trap`` names."""
    if word == "0":
        return "EXIT"
    return word.upper() if word.upper() in CONDITIONS else signal_named(word)


def _order_of_trap(name: str) -> int:
    return 0 if name == "EXIT" else SIGNALS.get(name, 65 + CONDITIONS.index(name) if name in CONDITIONS else 0)


async def umask(shell: "Interpreter", arguments: list[str]) -> int:
    if len(arguments) == 1:
        await shell.write("0022\n")
    return 0


async def ulimit(shell: "Interpreter", arguments: list[str]) -> int:
    await shell.write("1024\n" if arguments[1:] == ["-n"] else "unlimited\n")
    return 0


async def help_(shell: "Interpreter", arguments: list[str]) -> int:
    names = sorted(name for name in BUILTINS if name.isalpha())
    await shell.write("Commands of this shell itself:\n  " + " ".join(names) + "\n")
    await shell.write("Tools on this machine:\n  " + " ".join(sorted(shell.tools)) + "\n")
    return 0


async def logout(shell: "Interpreter", arguments: list[str]) -> int:
    if not (shell.state.interactive and shell.state.name.startswith("-")):
        await shell.complain("logout: not login shell: use `exit'")
        return 1
    return await exit_(shell, arguments)


BUILTINS: Final[dict[str, Builtin]] = {
    ":": true,
    "true": true,
    "false": false,
    "echo": echo,
    "printf": printf,
    "test": test,
    "[": test,
    "cd": cd,
    "chdir": cd,
    "pwd": pwd,
    "exit": exit_,
    "logout": logout,
    "return": return_,
    "break": break_,
    "continue": break_,
    "shift": shift,
    "eval": eval_,
    "source": source,
    ".": source,
    "exec": exec_,
    "command": command,
    "builtin": builtin_,
    "type": type_,
    "read": read,
    "history": history,
    "trap": trap,
    "umask": umask,
    "ulimit": ulimit,
    "help": help_,
    "hash": true,
    "alias": alias,
    "unalias": unalias,
    "declare": declare,
    "typeset": declare,
    "export": export,
    "local": local,
    "readonly": readonly,
    "unset": unset,
    "set": set_,
    "shopt": shopt,
    "getopts": getopts,
    "let": let,
    "mapfile": mapfile,
    "readarray": mapfile,
    "jobs": jobs,
    "wait": wait,
    "kill": kill,
    "fg": fg,
    "bg": bg,
}
