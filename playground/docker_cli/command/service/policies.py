"""Restart, update and rollback policies, resources, placement, health: from flags to the service's specification.

Each function edits ``holder[key]`` only if one of its flags was given, so that create
(an empty holder) and update (the service's own) share it.
Source: docker/cli command/service/opts.go, update.go.
"""

from typing import Any

from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Values
from playground.docker_cli.flags.numbers import SECOND

_UPDATE_FIELDS = {
    "parallelism": "Parallelism",
    "delay": "Delay",
    "monitor": "Monitor",
    "failure-action": "FailureAction",
    "max-failure-ratio": "MaxFailureRatio",
    "order": "Order",
}
_RESTART_FIELDS = {"condition": "Condition", "delay": "Delay", "max-attempts": "MaxAttempts", "window": "Window"}
_HEALTH_FIELDS = {
    "health-interval": "Interval",
    "health-timeout": "Timeout",
    "health-start-period": "StartPeriod",
    "health-start-interval": "StartInterval",
    "health-retries": "Retries",
}


def update_config(values: Values, prefix: str, holder: dict[str, Any], key: str) -> None:
    """``UpdateConfig`` or ``RollbackConfig``; one flag brings the whole block with its defaults."""
    given = {field: name for name, field in _UPDATE_FIELDS.items() if values.changed(f"{prefix}-{name}")}
    if not given:
        return
    config = holder.get(key) or {
        "Parallelism": 1,
        "FailureAction": "pause",
        "Monitor": 5 * SECOND,
        "MaxFailureRatio": 0,
        "Order": "stop-first",
    }
    holder[key] = {**config, **{field: values[f"{prefix}-{name}"] for field, name in given.items()}}


def restart_policy(values: Values, task: dict[str, Any]) -> None:
    given = {field: name for name, field in _RESTART_FIELDS.items() if values.changed(f"restart-{name}")}
    if not given:
        return
    policy = task.get("RestartPolicy") or {"Condition": "any", "Delay": 5 * SECOND, "MaxAttempts": 0}
    task["RestartPolicy"] = {**policy, **{field: values[f"restart-{name}"] for field, name in given.items()}}


def resources(values: Values, task: dict[str, Any]) -> None:
    """Limits and reservations, without generic resources."""
    for part, fields in (
        ("Limits", {"limit-cpu": "NanoCPUs", "limit-memory": "MemoryBytes", "limit-pids": "Pids"}),
        ("Reservations", {"reserve-cpu": "NanoCPUs", "reserve-memory": "MemoryBytes"}),
    ):
        given = {field: values.number(name) for name, field in fields.items() if values.changed(name)}
        if not given:
            continue
        requirements = _requirements(task)
        merged = {**requirements[part], **given}
        requirements[part] = {field: merged[field] for field in merged if merged[field]}


def reserve_generic(task: dict[str, Any], generic: list[dict[str, Any]]) -> None:
    reservations = _requirements(task)["Reservations"]
    if generic:
        reservations["GenericResources"] = generic
    else:
        reservations.pop("GenericResources", None)


def _requirements(task: dict[str, Any]) -> dict[str, Any]:
    requirements: dict[str, Any] = task.get("Resources") or {}
    task["Resources"] = requirements
    requirements["Limits"] = requirements.get("Limits") or {}
    requirements["Reservations"] = requirements.get("Reservations") or {}
    return requirements


def new_health(values: Values) -> dict[str, Any] | None:
    """The health check of a new service; None when no flag speaks of one.

    Raises:
        CommandFailed: it is both set and switched off.
    """
    settings = {field: values[name] for name, field in _HEALTH_FIELDS.items() if values[name]}
    told = any(values[name] is not None for name in _HEALTH_FIELDS if name != "health-retries")
    command = values.text("health-cmd")
    if values.truth("no-healthcheck"):
        if settings or told or command:
            raise CommandFailed("--no-healthcheck conflicts with --health-* options")
        return {"Test": ["NONE"]}
    if not (settings or told or command):
        return None
    return {**({"Test": ["CMD-SHELL", command]} if command else {}), **settings}


def changed_health(values: Values, container: dict[str, Any]) -> None:
    """Edit a service's health check.

    Raises:
        CommandFailed: it is both set and switched off.
    """
    flags = ("health-cmd", "health-interval", "health-retries", "health-timeout", "health-start-period")
    if not values.changed("no-healthcheck", *flags):
        return
    if values.truth("no-healthcheck"):
        if values.changed(*flags):
            raise CommandFailed("--no-healthcheck conflicts with --health-* options")
        container["Healthcheck"] = {"Test": ["NONE"]}
        return
    health = dict(container.get("Healthcheck") or {})
    if (health.get("Test") or [""])[0] == "NONE":
        del health["Test"]
    for name, field in _HEALTH_FIELDS.items():
        if name != "health-start-interval" and values.changed(name):
            health[field] = values[name]
    if values.changed("health-cmd"):
        health.pop("Test", None)
        if values.text("health-cmd"):
            health["Test"] = ["CMD-SHELL", values.text("health-cmd")]
    container["Healthcheck"] = health
