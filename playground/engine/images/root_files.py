"""What a container finds in its root before anything is written: the directories and programs of its image.

Source: the listings of ``alpine:3.21``, ``busybox:1.37`` and ``debian:12``. Those of the real images are longer; here
are the directories that all of them have, and the commands that the emulation knows.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Final

from playground.api.file_tree import ROOT, Base
from playground.engine.images.known_accounts import password_files
from playground.engine.images.life import Image
from playground.engine.images.userlands import USERLANDS

_CHANGED_US: Final = 1_739_503_716_000_000
"""When the base images were made: 14 February 2025."""
_SCRATCH: Final = ("etc", "proc", "sys")
_USUAL: Final = (
    *("bin", "home", "lib", "media", "mnt", "opt", "run", "sbin", "srv", "usr/lib", "usr/sbin", "usr/share"),
    *("usr/local/bin", "usr/local/lib", "usr/local/share", "var/cache", "var/lib", "var/log", "var/opt", "var/run"),
    *("var/spool", "var/tmp"),
)
_DIRECTORIES: Final = {
    "alpine": (*_USUAL, "etc/apk", "etc/network", "lib/apk", "usr/bin", "var/empty", "var/local", "var/mail"),
    "busybox": ("bin", "home", "lib", "lib64", "usr/bin", "usr/sbin", "var/spool/mail", "var/www"),
    "debian": (
        *_USUAL,
        "boot",
        "etc/apt",
        "etc/default",
        "usr/bin",
        "usr/lib64",
        "usr/games",
        "var/backups",
        "var/mail",
    ),
    "none": (),
}
_ALPINE_BIN: Final = frozenset(
    (
        *("ash", "base64", "busybox", "cat", "chgrp", "chmod", "chown", "cp", "date", "dd", "df", "echo"),
        *("false", "grep", "hostname", "kill", "ln", "ls", "mkdir", "mktemp", "more", "mount", "mv", "netstat"),
        *("nice", "ping", "printenv", "ps", "pwd", "rm", "rmdir", "sed", "sh", "sleep", "stat", "stty", "sync"),
        *("tar", "touch", "true", "umount", "uname", "watch"),
    )
)
_ALPINE_SBIN: Final = frozenset(("ifconfig", "ip", "route"))
_PACKAGED: Final = frozenset(
    ("bash", "curl", "dig", "ip", "mariadb", "mongod", "mongosh", "mysql", "mysqladmin", "pg_isready", "psql",
     "tcpdump", "wget", "zsh")
)  # fmt: skip
"""Programs that come with packages; what an image adds by itself lies below ``/usr/local``."""
_DEBIAN: Final = """PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
"""
_ALPINE: Final = """NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.21.3
PRETTY_NAME="Alpine Linux v3.21"
HOME_URL="https://alpinelinux.org/"
BUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"
"""


def base_of(image: Image) -> Base:
    """The root of an image, as all its containers share it."""
    own = {f"/{path.strip('/')}/": b"" for path in (*image.volumes, image.directory) if path.strip("/")}
    starts = (*image.entrypoint[:1], *image.command[:1], *image.programs)
    kind = "busybox" if image.repository == "busybox" else _KINDS.get(image.userland, image.userland)
    return Base(
        {**password_files(kind, image), **own, **image.files},
        _places(starts, USERLANDS[image.userland]),
        changed_us=int(datetime.fromisoformat(image.created).timestamp()) * 1_000_000,
        on=_userland(kind),
        owners=dict.fromkeys((path.rstrip("/") for path in own), image.user.partition(":")[0] or ROOT),
    )


_KINDS: Final = {"busybox": "alpine"}
"""Images with BusyBox's commands are made on Alpine, but for BusyBox's own."""


def _places(names: Iterable[str], known: frozenset[str]) -> list[str]:
    """Where an image has its own programs, by the names they are started by."""
    places = []
    for name in dict.fromkeys(names):
        if name.startswith("/"):
            places.append(name)
        elif name and "/" not in name and name not in known:
            directory = "/usr/sbin" if name == "nginx" else "/usr/bin" if name in _PACKAGED else "/usr/local/bin"
            places.append(f"{directory}/{name}")
    return places


@cache
def _userland(kind: str) -> Base:
    directories = (*_SCRATCH, *_DIRECTORIES[kind], *(() if kind == "none" else ("root",)))
    files = {f"/{path}/": b"" for path in directories}
    programs: list[str] = []
    if kind != "none":
        debian = kind == "debian"
        files |= {**password_files(kind), "/etc/shells": b"/bin/sh\n"}
        programs = [_path(kind, name) for name in sorted(USERLANDS["debian" if debian else "busybox"])]
    if kind == "debian":
        files |= {"/etc/os-release": _DEBIAN.encode(), "/etc/debian_version": b"12.10\n"}
    if kind == "alpine":
        files |= {"/etc/os-release": _ALPINE.encode(), "/etc/alpine-release": b"3.21.3\n"}
    modes = {} if kind == "none" else {"/root": 0o700}
    links = {f"/{name}": f"usr/{name}" for name in ("bin", "lib", "lib64", "sbin")} if kind == "debian" else {}
    return Base(files, programs, modes=modes, links=links, changed_us=_CHANGED_US)


def _path(kind: str, name: str) -> str:
    if kind == "debian":
        return f"/usr/bin/{name}"
    if kind == "busybox" or name in _ALPINE_BIN:
        return f"/bin/{name}"
    return f"/sbin/{name}" if name in _ALPINE_SBIN else f"/usr/bin/{name}"
