"""The image of a node: pulled and completed where there is a registry, else built from Debian's packages.

Built from packages it holds Docker Engine as Debian ships it; nothing comes from an image registry. What else a
node needs at run time (its start script) is copied into each container, so an image does not age with this program.
"""

import io
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from docker.errors import DockerException, ImageNotFound

from playground.backends.real.docker_driver import FOLDER, LABEL
from playground.backends.real.driver import DriverError

VERSION = "1"
IMAGE = f"swarm-playground-node:{VERSION}"
DIND = "docker:28-dind"
SUITE = "trixie"
PACKAGES = (
    "docker.io", "docker-cli", "iptables", "iproute2", "iputils-ping", "curl", "ca-certificates", "procps",
    "bash-completion", "busybox-static", "less", "nano",
)  # fmt: skip
LEFT_OUT = ("./var/cache/apt", "./var/lib/apt/lists", "./usr/share/doc", "./usr/share/locale", "./usr/share/man")
STATIC_CLIENT = Path("/usr/local/bin/docker")
REGISTRY = ("registry-1.docker.io", 443)

Told = Callable[[str], object]

_DOCKERFILE = f"""FROM {DIND}
RUN apk add --no-cache bash bash-completion curl iproute2 iptables iputils-ping procps sed coreutils \\
 && adduser -D -s /bin/bash ubuntu && addgroup ubuntu docker
LABEL {LABEL}.image="{VERSION}"
"""


def registry_answers(limit_s: float = 3.0) -> bool:
    """True when Docker Hub can be reached from here."""
    try:
        socket.create_connection(REGISTRY, limit_s).close()
    except OSError:
        return False
    return True


def is_there(client: Any) -> bool:
    try:
        client.images.get(IMAGE)
    except ImageNotFound:
        return False
    return True


def build(client: Any, *, from_packages: bool, told: Told, cache: Path | None = None) -> None:
    """Make the node image.

    ``cache`` is a folder in which the root made of packages is kept as an archive, for the next machine or run.

    Raises:
        DriverError: it cannot be made here; the sentence says what is missing.
    """
    try:
        if from_packages:
            _from_packages(client, told, cache)
        else:
            told(f"Building {IMAGE} on {DIND}")
            client.images.build(fileobj=io.BytesIO(_DOCKERFILE.encode()), tag=IMAGE, rm=True, pull=True)
    except DockerException as error:
        raise DriverError(f"the node image could not be built: {error}") from error
    told(f"{IMAGE} is there")


def _from_packages(client: Any, told: Told, cache: Path | None) -> None:
    kept = cache / f"node-{VERSION}-{SUITE}.tar" if cache is not None else None
    if kept is not None and kept.is_file():
        told(f"Loading {kept}")
        _import(client, kept)
        return
    for program, package in (("debootstrap", "debootstrap"), ("tar", "tar"), ("chroot", "coreutils")):
        if shutil.which(program) is None:
            raise DriverError(f"building from packages needs {program}: apt-get install {package}")
    if os.geteuid() != 0:
        raise DriverError("building from packages needs root (debootstrap makes a root file system); use sudo")
    with tempfile.TemporaryDirectory(prefix="swarm-playground-", dir=cache) as folder:
        root = Path(folder) / "root"
        told("Unpacking Debian's packages (about a minute)")
        _run(["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, str(root)])
        _run(["chroot", str(root), "useradd", "-m", "-s", "/bin/bash", "-G", "docker", "ubuntu"])
        _complete(root)
        archive = Path(folder) / "node.tar"
        _run(["tar", "-C", str(root), *(f"--exclude={path}" for path in LEFT_OUT), "-cf", str(archive), "."])
        told(f"Importing {IMAGE}")
        _import(client, archive)
        if kept is not None:
            archive.replace(kept)


def _import(client: Any, archive: Path) -> None:
    repository, _, tag = IMAGE.partition(":")
    labels = [f'LABEL {LABEL}.image="{VERSION}"']
    with archive.open("rb") as data:
        client.api.import_image_from_data(data, repository=repository, tag=tag, changes=labels)


def _complete(root: Path) -> None:
    """Add what packages do not bring: the small root of stand-in images, and a newer client where there is one."""
    folder = root / FOLDER.lstrip("/")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tiny-root.tar").write_bytes(tiny_root(root / "bin" / "busybox"))
    if STATIC_CLIENT.is_file() and b"ld-linux" not in STATIC_CLIENT.open("rb").read(8192):
        shutil.copy(STATIC_CLIENT, root / "usr" / "local" / "bin" / "docker")


def tiny_root(busybox: Path) -> bytes:
    """A root file system of one program, as an archive: what the stand-ins for the lessons' images are made of."""
    program = busybox.read_bytes()
    applets = subprocess.run([busybox, "--list"], check=True, capture_output=True, text=True).stdout.split()
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:

        def add(
            name: str, content: bytes = b"", mode: int = 0o755, kind: bytes = tarfile.REGTYPE, link: str = ""
        ) -> None:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.type, entry.linkname = len(content), mode, kind, link
            archive.addfile(entry, io.BytesIO(content))

        for directory in ("bin", "etc", "root", "usr", "usr/bin", "var"):
            add(directory, kind=tarfile.DIRTYPE)
        add("tmp", mode=0o1777, kind=tarfile.DIRTYPE)
        add("bin/busybox", program)
        for applet in applets:
            if applet != "busybox":
                add(f"bin/{applet}", kind=tarfile.SYMTYPE, link="busybox", mode=0o777)
        add("bin/serve-webpage", files("playground.backends.real").joinpath("files", "serve-webpage").read_bytes())
        add("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n", 0o644)
        add("etc/group", b"root:x:0:\n", 0o644)
    return data.getvalue()


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["it said nothing"]
        raise DriverError(f"{command[0]} failed ({done.returncode}): {last[0]}")
