"""The seam of real machines: what a driver has to do, and nothing else.

A driver makes and breaks the machines of one lab and carries bytes to them. What is typed, drawn, judged and cut is
the same for all drivers and lies beside this module. Every call may block; the cluster makes each in a thread of its
own (``bridge.py``), so a driver must bear calls from several threads at once.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Power = Literal["off", "booting", "on", "paused", "stopping"]


class DriverError(Exception):
    """A machine could not be made, reached or changed; ``str(error)`` is a sentence that says what to do."""


def reason_of(error: BaseException) -> str:
    """The innermost reason of an error that was wrapped several times."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno)
    return str(error)


@dataclass(frozen=True, slots=True)
class Size:
    """What a machine gets. ``cpus`` may be a part of one; bytes."""

    cpus: float
    memory: int


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine as its driver sees it now."""

    name: str
    address: str
    power: Power
    size: Size


GRACE_S = 5.0
"""So much longer than it may take a program is waited for, until the machine itself has ended it."""
_KILLED_AFTER_S = 2
_OVER_TIME = (124, 137)
"""What ``timeout`` of coreutils says of a program that it ended, by asking or by killing."""


def bounded(command: Sequence[str], limit_s: float) -> list[str]:
    """The command as a machine ends it by itself when its time is over: nobody else can reach what it has started."""
    return ["timeout", "-k", str(_KILLED_AFTER_S), f"{max(limit_s, 0.05):.2f}", *command]


def was_ended(exit_code: int, took_s: float, limit_s: float) -> bool:
    """Whether a ``bounded`` command was ended because its time was over."""
    return exit_code in _OVER_TIME and took_s >= limit_s


@dataclass(frozen=True, slots=True)
class Completed:
    """How a program on a machine ended. With a terminal everything is in ``stdout``."""

    stdout: bytes
    stderr: bytes
    exit: int


class Channel(Protocol):
    """Bytes both ways. One thread reads, another may write."""

    def read(self) -> bytes:
        """Some bytes as soon as there are any; ``b""`` at the end.

        Raises:
            TimeoutError: none came within the time of ``limit``.
        """

    def write(self, data: bytes) -> None:
        """Raises OSError when the other side is gone."""

    def end_input(self) -> None:
        """No more is written; the other side may still answer."""

    def limit(self, seconds: float | None) -> None:
        """How long a read may wait from now on; None for ever."""

    def close(self) -> None:
        """End it from this side; whoever reads wakes up."""


class PseudoTerminal(Channel, Protocol):
    def resize(self, columns: int, rows: int) -> None: ...


class Driver(Protocol):
    """The machines of one lab. All errors are ``DriverError`` unless something else is said."""

    kind: str
    """The backend's name: ``docker``, ``multipass``."""

    def machines(self) -> list[Machine]:
        """All machines of this lab that there are, made by this process or an earlier one."""

    def launch(self, name: str, size: Size, told: Callable[[str], object]) -> Machine:
        """Make a machine and switch it on; ``told`` hears each phase as it begins. The engine comes up later."""

    def start(self, name: str) -> None:
        """Switch on a machine that is off; a paused one goes on."""

    def stop(self, name: str) -> None:
        """Switch off in order: the engine may say good-bye."""

    def kill(self, name: str) -> None:
        """Cut the power."""

    def pause(self, name: str) -> None:
        """Freeze everything on the machine until ``start``."""

    def delete(self, name: str) -> None: ...

    def run(
        self, name: str, command: Sequence[str], *, user: str, tty: bool = False, stdin: bytes = b"", limit_s: float
    ) -> Completed:
        """Run a program on a machine in the user's home directory (``/`` for root).

        Raises:
            TimeoutError: it did not end in time; the machine has ended it, unless it does not answer.
        """

    def terminal(self, name: str, columns: int, rows: int) -> PseudoTerminal:
        """Open a login shell of the learner on a machine."""

    def dial(self, name: str) -> Channel:
        """Connect to the engine of a machine: what is written and read is HTTP."""

    def clear(self) -> None:
        """Remove everything of this lab: machines, networks, volumes, files. Doing it again does no harm."""
