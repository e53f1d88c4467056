"""Who a raft member is, and what it keeps on its machine's disk.

Source: swarmkit ``manager/state/raft/storage.go``, ``api/raft.proto`` (``RaftMember``).
"""

from dataclasses import dataclass
from random import Random

from playground.raft.storage import Storage


@dataclass(frozen=True, slots=True)
class Member:
    """One raft member as the cluster knows it; part of the membership that raft replicates."""

    member_id: str
    """Raft's own id; a manager that was demoted and promoted again has a new one."""
    node_id: str
    machine: str
    address: str
    """``ip:2377``."""


def new_member_id(random: Random) -> str:
    """Return a new raft id: 64 bits in hexadecimal, as swarmkit logs show it."""
    return f"{random.getrandbits(63) | 1 << 60:x}"


class RaftDisk:
    """What a manager's ``/var/lib/docker/swarm/raft`` holds; it survives a crash of the machine."""

    def __init__(self) -> None:
        self.storage = Storage()
        self.member: Member | None = None
        """Whose state this is."""
        self.first_known: tuple[Member, ...] = ()
        """The members that a joiner was told of, until the log tells it."""

    @property
    def empty(self) -> bool:
        """True when this machine has never been a member, or was wiped."""
        return self.member is None

    @property
    def member_id(self) -> str:
        """The member whose state this is; empty on an empty disk."""
        return "" if self.member is None else self.member.member_id

    def members(self) -> tuple[Member, ...]:
        """The members as of what is stored, in the order in which they joined."""
        return tuple(self.storage.members().values()) or self.first_known

    def wipe(self) -> None:
        """Forget everything (the node was demoted, or left)."""
        self.storage.wipe()
        self.member = None
        self.first_known = ()

    def force_new_cluster(self, member: Member) -> None:
        """Make ``member`` (this disk's own, perhaps under a new address) the only member.

        What was not committed is dropped. The member must be stopped; ``restart`` it after.

        Raises:
            ValueError: the disk is another member's, or holds no log.
        """
        if member.member_id != self.member_id:
            raise ValueError(f"the disk is that of member {self.member_id or 'nobody'}")
        self.storage.force_new_cluster(member.member_id, member)
        self.member = member
        self.first_known = ()
