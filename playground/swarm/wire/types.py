"""The swarm structs of the Engine API: which keys, in which order.

Source: moby ``api/types/swarm/*.go``, ``api/types/{container,mount,network}``.
"""

from playground.swarm.wire.container_types import CONTAINER_SPEC, DRIVER, OMIT
from playground.swarm.wire.container_types import MOUNT as MOUNT
from playground.swarm.wire.shape import (
    BOOL,
    BYTES,
    DURATION,
    INT,
    INT64,
    LABELS,
    STRING,
    STRINGS,
    TIME,
    UINT32,
    UINT64,
    Float,
    List,
    Pointer,
    String,
    Struct,
)

VERSION = Struct("Version", ("Index", UINT64, OMIT))
META = (("Version", VERSION), ("CreatedAt", TIME), ("UpdatedAt", TIME))
ANNOTATIONS = (("Name", STRING, OMIT), ("Labels", LABELS))
TLS_INFO = Struct(
    "TLSInfo", ("TrustRoot", STRING, OMIT), ("CertIssuerSubject", BYTES, OMIT), ("CertIssuerPublicKey", BYTES, OMIT)
)
PLATFORM = Struct("Platform", ("Architecture", STRING, OMIT), ("OS", STRING, OMIT))

# Resources and placement, after task

GENERIC_RESOURCE = Struct(
    "GenericResource",
    (
        "NamedResourceSpec",
        Pointer(Struct("NamedGenericResource", ("Kind", STRING, OMIT), ("Value", STRING, OMIT))),
        OMIT,
    ),
    (
        "DiscreteResourceSpec",
        Pointer(Struct("DiscreteGenericResource", ("Kind", STRING, OMIT), ("Value", INT64, OMIT))),
        OMIT,
    ),
)
RESOURCES = Struct(
    "Resources",
    ("NanoCPUs", INT64, OMIT),
    ("MemoryBytes", INT64, OMIT),
    ("GenericResources", List(GENERIC_RESOURCE), OMIT),
)
LIMIT = Struct("Limit", ("NanoCPUs", INT64, OMIT), ("MemoryBytes", INT64, OMIT), ("Pids", INT64, OMIT))
RESOURCE_REQUIREMENTS = Struct(
    "ResourceRequirements", ("Limits", Pointer(LIMIT), OMIT), ("Reservations", Pointer(RESOURCES), OMIT)
)
SPREAD = Struct("SpreadOver", ("SpreadDescriptor", STRING))
PLACEMENT = Struct(
    "Placement",
    ("Constraints", List(STRING), OMIT),
    ("Preferences", List(Struct("PlacementPreference", ("Spread", Pointer(SPREAD)))), OMIT),
    ("MaxReplicas", UINT64, OMIT),
    ("Platforms", List(PLATFORM), OMIT),
)
RESTART_POLICY = Struct(
    "RestartPolicy",
    ("Condition", String("swarm.RestartPolicyCondition"), OMIT),
    ("Delay", Pointer(DURATION), OMIT),
    ("MaxAttempts", Pointer(UINT64), OMIT),
    ("Window", Pointer(DURATION), OMIT),
)

# Networks and ports, after network

PORT_CONFIG = Struct(
    "PortConfig",
    ("Name", STRING, OMIT),
    ("Protocol", String("swarm.PortConfigProtocol"), OMIT),
    ("TargetPort", UINT32, OMIT),
    ("PublishedPort", UINT32, OMIT),
    ("PublishMode", String("swarm.PortConfigPublishMode"), OMIT),
)
ENDPOINT_SPEC = Struct(
    "EndpointSpec", ("Mode", String("swarm.ResolutionMode"), OMIT), ("Ports", List(PORT_CONFIG), OMIT)
)
VIRTUAL_IP = Struct("EndpointVirtualIP", ("NetworkID", STRING, OMIT), ("Addr", STRING, OMIT))
ENDPOINT = Struct(
    "Endpoint", ("Spec", ENDPOINT_SPEC), ("Ports", List(PORT_CONFIG), OMIT), ("VirtualIPs", List(VIRTUAL_IP), OMIT)
)
NETWORK_ATTACHMENT_CONFIG = Struct(
    "NetworkAttachmentConfig",
    ("Target", STRING, OMIT),
    ("Aliases", List(STRING), OMIT),
    ("DriverOpts", STRINGS, OMIT),
)
IPAM_CONFIG = Struct("IPAMConfig", ("Subnet", STRING, OMIT), ("Range", STRING, OMIT), ("Gateway", STRING, OMIT))
IPAM_OPTIONS = Struct("IPAMOptions", ("Driver", DRIVER), ("Configs", List(IPAM_CONFIG), OMIT))
CONFIG_FROM = Struct("network.ConfigReference", ("Network", STRING))
ATTACHED_NETWORK_SPEC = Struct(
    "NetworkSpec",
    *ANNOTATIONS,
    ("DriverConfiguration", Pointer(DRIVER), OMIT),
    ("IPv6Enabled", BOOL, OMIT),
    ("Internal", BOOL, OMIT),
    ("Attachable", BOOL, OMIT),
    ("Ingress", BOOL, OMIT),
    ("IPAMOptions", Pointer(IPAM_OPTIONS), OMIT),
    ("ConfigFrom", Pointer(CONFIG_FROM), OMIT),
    ("Scope", STRING, OMIT),
)
ATTACHED_NETWORK = Struct(
    "Network",
    ("ID", STRING),
    *META,
    ("Spec", ATTACHED_NETWORK_SPEC),
    ("DriverState", DRIVER),
    ("IPAMOptions", Pointer(IPAM_OPTIONS), OMIT),
)
NETWORK_ATTACHMENT = Struct("NetworkAttachment", ("Network", ATTACHED_NETWORK), ("Addresses", List(STRING), OMIT))
NETWORK_IPAM_CONFIG = Struct(
    "network.IPAMConfig",
    ("Subnet", STRING, OMIT),
    ("IPRange", STRING, OMIT),
    ("Gateway", STRING, OMIT),
    ("AuxiliaryAddresses", STRINGS, OMIT),
)
NETWORK_IPAM = Struct("network.IPAM", ("Driver", STRING), ("Options", STRINGS), ("Config", List(NETWORK_IPAM_CONFIG)))
NETWORK_CREATE = Struct(
    "network.CreateRequest",
    ("Name", STRING),
    ("Driver", STRING),
    ("Scope", STRING),
    ("EnableIPv4", Pointer(BOOL), OMIT),
    ("EnableIPv6", Pointer(BOOL), OMIT),
    ("IPAM", Pointer(NETWORK_IPAM), OMIT),
    ("Internal", BOOL),
    ("Attachable", BOOL),
    ("Ingress", BOOL),
    ("ConfigOnly", BOOL),
    ("ConfigFrom", Pointer(CONFIG_FROM), OMIT),
    ("Options", STRINGS),
    ("Labels", STRINGS),
)

# Services and tasks, after service, task

_TASK_SPEC = (
    ("ContainerSpec", Pointer(CONTAINER_SPEC), OMIT),
    ("Resources", Pointer(RESOURCE_REQUIREMENTS), OMIT),
    ("RestartPolicy", Pointer(RESTART_POLICY), OMIT),
    ("Placement", Pointer(PLACEMENT), OMIT),
    ("Networks", List(NETWORK_ATTACHMENT_CONFIG), OMIT),
    ("LogDriver", Pointer(DRIVER), OMIT),
    ("ForceUpdate", UINT64),
)
TASK_SPEC = Struct("TaskSpec", *_TASK_SPEC, ("Runtime", String("swarm.RuntimeType"), OMIT))
TASK_OWN_SPEC = Struct("TaskSpec", *_TASK_SPEC)
"""A task's own spec does not say its runtime (moby ``convert/service.go``, ``taskSpecFromGRPC``)."""
UPDATE_CONFIG = Struct(
    "UpdateConfig",
    ("Parallelism", UINT64),
    ("Delay", DURATION, OMIT),
    ("FailureAction", STRING, OMIT),
    ("Monitor", DURATION, OMIT),
    ("MaxFailureRatio", Float()),
    ("Order", STRING),
)
SERVICE_MODE = Struct(
    "ServiceMode",
    ("Replicated", Pointer(Struct("ReplicatedService", ("Replicas", Pointer(UINT64), OMIT))), OMIT),
    ("Global", Pointer(Struct("GlobalService")), OMIT),
    (
        "ReplicatedJob",
        Pointer(
            Struct(
                "ReplicatedJob", ("MaxConcurrent", Pointer(UINT64), OMIT), ("TotalCompletions", Pointer(UINT64), OMIT)
            )
        ),
        OMIT,
    ),
    ("GlobalJob", Pointer(Struct("GlobalJob")), OMIT),
)
SERVICE_SPEC = Struct(
    "ServiceSpec",
    *ANNOTATIONS,
    ("TaskTemplate", TASK_SPEC),
    ("Mode", SERVICE_MODE),
    ("UpdateConfig", Pointer(UPDATE_CONFIG), OMIT),
    ("RollbackConfig", Pointer(UPDATE_CONFIG), OMIT),
    ("Networks", List(NETWORK_ATTACHMENT_CONFIG), OMIT),
    ("EndpointSpec", Pointer(ENDPOINT_SPEC), OMIT),
)
SERVICE = Struct(
    "Service",
    ("ID", STRING),
    *META,
    ("Spec", SERVICE_SPEC),
    ("PreviousSpec", Pointer(SERVICE_SPEC), OMIT),
    ("Endpoint", ENDPOINT),
    (
        "UpdateStatus",
        Pointer(
            Struct(
                "UpdateStatus",
                ("State", STRING, OMIT),
                ("StartedAt", Pointer(TIME), OMIT),
                ("CompletedAt", Pointer(TIME), OMIT),
                ("Message", STRING, OMIT),
            )
        ),
        OMIT,
    ),
    (
        "ServiceStatus",
        Pointer(
            Struct("ServiceStatus", ("RunningTasks", UINT64), ("DesiredTasks", UINT64), ("CompletedTasks", UINT64))
        ),
        OMIT,
    ),
    ("JobStatus", Pointer(Struct("JobStatus", ("JobIteration", VERSION), ("LastExecution", TIME))), OMIT),
)
CONTAINER_STATUS = Struct("ContainerStatus", ("ContainerID", STRING), ("PID", INT), ("ExitCode", INT))
TASK_STATUS = Struct(
    "TaskStatus",
    ("Timestamp", TIME),
    ("State", STRING, OMIT),
    ("Message", STRING, OMIT),
    ("Err", STRING, OMIT),
    ("ContainerStatus", Pointer(CONTAINER_STATUS), OMIT),
    ("PortStatus", Struct("PortStatus", ("Ports", List(PORT_CONFIG), OMIT))),
)
TASK = Struct(
    "Task",
    ("ID", STRING),
    *META,
    *ANNOTATIONS,
    ("Spec", TASK_OWN_SPEC),
    ("ServiceID", STRING, OMIT),
    ("Slot", INT, OMIT),
    ("NodeID", STRING, OMIT),
    ("Status", TASK_STATUS),
    ("DesiredState", STRING, OMIT),
    ("NetworksAttachments", List(NETWORK_ATTACHMENT), OMIT),
    ("GenericResources", List(GENERIC_RESOURCE), OMIT),
    ("JobIteration", Pointer(VERSION), OMIT),
    ("Volumes", List(STRING)),
)

# Nodes, after node

NODE_SPEC = Struct(
    "NodeSpec",
    *ANNOTATIONS,
    ("Role", String("swarm.NodeRole"), OMIT),
    ("Availability", String("swarm.NodeAvailability"), OMIT),
)
ENGINE_DESCRIPTION = Struct(
    "EngineDescription",
    ("EngineVersion", STRING, OMIT),
    ("Labels", STRINGS, OMIT),
    ("Plugins", List(Struct("PluginDescription", ("Type", STRING, OMIT), ("Name", STRING, OMIT))), OMIT),
)
NODE_DESCRIPTION = Struct(
    "NodeDescription",
    ("Hostname", STRING, OMIT),
    ("Platform", PLATFORM),
    ("Resources", RESOURCES),
    ("Engine", ENGINE_DESCRIPTION),
    ("TLSInfo", TLS_INFO),
)
NODE = Struct(
    "Node",
    ("ID", STRING),
    *META,
    ("Spec", NODE_SPEC),
    ("Description", NODE_DESCRIPTION),
    ("Status", Struct("NodeStatus", ("State", STRING, OMIT), ("Message", STRING, OMIT), ("Addr", STRING, OMIT))),
    (
        "ManagerStatus",
        Pointer(
            Struct("ManagerStatus", ("Leader", BOOL, OMIT), ("Reachability", STRING, OMIT), ("Addr", STRING, OMIT))
        ),
        OMIT,
    ),
)

# Secrets and configs, after secret, config

SECRET_SPEC = Struct(
    "SecretSpec",
    *ANNOTATIONS,
    ("Data", BYTES, OMIT),
    ("Driver", Pointer(DRIVER), OMIT),
    ("Templating", Pointer(DRIVER), OMIT),
)
CONFIG_SPEC = Struct("ConfigSpec", *ANNOTATIONS, ("Data", BYTES, OMIT), ("Templating", Pointer(DRIVER), OMIT))
SECRET = Struct("Secret", ("ID", STRING), *META, ("Spec", SECRET_SPEC))
CONFIG = Struct("Config", ("ID", STRING), *META, ("Spec", CONFIG_SPEC))

# The cluster, after swarm

EXTERNAL_CA = Struct(
    "ExternalCA",
    ("Protocol", String("swarm.ExternalCAProtocol")),
    ("URL", STRING),
    ("Options", STRINGS, OMIT),
    ("CACert", STRING),
)
SWARM_SPEC = Struct(
    "Spec",
    *ANNOTATIONS,
    ("Orchestration", Struct("OrchestrationConfig", ("TaskHistoryRetentionLimit", Pointer(INT64), OMIT))),
    (
        "Raft",
        Struct(
            "RaftConfig",
            ("SnapshotInterval", UINT64, OMIT),
            ("KeepOldSnapshots", Pointer(UINT64), OMIT),
            ("LogEntriesForSlowFollowers", UINT64, OMIT),
            ("ElectionTick", INT),
            ("HeartbeatTick", INT),
        ),
    ),
    ("Dispatcher", Struct("DispatcherConfig", ("HeartbeatPeriod", DURATION, OMIT))),
    (
        "CAConfig",
        Struct(
            "CAConfig",
            ("NodeCertExpiry", DURATION, OMIT),
            ("ExternalCAs", List(EXTERNAL_CA), OMIT),
            ("SigningCACert", STRING, OMIT),
            ("SigningCAKey", STRING, OMIT),
            ("ForceRotate", UINT64, OMIT),
        ),
    ),
    ("TaskDefaults", Struct("TaskDefaults", ("LogDriver", Pointer(DRIVER), OMIT))),
    ("EncryptionConfig", Struct("EncryptionConfig", ("AutoLockManagers", BOOL))),
)
_CLUSTER_INFO = (
    ("ID", STRING),
    *META,
    ("Spec", SWARM_SPEC),
    ("TLSInfo", TLS_INFO),
    ("RootRotationInProgress", BOOL),
    ("DefaultAddrPool", List(STRING)),
    ("SubnetSize", UINT32),
    ("DataPathPort", UINT32),
)
CLUSTER_INFO = Struct("ClusterInfo", *_CLUSTER_INFO)
SWARM = Struct("Swarm", *_CLUSTER_INFO, ("JoinTokens", Struct("JoinTokens", ("Worker", STRING), ("Manager", STRING))))

# Requests, after swarm

INIT_REQUEST = Struct(
    "InitRequest",
    ("ListenAddr", STRING),
    ("AdvertiseAddr", STRING),
    ("DataPathAddr", STRING),
    ("DataPathPort", UINT32),
    ("ForceNewCluster", BOOL),
    ("Spec", SWARM_SPEC),
    ("AutoLockManagers", BOOL),
    ("Availability", String("swarm.NodeAvailability")),
    ("DefaultAddrPool", List(STRING)),
    ("SubnetSize", UINT32),
)
JOIN_REQUEST = Struct(
    "JoinRequest",
    ("ListenAddr", STRING),
    ("AdvertiseAddr", STRING),
    ("DataPathAddr", STRING),
    ("RemoteAddrs", List(STRING)),
    ("JoinToken", STRING),
    ("Availability", String("swarm.NodeAvailability")),
)
UNLOCK_REQUEST = Struct("UnlockRequest", ("UnlockKey", STRING))
