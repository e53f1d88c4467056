"""An emulated cluster on its own, driven from test to test in virtual time."""

from collections.abc import Sequence
from typing import Any

from playground.backends.emulated import EmulatedCluster

SECOND = 1_000_000


class Cluster:
    """Machines of one lab; ``run`` gives what a command printed."""

    def __init__(
        self, *nodes: str, seed: int = 1, images: Sequence[str] = ("joeyratt/webpage:latest", "nginx:latest")
    ) -> None:
        self.emulated = EmulatedCluster(seed=seed, wall_us=1_700_000_000 * SECOND, nodes=nodes, images=images)

    def run(self, node: str, line: str, limit_s: int = 120) -> dict[str, Any]:
        answers: list[dict[str, Any]] = []
        self.emulated.execute(node, line, tty=False, limit_us=limit_s * SECOND, done=answers.append)
        kernel = self.emulated.kernel
        kernel.run_while(lambda: not answers, kernel.now_us + 2 * limit_s * SECOND)
        return answers[0]

    def sleep(self, seconds: float) -> None:
        kernel = self.emulated.kernel
        kernel.run_until(kernel.now_us + int(seconds * SECOND))

    def fault(self, **fault: Any) -> None:
        self.emulated.check_fault(fault)
        done: list[Any] = []
        self.emulated.fault(fault, done.append)
        kernel = self.emulated.kernel
        kernel.run_while(lambda: not done, kernel.now_us + 60 * SECOND)

    def swarm(self) -> None:
        """Make a swarm of all machines: those called manager lead together, the others work."""
        first, *others = self.emulated.names()
        self.run(first, "docker swarm init")
        tokens = {
            role: self.run(first, f"docker swarm join-token -q {role}")["stdout"].strip()
            for role in ("manager", "worker")
        }
        for name in others:
            role = "manager" if name.startswith("manager") else "worker"
            answer = self.run(name, f"docker swarm join --token {tokens[role]} {self.emulated.address(first)}:2377")
            assert answer["exit"] == 0, answer

    def way(self, number: int | None = None) -> list[dict[str, Any]]:
        """The steps of a command, the newest one's by default."""
        told = self.emulated.way(number)["way"]
        assert told is not None
        steps: list[dict[str, Any]] = told["steps"]
        return steps
