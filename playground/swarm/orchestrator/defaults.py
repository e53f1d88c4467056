"""What a service spec means where it says nothing. Durations of specs are nanoseconds, of this package microseconds.

Source: swarmkit ``api/defaults/service.go``; moby ``daemon/cluster/convert/service.go``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.sim.kernel import SECOND
from playground.swarm.model import EMPTY, Spec

NANOSECONDS = 1_000
"""Nanoseconds in a microsecond."""

STOP_GRACE_PERIOD_US = 10 * SECOND
RESTART_DELAY_US = 5 * SECOND
UPDATE_MONITOR_US = 5 * SECOND
TASK_HISTORY_LIMIT = 5

RESTART_POLICY: Spec = {"Condition": "any", "Delay": RESTART_DELAY_US * NANOSECONDS, "MaxAttempts": 0}
UPDATE_CONFIG: Spec = {
    "Parallelism": 1,
    "FailureAction": "pause",
    "Monitor": UPDATE_MONITOR_US * NANOSECONDS,
    "MaxFailureRatio": 0,
    "Order": "stop-first",
}


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """``window_us`` 0 counts every restart there ever was; ``max_attempts`` 0 sets no limit."""

    condition: str = "any"
    delay_us: int = RESTART_DELAY_US
    max_attempts: int = 0
    window_us: int = 0


@dataclass(frozen=True, slots=True)
class UpdateConfig:
    """``parallelism`` 0 takes all slots at once. ``failure_action``: pause, continue or rollback."""

    parallelism: int = 1
    delay_us: int = 0
    failure_action: str = "pause"
    monitor_us: int = UPDATE_MONITOR_US
    max_failure_ratio: float = 0.0
    order: str = "stop-first"


def restart_policy(template: Spec) -> RestartPolicy:
    """The restart policy of a ``TaskTemplate``. A delay of 0 is one that was set."""
    spec = template.get("RestartPolicy")
    if spec is None:
        return RestartPolicy()
    delay = spec.get("Delay")
    return RestartPolicy(
        condition=str(spec.get("Condition") or "any"),
        delay_us=RESTART_DELAY_US if delay is None else int(delay) // NANOSECONDS,
        max_attempts=int(spec.get("MaxAttempts") or 0),
        window_us=int(spec.get("Window") or 0) // NANOSECONDS,
    )


def update_config(spec: Spec, *, rollback: bool = False) -> UpdateConfig:
    """How a service spec wants to be rolled out, or back.

    A config that is there but names no parallelism has 0, all at once, as on the wire.
    """
    config = spec.get("RollbackConfig" if rollback else "UpdateConfig")
    if config is None:
        return UpdateConfig()
    return UpdateConfig(
        parallelism=int(config.get("Parallelism") or 0),
        delay_us=int(config.get("Delay") or 0) // NANOSECONDS,
        failure_action=str(config.get("FailureAction") or "pause"),
        monitor_us=int(config.get("Monitor") or 0) // NANOSECONDS or UPDATE_MONITOR_US,
        max_failure_ratio=float(config.get("MaxFailureRatio") or 0),
        order=str(config.get("Order") or "stop-first"),
    )


def task_history_limit(cluster_spec: Spec) -> int:
    """``Orchestration.TaskHistoryRetentionLimit``; negative keeps history for ever."""
    limit = (cluster_spec.get("Orchestration") or EMPTY).get("TaskHistoryRetentionLimit")
    return TASK_HISTORY_LIMIT if limit is None else int(limit)


def insert_defaults(spec: Spec) -> dict[str, Any]:
    """Return the service spec with what it leaves out filled in, as ``insertDefaults=true`` shows it.

    What the spec holds is shared with the result; nothing of it is changed.
    """
    filled: dict[str, Any] = dict(spec)
    template = filled["TaskTemplate"] = dict(spec.get("TaskTemplate") or {})
    container = template.get("ContainerSpec")
    if container is not None:
        template["ContainerSpec"] = _with(
            container, {"StopGracePeriod": STOP_GRACE_PERIOD_US * NANOSECONDS, "DNSConfig": {}}
        )
    template["Resources"] = template.get("Resources") or {}
    policy = template.get("RestartPolicy")
    if policy is None:
        template["RestartPolicy"] = dict(RESTART_POLICY)
    else:
        template["RestartPolicy"] = _with(policy, {"Delay": RESTART_POLICY["Delay"]})
    template["Placement"] = template.get("Placement") or {}
    for key in ("UpdateConfig", "RollbackConfig"):
        config = filled.get(key)
        if config is None:
            filled[key] = dict(UPDATE_CONFIG)
        else:
            filled[key] = dict(config) if config.get("Monitor") else {**config, "Monitor": UPDATE_CONFIG["Monitor"]}
    return filled


def _with(spec: Mapping[str, Any], missing: Mapping[str, Any]) -> dict[str, Any]:
    return {**spec, **{key: value for key, value in missing.items() if spec.get(key) is None}}
