"""Builtins that find commands: ``command``, ``builtin``, ``type``, ``exec``, ``hash``, and what each name is."""

from typing import TYPE_CHECKING, Final

from playground.shell.control import ShellExit
from playground.shell.parser import RESERVED

if TYPE_CHECKING:
    from playground.shell.interpreter import Interpreter


_ALSO_PROGRAMS: Final = ("echo", "printf", "test", "[", "true", "false", "pwd", "kill")
"""Builtins that every system has as programs in ``/bin`` as well."""


async def exec_(shell: "Interpreter", arguments: list[str]) -> int:
    if len(arguments) == 1:
        return 0
    builtin = shell.builtins.get(arguments[1]) if arguments[1] in _ALSO_PROGRAMS else None
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
    builtin = shell.builtins.get(words[0])
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
    if name in shell.builtins:
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
                (name in shell.builtins, "builtin"),
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
    builtin = shell.builtins.get(arguments[1])
    if builtin is None:
        await shell.complain(f"builtin: {arguments[1]}: not a shell builtin")
        return 1
    return await builtin(shell, arguments[1:])


async def hash_(shell: "Interpreter", arguments: list[str]) -> int:
    """Commands are looked for anew each time here, so that nothing is ever remembered."""
    words = [word for word in arguments[1:] if not word.startswith("-")]
    status = 0
    for name in words:
        if shell.finds(name) is None and name not in shell.builtins and name not in shell.state.functions:
            await shell.complain(f"hash: {name}: not found")
            status = 1
    if len(arguments) == 1:
        await shell.write("hash: hash table empty\n")
    return status
