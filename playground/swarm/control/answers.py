"""What the control API answers that is no object of the store."""

from dataclasses import dataclass

from playground.swarm.model import Node


@dataclass(frozen=True, slots=True)
class ManagerStatus:
    """What the leader knows of a manager. ``addr`` is ``ip:2377``."""

    leader: bool
    reachable: bool
    addr: str


@dataclass(frozen=True, slots=True)
class NodeAnswer:
    """A node, and its manager where it is a raft member."""

    node: Node
    manager_status: ManagerStatus | None = None


@dataclass(frozen=True, slots=True)
class ServiceCounts:
    """How many tasks of a service run, shall run, and (of a job) are done."""

    running: int = 0
    desired: int = 0
    completed: int = 0
