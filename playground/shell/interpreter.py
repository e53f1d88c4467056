"""Runs what the parser read: the shell proper.

Every command takes a little virtual time, so that a loop of anything lets the rest of the lab live. What may nest
(functions, substitutions, scripts in scripts) is bounded, as is the number of processes.
"""

from collections.abc import Awaitable, Mapping
from typing import Final, Self

from playground.api.process import Interrupted, Reader, RunningTask
from playground.shell import ast
from playground.shell.builtins import BUILTINS
from playground.shell.conditions import condition_holds
from playground.shell.control import FunctionReturn, LineDiscarded, LoopExit, ShellExit
from playground.shell.jobs import TooManyProcesses
from playground.shell.launcher import Launcher
from playground.shell.parameters import quoted
from playground.shell.parser import Parser
from playground.shell.patterns import glob
from playground.shell.redirections import Descriptors, redirected
from playground.shell.shell_base import BUILTIN_US, MAX_DEPTH
from playground.shell.source_text import source_text
from playground.shell.state import Frame, ShellFailed
from playground.shell.streams import BytesReader, Capture, Pipe, TooMuchOutput, decoded

MAX_FUNCTION_DEPTH: Final = 50


class Interpreter(Launcher):
    """One shell, or subshell: see ``ShellBase`` for what it is made of."""

    builtins = BUILTINS

    # Entrances

    async def run_text(self, text: str) -> int:
        """Run shell text line by line.

        Raises:
            ShellExit, LoopExit, FunctionReturn: as the text asks for.
            Interrupted: Ctrl-C was typed.
        """
        parser = None
        try:
            parser = Parser(text, self.state.aliases if self.state.interactive else None, final=True)
            while (line := parser.next_line()) is not None:
                for warning in parser.warnings() if self.state.flavour == "bash" else ():
                    self.state.line = text.rstrip("\n").count("\n") + 1
                    await self.complain(warning)
                try:
                    await self.execute(line)
                except LineDiscarded as discarded:
                    self.state.status = discarded.status
                    if self.state.flavour != "bash":
                        raise ShellExit(2) from None
        except ast.ShellSyntaxError as error:
            await self.complain_syntax(error, text)
            self.state.status = 2
        return self.state.status

    async def run_whole(self, text: str) -> int:
        """Run shell text as a shell of its own: its ``exit`` ends it, traps run, failures become a status."""
        try:
            status = await self._guarded(text)
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

    async def _guarded(self, text: str) -> int:
        try:
            return await self.run_text(text)
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
            status = await self._execute(command)
        finally:
            self.depth -= 1
        self.state.status = status
        return status

    async def _execute(self, command: ast.Command) -> int:
        match command:
            case ast.Simple():
                status = await self._simple(command)
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
                await self._failed(status)
            case ast.ArithmeticCommand(expression):
                await self.loop.sleep(BUILTIN_US)
                status = await self._arithmetic_command(expression)
                await self._failed(status)
        return status

    async def _failed(self, status: int) -> None:
        """Where a failure counts: the trap for it runs, and with ``set -e`` the shell ends."""
        if not status or self._unchecked:
            return
        trap = self.state.traps.get("ERR")
        if trap and (not self.state.frames or self.state.on("errtrace")) and not self._trapping:
            self._trapping = True
            self.state.status = status
            try:
                await self.run_text(trap)
            finally:
                self._trapping = False
        if self.state.on("errexit"):
            raise ShellExit(status)

    async def _condition(self, command: ast.Command) -> int:
        self._unchecked += 1
        try:
            return await self.execute(command)
        finally:
            self._unchecked -= 1

    # Compound commands

    async def _and_or(self, command: ast.AndOr) -> int:
        last = len(command.rest) - 1
        status = await self._condition(command.first)
        for index, (operator, following) in enumerate(command.rest):
            if (status == 0) == (operator == "&&"):
                status = await (self.execute(following) if index == last else self._condition(following))
        return status

    async def _if(self, branches: tuple[tuple[ast.Sequence, ast.Sequence], ...], otherwise: ast.Sequence | None) -> int:
        for condition, body in branches:
            if await self._condition(condition) == 0:
                return await self.execute(body)
        return 0 if otherwise is None else await self.execute(otherwise)

    async def _loop_body(self, body: ast.Sequence) -> bool:
        """Run a loop's body once; True when the loop shall end."""
        self.loops += 1
        try:
            await self.execute(body)
        except LoopExit as left:
            if left.levels > 1 and self.loops > 1:
                raise LoopExit(left.levels - 1, left.again) from None
            self.state.status = 0
            return not left.again
        finally:
            self.loops -= 1
        return False

    async def _while(self, command: ast.While) -> int:
        status = 0
        while True:
            await self.loop.sleep(1)
            self.loops += 1
            try:
                holds = (await self._condition(command.condition) == 0) != command.until
            except LoopExit as left:
                if left.levels > 1 and self.loops > 1:
                    raise LoopExit(left.levels - 1, left.again) from None
                return 0
            finally:
                self.loops -= 1
            if not holds:
                return status
            ended = await self._loop_body(command.body)
            status = self.state.status
            if ended:
                return status

    async def _for(self, command: ast.For) -> int:
        if command.select:
            raise ShellFailed("select: not supported in this shell", 2)
        if command.words is None:
            values = list(self.state.parameters())
        else:
            values = await self.expander.arguments(command.words)
        status = 0
        for value in values:
            await self.loop.sleep(1)
            self.state.assign(command.name, value)
            ended = await self._loop_body(command.body)
            status = self.state.status
            if ended:
                break
        return status

    async def _for_arithmetic(self, command: ast.ForArithmetic) -> int:
        number = self.expander.number
        await number(command.first)
        status = 0
        while True:
            await self.loop.sleep(1)
            if (await self.expander.text(command.condition)).strip() and not await number(command.condition):
                return status
            ended = await self._loop_body(command.body)
            status = self.state.status
            if ended:
                return status
            await number(command.step)

    async def _case(self, command: ast.Case) -> int:
        subject = await self.expander.text(command.subject)
        status = 0
        falling = False
        for patterns, body, end in command.clauses:
            if not falling:
                for pattern in patterns:
                    if glob(await self.expander.pattern(pattern)).matches(subject):
                        break
                else:
                    continue
            status = await self.execute(body)
            if end == ";;":
                break
            falling = end == ";&"
        return status

    async def _arithmetic_command(self, expression: ast.Word) -> int:
        try:
            return int(await self.expander.number(expression) == 0)
        except ShellFailed as error:
            await self.complain(f"((: {error}")
            return 1

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
        noclobber = self.state.on("noclobber")
        return await redirected(redirects, self.streams, self.expander, self.files, self.loop, noclobber)

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
        return child

    async def run_body(self, body: ast.Command) -> int:
        """Run a subshell's body to its end."""
        pid = self._fork(body.text if isinstance(body, ast.Sequence) else "bash")
        try:
            status = await self.execute(body)
            if "EXIT" in self.state.traps:
                await self.run_text(self.state.traps.pop("EXIT"))
            return status
        except ShellExit as exit_:
            return exit_.status
        except LineDiscarded as discarded:
            return discarded.status
        except (LoopExit, FunctionReturn):
            return self.state.status
        except ShellFailed as error:
            await self.complain(str(error))
            return error.status
        except BrokenPipeError:
            return 141
        finally:
            self.processes.end(pid)

    async def _pipeline(self, command: ast.Pipeline) -> int:
        began_us = self.loop.now_us
        if not command.commands:
            status = 0
        elif len(command.commands) == 1:
            run = self._condition if command.negated else self.execute
            status = await run(command.commands[0])
            self.state.pipe_statuses = [status]
        else:
            status = await self._piped(command)
        if command.timed:
            await self._report_time(self.loop.now_us - began_us)
        if command.negated:
            return int(status == 0)
        if len(command.commands) > 1:
            await self._failed(status)
        return status

    async def _piped(self, command: ast.Pipeline) -> int:
        stages: list[RunningTask[int]] = []
        children: list[Interpreter] = []
        source: Reader | None = None
        before: Pipe | None = None
        for index, stage in enumerate(command.commands):
            streams = dict(self.streams)
            if source is not None:
                streams[0] = source
            following: Pipe | None = None
            if index < len(command.commands) - 1:
                following = Pipe(self.loop)
                streams[1] = following.writer
                if command.errors_too[index]:
                    streams[2] = following.writer
            child = self.child(streams)
            task = self.loop.spawn(child._stage(stage, before, following), "pipeline")
            stages.append(task)
            children.append(child)
            source = following.reader if following else None
            before = following
        statuses: list[int] = []
        try:
            statuses += [await task for task in stages]
        except BaseException as error:
            for task in stages:
                if isinstance(error, Interrupted):
                    task.throw(Interrupted())
                else:
                    task.cancel()
            raise
        if any(child.overflowed for child in children):
            raise TooMuchOutput
        self.state.pipe_statuses = statuses
        if self.state.on("pipefail"):
            return next((status for status in reversed(statuses) if status), 0)
        return statuses[-1]

    async def _stage(self, command: ast.Command, before: Pipe | None, after: Pipe | None) -> int:
        try:
            return await self.run_body(command)
        except Interrupted:
            return 130
        except TooMuchOutput:
            self.overflowed = True
            return 141
        except ShellFailed as error:
            await self.complain(str(error))
            return error.status
        finally:
            if before is not None:
                before.close_reader()
            if after is not None:
                after.close_writer()

    async def _report_time(self, spent_us: int) -> None:
        minutes, rest_us = divmod(spent_us, 60_000_000)
        real = f"{minutes}m{rest_us // 1_000_000}.{rest_us // 1000 % 1000:03d}s"
        await self.write_error(f"\nreal\t{real}\nuser\t0m0.001s\nsys\t0m0.001s\n")

    async def _background(self, command: ast.Command) -> int:
        child = self.child({**self.streams, 0: BytesReader()})
        text = source_text(command)

        async def run() -> int:
            return await child._stage(command, None, None)

        try:
            job = self.processes.start_job(text, run)
        except TooManyProcesses:
            raise ShellFailed("fork: retry: Resource temporarily unavailable", 254) from None
        self.state.background_pid = job.pid
        if self.state.interactive:
            await self.write_error(f"[{job.number}] {job.pid}\n")
        return 0

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
                self.state.assign_array(array.name, await self.expander.arguments(values), array.append)
                arguments.append(array.name)
            own: dict[str, str] = {}
            for assignment in command.assignments:
                if isinstance(assignment.value, ast.Word):
                    own[assignment.name] = await self.expander.text(assignment.value, assignment=True)
        except ShellFailed as error:
            await self.complain(str(error))
            if not self.state.interactive and error.status == 127:
                raise ShellExit(127 if self.state.flavour == "bash" else 2) from None
            if not arguments:
                raise LineDiscarded(1) from None
            return 1 if error.status == 127 else error.status
        if self.state.on("xtrace"):
            prefix = "".join(f"{name}={quoted(value)} " for name, value in own.items())
            await self.write_error("+ " + prefix + " ".join(quoted(a) for a in arguments) + "\n")
        before, self.streams = self.streams, streams
        try:
            status = await self.call(arguments, own)
            self.state.last_argument = arguments[-1]
            if arguments[0] == "exec" and len(arguments) == 1:
                before = self.streams
            return status
        except ShellFailed as error:
            await self.complain(str(error))
            return error.status
        finally:
            self.streams = before

    async def _assign_only(self, command: ast.Simple) -> int:
        state = self.state
        state.status = 0
        for assignment in command.assignments:
            name = assignment.name
            if isinstance(assignment.value, tuple):
                state.assign_array(name, await self.expander.arguments(assignment.value), assignment.append)
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
                await self.write_error(f"+ {name}={quoted(value) if value else ''}\n")
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

    async def _captured(self, body: ast.Sequence) -> bytes:
        """What commands print in a subshell; ``$?`` is how they ended."""
        capture = Capture(self.loop)
        child = self.child({**self.streams, 1: capture})
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
