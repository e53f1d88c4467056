"""Commands that are part of the shell because they change it."""

import re
from collections.abc import Awaitable, Callable
from errno import ENOENT, ENOTDIR
from typing import TYPE_CHECKING, Final

from playground.shell.builtins_commands import builtin_, command, exec_, hash_, type_
from playground.shell.builtins_directories import cd, dirs, popd, pushd, pwd
from playground.shell.builtins_input import read
from playground.shell.builtins_jobs import bg, disown, fg, jobs, kill, wait
from playground.shell.builtins_traps import trap
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
from playground.shell.printing import echoed, formatted
from playground.shell.state import ShellFailed
from playground.shell.streams import decoded, is_reader, read_all

if TYPE_CHECKING:
    from playground.shell.interpreter import Interpreter


Builtin = Callable[["Interpreter", list[str]], Awaitable[int]]

SPECIAL: Final = frozenset(
    (":", ".", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "times",
     "trap", "unset")
)  # fmt: skip
"""Builtins whose faults end a script, as POSIX has it."""


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
    if not shell.state.frames and not shell.sourcing and shell.state.flavour == "bash":
        await shell.complain("return: can only `return' from a function or sourced script")
        return 2
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
        stdin = shell.streams.get(0)
        if arguments[1] in ("/dev/stdin", "/dev/fd/0") and is_reader(stdin):
            text = decoded(await read_all(stdin))
        else:
            text = decoded(shell.files.read(arguments[1]))
    except OSError as error:
        if shell.state.flavour == "dash":
            reason = "No such file" if error.errno in (ENOENT, ENOTDIR) else error.strerror
            await shell.complain(f"{arguments[0]}: cannot open {arguments[1]}: {reason}")
        elif shell.state.flavour == "busybox":
            await shell.complain(f"{arguments[0]}: line 0: can't open '{arguments[1]}': {error.strerror}")
        else:
            where = f"{arguments[0]}: " if error.strerror == "Is a directory" else ""
            await shell.complain(f"{where}{arguments[1]}: {error.strerror}")
            return 1
        if shell.state.interactive:
            return 2
        raise ShellExit(2) from None
    before = shell.state.parameters()
    shell.sourcing += 1
    if len(arguments) > 2:
        shell.state.set_parameters(arguments[2:])
    try:
        return await _nested_text(shell, text)
    except FunctionReturn as returned:
        return returned.status
    finally:
        shell.sourcing -= 1
        if len(arguments) > 2:
            shell.state.set_parameters(before)


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


async def umask(shell: "Interpreter", arguments: list[str]) -> int:
    words = arguments[1:]
    if words in ([], ["-S"]):
        await shell.write("u=rwx,g=rx,o=rx\n" if words else "0022\n")
        return 0
    if words[0] in ("022", "0022", "22"):
        return 0
    await shell.complain("umask: only 0022 is known here; use chmod for other permissions")
    return 1


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
    "pushd": pushd,
    "popd": popd,
    "dirs": dirs,
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
    "hash": hash_,
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
    "disown": disown,
}
