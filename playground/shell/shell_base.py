"""What every shell has: who and where it is, its streams, and how it words what it has to say."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Final, Protocol, Self

from playground.api.files import MemoryFiles
from playground.api.process import TerminalReader
from playground.shell import ast
from playground.shell.absent import advice
from playground.shell.expand import Expander
from playground.shell.jobs import ProcessTable, TooManyProcesses
from playground.shell.redirections import Descriptors
from playground.shell.state import ShellFailed, ShellState
from playground.shell.streams import is_writer
from playground.shell.surroundings import Surroundings
from playground.shell.tool import Tool
from playground.shell.tools import TOOLS

UNBOUND: Final = 127
"""The status of a failure over a variable that is not there: it ends a script."""
BUILTIN_US: Final = 100
TOOL_US: Final = 900
MAX_DEPTH: Final = 60
PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin"


class NestedSessions(Protocol):
    """Who can give the terminal to a shell on another machine."""

    async def nested(self, surroundings: Surroundings) -> int: ...


class ShellBase(ABC):
    """One shell, or subshell.

    ``nested`` of the session is how a tool gives the terminal to a person on another machine; a shell without a
    terminal has none.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        state: ShellState,
        streams: Descriptors,
        files: MemoryFiles,
        processes: ProcessTable,
        *,
        tools: Mapping[str, Tool] = TOOLS,
        depth: int = 0,
        session: NestedSessions | None = None,
    ) -> None:
        self.surroundings = surroundings
        self.state = state
        self.streams = streams
        self.files = files
        self.processes = processes
        self.loop = surroundings.loop
        self.tools = tools
        self.depth = depth
        self.session = session
        self.loops = 0
        self._unchecked = 0
        """More than 0 where ``set -e`` does not look: in conditions."""
        self._trapping = False
        """A trap for failures runs: one in it starts no other."""
        self.is_subshell = False
        self.nesting = 0
        """How many command substitutions are around: what ``set -x`` shows by it."""
        self.sourcing = 0
        """How many files are being read by ``source`` now."""
        self._temporary = 0
        self.keyboard: TerminalReader | None = None
        """The terminal of the session, where there is one."""
        self.overflowed = False
        """A part of a pipeline wrote more than its reader can hold."""
        self.expander = Expander(
            state, lambda: self.files, self._substitute, self._process_file, self.home_of, lambda: self.loop.now_us
        )

    # What a whole shell adds

    @abstractmethod
    def child(self, streams: Descriptors | None = None) -> Self:
        """A subshell: a copy of everything, on the same files."""

    @abstractmethod
    async def run_whole(self, text: str, *, and_input: bool = False) -> int:
        """Run shell text as a shell of its own: its ``exit`` ends it, traps run, failures become a status.

        With ``and_input`` it goes on with the commands in its input, each as soon as it is there.
        """

    @abstractmethod
    async def run_text(self, text: str) -> int:
        """Run shell text line by line."""

    @abstractmethod
    async def execute(self, command: ast.Command) -> int:
        """Run one command of any kind and return its status, which also becomes ``$?``."""

    @abstractmethod
    async def _substitute(self, body: ast.Sequence) -> str: ...

    @abstractmethod
    async def _process_file(self, body: ast.Sequence) -> str: ...

    def home_of(self, user: str) -> str | None:
        if user in ("", self.surroundings.user):
            return self.surroundings.home
        if user == "root":
            return "/root"
        return f"/home/{user}" if self.files.is_directory(f"/home/{user}") else None

    def environment(self) -> dict[str, str]:
        return self.state.exported()

    def _fork(self, text: str) -> int:
        try:
            return self.processes.begin(text)
        except TooManyProcesses:
            raise ShellFailed("fork: retry: Resource temporarily unavailable", 254) from None

    # Messages

    async def write_error(self, text: str) -> None:
        stderr = self.streams.get(2)
        if is_writer(stderr):
            await stderr.write(text)

    async def write(self, text: str | bytes) -> None:
        stdout = self.streams.get(1)
        if is_writer(stdout):
            await stdout.write(text)

    def prefix(self) -> str:
        """What stands before the shell's own messages."""
        state = self.state
        match state.flavour:
            case "dash":
                return f"{state.name}: {state.line}: "
            case "busybox":
                return f"{state.name}: "
            case _:
                name = state.name.removeprefix("-").rsplit("/", 1)[-1] if state.attended else state.name
                return f"{name}: " if state.attended else f"{name}: line {state.line}: "

    async def trace(self, text: str) -> None:
        """Show a command as ``set -x`` does."""
        mark = self.state.lookup("PS4")
        mark = "+ " if mark is None else mark
        await self.write_error(f"{mark[:1] * self.nesting}{mark}{text}\n")

    async def complain(self, message: str) -> None:
        await self.write_error(f"{self.prefix()}{message}\n")

    async def _complain_missing(self, name: str) -> None:
        state = self.state
        if "/" in name and state.flavour == "bash":
            await self.complain(f"{name}: No such file or directory")
        elif state.flavour != "bash":
            await self.complain(f"{name}: not found")
        elif state.attended:
            await self.write_error(f"{name}: command not found\n")
            if sentence := advice(name):
                await self.write_error(sentence + "\n")
        else:
            await self.complain(f"{name}: command not found")

    async def complain_syntax(self, error: ast.ShellSyntaxError, text: str, first_line: int = 1) -> None:
        state = self.state
        if state.flavour != "bash":
            unfinished = isinstance(error, ast.Incomplete)
            line = max(1, error.line - 1) if unfinished and not text.endswith("\n") else error.line
            name = state.name if state.flavour == "busybox" else f"{state.name}: {line}"
            what = "end of file" if unfinished or not error.token else error.token
            shown = what if what in ("end of file", "newline") else f'"{what}"'
            low = state.flavour == "busybox"
            label = "syntax error: unexpected" if low else "Syntax error:"
            if not low and str(error).endswith("`\"'"):
                await self.write_error(f"{name}: Syntax error: Unterminated quoted string\n")
            else:
                await self.write_error(f"{name}: {label} {shown}{'' if low else ' unexpected'}\n")
            return
        if state.interactive:
            await self.write_error(f"{self.prefix()}{error}\n")
            return
        name = f"{state.name}: -c" if state.command_string else state.name
        await self.write_error(f"{name}: line {error.line}: {error}\n")
        lines = text.split("\n")
        if error.token and error.line - first_line < len(lines):
            await self.write_error(f"{name}: line {error.line}: `{lines[error.line - first_line]}'\n")
