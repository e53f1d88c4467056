"""Userlands, languages and tools without a server of their own."""

from playground.engine.images.life import Image

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
    repository: str, tags: tuple[str, ...], size: int, command: str, env: tuple[str, ...], userland: str
) -> Image:
    return Image(
        repository,
        tags,
        size,
        8 if userland == "debian" else 4,
        "2025-04-08T18:42:42Z",
        command=(command,),
        entrypoint=("docker-entrypoint.sh",) if repository == "node" else (),
        env=(_PATH, *env),
        userland=userland,
        programs=(command, {"python3": "python"}.get(command, command)),
    )


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
    _language("python", ("latest", "3", "3.13"), 1_020 * _MB, "python3", ("PYTHON_VERSION=3.13.3",), "debian"),
    _language("python", ("slim", "3-slim", "3.13-slim"), 121 * _MB, "python3", ("PYTHON_VERSION=3.13.3",), "debian"),
    _language(
        "python", ("alpine", "3-alpine", "3.13-alpine"), 44_700_000, "python3", ("PYTHON_VERSION=3.13.3",), "busybox"
    ),
    _language("python", ("3.12", "3.12-slim"), 125 * _MB, "python3", ("PYTHON_VERSION=3.12.10",), "debian"),
    _language("node", ("latest", "23"), 1_120 * _MB, "node", ("NODE_VERSION=23.11.0",), "debian"),
    _language("node", ("lts", "22", "20"), 1_130 * _MB, "node", ("NODE_VERSION=22.15.0",), "debian"),
    _language(
        "node",
        ("alpine", "22-alpine", "20-alpine", "lts-alpine"),
        161 * _MB,
        "node",
        ("NODE_VERSION=22.15.0",),
        "busybox",
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
        programs=("zsh", "curl", "dig", "ip", "tcpdump", "bash"),
    ),
)
