"""One manager's part in the replicated log: raft on a simulated machine.

``RaftMember`` ticks a ``RaftNode`` in virtual time, carries its messages, keeps its
disk, applies what is committed to the manager's ``MemoryStore``, and is the
``ReplicatedStore`` through which a leader changes it.

Source: swarmkit ``manager/state/raft/raft.go``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from playground.raft.status import Status
from playground.sim.kernel import Kernel
from playground.sim.network import Network
from playground.swarm.model import Object
from playground.swarm.store import MemoryStore, ReplicatedStore, Transaction

O = TypeVar("O", bound=Object)  # noqa: E741
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Member:
    """One raft member as the cluster knows it; part of the membership that raft replicates."""

    member_id: str
    """Raft's own id; a manager that was demoted and promoted again has a new one."""
    node_id: str
    machine: str
    address: str
    """``ip:2377``."""


@dataclass(frozen=True, slots=True)
class Leadership:
    """What a manager knows of the leader.

    ``member`` is None while none is known; ``ticks_without`` counts the seconds since
    (more than 10 of them means: the swarm has no leader).
    """

    member: Member | None
    ticks_without: int


class RaftDisk:
    """What a manager's ``/var/lib/docker/swarm/raft`` holds; it survives a crash of the machine."""

    def __init__(self) -> None:
        raise NotImplementedError

    @property
    def empty(self) -> bool:
        """True when this machine has never been a member, or was wiped."""
        raise NotImplementedError

    @property
    def member_id(self) -> str:
        """The member whose state this is; empty on an empty disk."""
        raise NotImplementedError

    def members(self) -> tuple[Member, ...]:
        """The members as of what is stored, in the order in which they joined."""
        raise NotImplementedError

    def wipe(self) -> None:
        """Forget everything (the node was demoted, or left)."""
        raise NotImplementedError

    def force_new_cluster(self, member: Member) -> None:
        """Make ``member`` (this disk's own, perhaps under a new address) the only member.

        What was not committed is dropped. The member must be stopped; start it again after.
        """
        raise NotImplementedError


def new_member_id(random: Random) -> str:
    """Return a new raft id: 64 bits in hexadecimal, as swarmkit logs show it."""
    return f"{random.getrandbits(64) | 1 << 60:x}"


class RaftMember(ReplicatedStore):
    """A manager's raft member on one machine, from one of the ``start_...`` calls to ``stop``.

    It makes ``store`` (``view``) what the log says; give it an empty one, on a restart too.

    Callbacks, each called in an event of the kernel:
        on_leader_start(store): this member leads and has applied everything; ``store`` is this object.
        on_leader_stop(): it does not lead any more. Also called by ``stop`` when it led.
        on_removed(): the cluster has removed this member. It has stopped by itself.
        on_change(): role, term, leader, members or a vote changed (for a diagram).
    """

    view: MemoryStore

    def __init__(
        self,
        kernel: Kernel,
        network: Network,
        member: Member,
        disk: RaftDisk,
        store: MemoryStore,
        *,
        on_leader_start: Callable[[ReplicatedStore], object] | None = None,
        on_leader_stop: Callable[[], object] | None = None,
        on_removed: Callable[[], object] | None = None,
        on_change: Callable[[], object] | None = None,
        boot: int = 0,
    ) -> None:
        """Nothing happens before a ``start_...``. ``boot`` counts starts on this machine: it names random streams."""
        raise NotImplementedError

    # Life

    def start_new_cluster(self) -> None:
        """Be the first and only member of a new cluster; leads within this instant.

        The log then holds index 1, the membership, and index 2, the leader's first entry.

        Raises:
            ValueError: the disk is not empty.
        """
        raise NotImplementedError

    def start_joining(self, members: tuple[Member, ...]) -> None:
        """Wait for the leader, which has added this member, to send the log.

        ``members`` is what ``add_member`` returned on the leader.

        Raises:
            ValueError: the disk is not empty.
        """
        raise NotImplementedError

    def restart(self) -> None:
        """Go on from the disk. A cluster of one leads within this instant; others wait for an election timeout.

        Raises:
            ValueError: the disk is empty, or another member's.
        """
        raise NotImplementedError

    def stop(self) -> None:
        """End at once: no tick, no message, no callback after it; waiting updates fail. The disk stays."""
        raise NotImplementedError

    @property
    def running(self) -> bool:
        raise NotImplementedError

    # What it knows

    @property
    def member(self) -> Member:
        raise NotImplementedError

    @property
    def is_leader(self) -> bool:
        """True between ``on_leader_start`` and ``on_leader_stop``: proposals are taken."""
        raise NotImplementedError

    def leader(self) -> Leadership:
        """Who leads, as far as this member knows."""
        raise NotImplementedError

    def members(self) -> tuple[Member, ...]:
        """All members, in the order in which they joined."""
        raise NotImplementedError

    def member_of_node(self, node_id: str) -> Member | None:
        """The raft member that a node is, if it is one."""
        raise NotImplementedError

    def reachable(self, member_id: str) -> bool:
        """As the leader sees it: itself always, others until a message went unanswered for 2 s."""
        raise NotImplementedError

    def can_remove(self, member_id: str) -> bool:
        """True when the other reachable members are still a majority of today's members, counted by swarmkit's rule.

        Source: ``raft.go``, ``CanRemoveMember``.
        """
        raise NotImplementedError

    def status(self) -> Status:
        """Raft's own state, for an inspector."""
        raise NotImplementedError

    # Changing the members (on the leader)

    async def add_member(self, member: Member) -> tuple[Member, ...]:
        """Add a manager that wants to join; returns all members once committed.

        The joiner's machine must answer a health check within 5 s: whoever joins calls
        ``answer_health_checks`` first. A node that is a member already (same member id) is
        given the members again.

        Raises:
            RpcError: not the leader, the joiner cannot be reached, or leadership was lost.
        """
        raise NotImplementedError

    async def remove_member(self, member_id: str) -> None:
        """Remove a member; returns once committed. To remove the leader, transfer leadership first.

        Raises:
            RpcError: not the leader, quorum would be lost, or leadership was lost.
        """
        raise NotImplementedError

    async def transfer_leadership(self) -> None:
        """Hand the leadership to the reachable member whose log is longest; returns once this one does not lead.

        Raises:
            RpcError: there is nobody to take over, or nobody did within an election timeout.
        """
        raise NotImplementedError

    # The store

    async def update(self, change: Callable[[Transaction], R]) -> R:
        """See ``ReplicatedStore.update``. The transaction's index is the commit index at its start.

        Raises:
            RpcError: Unknown, "raft: failed to process the request: node lost leader status".
        """
        raise NotImplementedError


def answer_health_checks(network: Network, machine: str) -> Callable[[], None]:
    """Let a machine that is about to join answer the leader's health check. Returns how to stop."""
    raise NotImplementedError
