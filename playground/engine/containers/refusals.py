"""What a new container asks of its engine that the engine has not.

Source: moby ``daemon/container.go``, ``daemon/create.go``, ``daemon/daemon_unix.go``, ``oci/caps``.
"""

from collections.abc import Callable
from typing import Any

from playground.engine.containers.container import Container
from playground.engine.errors import BadParameter, NotFound
from playground.engine.images.life import Image

_CAPABILITIES = (
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
)
_LOG_DRIVERS = ("awslogs", "fluentd", "gcplogs", "gelf", "journald", "json-file", "local", "none", "splunk", "syslog")
_USERS = ("root", "daemon", "bin", "sys", "sync", "mail", "www-data", "nobody", "games", "man", "lp", "news", "uucp")
"""Who is in the password file of most base images."""


def check(
    config: dict[str, Any], host: dict[str, Any], image: Image, cpus: int, find: Callable[[str], Container]
) -> None:
    """Refuse what this engine cannot give. ``find`` raises NotFound for a container that is not there.

    Raises:
        BadParameter: with the engine's sentence.
    """
    if host["NanoCpus"] > cpus * 1_000_000_000:
        raise BadParameter(f"range of CPUs is from 0.01 to {cpus}.00, as there are only {cpus} CPUs available")
    for field in ("CapAdd", "CapDrop"):
        for name in host[field] or ():
            plain = name.strip().upper().removeprefix("CAP_")
            if plain not in _CAPABILITIES and plain not in ("ALL", "RESET"):
                raise BadParameter(f'invalid {field}: unknown capability: "CAP_{plain}"')
    driver = host["LogConfig"]["Type"]
    if driver not in _LOG_DRIVERS:
        raise BadParameter(f'error looking up logging plugin {driver}: plugin "{driver}" not found')
    for text in host["Links"] or ():
        name = text.partition(":")[0]
        _must_exist(name, find, f"could not get container for {name}: ")
    for text in host["VolumesFrom"] or ():
        _must_exist(text.partition(":")[0], find, "")
    mode = host["NetworkMode"]
    if mode.startswith("container:"):
        _must_exist(mode.partition(":")[2], find, "")
    check_user(config["User"], image)


def _must_exist(name: str, find: Callable[[str], Container], prefix: str) -> None:
    try:
        find(name)
    except NotFound as error:
        raise BadParameter(f"{prefix}{error}") from None


def check_user(text: str, image: Image) -> None:
    """Refuse a user that no image has.

    Raises:
        BadParameter: nobody of that name is in the image's password file.
    """
    name = text.partition(":")[0]
    own = (image.user.partition(":")[0], image.repository.rpartition("/")[2])
    if name and not name.isdecimal() and name not in _USERS and name not in own:
        raise BadParameter(f"unable to find user {name}: no matching entries in passwd file")
