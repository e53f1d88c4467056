"""The swarm side of one engine: init, join, leave, unlock, and the way to the leader from any manager.

Source: moby ``daemon/cluster``; swarmkit ``node/node.go``.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from enum import Enum
from typing import Any

from playground.sim import Kernel, Network
from playground.swarm.certificates import Authority
from playground.swarm.executor import Executor
from playground.swarm.log_broker import LogMessage, LogOptions, LogSelector
from playground.swarm.model import Spec
from playground.swarm.store import Change, MemoryStore


class LocalState(Enum):
    """``Swarm.LocalNodeState`` of ``GET /info``."""

    INACTIVE = "inactive"
    PENDING = "pending"
    ACTIVE = "active"
    ERROR = "error"
    LOCKED = "locked"


class SwarmNode:
    """One engine's membership in a swarm.

    The object outlives its engine: what a node has on disk (certificate and key, raft
    log, list of managers, tasks it was given) is kept in it while the engine is stopped
    or its machine is off. A new node's engine is stopped until ``start``.

    ``machine`` names it on the network, ``address`` is its IP address there; ``wall_us``
    is the date of the lab's start in microseconds since 1970.
    """

    def __init__(
        self,
        kernel: Kernel,
        network: Network,
        machine: str,
        address: str,
        executor: Executor,
        authority: Authority,
        wall_us: int,
    ) -> None:
        raise NotImplementedError

    # What GET /info and /_ping show

    @property
    def state(self) -> LocalState:
        raise NotImplementedError

    @property
    def error(self) -> str:
        """``Swarm.Error`` of ``/info``, without what a failing ``get_cluster`` adds to it."""
        raise NotImplementedError

    @property
    def node_id(self) -> str:
        """Empty outside a swarm and while locked."""
        raise NotImplementedError

    @property
    def node_address(self) -> str:
        """The advertised IP address, empty outside a swarm."""
        raise NotImplementedError

    @property
    def control_available(self) -> bool:
        """True while this node runs a manager that takes control calls."""
        raise NotImplementedError

    @property
    def is_manager(self) -> bool:
        """The same as ``control_available``: what ``/_ping`` and ``docker info`` call a manager."""
        raise NotImplementedError

    def remote_managers(self) -> list[tuple[str, str]]:
        """Managers that this node's agent knows: (node id, ``ip:2377``), in no order that means anything."""
        raise NotImplementedError

    # Membership: bodies as the Engine API has them

    async def init(self, request: Spec) -> str:
        """``POST /swarm/init``; returns the node id.

        Raises:
            BadConfiguration: an address, the availability, the pool or the spec makes no sense.
            Unavailable: the node is in a swarm already.
            NotManager: ``ForceNewCluster`` on a worker.
        """
        raise NotImplementedError

    async def join(self, request: Spec) -> None:
        """``POST /swarm/join``; returns when the node is ready.

        Raises:
            BadConfiguration: no or bad remote address, bad listen address.
            Unavailable: in a swarm already, or not ready after 20 s (it goes on trying).
            JoinFailed: bad token, or a manager of another swarm.
            RpcError: a manager refused, or none could be reached.
        """
        raise NotImplementedError

    async def leave(self, force: bool) -> None:
        """``POST /swarm/leave``: stop, forget everything on disk, remove the tasks' containers.

        Raises:
            Unavailable: not in a swarm, or a manager or locked and not forced.
        """
        raise NotImplementedError

    async def unlock(self, key: str) -> None:
        """``POST /swarm/unlock``; returns when the node is up.

        Raises:
            BadConfiguration: not a key at all.
            InvalidUnlockKey: the wrong key.
            NotLocked: a manager that is not locked.
            NotManager: not in a swarm, or a worker.
        """
        raise NotImplementedError

    # The cluster

    async def control(self, method: str, *arguments: Any, **named: Any) -> Any:
        """Run ``ControlApi.<method>`` on the leader, from any manager, within 20 s.

        Raises:
            NotManager: this node cannot answer: not in a swarm, a worker, locked, or being prepared.
            RpcError: what the control API raised; no leader; the deadline.
        """
        raise NotImplementedError

    def logs(self, selector: LogSelector, options: LogOptions) -> AsyncIterator[LogMessage]:
        """Lines of tasks on whatever nodes, in the order in which they arrive here.

        With ``follow`` it ends only by ``aclose``. At the end it raises what could not be
        got, as ``RpcError`` ("warning: incomplete log stream. ...").
        """
        raise NotImplementedError

    def watch(self, callback: Callable[[Sequence[Change]], object]) -> Callable[[], None]:
        """Hear of every transaction that this manager's store applies, now and after restarts.

        A worker hears nothing. Returns how to stop.
        """
        raise NotImplementedError

    def view(self) -> MemoryStore | None:
        """This manager's own store, which may be behind; for the emulation's diagram, not for answers."""
        raise NotImplementedError

    def raft_status(self) -> Any:
        """``playground.swarm.replication.RaftMember.status()`` of a running manager, else None."""
        raise NotImplementedError

    # The engine's life

    def start(self) -> None:
        """The engine starts. A manager of a swarm with autolock comes up ``LOCKED``."""
        raise NotImplementedError

    def stop(self, orderly: bool) -> None:
        """The engine stops (``orderly``: it says good-bye), or its machine loses power.

        Containers are the engine's own to stop.
        """
        raise NotImplementedError
