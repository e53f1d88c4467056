"""A change of the store in a few words: "task web.3: assigned → accepted", with what was before and after."""

from collections.abc import Callable, Mapping
from typing import Any

from playground.raft.messages import Change as MembershipKind
from playground.raft.messages import Entry, MembershipChange
from playground.swarm import model
from playground.swarm.proposal import Proposal
from playground.swarm.store import Change

Json = dict[str, Any]
Hostname = Callable[[str], str]
"""The machine of a node id, or the empty text."""

MAX_CHANGES = 40
"""Changes of one entry that are told one by one."""


KINDS: dict[type[model.Object], str] = {
    model.Service: "service",
    model.Network: "network",
    model.Secret: "secret",
    model.Config: "config",
}


def describe_entry(entry: Entry, hostname: Hostname) -> Json:
    """What a log entry changes: ``{"by", "text", "changes": [...], "more"}``."""
    data = entry.data
    if isinstance(data, Proposal):
        changes = data.changes()
        told = [describe(change, hostname) for change in changes[:MAX_CHANGES]]
        more = len(changes) - len(told)
        return {"by": data.by, "text": summary(told, more), "changes": told, "more": more}
    if isinstance(data, MembershipChange):
        who = getattr(data.context, "machine", "") or data.member
        text = f"{who} becomes a member" if data.kind is MembershipKind.ADD else f"{who} is a member no longer"
        return {"by": "raft", "text": text, "changes": [], "more": 0}
    return {"by": "raft", "text": "a new leader opens its term", "changes": [], "more": 0}


def summary(told: list[Json], more: int) -> str:
    """All changes of one entry in a line, like ones together."""
    by_text: dict[str, list[str]] = {}
    for change in told:
        by_text.setdefault(change["text"], []).append(change["object"])
    parts = []
    for text, objects in by_text.items():
        shown = ", ".join(objects[:4]) + (f" and {count} more" if (count := len(objects) - 4) > 0 else "")
        parts.append(f"{shown}: {text}")
    if len(parts) > 3:
        more += sum(len(objects) for objects in list(by_text.values())[3:])
        parts = parts[:3]
    return "; ".join(parts) + (f"; and {count} more" if (count := more) else "")


def describe(change: Change, hostname: Hostname) -> Json:
    """``{"object", "id", "text", "before": {...} or null, "after": {...} or null}``."""
    obj = change.object
    before = _facts(change.old, hostname) if change.old is not None else None
    after = _facts(change.new, hostname) if change.new is not None else None
    if before is not None and after is not None:
        keys = [key for key in {**before, **after} if before.get(key, "") != after.get(key, "")]
        text = ", ".join(_turn(key, before.get(key, ""), after.get(key, "")) for key in keys) or _unseen(change)
    elif after is not None:
        text = f"created ({after['state']})" if "state" in after else "created"
    else:
        text = "removed"
    return {"object": _name(obj, hostname), "id": obj.id, "text": text, "before": before, "after": after}


def _turn(key: str, before: str, after: str) -> str:
    if key in ("state", "update"):
        return f"{before or 'nothing'} → {after or 'nothing'}"
    if not before:
        return f"{key} {after}"
    return f"{key} {before} → {after or 'nothing'}"


def _unseen(change: Change) -> str:
    """What changed where none of the told facts did."""
    old, new = change.old, change.new
    if isinstance(old, model.Node) and isinstance(new, model.Node):
        if old.lb_addresses != new.lb_addresses:
            return "addresses on overlay networks"
        if old.certificate_issued is not new.certificate_issued:
            return "certificate"
        if old.description != new.description:
            return "its engine's description"
    if isinstance(old, model.Cluster) and isinstance(new, model.Cluster):
        if old.spec != new.spec:
            return "settings"
        if old.network_key != new.network_key:
            return "keys of the networks"
        return "removed nodes" if old.removed_nodes != new.removed_nodes else "certificates"
    return "written again"


def _name(obj: model.Object, hostname: Hostname) -> str:
    if isinstance(obj, model.Task):
        return f"task {obj.service_name}.{obj.slot or hostname(obj.node_id) or obj.node_id[:12]}"
    if isinstance(obj, model.Node):
        return f"node {obj.hostname or obj.id[:12]}"
    if isinstance(obj, model.Cluster):
        return "cluster"
    return f"{KINDS[type(obj)]} {getattr(obj, 'name', obj.id[:12])}"


def _facts(obj: model.Object, hostname: Hostname) -> dict[str, str]:
    """What is worth telling of an object, as text."""
    facts: dict[str, str] = {}
    if isinstance(obj, model.Task):
        facts["state"] = obj.status.state.word
        facts["wanted"] = obj.desired_state.word
        facts["node"] = hostname(obj.node_id)
        facts["address"] = ", ".join(address for network in obj.networks for address in network.addresses)
        facts["error"] = obj.status.error
    elif isinstance(obj, model.Service):
        facts |= _service_facts(obj)
    elif isinstance(obj, model.Node):
        facts["state"] = obj.status.state.value
        facts["role"] = obj.role.value
        facts["wanted role"] = obj.desired_role.value
        facts["availability"] = obj.availability.value
        facts["labels"] = _labels(obj.spec.get("Labels"))
        facts["message"] = obj.status.message
    elif isinstance(obj, model.Network):
        facts["driver"] = str(obj.spec.get("Driver") or "overlay")
        facts["subnet"] = ", ".join(str(pool.get("Subnet", "")) for pool in obj.ipam)
    elif isinstance(obj, model.Cluster):
        encryption = obj.spec.get("EncryptionConfig") or {}
        facts["autolock"] = "on" if encryption.get("AutoLockManagers") else "off"
        facts["worker token"] = obj.join_token_worker[-6:]
        facts["manager token"] = obj.join_token_manager[-6:]
    return {key: value for key, value in facts.items() if value}


def _service_facts(service: model.Service) -> dict[str, str]:
    mode = service.spec["Mode"]
    template = service.spec.get("TaskTemplate") or {}
    update = service.update_status
    placement = template.get("Placement") or {}
    return {
        "image": str((template.get("ContainerSpec") or {}).get("Image", "")).split("@", 1)[0],
        "replicas": str(mode["Replicated"].get("Replicas", 1)) if "Replicated" in mode else service.mode.lower(),
        "ports": ", ".join(f"{port.get('PublishedPort', 0)} → {port.get('TargetPort', 0)}" for port in service.ports),
        "virtual addresses": ", ".join(address for _, address in service.virtual_ips),
        "constraints": ", ".join(str(constraint) for constraint in placement.get("Constraints") or ()),
        "labels": _labels(service.spec.get("Labels")),
        "update": update.state if update is not None else "",
    }


def _labels(labels: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted((labels or {}).items()))
