"""A request as the program in a container sees it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, as the program in the container sees it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    client: str
    """Address of who connects."""
    hostname: str
    addresses: tuple[str, ...]
    """The container's own addresses."""
    version: str
    environment: Mapping[str, str]
    port: int
    read: Callable[[str], bytes | None]
    """A file of the container, None when it has none of that path."""
