"""Waiting for a container to end.

Source: moby ``container/state.go``, ``Wait``.
"""

from playground.engine.containers.container import Container


async def wait(container: Container, condition: str = "not-running") -> int:
    """Return the exit code once the condition holds: ``not-running``, ``next-exit`` or ``removed``."""
    if condition == "next-exit":
        await _next_exit(container)
    elif condition == "removed":
        while not container.removed:
            await container.changed.wait()
    else:
        # A container that will be started again counts as running, but its end has been waited for.
        ended_us = container.state.finished_us
        while container.state.running and container.state.finished_us == ended_us and not container.removed:
            await container.changed.wait()
    return container.state.exit_code


async def _next_exit(container: Container) -> None:
    """Until the run that goes on, or the next, is over."""
    run = container.runs
    while not (container.removed or container.runs > run or (run and container.state.running)):
        await container.changed.wait()
    while container.state.running and not container.state.restarting and not container.removed:
        await container.changed.wait()
