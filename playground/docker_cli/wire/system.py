"""Shapes of engines: info, version, events, disk usage on the wire, as ``shapes`` reads them.

Source: moby api/types at v28.1.1.
"""

SHAPES = """
events.Actor:
  ID string; Attributes map[string]string
events.Message:
  Status=status string?; ID=id string?; From=from string?; Type events.Type; Action events.Action; Actor
  events.Actor; Scope=scope string?; Time=time int64?; TimeNano=timeNano int64?
registry.IndexInfo:
  Name string; Mirrors []string; Secure bool; Official bool
registry.ServiceConfig:
  AllowNondistributableArtifactsCIDRs []*registry.NetIPNet?; AllowNondistributableArtifactsHostnames []string?;
  InsecureRegistryCIDRs []*registry.NetIPNet; IndexConfigs map[string]*registry.IndexInfo; Mirrors []string
system.Commit:
  ID string; Expected string?
system.ContainerdInfo:
  Address string?; Namespaces system.ContainerdNamespaces
system.ContainerdNamespaces:
  Containers string; Plugins string
system.FirewallInfo:
  Driver string; Info [][]string?
system.Info:
  ID string; Containers int; ContainersRunning int; ContainersPaused int; ContainersStopped int; Images int;
  Driver string; DriverStatus [][]string; SystemStatus [][]string?; Plugins system.PluginsInfo; MemoryLimit
  bool; SwapLimit bool; KernelMemory bool?; KernelMemoryTCP bool?; CPUCfsPeriod=CpuCfsPeriod bool;
  CPUCfsQuota=CpuCfsQuota bool; CPUShares bool; CPUSet bool; PidsLimit bool; IPv4Forwarding bool;
  BridgeNfIptables bool; BridgeNfIP6tables=BridgeNfIp6tables bool; Debug bool; NFd int; OomKillDisable bool;
  NGoroutines int; SystemTime string; LoggingDriver string; CgroupDriver string; CgroupVersion string?;
  NEventsListener int; KernelVersion string; OperatingSystem string; OSVersion string; OSType string;
  Architecture string; IndexServerAddress string; RegistryConfig *registry.ServiceConfig; NCPU int; MemTotal
  int64; GenericResources []swarm.GenericResource; DockerRootDir string; HTTPProxy=HttpProxy string;
  HTTPSProxy=HttpsProxy string; NoProxy string; Name string; Labels []string; ExperimentalBuild bool;
  ServerVersion string; Runtimes map[string]system.RuntimeWithStatus; DefaultRuntime string; Swarm swarm.Info;
  LiveRestoreEnabled bool; Isolation container.Isolation; InitBinary string; ContainerdCommit system.Commit;
  RuncCommit system.Commit; InitCommit system.Commit; SecurityOptions []string; ProductLicense string?;
  DefaultAddressPools []system.NetworkAddressPool?; FirewallBackend *system.FirewallInfo?; CDISpecDirs []string;
  Containerd *system.ContainerdInfo?; Warnings []string
system.NetworkAddressPool:
  Base string; Size int
system.PluginsInfo:
  Volume []string; Network []string; Authorization []string; Log []string
system.Runtime:
  Path=path string?; Args=runtimeArgs []string?; Type=runtimeType string?; Options=options map[string]any?
system.RuntimeWithStatus:
  +system.Runtime; Status=status map[string]string?
types.BuildCache:
  ID string; Parent string?; Parents []string?; Type string; Description string; InUse bool; Shared bool; Size
  int64; CreatedAt time.Time; LastUsedAt *time.Time; UsageCount int
types.ComponentVersion:
  Name string; Version string; Details map[string]string?
types.DiskUsage:
  LayersSize int64; Images []*image.Summary; Containers []*container.Summary; Volumes []*volume.Volume;
  BuildCache []*types.BuildCache; BuilderSize int64?
types.Version:
  Platform types.VersionPlatform?; Components []types.ComponentVersion?; Version string; APIVersion=ApiVersion
  string; MinAPIVersion string?; GitCommit string; GoVersion string; Os string; Arch string; KernelVersion
  string?; Experimental bool?; BuildTime string?
types.VersionPlatform:
  Name string
events.Action = string
events.Type = string
net.IPNet = string
registry.NetIPNet = string
"""
