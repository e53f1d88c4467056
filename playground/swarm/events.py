"""What ``docker events`` says of the cluster's objects.

Every manager makes these from the transactions that its own store applies. Tasks and the
cluster itself have none.

Source: moby ``daemon/events.go``, ``generateClusterEvent``.
"""

from typing import Any

from playground.swarm.model import Config, Network, Node, Object, Secret, Service
from playground.swarm.store import Change, ChangeKind

MICROSECONDS = 1_000_000
NANOSECONDS = 1_000
KINDS: tuple[type[Object], ...] = (Node, Service, Network, Secret, Config)


def engine_events(change: Change, wall_us: int, now_us: int) -> list[dict[str, Any]]:
    """Return the events of one change, as ``GET /events`` sends them: none or one.

    ``wall_us`` is the date of the lab's start in microseconds since 1970. A removal
    happens ``now_us``; anything else when its object says.
    """
    obj = change.object
    if not isinstance(obj, KINDS):
        return []
    moment_us = {
        ChangeKind.CREATE: obj.created_us,
        ChangeKind.UPDATE: obj.updated_us,
        ChangeKind.REMOVE: now_us,
    }[change.kind]
    attributes = {"name": _name(obj)}
    if change.kind is ChangeKind.UPDATE:
        if isinstance(obj, Node) and isinstance(change.old, Node):
            attributes.update(_node_changes(change.old, obj))
        elif isinstance(obj, Service) and isinstance(change.old, Service):
            attributes.update(_service_changes(change.old, obj))
    at_us = wall_us + moment_us
    return [
        {
            "Type": type(obj).__name__.lower(),
            "Action": change.kind.value,
            "Actor": {"ID": obj.id, "Attributes": dict(sorted(attributes.items()))},
            "scope": "swarm",
            "time": at_us // MICROSECONDS,
            "timeNano": at_us * NANOSECONDS,
        }
    ]


def _name(obj: Object) -> str:
    if isinstance(obj, Node):
        return str(obj.spec.get("Name") or "") or obj.hostname
    assert isinstance(obj, (Service, Network, Secret, Config))
    return obj.name


def _changed(key: str, old: str, new: str) -> dict[str, str]:
    return {} if old == new else {f"{key}.old": old, f"{key}.new": new}


def _node_changes(old: Node, new: Node) -> dict[str, str]:
    """Role is the one that the node's certificate has, not the one that is wanted."""
    return {
        **_changed("availability", old.availability.value, new.availability.value),
        **_changed("role", old.role.value, new.role.value),
        **_changed("state", old.status.state.value, new.status.state.value),
    }


def _service_changes(old: Service, new: Service) -> dict[str, str]:
    changes = _changed("image", _image(old), _image(new))
    old_replicas, replicas = _replicas(old), _replicas(new)
    if old_replicas is not None and replicas is not None:
        changes.update(_changed("replicas", str(old_replicas), str(replicas)))
    if new.update_status is not None:
        if old.update_status is None:
            changes["updatestate.new"] = new.update_status.state
        else:
            changes.update(_changed("updatestate", old.update_status.state, new.update_status.state))
    return changes


def _image(service: Service) -> str:
    return str(service.spec["TaskTemplate"]["ContainerSpec"].get("Image", ""))


def _replicas(service: Service) -> int | None:
    replicated = service.spec["Mode"].get("Replicated")
    return None if replicated is None else int(replicated.get("Replicas", 1))
