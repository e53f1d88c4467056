"""Runs what the parser read: the shell proper.

Every command takes a little virtual time, so that a loop of anything lets the rest of the lab live. What may nest
(functions, substitutions, scripts in scripts) is bounded, as is the number of processes.
"""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Final, Self

from playground.api.process import Reader
from playground.shell import ast
from playground.shell.builtins import BUILTINS, SPECIAL
from playground.shell.conditions import condition_holds
from playground.shell.control import FunctionReturn, LineDiscarded, LoopExit, ShellExit
from playground.shell.parameters import quoted
from playground.shell.parser import Parser
from playground.shell.pipelines import Pipelines
from playground.shell.redirections import Descriptors, NotOpened, redirected
from playground.shell.shell_base import BUILTIN_US, MAX_DEPTH, UNBOUND
from playground.shell.state import Element, Frame, ShellFailed
from playground.shell.streams import BlockReader, Capture, TooMuchOutput, decoded, is_reader, read_all

MAX_FUNCTION_DEPTH: Final = 50
MAX_COMMAND: Final = 4 * 1024 * 1024
"""Characters of a command in the input."""
OFTEN_LOOKED: Final = 40
"""Lines of a command in the input after each of which it is looked whether it is whole; then more and more seldom."""


class Interpreter(Pipelines):
    """One shell, or subshell: see ``ShellBase`` for what it is made of."""

    builtins = BUILTINS

    # Entrances

    async def run_text(self, text: str) -> int:
        """Run shell text line by line.

        Raises:
            ShellExit, LoopExit, FunctionReturn: as the text asks for.
            Interrupted: Ctrl-C was typed.
        """
        await self._run_text(text)
        return self.state.status

    async def _run_text(self, text: str, first_line: int = 1) -> bool:
        """``run_text``; whether the text was free of errors of syntax. It begins with the line of that number."""
        try:
            parser = Parser(text, self._aliases(), final=True, extglob=self.extglob, first_line=first_line)
            while (line := parser.next_line()) is not None:
                for warning in parser.warnings() if self.state.flavour == "bash" else ():
                    self.state.line = text.rstrip("\n").count("\n") + first_line
                    await self.complain(warning)
                try:
                    await self.execute(line)
                except LineDiscarded as discarded:
                    self.state.status = discarded.status
                    if self.state.flavour != "bash":
                        raise ShellExit(2) from None
        except ast.ShellSyntaxError as error:
            await self.complain_syntax(error, text, first_line)
            self.state.status = 2
            return False
        return True

    def _aliases(self) -> Mapping[str, str] | None:
        return self.state.aliases if self.state.interactive else None

    def unfinished(self, text: str) -> bool:
        """Whether more lines could make commands of text that are none yet."""
        body = text.removesuffix("\n")
        if (len(body) - len(body.rstrip("\\"))) % 2:
            return True
        try:
            parser = Parser(text, self._aliases(), extglob=self.extglob)
            while parser.next_line() is not None:
                pass
        except ast.Incomplete:
            return True
        except ast.ShellSyntaxError:
            return False
        return False

    async def _run_lines(self, reader: Reader) -> None:
        """Run each command of an input as soon as its last line is there.

        bash leaves what comes behind a line to the command, which may read it; dash and BusyBox take what there is.
        """
        if self.state.flavour != "bash":
            reader = BlockReader(reader)
        first_line, text, lines, looked = 1, "", 0, 0
        while True:
            line = decoded(await reader.readline())
            text += line
            if line and len(text) < MAX_COMMAND:
                if not line.endswith("\n"):
                    continue
                lines += 1
                if lines > OFTEN_LOOKED and lines * 4 < looked * 5:
                    continue
                looked = lines
                if self.unfinished(text):
                    continue
            if not await self._run_text(text, first_line) or not line:
                return
            first_line, text, lines, looked = first_line + lines, "", 0, 0

    def extglob(self) -> bool:
        """Whether the option of that name is set."""
        return self.state.shopts.get("extglob", False)

    async def run_whole(self, text: str, *, and_input: bool = False) -> int:
        """Run shell text as a shell of its own: its ``exit`` ends it, traps run, failures become a status.

        With ``and_input`` it goes on with the commands in its input, each as soon as it is there.
        """
        try:
            status = await self._guarded(text, and_input=and_input)
            if "EXIT" in self.state.traps:
                trap = self.state.traps.pop("EXIT")
                self.state.status = status
                try:
                    await self.run_text(trap)
                except ShellExit as exit_:
                    status = exit_.status
        except BrokenPipeError:
            return 141
        return status

    async def _guarded(self, text: str, *, and_input: bool) -> int:
        try:
            await self.run_text(text)
            reader = self.streams.get(0)
            if and_input and is_reader(reader):
                await self._run_lines(reader)
            return self.state.status
        except ShellExit as exit_:
            return exit_.status
        except (LoopExit, FunctionReturn):
            return self.state.status
        except ShellFailed as error:
            await self.complain(str(error))
            return error.status

    async def execute(self, command: ast.Command) -> int:
        """Run one command of any kind and return its status, which also becomes ``$?``."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.depth -= 1
            raise ShellFailed("maximum nesting level exceeded")
        try:
            reads_only = self.state.on("noexec") and not self.state.interactive
            status = 0 if reads_only else await self._execute(command)
        finally:
            self.depth -= 1
        self.state.status = status
        return status

    async def _execute(self, command: ast.Command) -> int:
        match command:
            case ast.Simple():
                status = await self._simple(command)
                self.state.pipe_statuses = [status]
                await self._failed(status)
            case ast.Pipeline():
                status = await self._pipeline(command)
            case ast.AndOr():
                status = await self._and_or(command)
            case ast.Sequence(items):
                status = self.state.status if items else 0
                for item, background in items:
                    status = await self._background(item) if background else await self.execute(item)
            case ast.Redirected(body, redirects):
                status = await self._with_redirects(body, redirects)
            case ast.Group(body):
                status = await self.execute(body)
            case ast.Subshell(body):
                status = await self.child().run_body(body)
                self.state.pipe_statuses = [status]
                await self._failed(status)
            case ast.If(branches, otherwise):
                status = await self._if(branches, otherwise)
            case ast.While():
                status = await self._while(command)
            case ast.For():
                status = await self._for(command)
            case ast.ForArithmetic():
                status = await self._for_arithmetic(command)
            case ast.Case():
                status = await self._case(command)
            case ast.FunctionDefinition(name):
                self.state.functions[name] = command
                status = 0
            case ast.Conditional(test):
                await self.loop.sleep(BUILTIN_US)
                status = 0 if await condition_holds(test, self.expander, self.state, self.files) else 1
                self.state.pipe_statuses = [status]
                await self._failed(status)
            case ast.ArithmeticCommand(expression):
                await self.loop.sleep(BUILTIN_US)
                status = await self._arithmetic_command(expression)
                self.state.pipe_statuses = [status]
                await self._failed(status)
        return status

    async def _with_redirects(self, body: ast.Command, redirects: tuple[ast.Redirect, ...]) -> int:
        try:
            streams = await self._redirected(redirects)
        except ShellFailed as error:
            await self.complain(str(error))
            return error.status
        before, self.streams = self.streams, streams
        try:
            return await self.execute(body)
        finally:
            self.streams = before

    async def _redirected(self, redirects: tuple[ast.Redirect, ...]) -> Descriptors:
        if not redirects:
            return self.streams
        return await redirected(redirects, self.streams, self.expander, self.files, self.loop, self.state)

    # Pipelines and processes

    def child(self, streams: Descriptors | None = None) -> Self:
        """A subshell: a copy of everything, on the same files."""
        child = type(self)(
            self.surroundings,
            self.state.copy(),
            dict(self.streams if streams is None else streams),
            self.files,
            self.processes,
            tools=self.tools,
            depth=self.depth,
            session=self.session,
        )
        child._unchecked = self._unchecked
        child.keyboard = self.keyboard
        child.is_subshell = True
        child.nesting, child.sourcing = self.nesting, self.sourcing
        return child

    # Simple commands

    async def _simple(self, command: ast.Simple) -> int:
        self.state.line = command.line
        arguments: list[str] = []
        try:
            arguments = await self.expander.arguments(command.words)
            if not arguments and not command.array_arguments:
                return await self._assign_only(command)
            streams = await self._redirected(command.redirects)
            for array in command.array_arguments:
                values = array.value if isinstance(array.value, tuple) else (array.value,)
                if arguments[:1] == ["local"] and self.state.frames:
                    self.state.make_local(array.name)
                if "-A" in arguments:
                    self.state.declare(array.name).associative = True
                self.state.assign_array(array.name, await self._elements(values), array.append)
                arguments.append(array.name)
            own: dict[str, str] = {}
            for assignment in command.assignments:
                if isinstance(assignment.value, ast.Word):
                    own[assignment.name] = await self.expander.text(assignment.value, assignment=True)
        except NotOpened as error:
            await self.complain(str(error))
            if self.state.flavour != "bash" and not self.state.interactive and SPECIAL.intersection(arguments[:1]):
                raise ShellExit(error.status) from None
            return error.status
        except ShellFailed as error:
            await self.complain(str(error))
            self._end_if_unbound(error)
            if not arguments:
                raise LineDiscarded(1) from None
            return 1 if error.status == 127 else error.status
        if self.state.on("xtrace"):
            prefix = "".join(f"{name}={quoted(value)} " for name, value in own.items())
            await self.trace(prefix + " ".join(quoted(a) for a in arguments))
        before, self.streams = self.streams, streams
        try:
            status = await self.call(arguments, own)
            self.state.last_argument = arguments[-1]
            if arguments[0] == "exec" and len(arguments) == 1:
                before = self.streams
            return status
        except ShellFailed as error:
            await self.complain(str(error))
            self._end_if_unbound(error)
            return error.status
        finally:
            self.streams = before

    def _end_if_unbound(self, error: ShellFailed) -> None:
        """A variable that is not there ends a script where ``set -u`` says so, and so does ``${name:?}``."""
        if not self.state.interactive and error.status == UNBOUND:
            mild = self.is_subshell or self.state.on("errexit")
            status = 2 if self.state.flavour != "bash" else 1 if mild else UNBOUND
            raise ShellExit(status)

    async def _assign_only(self, command: ast.Simple) -> int:
        state = self.state
        state.status = 0
        for assignment in command.assignments:
            name = assignment.name
            if isinstance(assignment.value, tuple):
                state.assign_array(name, await self._elements(assignment.value), assignment.append)
                continue
            value = await self.expander.text(assignment.value, assignment=True)
            if assignment.index is not None:
                index = await self.expander.text(assignment.index)
                if assignment.append:
                    value = (state.element(name, index) or "") + value
                state.assign_element(name, index, value)
                continue
            if assignment.append:
                variable = state.variables.get(name)
                if variable is not None and variable.integer:
                    value = f"{state.value(name) or 0}+({value})"
                else:
                    value = state.value(name) + value
            state.assign(name, value)
            if state.on("xtrace"):
                await self.trace(f"{name}={quoted(value) if value else ''}")
        await self.loop.sleep(BUILTIN_US)
        if command.redirects:
            await self._redirected(command.redirects)
        return state.status

    async def call(self, arguments: list[str], own: Mapping[str, str] | None = None) -> int:
        """Run a function, builtin, program, tool or script with ``own`` variables of its own."""
        name = arguments[0]
        function = self.state.functions.get(name)
        if function is not None:
            return await self._call_function(function, arguments, own or {})
        builtin = self.builtins.get(name)
        if builtin is not None:
            await self.loop.sleep(BUILTIN_US)
            if name in ("read", "printf", "cd", "eval", "source", ".") and own:
                return await self._with_variables(own, builtin(self, arguments))
            for variable, value in (own or {}).items():
                if name in ("export", "readonly", "set", "unset", "exec"):
                    self.state.assign(variable, value)
            return await builtin(self, arguments)
        return await self._external(arguments, {**self.environment(), **(own or {})})

    async def _with_variables(self, own: Mapping[str, str], running: Awaitable[int]) -> int:
        before = {name: self.state.lookup(name) for name in own}
        for name, value in own.items():
            self.state.assign(name, value)
        try:
            return await running
        finally:
            for name, old in before.items():
                if old is None:
                    self.state.unset(name)
                else:
                    self.state.assign(name, old)

    async def _call_function(
        self, function: ast.FunctionDefinition, arguments: list[str], own: Mapping[str, str]
    ) -> int:
        state = self.state
        if len(state.frames) >= MAX_FUNCTION_DEPTH:
            raise ShellFailed(f"{function.name}: maximum function nesting level exceeded ({MAX_FUNCTION_DEPTH})")
        state.frames.append(Frame(function.name, arguments[1:]))
        loops, self.loops = self.loops, 0
        try:
            for name, value in own.items():
                state.make_local(name)
                state.assign(name, value)
                state.variables[name].exported = True
            return await self.execute(function.body)
        except FunctionReturn as returned:
            return returned.status
        finally:
            self.loops = loops
            state.leave_frame()

    # Expansion's needs

    async def _elements(self, words: Sequence[ast.Word]) -> list[Element]:
        """What ``name=(...)`` holds; ``[subscript]=value`` says where it goes."""
        elements: list[Element] = []
        for word in words:
            if not word.names_its_place():
                elements += await self.expander.arguments([word])
                continue
            subscript, _, value = (await self.expander.text(word, assignment=True))[1:].partition("]=")
            elements.append((subscript, value))
        return elements

    async def _captured(self, body: ast.Sequence) -> bytes:
        """What commands print in a subshell; ``$?`` is how they ended."""
        if (named := _only_input(body)) is not None:
            try:
                stream = (await self._redirected((named,))).get(0)
            except ShellFailed as error:
                await self.complain(str(error))
                self.state.status = 1
                return b""
            self.state.status = 0
            return await read_all(stream) if is_reader(stream) else b""
        capture = Capture(self.loop)
        child = self.child({**self.streams, 1: capture})
        child.nesting = self.nesting + 1
        if not self.state.shopts.get("inherit_errexit"):
            child.state.options.pop("errexit", None)
        try:
            self.state.status = await child.run_body(body)
        except TooMuchOutput:
            raise ShellFailed("command substitution: output too long") from None
        return bytes(capture.data)

    async def _substitute(self, body: ast.Sequence) -> str:
        return decoded((await self._captured(body)).replace(b"\0", b"")).rstrip("\n")

    async def _process_file(self, body: ast.Sequence) -> str:
        output = await self._captured(body)
        self._temporary += 1
        path = f"/tmp/.sh-{self.state.pid}-{self._temporary % 8}"
        self.files.write(path, output)
        return path


def _only_input(body: ast.Sequence) -> ast.Redirect | None:
    """The redirection of ``$(< file)``, which stands for what is in the file; None of other commands."""
    match body.items:
        case ((ast.Simple(assignments=(), words=(), redirects=(ast.Redirect("<") as redirect,)), False),):
            return redirect
        case _:
            return None
