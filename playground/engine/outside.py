"""The world outside of a lab: the names that tutorials ping, so that ``ping docker.com`` in a service goes on for ever.

Nothing is sent anywhere. The addresses are those that are kept for documentation (RFC 5737), but for the name servers
that everybody knows by theirs. What such a host answers over HTTP is where its pages are: at ``https``, which no
program of a lab speaks.
"""

from typing import Final

from playground.api.machine import ConnectFailed, HttpAnswer, HttpRequest
from playground.sim import Kernel

_NAMES: Final = (
    "docker.com",
    "www.docker.com",
    "hub.docker.com",
    "docs.docker.com",
    "download.docker.com",
    "get.docker.com",
    "index.docker.io",
    "registry-1.docker.io",
    "auth.docker.io",
    "google.com",
    "www.google.com",
    "github.com",
    "raw.githubusercontent.com",
    "example.com",
    "www.example.com",
    "example.org",
    "wikipedia.org",
    "www.wikipedia.org",
    "cloudflare.com",
    "kernel.org",
    "ubuntu.com",
    "archive.ubuntu.com",
    "security.ubuntu.com",
    "debian.org",
    "deb.debian.org",
    "alpinelinux.org",
    "dl-cdn.alpinelinux.org",
    "pypi.org",
    "registry.npmjs.org",
    "microsoft.com",
    "amazon.com",
    "yahoo.com",
    "facebook.com",
    "bing.com",
    "heise.de",
)
_ADDRESSES: Final = {name: f"203.0.113.{number}" for number, name in enumerate(_NAMES, 10)} | {
    "dns.google": "8.8.8.8",
    "one.one.one.one": "1.1.1.1",
}
_HOSTS: Final = frozenset((*_ADDRESSES.values(), "8.8.4.4", "1.0.0.1", "9.9.9.9"))
_SHORTEST_US: Final = 9_000
_JITTER_US: Final = 3_000


def address_outside(name: str) -> str | None:
    """The address of a host outside, by its name; None when there is none of that name."""
    return _ADDRESSES.get(name.lower().removesuffix("."))


def is_outside(address: str) -> bool:
    """True when a host outside has the address."""
    return address in _HOSTS


async def echo_outside(kernel: Kernel, machine: str, address: str) -> int:
    """Ping a host outside from a machine of the lab; the round-trip time in microseconds."""
    nearest = _SHORTEST_US + int(address.rpartition(".")[2]) * 97
    took = nearest + kernel.random("outside", machine, str(kernel.now_us)).randrange(_JITTER_US)
    await kernel.sleep(took)
    return took


async def http_outside(kernel: Kernel, machine: str, address: str, port: int, request: HttpRequest) -> HttpAnswer:
    """What a host outside answers: on port 80 that its pages are elsewhere, on others nothing.

    Raises:
        ConnectFailed: ``timeout``, nobody is behind another port.
    """
    if port != 80:
        await kernel.sleep(request.timeout_us)
        raise ConnectFailed("timeout")
    await echo_outside(kernel, machine, address)
    place = f"https://{request.host}{request.path}"
    body = f"<html><head><title>301 Moved Permanently</title></head>\n<body>The document is at {place}.</body></html>\n"
    headers = {"Location": place, "Content-Type": "text/html", "Content-Length": str(len(body.encode()))}
    return HttpAnswer(301, headers, body.encode())
