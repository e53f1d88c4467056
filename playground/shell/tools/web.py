"""What curl and wget both know of the web: addresses, and what a status is called."""

import re
from dataclasses import dataclass
from typing import Final

REASONS: Final = {
    200: "OK",
    201: "Created",
    204: "No Content",
    301: "Moved Permanently",
    302: "Found",
    304: "Not Modified",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(frozen=True, slots=True)
class Url:
    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        usual = 443 if self.scheme == "https" else 80
        return self.host if self.port == usual else f"{self.host}:{self.port}"


def parse_url(text: str) -> Url | None:
    """A web address, ``http`` where it names no scheme; None when it is none."""
    found = re.fullmatch(
        r"(?:([a-z][a-z0-9+.-]*)://)?(?:[^@/]*@)?(\[[0-9a-f:]+\]|[^:/?#]+)(?::([0-9]{1,9}))?([/?#].*)?", text
    )
    if found is None:
        return None
    scheme, host, port, path = found.groups()
    scheme = scheme or "http"
    path = (path or "/").partition("#")[0]
    if not path.startswith("/"):
        path = "/" + path
    number = int(port) if port else 443 if scheme == "https" else 80
    return Url(scheme, host, number, path) if number < 65536 else None
