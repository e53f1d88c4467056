"""What lies on an emulated machine before anybody writes: the root of Ubuntu 24.04.

Source: listings of Ubuntu's cloud image; a real one holds many more files. Below ``/proc`` are those that people read.
"""

from collections.abc import Callable
from functools import cache
from typing import Final

from playground.api.file_tree import Base
from playground.api.files import MemoryFiles
from playground.api.owners import number_of
from playground.backends.cluster import HOST
from playground.shell.tools import TOOLS
from playground.shell.tools.identity import groups_of

HOST_CPUS: Final = 8
HOST_MEMORY: Final = 32 * 1024**3
"""The learner's own machine; memory in bytes."""
_DIRECTORIES: Final = (
    *("boot", "dev/shm", "etc/apt", "etc/cron.d", "etc/default", "etc/docker", "etc/init.d", "etc/netplan"),
    *("etc/ssh", "etc/ssl/certs", "etc/systemd/system", "home", "media", "mnt", "opt", "proc/sys"),
    *("root", "run/docker", "run/lock", "snap", "srv", "sys/fs/cgroup", "usr/bin", "usr/games", "usr/include"),
    *(
        "usr/lib",
        "usr/lib64",
        "usr/local/bin",
        "usr/local/etc",
        "usr/local/lib",
        "usr/local/sbin",
        "usr/local/share",
        "usr/sbin",
    ),
    *("usr/share/doc", "usr/share/man", "usr/src", "var/backups", "var/cache/apt", "var/crash", "var/lib/apt"),
    *("var/lib/dpkg", "var/local", "var/log/journal", "var/mail", "var/opt", "var/spool/cron", "var/tmp"),
)
_LINKS: Final = {
    **{f"/{name}": f"usr/{name}" for name in ("bin", "lib", "lib64", "sbin")},
    "/etc/os-release": "../usr/lib/os-release",
    "/etc/resolv.conf": "../run/systemd/resolve/stub-resolv.conf",
    "/usr/bin/awk": "/etc/alternatives/awk",
    "/etc/alternatives/awk": "/usr/bin/mawk",
    "/usr/bin/sh": "dash",
    "/var/run": "/run",
    "/var/lock": "/run/lock",
}
_CHANGED_US: Final = 1_747_353_600_000_000
"""The day of the cloud image: 16 May 2025."""
_OS_RELEASE: Final = """PRETTY_NAME="Ubuntu 24.04.2 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04.2 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
SUPPORT_URL="https://help.ubuntu.com/"
BUG_REPORT_URL="https://bugs.launchpad.net/ubuntu/"
PRIVACY_POLICY_URL="https://www.ubuntu.com/legal/terms-and-policies/privacy-policy"
UBUNTU_CODENAME=noble
LOGO=ubuntu-logo
"""
_FILES: Final = {
    "/usr/lib/os-release": _OS_RELEASE,
    "/etc/lsb-release": "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=24.04\nDISTRIB_CODENAME=noble\n"
    'DISTRIB_DESCRIPTION="Ubuntu 24.04.2 LTS"\n',
    "/etc/debian_version": "trixie/sid\n",
    "/etc/issue": "Ubuntu 24.04.2 LTS \\n \\l\n\n",
    "/run/systemd/resolve/stub-resolv.conf": "nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch .\n",
    "/etc/shells": "/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n/bin/dash\n/usr/bin/dash\n",
    "/etc/timezone": "Etc/UTC\n",
    "/proc/sys/net/ipv4/ip_forward": "1\n",
    "/proc/version": "Linux version 6.8.0-60-generic (buildd@lcy02-amd64-054) (x86_64-linux-gnu-gcc-13 (Ubuntu "
    "13.3.0-6ubuntu2~24.04) 13.3.0) #63-Ubuntu SMP PREEMPT_DYNAMIC Tue Apr 15 19:04:15 UTC 2025\n",
}
_ACCOUNTS: Final = (
    ("root", 0, "/root", "/bin/bash"),
    ("daemon", 1, "/usr/sbin", "/usr/sbin/nologin"),
    ("bin", 2, "/bin", "/usr/sbin/nologin"),
    ("www-data", 33, "/var/www", "/usr/sbin/nologin"),
    ("nobody", 65534, "/nonexistent", "/usr/sbin/nologin"),
)


@cache
def _ubuntu(user: str, cpus: int, memory: int, installed: tuple[str, ...]) -> Base:
    accounts = (*_ACCOUNTS, (user, 1000, f"/home/{user}", "/bin/bash"))
    files = {f"/{path}/": b"" for path in _DIRECTORIES}
    files |= {path: text.encode() for path, text in _FILES.items()}
    files["/etc/passwd"] = "".join(
        f"{name}:x:{number}:{number}:{name}:{home}:{shell}\n" for name, number, home, shell in accounts
    ).encode()
    own = [f"{name}:x:{number}:\n" for name, number, _, _ in accounts]
    others = [f"{group}:x:{number_of(group)}:{user}\n" for group in groups_of(user)[1:]]
    files["/etc/group"] = "".join([*own, *others]).encode()
    files["/proc/cpuinfo"] = "".join(
        f"processor\t: {number}\nvendor_id\t: GenuineIntel\nmodel name\t: Emulated CPU\ncpu cores\t: {cpus}\n\n"
        for number in range(cpus)
    ).encode()
    kilobytes = memory // 1024
    files["/proc/meminfo"] = "".join(
        f"{name + ':':<15}{count:>9} kB\n"
        for name, count in (("MemTotal", kilobytes), ("MemFree", kilobytes // 2), ("SwapTotal", 0), ("SwapFree", 0))
    ).encode()
    tools = [f"/usr/bin/{name}" for name in sorted(TOOLS) if f"/usr/bin/{name}" not in _LINKS]
    return Base(files, [*tools, *installed], modes={"/root": 0o700}, links=_LINKS, changed_us=_CHANGED_US)


def machine_files(
    hostname: str, user: str, cpus: int, memory: int, installed: tuple[str, ...], clock: Callable[[], int]
) -> MemoryFiles:
    """The file system of a machine, seen from the home of its user.

    ``memory`` is in bytes, ``installed`` are paths of programs that not every machine has; ``clock`` tells the time
    in microseconds since 1970.
    """
    home = f"/home/{user}"
    files = MemoryFiles(
        {
            "/etc/hostname": f"{hostname}\n".encode(),
            "/etc/hosts": f"127.0.0.1 localhost\n127.0.1.1 {hostname}\n".encode(),
        },
        home,
        base=_ubuntu(user, cpus, memory, installed),
        clock=clock,
    )
    files.chown(home, user)
    return files


def host_files(clock: Callable[[], int]) -> MemoryFiles:
    """The file system of the learner's own machine, where ``multipass`` is."""
    return machine_files(HOST, "learner", HOST_CPUS, HOST_MEMORY, ("/snap/bin/multipass",), clock)
