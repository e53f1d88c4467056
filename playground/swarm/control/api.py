"""The control API as a whole.

Source: swarmkit ``api/control.proto``; its RPCs are the methods here, in snake case.
"""

from random import Random

from playground.sim.kernel import Kernel
from playground.swarm.control.cluster import ClusterControl, RotateRoot
from playground.swarm.control.configs import ConfigControl
from playground.swarm.control.networks import NetworkControl
from playground.swarm.control.nodes import NodeControl
from playground.swarm.control.raft_view import RaftView
from playground.swarm.control.secrets import SecretControl
from playground.swarm.control.services import ServiceControl
from playground.swarm.control.tasks import TaskControl
from playground.swarm.store import ReplicatedStore


class ControlApi(
    ServiceControl, TaskControl, NodeControl, NetworkControl, SecretControl, ConfigControl, ClusterControl
):
    """What the leader answers. Ids are full ids; specs are bodies of the Engine API, or parts of one.

    Reading takes no time and changes nothing; writing returns when it is committed.

    ``random`` gives ids and secrets. It belongs to the manager, not to its leadership: one
    that starts again from its seed would give the same ids twice. Without ``rotate_root``
    a rotation of the root certificate is refused.
    """

    def __init__(
        self,
        kernel: Kernel,
        store: ReplicatedStore,
        raft: RaftView,
        random: Random,
        rotate_root: RotateRoot | None = None,
        *,
        shows_pool: bool = True,
    ) -> None:
        super().__init__(kernel, store, raft, random, rotate_root, shows_pool)
