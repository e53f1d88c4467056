"""Small working stand-ins for the world around a shell: a kernel, a network with a web page, a machine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.api.files import MemoryFiles
from playground.api.machine import ConnectFailed, ConnectionsByAddress, HttpAnswer, HttpRequest, Interface
from playground.api.process import Process, Program
from playground.shell.run import CommandResult, run_command
from playground.shell.surroundings import Surroundings
from playground.shell.terminal import Terminal
from playground.sim import Kernel
from tests.shell.screen import Screen

WALL_US = 1_750_000_000_000_000


@dataclass
class FakeNetwork(ConnectionsByAddress):
    """Hosts by name; pages by (address, port). Everything else refuses; ``silent`` addresses never answer."""

    kernel: Kernel
    own: str = "10.222.216.2"
    hosts: dict[str, str] = field(default_factory=lambda: {"localhost": "127.0.0.1", "worker1": "10.222.216.3"})
    pages: dict[tuple[str, int], HttpAnswer] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)
    requests: list[tuple[str, str, Mapping[str, str], bytes]] = field(default_factory=list)

    def interfaces(self) -> list[Interface]:
        return [
            Interface("ens3", f"{self.own}/24", "52:54:00:12:34:56"),
            Interface("docker0", "172.17.0.1/16", up=False),
        ]

    def resolve(self, host: str) -> str | None:
        if host.replace(".", "").isdigit() and host.count(".") == 3:
            return host
        return self.hosts.get(host)

    async def _exchange(self, address: str, port: int, request: HttpRequest) -> HttpAnswer:
        self.requests.append((request.method, request.path, request.headers, request.body))
        if address in self.silent:
            await self.kernel.sleep(request.timeout_us)
            raise ConnectFailed("timeout")
        await self.kernel.sleep(2_000)
        page = self.pages.get((address, port))
        if page is None:
            raise ConnectFailed("refused")
        return page

    async def _echo(self, address: str, timeout_us: int) -> int | None:
        if address in self.silent:
            await self.kernel.sleep(timeout_us)
            return None
        await self.kernel.sleep(400)
        return 400


async def fake_docker(process: Process) -> int:
    """``docker`` that says what it was asked, reads its input when asked to, and fails when asked to."""
    words = process.arguments[1:]
    if words[:2] == ["swarm", "unlock"]:
        await process.stdout.write(b"key: " + await process.stdin.readline())
        return 0
    if words[:1] == ["fail"]:
        await process.stderr.write("Error response from daemon: no\n")
        return 1
    if words[:1] == ["crash"]:
        raise ValueError("crashed")
    if words[:1] == ["wait"]:
        await process.loop.sleep(3_600_000_000)
    await process.stdout.write("docker " + " ".join(words) + "\n")
    return 0


def machine(
    kernel: Kernel | None = None,
    name: str = "manager1",
    user: str = "ubuntu",
    programs: Mapping[str, Program] | None = None,
    **more: Any,
) -> Surroundings:
    kernel = kernel or Kernel(seed=1)
    home = "/root" if user == "root" else f"/home/{user}"
    files = MemoryFiles({"/etc/hostname": f"{name}\n".encode()}, clock=lambda: WALL_US + kernel.now_us)
    files.make_directories(home)
    if user != "root":
        files.chown(home, user)
    return Surroundings(
        user=user,
        hostname=name,
        home=home,
        files=files.at(home),
        programs={"docker": fake_docker} if programs is None else programs,
        loop=kernel,
        wall_us=WALL_US,
        connections=FakeNetwork(kernel),
        **more,
    )


def kernel_of(surroundings: Surroundings) -> Kernel:
    assert isinstance(surroundings.loop, Kernel)
    return surroundings.loop


def run(
    command: str,
    surroundings: Surroundings | None = None,
    *,
    tty: bool = False,
    flavour: str = "bash",
    limit_s: float = 3600,
) -> CommandResult:
    """Run a command to its end in virtual time."""
    surroundings = surroundings or machine()
    kernel = kernel_of(surroundings)
    task = kernel.spawn(run_command(surroundings, command, tty=tty, flavour=flavour))
    kernel.run_while(lambda: not task.done, kernel.now_us + int(limit_s * 1_000_000))
    assert task.done, f"{command!r} still runs after {limit_s} s"
    return task.result()


def output_of(command: str, surroundings: Surroundings | None = None, **more: Any) -> str:
    """What a command prints, its errors behind its output."""
    result = run(command, surroundings, **more)
    return (result.stdout + result.stderr).decode()


Runner = Callable[[str], CommandResult]


class Typist:
    """Somebody at a terminal: types, waits, and looks at the screen."""

    def __init__(self, surroundings: Surroundings | None = None, columns: int = 80, rows: int = 24) -> None:
        self.surroundings = surroundings or machine()
        self.kernel = kernel_of(self.surroundings)
        self.screen = Screen(columns, rows)
        self.terminal = Terminal(self.kernel, self.surroundings, columns, rows, self.screen.feed)
        self.wait(0.01)

    def wait(self, seconds: float) -> "Typist":
        self.kernel.run_until(self.kernel.now_us + int(seconds * 1_000_000))
        return self

    def type(self, text: str, seconds: float = 0.5) -> "Typist":
        self.terminal.feed(text.encode())
        return self.wait(seconds)

    @property
    def text(self) -> str:
        return self.screen.text()

    @property
    def lines(self) -> list[str]:
        return self.screen.lines
