"""What labs of containers are on an engine, and removing those that nobody owns any more."""

from collections.abc import Callable
from typing import Any

from playground.backends.real import claim
from playground.backends.real.docker_driver import LAB, OWNER, OWNER_HOST, remove_lab


def found(api: Any) -> dict[str, tuple[str, str]]:
    """Every lab with anything left on the engine: its owner's lock file and host."""
    only = {"label": LAB}
    labels = [entry["Labels"] for entry in api.containers(all=True, filters=only)]
    labels += [entry["Labels"] for entry in (api.volumes(filters=only) or {}).get("Volumes") or ()]
    labels += [entry["Labels"] for entry in api.networks(filters=only)]
    return {entry[LAB]: (entry.get(OWNER, ""), entry.get(OWNER_HOST, "")) for entry in labels}


def sweep(api: Any, own: str, keep: Callable[[str], bool]) -> tuple[list[str], list[str]]:
    """See ``claim.sweep``."""
    return claim.sweep(found(api), own, keep, lambda lab: remove_lab(api, lab))
