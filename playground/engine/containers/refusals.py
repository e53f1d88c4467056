"""What a new container asks of its engine that the engine has not.

Source: moby ``daemon/container.go``, ``daemon/create.go``, ``daemon/daemon_unix.go``, ``oci/caps``.
"""

from collections.abc import Callable
from typing import Any

from playground.engine.containers import log_options, modes, mounting, users
from playground.engine.containers.container import Container
from playground.engine.errors import BadParameter, Conflict, EngineError, NotFound, Unimplemented

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
_DEVICES = (
    "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/console", "/dev/fuse",
    "/dev/kmsg", "/dev/net/tun", "/dev/loop-control", "/dev/loop0", "/dev/sda", "/dev/sda1", "/dev/vda", "/dev/vda1",
    "/dev/mem", "/dev/ptmx", "/dev/rtc0", "/dev/snd", "/dev/kvm",
)  # fmt: skip
"""What a machine has."""


def check_capabilities(host: dict[str, Any]) -> None:
    """
    Raises:
        BadParameter: a capability that there is not.
    """
    for field in ("CapAdd", "CapDrop"):
        for name in host[field] or ():
            plain = name.strip().upper().removeprefix("CAP_")
            if plain not in _CAPABILITIES and plain not in ("ALL", "RESET"):
                raise BadParameter(f'invalid {field}: unknown capability: "CAP_{plain}"')


def check(host: dict[str, Any], find: Callable[[str], Container], image: Callable[[str], object]) -> None:
    """Refuse what this engine cannot give. ``find`` and ``image`` raise NotFound for what is not there.

    Raises:
        EngineError: with the engine's sentence.
    """
    driver = host["LogConfig"]["Type"]
    if driver not in _LOG_DRIVERS:
        raise BadParameter(f'error looking up logging plugin {driver}: plugin "{driver}" not found')
    log_options.check(driver, host["LogConfig"]["Config"] or {})
    modes.check_security(host["SecurityOpt"])
    for option in host.get("StorageOpt") or {}:
        if option.lower() != "size":
            raise EngineError(f"Unknown option {option}")
        raise EngineError("--storage-opt is supported only for overlay over xfs with 'pquota' mount option")
    for text in host["VolumesFrom"] or ():
        _must_exist(mounting.check_imported(text), find, "")
    if not _user_defined(host["NetworkMode"]):
        for text in host["Links"] or ():
            name, _, alias = text.partition(":")
            if not text:
                raise EngineError("empty string specified for links")
            if ":" in alias:
                raise EngineError(f"bad format for links: {text}")
            _must_exist(name, find, f"could not get container for {name}: ")
    for mount in host.get("Mounts") or ():
        if mount["Type"] == "image":
            image(mount["Source"])
            raise Unimplemented("mounting an image is not part of the emulation")


def _user_defined(mode: str) -> bool:
    return mode not in ("default", "bridge", "host", "none") and not mode.startswith("container:")


def _must_exist(name: str, find: Callable[[str], Container], prefix: str) -> None:
    try:
        find(name)
    except NotFound as error:
        raise BadParameter(f"{prefix}{error}") from None


def check_start(container: Container, find: Callable[[str], Container]) -> None:
    """Refuse to start as somebody whom the image does not know, or with devices that the machine has not.

    Raises:
        EngineError: with the engine's sentence.
    """
    kind, _, other = container.host_config["NetworkMode"].partition(":")
    if kind == "container":
        _check_shared_network(container, other, find)
    try:
        users.find(container.files, container.config["User"], container.host_config["GroupAdd"] or ())
    except BadParameter as error:
        raise EngineError(str(error)) from None
    for device in container.host_config["Devices"] or ():
        path = device["PathOnHost"]
        if path not in _DEVICES and not path.startswith("/dev/dri"):
            raise EngineError(
                f'error gathering device information while adding custom device "{path}": no such file or directory'
            )
    for key in container.host_config.get("Sysctls") or {}:
        if not key.startswith(("net.", "kernel.msg", "kernel.sem", "kernel.shm", "fs.mqueue.")):
            raise EngineError(
                "failed to create task for container: failed to create shim task: OCI runtime create failed: runc "
                f'create failed: sysctl "{key}" is not in a separate kernel namespace: unknown'
            )


def _check_shared_network(container: Container, name: str, find: Callable[[str], Container]) -> None:
    """Source: moby ``daemon/container_operations.go``, ``getNetworkedContainer``."""
    try:
        other = find(name)
    except NotFound as error:
        raise EngineError(f"joining network namespace of container: {error}") from None
    if other is container:
        raise EngineError("cannot join own network namespace")
    if not other.state.running:
        raise Conflict(
            f"cannot join network namespace of a non running container: container {other.name} is {other.state.word}"
        )
