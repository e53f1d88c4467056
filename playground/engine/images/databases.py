"""Databases and caches of the catalogue."""

from playground.engine.images.life import Image, Life, Line
from playground.engine.images.releases import releases
from playground.engine.images.releases_data import MARIADB, MYSQL, POSTGRES, REDIS

_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MS = 1_000


def _redis(tags: tuple[str, ...], version: str, created: str, size: int, userland: str) -> Image:
    return Image(
        "redis",
        tags,
        size,
        7,
        created,
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


def _postgres(tags: tuple[str, ...], version: str, created: str, size: int, userland: str) -> Image:
    return Image(
        "postgres",
        tags,
        size,
        14,
        created,
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


def _mysql(repository: str, tags: tuple[str, ...], version: str, created: str, size: int, prefix: str) -> Image:
    server = "mysqld" if repository == "mysql" else "mariadbd"
    return Image(
        repository,
        tags,
        size,
        10,
        created,
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


_REDIS_NAMES = {"8.0.1": ("8", "latest"), "7.4.3": ("7",), "6.2.18": ("6",), "5.0.14": ("5",), "4.0.14": ("4",)} | {
    "3.2.12": ("3",),
    "2.8.23": ("2",),
}
_POSTGRES_NAMES = {"17.5": ("latest",), "9.6.24": ("9",)}
_MYSQL_NAMES = {"9.3.0": ("9", "latest", "innovation"), "8.4.5": ("8", "lts"), "5.7.44": ("5",)}
_MARIADB_NAMES = {"11.7.2": ("11", "latest"), "11.4.5": ("lts",), "10.11.11": ("10",), "5.5.64": ("5",)}

DATABASES: tuple[Image, ...] = (
    *(_redis(one.tags, one.version, one.created, one.size, "debian") for one in releases(REDIS, _REDIS_NAMES)),
    *(
        _redis(one.tagged("alpine"), one.version, one.created, one.alpine, "busybox")
        for one in releases(REDIS, _REDIS_NAMES)
        if one.alpine
    ),
    *(_postgres(one.tags, one.version, one.created, one.size, "debian") for one in releases(POSTGRES, _POSTGRES_NAMES)),
    *(
        _postgres(one.tagged("alpine"), one.version, one.created, one.alpine, "busybox")
        for one in releases(POSTGRES, _POSTGRES_NAMES)
        if one.alpine
    ),
    *(_mysql("mysql", one.tags, one.version, one.created, one.size, "MYSQL") for one in releases(MYSQL, _MYSQL_NAMES)),
    *(
        _mysql("mariadb", one.tags, one.version, one.created, one.size, "MARIADB")
        for one in releases(MARIADB, _MARIADB_NAMES)
    ),
)
