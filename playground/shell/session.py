"""A person at a shell: reads a command, runs it, and asks for the next."""

from typing import TYPE_CHECKING, Final

from playground.api.process import Interrupted, RunningTask
from playground.shell.completion import complete, in_columns
from playground.shell.control import FunctionReturn, LineDiscarded, LoopExit, ShellExit
from playground.shell.history import EventNotFound, expanded, remember
from playground.shell.interpreter import Interpreter
from playground.shell.jobs import ProcessTable
from playground.shell.line_editor import Accept, Complete, EndOfInput, Interrupt, LineEditor, Output
from playground.shell.power_watch import PowerWatch
from playground.shell.prompt import STYLES, prompt_text
from playground.shell.run import login_state
from playground.shell.state import ShellFailed
from playground.shell.surroundings import Surroundings

if TYPE_CHECKING:
    from playground.shell.terminal import Terminal

PASTE_ON: Final = "\x1b[?2004h"
PASTE_OFF: Final = "\x1b[?2004l\r"
MAX_LISTED: Final = 100
ALIASES: Final = {"ll": "ls -alF", "la": "ls -A", "l": "ls -CF"}


_RESEND_US = 1_000_000
_GIVE_UP_US = 924_600_000
"""So long what is typed may be on its way to another machine."""


class Session:
    """One login shell on a terminal, from its first prompt to its ``exit``."""

    def __init__(self, terminal: "Terminal", surroundings: Surroundings, shell: Interpreter | None = None) -> None:
        """``shell``, where given, is run instead of a login shell: that of a container."""
        login = shell is None
        self._terminal = terminal
        self._surroundings = surroundings
        self._loop = surroundings.loop
        state = login_state(surroundings, "-bash", "bash") if shell is None else shell.state
        state.interactive = state.attended = True
        if login:
            state.aliases.update(ALIASES)
        state.options["histexpand"] = True
        state.assign("TERM", "xterm-256color")
        state.variables["TERM"].exported = True
        state.assign("PS1", STYLES[surroundings.prompt])
        state.assign("PS2", "> ")
        self.shell = shell or Interpreter(
            surroundings,
            state,
            {0: terminal, 1: terminal, 2: terminal},
            surroundings.files.at(user=surroundings.user),
            ProcessTable(self._loop),
            session=self,
        )
        self.shell.keyboard = terminal
        self._login = login
        self._editor = LineEditor(state.history, terminal.columns)

    async def interact(self) -> int:
        """Serve the person until they leave or the machine goes off; returns the shell's exit status."""
        main = self._loop.spawn(self._commands(), f"shell on {self._surroundings.hostname}")
        power = PowerWatch(self._loop, self._surroundings.gone, main)
        depth = len(self._terminal.foreground)
        on_resize = self._terminal.on_resize
        try:
            return await main
        except BaseException:
            main.cancel()
            if not power.went_off:
                raise
            self._terminal.set_raw(False)
            start = "" if self._terminal.at_line_start else "\n"
            await self._terminal.write(f"{start}Connection to {self._surroundings.hostname} closed by remote host.\n")
            return 255
        finally:
            del self._terminal.foreground[depth:]
            self._terminal.on_resize = on_resize
            self.shell.processes.hang_up()
            power.stop()

    async def nested(self, surroundings: Surroundings) -> int:
        """Serve the same person on another machine, in the midst of a command of this session."""
        raw = self._terminal.columns
        status = await Session(self._terminal, surroundings).interact()
        if raw != self._terminal.columns:
            self._editor.columns = self._terminal.columns
        return status

    # Reading

    async def _commands(self) -> int:
        state = self.shell.state
        while True:
            await self._report_jobs()
            text = await self._read_command()
            if text is None:
                await self._terminal.write("logout\n" if self._login else "\n")
                return state.status
            if not text.strip():
                continue
            if not await self._arrives():
                await self._terminal.write("client_loop: send disconnect: Broken pipe\n")
                return 255
            # As bash does with its option checkwinsize, which is on by default.
            state.assign("COLUMNS", str(self._terminal.columns))
            state.assign("LINES", str(self._terminal.rows))
            try:
                await self._run(text)
            except ShellExit as exit_:
                return exit_.status

    async def _arrives(self) -> bool:
        """Wait until what was typed has come to its machine; False when TCP has given up.

        Source: Linux ``tcp_retries2``, RFC 1122, 4.2.3.5.
        """
        carried = self._surroundings.carried
        if carried is None:
            return True
        deadline_us = self._loop.now_us + _GIVE_UP_US
        while not await carried():
            if self._loop.now_us >= deadline_us:
                return False
            await self._loop.sleep(_RESEND_US)
        return True

    async def _read_command(self) -> str | None:
        """The next complete command, over as many lines as it takes; None at the end of the input."""
        state = self.shell.state
        text = ""
        while True:
            pattern = state.value("PS2") if text else state.value("PS1")
            line = await self._read_line(prompt_text(self.shell, pattern))
            if isinstance(line, Interrupt):
                state.status = 130
                text = ""
                continue
            if isinstance(line, EndOfInput):
                if not text:
                    return None
                await self.shell.complain("syntax error: unexpected end of file")
                state.status = 2
                return ""
            content = line.line
            if state.on("histexpand"):
                try:
                    replaced = expanded(content, state.history)
                except EventNotFound as error:
                    await self.shell.complain(str(error))
                    return ""
                if replaced != content:
                    await self._terminal.write(replaced + "\n")
                    content = replaced
            text += content + "\n"
            if not self.shell.unfinished(text):
                remember(state.history, text)
                return text

    async def _read_line(self, prompt: str) -> Accept | Interrupt | EndOfInput:
        terminal, editor = self._terminal, self._editor
        terminal.set_editing(True)
        editor.columns = terminal.columns
        terminal.on_resize = lambda: terminal.echo(editor.resize(terminal.columns).replace("\n", "\r\n").encode())
        await terminal.write(PASTE_ON + editor.begin(prompt))
        pending = editor.rest
        editor.rest = b""
        ending = PASTE_OFF
        try:
            while True:
                data = pending or await terminal.read()
                if not data:
                    return EndOfInput()
                pending = b""
                for action in editor.feed(data):
                    match action:
                        case EndOfInput():
                            ending += "\r\n"
                            return action
                        case Output(text):
                            await terminal.write(text)
                        case Complete(text, listing):
                            pending, editor.rest = editor.rest, b""
                            await self._complete(text, listing)
                        case _:
                            return action
        finally:
            terminal.on_resize = None
            terminal.echo(ending.encode())
            rest, editor.rest = editor.rest, b""
            terminal.set_editing(False)
            if rest:
                terminal.unread(rest)

    async def _complete(self, text: str, listing: bool) -> None:
        start, candidates, names = await complete(self.shell, text)
        rows = in_columns(names, self._terminal.columns)
        if listing and len(names) > MAX_LISTED:
            rows = in_columns(names[:MAX_LISTED], self._terminal.columns) + f"... and {len(names) - MAX_LISTED} more\n"
        await self._terminal.write(self._editor.offer(start, candidates, listing, rows))

    # Running

    async def _run(self, text: str) -> None:
        """Run a complete command in the foreground.

        Raises:
            ShellExit: the person leaves.
        """
        terminal, state = self._terminal, self.shell.state
        task = self._loop.spawn(self._lines(text), text.strip()[:60])
        terminal.foreground.append(task)
        try:
            await task
        except Interrupted:
            state.status = 130
            await terminal.write("\n")
        except BaseException:
            if not terminal.quit:
                task.cancel()
                raise
            state.status = 131
            await terminal.write("Quit (core dumped)\n")
        finally:
            terminal.quit = False
            terminal.set_raw(False)
            self._forget(task)
            self.shell.loops = self.shell.depth = 0

    def _forget(self, task: RunningTask[int]) -> None:
        if task in self._terminal.foreground:
            del self._terminal.foreground[self._terminal.foreground.index(task) :]

    async def _lines(self, text: str) -> int:
        state = self.shell.state
        try:
            return await self.shell.run_text(text)
        except ShellExit:
            if self._login:
                await self._terminal.write("logout\n")
            raise
        except (LoopExit, FunctionReturn):
            state.frames.clear()
        except LineDiscarded as discarded:
            state.status = discarded.status
        except ShellFailed as error:
            await self.shell.complain(str(error))
            state.status = error.status
        except BrokenPipeError:
            state.status = 141
        except RecursionError:
            await self.shell.complain("maximum nesting level exceeded")
            state.status = 1
        except Interrupted:
            raise
        except Exception as error:  # noqa: BLE001 - a fault of the shell must not end the learner's lab
            await self.shell.complain(f"internal error: {type(error).__name__}: {error}")
            state.status = 70
        return state.status

    async def _report_jobs(self) -> None:
        table = self.shell.processes
        for job in table.jobs:
            if job.status is not None and not job.reported:
                await self._terminal.write(table.line(job))
        table.forget_done()
