"""What this machine can do for each backend, found by asking it. Changes nothing on the machine.

A probe never guesses: what it cannot find out is ``unknown``, with what would settle it.
"""

import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from playground.backends.api_view import sentence
from playground.backends.real.driver import DriverError, reason_of

GIB = 1 << 30
NODE_MEMORY = {"docker": GIB // 4, "multipass": GIB}
"""What a node takes at least, in bytes: a dockerd with a few small tasks; a virtual machine with Ubuntu in it."""
DEFAULT_SOCKET = "/var/run/docker.sock"
OLDEST_ENGINE = (20, 10)
MULTIPASS_SOCKETS = ("/var/snap/multipass/common/multipass_socket", "/run/multipass_socket")


class Answer(StrEnum):
    """How a probe ended."""

    WORKS = "works"
    LIMITED = "limited"
    MISSING = "missing"
    UNKNOWN = "unknown"


class Need(StrEnum):
    """What a lesson may ask of the nodes it runs on."""

    NODES = "nodes"
    INGRESS = "ingress"
    OVERLAY = "overlay"
    FAULTS = "network faults"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: ``says`` what is, ``remedy`` what to do, ``costs`` what lessons must do without."""

    backend: str
    topic: str
    answer: Answer
    says: str
    remedy: str = ""
    costs: tuple[Need, ...] = ()


class Surroundings(Protocol):
    """The machine as probes see it."""

    def run(self, command: Sequence[str]) -> tuple[int, str]:
        """Exit code and what was printed (both streams) of a command; 127 where there is none of that name."""

    def read(self, path: str) -> str | None:
        """The text of a file; None when it is not there."""

    def openable(self, path: str) -> bool | None:
        """Whether this user may read and write it; None when it is not there."""

    def memory(self) -> int:
        """Bytes of memory in all."""

    def engine(self) -> Any:
        """A client of the outer Docker Engine. Raises ``docker.errors.DockerException`` and ``OSError``."""


class ThisMachine:
    """The surroundings of this process."""

    def run(self, command: Sequence[str]) -> tuple[int, str]:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        except FileNotFoundError:
            return 127, ""
        except (OSError, subprocess.TimeoutExpired) as error:
            return 126, str(error)
        return done.returncode, f"{done.stdout}{done.stderr}".strip()

    def read(self, path: str) -> str | None:
        try:
            return Path(path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def openable(self, path: str) -> bool | None:
        return os.access(path, os.R_OK | os.W_OK) if Path(path).exists() else None

    def memory(self) -> int:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")

    def engine(self) -> Any:
        import docker

        client = docker.from_env(timeout=10)
        client.ping()
        return client


def probe(machine: Surroundings, node_image: str, trial: Callable[[Any], str]) -> Iterator[Finding]:
    """Look at everything.

    ``trial`` runs a throwaway node on the engine and returns what ``TRIAL`` printed there; it raises ``DriverError``
    where the engine starts none.
    """
    yield Finding("emulated", "engine", Answer.WORKS, "needs nothing of the machine; every lesson works")
    yield from _docker(machine, node_image, trial)
    yield from _multipass(machine)


def _docker(machine: Surroundings, node_image: str, trial: Callable[[Any], str]) -> Iterator[Finding]:
    from docker.errors import DockerException

    try:
        engine = machine.engine()
        version, info = engine.version(), engine.info()
    except (DockerException, OSError) as error:
        yield _no_engine(machine, error)
        return
    number = str(version.get("Version", ""))
    old = tuple(int(part) for part in number.split(".")[:2] if part.isdigit()) < OLDEST_ENGINE
    yield Finding(
        "docker",
        "engine",
        Answer.MISSING if old else Answer.WORKS,
        f"Docker Engine {number}, API {version.get('ApiVersion')}, storage driver {info.get('Driver')}",
        f"Install Docker Engine {OLDEST_ENGINE[0]}.{OLDEST_ENGINE[1]} or newer." if old else "",
        (Need.NODES,) if old else (),
    )
    group = str(info.get("CgroupVersion", "")) or "unknown"
    yield Finding(
        "docker",
        "cgroups",
        Answer.WORKS if group in ("1", "2") else Answer.UNKNOWN,
        f"version {group}, driver {info.get('CgroupDriver', 'unknown')}",
    )
    yield _memory("docker", int(info.get("MemTotal") or 0) or machine.memory())
    yield _ingress(machine, str(info.get("KernelVersion", "")))
    if not _has_image(engine, node_image):
        says = f"there is no node image {node_image} yet, so nodes were not tried"
        yield Finding("docker", "nodes", Answer.UNKNOWN, says, "Make it: swarm-playground node-image")
        return
    try:
        printed = trial(engine)
    except DriverError as error:
        yield Finding(
            "docker",
            "nodes",
            Answer.MISSING,
            sentence(f"the engine does not start a node: {error}"),
            "Look at the engine's log. An engine without root, or without CAP_SYS_ADMIN, cannot hold nodes.",
            (Need.NODES,),
        )
        return
    yield from _tried(printed)


TRIAL = """
try() { name=$1; shift; if out=$("$@" 2>&1); then echo "$name yes"; else echo "$name no" $out; fi; }
try nodes mount -t tmpfs trial /mnt
try overlayfs grep -qw overlay /proc/filesystems
try vxlan ip link add trial0 type vxlan id 4097 dstport 4789 dev lo
try iptables iptables -w -N TRIAL
try netem tc qdisc add dev lo root netem delay 1ms
"""
"""Run as root in a node that is thrown away afterwards: a line for each thing tried."""


def _tried(printed: str) -> Iterator[Finding]:
    rows = {
        "nodes": ("a node may mount file systems", "nodes", (Need.NODES,)),
        "overlayfs": ("nodes store images with overlay2", "storage", ()),
        "vxlan": ("overlay networks between nodes", "overlay", (Need.OVERLAY, Need.INGRESS)),
        "iptables": ("cuts and partitions (iptables)", "partitions", (Need.FAULTS,)),
        "netem": ("slow links (tc netem)", "slow links", ()),
    }
    for line in printed.splitlines():
        name, _, rest = line.strip().partition(" ")
        verdict, _, reason = rest.partition(" ")
        if name not in rows:
            continue
        says, topic, costs = rows[name]
        if verdict == "yes":
            yield Finding("docker", topic, Answer.WORKS, says)
        elif name == "overlayfs":
            yield Finding(
                "docker", topic, Answer.LIMITED, "no overlay file system: nodes copy image layers, and are slower"
            )
        else:
            remedy = (
                "The engine's kernel or its confinement forbids it; a virtual machine with a full kernel allows it."
            )
            lost = sentence(f"not possible: {says}: {reason.strip()}")
            yield Finding("docker", topic, Answer.MISSING, lost, remedy, costs)


def _no_engine(machine: Surroundings, error: Exception) -> Finding:
    socket = os.environ.get("DOCKER_HOST", "").removeprefix("unix://") or DEFAULT_SOCKET
    if (socket.startswith("/") and machine.openable(socket) is False) or _is(error, errno.EACCES):
        says = f"there is an engine, but this user may not open {socket}"
        remedy = (
            "Join the group docker (sudo usermod -aG docker $USER, then log in again). That group is as good as root."
        )
    elif socket.startswith("/") and machine.openable(socket) is None and shutil.which("dockerd") is None:
        says = "no Docker Engine is installed"
        remedy = "Install one (Debian and Ubuntu: sudo apt-get install docker.io)."
    else:
        says = f"no Docker Engine answers at {socket}: {reason_of(error)}"
        remedy = "Start it (sudo systemctl start docker), or set DOCKER_HOST to one that runs."
    return Finding("docker", "engine", Answer.MISSING, says, remedy, (Need.NODES,))


def _is(error: BaseException | None, number: int) -> bool:
    while error is not None:
        if isinstance(error, OSError) and error.errno == number:
            return True
        error = error.__cause__ or error.__context__
    return False


def _has_image(engine: Any, name: str) -> bool:
    import docker

    try:
        engine.images.get(name)
    except docker.errors.ImageNotFound:
        return False
    return True


def _ingress(machine: Surroundings, kernel: str) -> Finding:
    """The routing mesh and virtual addresses are IPVS rules of the kernel that the engine runs on."""
    here = machine.run(["uname", "-r"])[1]
    if machine.read("/proc/net/ip_vs") is not None:
        return Finding(
            "docker", "ingress", Answer.WORKS, "the kernel has IPVS, so published ports answer on every node"
        )
    if kernel and here != kernel:
        return Finding(
            "docker",
            "ingress",
            Answer.UNKNOWN,
            f"the engine runs on another kernel ({kernel}); IPVS was not looked for there",
        )
    listed = [machine.read(f"/lib/modules/{here}/{name}") or "" for name in ("modules.dep", "modules.builtin")]
    if any("/ip_vs.ko" in text for text in listed):
        return Finding(
            "docker", "ingress", Answer.WORKS, "the kernel can load IPVS, so published ports answer on every node"
        )
    return Finding(
        "docker",
        "ingress",
        Answer.MISSING,
        sentence("the kernel has no IPVS: neither published ports nor the virtual addresses of services answer"),
        "Use a kernel with the module ip_vs; those of the distributions have it.",
        (Need.INGRESS,),
    )


def _memory(backend: str, total: int) -> Finding:
    each = NODE_MEMORY[backend]
    nodes = int(total * 0.8) // each
    says = f"{total / GIB:.1f} GiB, enough for about {nodes} nodes"
    if nodes >= 5:
        return Finding(backend, "memory", Answer.WORKS, says)
    remedy = "Lessons with more nodes than that need a machine with more memory."
    return Finding(backend, "memory", Answer.LIMITED if nodes else Answer.MISSING, says, remedy, (Need.MEMORY,))


def nodes_that_fit(backend: str, total: int) -> int:
    """How many nodes a machine with so many bytes of memory holds."""
    return int(total * 0.8) // NODE_MEMORY[backend]


def _multipass(machine: Surroundings) -> Iterator[Finding]:
    code, printed = machine.run(["multipass", "version"])
    if code == 127:
        yield Finding(
            "multipass",
            "multipass",
            Answer.MISSING,
            "the command multipass is not installed",
            "Install it: sudo snap install multipass",
            (Need.NODES,),
        )
        return
    closed = [path for path in MULTIPASS_SOCKETS if machine.openable(path) is False]
    if closed or "socket access denied" in printed.lower():
        where = closed[0] if closed else "its socket"
        yield Finding(
            "multipass",
            "multipass",
            Answer.MISSING,
            f"multipass is installed, but this user may not open {where}",
            f"Join the group that owns it (ls -l {where}); the chapter's way is sudo chmod 666 {where}.",
            (Need.NODES,),
        )
        return
    if code:
        yield Finding(
            "multipass", "multipass", Answer.MISSING, f"multipass does not answer: {printed}", "", (Need.NODES,)
        )
        return
    yield Finding("multipass", "multipass", Answer.WORKS, " ".join(printed.split()))
    usable = machine.openable("/dev/kvm")
    if usable:
        yield Finding("multipass", "virtual machines", Answer.WORKS, "/dev/kvm is there, and may be used")
    elif usable is None:
        yield Finding(
            "multipass",
            "virtual machines",
            Answer.MISSING,
            "there is no /dev/kvm: the processor's virtualisation is off, or this is itself a virtual machine",
            "Switch virtualisation on in the firmware, or nested virtualisation where this machine runs.",
            (Need.NODES,),
        )
    else:
        yield Finding(
            "multipass",
            "virtual machines",
            Answer.LIMITED,
            "/dev/kvm is there, but this user may not use it; the daemon, which runs as root, may",
        )
    yield _memory("multipass", machine.memory())
