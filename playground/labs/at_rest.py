"""Whether a swarm has done what it was told, read from its view. Pure.

A `wait` of a lesson lets the swarm come to rest. In the emulation so many seconds are always the same; real engines
take what the machine gives them, so there a wait is over when nothing goes on any more.
"""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
_LIVING = ("new", "pending", "assigned", "accepted", "preparing", "ready", "starting", "running")


def at_rest(nodes: Mapping[str, Json], services: Mapping[str, Json], tasks: Mapping[str, Json]) -> bool:
    """True when members are listed as ready or down, and every task is where it should be, or cannot get there.

    A rollout has a pace of its own that lessons look at, so nothing waits for its end.
    """
    if any(_is_on_its_way(node) for node in nodes.values()):
        return False
    if any((service["update"] or {}).get("state") in ("updating", "rollback_started") for service in services.values()):
        return True
    gone = {node["id"] for node in nodes.values() if node["state"] == "down"}
    return not any(_is_moving(task) for task in tasks.values() if task["node_id"] not in gone)


def _is_on_its_way(node: Json) -> bool:
    member = node["power"] == "on" and node["swarm"] == "active"
    return node["power"] == "booting" or (member and node["state"] not in ("ready", "down"))


def _is_moving(task: Json) -> bool:
    if task["desired"] in ("shutdown", "remove"):
        return task["state"] in _LIVING
    if task["desired"] == "running":
        waits = task["state"] == "pending" and task["error"] != ""  # No node suits it: the list of tasks says so.
        return task["state"] in _LIVING and task["state"] != "running" and not waits
    return False
