"""The container, network and volume structs of the Engine API: which keys, in which order.

Source: moby ``api/types/container``, ``api/types/network``, ``api/types/volume``.
"""

from collections.abc import Mapping
from typing import Any

from playground.swarm.errors import BadConfiguration
from playground.swarm.wire.container_types import MOUNT
from playground.swarm.wire.shape import (
    BOOL,
    DURATION,
    INT,
    INT64,
    STRING,
    STRINGS,
    UINT64,
    Int,
    Kind,
    List,
    Pointer,
    String,
    Struct,
    mismatch,
)
from playground.swarm.wire.types import NETWORK_IPAM

OMIT = True
UINT16 = Int("uint16", signed=False, bits=16)


class Words(Kind):
    """``strslice.StrSlice``: a list of words, or one word."""

    go_type = "[]string"

    def zero(self) -> Any:
        return None

    def read(self, value: Any, where: str) -> Any:
        if isinstance(value, str):
            return [value]
        try:
            return List(STRING).read(value, where)
        except BadConfiguration:
            raise mismatch(value, where, "string") from None  # Go tries a list first and a word last.


class MapOf(Kind):
    """``map[string]T`` with T by its kind; an absent one is null."""

    def __init__(self, of: Kind, name: str = "") -> None:
        self.of = of
        self._name = name

    @property
    def go_type(self) -> str:
        return self._name or f"map[string]{self.of.go_type}"

    def zero(self) -> Any:
        return None

    def read(self, value: Any, where: str) -> Any:
        if not isinstance(value, Mapping):
            raise mismatch(value, where, self.go_type)
        return {key: self.of.zero() if value[key] is None else self.of.read(value[key], where) for key in sorted(value)}


class Empty(Struct):
    """``struct{}``, the values of a set."""

    go_type = "struct {}"


class Two(Kind):
    """``[2]uint``: what is missing is zero, what is too much is dropped."""

    go_type = "[2]uint"

    def zero(self) -> Any:
        return [0, 0]

    def read(self, value: Any, where: str) -> Any:
        if not isinstance(value, list):
            raise mismatch(value, where, self.go_type)
        numbers = List(Int("uint", signed=False)).read(value, where)
        return [*numbers, 0, 0][:2]


class Pointers(List):
    """A slice of pointers, as refusals call it."""

    @property
    def go_type(self) -> str:
        return f"[]*{self.of.go_type}"


EMPTY = Empty("struct {}")
HEALTHCHECK = Struct(
    "v1.HealthcheckConfig",
    ("Test", List(STRING), OMIT),
    ("Interval", DURATION, OMIT),
    ("Timeout", DURATION, OMIT),
    ("StartPeriod", DURATION, OMIT),
    ("StartInterval", DURATION, OMIT),
    ("Retries", INT, OMIT),
)
CONFIG_FIELDS = (
    ("Hostname", STRING),
    ("Domainname", STRING),
    ("User", STRING),
    ("AttachStdin", BOOL),
    ("AttachStdout", BOOL),
    ("AttachStderr", BOOL),
    ("ExposedPorts", MapOf(EMPTY, "nat.PortSet"), OMIT),
    ("Tty", BOOL),
    ("OpenStdin", BOOL),
    ("StdinOnce", BOOL),
    ("Env", List(STRING)),
    ("Cmd", Words()),
    ("Healthcheck", Pointer(HEALTHCHECK), OMIT),
    ("ArgsEscaped", BOOL, OMIT),
    ("Image", STRING),
    ("Volumes", MapOf(EMPTY)),
    ("WorkingDir", STRING),
    ("Entrypoint", Words()),
    ("NetworkDisabled", BOOL, OMIT),
    ("MacAddress", STRING, OMIT),
    ("OnBuild", List(STRING)),
    ("Labels", STRINGS),
    ("StopSignal", STRING, OMIT),
    ("StopTimeout", Pointer(INT), OMIT),
    ("Shell", Words(), OMIT),
)
CONFIG = Struct("container.Config", *CONFIG_FIELDS)
RESTART_POLICY = Struct(
    "container.RestartPolicy", ("Name", String("container.RestartPolicyMode")), ("MaximumRetryCount", INT)
)
PORT_BINDING = Struct("nat.PortBinding", ("HostIp", STRING), ("HostPort", STRING))
ULIMIT = Struct("units.Ulimit", ("Name", STRING), ("Hard", INT64), ("Soft", INT64))
DEVICE = Struct(
    "container.DeviceMapping", ("PathOnHost", STRING), ("PathInContainer", STRING), ("CgroupPermissions", STRING)
)
WEIGHT_DEVICE = Struct("blkiodev.WeightDevice", ("Path", STRING), ("Weight", UINT16))
THROTTLE_DEVICE = Struct("blkiodev.ThrottleDevice", ("Path", STRING), ("Rate", UINT64))
DEVICE_REQUEST = Struct(
    "container.DeviceRequest",
    ("Driver", STRING),
    ("Count", INT),
    ("DeviceIDs", List(STRING)),
    ("Capabilities", List(List(STRING))),
    ("Options", STRINGS),
)
RESOURCE_FIELDS: tuple[Any, ...] = (
    ("CpuShares", INT64),
    ("Memory", INT64),
    ("NanoCpus", INT64),
    ("CgroupParent", STRING),
    ("BlkioWeight", UINT16),
    ("BlkioWeightDevice", Pointers(WEIGHT_DEVICE)),
    ("BlkioDeviceReadBps", Pointers(THROTTLE_DEVICE)),
    ("BlkioDeviceWriteBps", Pointers(THROTTLE_DEVICE)),
    ("BlkioDeviceReadIOps", Pointers(THROTTLE_DEVICE)),
    ("BlkioDeviceWriteIOps", Pointers(THROTTLE_DEVICE)),
    ("CpuPeriod", INT64),
    ("CpuQuota", INT64),
    ("CpuRealtimePeriod", INT64),
    ("CpuRealtimeRuntime", INT64),
    ("CpusetCpus", STRING),
    ("CpusetMems", STRING),
    ("Devices", List(DEVICE)),
    ("DeviceCgroupRules", List(STRING)),
    ("DeviceRequests", List(DEVICE_REQUEST)),
    ("MemoryReservation", INT64),
    ("MemorySwap", INT64),
    ("MemorySwappiness", Pointer(INT64)),
    ("OomKillDisable", Pointer(BOOL)),
    ("PidsLimit", Pointer(INT64)),
    ("Ulimits", Pointers(ULIMIT)),
    ("CpuCount", INT64),
    ("CpuPercent", INT64),
    ("IOMaximumIOps", UINT64),
    ("IOMaximumBandwidth", UINT64),
)
HOST_CONFIG = Struct(
    "container.HostConfig",
    ("Binds", List(STRING)),
    ("ContainerIDFile", STRING),
    ("LogConfig", Struct("container.LogConfig", ("Type", STRING), ("Config", STRINGS))),
    ("NetworkMode", String("container.NetworkMode")),
    ("PortBindings", MapOf(List(PORT_BINDING), "nat.PortMap")),
    ("RestartPolicy", RESTART_POLICY),
    ("AutoRemove", BOOL),
    ("VolumeDriver", STRING),
    ("VolumesFrom", List(STRING)),
    ("ConsoleSize", Two()),
    ("Annotations", STRINGS, OMIT),
    ("CapAdd", Words()),
    ("CapDrop", Words()),
    ("CgroupnsMode", String("container.CgroupnsMode")),
    ("Dns", List(STRING)),
    ("DnsOptions", List(STRING)),
    ("DnsSearch", List(STRING)),
    ("ExtraHosts", List(STRING)),
    ("GroupAdd", List(STRING)),
    ("IpcMode", String("container.IpcMode")),
    ("Cgroup", String("container.CgroupSpec")),
    ("Links", List(STRING)),
    ("OomScoreAdj", INT),
    ("PidMode", String("container.PidMode")),
    ("Privileged", BOOL),
    ("PublishAllPorts", BOOL),
    ("ReadonlyRootfs", BOOL),
    ("SecurityOpt", List(STRING)),
    ("StorageOpt", STRINGS, OMIT),
    ("Tmpfs", STRINGS, OMIT),
    ("UTSMode", String("container.UTSMode")),
    ("UsernsMode", String("container.UsernsMode")),
    ("ShmSize", INT64),
    ("Sysctls", STRINGS, OMIT),
    ("Runtime", String("swarm.RuntimeType"), OMIT),
    ("Isolation", String("container.Isolation")),
    *RESOURCE_FIELDS,
    ("Mounts", List(MOUNT), OMIT),
    ("MaskedPaths", List(STRING)),
    ("ReadonlyPaths", List(STRING)),
    ("Init", Pointer(BOOL), OMIT),
)
UPDATE = Struct("container.UpdateConfig", *RESOURCE_FIELDS, ("RestartPolicy", RESTART_POLICY))
ENDPOINT_SETTINGS = Struct(
    "network.EndpointSettings",
    (
        "IPAMConfig",
        Pointer(
            Struct(
                "network.EndpointIPAMConfig",
                ("IPv4Address", STRING, OMIT),
                ("IPv6Address", STRING, OMIT),
                ("LinkLocalIPs", List(STRING), OMIT),
            )
        ),
    ),
    ("Links", List(STRING)),
    ("Aliases", List(STRING)),
    ("MacAddress", STRING),
    ("DriverOpts", STRINGS),
    ("GwPriority", INT),
    ("NetworkID", STRING),
    ("EndpointID", STRING),
    ("Gateway", STRING),
    ("IPAddress", STRING),
    ("IPPrefixLen", INT),
    ("IPv6Gateway", STRING),
    ("GlobalIPv6Address", STRING),
    ("GlobalIPv6PrefixLen", INT),
    ("DNSNames", List(STRING)),
)
CREATE = Struct(
    "container.CreateRequest",
    *CONFIG_FIELDS,
    ("HostConfig", Pointer(HOST_CONFIG)),
    (
        "NetworkingConfig",
        Pointer(Struct("network.NetworkingConfig", ("EndpointsConfig", MapOf(Pointer(ENDPOINT_SETTINGS))))),
    ),
)
EXEC_CREATE = Struct(
    "container.ExecOptions",
    ("User", STRING),
    ("Privileged", BOOL),
    ("Tty", BOOL),
    ("ConsoleSize", Pointer(Two()), OMIT),
    ("AttachStdin", BOOL),
    ("AttachStderr", BOOL),
    ("AttachStdout", BOOL),
    ("DetachKeys", STRING),
    ("Env", List(STRING)),
    ("WorkingDir", STRING),
    ("Cmd", List(STRING)),
)
EXEC_START = Struct(
    "container.ExecStartOptions", ("Detach", BOOL), ("Tty", BOOL), ("ConsoleSize", Pointer(Two()), OMIT)
)
NETWORK_CREATE = Struct(
    "network.CreateRequest",
    ("Name", STRING),
    ("Driver", STRING),
    ("Scope", STRING),
    ("EnableIPv4", Pointer(BOOL), OMIT),
    ("EnableIPv6", Pointer(BOOL), OMIT),
    ("IPAM", Pointer(NETWORK_IPAM)),
    ("Internal", BOOL),
    ("Attachable", BOOL),
    ("Ingress", BOOL),
    ("ConfigOnly", BOOL),
    ("ConfigFrom", Pointer(Struct("network.ConfigReference", ("Network", STRING)))),
    ("Options", STRINGS),
    ("Labels", STRINGS),
)
NETWORK_CONNECT = Struct(
    "network.ConnectOptions", ("Container", STRING), ("EndpointConfig", Pointer(ENDPOINT_SETTINGS), OMIT)
)
NETWORK_DISCONNECT = Struct("network.DisconnectOptions", ("Container", STRING), ("Force", BOOL))
AUTH = Struct(
    "registry.AuthConfig",
    ("username", STRING, OMIT),
    ("password", STRING, OMIT),
    ("auth", STRING, OMIT),
    ("serveraddress", STRING, OMIT),
    ("identitytoken", STRING, OMIT),
    ("registrytoken", STRING, OMIT),
)
VOLUME_CREATE = Struct(
    "volume.CreateOptions",
    ("Name", STRING, OMIT),
    ("Driver", STRING, OMIT),
    ("DriverOpts", STRINGS, OMIT),
    ("Labels", STRINGS, OMIT),
)


def read(shape: Struct, body: Any) -> dict[str, Any]:
    """A request body in canonical form; an absent one is the empty struct.

    Raises:
        BadConfiguration: a value has the wrong JSON type.
    """
    # Go names the type with its package when the whole is wrong, without it when a field is.
    if body is not None and not isinstance(body, Mapping):
        raise mismatch(body, "", shape.go_type)
    return shape.write(body or {}, shape.name.rpartition(".")[2])
