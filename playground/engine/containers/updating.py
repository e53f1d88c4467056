"""Other limits and another restart policy for a container that is there.

Source: moby ``daemon/update.go``, ``container/container_unix.go`` (``UpdateContainer``).
"""

from typing import Any

from playground.engine.containers import creation, limits
from playground.engine.containers.container import Container
from playground.engine.errors import Conflict

_CONFLICTS = (
    ("NanoCpus", "CpuPeriod", "Nano CPUs cannot be updated as CPU Period has already been set"),
    ("NanoCpus", "CpuQuota", "Nano CPUs cannot be updated as CPU Quota has already been set"),
    ("CpuPeriod", "NanoCpus", "CPU Period cannot be updated as NanoCPUs has already been set"),
    ("CpuQuota", "NanoCpus", "CPU Quota cannot be updated as NanoCPUs has already been set"),
)
"""What is asked for, what is there already, and what is said."""


def check(request: dict[str, Any], cpus: int) -> None:
    """Refuse limits that make no sense on any container.

    Raises:
        BadParameter: with the engine's sentence.
    """
    creation.check_policy(request["RestartPolicy"])
    limits.check(request, cpus, update=True)


def update(container: Container, request: dict[str, Any]) -> None:
    """Change what is asked for; what is zero or missing stays.

    Raises:
        Conflict: what the container has already does not go with it.
    """
    problem = f"Cannot update container {container.id}: "
    host, policy = container.host_config, request["RestartPolicy"]
    if container.state.removing or container.state.dead:
        raise Conflict(f'{problem}container is marked for removal and cannot be "update"')
    for asked, there, words in _CONFLICTS:
        if request[asked] > 0 and host[there] > 0:
            raise Conflict(f"{problem}Conflicting options: {words}")
    if request["Memory"] > host["MemorySwap"] and request["Memory"] and not request["MemorySwap"]:
        raise Conflict(
            f"{problem}Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the "
            "same time"
        )
    if policy["Name"] not in ("", "no") and host["AutoRemove"]:
        raise Conflict(f"{problem}Restart policy cannot be updated because AutoRemove is enabled for the container")
    changed = {
        key: value for key, value in request.items() if key != "RestartPolicy" and value not in (0, None, "", [], False)
    }
    if policy["Name"]:
        changed["RestartPolicy"] = policy
    container.host_config = {**host, **changed}
