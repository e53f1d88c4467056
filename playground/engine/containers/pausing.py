"""Holding a container's programs still, and letting them go on.

Source: moby ``daemon/pause.go``, ``daemon/unpause.go``.
"""

from playground.engine.containers.container import Container
from playground.engine.errors import Conflict, EngineError


def pause(container: Container) -> None:
    """
    Raises:
        Conflict: it does not run, or is paused already.
    """
    if not container.state.running:
        raise Conflict(f"container {container.id} is not running")
    if container.state.paused:
        raise Conflict(f"Container {container.id} is already paused")
    if container.state.restarting:
        raise Conflict(f"Container {container.id} is restarting, wait until the container is running")
    container.state.paused = True


def unpause(container: Container) -> None:
    """
    Raises:
        EngineError: it is not paused.
    """
    if not container.state.paused:
        raise EngineError(f"Container {container.id} is not paused")
    container.state.paused = False
