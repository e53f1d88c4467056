"""Stores and brokers besides the databases that have a module of their own."""

from collections.abc import Iterator

from playground.engine.images.life import Image
from playground.engine.images.releases import releases
from playground.engine.images.releases_data import ELASTICSEARCH, MONGO, RABBITMQ
from playground.engine.images.server import server

_SCRIPT = "docker-entrypoint.sh"
_MONGO_NAMES = {"8.0.9": ("8", "latest"), "7.0.20": ("7",), "6.0.23": ("6",), "5.0.31": ("5",), "4.4.29": ("4",)}
_RABBIT_NAMES = {"4.1.0": ("4", "latest"), "3.13.7": ("3",)}
_ELASTIC_NAMES = {"2.4.6": ("2",), "5.6.16": ("5", "latest")}


def _mongo() -> Iterator[Image]:
    for one in releases(MONGO, _MONGO_NAMES):
        yield server(
            "mongo",
            " ".join(one.tags),
            one.size / 1_000_000,
            "mongod",
            (27017,),
            page="",
            entrypoint=_SCRIPT,
            ready_ms=900,
            created=one.created,
            volumes=("/data/configdb", "/data/db"),
            version=one.version,
        )


def _rabbitmq() -> Iterator[Image]:
    """Each release as it is and with its management page, on Debian's userland and on Alpine's."""
    for one in releases(RABBITMQ, _RABBIT_NAMES):
        for managed in (False, True):
            for small in (False, True):
                suffix = "-".join(["management"] * managed + ["alpine"] * small)
                yield server(
                    "rabbitmq",
                    " ".join(one.tagged(suffix) if suffix else one.tags),
                    (one.alpine if small else one.size) / 1_000_000 + 10 * managed,
                    "rabbitmq-server",
                    (5672, 15672) if managed else (5672,),
                    page="rabbitmq" if managed else "",
                    entrypoint=_SCRIPT,
                    ready_ms=4_000,
                    log=("Starting broker...", "Server startup complete"),
                    created=one.created,
                    userland="busybox" if small else "debian",
                    volumes=("/var/lib/rabbitmq",),
                    version=one.version,
                )


def _elasticsearch() -> Iterator[Image]:
    for one in releases(ELASTICSEARCH, _ELASTIC_NAMES):
        for repository in ("elasticsearch", "docker.elastic.co/elasticsearch/elasticsearch"):
            yield server(
                repository,
                " ".join(one.tags),
                one.size / 1_000_000,
                "elasticsearch",
                (9200, 9300),
                page="elasticsearch",
                entrypoint="/docker-entrypoint.sh",
                ready_ms=9_000,
                log=("initializing ...", "starting ...", "started"),
                created=one.created,
                directory="/usr/share/elasticsearch",
                version=one.version,
            )


STORES: tuple[Image, ...] = (
    *_mongo(),
    *_rabbitmq(),
    *_elasticsearch(),
    server(
        "memcached",
        "latest 1 1.6 1.6.38 bookworm",
        84.5,
        "memcached",
        (11211,),
        page="",
        entrypoint=_SCRIPT,
        ready_ms=20,
        user="memcache",
    ),
    server(
        "memcached",
        "alpine 1-alpine 1.6-alpine 1.6.38-alpine",
        10.1,
        "memcached",
        (11211,),
        page="",
        entrypoint=_SCRIPT,
        ready_ms=20,
        user="memcache",
        userland="busybox",
    ),
    server(
        "memcached",
        "1.5 1.5.22",
        75,
        "memcached",
        (11211,),
        page="",
        entrypoint=_SCRIPT,
        ready_ms=20,
        user="memcache",
        created="2020-02-26T18:00:00Z",
    ),
    server(
        "couchdb",
        "latest 3 3.5 3.5.0",
        263,
        "/opt/couchdb/bin/couchdb",
        (5984,),
        entrypoint="tini --",
        ready_ms=1_500,
        volumes=("/opt/couchdb/data",),
    ),
    server(
        "couchdb",
        "2 2.3 2.3.0 2.3.1",
        172,
        "/opt/couchdb/bin/couchdb",
        (5984,),
        entrypoint="tini --",
        ready_ms=1_500,
        created="2019-03-12T18:00:00Z",
        volumes=("/opt/couchdb/data",),
    ),
    server(
        "influxdb",
        "latest 2 2.7 2.7.11",
        387,
        "influxd",
        (8086,),
        entrypoint="/entrypoint.sh",
        ready_ms=800,
        volumes=("/var/lib/influxdb2",),
    ),
    server(
        "influxdb",
        "1.8 1.8.10 1.7",
        308,
        "influxd",
        (8086,),
        entrypoint="/entrypoint.sh",
        ready_ms=800,
        created="2021-11-02T18:00:00Z",
        volumes=("/var/lib/influxdb",),
    ),
    server(
        "cassandra",
        "latest 5 5.0 5.0.4",
        366,
        "cassandra -f",
        (9042,),
        page="",
        entrypoint=_SCRIPT,
        ready_ms=20_000,
        volumes=("/var/lib/cassandra",),
    ),
    server(
        "neo4j",
        "latest 5 community",
        574,
        "neo4j",
        (7474, 7687),
        entrypoint="tini -g -- /startup/docker-entrypoint.sh",
        ready_ms=8_000,
        volumes=("/data", "/logs"),
    ),
    server(
        "zookeeper",
        "latest 3.9 3.9.3",
        305,
        "zkServer.sh start-foreground",
        (2181,),
        page="",
        entrypoint="/docker-entrypoint.sh",
        ready_ms=1_200,
    ),
    server(
        "nats",
        "latest 2 2.11 2.11.3 alpine",
        17.1,
        "nats-server --config nats-server.conf",
        (4222, 8222),
        page="",
        entrypoint=_SCRIPT,
        ready_ms=50,
        userland="none",
    ),
    server(
        "eclipse-mosquitto",
        "latest 2 2.0 2.0.21",
        10.4,
        "/usr/sbin/mosquitto -c /mosquitto/config/mosquitto.conf",
        (1883,),
        page="",
        entrypoint="/docker-entrypoint.sh",
        ready_ms=60,
        userland="busybox",
    ),
    server("minio/minio", "latest", 176, "minio", (9000,), entrypoint="/usr/bin/docker-entrypoint.sh", ready_ms=500),
    server(
        "hashicorp/consul",
        "latest 1.21 1.20",
        207,
        "agent -dev -client 0.0.0.0",
        (8500,),
        entrypoint=_SCRIPT,
        ready_ms=900,
        userland="busybox",
    ),
    server(
        "consul",
        "1.15 1.15.4 1.10 1.9",
        155,
        "agent -dev -client 0.0.0.0",
        (8500,),
        entrypoint=_SCRIPT,
        ready_ms=900,
        userland="busybox",
        created="2023-06-22T18:00:00Z",
    ),
    server(
        "hashicorp/vault",
        "latest 1.19",
        467,
        "server -dev",
        (8200,),
        entrypoint=_SCRIPT,
        ready_ms=400,
        userland="busybox",
    ),
    server(
        "bitnami/redis",
        "latest 8.0 7.4",
        178,
        "/opt/bitnami/scripts/redis/run.sh",
        (6379,),
        page="",
        entrypoint="/opt/bitnami/scripts/redis/entrypoint.sh",
        user="1001",
    ),
    server(
        "bitnami/mariadb",
        "latest 11.4",
        421,
        "/opt/bitnami/scripts/mariadb/run.sh",
        (3306,),
        page="",
        entrypoint="/opt/bitnami/scripts/mariadb/entrypoint.sh",
        ready_ms=6_000,
        user="1001",
    ),
    server(
        "bitnami/postgresql",
        "latest 17 16",
        279,
        "/opt/bitnami/scripts/postgresql/run.sh",
        (5432,),
        page="",
        entrypoint="/opt/bitnami/scripts/postgresql/entrypoint.sh",
        ready_ms=2_000,
        user="1001",
    ),
    server(
        "percona",
        "latest 8.0 8",
        614,
        "mysqld",
        (3306,),
        page="",
        entrypoint="/docker-entrypoint.sh",
        ready_ms=6_000,
        volumes=("/var/lib/mysql",),
    ),
)
