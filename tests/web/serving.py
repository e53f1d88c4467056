"""Labs of the program as users start it, for tests with real clients."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.browser import serving as program


@dataclass(frozen=True)
class Served(program.Served):
    """A running playground."""

    def lab(self, *nodes: str, **more: Any) -> "ServedLab":
        return ServedLab(self, self.call("POST", "/api/labs", body={"nodes": list(nodes), "seed": 1, **more}))


@dataclass
class ServedLab:
    served: Served
    made: dict[str, Any]

    def engine(self, node: str) -> str:
        """The value for DOCKER_HOST."""
        return str(self.made["nodes"][node]["engine"])

    def call(self, method: str, below: str, body: Any = None) -> Any:
        return self.served.call(method, f"/api/labs/{self.made['id']}{below}", self.made["token"], body)

    def run(self, node: str, command: str, tty: bool = False) -> tuple[str, str, int]:
        answer = self.call("POST", "/exec", {"node": node, "command": command, "tty": tty})
        return answer["stdout"], answer["stderr"], answer["exit"]


@contextmanager
def serving(server: str, *options: str) -> Iterator[Served]:
    """Start the program on a free port, wait until it says its address, stop it at the end."""
    with program.playground(server, ("--memory", *options)) as running:
        yield Served(running.url, running.log, running.pid)
