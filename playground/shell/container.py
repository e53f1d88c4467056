"""The programs inside containers: a shell as BusyBox's, and small tools, for commands that an image does not script."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

from playground.api.files import MemoryFiles
from playground.api.machine import Connections
from playground.api.process import Interrupted, Process, Program
from playground.shell.interpreter import Interpreter
from playground.shell.jobs import ProcessTable
from playground.shell.redirections import Descriptors
from playground.shell.run import login_state
from playground.shell.session import Session
from playground.shell.streams import TooMuchOutput
from playground.shell.surroundings import Surroundings
from playground.shell.terminal import Terminal
from playground.shell.tool import Tool
from playground.shell.tools import TOOLS
from playground.shell.tools.programs import busybox
from playground.shell.tools.top import top

PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SHELLS: Final = ("sh", "ash", "bash", "dash")

_NOT_INSIDE: Final = frozenset(
    ("sudo", "su", "ssh", "apt", "apt-get", "snap", "systemctl", "service", "journalctl", "reboot", "man", "jq")
)
CONTAINER_TOOLS: Final[Mapping[str, Tool]] = {
    **{name: tool for name, tool in TOOLS.items() if name not in _NOT_INSIDE},
    "top": top,
}


def missing_program(name: str) -> str:
    """What runc says, through the engine, of a command that a container does not have."""
    if "/" in name:
        return f'exec: "{name}": stat {name}: no such file or directory'
    return f'exec: "{name}": executable file not found in $PATH'


def container_program(
    connections_for: Callable[[Process], Connections],
    programs: Mapping[str, Program] | None = None,
    tools: Mapping[str, Tool] = CONTAINER_TOOLS,
    installed_for: Callable[[Process], Iterable[str]] = lambda _: (),
    plays: Callable[[Process, list[str]], Awaitable[int] | None] = lambda _, __: None,
    groups_for: Callable[[Process], tuple[int, ...]] = lambda _: (),
) -> Program:
    """A program that runs whatever ``process.arguments`` says: ``["sh", "-c", text]``, ``["sleep", "300"]``, ...

    ``connections_for`` tells what the container reaches. The host name is that of the environment's ``HOSTNAME``.
    An unknown command gives status 127 and runc's sentence on the errors. ``process.files`` may be any ``Files``;
    tools that need more than reading and writing get a private copy in memory where it is no ``MemoryFiles``.
    ``installed_for`` names what the container's image has besides; ``plays`` starts the scripted life of a command line
    of those and gives its exit code, or None; where there is none, the program says that nothing here runs it.
    ``groups_for`` tells the groups of whoever runs the process.
    """

    async def run(process: Process) -> int:
        async def of_the_image(child: Process) -> int:
            life = plays(process, child.arguments)
            return await (_not_emulated(child) if life is None else life)

        known = dict(programs or {})
        for each in installed_for(process):
            if each not in tools and each not in SHELLS:
                known.setdefault(each, of_the_image)
        shell = _shell_in(process, connections_for(process), known, tools)
        shell.surroundings.groups = groups_for(process)
        arguments = process.arguments
        name = arguments[0].rsplit("/", 1)[-1]
        if not _known(shell, arguments[0]):
            await process.stderr.write(missing_program(arguments[0]) + "\n")
            return 127
        call = [name, *arguments[1:]] if "/" in arguments[0] else arguments
        if process.stdin.is_terminal and process.stdout.is_terminal:
            return await _on_terminal(shell, process, call)
        try:
            return await shell.call(call)
        except TooMuchOutput:
            return 141

    return run


async def _not_emulated(process: Process) -> int:
    name = process.arguments[0]
    await process.stderr.write(
        f"{name}: this image has the program, but the emulation cannot run it: what it does as the image's own command "
        "is scripted, and a shell with the usual tools is there beside it\n"
    )
    return 126


def _known(shell: Interpreter, name: str) -> bool:
    from playground.shell.builtins import BUILTINS

    return shell.finds(name) is not None or name.rsplit("/", 1)[-1] in BUILTINS


def _shell_in(
    process: Process, connections: Connections, programs: Mapping[str, Program], tools: Mapping[str, Tool]
) -> Interpreter:
    files = process.files if isinstance(process.files, MemoryFiles) else MemoryFiles()
    environment = {"PATH": PATH, "HOME": "/root", **process.environment}
    surroundings = Surroundings(
        user=files.user,
        hostname=environment.get("HOSTNAME", "localhost"),
        home=environment["HOME"],
        files=files,
        programs=programs,
        loop=process.loop,
        wall_us=process.wall_us,
        connections=connections,
        environment=environment,
        prompt="busybox",
        booted_us=process.loop.now_us,
    )
    if surroundings.sh == "busybox":
        tools = {**tools, "busybox": busybox}
    state = login_state(surroundings, "sh", "busybox")
    for name in ("LOGNAME", "SHELL", "USER"):
        if name not in process.environment:
            state.unset(name)
    streams: Descriptors = {0: process.stdin, 1: process.stdout, 2: process.stderr}
    return Interpreter(surroundings, state, streams, files, ProcessTable(process.loop, last_pid=6), tools=tools)


async def _on_terminal(shell: Interpreter, process: Process, call: list[str]) -> int:
    """Run with a pseudo-terminal of the container's own between the command and the process's raw streams."""
    loop = process.loop
    shown: list[bytes] = []
    waiting: list[Any] = []

    def wake() -> None:
        while waiting:
            waiting.pop().set(None)

    def show(data: bytes) -> None:
        shown.append(data)
        wake()

    terminal = Terminal(loop, None, process.stdout.columns, process.stdout.rows, show)

    async def take() -> None:
        while data := await process.stdin.read():
            if (terminal.columns, terminal.rows) != (process.stdout.columns, process.stdout.rows):
                terminal.resize(process.stdout.columns, process.stdout.rows)
            terminal.feed(data)
        terminal.hangup()

    async def give() -> None:
        while True:
            while shown:
                try:
                    await process.stdout.write(shown.pop(0))
                except OSError:
                    terminal.hangup()
                    return
            future = loop.future()
            waiting.append(future)
            await future

    shell.streams = {0: terminal, 1: terminal, 2: terminal}
    if call[0] in SHELLS and len(call) == 1:
        session = Session(terminal, shell.surroundings, shell)
        shell.session = session
        work = loop.spawn(session.interact(), "container shell")
    else:
        work = loop.spawn(_called(shell, call), "container command")
        terminal.foreground.append(work)
    pumps = [loop.spawn(take(), "container input"), loop.spawn(give(), "container output")]
    try:
        status = await work
        while shown:
            await process.stdout.write(shown.pop(0))
        return status
    except BaseException:
        work.cancel()
        raise
    finally:
        for pump in pumps:
            pump.cancel()


async def _called(shell: Interpreter, call: list[str]) -> int:
    try:
        return await shell.call(call)
    except Interrupted:
        return 130
