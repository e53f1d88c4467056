"""The built-in images: names, tags, sizes, ports, commands and lives of well-known images on Docker Hub.

Sizes are those of ``docker images`` on linux/amd64, rounded; digests other than the chapter's are made up.
"""

from playground.engine.images.life import Image, Life, Line

_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MB = 1_000_000
_MS = 1_000


def _flask(version: str) -> Life:
    return Life(
        main=("python3", "-m", "flask"),
        ready_us=350 * _MS,
        lines=(
            Line(340 * _MS, " * Serving Flask app 'app'"),
            Line(340 * _MS, " * Debug mode: off"),
            Line(
                350 * _MS,
                "WARNING: This is a development server. Do not use it in a production deployment."
                " Use a production WSGI server instead.",
                2,
            ),
            Line(350 * _MS, " * Running on all addresses (0.0.0.0)", 2),
            Line(350 * _MS, " * Running on http://127.0.0.1:5000", 2),
            Line(350 * _MS, " * Running on http://{ip}:5000", 2),
            Line(350 * _MS, "Press CTRL+C to quit", 2),
        ),
        listens=(5000,),
        page="webpage",
        access='2{client} - - [{time:%d/%b/%Y %H:%M:%S}] "{method} {path} HTTP/1.1" {status} -',
    )


def _webpage(tag: str, created: str, digest: str) -> Image:
    return Image(
        "joeyratt/webpage",
        (tag,),
        142 * _MB,
        7,
        created,
        command=("python3", "-m", "flask", "--app", "app", "run", "--host=0.0.0.0"),
        env=(_PATH, "LANG=C.UTF-8", "PYTHON_VERSION=3.12.10"),
        directory="/app",
        programs=("python3", "python", "flask", "pip", "wget", "curl"),
        files={"/app/app.py": b"from flask import Flask\n\napp = Flask(__name__)\n"},
        life=_flask(tag),
        digest=digest,
        version=tag,
    )


_NGINX_LIFE = Life(
    main=("nginx",),
    ready_us=80 * _MS,
    lines=(
        Line(
            10 * _MS,
            "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration",
        ),
        Line(10 * _MS, "/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/"),
        Line(60 * _MS, "/docker-entrypoint.sh: Configuration complete; ready for start up"),
        Line(80 * _MS, '{time:%Y/%m/%d %H:%M:%S} [notice] 1#1: using the "epoll" event method', 2),
        Line(80 * _MS, "{time:%Y/%m/%d %H:%M:%S} [notice] 1#1: nginx/{version}", 2),
        Line(80 * _MS, "{time:%Y/%m/%d %H:%M:%S} [notice] 1#1: start worker processes", 2),
        Line(80 * _MS, "{time:%Y/%m/%d %H:%M:%S} [notice] 1#1: start worker process 29", 2),
    ),
    listens=(80,),
    page="nginx",
    access='1{client} - - [{time:%d/%b/%Y:%H:%M:%S +0000}] "{method} {path} HTTP/1.1" {status} {length} "-" "{agent}" "-"',
    on_stop=0,
    stop_lines=(Line(0, "{time:%Y/%m/%d %H:%M:%S} [notice] 1#1: signal 3 (SIGQUIT) received, shutting down", 2),),
)


def _nginx(tags: tuple[str, ...], version: str, size: int, layers: int, created: str, userland: str) -> Image:
    return Image(
        "nginx",
        tags,
        size,
        layers,
        created,
        command=("nginx", "-g", "daemon off;"),
        entrypoint=("/docker-entrypoint.sh",),
        env=(_PATH, f"NGINX_VERSION={version}", "PKG_RELEASE=1"),
        ports=("80/tcp",),
        stop_signal="SIGQUIT",
        labels={"maintainer": "NGINX Docker Maintainers <docker-maint@nginx.com>"},
        userland=userland,
        programs=("nginx", "curl"),
        files={"/etc/nginx/nginx.conf": b"worker_processes  auto;\n"},
        life=_NGINX_LIFE,
        version=version,
    )


def _httpd(tags: tuple[str, ...], size: int, userland: str) -> Image:
    return Image(
        "httpd",
        tags,
        size,
        6,
        "2025-01-24T00:40:20Z",
        command=("httpd-foreground",),
        env=("PATH=/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",),
        ports=("80/tcp",),
        directory="/usr/local/apache2",
        stop_signal="SIGWINCH",
        userland=userland,
        programs=("httpd", "httpd-foreground"),
        life=Life(
            main=("httpd-foreground",),
            ready_us=90 * _MS,
            lines=(
                Line(
                    80 * _MS,
                    "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, "
                    "using {ip}. Set the 'ServerName' directive globally to suppress this message",
                    2,
                ),
                Line(
                    90 * _MS,
                    "[{time:%a %b %d %H:%M:%S.%f %Y}] [mpm_event:notice] [pid 1:tid 1] AH00489: "
                    "Apache/2.4.63 (Unix) configured -- resuming normal operations",
                    2,
                ),
                Line(
                    90 * _MS,
                    "[{time:%a %b %d %H:%M:%S.%f %Y}] [core:notice] [pid 1:tid 1] AH00094: "
                    "Command line: 'httpd -D FOREGROUND'",
                    2,
                ),
            ),
            listens=(80,),
            page="httpd",
            access='1{client} - - [{time:%d/%b/%Y:%H:%M:%S +0000}] "{method} {path} HTTP/1.1" {status} {length}',
            on_stop=0,
        ),
        version="2.4.63",
    )


def _redis(tags: tuple[str, ...], version: str, size: int, userland: str) -> Image:
    return Image(
        "redis",
        tags,
        size,
        7,
        "2025-04-23T16:57:52Z",
        command=("redis-server",),
        entrypoint=("docker-entrypoint.sh",),
        env=(_PATH, f"REDIS_VERSION={version}"),
        ports=("6379/tcp",),
        volumes=("/data",),
        directory="/data",
        userland=userland,
        programs=("redis-server", "redis-cli"),
        life=Life(
            main=("redis-server",),
            ready_us=60 * _MS,
            lines=(
                Line(20 * _MS, "1:C {time:%d %b %Y %H:%M:%S.%f} * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo"),
                Line(
                    20 * _MS,
                    "1:C {time:%d %b %Y %H:%M:%S.%f} * Redis version={version}, bits=64, modified=0, pid=1, "
                    "just started",
                ),
                Line(40 * _MS, "1:M {time:%d %b %Y %H:%M:%S.%f} * Running mode=standalone, port=6379."),
                Line(60 * _MS, "1:M {time:%d %b %Y %H:%M:%S.%f} * Server initialized"),
                Line(60 * _MS, "1:M {time:%d %b %Y %H:%M:%S.%f} * Ready to accept connections tcp"),
            ),
            listens=(6379,),
            on_stop=0,
            stop_us=60 * _MS,
            stop_lines=(
                Line(0, "1:signal-handler ({unix}) Received SIGTERM scheduling shutdown..."),
                Line(0, "1:M {time:%d %b %Y %H:%M:%S.%f} * User requested shutdown..."),
                Line(0, "1:M {time:%d %b %Y %H:%M:%S.%f} # Redis is now ready to exit, bye bye..."),
            ),
        ),
        version=version,
    )


def _postgres(tags: tuple[str, ...], version: str, size: int, userland: str) -> Image:
    return Image(
        "postgres",
        tags,
        size,
        14,
        "2025-05-08T18:18:20Z",
        command=("postgres",),
        entrypoint=("docker-entrypoint.sh",),
        env=(
            _PATH,
            f"PG_MAJOR={version.partition('.')[0]}",
            f"PG_VERSION={version}",
            "PGDATA=/var/lib/postgresql/data",
        ),
        ports=("5432/tcp",),
        volumes=("/var/lib/postgresql/data",),
        stop_signal="SIGINT",
        userland=userland,
        programs=("postgres", "psql", "pg_isready"),
        life=Life(
            main=("postgres",),
            ready_us=1_800 * _MS,
            lines=(
                Line(30 * _MS, 'The files belonging to this database system will be owned by user "postgres".'),
                Line(1_700 * _MS, "PostgreSQL init process complete; ready for start up."),
                Line(1_750 * _MS, "{time:%Y-%m-%d %H:%M:%S.000} UTC [1] LOG:  starting PostgreSQL {version}", 2),
                Line(
                    1_760 * _MS,
                    '{time:%Y-%m-%d %H:%M:%S.000} UTC [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432',
                    2,
                ),
                Line(
                    1_800 * _MS,
                    "{time:%Y-%m-%d %H:%M:%S.000} UTC [1] LOG:  database system is ready to accept connections",
                    2,
                ),
            ),
            listens=(5432,),
            on_stop=0,
            stop_us=250 * _MS,
            stop_lines=(
                Line(0, "{time:%Y-%m-%d %H:%M:%S.000} UTC [1] LOG:  received fast shutdown request", 2),
                Line(0, "{time:%Y-%m-%d %H:%M:%S.000} UTC [1] LOG:  database system is shut down", 2),
            ),
            required=(
                (
                    ("POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE", "POSTGRES_HOST_AUTH_METHOD"),
                    1,
                    (
                        "Error: Database is uninitialized and superuser password is not specified.",
                        "       You must specify POSTGRES_PASSWORD to a non-empty value for the",
                        '       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".',
                    ),
                ),
            ),
        ),
        version=version,
    )


def _mysql(repository: str, tags: tuple[str, ...], version: str, size: int, prefix: str) -> Image:
    server = "mysqld" if repository == "mysql" else "mariadbd"
    return Image(
        repository,
        tags,
        size,
        10,
        "2025-04-15T19:42:16Z",
        command=(server,),
        entrypoint=("docker-entrypoint.sh",),
        env=(_PATH, f"{prefix}_VERSION={version}"),
        ports=("3306/tcp",),
        volumes=("/var/lib/mysql",),
        programs=(server, "mysql", "mariadb", "mysqladmin"),
        life=Life(
            main=(server,),
            ready_us=6_000 * _MS,
            lines=(
                Line(
                    40 * _MS,
                    "{time:%Y-%m-%d %H:%M:%S}+00:00 [Note] [Entrypoint]: Entrypoint script for the server {version} started.",
                ),
                Line(
                    6_000 * _MS,
                    "{time:%Y-%m-%d %H:%M:%S} 0 [System] " + server + ": ready for connections. Version: '{version}'  "
                    "socket: '/var/run/mysqld/mysqld.sock'  port: 3306",
                    2,
                ),
            ),
            listens=(3306,),
            on_stop=0,
            stop_us=900 * _MS,
            required=(
                (
                    tuple(
                        f"{one}_{word}"
                        for one in sorted({prefix, "MYSQL"})
                        for word in (
                            "ROOT_PASSWORD",
                            "ROOT_PASSWORD_FILE",
                            "ALLOW_EMPTY_PASSWORD",
                            "RANDOM_ROOT_PASSWORD",
                        )
                    )
                    + (f"{prefix}_ALLOW_EMPTY_ROOT_PASSWORD", f"{prefix}_ROOT_PASSWORD_HASH"),
                    1,
                    ("[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified",),
                ),
            ),
        ),
        version=version,
    )


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


_HELLO = """
Hello from Docker!
This message shows that your installation appears to be working correctly.

To generate this message, Docker took the following steps:
 1. The Docker client contacted the Docker daemon.
 2. The Docker daemon pulled the "hello-world" image from the Docker Hub.
    (amd64)
 3. The Docker daemon created a new container from that image which runs the
    executable that produces the output you are currently reading.
 4. The Docker daemon streamed that output to the Docker client, which sent it
    to your terminal.
"""

IMAGES: tuple[Image, ...] = (
    _webpage(
        "latest",
        "2024-03-12T11:21:07Z",
        "sha256:c2a542df76b9f3d41b1895f9ed6c8632f49aa9e5644cddb4ea2c285600d2adf7",
    ),
    _webpage("v2.0", "2024-03-12T11:02:44Z", ""),
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
    _nginx(
        ("latest", "1", "1.27", "1.27.5", "mainline", "bookworm"),
        "1.27.5",
        192 * _MB,
        7,
        "2025-04-16T14:50:31Z",
        "debian",
    ),
    _nginx(
        ("alpine", "1-alpine", "1.27-alpine", "1.27.5-alpine", "mainline-alpine"),
        "1.27.5",
        48_200_000,
        8,
        "2025-04-16T14:50:31Z",
        "busybox",
    ),
    _nginx(("1.26", "1.26.3", "stable"), "1.26.3", 188 * _MB, 7, "2025-02-05T21:27:16Z", "debian"),
    _nginx(("1.26-alpine", "stable-alpine"), "1.26.3", 44_700_000, 8, "2025-02-05T21:27:16Z", "busybox"),
    _nginx(("1.25", "1.25.5"), "1.25.5", 188 * _MB, 7, "2024-05-03T19:49:21Z", "debian"),
    _nginx(("1.25-alpine",), "1.25.5", 43_200_000, 8, "2024-05-03T19:49:21Z", "busybox"),
    _nginx(("1.24", "1.24.0"), "1.24.0", 142 * _MB, 6, "2023-04-11T18:20:00Z", "debian"),
    _nginx(("1.23",), "1.23.4", 142 * _MB, 6, "2023-03-28T18:20:00Z", "debian"),
    _httpd(("latest", "2", "2.4", "2.4.63"), 148 * _MB, "debian"),
    _httpd(("alpine", "2.4-alpine"), 66 * _MB, "busybox"),
    _redis(("latest", "7", "7.4", "7.4.3"), "7.4.3", 117 * _MB, "debian"),
    _redis(("alpine", "7-alpine"), "7.4.3", 41_400_000, "busybox"),
    _redis(("3.0.6", "3.0"), "3.0.6", 151 * _MB, "debian"),
    _redis(("3.0.7",), "3.0.7", 152 * _MB, "debian"),
    _redis(("6", "6.2"), "6.2.18", 113 * _MB, "debian"),
    _postgres(("latest", "17", "17.5"), "17.5", 438 * _MB, "debian"),
    _postgres(("16", "16.9"), "16.9", 436 * _MB, "debian"),
    _postgres(("15",), "15.13", 428 * _MB, "debian"),
    _postgres(("alpine", "17-alpine"), "17.5", 279 * _MB, "busybox"),
    _postgres(("9.4",), "9.4.26", 252 * _MB, "debian"),
    _mysql("mysql", ("latest", "9", "9.3", "9.3.0"), "9.3.0", 859 * _MB, "MYSQL"),
    _mysql("mysql", ("8", "8.0", "8.4"), "8.4.5", 776 * _MB, "MYSQL"),
    _mysql("mysql", ("5.7",), "5.7.44", 501 * _MB, "MYSQL"),
    _mysql("mariadb", ("latest", "11", "lts"), "11.7.2", 336 * _MB, "MARIADB"),
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
        "traefik/whoami",
        ("latest", "v1.11", "v1.11.0"),
        6_380_000,
        3,
        "2025-04-12T21:20:00Z",
        entrypoint=("/whoami",),
        ports=("80/tcp",),
        userland="none",
        life=Life(
            main=("/whoami",),
            ready_us=10 * _MS,
            listens=(80,),
            page="whoami",
            lines=(Line(10 * _MS, "{time:%Y/%m/%d %H:%M:%S} Starting up on port 80", 2),),
            on_stop=2,
            stop_us=5 * _MS,
        ),
    ),
    Image(
        "containous/whoami",
        ("latest",),
        7_080_000,
        3,
        "2019-09-25T08:20:00Z",
        entrypoint=("/whoami",),
        ports=("80/tcp",),
        userland="none",
        life=Life(
            main=("/whoami",),
            ready_us=10 * _MS,
            listens=(80,),
            page="whoami",
            lines=(Line(10 * _MS, "Starting up on port 80", 2),),
            on_stop=2,
            stop_us=5 * _MS,
        ),
    ),
    Image(
        "nginxdemos/hello",
        ("latest", "plain-text", "0.4"),
        44 * _MB,
        9,
        "2024-06-14T10:00:00Z",
        command=("nginx", "-g", "daemon off;"),
        entrypoint=("/docker-entrypoint.sh",),
        ports=("80/tcp",),
        stop_signal="SIGQUIT",
        userland="busybox",
        programs=("nginx",),
        life=Life(main=("nginx",), ready_us=80 * _MS, listens=(80,), page="hello", on_stop=0),
    ),
    Image(
        "traefik",
        ("latest", "v3", "v3.3", "v3.3.6"),
        224 * _MB,
        4,
        "2025-04-18T09:12:00Z",
        command=("traefik",),
        entrypoint=("/entrypoint.sh",),
        ports=("80/tcp",),
        userland="busybox",
        programs=("traefik",),
        life=Life(
            main=("traefik",),
            ready_us=200 * _MS,
            listens=(80, 8080),
            page="none",
            on_stop=0,
            lines=(
                Line(
                    150 * _MS,
                    "{time:%Y-%m-%dT%H:%M:%SZ} INF Traefik version 3.3.6 built on 2025-04-18T09:01:37Z version=3.3.6",
                    2,
                ),
            ),
        ),
        version="3.3.6",
    ),
    Image(
        "portainer/portainer-ce",
        ("latest", "lts", "2.27.6", "alpine"),
        268 * _MB,
        11,
        "2025-05-02T04:12:00Z",
        entrypoint=("/portainer",),
        ports=("8000/tcp", "9000/tcp", "9443/tcp"),
        volumes=("/data",),
        directory="/",
        userland="none",
        life=Life(
            main=("/portainer",),
            ready_us=700 * _MS,
            listens=(8000, 9000, 9443),
            page="portainer",
            on_stop=0,
            lines=(
                Line(300 * _MS, "{time:%Y/%m/%d %I:%M%p} INF starting Portainer | version=2.27.6", 2),
                Line(700 * _MS, "{time:%Y/%m/%d %I:%M%p} INF starting HTTP server | bind_address=:9000", 2),
            ),
        ),
    ),
    Image(
        "portainer/agent",
        ("latest", "lts", "2.27.6"),
        175 * _MB,
        8,
        "2025-05-02T04:12:00Z",
        entrypoint=("./agent",),
        ports=("9001/tcp",),
        directory="/app",
        userland="none",
        life=Life(main=("./agent",), ready_us=300 * _MS, listens=(9001,), page="none", on_stop=0),
    ),
    Image(
        "hello-world",
        ("latest", "linux"),
        10_100,
        1,
        "2025-01-22T23:32:31Z",
        command=("/hello",),
        userland="none",
        life=Life(
            main=("/hello",), ends=0, ready_us=1 * _MS, lines=tuple(Line(1 * _MS, text) for text in _HELLO.split("\n"))
        ),
    ),
    Image(
        "registry",
        ("latest", "2", "2.8.3", "3"),
        25_400_000,
        5,
        "2023-10-02T18:42:00Z",
        command=("/etc/docker/registry/config.yml",),
        entrypoint=("/entrypoint.sh",),
        ports=("5000/tcp",),
        volumes=("/var/lib/registry",),
        userland="busybox",
        programs=("registry",),
        life=Life(
            main=("/etc/docker/registry/config.yml",),
            ready_us=100 * _MS,
            listens=(5000,),
            page="registry",
            on_stop=2,
            lines=(
                Line(
                    100 * _MS,
                    'time="{time:%Y-%m-%dT%H:%M:%SZ}" level=info msg="listening on [::]:5000" version=2.8.3',
                    2,
                ),
            ),
        ),
    ),
    Image(
        "dockersamples/visualizer",
        ("latest", "stable"),
        166 * _MB,
        9,
        "2021-03-24T10:00:00Z",
        command=("npm", "start"),
        entrypoint=("/sbin/tini", "--"),
        ports=("8080/tcp",),
        directory="/app",
        userland="busybox",
        programs=("npm", "node"),
        life=Life(main=("npm", "start"), ready_us=900 * _MS, listens=(8080,), page="none", on_stop=143),
    ),
    Image(
        "mongo",
        ("latest", "8", "8.0"),
        889 * _MB,
        8,
        "2025-04-24T18:00:00Z",
        command=("mongod",),
        entrypoint=("docker-entrypoint.sh",),
        ports=("27017/tcp",),
        volumes=("/data/configdb", "/data/db"),
        programs=("mongod", "mongosh"),
        life=Life(main=("mongod",), ready_us=900 * _MS, listens=(27017,), on_stop=0, stop_us=300 * _MS),
    ),
    Image(
        "rabbitmq",
        ("latest", "4", "management"),
        261 * _MB,
        10,
        "2025-04-20T18:00:00Z",
        command=("rabbitmq-server",),
        entrypoint=("docker-entrypoint.sh",),
        ports=("5672/tcp", "15672/tcp"),
        volumes=("/var/lib/rabbitmq",),
        programs=("rabbitmq-server",),
        life=Life(main=("rabbitmq-server",), ready_us=4_000 * _MS, listens=(5672,), on_stop=0, stop_us=1_500 * _MS),
    ),
    Image(
        "memcached",
        ("latest", "1", "alpine"),
        84_500_000,
        6,
        "2025-04-28T18:00:00Z",
        command=("memcached",),
        entrypoint=("docker-entrypoint.sh",),
        ports=("11211/tcp",),
        user="memcache",
        programs=("memcached",),
        life=Life(main=("memcached",), ready_us=20 * _MS, listens=(11211,), on_stop=0, stop_us=10 * _MS),
    ),
    Image(
        "dockersamples/examplevotingapp_vote",
        ("latest", "before", "after"),
        140 * _MB,
        9,
        "2023-01-10T10:00:00Z",
        command=(
            "gunicorn",
            "app:app",
            "-b",
            "0.0.0.0:80",
            "--log-file",
            "-",
            "--access-logfile",
            "-",
            "--workers",
            "4",
        ),
        ports=("80/tcp",),
        directory="/usr/local/app",
        programs=("gunicorn", "python3"),
        life=Life(main=("gunicorn",), ready_us=500 * _MS, listens=(80,), page="hello", on_stop=0),
    ),
    Image(
        "dockersamples/examplevotingapp_result",
        ("latest", "before", "after"),
        240 * _MB,
        9,
        "2023-01-10T10:00:00Z",
        command=("node", "server.js"),
        entrypoint=("/usr/bin/tini", "--"),
        ports=("80/tcp",),
        directory="/usr/local/app",
        programs=("node",),
        life=Life(main=("node", "server.js"), ready_us=600 * _MS, listens=(80,), page="hello", on_stop=143),
    ),
    Image(
        "dockersamples/examplevotingapp_worker",
        ("latest",),
        190 * _MB,
        7,
        "2023-01-10T10:00:00Z",
        entrypoint=("dotnet", "Worker.dll"),
        directory="/app",
        programs=("dotnet",),
        life=Life(
            main=("dotnet", "Worker.dll"),
            ready_us=400 * _MS,
            on_stop=143,
            lines=(Line(400 * _MS, "Connected to db"), Line(450 * _MS, "Connecting to redis")),
        ),
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
    Image(
        "caddy",
        ("latest", "2", "alpine"),
        50 * _MB,
        5,
        "2025-04-20T08:00:00Z",
        command=("caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"),
        ports=("80/tcp", "443/tcp"),
        directory="/srv",
        userland="busybox",
        programs=("caddy",),
        life=Life(main=("caddy",), ready_us=80 * _MS, listens=(80,), page="hello", on_stop=0),
    ),
    Image(
        "docker",
        ("latest", "28", "28.1", "cli"),
        377 * _MB,
        14,
        "2025-04-18T18:00:00Z",
        command=("sh",),
        entrypoint=("docker-entrypoint.sh",),
        userland="busybox",
        programs=("docker",),
    ),
)
