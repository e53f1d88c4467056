"""Servers that stand before others."""

from collections.abc import Iterator

from playground.engine.images.life import Image
from playground.engine.images.releases import releases
from playground.engine.images.releases_data import TRAEFIK
from playground.engine.images.server import server

_TRAEFIK_NAMES = {"3.4.0": ("3", "latest"), "2.11.24": ("2",)}


def _traefik() -> Iterator[Image]:
    """Each release by its number, with a ``v`` before it and without."""
    for one in releases(TRAEFIK, _TRAEFIK_NAMES):
        old = one.version.startswith("1.")
        yield server(
            "traefik",
            " ".join((*one.tags, *(f"v{tag}" for tag in one.tags if tag != "latest"))),
            one.size / 1_000_000,
            "" if old else "traefik",
            (80, 8080),
            page="traefik-dashboard" if old else "none",
            entrypoint="/traefik" if old else "/entrypoint.sh",
            ready_ms=200,
            log=(
                "{time:%Y-%m-%dT%H:%M:%SZ} INF Traefik version {version} built on "
                + one.created
                + " version={version}",
            ),
            created=one.created,
            userland="none" if old else "busybox",
            version=one.version,
        )


PROXIES: tuple[Image, ...] = (
    *_traefik(),
    server(
        "caddy",
        "latest 2 2.10 2.10.0 alpine 2-alpine",
        50,
        "caddy run --config /etc/caddy/Caddyfile --adapter caddyfile",
        (80,),
        page="caddy",
        ready_ms=80,
        directory="/srv",
        userland="busybox",
    ),
    server(
        "haproxy",
        "latest 3.1 3.1.7 bookworm",
        104,
        "haproxy -f /usr/local/etc/haproxy/haproxy.cfg",
        (80, 8404),
        page="haproxy-stats",
        entrypoint="docker-entrypoint.sh",
        ready_ms=60,
        user="haproxy",
    ),
    server(
        "haproxy",
        "alpine 3.1-alpine lts-alpine 3.0-alpine",
        32.6,
        "haproxy -f /usr/local/etc/haproxy/haproxy.cfg",
        (80, 8404),
        page="haproxy-stats",
        entrypoint="docker-entrypoint.sh",
        ready_ms=60,
        user="haproxy",
        userland="busybox",
    ),
    server(
        "haproxy",
        "lts 3.0 3.0.10 2.8 2.6 2.4",
        103,
        "haproxy -f /usr/local/etc/haproxy/haproxy.cfg",
        (80, 8404),
        page="haproxy-stats",
        entrypoint="docker-entrypoint.sh",
        ready_ms=60,
        user="haproxy",
    ),
    server(
        "haproxy",
        "1.9 1.8 1.7",
        72,
        "haproxy -f /usr/local/etc/haproxy/haproxy.cfg",
        (80, 8404),
        page="haproxy-stats",
        entrypoint="/docker-entrypoint.sh",
        ready_ms=60,
        created="2020-07-23T18:00:00Z",
    ),
    server(
        "dockercloud/haproxy",
        "latest 1.6.7",
        42.1,
        "dockercloud-haproxy",
        (80, 443, 1936),
        page="haproxy-stats",
        entrypoint="/sbin/tini --",
        ready_ms=600,
        userland="busybox",
        created="2017-12-18T18:00:00Z",
    ),
    server(
        "dockerflow/docker-flow-proxy",
        "latest",
        22,
        "docker-flow-proxy server",
        (80, 443, 8080),
        userland="busybox",
        created="2019-03-02T18:00:00Z",
    ),
    server(
        "dockerflow/docker-flow-swarm-listener",
        "latest",
        19,
        "docker-flow-swarm-listener",
        (8080,),
        userland="busybox",
        created="2019-03-02T18:00:00Z",
    ),
    server(
        "vfarcic/docker-flow-proxy",
        "latest",
        22,
        "docker-flow-proxy server",
        (80, 443, 8080),
        userland="busybox",
        created="2019-03-02T18:00:00Z",
    ),
    server(
        "jwilder/nginx-proxy", "latest alpine", 169, "forego start -r", (80,), entrypoint="/app/docker-entrypoint.sh"
    ),
    server(
        "nginxproxy/nginx-proxy",
        "latest alpine 1.7",
        206,
        "forego start -r",
        (80,),
        entrypoint="/app/docker-entrypoint.sh",
    ),
    server(
        "envoyproxy/envoy",
        "v1.34-latest v1.33-latest",
        189,
        "envoy -c /etc/envoy/envoy.yaml",
        (10000,),
        entrypoint="/docker-entrypoint.sh",
    ),
    server(
        "coredns/coredns",
        "latest 1.12.1 1.12.0 1.11.1",
        70.6,
        "",
        (53,),
        page="",
        entrypoint="/coredns",
        ready_ms=30,
        userland="none",
        log=(".:53", "CoreDNS-1.12.1", "linux/amd64, go1.24.1, 707c7c1"),
    ),
)
