"""Shapes of images, volumes and networks on the wire, as ``shapes`` reads them.

Source: moby api/types at v28.1.1.
"""

SHAPES = """
image.InspectResponse:
  ID=Id string; RepoTags []string; RepoDigests []string; Parent string; Comment string; Created string?;
  Container string?; ContainerConfig *container.Config?; DockerVersion string; Author string; Config
  *container.Config; Architecture string; Variant string?; Os string; OsVersion string?; Size int64; VirtualSize
  int64?; GraphDriver storage.DriverData; RootFS image.RootFS; Metadata image.Metadata; Descriptor
  *ocispec.Descriptor?; Manifests []image.ManifestSummary?
image.ManifestSummary:
  ID string; Descriptor ocispec.Descriptor; Available bool
image.Metadata:
  LastTagTime time.Time?
image.RootFS:
  Type string?; Layers []string?
image.Summary:
  Containers int64; Created int64; ID=Id string; Labels map[string]string; ParentID=ParentId string; Descriptor
  *ocispec.Descriptor?; Manifests []image.ManifestSummary?; RepoDigests []string; RepoTags []string; SharedSize
  int64; Size int64; VirtualSize int64?
network.Address:
  Addr string; PrefixLen int
network.ConfigReference:
  Network string
network.EndpointIPAMConfig:
  IPv4Address string?; IPv6Address string?; LinkLocalIPs []string?
network.EndpointResource:
  Name string; EndpointID string; MacAddress string; IPv4Address string; IPv6Address string
network.EndpointSettings:
  IPAMConfig *network.EndpointIPAMConfig; Links []string; Aliases []string; MacAddress string; DriverOpts
  map[string]string; GwPriority int; NetworkID string; EndpointID string; Gateway string; IPAddress string;
  IPPrefixLen int; IPv6Gateway string; GlobalIPv6Address string; GlobalIPv6PrefixLen int; DNSNames []string
network.IPAM:
  Driver string; Options map[string]string; Config []network.IPAMConfig
network.IPAMConfig:
  Subnet string?; IPRange string?; Gateway string?; AuxAddress=AuxiliaryAddresses map[string]string?
network.Inspect:
  Name string; ID=Id string; Created time.Time; Scope string; Driver string; EnableIPv4 bool; EnableIPv6 bool;
  IPAM network.IPAM; Internal bool; Attachable bool; Ingress bool; ConfigFrom network.ConfigReference;
  ConfigOnly bool; Containers map[string]network.EndpointResource; Options map[string]string; Labels
  map[string]string; Peers []network.PeerInfo?; Services map[string]network.ServiceInfo?
network.PeerInfo:
  Name string; IP string
network.ServiceInfo:
  VIP string; Ports []string; LocalLBIndex int; Tasks []network.Task
network.Task:
  Name string; EndpointID string; EndpointIP string; Info map[string]string
volume.UsageData:
  RefCount int64; Size int64
volume.Volume:
  CreatedAt string?; Driver string; Labels map[string]string; Mountpoint string; Name string; Options
  map[string]string; Scope string; Status map[string]any?; UsageData *volume.UsageData?
network.Summary = network.Inspect
volume.Availability = string
volume.PublishState = string
volume.Scope = string
volume.SharingMode = string
"""
