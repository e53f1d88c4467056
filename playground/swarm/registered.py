"""What the dispatcher keeps of each node: whether it is expected to beat, its session, what is to be written of it.

Source: swarmkit ``manager/dispatcher/nodes.go``.
"""

from dataclasses import dataclass, field

from playground.sim.kernel import SECOND, Timer
from playground.swarm.assignments import AssignmentSet
from playground.swarm.model import Cluster, NodeStatus, Spec
from playground.swarm.session import Push, Route

DEFAULT_PERIOD_US = 5 * SECOND


@dataclass(slots=True)
class Session:
    """One agent's session: what it was sent and has not confirmed, and what it must still be sent."""

    id: str
    node_id: str
    route: Route
    assignments: AssignmentSet = field(default_factory=AssignmentSet)
    stream: int = 0
    """Counts registrations: an agent that comes back to its session begins to count messages anew."""
    open: bool = False
    modified: int = 0
    flush: Timer | None = None
    sent: int = 0
    unconfirmed: list[tuple[int, Push]] = field(default_factory=list)
    """(when sent, message)"""

    def begin_stream(self, route: Route) -> None:
        """The agent has registered, for the first time or again: whatever it was sent before is void."""
        if self.flush is not None:
            self.flush.cancel()
            self.flush = None
        self.route = route
        self.stream += 1
        self.open = False
        self.modified = 0
        self.sent = 0
        self.unconfirmed.clear()


@dataclass(slots=True)
class Registered:
    """A node that is expected to beat. ``session`` is None while it is only waited for (state unknown)."""

    deadline_us: int
    message: str
    session: Session | None = None
    registered_us: int = 0
    attempts: int = 0
    timer: Timer | None = None


@dataclass(slots=True)
class NodeUpdate:
    status: NodeStatus
    description: Spec | None = None


def heartbeat_period_us(cluster: Cluster | None) -> int:
    nanoseconds = int(cluster.spec.get("Dispatcher", {}).get("HeartbeatPeriod", 0)) if cluster else 0
    return nanoseconds // 1000 if nanoseconds > 0 else DEFAULT_PERIOD_US
