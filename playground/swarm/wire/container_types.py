"""The structs of a service's containers: which keys, in which order.

Source: moby ``api/types/swarm/{container,secret,config}.go``, ``api/types/{container,mount}``.
"""

from playground.swarm.wire.shape import (
    BOOL,
    BYTES,
    DURATION,
    INT,
    INT64,
    STRING,
    STRINGS,
    Int,
    List,
    Pointer,
    String,
    Struct,
)

OMIT = True
FILE_MODE = Int("fs.FileMode", signed=False, bits=32)
DRIVER = Struct("Driver", ("Name", STRING, OMIT), ("Options", STRINGS, OMIT))

PROPAGATION = Struct(
    "mount.BindOptions",
    ("Propagation", String("mount.Propagation"), OMIT),
    ("NonRecursive", BOOL, OMIT),
    ("CreateMountpoint", BOOL, OMIT),
    ("ReadOnlyNonRecursive", BOOL, OMIT),
    ("ReadOnlyForceRecursive", BOOL, OMIT),
)
MOUNT = Struct(
    "mount.Mount",
    ("Type", String("mount.Type"), OMIT),
    ("Source", STRING, OMIT),
    ("Target", STRING, OMIT),
    ("ReadOnly", BOOL, OMIT),
    ("Consistency", String("mount.Consistency"), OMIT),
    ("BindOptions", Pointer(PROPAGATION), OMIT),
    (
        "VolumeOptions",
        Pointer(
            Struct(
                "mount.VolumeOptions",
                ("NoCopy", BOOL, OMIT),
                ("Labels", STRINGS, OMIT),
                ("Subpath", STRING, OMIT),
                ("DriverConfig", Pointer(DRIVER), OMIT),
            )
        ),
        OMIT,
    ),
    (
        "TmpfsOptions",
        Pointer(
            Struct(
                "mount.TmpfsOptions",
                ("SizeBytes", INT64, OMIT),
                ("Mode", FILE_MODE, OMIT),
                ("Options", List(List(STRING)), OMIT),
            )
        ),
        OMIT,
    ),
    ("ImageOptions", Pointer(Struct("mount.ImageOptions", ("Subpath", STRING, OMIT))), OMIT),
)
PRIVILEGES = Struct(
    "Privileges",
    (
        "CredentialSpec",
        Pointer(Struct("CredentialSpec", ("Config", STRING), ("File", STRING), ("Registry", STRING))),
    ),
    (
        "SELinuxContext",
        Pointer(
            Struct(
                "SELinuxContext",
                ("Disable", BOOL),
                ("User", STRING),
                ("Role", String("swarm.NodeRole")),
                ("Type", STRING),
                ("Level", STRING),
            )
        ),
    ),
    (
        "Seccomp",
        Pointer(Struct("SeccompOpts", ("Mode", String("swarm.SeccompMode"), OMIT), ("Profile", BYTES, OMIT))),
        OMIT,
    ),
    ("AppArmor", Pointer(Struct("AppArmorOpts", ("Mode", String("swarm.AppArmorMode"), OMIT))), OMIT),
    ("NoNewPrivileges", BOOL),
)
HEALTH_CONFIG = Struct(
    "v1.HealthcheckConfig",
    ("Test", List(STRING), OMIT),
    ("Interval", DURATION, OMIT),
    ("Timeout", DURATION, OMIT),
    ("StartPeriod", DURATION, OMIT),
    ("StartInterval", DURATION, OMIT),
    ("Retries", INT, OMIT),
)
DNS_CONFIG = Struct(
    "DNSConfig",
    ("Nameservers", List(STRING), OMIT),
    ("Search", List(STRING), OMIT),
    ("Options", List(STRING), OMIT),
)
FILE_TARGET = (("Name", STRING), ("UID", STRING), ("GID", STRING), ("Mode", FILE_MODE))
SECRET_REFERENCE = Struct(
    "SecretReference",
    ("File", Pointer(Struct("SecretReferenceFileTarget", *FILE_TARGET))),
    ("SecretID", STRING),
    ("SecretName", STRING),
)
CONFIG_REFERENCE = Struct(
    "ConfigReference",
    ("File", Pointer(Struct("ConfigReferenceFileTarget", *FILE_TARGET)), OMIT),
    ("Runtime", Pointer(Struct("ConfigReferenceRuntimeTarget")), OMIT),
    ("ConfigID", STRING),
    ("ConfigName", STRING),
)
ULIMIT = Struct("container.Ulimit", ("Name", STRING), ("Hard", INT64), ("Soft", INT64))
CONTAINER_SPEC = Struct(
    "ContainerSpec",
    ("Image", STRING, OMIT),
    ("Labels", STRINGS, OMIT),
    ("Command", List(STRING), OMIT),
    ("Args", List(STRING), OMIT),
    ("Hostname", STRING, OMIT),
    ("Env", List(STRING), OMIT),
    ("Dir", STRING, OMIT),
    ("User", STRING, OMIT),
    ("Groups", List(STRING), OMIT),
    ("Privileges", Pointer(PRIVILEGES), OMIT),
    ("Init", Pointer(BOOL), OMIT),
    ("StopSignal", STRING, OMIT),
    ("TTY", BOOL, OMIT),
    ("OpenStdin", BOOL, OMIT),
    ("ReadOnly", BOOL, OMIT),
    ("Mounts", List(MOUNT), OMIT),
    ("StopGracePeriod", Pointer(DURATION), OMIT),
    ("Healthcheck", Pointer(HEALTH_CONFIG), OMIT),
    ("Hosts", List(STRING), OMIT),
    ("DNSConfig", Pointer(DNS_CONFIG), OMIT),
    ("Secrets", List(SECRET_REFERENCE), OMIT),
    ("Configs", List(CONFIG_REFERENCE), OMIT),
    ("Isolation", String("container.Isolation"), OMIT),
    ("Sysctls", STRINGS, OMIT),
    ("CapabilityAdd", List(STRING), OMIT),
    ("CapabilityDrop", List(STRING), OMIT),
    ("Ulimits", List(ULIMIT), OMIT),
    ("OomScoreAdj", INT64, OMIT),
)
