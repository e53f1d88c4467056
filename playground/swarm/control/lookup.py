"""Finding an object by what a person typed: its id, its name, or the start of its id.

Source: moby ``daemon/cluster/helpers.go``.
"""

from collections.abc import Iterable
from typing import TypeVar

from playground.swarm.errors import SwarmError
from playground.swarm.model import Config, Network, Node, Object, Secret, Service, Task

Found = TypeVar("Found", bound=Object)


class LookupFailed(SwarmError):
    """No one object is meant."""


class NotFound(LookupFailed):
    """Nothing goes by that id or name (HTTP 404)."""


class Ambiguous(LookupFailed):
    """More than one object goes by that name or start of an id (HTTP 400)."""


def name_of(obj: Object) -> str:
    """What an object goes by: a node by its hostname, a task by its container's name."""
    if isinstance(obj, Node):
        return obj.hostname
    if isinstance(obj, Task):
        return obj.full_name
    if isinstance(obj, (Service, Network, Secret, Config)):
        return obj.name
    return ""


def _goes_by(obj: Object, name: str) -> bool:
    if isinstance(obj, (Secret, Config)):
        return name_of(obj).lower() == name.lower()
    return name_of(obj) == name


def find(kind: str, candidates: Iterable[Found], reference: str) -> Found:
    """Return the object meant: by full id, else by whole name, else by the start of its id.

    ``kind`` is the word for it: node, service, task, secret, config or network. Names of
    secrets and configs are compared without regard to case, all others with it.

    Raises:
        NotFound: there is none.
        Ambiguous: there is more than one.
    """
    objects = list(candidates)
    for obj in objects:
        if obj.id == reference:
            return obj
    found = [obj for obj in objects if reference and _goes_by(obj, reference)]
    if not found:
        found = [obj for obj in objects if obj.id.startswith(reference)]
    if not found:
        raise NotFound(f"{kind} {reference} not found")
    if len(found) > 1:
        raise Ambiguous(f"{kind} {reference} is ambiguous ({len(found)} matches found)")
    return found[0]
