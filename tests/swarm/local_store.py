"""A replicated store of one, for tests of leader loops: every update is committed at once."""

from collections.abc import Callable
from typing import TypeVar

from playground.sim.futures import Mutex
from playground.sim.kernel import Kernel
from playground.swarm.errors import RpcError
from playground.swarm.store import MemoryStore, ReplicatedStore, Transaction

R = TypeVar("R")


class LocalStore(ReplicatedStore):
    """Commits in virtual no time.

    ``index`` is the log's, as a transaction sees it: it goes up by one with each update
    that writes. ``commit_delay_us`` lets virtual time pass before each commit; set
    ``failure`` and the next updates that write fail with it, as on a lost leadership.
    """

    def __init__(self, kernel: Kernel, view: MemoryStore | None = None, *, commit_delay_us: int = 0) -> None:
        self.view = MemoryStore() if view is None else view
        self.index = 1
        self.commit_delay_us = commit_delay_us
        self.failure: RpcError | None = None
        self._kernel = kernel
        self._mutex = Mutex(kernel)

    async def update(self, change: Callable[[Transaction], R]) -> R:
        async with self._mutex:
            transaction = Transaction(self.view, self.index, self._kernel.now_us)
            result = change(transaction)
            if transaction.actions:
                if self.commit_delay_us:
                    await self._kernel.sleep(self.commit_delay_us)
                if self.failure is not None:
                    raise self.failure
                self.index += 1
                self.view.apply(transaction.actions)
            return result

    def write(self, change: Callable[[Transaction], R]) -> R:
        """Update at once, without a coroutine, to set a test up.

        Raises:
            RuntimeError: an update is waiting for its commit.
        """
        if self._mutex.held:
            raise RuntimeError("an update is under way")
        transaction = Transaction(self.view, self.index, self._kernel.now_us)
        result = change(transaction)
        if transaction.actions:
            self.index += 1
            self.view.apply(transaction.actions)
        return result
