"""The host of a real lab: the emulated shell of the learner's own machine, whose ``multipass`` makes real machines.

The learner gets no shell of the machine that the playground runs on.
"""

import http.client
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Mapping

from playground.api.machine import (
    ConnectFailed,
    ConnectionsByAddress,
    HttpAnswer,
    HttpRequest,
    Hypervisor,
    HypervisorError,
    Instance,
    Interface,
)
from playground.api.process import Process, Program, TerminalReader
from playground.backends.cluster import HOST
from playground.backends.errors import BadRequest
from playground.backends.hypervisor import IMAGE, IMAGE_HASH
from playground.backends.machine_files import HOST_CPUS, HOST_MEMORY, host_files
from playground.backends.real.driver import DriverError
from playground.backends.real.machines import RealMachines
from playground.backends.real.remote_shell import Listener, RemoteShell
from playground.backends.recorded import Recorded
from playground.shell.surroundings import Surroundings
from playground.sim import SECOND

GIB = 1024**3
DISK = 40 * GIB
STATES = {"on": "Running", "off": "Stopped", "booting": "Starting", "stopping": "Stopping", "paused": "Suspended"}
COMMAND_LIMIT_S = 600.0
SHELL_BYTES_PER_SECOND = 128 * 1024
"""Less than the host's terminal shows in that time, so that nothing piles up before it."""

Begun = Callable[[str, str], object]
"""A machine, and the line of a command that began there."""
Heard = Callable[[Recorded], object]


class RealHypervisor:
    """What ``multipass`` on the host speaks to. Implements ``playground.api.machine.Hypervisor``."""

    def __init__(self, machines: RealMachines) -> None:
        self._machines = machines
        self._deleted: list[str] = []

    def instances(self) -> list[Instance]:
        return [self._instance(name) for name in sorted(self._machines.names())]

    def _instance(self, name: str) -> Instance:
        cpus, memory = self._machines.size(name)
        power = self._machines.power(name)
        return Instance(
            name=name,
            state="Deleted" if name in self._deleted else STATES[power],
            addresses=(self._machines.address(name),) if power == "on" else (),
            image=IMAGE,
            image_hash=IMAGE_HASH,
            cpus=max(1, round(cpus)),
            memory=memory,
            disk=DISK,
            memory_used=0,
            disk_used=0,
        )

    async def launch(
        self, name: str, cpus: int, memory: int, disk: int, progress: Callable[[str], Awaitable[None]]
    ) -> None:
        if name in self._machines.names() and name not in self._machines.troubles:
            raise HypervisorError(f'instance "{name}" already exists')

        def told(phase: str) -> None:
            self._machines.kernel.spawn(_said(progress(phase)))

        try:
            await self._machines.launch(name, cpus, memory, told)
        except (DriverError, BadRequest) as error:
            raise HypervisorError(str(error)) from None

    async def start(self, name: str) -> None:
        await self._switch(name, "start")

    async def stop(self, name: str, force: bool = False) -> None:
        await self._switch(name, "kill" if force else "stop")

    async def restart(self, name: str) -> None:
        if self._machines.power(self._there(name)) != "on":
            raise HypervisorError(f'instance "{name}" is not running')
        await self._switch(name, "stop")
        await self._switch(name, "start")

    async def delete(self, name: str, purge: bool = False) -> None:
        if name not in self._deleted:
            await self._switch(name, "stop")
            self._deleted.append(name)
        if purge:
            await self._remove(name)

    async def recover(self, name: str) -> None:
        if name in self._deleted:
            self._deleted.remove(name)

    async def purge(self) -> None:
        for name in list(self._deleted):
            await self._remove(name)

    async def _remove(self, name: str) -> None:
        try:
            await self._machines.switch(name, "delete")
        except DriverError as error:
            raise HypervisorError(str(error)) from None
        self._deleted.remove(name)

    async def _switch(self, name: str, how: str) -> None:
        try:
            await self._machines.switch(self._there(name), how)
        except (DriverError, TimeoutError) as error:
            raise HypervisorError(str(error) or f"{name} did not answer in time") from None

    def _there(self, name: str) -> str:
        if name not in self._machines.names():
            raise HypervisorError(f'instance "{name}" does not exist')
        if name in self._deleted:
            raise HypervisorError(f'instance "{name}" is deleted')
        return name


async def _said(progress: Awaitable[None]) -> None:
    await progress


class HostConnections(ConnectionsByAddress):
    """What the host reaches: the machines of this lab by their names and addresses, for ``curl`` and ``ping``."""

    def __init__(self, machines: RealMachines) -> None:
        self._machines = machines

    def interfaces(self) -> list[Interface]:
        return [Interface("lo", "127.0.0.1/8")]

    def resolve(self, host: str) -> str | None:
        if host in self._machines.names():
            return self._machines.address(host)
        return host if host in self._addresses() else None

    def _addresses(self) -> list[str]:
        return [self._machines.address(name) for name in self._machines.names()]

    async def _exchange(self, address: str, port: int, request: HttpRequest) -> HttpAnswer:
        return await self._machines.bridge.call(_fetch, address, port, request)

    async def _echo(self, address: str, timeout_us: int) -> int | None:
        return await self._machines.bridge.call(_ping, address, timeout_us / SECOND)


def _fetch(address: str, port: int, request: HttpRequest) -> HttpAnswer:
    connection = http.client.HTTPConnection(address, port, timeout=request.timeout_us / SECOND)
    try:
        connection.request(request.method, request.path, request.body or None, dict(request.headers))
        answer = connection.getresponse()
        return HttpAnswer(answer.status, dict(answer.getheaders()), answer.read(1024 * 1024))
    except TimeoutError:
        raise ConnectFailed("timeout") from None
    except ConnectionRefusedError:
        raise ConnectFailed("refused") from None
    except (OSError, http.client.HTTPException):
        raise ConnectFailed("reset") from None
    finally:
        connection.close()


def _ping(address: str, limit_s: float) -> int | None:
    program = shutil.which("ping")
    if program is None:
        return None
    seconds = str(max(1, round(limit_s)))
    done = subprocess.run(
        [program, "-n", "-c", "1", "-W", seconds, address], capture_output=True, text=True, check=False
    )
    _, found, rest = done.stdout.partition("time=")
    return round(float(rest.split()[0]) * 1000) if found else None


def host_surroundings(machines: RealMachines, programs: Mapping[str, Program], wall_us: int) -> Surroundings:
    """Who and where the learner is on the host."""
    return Surroundings(
        user="learner",
        hostname=HOST,
        home="/home/learner",
        files=host_files(lambda: wall_us + machines.kernel.now_us),
        programs=programs,
        loop=machines.kernel,
        wall_us=wall_us,
        connections=HostConnections(machines),
        completes=("multipass",),
        cpus=HOST_CPUS,
        memory=HOST_MEMORY,
        disk=512 * 1000**3,
    )


def real_multipass(
    machines: RealMachines, hypervisor: Hypervisor, emulated: Program, begun: Begun, heard: Heard
) -> Program:
    """``multipass`` on the host: ``shell`` and ``exec`` go to the real machine, the rest is as in the emulation.

    ``begun`` and ``heard`` hear of the commands that are given in a shell over there.
    """

    async def multipass(process: Process) -> int:
        words = process.arguments[1:]
        if words[:1] in (["transfer"], ["copy-files"]):
            await process.stderr.write("transfer failed: files are not carried to real machines; paste them\n")
            return 2
        if words[:1] not in (["shell"], ["sh"], ["connect"], ["exec"]) or "--help" in words or "-h" in words:
            return await emulated(process)
        name = next((word for word in words[1:] if not word.startswith("-")), "primary")
        running = next((i.state == "Running" for i in hypervisor.instances() if i.name == name), None)
        if running is None:
            await process.stderr.write(f'{words[0]} failed: instance "{name}" does not exist\n')
            return 2
        if not running:
            await process.stderr.write(f'{words[0]} failed: instance "{name}" is not running; start it first\n')
            return 2
        try:
            if words[0] == "exec":
                return await _exec(machines, process, name)
            return await _shell(machines, process, name, begun, heard)
        except TimeoutError:
            await process.stderr.write(f"{words[0]} failed: {name} did not answer within {COMMAND_LIMIT_S:.0f} s\n")
        except (DriverError, OSError) as error:
            await process.stderr.write(f"{words[0]} failed: {error}\n")
        return 2

    return multipass


async def _exec(machines: RealMachines, process: Process, name: str) -> int:
    words = process.arguments[1:]
    after = words[words.index(name) + 1 :]
    command = after[1:] if after[:1] == ["--"] else after
    if not command:
        await process.stderr.write("Wrong number of arguments\n")
        return 1
    done = await machines.bridge.call(machines.driver.run, name, command, user="ubuntu", limit_s=COMMAND_LIMIT_S)
    await process.stdout.write(done.stdout)
    await process.stderr.write(done.stderr)
    return done.exit


async def _shell(machines: RealMachines, process: Process, name: str, begun: Begun, heard: Heard) -> int:
    """A shell over there, its keys and screen carried through the host's terminal."""
    keys = process.stdin
    if not (isinstance(keys, TerminalReader) and keys.is_terminal):
        text = await keys.read()
        done = await machines.bridge.call(
            machines.driver.run, name, ["bash", "-s"], user="ubuntu", stdin=text, limit_s=COMMAND_LIMIT_S
        )
        await process.stdout.write(done.stdout)
        await process.stderr.write(done.stderr)
        return done.exit
    screen, loop = process.stdout, process.loop
    pieces: list[bytes] = []
    news = [loop.future()]
    """Done once there is something to write, or the shell has ended; then there is a next one."""
    ended: list[str] = []

    def output(data: bytes) -> None:
        pieces.append(data)
        news[0].set(None)

    def over(why: str) -> None:
        ended.append(why)
        news[0].set(None)

    listener = Listener(output, lambda line: begun(name, line), heard, over)
    size = (screen.columns or 80, screen.rows or 24)
    shell = RemoteShell(name, machines.driver, machines.bridge, size, listener, SHELL_BYTES_PER_SECOND)

    async def typing() -> None:
        while data := await keys.read():
            shell.type(data)

    keys.set_raw(True)
    keys.on_resize = lambda: shell.resize(screen.columns, screen.rows)
    typist = loop.spawn(typing(), f"keys for {name}")
    try:
        while pieces or not ended:
            if not pieces:
                await news[0]
                news[0] = loop.future()
            data = b"".join(pieces)
            pieces.clear()
            await screen.write(data)
    finally:
        typist.cancel()
        keys.on_resize = None
        keys.set_raw(False)
        shell.close()
    if ended[0]:
        raise DriverError(ended[0])
    return 0
