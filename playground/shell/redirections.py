"""Opens what ``<``, ``>`` and their like name, giving a command its descriptors."""

from collections.abc import Awaitable, Callable
from errno import ENOENT
from typing import Final

from playground.api.files import MemoryFiles
from playground.api.process import Loop, Reader, Writer
from playground.shell.ast import Redirect
from playground.shell.devices import endless
from playground.shell.expand import Expander
from playground.shell.state import ShellFailed
from playground.shell.streams import BytesReader, FileWriter, NullWriter, encoded

Stream = Reader | Writer
Descriptors = dict[int, Stream]

_DEFAULT_INPUT: Final = frozenset(("<", "<<", "<<-", "<<<", "<&", "<>"))

ReadPath = Callable[[str], Awaitable[bytes | None]]


async def redirected(
    redirects: tuple[Redirect, ...],
    streams: Descriptors,
    expander: Expander,
    files: MemoryFiles,
    loop: Loop,
    noclobber: bool = False,
    flavour: str = "bash",
) -> Descriptors:
    """The descriptors with all redirections made, from left to right; ``flavour`` is the shell's, for what it says.

    Raises:
        ShellFailed: something could not be opened.
    """
    opened = dict(streams)
    for redirect in redirects:
        await _redirect(redirect, opened, expander, files, loop, noclobber, flavour)
    return opened


async def _redirect(
    redirect: Redirect,
    opened: Descriptors,
    expander: Expander,
    files: MemoryFiles,
    loop: Loop,
    noclobber: bool,
    flavour: str,
) -> None:
    operator = redirect.operator
    descriptor = redirect.descriptor
    if descriptor is None:
        descriptor = 0 if operator in _DEFAULT_INPUT else 1
    if operator in ("<<", "<<-"):
        opened[descriptor] = BytesReader(encoded(await expander.text(redirect.target)))
        return
    if operator == "<<<":
        opened[descriptor] = BytesReader(encoded(await expander.text(redirect.target) + "\n"))
        return
    targets = await expander.arguments([redirect.target])
    if len(targets) != 1:
        raise ShellFailed(f"{redirect.target.constant() or '$'}: ambiguous redirect")
    target = targets[0]
    if operator in (">&", "<&"):
        if target == "-":
            opened.pop(descriptor, None)
            return
        if target.isdigit():
            source = opened.get(int(target[:6]))
            if source is None:
                raise ShellFailed(f"{target}: Bad file descriptor")
            opened[descriptor] = source
            return
        if operator == "<&":
            raise ShellFailed(f"{target}: ambiguous redirect")
        operator = "&>"
    if operator in ("<", "<>"):
        try:
            opened[descriptor] = _input(target, opened, files, loop)
        except OSError as error:
            raise ShellFailed(_refused(flavour, "open", target, error)) from None
        return
    try:
        writer = _output(target, opened, files, loop, operator in (">>", "&>>"), noclobber and operator == ">")
    except OSError as error:
        raise ShellFailed(_refused(flavour, "create", target, error)) from None
    opened[descriptor] = writer
    if operator in ("&>", "&>>"):
        opened[2] = writer


def _input(path: str, opened: Descriptors, files: MemoryFiles, loop: Loop) -> Stream:
    special = {"/dev/stdin": 0, "/dev/fd/0": 0, "/dev/tty": 0}.get(path)
    if special is not None and special in opened:
        return opened[special]
    device = endless(path, files, loop)
    if device is not None:
        return device
    return BytesReader(files.read(path))


def _output(path: str, opened: Descriptors, files: MemoryFiles, loop: Loop, append: bool, noclobber: bool) -> Stream:
    if path == "/dev/null":
        return NullWriter(loop)
    special = {"/dev/stdout": 1, "/dev/fd/1": 1, "/dev/stderr": 2, "/dev/fd/2": 2, "/dev/tty": 1}.get(path)
    if special is not None and special in opened:
        return opened[special]
    if noclobber and files.exists(path):
        raise ShellFailed(f"{path}: cannot overwrite existing file")
    if append:
        files.append(path, b"")
    else:
        files.write(path, b"")
    return FileWriter(loop, files, path)


def _refused(flavour: str, verb: str, path: str, error: OSError) -> str:
    """What a shell says of a file that it cannot open, or create. Source: dash ``redir.c``; BusyBox ``shell/ash.c``."""
    reason = str(error.strerror)
    if flavour == "bash":
        return f"{path}: {reason}"
    if error.errno == ENOENT:
        missing = "nonexistent directory" if flavour == "busybox" else "Directory nonexistent"
        missing_file = "no such file" if flavour == "busybox" else "No such file"
        reason = missing if verb == "create" else missing_file
    refused = "can't" if flavour == "busybox" else "cannot"
    return f"{refused} {verb} {path}: {reason}"
