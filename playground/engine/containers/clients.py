"""Commands run beside a container's main program, and clients attached to either.

Source: moby ``daemon/exec.go``, ``daemon/attach.go``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from playground.api.files import MemoryFiles
from playground.api.process import Program
from playground.engine.clock import Clock
from playground.engine.connections import ContainerConnections
from playground.engine.containers import programs, users
from playground.engine.containers.container import Container, Endpoint
from playground.engine.containers.exec import Attachment, Exec, detach_sequence
from playground.engine.containers.furnishing import Furnishing
from playground.engine.containers.process import Command, Pipe, Sink
from playground.engine.data_plane import DataPlane
from playground.engine.errors import BadParameter, Conflict, EngineError, NotFound
from playground.engine.events import EventLog
from playground.engine.identity import new_hex_id
from playground.engine.images.store import ImageStore
from playground.engine.networks import Networks
from playground.engine.volumes import Volumes
from playground.sim import Future

_NOT_STARTED = 126
"""What an exec ends with that did not begin. Source: moby ``daemon/exec.go``."""


class ExecFailed(BadParameter):
    """An exec cannot begin. A client that is attached reads so from its connection."""


@dataclass(slots=True)
class Surroundings:
    """What containers of an engine stand on."""

    clock: Clock
    events: EventLog
    images: ImageStore
    volumes: Volumes
    networks: Networks
    plane: DataPlane
    network: Any
    shell: Program
    random: Random
    cpus: int
    host: MemoryFiles
    """The machine's file system, as root has it."""
    attach_overlay: Callable[[Container, Endpoint], Any] | None = None


class ContainerClients:
    """The part of ``Containers`` that deals with execs and attached clients."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._in = surroundings
        self._kernel = surroundings.clock.kernel
        self._files = Furnishing(surroundings.volumes, surroundings.host, surroundings.clock.unix_us)
        self.execs: dict[str, Exec] = {}
        self._next_pid = 1200

    def log_event(self, container: Container, action: str, **more: str) -> None:
        attributes = {**container.labels, "image": container.config["Image"], "name": container.name}
        self._in.events.log("container", action, container.id, {**attributes, **more})

    def look_inside(self, container: Container) -> None:
        """Before the engine reads or writes a container's files: the volumes are mounted for that, with events."""
        self._files.look_inside(container)

    def _command(self, container: Container, words: list[str], sink: Sink, **more: Any) -> Command:
        connections = ContainerConnections(self._kernel, self._in.network, self._in.plane, container)
        return Command(self._in.clock, container, words, self._in.shell, connections, sink, **more)

    def create_exec(self, container: Container, request: dict[str, Any]) -> Exec:
        """``POST /containers/{id}/exec``.

        Raises:
            Conflict: the container does not run, is paused or restarting.
            BadParameter: no command.
        """
        self._must_run(container)
        if not request["Cmd"]:
            raise BadParameter("No exec command specified")
        try:
            detach_sequence(request["DetachKeys"])
        except ValueError:
            raise EngineError(f"Invalid escape keys ({request['DetachKeys']}) provided") from None
        environment = dict(container.environment)
        if request["Tty"]:
            environment["TERM"] = "xterm"
        if request["User"] and "HOME" not in container.given_environment:
            environment["HOME"] = self._home(container, request["User"])
        environment.update(entry.partition("=")[::2] for entry in request["Env"] or () if "=" in entry)
        made = Exec(
            new_hex_id(self._in.random),
            container,
            list(request["Cmd"]),
            environment,
            request["Tty"],
            request["AttachStdin"],
            request["AttachStdout"],
            request["AttachStderr"],
            request["User"] or container.config["User"],
            request["WorkingDir"] or container.config["WorkingDir"],
            request["Privileged"],
            request["DetachKeys"],
        )
        size = request.get("ConsoleSize")
        if size and len(size) == 2:
            made.rows, made.columns = size
        container.execs[made.id] = self.execs[made.id] = made
        self.log_event(container, f"exec_create: {' '.join(made.words)}", execID=made.id)
        return made

    @staticmethod
    def _home(container: Container, user: str) -> str:
        try:
            return users.find(container.files, user).home
        except BadParameter:
            return "/"  # That there is no such user is told at the start.

    @staticmethod
    def _must_run(container: Container) -> None:
        if not container.state.running:
            raise Conflict(f"container {container.id} is not running")
        if container.state.paused:
            raise Conflict(f"Container {container.name} is paused, unpause the container before exec")
        if container.state.restarting:
            raise Conflict(f"Container {container.id} is restarting, wait until the container is running")

    def find_exec(self, exec_id: str) -> Exec:
        """
        Raises:
            NotFound: no such exec.
        """
        if exec_id not in self.execs:
            raise NotFound(f"No such exec instance: {exec_id}")
        return self.execs[exec_id]

    async def start_exec(self, exec_: Exec, sink: Sink | None, tty: bool) -> Attachment | None:
        """``POST /exec/{id}/start``: run it; returns the attachment, or None with a ``sink`` for its output.

        Raises:
            Conflict: it has run, or its container does not.
            BadParameter: the command is not in the image.
        """
        container = exec_.container
        self._must_run(container)
        if exec_.exit_code is not None:
            raise Conflict(f"Error: Exec command {exec_.id} has already run")
        if exec_.running:
            raise Conflict(f"Error: Exec command {exec_.id} is already running")
        self.log_event(container, f"exec_start: {' '.join(exec_.words)}", execID=exec_.id)
        self._check_start(exec_)
        exec_.running = True
        await self._kernel.sleep(self._in.random.randint(30_000, 70_000))
        self._next_pid += self._in.random.randint(5, 20)
        exec_.pid = self._next_pid
        stdin = Pipe(self._kernel, exec_.tty) if exec_.stdin and sink is None else None
        attachment: Attachment | None = None
        if sink is None:
            attachment = Attachment(
                self._kernel,
                stdin,
                exec_.tty,
                lambda: self._interrupt(exec_),
                True,
                _nothing,
                detach_sequence(exec_.detach_keys),
                lambda: self.log_event(container, "exec_detach", execID=exec_.id),
            )
            sink = attachment.put
        command = self._command(
            container,
            exec_.words,
            sink,
            environment=exec_.environment,
            directory=exec_.directory,
            user=exec_.user,
            tty=exec_.tty,
            stdin=stdin,
        )
        command.resize(exec_.columns, exec_.rows)
        exec_.command = command

        def finish(code: Future[int]) -> None:
            exec_.running = False
            exec_.exit_code = code.result()
            container.execs.pop(exec_.id, None)
            self.log_event(container, "exec_die", execID=exec_.id, exitCode=str(exec_.exit_code))
            if attachment is not None:
                attachment.end()

        command.exit_code.when_done(finish)
        return attachment

    @staticmethod
    def _check_start(exec_: Exec) -> None:
        """
        Raises:
            ExecFailed: the user, the directory or the command is not there.
        """
        container = exec_.container
        try:
            users.find(container.files, exec_.user)
            directory = exec_.directory.rstrip("/")
            if directory and not container.files.is_directory(directory):
                raise BadParameter(
                    f"{programs.EXEC_FAILURE}unable to start container process: chdir to cwd "
                    f'("{exec_.directory}") set in config.json failed: no such file or directory: unknown'
                )
            if not programs.has_command(container.manifest.image, exec_.words[0]):
                raise programs.start_failure(exec_.words[0], programs.EXEC_FAILURE)
        except BadParameter as error:
            exec_.exit_code = _NOT_STARTED
            raise ExecFailed(str(error)) from None

    @staticmethod
    def _interrupt(exec_: Exec) -> None:
        if exec_.command is not None:
            exec_.command.interrupt()

    def attach_client(
        self,
        container: Container,
        logs: bool,
        stdin: bool,
        streams: tuple[int, ...],
        follow: bool = True,
        detach_keys: bytes = b"",
    ) -> Attachment:
        """``POST /containers/{id}/attach``; before the start, it hears the run that comes.

        ``follow`` is False for a client that only wants to see what was written so far (``logs``).

        Raises:
            Conflict: the container is paused or restarting.
        """
        if container.state.paused:
            raise Conflict(f"container {container.name} is paused, unpause the container before attach")
        if container.state.restarting:
            raise Conflict(f"container {container.name} is restarting, wait until the container is running")
        tty = bool(container.config["Tty"])
        pipe = Pipe(self._kernel, tty) if stdin and container.config["OpenStdin"] else None
        attachment = Attachment(
            self._kernel,
            pipe,
            tty,
            lambda: self._interrupt_main(container),
            container.config["StdinOnce"],
            _nothing,
            detach_keys,
            lambda: self.log_event(container, "detach"),
        )
        if logs:
            for line in container.log.lines():
                if line.stream in streams:
                    attachment.put(line.stream, line.data)
        if not follow:
            attachment.end()
            return attachment

        def hear(stream: int, data: bytes) -> None:
            if stream in streams:
                attachment.put(stream, data)

        container.sinks.append(hear)
        self._kernel.spawn(self._follow(container, attachment, hear, pipe), f"attach to {container.short_id}")
        return attachment

    async def _follow(self, container: Container, attachment: Attachment, hear: Sink, pipe: Pipe | None) -> None:
        """Hand over input, and end with the run: the one that goes on, or the next."""
        run = container.runs if container.state.running else container.runs + 1
        while container.runs < run and not container.removed and not container.state.error:
            await container.changed.wait()
        process = container.process
        pump = None
        if pipe is not None and process is not None and process.stdin is not None:
            pipe.raw = process.stdin.raw
            pump = self._kernel.spawn(_pump(pipe, process.stdin), f"input of {container.short_id}")
        while container.runs == run and container.process is process and process is not None:
            if container.removed:
                break
            await container.changed.wait()
        container.sinks.remove(hear)
        if pump is not None:
            pump.cancel()
        attachment.end()

    @staticmethod
    def _interrupt_main(container: Container) -> None:
        if container.process is not None and container.process.command is not None:
            container.process.command.interrupt()
        elif container.process is not None:
            container.process.signal(2)


async def _pump(source: Pipe, target: Pipe) -> None:
    while True:
        data = await source.read()
        if not data:
            target.close()
            return
        target.write(data)


def _nothing() -> None:
    """An attachment that is closed needs nothing more."""
