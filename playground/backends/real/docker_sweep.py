"""What labs of containers are on an engine, and removing those that nobody owns any more."""

from collections.abc import Callable, Mapping
from typing import Any

from playground.backends.real import ownership
from playground.backends.real.docker_driver import (
    DATA,
    LAB,
    OWNER,
    OWNER_HOST,
    TRIAL,
    UNTIL,
    remove_container,
    remove_lab,
)
from playground.backends.real.ownership import Owner, Swept


def found(api: Any) -> dict[str, Owner]:
    """Every lab with anything left on the engine, and its owner."""
    only = {"label": LAB}
    labels = [entry["Labels"] for entry in api.containers(all=True, filters=only)]
    labels += [entry["Labels"] for entry in (api.volumes(filters=only) or {}).get("Volumes") or ()]
    labels += [entry["Labels"] for entry in api.networks(filters=only)]
    return {entry[LAB]: _owner(entry) for entry in labels}


def _owner(labels: Mapping[str, str]) -> Owner:
    until = labels.get(UNTIL, "")
    return Owner(
        labels.get(OWNER, ""), labels.get(OWNER_HOST, ""), labels.get(DATA, ""), int(until) if until.isdigit() else 0
    )


def sweep(api: Any, own: str, keep: Callable[[str], bool], now_s: float) -> Swept:
    """See ``ownership.sweep``."""
    remove_trials(api)
    return ownership.sweep(found(api), own, keep, lambda lab: remove_lab(api, lab), now_s)


def remove_trials(api: Any) -> int:
    """Remove the trial machines of whoever was killed while trying one out; how many there were."""
    left = [
        listed["Id"]
        for listed in api.containers(all=True, filters={"label": TRIAL})
        if ownership.abandoned(_owner(listed["Labels"]), 0)
    ]
    for container in left:
        remove_container(api, container)
    return len(left)
