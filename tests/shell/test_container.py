"""Commands in containers, as an engine starts them: with nothing but a ``Process``."""

from playground.api.files import MemoryFiles
from playground.api.process import Process, Reader, Writer
from playground.shell.container import container_program
from playground.shell.streams import BytesReader, Capture
from playground.sim import Channel, Kernel
from tests.shell.machines import WALL_US, FakeNetwork
from tests.shell.screen import Screen


def start(kernel: Kernel, arguments: list[str], stdin: Reader, stdout: Writer, stderr: Writer):
    program = container_program(lambda process: FakeNetwork(kernel))
    environment = {"PATH": "/usr/bin:/bin", "HOSTNAME": "3f2a", "A": "1"}
    process = Process(arguments, environment, MemoryFiles({"/etc/x": b"y\n"}), stdin, stdout, stderr, kernel, WALL_US)
    return kernel.spawn(program(process))


def run(*arguments: str) -> tuple[str, int]:
    kernel = Kernel(seed=1)
    out = Capture(kernel)
    task = start(kernel, list(arguments), BytesReader(), out, out)
    kernel.run_while(lambda: not task.done, 3_600_000_000)
    return bytes(out.data).decode(), task.result()


def test_a_shell_command_runs() -> None:
    assert run("sh", "-c", "echo hello from $(hostname); exit 3") == ("hello from 3f2a\n", 3)


def test_a_plain_command_runs() -> None:
    assert run("cat", "/etc/x") == ("y\n", 0)
    assert run("/bin/echo", "hi") == ("hi\n", 0)
    assert run("env")[0].splitlines()[-1] == "A=1" or "A=1" in run("env")[0].splitlines()


def test_a_missing_command_is_127() -> None:
    assert run("nothing", "x") == ('exec: "nothing": executable file not found in $PATH\n', 127)
    assert run("sh", "-c", "nothing") == ("sh: 1: nothing: not found\n", 127)


def test_top_goes_on_without_a_terminal_and_counts_its_rounds() -> None:
    kernel = Kernel(seed=1)
    out = Capture(kernel)
    task = start(kernel, ["top"], BytesReader(), out, out)
    kernel.run_until(12_000_000)
    assert not task.done
    assert bytes(out.data).decode().count("COMMAND") == 3
    text, status = run("top", "-b", "-n", "2", "-d", "1")
    assert (text.count("% top -b -n 2 -d 1"), status) == (2, 0)


class Wire:
    """The raw far side of an attached terminal."""

    is_terminal = True
    columns = 80
    rows = 24

    def __init__(self, kernel: Kernel) -> None:
        self.sent: Channel[bytes] = Channel(kernel)
        self.screen = Screen()

    async def read(self) -> bytes:
        return await self.sent.get()

    async def readline(self) -> bytes:
        return await self.sent.get()

    async def write(self, data: bytes | str) -> None:
        self.screen.feed(data.encode() if isinstance(data, str) else data)


def test_an_interactive_shell_has_a_terminal_of_its_own() -> None:
    kernel = Kernel(seed=1)
    wire = Wire(kernel)
    task = start(kernel, ["sh"], wire, wire, wire)
    for keys in (b"echo hi\r", b"sleep 100\r", b"\x03", b"exit 4\r"):
        kernel.run_until(kernel.now_us + 1_000_000)
        wire.sent.put(keys)
    kernel.run_until(kernel.now_us + 1_000_000)
    assert wire.screen.lines == ["/ # echo hi", "hi", "/ # sleep 100", "^C", "/ # exit 4"]
    assert task.result() == 4


def test_q_ends_top_on_a_terminal() -> None:
    kernel = Kernel(seed=1)
    wire = Wire(kernel)
    task = start(kernel, ["top"], wire, wire, wire)
    kernel.run_until(7_000_000)
    assert not task.done
    wire.sent.put(b"q")
    kernel.run_until(8_000_000)
    assert task.result() == 0


def test_a_program_that_only_the_image_has_is_refused_and_not_called_missing() -> None:
    def refused(*arguments: str) -> tuple[str, int]:
        kernel = Kernel(seed=1)
        out = Capture(kernel)
        program = container_program(lambda _: FakeNetwork(kernel), installed_for=lambda _: ("python", "cat"))
        files = MemoryFiles({"/etc/x": b"y\n"})
        process = Process(list(arguments), {"PATH": "/bin"}, files, BytesReader(), out, out, kernel, WALL_US)
        task = kernel.spawn(program(process))
        kernel.run_while(lambda: not task.done, 3_600_000_000)
        return bytes(out.data).decode(), task.result()

    text, code = refused("sh", "-c", "python -c 'print(1)'")
    assert text.startswith("python: this image has the program, but the emulation cannot run it")
    assert code == 126
    assert refused("sh", "-c", "exec python -V")[1] == 126
    assert refused("cat", "/etc/x") == ("y\n", 0)
    assert "not found" in refused("sh", "-c", "perl -v")[0]
