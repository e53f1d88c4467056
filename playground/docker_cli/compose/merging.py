"""Lays Compose files over one another: what the later one says wins.

Source: docker/cli compose/loader/merge.go.
"""

from typing import Any

from playground.docker_cli.compose.normal_form import ordered

_BY_KEY = {"ports": "published", "secrets": "source", "configs": "source", "volumes": "target"}
_REPLACED = ("command", "entrypoint", "ulimits")
_SECTIONS = ("networks", "volumes", "secrets", "configs")


def merge(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """One document out of several in the long form."""
    base = documents[0]
    for override in documents[1:]:
        services = dict(base["services"])
        for name, service in override["services"].items():
            services[name] = _service(services[name], service) if name in services else service
        base = {**base, "services": {name: ordered(services[name]) for name in sorted(services)}}
        for section in _SECTIONS:
            merged = {**base.get(section, {}), **override.get(section, {})}
            if merged:
                base[section] = {name: merged[name] for name in sorted(merged)}
    return base


def _service(base: dict[str, Any], override: dict[str, Any]) -> dict[str, Any]:
    out = dict(base)
    for key, value in override.items():
        if key not in out or key in _REPLACED:
            out[key] = value
        elif key in _BY_KEY:
            identity = _BY_KEY[key]
            merged = {item.get(identity): item for item in [*out[key], *value]}
            out[key] = [merged[name] for name in sorted(merged, key=lambda name: (isinstance(name, str), name or 0))]
        elif key == "logging":
            same = out[key].get("driver", "") in ("", value.get("driver", "")) or not value.get("driver")
            out[key] = _mapping(out[key], value) if same else value
        elif isinstance(value, dict):
            out[key] = _mapping(out[key], value)
        elif isinstance(value, list):
            out[key] = [*out[key], *value]
        else:
            out[key] = value
    return out


def _mapping(base: Any, override: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(override, dict):
        return override if override is not None else base
    out = dict(base)
    for key, value in override.items():
        if isinstance(value, list) and isinstance(out.get(key), list) and key != "aliases":
            out[key] = [*out[key], *value]
        else:
            out[key] = _mapping(out.get(key), value)
    return out
