"""Starts what is no part of the shell: programs, tools, scripts, other shells."""

from errno import ENOENT
from typing import Final

from playground.api.process import Interrupted, Program, Reader, TerminalReader, Writer
from playground.shell.control import LineDiscarded, ShellExit
from playground.shell.redirections import Descriptors
from playground.shell.shell_base import BUILTIN_US, MAX_DEPTH, TOOL_US, ShellBase
from playground.shell.state import ShellFailed, ShellState
from playground.shell.streams import BytesReader, NullWriter, TooMuchOutput, decoded, is_reader, is_writer
from playground.shell.surroundings import Surroundings
from playground.shell.tool import Invocation

INSTALLED_IN: Final = ("/bin", "/usr/bin", "/usr/local/bin", "/sbin", "/usr/sbin", "/snap/bin")


class Launcher(ShellBase):
    """The part of a shell that ``playground.shell.tool.Shell`` shows to tools."""

    async def _external(
        self,
        arguments: list[str],
        environment: dict[str, str],
        streams: Descriptors | None = None,
        user: str | None = None,
    ) -> int:
        """Run a program, a tool, or a script."""
        name = arguments[0]
        streams = self.streams if streams is None else streams
        short = name.rsplit("/", 1)[1] if self._is_installed(name) and "/" in name else name
        program: Program | None = self.surroundings.programs.get(short)
        tool = self.tools.get(short)
        if "/" in short or (program is None and tool is None):
            await self.loop.sleep(BUILTIN_US)
            return await self._script_or_missing(arguments, environment, streams)
        pid = self._fork(" ".join(arguments)[:200])
        stdin, stdout, stderr = self._standard(streams)
        view = self.files if user is None else self.files.at(user=user)
        process = Invocation(
            [short, *arguments[1:]],
            environment,
            view,
            stdin,
            stdout,
            stderr,
            self.loop,
            self.surroundings.wall_us,
            self.surroundings,
            self if user is None else self._as_user(user),
            view.user,
        )
        try:
            await self.loop.sleep(TOOL_US)
            return await (tool(process) if program is None and tool is not None else self._program(program, process))
        except BrokenPipeError:
            return 141
        except TooMuchOutput:
            raise
        except OSError as error:
            return await self._failed_write(short, error)
        except (Interrupted, ShellFailed, ShellExit, LineDiscarded):
            raise
        except Exception as error:  # noqa: BLE001 - a fault in one program must not end the learner's shell
            await self.write_error(f"{short}: internal error: {type(error).__name__}: {error}\n")
            return 70
        finally:
            if isinstance(stdin, TerminalReader):
                stdin.set_raw(False)
            self.processes.end(pid)

    async def _program(self, program: Program | None, process: Invocation) -> int:
        assert program is not None
        return await program(process)

    async def _failed_write(self, name: str, error: OSError) -> int:
        where = f"{error.filename}: " if error.filename else ""
        await self.write_error(f"{name}: {where}{error.strerror}\n")
        return 1

    def _standard(self, streams: Descriptors) -> tuple[Reader, Writer, Writer]:
        stdin = streams.get(0)
        stdout = streams.get(1)
        stderr = streams.get(2)
        return (
            stdin if is_reader(stdin) else BytesReader(),
            stdout if is_writer(stdout) else NullWriter(self.loop),
            stderr if is_writer(stderr) else NullWriter(self.loop),
        )

    def _as_user(self, user: str) -> "Launcher":
        child = self.child()
        child.files = self.files.at(user=user)
        return child

    def _is_installed(self, name: str) -> bool:
        directory, _, short = name.rpartition("/")
        known = short in self.surroundings.programs or short in self.tools
        return known and directory in INSTALLED_IN

    def finds(self, name: str) -> str | None:
        if "/" in name:
            runs = self._is_installed(name) or (self.files.exists(name) and self.files.may(name, "execute"))
            return name if runs else None
        found = self._in_path(name)
        if found is None and (name in self.surroundings.programs or name in self.tools):
            return f"/usr/bin/{name}"
        return found

    def _in_path(self, name: str) -> str | None:
        for directory in self.state.value("PATH").split(":"):
            path = f"{directory or '.'}/{name}"
            if name and self.files.exists(path) and not self.files.is_directory(path) and self._executable(path):
                return path
        return None

    def _executable(self, path: str) -> bool:
        try:
            return bool(self.files.stat(path).mode & 0o111)
        except OSError:
            return False

    async def _script_or_missing(self, arguments: list[str], environment: dict[str, str], streams: Descriptors) -> int:
        name = arguments[0]
        path = name if "/" in name else self._in_path(name)
        if path is None:
            await self._complain_missing(name)
            return 127
        if self.files.is_directory(path):
            await self.complain(f"{name}: {'Is a directory' if self.state.flavour == 'bash' else 'Permission denied'}")
            return 126
        try:
            text = decoded(self.files.read(path))
        except OSError as error:
            missing = error.errno == ENOENT and self.state.flavour != "bash"
            await self.complain(f"{name}: {'not found' if missing else error.strerror}")
            return 126 if error.errno == 13 else 127
        if not self._executable(path):
            await self.complain(f"{name}: Permission denied")
            return 126
        first = text.partition("\n")[0]
        if first.startswith("#!"):
            words = first[2:].split()
            interpreter = words[0].rsplit("/", 1)[-1] if words else ""
            if interpreter == "env" and len(words) > 1:
                interpreter = words[1]
            if interpreter not in ("sh", "bash", "dash", "ash"):
                if self.finds(interpreter) is None:
                    await self.complain(f"{name}: cannot execute: required file not found")
                    return 127
                return await self._external([interpreter, *words[1:], path, *arguments[1:]], environment, streams)
        else:
            interpreter = "bash"
        flavour = "bash" if interpreter == "bash" else self.surroundings.sh
        stdin, stdout, stderr = self._standard(streams)
        return await self.run_script(
            text,
            name=name,
            flavour=flavour,
            parameters=arguments[1:],
            command_string=False,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            environment=environment,
        )

    # What tools ask for

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
        self.depth += 4
        try:
            if self.depth > MAX_DEPTH:
                raise ShellFailed("maximum nesting level exceeded")
            streams = _replaced(self.streams, stdin, stdout, stderr)
            return await self._external(
                arguments, self.environment() if environment is None else environment, streams, user
            )
        finally:
            self.depth -= 4

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
        if self.depth + 6 > MAX_DEPTH:
            raise ShellFailed("maximum nesting level exceeded")
        state = ShellState(name, flavour, command_string=command_string, positional=parameters)
        for key, value in (self.environment() if environment is None else environment).items():
            state.assign(key, value)
            state.variables[key].exported = True
        if "PWD" not in state.variables:
            state.assign("PWD", self.files.directory)
            state.variables["PWD"].exported = True
        pid = self._fork(f"{name} {' '.join(parameters)}".strip())
        state.pid = pid
        shell = type(self)(
            self.surroundings,
            state,
            _replaced(self.streams, stdin, stdout, stderr),
            self.files if user is None else self.files.at(user=user),
            self.processes,
            tools=self.tools,
            depth=self.depth + 6,
            session=self.session,
        )
        shell.keyboard = self.keyboard
        try:
            return await shell.run_whole(text, and_input=and_input)
        finally:
            self.processes.end(pid)

    async def nested(self, surroundings: Surroundings, terminal: TerminalReader) -> int:
        if self.session is None:
            raise ShellFailed("no terminal")
        return await self.session.nested(surroundings)


def _replaced(streams: Descriptors, stdin: Reader | None, stdout: Writer | None, stderr: Writer | None) -> Descriptors:
    changed = dict(streams)
    if stdin is not None:
        changed[0] = stdin
    if stdout is not None:
        changed[1] = stdout
    if stderr is not None:
        changed[2] = stderr
    return changed
