"""Since which version of the Compose file format a property may be used.

Source: docker/cli compose/schema (what its JSON schemas 3.0 to 3.13 add one after the other).
"""

from collections.abc import Iterator
from typing import Any

_ADDED = {
    1: "secrets services.*.secrets",
    2: "networks.*.attachable services.*.deploy.endpoint_mode",
    3: "configs services.*.configs services.*.credential_spec services.*.deploy.placement.preferences",
    4: "services.*.deploy.update_config.order services.*.healthcheck.start_period volumes.*.name",
    5: "configs.*.name networks.*.name secrets.*.name services.*.isolation "
    "services.*.deploy.resources.reservations.generic_resources",
    6: "services.*.volumes.*.tmpfs",
    7: "services.*.deploy.rollback_config services.*.init",
    8: "configs.*.template_driver secrets.*.driver secrets.*.driver_opts secrets.*.template_driver "
    "services.*.credential_spec.config services.*.deploy.placement.max_replicas_per_node",
    9: "services.*.cgroupns_mode services.*.deploy.resources.limits.pids",
    12: "services.*.healthcheck.start_interval",
    13: "services.*.networks.*.driver_opts services.*.oom_score_adj",
}
_EXTENSIONS_AT_THE_TOP = 4
_EXTENSIONS_BELOW = 7
_SECTIONS = ("services", "networks", "volumes", "secrets", "configs")


def too_new(document: dict[str, Any], version: str) -> Iterator[tuple[str, ...]]:
    """Paths of the properties that a file of this version (``3.8``) may not have yet."""
    minor = int(version.partition(".")[2])
    for since, words in _ADDED.items():
        if since > minor:
            for word in words.split():
                yield from _found(document, word.split("."), ())
    if minor < _EXTENSIONS_AT_THE_TOP:
        yield from ((key,) for key in document if key.startswith("x-"))
    if minor < _EXTENSIONS_BELOW:
        for section in _SECTIONS:
            for path in _found(document, [section, "*", "*"], ()):
                if path[-1].startswith("x-"):
                    yield path


def _found(value: Any, steps: list[str], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not steps:
        yield path
        return
    step, rest = steps[0], steps[1:]
    if isinstance(value, list):
        members = dict(zip(map(str, range(len(value))), value, strict=True))
    else:
        members = value if isinstance(value, dict) else {}
    for key in members if step == "*" else (step,):
        if key in members:
            yield from _found(members[key], rest, (*path, key))
