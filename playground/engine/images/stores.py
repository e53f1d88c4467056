"""Stores and brokers besides the databases that have a module of their own."""

from playground.engine.images.life import Image, Life

_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MB = 1_000_000
_MS = 1_000

STORES: tuple[Image, ...] = (
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
)
