"""An engine whose answers a test programs, and one ``docker`` command run against it."""

import errno
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from playground.api import Duplex, EngineClient, EngineUnreachable, Interrupted, Process, Response
from playground.docker_cli.main import main
from playground.sim import Kernel

NOW_US = 1_763_800_000_000_000

Answer = Any
"""A body, a ``Response``, or a function of (query, body) that gives one of these."""


def refused(status: int, message: str) -> Response:
    return Response(status, {"message": message})


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    body: Any


class FakeEngine(EngineClient):
    """Answers what it was told to; anything else is 404, as on an engine that has no such object."""

    def __init__(self, routes: Mapping[str, Answer] | None = None, unreachable: bool = False) -> None:
        self.routes = dict(routes or {})
        self.requests: list[Request] = []
        self.unreachable = unreachable
        self.duplexes: list[FakeDuplex] = []

    async def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        if self.unreachable:
            raise EngineUnreachable
        request = Request(method, path, dict(query or {}), body)
        self.requests.append(request)
        answer = self.routes.get(f"{method} {path}", refused(404, f"{path} not found"))
        if callable(answer):
            answer = answer(request.query, body)
        return answer if isinstance(answer, Response) else Response(200, answer)

    async def hijack(self, path: str, query: Mapping[str, str] | None = None, body: Any = None) -> Duplex:
        self.requests.append(Request("HIJACK", path, dict(query or {}), body))
        return self.duplexes.pop(0)

    def posted(self, path: str) -> Any:
        """The body of the last POST to this path."""
        return [request.body for request in self.requests if request.path == path and request.method == "POST"][-1]


class FakeDuplex(Duplex):
    """Gives the frames it holds; keeps what was sent to it."""

    def __init__(self, frames: list[tuple[int, bytes]]) -> None:
        self.frames = frames
        self.sent = b""

    async def read(self) -> tuple[int, bytes] | None:
        return self.frames.pop(0) if self.frames else None

    async def write(self, data: bytes) -> None:
        self.sent += data

    def close_write(self) -> None:
        pass

    def close(self) -> None:
        pass


class _Input:
    def __init__(self, data: bytes) -> None:
        self.is_terminal = False
        self._data = data

    async def read(self) -> bytes:
        data, self._data = self._data, b""
        return data

    async def readline(self) -> bytes:
        line, newline, self._data = self._data.partition(b"\n")
        return line + newline


class _Output:
    def __init__(self, is_terminal: bool, columns: int) -> None:
        self.is_terminal = is_terminal
        self.columns = columns
        self.rows = 24
        self.text = ""

    async def write(self, data: bytes | str) -> None:
        self.text += data if isinstance(data, str) else data.decode()


class _Files:
    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = {path: text.encode() for path, text in files.items()}

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
        return self.files[path]

    def write(self, path: str, data: bytes) -> None:
        self.files[path] = data

    def exists(self, path: str) -> bool:
        return path in self.files

    def is_directory(self, path: str) -> bool:
        return False

    def list(self, path: str) -> list[str]:
        return sorted(self.files)

    def make_directories(self, path: str) -> None:
        """There is nothing to be made: paths are plain keys here."""

    def mode(self, path: str) -> int:
        return 0o644

    def chmod(self, path: str, mode: int) -> None:
        """Every file has the same mode here."""


@dataclass
class Result:
    out: str
    err: str
    code: int
    files: dict[str, bytes] = field(default_factory=dict)


Docker = Callable[..., Result]


@pytest.fixture
def docker() -> Docker:
    """``docker(engine, "node", "ls")`` runs the command to its end in virtual time."""

    def run(
        engine: EngineClient,
        *words: str,
        stdin: bytes = b"",
        files: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        tty: bool = False,
        columns: int = 80,
        interrupt_after_us: int | None = None,
        wall_us: int = NOW_US,
    ) -> Result:
        kernel = Kernel(1)
        out, err, disk = _Output(tty, columns), _Output(tty, columns), _Files(files or {})
        process = Process(["docker", *words], dict(environment or {}), disk, _Input(stdin), out, err, kernel, wall_us)
        task = kernel.spawn(main(process, engine), "docker")
        if interrupt_after_us is not None:
            kernel.after(interrupt_after_us, lambda: task.throw(Interrupted()))
        kernel.run_while(lambda: not task.done, 3_600_000_000)
        return Result(out.text, err.text, task.result(), disk.files)

    return run


async def streamed(*items: Any) -> AsyncIterator[Any]:
    """A stream of these items."""
    for item in items:
        yield item
