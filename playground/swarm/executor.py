"""How an agent runs tasks: the protocol that the engine implements with containers.

The agent walks a task through its states by calling its ``Controller``; what a
method raises decides the next state (see ``playground.swarm.agent``).

Source: swarmkit ``agent/exec``; moby ``daemon/cluster/executor/container``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from playground.swarm.model import Config, ContainerStatus, Network, Node, Secret, Spec, Task


class TaskError(Exception):
    """The task cannot go on: ``str(error)`` becomes its ``Status.Err``.

    ``exit_code`` is that of its container, where one ran.
    """

    def __init__(self, message: str, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a task's log. ``stream`` is 1 for stdout, 2 for stderr; ``data`` keeps its newline."""

    stream: int
    timestamp_us: int
    data: bytes


class Controller(Protocol):
    """One task's container. Every method may take virtual time; ``shutdown`` may come at any moment."""

    async def prepare(self) -> None:
        """Pull the image (best effort) and create the container.

        Raises:
            TaskError: the task is rejected.
        """

    async def start(self) -> None:
        """Start the container; wait until it is healthy where it has a health check.

        Raises:
            TaskError: the task failed.
        """

    async def wait(self) -> None:
        """Return when the container ended by itself with exit code 0.

        Raises:
            TaskError: it ended otherwise, was removed, or became unhealthy.
        """

    async def shutdown(self) -> None:
        """Stop the container: take it out of load balancing, signal, grace period, kill."""

    async def remove(self) -> None:
        """Remove the container and what belongs to it."""

    def update(self, task: Task) -> None:
        """The task has a newer form (its spec never changes)."""

    def container_status(self) -> ContainerStatus | None:
        """None before the container exists."""

    def port_status(self) -> tuple[Spec, ...]:
        """Host-mode ports as bound, in wire form."""


class Executor(Protocol):
    """The engine, as its agent sees it."""

    def describe(self) -> Spec:
        """The node's ``Description`` without TLSInfo: Hostname, Platform, Resources, Engine."""

    def controller(self, task: Task) -> Controller:
        """The controller of a task assigned to this node; called once a task and agent run."""

    def configure(self, node: Node) -> None:
        """The node's own object, at the start of a session and when it changed: its addresses on networks."""

    def resources_assigned(
        self, secrets: Mapping[str, Secret], configs: Mapping[str, Config], networks: Mapping[str, Network]
    ) -> None:
        """What the assigned tasks refer to, by id; replaces what was said before."""

    def keep_only(self, task_ids: set[str]) -> None:
        """The agent has joined anew: remove containers of tasks that are not its own any more."""

    def leave(self) -> None:
        """The node left its swarm: stop and remove every task container, forget networks."""

    def task_logs(
        self, task_id: str, follow: Callable[[LogLine], object] | None
    ) -> tuple[list[LogLine], Callable[[], None]]:
        """The log so far, and with ``follow`` every later line; call what is returned to stop following."""
