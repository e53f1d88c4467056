"""What BusyBox 1.35 says and GNU's tools say otherwise, in a container that has it; asked of the real one."""

import pytest

from playground.api.files import MemoryFiles
from playground.api.machine import HttpAnswer
from playground.api.process import Process
from playground.shell.container import container_program
from playground.shell.streams import BytesReader, Capture
from playground.sim import Kernel
from tests.shell.machines import WALL_US, FakeNetwork

PAGE = HttpAnswer(200, {}, b"hello\n")
NO_PAGE = HttpAnswer(404, {}, b"")
ETA = "100% |********************************|     6  0:00:00 ETA\n"


def run(command: str) -> tuple[str, int]:
    kernel = Kernel(seed=1)
    network = FakeNetwork(kernel, pages={("10.0.0.2", 5000): PAGE, ("10.0.0.3", 80): NO_PAGE}, silent=["10.0.0.9"])
    network.hosts |= {"web": "10.0.0.2", "bare": "10.0.0.3"}
    files = MemoryFiles(
        {"/bin/busybox": b"", "/w/f": b"a\n", "/w/d/e": b"", "/etc/passwd": b"root:x:0:0::/root:/bin/sh\n"}
    )
    out = Capture(kernel)
    process = Process(
        ["sh", "-c", f"cd /w; {command}"], {"PATH": "/bin"}, files, BytesReader(), out, out, kernel, WALL_US
    )
    task = kernel.spawn(container_program(lambda _: network)(process))
    kernel.run_while(lambda: not task.done, 3_600_000_000)
    return bytes(out.data).decode(), task.result()


@pytest.mark.parametrize(
    ("command", "says", "status"),
    [
        ("cat no", "cat: can't open 'no': No such file or directory", 1),
        ("cat d", "cat: read error: Is a directory", 1),
        ("ls no", "ls: no: No such file or directory", 1),
        ("rm no", "rm: can't remove 'no': No such file or directory", 1),
        ("rm d", "rm: 'd' is a directory", 1),
        ("rmdir d", "rmdir: 'd': Directory not empty", 1),
        ("touch no/x", "touch: no/x: No such file or directory", 1),
        ("mkdir d", "mkdir: can't create directory 'd': File exists", 1),
        ("cp no x", "cp: can't stat 'no': No such file or directory", 1),
        ("cp f no/x", "cp: can't create 'no/x': No such file or directory", 1),
        ("cp d x", "cp: omitting directory 'd'", 1),
        ("mv no x", "mv: can't rename 'no': No such file or directory", 1),
        ("mv f no/x", "mv: can't rename 'f': No such file or directory", 1),
        ("head no", "head: no: No such file or directory", 1),
        ("head -n x f", "head: invalid number 'x'", 1),
        ("sort no", "sort: no: No such file or directory", 2),
        ("grep x no", "grep: no: No such file or directory", 2),
        ("sed p no", "sed: no: No such file or directory", 1),
        ("awk 1 no", "awk: no: No such file or directory", 1),
        ("chmod zz f", "chmod: invalid mode 'zz'", 1),
        ("chown nobodyx f", "chown: unknown user nobodyx", 1),
        ("ln -s f f", "ln: f: File exists", 1),
        ("find no", "find: no: No such file or directory", 1),
        ("stat no", "stat: can't stat 'no': No such file or directory", 1),
        ("md5sum no", "md5sum: can't open 'no': No such file or directory", 1),
        ("diff no f", "diff: can't stat 'no': No such file or directory", 2),
        ("du no", "du: no: No such file or directory", 1),
        ("sleep x", "sleep: invalid number 'x'", 1),
        ("date -d nonsense", "date: invalid date 'nonsense'", 1),
        ("expr 1 +", "expr: syntax error", 2),
        ("id nobodyx", "id: unknown user nobodyx", 1),
        ("timeout 1 no", "timeout: can't execute 'no': No such file or directory", 127),
        ("cut f", "cut: expected a list of bytes, characters, or fields", 1),
        ("busybox ls no", "ls: no: No such file or directory", 1),
        ("busybox nope", "nope: applet not found", 127),
        ("kill 99999", "sh: can't kill pid 99999: No such process", 1),
    ],
)
def test_what_fails_is_said_in_its_words(command: str, says: str, status: int) -> None:
    assert run(command) == (f"{says}\n", status)


@pytest.mark.parametrize(
    ("command", "says", "status"),
    [
        ("wget -qO- http://web:5000/", "hello\n", 0),
        ("wget -O- http://web:5000/", "Connecting to web:5000 (10.0.0.2:5000)\nwriting to stdout\nhello\n"
         f"-                    {ETA}written to stdout\n", 0),
        ("wget http://web:5000/", "Connecting to web:5000 (10.0.0.2:5000)\nsaving to 'index.html'\n"
         f"index.html           {ETA}'index.html' saved\n", 0),
        ("wget -q web:5000 -O f; cat f", "hello\n", 0),
        ("wget -q web:5000; wget -q web:5000", "wget: can't open 'index.html': File exists\n", 1),
        ("wget --spider web:5000", "Connecting to web:5000 (10.0.0.2:5000)\nremote file exists\n", 0),
        ("wget http://bare/", "Connecting to bare (10.0.0.3:80)\n"
         "wget: server returned error: HTTP/1.1 404 Not Found\n", 1),
        ("wget -qO- web:81", "wget: can't connect to remote host (10.0.0.2): Connection refused\n", 1),
        ("wget -qO- nohost", "wget: bad address 'nohost'\n", 1),
        ("wget -T 2 -qO- 10.0.0.9", "wget: download timed out\n", 1),
        ("wget -qO- ftpx://a", "wget: not an http or ftp url: ftpx://a\n", 1),
    ],
)  # fmt: skip
def test_wget_tells_what_it_does(command: str, says: str, status: int) -> None:
    assert run(command) == (says, status)
