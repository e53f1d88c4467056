"""What a program that runs in a node's terminal may use, and nothing else.

The shell makes a ``Process`` for every command; ``docker`` is one program among
others. Everything that takes virtual time is awaited.
"""

from collections.abc import Awaitable, Callable, Coroutine, Generator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Interrupted(Exception):
    """Ctrl-C was typed: raised in the program where it waits."""


class RunningTask(Protocol[T_co]):
    """A coroutine that runs beside the one that started it. Await it for its result."""

    done: bool

    def __await__(self) -> Generator[Any, None, T_co]: ...

    def cancel(self) -> None: ...

    def throw(self, error: BaseException) -> None: ...


class Promise(Protocol[T]):
    """A value that somebody gives later, once. Await it to have it."""

    done: bool

    def __await__(self) -> Generator[Any, None, T]: ...

    def set(self, value: T) -> None:
        """Give the value. Does nothing when it is done already."""

    def fail(self, error: BaseException) -> None:
        """Give the error that waiting raises. Does nothing when it is done already."""

    def when_done(self, callback: Callable[[Any], object]) -> None:
        """Call ``callback(self)``, in an event of its own, once it is done."""


class Loop(Protocol):
    """The part of the kernel that programs may use. Times are microseconds of the lab."""

    now_us: int

    def sleep(self, delay_us: int) -> Awaitable[None]: ...

    def spawn(self, coroutine: Coroutine[Any, Any, T], name: str = "") -> RunningTask[T]: ...

    def future(self) -> "Promise[Any]":
        """A value that somebody will give."""


class Reader(Protocol):
    """Input of a program."""

    is_terminal: bool

    async def read(self) -> bytes:
        """Some bytes, as soon as there are any; ``b""`` at the end."""

    async def readline(self) -> bytes:
        """One line with its newline; less at the end, ``b""`` after it."""


@runtime_checkable
class TerminalReader(Reader, Protocol):
    """Input that is a terminal: what ``stdin`` is where its ``is_terminal`` is true.

    ``on_resize`` is called when the screen has another size.
    """

    on_resize: Callable[[], None] | None

    def set_raw(self, raw: bool) -> None:
        """Raw: bytes arrive as typed, without echo; Ctrl-C is a byte. The shell undoes it at the program's end."""


class Writer(Protocol):
    """Output of a program. ``columns`` and ``rows`` mean something for a terminal only."""

    is_terminal: bool
    columns: int
    rows: int

    async def write(self, data: bytes | str) -> None:
        """Write, and wait while the other side is behind."""


class Files(Protocol):
    """The node's file system. Paths may be relative to the process's directory.

    Errors are ``OSError`` with the usual ``errno`` and ``strerror`` ("No such file or directory").
    """

    def read(self, path: str) -> bytes: ...

    def write(self, path: str, data: bytes) -> None: ...

    def exists(self, path: str) -> bool: ...

    def is_directory(self, path: str) -> bool: ...

    def list(self, path: str) -> list[str]: ...

    def make_directories(self, path: str) -> None: ...

    def mode(self, path: str) -> int:
        """Permissions."""

    def chmod(self, path: str, mode: int) -> None: ...


@dataclass(slots=True)
class Process:
    """One running command: its words, its surroundings, its three streams.

    ``wall_us`` is the date of the lab's start in microseconds since 1970 (UTC), so that
    ``wall_us + loop.now_us`` is the time of day.
    """

    arguments: list[str]
    environment: dict[str, str]
    files: Files
    stdin: Reader
    stdout: Writer
    stderr: Writer
    loop: Loop
    wall_us: int


Program = Callable[[Process], Awaitable[int]]
"""Runs to its end and returns the exit code."""
