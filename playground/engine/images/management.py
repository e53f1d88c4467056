"""What people look at and keep a swarm with."""

from playground.engine.images.life import Image, Life, Line

_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MB = 1_000_000
_MS = 1_000

MANAGEMENT: tuple[Image, ...] = (
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
