"""Runs one command line without a person at it: what ``sh -c`` does."""

from dataclasses import dataclass, field
from typing import Final

from playground.api.process import Interrupted, Reader, Writer
from playground.shell.interpreter import Interpreter
from playground.shell.jobs import ProcessTable
from playground.shell.redirections import Descriptors
from playground.shell.shell_base import PATH
from playground.shell.state import ShellState
from playground.shell.streams import BytesReader, Capture, TooMuchOutput
from playground.shell.surroundings import Surroundings

MAX_OUTPUT: Final = 1024 * 1024
_OF_BASH: Final = {
    "BASH": "/usr/bin/bash",
    "BASH_VERSION": "5.2.21(1)-release",
    "HOSTTYPE": "x86_64",
    "IFS": " \t\n",
    "MACHTYPE": "x86_64-pc-linux-gnu",
    "OPTIND": "1",
    "OSTYPE": "linux-gnu",
    "PS4": "+ ",
    "SHLVL": "1",
}


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command wrote and how it ended. ``exit`` is 130 after an interruption."""

    stdout: bytes
    stderr: bytes
    exit: int


@dataclass(slots=True)
class Printed:
    """What a command that runs has written so far."""

    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)


class _TerminalCapture(Capture):
    """Keeps output as a pseudo-terminal gives it on: lines end with carriage return and line feed."""

    is_terminal = True

    async def write(self, data: bytes | str) -> None:
        raw = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
        await super().write(raw.replace(b"\n", b"\r\n"))


def login_state(surroundings: Surroundings, name: str, flavour: str) -> ShellState:
    """The state of a shell of the user of ``surroundings``, with the usual environment."""
    state = ShellState(name, flavour)
    environment = {
        "HOME": surroundings.home,
        "HOSTNAME": surroundings.hostname,
        "LOGNAME": surroundings.user,
        "PATH": PATH,
        "PWD": surroundings.files.directory,
        "SHELL": "/bin/bash",
        "USER": surroundings.user,
        **surroundings.environment,
    }
    for key, value in environment.items():
        state.assign(key, value)
        state.variables[key].exported = key != "HOSTNAME" or key in surroundings.environment
    if flavour == "bash":
        for key, value in _OF_BASH.items():
            state.assign(key, value)
        state.assign_array("BASH_VERSINFO", ["5", "2", "21", "1", "release", "x86_64-pc-linux-gnu"])
        state.variables["SHLVL"].exported = True
    return state


async def run_command(
    surroundings: Surroundings,
    command: str,
    *,
    tty: bool = False,
    columns: int = 80,
    flavour: str = "dash",
    stdin: Reader | None = None,
    stdout: Writer | None = None,
    stderr: Writer | None = None,
    printed: Printed | None = None,
) -> CommandResult:
    """Run ``sh -c command`` as the user of ``surroundings``, in the directory of its files.

    With ``tty`` both streams are one, in ``stdout``, as a pseudo-terminal of ``columns`` gives it. Output past a
    megabyte ends the command with status 141. What goes to a given ``stdout`` or ``stderr`` is not in the result.
    Whoever cancels the running call ends the command. ``printed`` is filled while it runs.
    """
    loop = surroundings.loop
    output = _TerminalCapture(loop, MAX_OUTPUT, columns) if tty else Capture(loop, MAX_OUTPUT)
    errors = output if tty else Capture(loop, MAX_OUTPUT)
    if printed is not None:
        printed.stdout = output.data
        printed.stderr = bytearray() if tty else errors.data
    state = login_state(surroundings, "bash" if flavour == "bash" else "sh", flavour)
    state.command_string = True
    if tty:
        state.assign("TERM", "xterm-256color")
        state.variables["TERM"].exported = True
    streams: Descriptors = {0: stdin or BytesReader(), 1: stdout or output, 2: stderr or errors}
    files = surroundings.files.at(user=surroundings.user)
    shell = Interpreter(surroundings, state, streams, files, ProcessTable(loop))
    try:
        status = await shell.run_whole(command)
    except Interrupted:
        status = 130
    except TooMuchOutput:
        status = 141
    return CommandResult(bytes(output.data), b"" if tty else bytes(errors.data), status)
