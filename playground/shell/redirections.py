"""Opens what ``<``, ``>`` and their like name, giving a command its descriptors."""

from errno import EEXIST, ENOENT, ENOTDIR
from typing import Final

from playground.api.file_tree import file_error
from playground.api.files import MemoryFiles
from playground.api.process import Loop, Reader, Writer
from playground.shell.ast import Redirect
from playground.shell.devices import endless
from playground.shell.expand import Expander
from playground.shell.state import ShellFailed, ShellState
from playground.shell.streams import BytesReader, FileWriter, NullWriter, encoded

Stream = Reader | Writer
Descriptors = dict[int, Stream]

_DEFAULT_INPUT: Final = frozenset(("<", "<<", "<<-", "<<<", "<&", "<>"))


class NotOpened(ShellFailed):
    """A redirection failed. In a shell that is not bash that ends a script when the command is a special builtin.

    Source: dash ``redir.c``, ``error.c``; BusyBox ``shell/ash.c``.
    """

    def __init__(self, flavour: str, verb: str, path: str, error: OSError) -> None:
        """``verb`` says what was tried: ``open`` or ``create``."""
        reason = str(error.strerror)
        if flavour == "bash":
            super().__init__(f"{path}: {'cannot overwrite existing file' if error.errno == EEXIST else reason}")
            return
        busybox = flavour == "busybox"
        if error.errno in (ENOENT, ENOTDIR) and verb == "create":
            reason = "nonexistent directory" if busybox else "Directory nonexistent"
        elif error.errno in (ENOENT, ENOTDIR):
            reason = "no such file" if busybox else "No such file"
        cannot = "can't" if busybox else "cannot"
        super().__init__(f"{cannot} {verb} {path}: {reason}", 1 if busybox else 2)


async def redirected(
    redirects: tuple[Redirect, ...],
    streams: Descriptors,
    expander: Expander,
    files: MemoryFiles,
    loop: Loop,
    state: ShellState,
) -> Descriptors:
    """The descriptors with all redirections made, from left to right.

    Raises:
        ShellFailed: something could not be opened.
    """
    opened = dict(streams)
    for redirect in redirects:
        await _redirect(redirect, opened, expander, files, loop, state)
    return opened


async def _redirect(
    redirect: Redirect,
    opened: Descriptors,
    expander: Expander,
    files: MemoryFiles,
    loop: Loop,
    state: ShellState,
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
                raise ShellFailed(f"{target}: Bad file descriptor", 2 if state.flavour == "dash" else 1)
            opened[descriptor] = source
            return
        if operator == "<&":
            raise ShellFailed(f"{target}: ambiguous redirect")
        operator = "&>"
    if operator in ("<", "<>"):
        try:
            opened[descriptor] = _input(target, opened, files, loop)
        except OSError as error:
            raise NotOpened(state.flavour, "open", target, error) from None
        return
    try:
        if operator == ">" and state.on("noclobber") and files.exists(target) and target != "/dev/null":
            raise file_error(EEXIST, target)
        writer = _output(target, opened, files, loop, operator in (">>", "&>>"))
    except OSError as error:
        raise NotOpened(state.flavour, "create", target, error) from None
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


def _output(path: str, opened: Descriptors, files: MemoryFiles, loop: Loop, append: bool) -> Stream:
    if path == "/dev/null":
        return NullWriter(loop)
    special = {"/dev/stdout": 1, "/dev/fd/1": 1, "/dev/stderr": 2, "/dev/fd/2": 2, "/dev/tty": 1}.get(path)
    if special is not None and special in opened:
        return opened[special]
    if append:
        files.append(path, b"")
    else:
        files.write(path, b"")
    return FileWriter(loop, files, path)
