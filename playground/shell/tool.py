"""What the shell's own commands get, beyond what every ``Program`` gets."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from playground.api.files import MemoryFiles
from playground.api.process import Process, Reader, TerminalReader, Writer
from playground.shell.busybox_words import busybox_status, in_busybox_words
from playground.shell.surroundings import Surroundings

if TYPE_CHECKING:
    from playground.shell.jobs import ProcessTable
    from playground.shell.state import ShellState


class Shell(Protocol):
    """The shell that runs a tool, for tools that run other commands (``xargs``, ``watch``, ``sudo``)."""

    state: "ShellState"
    processes: "ProcessTable"
    surroundings: Surroundings
    keyboard: TerminalReader | None

    async def run(
        self,
        arguments: list[str],
        *,
        stdin: Reader | None = None,
        stdout: Writer | None = None,
        stderr: Writer | None = None,
        environment: dict[str, str] | None = None,
        user: str | None = None,
    ) -> int:
        """Run a command as if typed, its words not expanded again; functions and aliases are not looked at."""

    async def run_script(
        self,
        text: str,
        *,
        name: str,
        flavour: str,
        parameters: list[str],
        command_string: bool,
        and_input: bool = False,
        stdin: Reader | None = None,
        stdout: Writer | None = None,
        stderr: Writer | None = None,
        environment: dict[str, str] | None = None,
        user: str | None = None,
    ) -> int:
        """Run shell text in a new shell; with ``and_input``, also the commands in its input as they come."""

    def finds(self, name: str) -> str | None:
        """The path at which a command would be found, None when there is none."""

    async def nested(self, surroundings: Surroundings, terminal: TerminalReader) -> int:
        """Let a person work in a shell on another machine, until it ends."""


@dataclass(slots=True)
class Invocation(Process):
    """One running tool. ``user`` is who runs it, which ``sudo`` changes."""

    files: MemoryFiles
    surroundings: Surroundings
    shell: Shell
    user: str

    @property
    def name(self) -> str:
        return self.arguments[0]

    def terminal(self) -> TerminalReader | None:
        """The keyboard of the session, even where the input is a pipe: what ``/dev/tty`` is."""
        if isinstance(self.stdin, TerminalReader) and self.stdin.is_terminal:
            return self.stdin
        return self.shell.keyboard

    async def sh(
        self, command: str, *, stdin: Reader | None = None, stdout: Writer | None = None, stderr: Writer | None = None
    ) -> int:
        """Run ``sh -c command`` in this tool's environment, with its own streams unless others are given."""
        return await self.shell.run_script(
            command,
            name="sh",
            flavour="dash",
            parameters=[],
            command_string=True,
            stdin=self.stdin if stdin is None else stdin,
            stdout=self.stdout if stdout is None else stdout,
            stderr=self.stderr if stderr is None else stderr,
            environment=self.environment,
        )

    async def complain(self, message: str, status: int = 1) -> int:
        """Print ``name: message`` to the errors and return ``status``; both as BusyBox has them where it is BusyBox."""
        if self.surroundings.sh == "busybox":
            message, status = in_busybox_words(self.name, message), busybox_status(self.name, status)
        await self.stderr.write(f"{self.name}: {message}\n")
        return status


Tool = Callable[[Invocation], Awaitable[int]]


class UsageError(Exception):
    """The arguments are wrong; ``str(error)`` is the sentence after the tool's name."""
