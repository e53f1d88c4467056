"""Restart policies: whether a container that has ended is started again, and after how long.

Source: moby ``restartmanager/restartmanager.go``.
"""

from playground.engine.containers.container import Container
from playground.sim import SECOND

_PAUSE_US = (100_000, 60 * SECOND)
"""First and longest pause before a restart; it doubles."""
_LONG_RUN_US = 10 * SECOND
"""Who has run for so long begins again with the shortest pause."""


def wanted(container: Container, code: int, duration_us: int) -> bool:
    """True if its policy starts it again; ``container.restart_delay_us`` is the pause before that."""
    policy = container.host_config["RestartPolicy"]
    if policy["Name"] in ("", "no"):
        return False
    if duration_us >= _LONG_RUN_US:
        container.restart_delay_us = 0
    delay_us = container.restart_delay_us * 2 if container.restart_delay_us else _PAUSE_US[0]
    container.restart_delay_us = min(delay_us, _PAUSE_US[1])
    if container.manually_stopped:
        return False
    if policy["Name"] == "on-failure":
        most = policy["MaximumRetryCount"]
        return code != 0 and (most == 0 or container.restart_count < most)
    return True
