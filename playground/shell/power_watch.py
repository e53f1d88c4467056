"""What runs on a machine ends with the machine."""

from typing import Any

from playground.api.process import Loop, Promise, RunningTask


class PowerWatch:
    """Cancels a task as soon as ``gone`` is done: the machine on which it works went off. ``stop`` it at its end.

    Without ``gone`` the machine is one that never goes off.
    """

    def __init__(self, loop: Loop, gone: Promise[None] | None, task: RunningTask[Any]) -> None:
        self.went_off = False
        """True once the task was cancelled because of it."""
        self._task = task
        self._watching = None if gone is None else loop.spawn(self._watch(gone), "power watch")

    async def _watch(self, gone: Promise[None]) -> None:
        await gone
        self.went_off = True
        self._task.cancel()

    def stop(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
