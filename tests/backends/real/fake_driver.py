"""A driver whose machines do only what a test tells them: for everything above the seam."""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from playground.backends.real.driver import Completed, DriverError, Machine, Power, Size


class FakePty:
    """A terminal: what is typed is kept, what ``print`` is told comes out."""

    def __init__(self) -> None:
        self.typed: list[bytes] = []
        self.sizes: list[tuple[int, int]] = []
        self._out: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def print(self, data: bytes) -> None:
        self._out.put(data)

    def read(self) -> bytes:
        return self._out.get()

    def write(self, data: bytes) -> None:
        self.typed.append(data)

    def end_input(self) -> None:
        pass

    def limit(self, seconds: float | None) -> None:
        pass

    def resize(self, columns: int, rows: int) -> None:
        self.sizes.append((columns, rows))

    def close(self) -> None:
        self._out.put(b"")


@dataclass
class FakeDriver:
    """Machines in memory, without engines. ``answer`` says how a command ends; ``refuse`` makes launching fail."""

    kind: str = "docker"
    refuse: str = ""
    answer: Callable[[str, str], Completed] = lambda name, command: Completed(b"", b"", 0)
    there: dict[str, Machine] = field(default_factory=dict)
    ran: list[tuple[str, str]] = field(default_factory=list)
    terminals: dict[str, FakePty] = field(default_factory=dict)
    cleared: int = 0
    gate: threading.Event = field(default_factory=threading.Event)
    """Closed while a launch is to take its time."""

    def __post_init__(self) -> None:
        self.gate.set()

    def machines(self) -> list[Machine]:
        return list(self.there.values())

    def launch(self, name: str, size: Size, told: Callable[[str], object]) -> Machine:
        told(f"Creating {name}")
        self.gate.wait(10)
        if self.refuse:
            raise DriverError(self.refuse)
        machine = Machine(name, f"10.223.9.{len(self.there) + 2}", "on", size)
        self.there[name] = machine
        return machine

    def _become(self, name: str, power: Power) -> None:
        self.there[name] = replace(self.there[name], power=power)

    def start(self, name: str) -> None:
        self._become(name, "on")

    def stop(self, name: str) -> None:
        self._become(name, "off")

    kill = stop

    def pause(self, name: str) -> None:
        self._become(name, "paused")

    def delete(self, name: str) -> None:
        self.there.pop(name, None)

    def run(
        self, name: str, command: Sequence[str], *, user: str, tty: bool = False, stdin: bytes = b"", limit_s: float
    ) -> Completed:
        self.ran.append((name, command[-1]))
        return self.answer(name, command[-1])

    def terminal(self, name: str, columns: int, rows: int) -> FakePty:
        self.terminals[name] = FakePty()
        self.terminals[name].sizes.append((columns, rows))
        return self.terminals[name]

    def dial(self, name: str) -> FakePty:
        raise DriverError("there is no engine here")

    def clear(self) -> None:
        self.cleared += 1
        self.there.clear()
