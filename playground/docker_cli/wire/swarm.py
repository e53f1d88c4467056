"""Shapes of Swarm objects on the wire, as ``shapes`` reads them.

Source: moby api/types at v28.1.1.
"""

SHAPES = """
runtime.PluginPrivilege:
  Name=name string?; Description=description string?; Value=value []string?
runtime.PluginSpec:
  Name=name string?; Remote=remote string?; Privileges=privileges []*runtime.PluginPrivilege?; Disabled=disabled
  bool?; Env=env []string?
swarm.Annotations:
  Name string?; Labels map[string]string
swarm.AppArmorOpts:
  Mode swarm.AppArmorMode?
swarm.CAConfig:
  NodeCertExpiry time.Duration?; ExternalCAs []*swarm.ExternalCA?; SigningCACert string?; SigningCAKey string?;
  ForceRotate uint64?
swarm.ClusterInfo:
  ID string; +swarm.Meta; Spec swarm.Spec; TLSInfo swarm.TLSInfo; RootRotationInProgress bool; DefaultAddrPool
  []string; SubnetSize uint32; DataPathPort uint32
swarm.Config:
  ID string; +swarm.Meta; Spec swarm.ConfigSpec
swarm.ConfigReference:
  File *swarm.ConfigReferenceFileTarget?; Runtime *swarm.ConfigReferenceRuntimeTarget?; ConfigID string;
  ConfigName string
swarm.ConfigReferenceFileTarget:
  Name string; UID string; GID string; Mode fs.FileMode
swarm.ConfigReferenceRuntimeTarget:
swarm.ConfigSpec:
  +swarm.Annotations; Data []byte?; Templating *swarm.Driver?
swarm.ContainerSpec:
  Image string?; Labels map[string]string?; Command []string?; Args []string?; Hostname string?; Env []string?;
  Dir string?; User string?; Groups []string?; Privileges *swarm.Privileges?; Init *bool?; StopSignal string?;
  TTY bool?; OpenStdin bool?; ReadOnly bool?; Mounts []mount.Mount?; StopGracePeriod *time.Duration?;
  Healthcheck *container.HealthConfig?; Hosts []string?; DNSConfig *swarm.DNSConfig?; Secrets
  []*swarm.SecretReference?; Configs []*swarm.ConfigReference?; Isolation container.Isolation?; Sysctls
  map[string]string?; CapabilityAdd []string?; CapabilityDrop []string?; Ulimits []*container.Ulimit?;
  OomScoreAdj int64?
swarm.ContainerStatus:
  ContainerID string; PID int; ExitCode int
swarm.CredentialSpec:
  Config string; File string; Registry string
swarm.DNSConfig:
  Nameservers []string?; Search []string?; Options []string?
swarm.DiscreteGenericResource:
  Kind string?; Value int64?
swarm.DispatcherConfig:
  HeartbeatPeriod time.Duration?
swarm.Driver:
  Name string?; Options map[string]string?
swarm.EncryptionConfig:
  AutoLockManagers bool
swarm.Endpoint:
  Spec swarm.EndpointSpec?; Ports []swarm.PortConfig?; VirtualIPs []swarm.EndpointVirtualIP?
swarm.EndpointSpec:
  Mode swarm.ResolutionMode?; Ports []swarm.PortConfig?
swarm.EndpointVirtualIP:
  NetworkID string?; Addr string?
swarm.EngineDescription:
  EngineVersion string?; Labels map[string]string?; Plugins []swarm.PluginDescription?
swarm.ExternalCA:
  Protocol swarm.ExternalCAProtocol; URL string; Options map[string]string?; CACert string
swarm.GenericResource:
  NamedResourceSpec *swarm.NamedGenericResource?; DiscreteResourceSpec *swarm.DiscreteGenericResource?
swarm.GlobalJob:
swarm.GlobalService:
swarm.IPAMConfig:
  Subnet string?; Range string?; Gateway string?
swarm.IPAMOptions:
  Driver swarm.Driver?; Configs []swarm.IPAMConfig?
swarm.Info:
  NodeID string; NodeAddr string; LocalNodeState swarm.LocalNodeState; ControlAvailable bool; Error string;
  RemoteManagers []swarm.Peer; Nodes int?; Managers int?; Cluster *swarm.ClusterInfo?; Warnings []string?
swarm.JobStatus:
  JobIteration swarm.Version; LastExecution time.Time?
swarm.JoinTokens:
  Worker string; Manager string
swarm.Limit:
  NanoCPUs int64?; MemoryBytes int64?; Pids int64?
swarm.ManagerStatus:
  Leader bool?; Reachability swarm.Reachability?; Addr string?
swarm.Meta:
  Version swarm.Version?; CreatedAt time.Time?; UpdatedAt time.Time?
swarm.NamedGenericResource:
  Kind string?; Value string?
swarm.Network:
  ID string; +swarm.Meta; Spec swarm.NetworkSpec?; DriverState swarm.Driver?; IPAMOptions *swarm.IPAMOptions?
swarm.NetworkAttachment:
  Network swarm.Network?; Addresses []string?
swarm.NetworkAttachmentConfig:
  Target string?; Aliases []string?; DriverOpts map[string]string?
swarm.NetworkAttachmentSpec:
  ContainerID string
swarm.NetworkSpec:
  +swarm.Annotations; DriverConfiguration *swarm.Driver?; IPv6Enabled bool?; Internal bool?; Attachable bool?;
  Ingress bool?; IPAMOptions *swarm.IPAMOptions?; ConfigFrom *network.ConfigReference?; Scope string?
swarm.Node:
  ID string; +swarm.Meta; Spec swarm.NodeSpec?; Description swarm.NodeDescription?; Status swarm.NodeStatus?;
  ManagerStatus *swarm.ManagerStatus?
swarm.NodeCSIInfo:
  PluginName string?; NodeID string?; MaxVolumesPerNode int64?; AccessibleTopology *swarm.Topology?
swarm.NodeDescription:
  Hostname string?; Platform swarm.Platform?; Resources swarm.Resources?; Engine swarm.EngineDescription?;
  TLSInfo swarm.TLSInfo?; CSIInfo []swarm.NodeCSIInfo?
swarm.NodeSpec:
  +swarm.Annotations; Role swarm.NodeRole?; Availability swarm.NodeAvailability?
swarm.NodeStatus:
  State swarm.NodeState?; Message string?; Addr string?
swarm.OrchestrationConfig:
  TaskHistoryRetentionLimit *int64?
swarm.Peer:
  NodeID string; Addr string
swarm.Placement:
  Constraints []string?; Preferences []swarm.PlacementPreference?; MaxReplicas uint64?; Platforms
  []swarm.Platform?
swarm.PlacementPreference:
  Spread *swarm.SpreadOver
swarm.Platform:
  Architecture string?; OS string?
swarm.PluginDescription:
  Type string?; Name string?
swarm.PortConfig:
  Name string?; Protocol swarm.PortConfigProtocol?; TargetPort uint32?; PublishedPort uint32?; PublishMode
  swarm.PortConfigPublishMode?
swarm.PortStatus:
  Ports []swarm.PortConfig?
swarm.Privileges:
  CredentialSpec *swarm.CredentialSpec; SELinuxContext *swarm.SELinuxContext; Seccomp *swarm.SeccompOpts?;
  AppArmor *swarm.AppArmorOpts?; NoNewPrivileges bool
swarm.RaftConfig:
  SnapshotInterval uint64?; KeepOldSnapshots *uint64?; LogEntriesForSlowFollowers uint64?; ElectionTick int;
  HeartbeatTick int
swarm.ReplicatedJob:
  MaxConcurrent *uint64?; TotalCompletions *uint64?
swarm.ReplicatedService:
  Replicas *uint64?
swarm.ResourceRequirements:
  Limits *swarm.Limit?; Reservations *swarm.Resources?
swarm.Resources:
  NanoCPUs int64?; MemoryBytes int64?; GenericResources []swarm.GenericResource?
swarm.RestartPolicy:
  Condition swarm.RestartPolicyCondition?; Delay *time.Duration?; MaxAttempts *uint64?; Window *time.Duration?
swarm.SELinuxContext:
  Disable bool; User string; Role string; Type string; Level string
swarm.SeccompOpts:
  Mode swarm.SeccompMode?; Profile []byte?
swarm.Secret:
  ID string; +swarm.Meta; Spec swarm.SecretSpec
swarm.SecretReference:
  File *swarm.SecretReferenceFileTarget; SecretID string; SecretName string
swarm.SecretReferenceFileTarget:
  Name string; UID string; GID string; Mode fs.FileMode
swarm.SecretSpec:
  +swarm.Annotations; Data []byte?; Driver *swarm.Driver?; Templating *swarm.Driver?
swarm.Service:
  ID string; +swarm.Meta; Spec swarm.ServiceSpec?; PreviousSpec *swarm.ServiceSpec?; Endpoint swarm.Endpoint?;
  UpdateStatus *swarm.UpdateStatus?; ServiceStatus *swarm.ServiceStatus?; JobStatus *swarm.JobStatus?
swarm.ServiceMode:
  Replicated *swarm.ReplicatedService?; Global *swarm.GlobalService?; ReplicatedJob *swarm.ReplicatedJob?;
  GlobalJob *swarm.GlobalJob?
swarm.ServiceSpec:
  +swarm.Annotations; TaskTemplate swarm.TaskSpec?; Mode swarm.ServiceMode?; UpdateConfig *swarm.UpdateConfig?;
  RollbackConfig *swarm.UpdateConfig?; Networks []swarm.NetworkAttachmentConfig?; EndpointSpec
  *swarm.EndpointSpec?
swarm.ServiceStatus:
  RunningTasks uint64; DesiredTasks uint64; CompletedTasks uint64
swarm.Spec:
  +swarm.Annotations; Orchestration swarm.OrchestrationConfig?; Raft swarm.RaftConfig?; Dispatcher
  swarm.DispatcherConfig?; CAConfig swarm.CAConfig?; TaskDefaults swarm.TaskDefaults?; EncryptionConfig
  swarm.EncryptionConfig?
swarm.SpreadOver:
  SpreadDescriptor string
swarm.Swarm:
  +swarm.ClusterInfo; JoinTokens swarm.JoinTokens
swarm.TLSInfo:
  TrustRoot string?; CertIssuerSubject []byte?; CertIssuerPublicKey []byte?
swarm.Task:
  ID string; +swarm.Meta; +swarm.Annotations; Spec swarm.TaskSpec?; ServiceID string?; Slot int?; NodeID
  string?; Status swarm.TaskStatus?; DesiredState swarm.TaskState?; NetworksAttachments
  []swarm.NetworkAttachment?; GenericResources []swarm.GenericResource?; JobIteration *swarm.Version?; Volumes
  []swarm.VolumeAttachment
swarm.TaskDefaults:
  LogDriver *swarm.Driver?
swarm.TaskSpec:
  ContainerSpec *swarm.ContainerSpec?; PluginSpec *runtime.PluginSpec?; NetworkAttachmentSpec
  *swarm.NetworkAttachmentSpec?; Resources *swarm.ResourceRequirements?; RestartPolicy *swarm.RestartPolicy?;
  Placement *swarm.Placement?; Networks []swarm.NetworkAttachmentConfig?; LogDriver *swarm.Driver?; ForceUpdate
  uint64; Runtime swarm.RuntimeType?
swarm.TaskStatus:
  Timestamp time.Time?; State swarm.TaskState?; Message string?; Err string?; ContainerStatus
  *swarm.ContainerStatus?; PortStatus swarm.PortStatus?
swarm.Topology:
  Segments map[string]string?
swarm.UpdateConfig:
  Parallelism uint64; Delay time.Duration?; FailureAction string?; Monitor time.Duration?; MaxFailureRatio
  float32; Order string
swarm.UpdateStatus:
  State swarm.UpdateState?; StartedAt *time.Time?; CompletedAt *time.Time?; Message string?
swarm.Version:
  Index uint64?
swarm.VolumeAttachment:
  ID string?; Source string?; Target string?
swarm.AppArmorMode = string
swarm.ExternalCAProtocol = string
swarm.LocalNodeState = string
swarm.NodeAvailability = string
swarm.NodeRole = string
swarm.NodeState = string
swarm.PortConfigProtocol = string
swarm.PortConfigPublishMode = string
swarm.Reachability = string
swarm.ResolutionMode = string
swarm.RestartPolicyCondition = string
swarm.RuntimeType = string
swarm.SeccompMode = string
swarm.TaskState = string
swarm.UpdateState = string
"""
