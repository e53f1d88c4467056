"""The entities of the view as both observers form them: of the emulation's own objects, and of an engine's answers.

Specifications, ports and the like are in the Engine API's own JSON form. The shapes are those of
``docs/socket-messages.md``.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Json = dict[str, Any]
Spec = Mapping[str, Any]

_MODES = {"ReplicatedJob": "replicated job", "GlobalJob": "global job"}


def node(
    *, name: str, ip: str, cpus: float, memory: int, power: str, engine: bool, swarm: str, error: str, leader: bool
) -> Json:
    """A machine of which no swarm knows: what one knows of it comes over this. ``memory`` in bytes."""
    return {
        "name": name,
        "ip": ip,
        "cpus": cpus,
        "memory": memory,
        "power": power,
        "engine": engine,
        "swarm": swarm,
        "error": error if swarm in ("error", "pending") else "",
        "id": "",
        "role": "",
        "availability": "",
        "state": "",
        "message": "",
        "labels": {},
        "reachability": "",
        "leader": leader,
    }


def service(
    key: str,
    spec: Spec,
    *,
    desired: int,
    running: int,
    ports: Iterable[Spec],
    update: Json | None,
    rolling: Json,
    network_name: Callable[[str], str],
) -> Json:
    """``desired`` and ``running`` count tasks, ``ports`` are the swarm's, ``rolling`` is what ``rollout`` says."""
    mode = next(iter(spec["Mode"]))
    template = spec["TaskTemplate"]
    container = template.get("ContainerSpec") or {}
    attached = [network_name(used.get("Target", "")) for used in template.get("Networks") or ()]
    return {
        "id": key,
        "name": spec["Name"],
        "image": image(template),
        "mode": _MODES.get(mode, mode.lower()),
        "wanted": spec["Mode"][mode].get("Replicas", 1) if mode == "Replicated" else desired,
        "running": running,
        "ports": [
            {
                "published": port.get("PublishedPort", 0),
                "target": port.get("TargetPort", 0),
                "protocol": port.get("Protocol", "tcp"),
                "mode": port.get("PublishMode", "ingress"),
            }
            for port in ports
        ],
        "update": update,
        **rolling,
        "stack": (spec.get("Labels") or {}).get("com.docker.stack.namespace", ""),
        "secrets": [used.get("SecretName", "") for used in container.get("Secrets") or ()],
        "configs": [used.get("ConfigName", "") for used in container.get("Configs") or ()],
        "networks": [name for name in attached if name],
        "log_driver": (template.get("LogDriver") or {}).get("Name", ""),
    }


def under_way(update: str) -> bool:
    """Whether an update in this state still has tasks to replace; "" is the state of a service without one."""
    return update not in ("", "completed", "rollback_completed")


def rollout(outdated: list[int], current: int, previous: Spec | None) -> Json:
    """Which versions must be replaced, how many tasks have been, and the image of the specification before."""
    return {
        "outdated": outdated,
        "current": current,
        "previous": image(previous["TaskTemplate"]) if previous else "",
    }


def quorum(managers: int, reachable: int, leader: str, term: int | None) -> Json:
    """``leader`` is the one that a majority follows, "" for none; ``term`` None where nobody tells it."""
    needed = managers // 2 + 1
    return {
        "managers": managers,
        "reachable": reachable,
        "needed": needed,
        "spare": max(0, reachable - needed),
        "has": bool(leader),
        "leader": leader,
        "term": term,
    }


def swarm(key: str, spec: Spec) -> Json:
    return {"id": key, "autolock": bool((spec.get("EncryptionConfig") or {}).get("AutoLockManagers"))}


def image(template: Spec) -> str:
    """The image of a task template as people write it, without the digest that it was pinned to."""
    named = str((template.get("ContainerSpec") or {}).get("Image", ""))
    return named.split("@", 1)[0]
