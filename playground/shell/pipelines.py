"""Commands beside each other: pipelines, subshells, and what runs in the background."""

from playground.api.process import Interrupted, Reader, RunningTask
from playground.shell import ast
from playground.shell.compounds import Compounds
from playground.shell.control import FunctionReturn, LineDiscarded, LoopExit, ShellExit
from playground.shell.jobs import TooManyProcesses
from playground.shell.source_text import source_text
from playground.shell.state import ShellFailed
from playground.shell.streams import BytesReader, Pipe, TooMuchOutput


class Pipelines(Compounds):
    """The part of a shell that runs commands in shells of their own."""

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
            await self._report_time(self.loop.now_us - began_us, command.plainly_timed)
        if command.negated:
            return int(status == 0)
        if len(command.commands) > 1:
            await self._failed(status)
        return status

    async def _piped(self, command: ast.Pipeline) -> int:
        stages: list[RunningTask[int]] = []
        children: list[Pipelines] = []
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

    async def _report_time(self, spent_us: int, plainly: bool) -> None:
        if plainly:
            await self.write_error(f"real {spent_us / 1_000_000:.2f}\nuser 0.00\nsys 0.00\n")
            return
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
