"""One container: what it was made from and the state it is in.

Source: moby ``container/container.go``, ``container/state.go``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from playground.api.durations import human_duration
from playground.api.files import MemoryFiles
from playground.engine.clock import Clock
from playground.engine.containers import users
from playground.engine.containers.log import ContainerLog
from playground.engine.errors import BadParameter
from playground.engine.images.registry import Manifest
from playground.sim import Signal

if TYPE_CHECKING:
    from playground.engine.containers.exec import Exec
    from playground.engine.containers.process import MainProcess
    from playground.sim import Timer


GIVEN: Final = "/it"
"""The path of a secret or config in the file system that holds nothing else."""


@dataclass(slots=True)
class Endpoint:
    """A container's place on one network. Addresses have no prefix length; they are empty while not running."""

    network_id: str
    network_name: str
    aliases: tuple[str, ...] = ()
    ipam: dict[str, Any] | None = None
    """``IPAMConfig`` in wire form: the addresses that it asks for."""
    driver_options: dict[str, str] | None = None
    wanted_mac: str = ""
    links: list[str] | None = None
    gw_priority: int = 0
    endpoint_id: str = ""
    address: str = ""
    prefix: int = 0
    gateway: str = ""
    mac: str = ""
    address6: str = ""
    prefix6: int = 0
    gateway6: str = ""


@dataclass(slots=True)
class Mount:
    """A mount point. ``kind`` is ``volume``, ``bind`` or ``tmpfs``; ``name`` that of a volume."""

    kind: str
    source: str
    target: str
    name: str = ""
    read_only: bool = False
    mode: str = ""
    anonymous: bool = False
    subpath: str = ""
    """The part of a volume that is mounted."""
    no_copy: bool = False
    """An empty volume stays empty, whatever the image has in its place."""
    propagation: str = ""
    """Of a bind, where it was said."""
    must_exist: bool = False
    """A bind whose source nobody makes."""
    wanted: dict[str, Any] = field(default_factory=dict)
    """Driver, options and labels of a volume, for when it has to be made first."""

    @property
    def root(self) -> str:
        """Where in the volume the mount begins."""
        return f"/{self.subpath.strip('/')}"


@dataclass(slots=True)
class Health:
    """``status`` is ``starting``, ``healthy`` or ``unhealthy``; ``log`` holds the newest five results in wire form."""

    status: str = "starting"
    failing_streak: int = 0
    log: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class State:
    running: bool = False
    paused: bool = False
    restarting: bool = False
    removing: bool = False
    dead: bool = False
    oom_killed: bool = False
    pid: int = 0
    exit_code: int = 0
    error: str = ""
    started_us: int | None = None
    finished_us: int | None = None
    health: Health | None = None

    @property
    def word(self) -> str:
        """``created``, ``running``, ``paused``, ``restarting``, ``removing``, ``exited`` or ``dead``."""
        if self.running:
            return "paused" if self.paused else "restarting" if self.restarting else "running"
        if self.removing:
            return "removing"
        if self.dead:
            return "dead"
        return "created" if self.started_us is None else "exited"

    def sentence(self, now_us: int) -> str:
        """What ``docker ps`` shows as STATUS."""
        if self.running:
            up = _since(now_us, self.started_us or 0)
            if self.paused:
                return f"Up {up} (Paused)"
            if self.restarting:
                return f"Restarting ({self.exit_code}) {_since(now_us, self.finished_us or 0)} ago"
            if self.health is not None:
                health = "health: starting" if self.health.status == "starting" else self.health.status
                return f"Up {up} ({health})"
            return f"Up {up}"
        if self.removing:
            return "Removal In Progress"
        if self.dead:
            return "Dead"
        if self.started_us is None:
            return "Created"
        if self.finished_us is None:
            return ""
        return f"Exited ({self.exit_code}) {_since(now_us, self.finished_us)} ago"


@dataclass(slots=True)
class Container:
    """A container of one engine. ``config`` and ``host_config`` are in wire form and complete."""

    id: str
    name: str
    created_us: int
    manifest: Manifest
    config: dict[str, Any]
    host_config: dict[str, Any]
    managed: bool
    log: ContainerLog
    files: MemoryFiles
    changed: Signal
    """Notified at every change of state, of health, and when it is removed."""
    mounts: list[Mount] = field(default_factory=list)
    given: dict[str, MemoryFiles] = field(default_factory=dict)
    """Secrets and configs of a task by path: each the only file, ``/it``, of a file system of its own."""
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    """By network name, in the order in which they were connected."""
    ports: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Bound ports while running: ``5000/tcp`` -> [(host address, host port)]."""
    state: State = field(default_factory=State)
    restart_count: int = 0
    restart_delay_us: int = 0
    manually_stopped: bool = False
    manually_restarted: bool = False
    removed: bool = False
    runs: int = 0
    """How often it was started."""
    process: "MainProcess | None" = None
    execs: "dict[str, Exec]" = field(default_factory=dict)
    restart_timer: "Timer | None" = None
    service: dict[str, Any] = field(default_factory=dict)
    """Of a task's container: what the data plane spreads about it (service id and name, ports, virtual IPs)."""
    sinks: "list[Callable[[int, bytes], object]]" = field(default_factory=list)
    """Attached clients, of this run or of the one to come: each takes stream and bytes."""
    serving: bool = False
    """True while it may get traffic of its service."""

    @property
    def short_id(self) -> str:
        return self.id[:12]

    @property
    def hostname(self) -> str:
        return str(self.config["Hostname"])

    @property
    def labels(self) -> dict[str, str]:
        return self.config.get("Labels") or {}

    @property
    def words(self) -> list[str]:
        """Path and arguments of its main program."""
        return [*(self.config.get("Entrypoint") or ()), *(self.config.get("Cmd") or ())]

    @property
    def environment(self) -> dict[str, str]:
        found = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME": self.hostname}
        if self.config["Tty"]:
            found["TERM"] = "xterm"
        for entry in self.config.get("Env") or ():
            name, has_value, value = entry.partition("=")
            if has_value:
                found[name] = value
        if "HOME" not in found:
            try:
                found["HOME"] = users.find(self.files, self.config.get("User", "")).home
            except BadParameter:
                found["HOME"] = "/"
        return found

    @property
    def given_environment(self) -> frozenset[str]:
        """The names of what its configuration sets."""
        return frozenset(entry.partition("=")[0] for entry in self.config.get("Env") or () if "=" in entry)

    @property
    def stop_signal(self) -> str:
        return str(self.config.get("StopSignal") or "SIGTERM")

    @property
    def stop_timeout_s(self) -> int:
        given = self.config.get("StopTimeout")
        return 10 if given is None else int(given)

    def dns_names(self, endpoint: Endpoint) -> list[str]:
        """Names by which others on the endpoint's network find it; none on the default bridge.

        Source: moby ``daemon/container_operations.go``, ``buildEndpointDNSNames``.
        """
        names = [self.name, *endpoint.aliases, self.short_id, self.hostname]
        return list(dict.fromkeys(names))


def command_text(container: Container) -> str:
    """Path and arguments as ``GET /containers/json`` gives them; words with blanks are quoted.

    Source: moby ``container/view.go``.
    """
    path, *arguments = container.words
    if not arguments:
        return path
    quoted = [f"'{argument}'" if any(blank in argument for blank in " \t\n") else argument for argument in arguments]
    return f"{path} {' '.join(quoted)}"


def status(container: Container, clock: Clock) -> str:
    return container.state.sentence(clock.now_us)


def _since(now_us: int, then_us: int) -> str:
    return human_duration((now_us - then_us) * 1_000)
