"""Builtins for where the shell is: ``cd``, ``pwd``, ``pushd``, ``popd``, ``dirs``."""

import re
from errno import EACCES, ENOTDIR
from typing import TYPE_CHECKING, Final

from playground.api.file_tree import file_error

if TYPE_CHECKING:
    from playground.shell.interpreter import Interpreter


_MAX_STACK: Final = 1000


async def cd(shell: "Interpreter", arguments: list[str]) -> int:
    words = [word for word in arguments[1:] if word not in ("-P", "-L", "--")]
    physical = "-P" in arguments[1:]
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
    status = await _go(shell, "cd", target, physical)
    if back and not status:
        await shell.write(shell.files.directory + "\n")
    return status


async def _go(shell: "Interpreter", name: str, target: str, physical: bool = False) -> int:
    """Go to a directory, or say for ``name`` why that cannot be. Links on the way stay, unless ``physical``."""
    state = shell.state
    place = target if physical or not target else shell.files.absolute(target)
    try:
        if target and not shell.files.is_directory(place):
            shell.files.stat(place)
            raise file_error(ENOTDIR, target)
        if target and not shell.files.may(place, "execute"):
            raise file_error(EACCES, target)
    except OSError as error:
        match state.flavour:
            case "bash":
                await shell.complain(f"{name}: {target}: {error.strerror}")
            case "busybox":
                await shell.complain(f"{name}: line 0: can't cd to {target}: {error.strerror}")
            case _:
                await shell.complain(f"{name}: can't cd to {target}")
        return 1 if state.flavour == "bash" else 2
    before = shell.files.directory
    shell.files = shell.files.at(shell.files.real(place) if physical else place or ".")
    state.assign("OLDPWD", before)
    state.assign("PWD", shell.files.directory)
    state.variables["OLDPWD"].exported = state.variables["PWD"].exported = True
    return 0


async def pwd(shell: "Interpreter", arguments: list[str]) -> int:
    here = shell.files.directory
    if "-P" in arguments[1:] and shell.files.exists(here):
        here = shell.files.real(here)
    await shell.write(here + "\n")
    return 0


async def pushd(shell: "Interpreter", arguments: list[str]) -> int:
    words = [word for word in arguments[1:] if word != "--"]
    stack = shell.state.directories
    here = shell.files.directory
    if not words:
        if not stack:
            await shell.complain("pushd: no other directory")
            return 1
        if status := await _go(shell, "pushd", stack[0]):
            return status
        stack[0] = here
        return await dirs(shell, ["dirs"])
    if re.fullmatch(r"[-+][0-9]{1,6}", words[0]):
        everything = [here, *stack]
        number = _position(words[0], len(everything))
        if number is None:
            await shell.complain(f"pushd: {words[0]}: directory stack index out of range")
            return 1
        turned = everything[number:] + everything[:number]
        if status := await _go(shell, "pushd", turned[0]):
            return status
        stack[:] = turned[1:]
        return await dirs(shell, ["dirs"])
    if len(stack) >= _MAX_STACK:
        await shell.complain("pushd: the directory stack is full")
        return 1
    if status := await _go(shell, "pushd", words[0]):
        return status
    stack.insert(0, here)
    return await dirs(shell, ["dirs"])


async def popd(shell: "Interpreter", arguments: list[str]) -> int:
    words = [word for word in arguments[1:] if word != "--"]
    stack = shell.state.directories
    if not stack:
        await shell.complain("popd: directory stack empty")
        return 1
    number = _position(words[0], len(stack) + 1) if words else 0
    if number is None:
        await shell.complain(f"popd: {words[0]}: directory stack index out of range")
        return 1
    if number > 0:
        del stack[number - 1]
        return await dirs(shell, ["dirs"])
    if status := await _go(shell, "popd", stack[0]):
        return status
    del stack[0]
    return await dirs(shell, ["dirs"])


def _position(word: str, count: int) -> int | None:
    """Which of ``count`` directories ``+1`` (from the left) or ``-0`` (from the right) means."""
    if not re.fullmatch(r"[-+][0-9]{1,6}", word):
        return None
    number = int(word[1:]) if word[0] == "+" else count - 1 - int(word[1:])
    return number if 0 <= number < count else None


async def dirs(shell: "Interpreter", arguments: list[str]) -> int:
    options = "".join(word[1:] for word in arguments[1:] if word.startswith("-"))
    if "c" in options:
        shell.state.directories.clear()
        return 0
    home = shell.state.value("HOME")
    shown = [shell.files.directory, *shell.state.directories]
    if "l" not in options and home:
        shown = ["~" + path[len(home) :] if path == home or path.startswith(home + "/") else path for path in shown]
    if "v" in options:
        await shell.write("".join(f"{number:2}  {path}\n" for number, path in enumerate(shown)))
    else:
        await shell.write(("\n" if "p" in options else " ").join(shown) + "\n")
    return 0
