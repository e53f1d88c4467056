"""Userlands, languages and tools without a server of their own."""

from collections.abc import Iterator
from dataclasses import replace

from playground.engine.images.life import Image
from playground.engine.images.releases import releases
from playground.engine.images.releases_data import NODE, PYTHON

_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MB = 1_000_000
_MS = 1_000


def _system(
    repository: str, tags: tuple[str, ...], size: int, created: str, shell: str, userland: str, release: str
) -> Image:
    return Image(
        repository,
        tags,
        size,
        1,
        created,
        command=(shell,),
        userland=userland,
        files={"/etc/os-release": release.encode()},
    )


def _language(
    repository: str, tags: tuple[str, ...], size: int, command: str, env: tuple[str, ...], userland: str, created: str
) -> Image:
    return Image(
        repository,
        tags,
        size,
        8 if userland == "debian" else 4,
        created,
        command=(command,),
        entrypoint=("docker-entrypoint.sh",) if repository == "node" else (),
        env=(_PATH, *env),
        userland=userland,
        programs=(command, "python" if command.startswith("python") else command),
    )


def _python() -> Iterator[Image]:
    for one in releases(PYTHON, {"3.13.3": ("3", "latest"), "2.7.18": ("2",)}):
        env = (f"PYTHON_VERSION={one.version}",)
        program = "python2" if one.version.startswith("2") else "python3"
        slim = one.size * 12 // 100
        yield _language("python", one.tags, one.size, program, env, "debian", one.created)
        yield _language("python", one.tagged("slim"), slim, program, env, "debian", one.created)
        yield _language("python", one.tagged("alpine"), one.alpine, program, env, "busybox", one.created)


_NODE_NAMES = {"24.0": ("latest", "current"), "22.15": ("lts", "jod"), "20.19": ("iron",), "18.20": ("hydrogen",)}


def _node() -> Iterator[Image]:
    """The last release of each major version; older ones of Node are seldom named by their whole number."""
    for one in releases(NODE):
        series = one.version.rpartition(".")[0]
        names = replace(one, tags=(series.partition(".")[0], *one.tags, *_NODE_NAMES.get(series, ())))
        env = (f"NODE_VERSION={one.version}",)
        yield _language("node", names.tags, one.size, "node", env, "debian", one.created)
        yield _language("node", names.tagged("slim"), one.size * 21 // 100, "node", env, "debian", one.created)
        yield _language("node", names.tagged("alpine"), one.alpine, "node", env, "busybox", one.created)


_NETWORK = ("curl", "dig", "nslookup", "host", "ip", "tcpdump", "bash")

SYSTEMS: tuple[Image, ...] = (
    _system(
        "alpine",
        ("latest", "3", "3.21", "3.21.3"),
        7_830_000,
        "2025-02-14T03:28:36Z",
        "/bin/sh",
        "busybox",
        'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.21.3\nPRETTY_NAME="Alpine Linux v3.21"\n',
    ),
    _system(
        "alpine",
        ("3.20", "3.20.6"),
        7_800_000,
        "2025-02-14T03:28:30Z",
        "/bin/sh",
        "busybox",
        'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.6\nPRETTY_NAME="Alpine Linux v3.20"\n',
    ),
    _system(
        "alpine",
        ("3.19",),
        7_400_000,
        "2025-02-14T03:28:20Z",
        "/bin/sh",
        "busybox",
        'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.19.7\nPRETTY_NAME="Alpine Linux v3.19"\n',
    ),
    *(
        _system(
            "alpine",
            (minor, release),
            size,
            created,
            "/bin/sh",
            "busybox",
            f'NAME="Alpine Linux"\nID=alpine\nVERSION_ID={release}\nPRETTY_NAME="Alpine Linux v{minor}"\n',
        )
        for minor, release, size, created in (
            ("3.18", "3.18.12", 7_360_000, "2025-02-14T03:28:12Z"),
            ("3.17", "3.17.10", 7_080_000, "2024-09-06T22:20:07Z"),
            ("3.16", "3.16.9", 5_540_000, "2024-01-27T00:30:56Z"),
            ("3.15", "3.15.11", 5_590_000, "2023-11-30T23:22:50Z"),
            ("3.14", "3.14.10", 5_610_000, "2023-03-29T17:46:42Z"),
            ("3.12", "3.12.12", 5_580_000, "2022-04-04T23:39:33Z"),
            ("3.10", "3.10.9", 5_580_000, "2021-04-14T18:42:37Z"),
        )
    ),
    _system(
        "busybox",
        ("latest", "1", "1.37", "1.37.0", "stable", "glibc"),
        4_280_000,
        "2024-09-26T21:31:42Z",
        "sh",
        "busybox",
        "",
    ),
    _system("busybox", ("1.36", "1.36.1", "musl"), 4_260_000, "2023-05-18T22:34:17Z", "sh", "busybox", ""),
    _system(
        "ubuntu",
        ("latest", "24.04", "noble"),
        78_100_000,
        "2025-04-08T10:43:05Z",
        "/bin/bash",
        "debian",
        'PRETTY_NAME="Ubuntu 24.04.2 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\n',
    ),
    _system(
        "ubuntu",
        ("22.04", "jammy"),
        77_900_000,
        "2025-04-04T05:18:13Z",
        "/bin/bash",
        "debian",
        'PRETTY_NAME="Ubuntu 22.04.5 LTS"\nNAME="Ubuntu"\nVERSION_ID="22.04"\nID=ubuntu\n',
    ),
    _system(
        "debian",
        ("latest", "12", "bookworm", "stable"),
        117_000_000,
        "2025-04-28T00:00:00Z",
        "bash",
        "debian",
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
    ),
    _system(
        "debian",
        ("bookworm-slim", "12-slim", "stable-slim"),
        74_800_000,
        "2025-04-28T00:00:00Z",
        "bash",
        "debian",
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
    ),
    _system(
        "fedora",
        ("latest", "42"),
        162_000_000,
        "2025-04-15T08:31:00Z",
        "/bin/bash",
        "debian",
        'NAME="Fedora Linux"\nVERSION_ID=42\nID=fedora\n',
    ),
    *_python(),
    *_node(),
    *(
        _system(
            repository, tuple(tags.split()), size * _MB, created, "/bin/bash", "debian", f'PRETTY_NAME="{pretty}"\n'
        )
        for repository, tags, size, created, pretty in (
            ("ubuntu", "20.04 focal", 73, "2025-04-08T10:43:05Z", "Ubuntu 20.04.6 LTS"),
            ("ubuntu", "18.04 bionic", 63, "2023-05-30T09:32:09Z", "Ubuntu 18.04.6 LTS"),
            ("ubuntu", "16.04 xenial", 135, "2021-08-31T01:21:30Z", "Ubuntu 16.04.7 LTS"),
            ("ubuntu", "14.04 trusty", 197, "2021-03-25T22:18:00Z", "Ubuntu 14.04.6 LTS"),
            ("ubuntu", "24.10 oracular", 80, "2025-04-08T10:43:05Z", "Ubuntu 24.10"),
            ("ubuntu", "25.04 plucky rolling", 77, "2025-04-14T10:43:05Z", "Ubuntu 25.04"),
            ("debian", "11 bullseye oldstable", 124, "2025-04-28T00:00:00Z", "Debian GNU/Linux 11 (bullseye)"),
            ("debian", "11-slim bullseye-slim", 80, "2025-04-28T00:00:00Z", "Debian GNU/Linux 11 (bullseye)"),
            ("debian", "10 buster", 114, "2024-06-12T00:00:00Z", "Debian GNU/Linux 10 (buster)"),
            ("debian", "9 stretch", 101, "2022-06-23T00:00:00Z", "Debian GNU/Linux 9 (stretch)"),
            ("debian", "8 jessie", 129, "2021-02-04T00:00:00Z", "Debian GNU/Linux 8 (jessie)"),
            ("centos", "latest 8 centos8", 231, "2021-09-15T18:20:05Z", "CentOS Linux 8"),
            ("centos", "7 centos7", 204, "2021-09-15T18:20:05Z", "CentOS Linux 7 (Core)"),
            ("centos", "6 centos6", 194, "2021-09-15T18:20:05Z", "CentOS release 6.10 (Final)"),
            ("rockylinux", "9 9.3", 176, "2023-11-20T00:00:00Z", "Rocky Linux 9.3 (Blue Onyx)"),
            ("rockylinux", "8 8.9", 198, "2023-11-20T00:00:00Z", "Rocky Linux 8.9 (Green Obsidian)"),
            ("almalinux", "latest 9 9.5", 190, "2025-03-18T00:00:00Z", "AlmaLinux 9.5 (Teal Serval)"),
            ("amazonlinux", "latest 2023", 146, "2025-05-01T00:00:00Z", "Amazon Linux 2023"),
            ("archlinux", "latest base", 456, "2025-05-10T00:00:00Z", "Arch Linux"),
            ("golang", "latest 1 1.24 1.24.3 bookworm", 853, "2025-05-06T18:00:00Z", "Debian GNU/Linux 12 (bookworm)"),
            ("openjdk", "8 8-jdk 11 17", 526, "2022-07-26T00:00:00Z", "Debian GNU/Linux 11 (bullseye)"),
            ("eclipse-temurin", "latest 21 21-jdk 17 17-jdk 11", 456, "2025-04-29T00:00:00Z", "Ubuntu 24.04.2 LTS"),
            ("ruby", "latest 3 3.4 3.3", 1_010, "2025-04-28T00:00:00Z", "Debian GNU/Linux 12 (bookworm)"),
            ("php", "latest 8 8.4 cli apache fpm", 527, "2025-05-08T00:00:00Z", "Debian GNU/Linux 12 (bookworm)"),
        )
    ),
    *(
        Image(
            repository, tuple(tags.split()), size * _MB, 5, created, command=("sh",), userland="busybox", programs=more
        )
        for repository, tags, size, created, more in (
            ("golang", "alpine 1.24-alpine 1-alpine", 263, "2025-05-06T18:00:00Z", ("go",)),
            ("alpine/curl", "latest 8.12.1", 13, "2025-02-24T18:00:00Z", ("curl",)),
            ("praqma/network-multitool", "latest alpine-minimal", 39, "2021-12-06T18:00:00Z", _NETWORK),
            ("wbitt/network-multitool", "latest alpine-minimal", 47, "2022-05-06T18:00:00Z", _NETWORK),
            ("amouat/network-utils", "latest", 196, "2017-05-06T18:00:00Z", _NETWORK),
            ("tutum/dnsutils", "latest", 200, "2015-05-06T18:00:00Z", _NETWORK),
            ("tutum/curl", "latest alpine", 225, "2016-05-06T18:00:00Z", _NETWORK),
            ("radial/busyboxplus", "latest curl", 12, "2014-05-06T18:00:00Z", ("curl",)),
        )
    ),
    *(
        Image(
            repository,
            tuple(tags.split()),
            12 * _MB,
            3,
            "2019-03-08T18:00:00Z",
            command=("--help",),
            entrypoint=("curl",),
            userland="busybox",
            programs=("curl",),
        )
        for repository, tags in (("appropriate/curl", "latest"), ("byrnedo/alpine-curl", "latest"))
    ),
    Image(
        "curlimages/curl",
        ("latest", "8.13.0"),
        23 * _MB,
        4,
        "2025-04-02T08:00:00Z",
        command=("curl",),
        entrypoint=("/entrypoint.sh",),
        user="curl_user",
        userland="busybox",
        programs=("curl",),
    ),
    Image(
        "nicolaka/netshoot",
        ("latest", "v0.13"),
        478 * _MB,
        15,
        "2024-07-01T08:00:00Z",
        command=("zsh",),
        userland="busybox",
        programs=("zsh", *_NETWORK),
    ),
)
