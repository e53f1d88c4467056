"""Events about the swarm's objects, as every manager tells them.

Source: moby ``daemon/events.go`` (``generateClusterEvent`` and below).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from playground.engine.clock import Clock
from playground.sim import SECOND
from playground.swarm.model import Config, Network, Node, Object, Secret, Service
from playground.swarm.store import Change, ChangeKind

_KINDS: dict[type[Object], str] = {
    Node: "node",
    Service: "service",
    Network: "network",
    Secret: "secret",
    Config: "config",
}


def engine_events(changes: Sequence[Change], clock: Clock) -> Iterator[dict[str, Any]]:
    """The events, in wire form, of one applied transaction."""
    for change in changes:
        obj = change.object
        kind = _KINDS.get(type(obj))
        if kind is None:
            continue
        lab_us = {
            ChangeKind.CREATE: obj.created_us,
            ChangeKind.UPDATE: obj.updated_us,
            ChangeKind.REMOVE: clock.now_us,
        }[change.kind]
        unix_us = clock.unix_us(lab_us)
        yield {
            "Type": kind,
            "Action": change.kind.value,
            "Actor": {"ID": obj.id, "Attributes": dict(sorted(_attributes(change).items()))},
            "scope": "swarm",
            "time": unix_us // SECOND,
            "timeNano": unix_us * 1000,
        }


def _attributes(change: Change) -> dict[str, str]:
    new, old = change.object, change.old if change.kind is ChangeKind.UPDATE else None
    if isinstance(new, Node):
        found = {"name": str(new.spec.get("Name") or new.hostname)}
        if isinstance(old, Node):
            found |= _changed("availability", old.spec.get("Availability"), new.spec.get("Availability"))
            found |= _changed("role", old.role.value, new.role.value)
            found |= _changed("state", old.status.state.value, new.status.state.value)
        return found
    found = {"name": str(getattr(new, "name", ""))}
    if isinstance(new, Service) and isinstance(old, Service):
        found |= _changed("image", _image(old), _image(new))
        if "Replicated" in new.spec["Mode"] and "Replicated" in old.spec["Mode"]:
            found |= _changed("replicas", _replicas(old), _replicas(new))
        if new.update_status is not None:
            if old.update_status is None:
                found["updatestate.new"] = new.update_status.state
            else:
                found |= _changed("updatestate", old.update_status.state, new.update_status.state)
    return found


def _changed(name: str, old: object, new: object) -> dict[str, str]:
    return {} if old == new else {f"{name}.old": str(old), f"{name}.new": str(new)}


def _image(service: Service) -> str:
    return str(((service.spec.get("TaskTemplate") or {}).get("ContainerSpec") or {}).get("Image", ""))


def _replicas(service: Service) -> int:
    return int((service.spec["Mode"]["Replicated"] or {}).get("Replicas") or 0)
