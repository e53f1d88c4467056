"""Of a view what the Docker Engine API tells too, in a form in which two observers can be compared."""

import json
from typing import Any

PARTS = ("nodes", "services", "tasks", "networks", "faults", "quorum", "swarm", "partition", "secrets", "configs")


def known(view: dict[str, Any]) -> dict[str, Any]:
    """The API numbers specifications otherwise than the store: what counts is which of them are to be replaced."""
    kept = {part: view[part] for part in PARTS}
    outdated = {key: service["outdated"] for key, service in kept["services"].items()}
    kept["services"] = {
        key: {**service, "outdated": len(service["outdated"])} for key, service in kept["services"].items()
    }
    kept["tasks"] = {
        key: {**task, "version": task["version"] in outdated.get(task["service"], ())}
        for key, task in kept["tasks"].items()
    }
    if kept["quorum"]:
        kept["quorum"] = {**kept["quorum"], "term": None}
    return json.loads(json.dumps(kept))
