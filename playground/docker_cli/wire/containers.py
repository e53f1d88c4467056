"""Shapes of containers on the wire, as ``shapes`` reads them.

Source: moby api/types at v28.1.1.
"""

SHAPES = """
blkiodev.ThrottleDevice:
  Path string; Rate uint64
blkiodev.WeightDevice:
  Path string; Weight uint16
container.Config:
  Hostname string; Domainname string; User string; AttachStdin bool; AttachStdout bool; AttachStderr bool;
  ExposedPorts nat.PortSet?; Tty bool; OpenStdin bool; StdinOnce bool; Env []string; Cmd strslice.StrSlice;
  Healthcheck *container.HealthConfig?; ArgsEscaped bool?; Image string; Volumes map[string]struct{}; WorkingDir
  string; Entrypoint strslice.StrSlice; NetworkDisabled bool?; MacAddress string?; OnBuild []string; Labels
  map[string]string; StopSignal string?; StopTimeout *int?; Shell strslice.StrSlice?
container.ContainerJSONBase:
  ID=Id string; Created string; Path string; Args []string; State *container.State; Image string; ResolvConfPath
  string; HostnamePath string; HostsPath string; LogPath string; Name string; RestartCount int; Driver string;
  Platform string; MountLabel string; ProcessLabel string; AppArmorProfile string; ExecIDs []string; HostConfig
  *container.HostConfig; GraphDriver storage.DriverData; SizeRw *int64?; SizeRootFs *int64?
container.DefaultNetworkSettings:
  EndpointID string; Gateway string; GlobalIPv6Address string; GlobalIPv6PrefixLen int; IPAddress string;
  IPPrefixLen int; IPv6Gateway string; MacAddress string
container.DeviceMapping:
  PathOnHost string; PathInContainer string; CgroupPermissions string
container.DeviceRequest:
  Driver string; Count int; DeviceIDs []string; Capabilities [][]string; Options map[string]string
container.Health:
  Status string; FailingStreak int; Log []*container.HealthcheckResult
container.HealthConfig:
  Test []string?; Interval time.Duration?; Timeout time.Duration?; StartPeriod time.Duration?; StartInterval
  time.Duration?; Retries int?
container.HealthcheckResult:
  Start time.Time; End time.Time; ExitCode int; Output string
container.HostConfig:
  Binds []string; ContainerIDFile string; LogConfig container.LogConfig; NetworkMode container.NetworkMode;
  PortBindings nat.PortMap; RestartPolicy container.RestartPolicy; AutoRemove bool; VolumeDriver string;
  VolumesFrom []string; ConsoleSize []uint; Annotations map[string]string?; CapAdd strslice.StrSlice; CapDrop
  strslice.StrSlice; CgroupnsMode container.CgroupnsMode; DNS=Dns []string; DNSOptions=DnsOptions []string;
  DNSSearch=DnsSearch []string; ExtraHosts []string; GroupAdd []string; IpcMode container.IpcMode; Cgroup
  container.CgroupSpec; Links []string; OomScoreAdj int; PidMode container.PidMode; Privileged bool;
  PublishAllPorts bool; ReadonlyRootfs bool; SecurityOpt []string; StorageOpt map[string]string?; Tmpfs
  map[string]string?; UTSMode container.UTSMode; UsernsMode container.UsernsMode; ShmSize int64; Sysctls
  map[string]string?; Runtime string?; Isolation container.Isolation; +container.Resources; Mounts
  []mount.Mount?; MaskedPaths []string; ReadonlyPaths []string; Init *bool?
container.InspectResponse:
  +*container.ContainerJSONBase; Mounts []container.MountPoint; Config *container.Config; NetworkSettings
  *container.NetworkSettings; ImageManifestDescriptor *ocispec.Descriptor?
container.LogConfig:
  Type string; Config map[string]string
container.MountPoint:
  Type mount.Type?; Name string?; Source string; Destination string; Driver string?; Mode string; RW bool;
  Propagation mount.Propagation
container.NetworkSettings:
  +container.NetworkSettingsBase; +container.DefaultNetworkSettings; Networks
  map[string]*network.EndpointSettings
container.NetworkSettingsBase:
  Bridge string; SandboxID string; SandboxKey string; Ports nat.PortMap; HairpinMode bool; LinkLocalIPv6Address
  string; LinkLocalIPv6PrefixLen int; SecondaryIPAddresses []network.Address; SecondaryIPv6Addresses
  []network.Address
container.Port:
  IP string?; PrivatePort uint16; PublicPort uint16?; Type string
container.Resources:
  CPUShares=CpuShares int64; Memory int64; NanoCPUs=NanoCpus int64; CgroupParent string; BlkioWeight uint16;
  BlkioWeightDevice []*blkiodev.WeightDevice; BlkioDeviceReadBps []*blkiodev.ThrottleDevice; BlkioDeviceWriteBps
  []*blkiodev.ThrottleDevice; BlkioDeviceReadIOps []*blkiodev.ThrottleDevice; BlkioDeviceWriteIOps
  []*blkiodev.ThrottleDevice; CPUPeriod=CpuPeriod int64; CPUQuota=CpuQuota int64;
  CPURealtimePeriod=CpuRealtimePeriod int64; CPURealtimeRuntime=CpuRealtimeRuntime int64; CpusetCpus string;
  CpusetMems string; Devices []container.DeviceMapping; DeviceCgroupRules []string; DeviceRequests
  []container.DeviceRequest; KernelMemory int64?; KernelMemoryTCP int64?; MemoryReservation int64; MemorySwap
  int64; MemorySwappiness *int64; OomKillDisable *bool; PidsLimit *int64; Ulimits []*container.Ulimit;
  CPUCount=CpuCount int64; CPUPercent=CpuPercent int64; IOMaximumIOps uint64; IOMaximumBandwidth uint64
container.RestartPolicy:
  Name container.RestartPolicyMode; MaximumRetryCount int
container.State:
  Status string; Running bool; Paused bool; Restarting bool; OOMKilled bool; Dead bool; Pid int; ExitCode int;
  Error string; StartedAt string; FinishedAt string; Health *container.Health?
container.Summary:
  ID=Id string; Names []string; Image string; ImageID string; ImageManifestDescriptor *ocispec.Descriptor?;
  Command string; Created int64; Ports []container.Port; SizeRw int64?; SizeRootFs int64?; Labels
  map[string]string; State string; Status string; HostConfig container.SummaryHostConfig
container.SummaryHostConfig:
  NetworkMode string?; Annotations map[string]string?
mount.BindOptions:
  Propagation mount.Propagation?; NonRecursive bool?; CreateMountpoint bool?; ReadOnlyNonRecursive bool?;
  ReadOnlyForceRecursive bool?
mount.ClusterOptions:
mount.Driver:
  Name string?; Options map[string]string?
mount.ImageOptions:
  Subpath string?
mount.Mount:
  Type mount.Type?; Source string?; Target string?; ReadOnly bool?; Consistency mount.Consistency?; BindOptions
  *mount.BindOptions?; VolumeOptions *mount.VolumeOptions?; ImageOptions *mount.ImageOptions?; TmpfsOptions
  *mount.TmpfsOptions?; ClusterOptions *mount.ClusterOptions?
mount.TmpfsOptions:
  SizeBytes int64?; Mode fs.FileMode?; Options [][]string?
mount.VolumeOptions:
  NoCopy bool?; Labels map[string]string?; Subpath string?; DriverConfig *mount.Driver?
nat.PortBinding:
  HostIP=HostIp string; HostPort string
ocispec.Descriptor:
  MediaType=mediaType string; Digest=digest digest.Digest; Size=size int64; URLs=urls []string?;
  Annotations=annotations map[string]string?; Data=data []byte?; Platform=platform *ocispec.Platform?;
  ArtifactType=artifactType string?
ocispec.Platform:
  Architecture=architecture string; OS=os string; OSVersion=os.version string?; OSFeatures=os.features
  []string?; Variant=variant string?
storage.DriverData:
  Data map[string]string; Name string
units.Ulimit:
  Name string; Hard int64; Soft int64
container.CgroupSpec = string
container.CgroupnsMode = string
container.IpcMode = string
container.Isolation = string
container.NetworkMode = string
container.PidMode = string
container.RestartPolicyMode = string
container.UTSMode = string
container.Ulimit = units.Ulimit
container.UsernsMode = string
digest.Digest = string
fs.FileMode = uint32
mount.Consistency = string
mount.Propagation = string
mount.Type = string
nat.Port = string
nat.PortMap = map[nat.Port][]nat.PortBinding
nat.PortSet = map[nat.Port]struct{}
strslice.StrSlice = []string
"""
