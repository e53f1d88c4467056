"""Databases and caches of the catalogue."""

from playground.engine.images.life import Image, Life, Line

_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MB = 1_000_000
_MS = 1_000


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
                    "{time:%Y-%m-%d %H:%M:%S}+00:00 [Note] [Entrypoint]: Entrypoint script for {version} started.",
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
                    (
                        *tuple(
                            f"{one}_{word}"
                            for one in sorted({prefix, "MYSQL"})
                            for word in (
                                "ROOT_PASSWORD",
                                "ROOT_PASSWORD_FILE",
                                "ALLOW_EMPTY_PASSWORD",
                                "RANDOM_ROOT_PASSWORD",
                            )
                        ),
                        f"{prefix}_ALLOW_EMPTY_ROOT_PASSWORD",
                        f"{prefix}_ROOT_PASSWORD_HASH",
                    ),
                    1,
                    ("[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified",),
                ),
            ),
        ),
        version=version,
    )


DATABASES: tuple[Image, ...] = (
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
)
