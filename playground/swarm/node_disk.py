"""What a node keeps under ``/var/lib/docker/swarm``: it survives a stop of the engine and a loss of power."""

from dataclasses import dataclass, field, replace

from playground.swarm.certificates import Certificate
from playground.swarm.model import Network, RootCertificate, Task
from playground.swarm.remotes import Peer
from playground.swarm.replication import RaftDisk


@dataclass(frozen=True, slots=True)
class StartConfig:
    """How the swarm component is started. The first fields are on disk, the rest is for the first start only.

    Source: moby ``daemon/cluster/noderunner.go``, ``nodeStartConfig``.
    """

    listen: str = "0.0.0.0:2377"
    advertise: str = ""
    """``ip:port``, empty for a joined node that gave none."""
    remote: str = ""
    pool: tuple[str, ...] = ()
    subnet_size: int = 0
    data_path_port: int = 4789
    join_in_progress: bool = False

    join_address: str = ""
    join_token: str = ""
    availability: str = "active"
    empty_pool: bool = False
    """A list of address pools was given that has none in it, as the CLI gives it."""
    autolock: bool = False
    force_new_cluster: bool = False
    unlock_key: str = ""

    def stored(self) -> "StartConfig":
        """What a restart of the engine finds."""
        return replace(
            self,
            join_address="",
            join_token="",
            availability="active",
            empty_pool=False,
            autolock=False,
            force_new_cluster=False,
            unlock_key="",
        )


@dataclass(slots=True)
class NodeDisk:
    """One node's files. ``lock_key`` is the key that the node's own key is encrypted with, if any."""

    config: StartConfig | None = None
    root: RootCertificate | None = None
    """The root of trust; with its key on the node that founds the cluster."""
    certificate: Certificate | None = None
    lock_key: str = ""
    lock_version: int = 0
    raft: RaftDisk = field(default_factory=RaftDisk)
    tasks: dict[str, Task] = field(default_factory=dict)
    """By id, each with the last status the agent gave it."""
    networks: dict[str, Network] = field(default_factory=dict)
    """What the stored tasks are attached to."""
    remotes: tuple[Peer, ...] = ()
    boots: int = 0
    """How often the swarm component was started: names streams of randomness."""
