"""The objects that a swarm replicates.

Objects are values: nobody changes one, a new version replaces the old one in the
store (``dataclasses.replace``). Specs are kept in the Engine API's own form
(``{"Name": ..., "TaskTemplate": {...}}``, durations in nanoseconds), already
validated, and are never changed in place either, so that managers can share them.

Source of names and shapes: swarmkit ``api/objects.proto``, ``api/types.proto``;
moby ``api/types/swarm``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Any

Spec = Mapping[str, Any]
"""A spec in the Engine API's JSON form. Read-only by agreement."""

EMPTY: Spec = {}


class Role(Enum):
    WORKER = "worker"
    MANAGER = "manager"


class Availability(Enum):
    ACTIVE = "active"
    PAUSE = "pause"
    DRAIN = "drain"


class NodeState(Enum):
    """What the dispatcher knows of a node's agent."""

    UNKNOWN = "unknown"
    DOWN = "down"
    READY = "ready"
    DISCONNECTED = "disconnected"


class TaskState(IntEnum):
    """States of a task, in the order in which they can follow each other.

    The observed state never goes back. ``REMOVE`` is only ever desired.
    """

    NEW = 0
    PENDING = 64
    ASSIGNED = 192
    ACCEPTED = 256
    PREPARING = 320
    READY = 384
    STARTING = 448
    RUNNING = 512
    COMPLETE = 576
    SHUTDOWN = 640
    FAILED = 704
    REJECTED = 768
    REMOVE = 800
    ORPHANED = 832

    @property
    def word(self) -> str:
        """The state's name on the wire."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """What every replicated object has.

    ``version`` is the raft index at the start of the transaction that wrote it; the
    store fills it and both times in.
    """

    id: str
    version: int = 0
    created_us: int = 0
    updated_us: int = 0


@dataclass(frozen=True, slots=True)
class NodeStatus:
    state: NodeState = NodeState.UNKNOWN
    message: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node(Object):
    """A machine of the cluster. ``spec["Role"]`` is what is wanted, ``role`` what its certificate says."""

    spec: Spec = field(default_factory=dict)
    role: Role = Role.WORKER
    description: Spec | None = None
    """Wire form (Hostname, Platform, Resources, Engine, TLSInfo); None before the agent's first report."""
    status: NodeStatus = NodeStatus()
    certificate_issued: bool = True
    certificate_ends_us: int | None = None
    """None for the certificate that a swarm's first node made for itself."""
    accepted: bool = True
    """What the filter ``membership`` asks for."""
    lb_addresses: Mapping[str, str] = field(default_factory=dict)
    """Network id -> the node's load-balancer address there (``10.0.0.3/24``)."""

    @property
    def hostname(self) -> str:
        return str(self.description["Hostname"]) if self.description else ""

    @property
    def desired_role(self) -> Role:
        return Role(self.spec["Role"])

    @property
    def availability(self) -> Availability:
        return Availability(self.spec["Availability"])


@dataclass(frozen=True, slots=True)
class UpdateStatus:
    """How a rolling update goes; times in microseconds of the lab, None while not reached."""

    state: str
    message: str
    started_us: int | None = None
    completed_us: int | None = None


@dataclass(frozen=True, slots=True)
class JobStatus:
    iteration: int = 0
    last_execution_us: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Object):
    spec: Spec = field(default_factory=dict)
    previous_spec: Spec | None = None
    spec_version: int = 0
    """Raft index at which ``spec`` was last set; ties tasks to the spec they were made from."""
    previous_spec_version: int | None = None
    endpoint_spec: Spec | None = None
    """The endpoint spec that the allocator has dealt with."""
    ports: tuple[Spec, ...] = ()
    """Allocated ports: Protocol, TargetPort, PublishedPort, PublishMode."""
    virtual_ips: tuple[tuple[str, str], ...] = ()
    """(network id, address with prefix), ingress first."""
    update_status: UpdateStatus | None = None
    job_status: JobStatus | None = None
    pending_delete: bool = False

    @property
    def name(self) -> str:
        return str(self.spec["Name"])

    @property
    def mode(self) -> str:
        """``Replicated``, ``Global``, ``ReplicatedJob`` or ``GlobalJob``."""
        return str(next(iter(self.spec["Mode"])))


@dataclass(frozen=True, slots=True)
class ContainerStatus:
    container_id: str
    pid: int = 0
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class TaskStatus:
    """What the agent last said of a task. ``ports`` are host-mode ports in wire form."""

    state: TaskState
    message: str = ""
    error: str = ""
    timestamp_us: int = 0
    container: ContainerStatus | None = None
    ports: tuple[Spec, ...] = ()
    applied_by: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A task's place on one network: ``addresses`` with prefix length, as ``10.0.1.5/24``."""

    network_id: str
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Object):
    """One run of one slot of a service. A restart is a new task in the same slot."""

    spec: Spec = field(default_factory=dict)
    """The service's ``TaskTemplate`` as it was when the task was made."""
    spec_version: int | None = None
    service_id: str = ""
    service_name: str = ""
    slot: int = 0
    node_id: str = ""
    status: TaskStatus = TaskStatus(TaskState.NEW)
    desired_state: TaskState = TaskState.RUNNING
    networks: tuple[Attachment, ...] = ()
    endpoint_spec: Spec | None = None
    endpoint_ports: tuple[Spec, ...] = ()
    virtual_ips: tuple[tuple[str, str], ...] = ()
    job_iteration: int | None = None
    service_labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """``web.1``, or ``web.<node id>`` where there are no slots (and for slot 0)."""
        return f"{self.service_name}.{self.slot or self.node_id}"

    @property
    def full_name(self) -> str:
        """The container's name: ``web.1.<task id>``."""
        return f"{self.name}.{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Network(Object):
    """A swarm-scoped network. ``ipam`` is its allocated ``IPAM.Config`` in wire form."""

    spec: Spec = field(default_factory=dict)
    """The body of ``POST /networks/create``: Name, Labels, Driver, Options, Internal, Attachable, Ingress, IPAM, ..."""
    driver_options: Mapping[str, str] = field(default_factory=dict)
    ipam: tuple[Spec, ...] = ()
    predefined: bool = False

    @property
    def name(self) -> str:
        return str(self.spec["Name"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret(Object):
    """``spec`` holds Name, Labels, Driver?, Templating?; ``data`` is what no API gives back."""

    spec: Spec = field(default_factory=dict)
    data: bytes = b""

    @property
    def name(self) -> str:
        return str(self.spec["Name"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(Object):
    spec: Spec = field(default_factory=dict)
    data: bytes = b""

    @property
    def name(self) -> str:
        return str(self.spec["Name"])


@dataclass(frozen=True, slots=True)
class RootCertificate:
    """A root of trust. ``digest`` is what a join token carries."""

    certificate_pem: str
    key_pem: str
    digest: str
    """base 36, 50 characters: SHA-256 of the PEM bytes."""
    subject_base64: str
    public_key_base64: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster(Object):
    """The one cluster object: its spec, its CA, its tokens, its unlock key."""

    spec: Spec = field(default_factory=dict)
    root: RootCertificate | None = None
    root_rotation_in_progress: bool = False
    join_token_worker: str = ""
    join_token_manager: str = ""
    unlock_key: str = ""
    default_address_pool: tuple[str, ...] = ("10.0.0.0/8",)
    subnet_size: int = 24
    data_path_port: int = 4789
    network_key: int = 0
    """Number of the newest key of the networks; 0 while there is none."""
    removed_nodes: Mapping[str, int | None] = field(default_factory=dict)
    """Ids of nodes that were removed -> when their certificates end, None where nobody knows."""
