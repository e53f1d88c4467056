"""Processes in containers: their streams, their scripted lives, commands that a shell runs, signals.

The main program is process 1 of its container: a signal that it has no handler for is ignored, which is why
so many containers take the whole grace period to stop.
"""

import shlex
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from playground.api.machine import Connections, HttpAnswer, HttpRequest
from playground.api.process import Interrupted, Process, Program
from playground.engine.clock import Clock
from playground.engine.containers import users
from playground.engine.containers.container import Container
from playground.engine.containers.container_process import ContainerProcess
from playground.engine.containers.programs import is_shell
from playground.engine.containers.small_shell import small_shell
from playground.engine.identity import KILL, TERM, signal_number
from playground.engine.images.life import Image, Life, Line
from playground.sim import SECOND, Cancelled, Future, Kernel, Signal, Task

INT = 2
QUIT = 3
Sink = Callable[[int, bytes], object]
"""Takes output: stream (1 or 2) and bytes."""
Plays = Callable[[list[str]], Awaitable[int] | None]
"""As ``ContainerProcess.plays`` has it."""


class Pipe:
    """Standard input: what an attached client writes. Implements ``playground.api.process.Reader``."""

    def __init__(self, kernel: Kernel, is_terminal: bool = False) -> None:
        self.is_terminal = is_terminal
        self.raw = False
        """The program has a terminal of its own: it wants every key as it was typed, and echoes itself."""
        self._buffer = bytearray()
        self._changed = Signal(kernel)
        self.closed = False

    def write(self, data: bytes) -> None:
        if not self.closed:
            self._buffer += data
            self._changed.notify()

    def close(self) -> None:
        self.closed = True
        self._changed.notify()

    async def read(self) -> bytes:
        while not self._buffer and not self.closed:
            await self._changed.wait()
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    async def readline(self) -> bytes:
        while b"\n" not in self._buffer and not self.closed:
            await self._changed.wait()
        end = self._buffer.find(b"\n") + 1 or len(self._buffer)
        line = bytes(self._buffer[:end])
        del self._buffer[:end]
        return line


class Output:
    """Standard output or error of a process. Implements ``playground.api.process.Writer``."""

    def __init__(self, stream: int, sink: Sink, is_terminal: bool = False, raw: bool = False) -> None:
        self._stream = stream
        self._sink = sink
        self.is_terminal = is_terminal
        self._cooked = is_terminal and not raw
        self.columns = 80
        self.rows = 24

    async def write(self, data: bytes | str) -> None:
        raw = data.encode(errors="surrogateescape") if isinstance(data, str) else data
        if raw:
            self._sink(self._stream, raw.replace(b"\n", b"\r\n") if self._cooked else raw)


class Command:
    """A command that a shell runs in a container: its main program, an exec, or a health check."""

    def __init__(
        self,
        clock: Clock,
        container: Container,
        words: list[str],
        shell: Program,
        connections: Connections,
        sink: Sink,
        *,
        environment: dict[str, str],
        directory: str,
        user: str,
        tty: bool,
        stdin: Pipe | None = None,
        plays: Plays = lambda words: None,
    ) -> None:
        self.stdin = stdin or Pipe(clock.kernel, tty)
        if stdin is None and not tty:
            self.stdin.close()  # A terminal at which nobody types stays open.
        self.stdin.raw = tty and shell is not small_shell
        out = Output(1, sink, tty, raw=self.stdin.raw)
        self.outputs = (out, out if tty else Output(2, sink, tty))
        person = users.find(container.files, user, container.host_config["GroupAdd"] or ())
        files = container.files.at(directory or "/", person.name)
        process = ContainerProcess(
            arguments=_arguments(words),
            environment=environment,
            files=files,
            stdin=self.stdin,
            stdout=self.outputs[0],
            stderr=self.outputs[1],
            loop=clock.kernel,
            wall_us=clock.wall_us,
            connections=connections,
            hostname=container.hostname,
            user=person.name,
            memory=files,
            groups=(person.group, *person.groups),
            installed=_installed(container.manifest.image),
            plays=plays,
        )
        self.exit_code: Future[int] = Future(clock.kernel)
        self.task: Task[int] = clock.kernel.spawn(_run(shell, process), f"{words[0]} in {container.short_id}")
        self.task.when_done(self._finish)

    def _finish(self, task: Future[int]) -> None:
        try:
            self.exit_code.set(task.result() & 0xFF)
        except Cancelled:
            self.exit_code.set(128 + KILL)

    def interrupt(self) -> None:
        """Ctrl-C was typed at its terminal."""
        self.task.throw(Interrupted())

    def end(self, signal: int) -> None:
        """It dies of a signal."""
        self.exit_code.set(128 + signal)
        self.task.cancel()

    def resize(self, columns: int, rows: int) -> None:
        for output in self.outputs:
            output.columns, output.rows = columns, rows


async def _run(shell: Program, process: Process) -> int:
    try:
        return await shell(process)
    except Interrupted:
        return 128 + INT


def _installed(image: Image) -> tuple[str, ...]:
    """The programs that are of this image in particular."""
    own = (*image.programs, *image.entrypoint[:1], *image.command[:1])
    return tuple(dict.fromkeys(word.rpartition("/")[2] for word in own))


def _arguments(words: list[str]) -> list[str]:
    return list(words) if is_shell(words[0]) else ["sh", "-c", "exec " + shlex.join(words)]


class MainProcess:
    """The main program of a running container; ``ended(exit_code)`` is called once, when it is over."""

    def __init__(
        self,
        clock: Clock,
        container: Container,
        life: Life | None,
        make_command: Callable[[Sink, Pipe | None], Command],
        address: str,
        ended: Callable[[int], object],
    ) -> None:
        self._clock = clock
        self._container = container
        self._address = address
        self._ended = ended
        self._over = False
        self.life = life
        self.listening = False
        self.stdin = Pipe(clock.kernel, container.config["Tty"]) if container.config["OpenStdin"] else None
        self.command: Command | None = None
        self._script: Task[None] | None = None
        if life is None:
            self.command = make_command(self.output, self.stdin)
            self.command.exit_code.when_done(lambda code: self._end(code.result()))
        else:
            self._script = clock.kernel.spawn(self._live(life), f"main program of {container.short_id}")

    # Output

    def output(self, stream: int, data: bytes) -> None:
        self._container.log.write(stream, data)
        for sink in list(self._container.sinks):
            sink(stream, data)

    def write_line(self, line: Line, **more: Any) -> None:
        """Write a line of the life's script, its blanks filled in."""
        now = datetime.fromtimestamp(self._clock.unix_us() / SECOND, tz=UTC)
        text = line.text
        if "{" in text:
            text = text.format(
                time=now,
                unix=int(now.timestamp()),
                hostname=self._container.hostname,
                ip=self._address or "127.0.0.1",
                version=self._container.manifest.image.version,
                **more,
            )
        end = "\r\n" if self._container.config["Tty"] else "\n"
        self.output(1 if self._container.config["Tty"] else line.stream, (text + end).encode())

    def access(self, request: HttpRequest, answer: HttpAnswer) -> None:
        """Log one HTTP exchange, where the program does so."""
        assert self.life is not None
        stream, template = int(self.life.access[0]), self.life.access[1:]
        self.write_line(
            Line(0, template, stream),
            client=request.client,
            method=request.method,
            path=request.path,
            status=answer.status,
            length=len(answer.body),
            agent=request.headers.get("User-Agent", "-"),
        )

    # Life

    async def _live(self, life: Life) -> None:
        kernel = self._clock.kernel
        for variables, code, lines in life.required:
            if not any(self._container.environment.get(variable) for variable in variables):
                await kernel.sleep(40_000)
                for text in lines:
                    self.write_line(Line(0, text.replace("{", "{{").replace("}", "}}"), 2))
                self._end(code)
                return
        started = kernel.now_us
        for line in life.lines:
            await kernel.sleep(max(0, started + line.after_us - kernel.now_us))
            self.write_line(line)
        await kernel.sleep(max(0, started + life.ready_us - kernel.now_us))
        if life.ends is not None:
            self._end(life.ends)
        else:
            self.listening = True

    async def play(self, life: Life) -> int:
        """A shell comes to its last command, and that is the image's own program: from now on this is it.

        Does not return before a signal ends the container; a shell has no more to do then.
        """
        self.life = life
        await self._live(life)
        return await Future(self._clock.kernel)

    def listens(self, port: int) -> bool:
        return self.listening and self.life is not None and port in self.life.listens

    # Signals

    def signal(self, number: int) -> None:
        """Send a signal to the main program."""
        if number == KILL:
            self._die(KILL)
        elif self.life is not None:
            if self.life.on_stop is not None and number in (
                TERM,
                INT,
                QUIT,
                signal_number(self._container.stop_signal),
            ):
                self._clock.kernel.spawn(self._stop_orderly(self.life), f"stop of {self._container.short_id}")
            elif self._container.host_config.get("Init") and number in (TERM, INT, QUIT, 1):
                self._die(number)
        elif self._container.host_config.get("Init") and number in (TERM, INT, QUIT, 1):
            self._die(number)

    async def _stop_orderly(self, life: Life) -> None:
        self.listening = False
        if self._over:
            return
        for line in life.stop_lines:
            self.write_line(line)
        await self._clock.kernel.sleep(life.stop_us)
        self._end(life.on_stop or 0)

    def _die(self, number: int) -> None:
        if self.command is not None and not self.command.exit_code.done:
            self.command.end(number)
        self._end(128 + number)

    def _end(self, code: int) -> None:
        if self._over:
            return
        self._over = True
        self.listening = False
        if self._script is not None:
            self._script.cancel()
        if self.command is not None and not self.command.task.done:
            self.command.task.cancel()
        self._clock.kernel.after(15_000, self._ended, code)

    def cut(self) -> None:
        """The machine lost power: nothing is told to anybody."""
        self._over = True
        self.listening = False
        if self._script is not None:
            self._script.cancel()
        if self.command is not None:
            self.command.task.cancel()
