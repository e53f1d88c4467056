"""Servers that stand before others."""

from playground.engine.images.life import Image, Life, Line

_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MB = 1_000_000
_MS = 1_000

PROXIES: tuple[Image, ...] = (
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
)
