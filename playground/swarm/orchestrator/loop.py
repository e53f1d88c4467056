"""A leader loop: a coroutine that takes the store's transactions one by one."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from playground.sim.futures import Signal, Task
from playground.sim.kernel import Kernel
from playground.swarm.errors import SwarmError
from playground.swarm.store import Change, ReplicatedStore


class Loop(ABC):
    """Calls ``begin`` once, then ``handle`` for every transaction applied since ``start``, in order.

    A loop reads the store as it is when it gets to a transaction, which may be newer than
    that transaction, and decides again inside each update. An update that fails (leadership
    was lost) ends the handling of one transaction; whoever leads next begins afresh.
    """

    def __init__(self, kernel: Kernel, store: ReplicatedStore) -> None:
        self.kernel = kernel
        self.store = store
        self._backlog: deque[Sequence[Change]] = deque()
        self._more = Signal(kernel)
        self._coroutine: Task[None] | None = None
        self._stop_watching: Callable[[], object] = lambda: None

    def start(self) -> None:
        self._stop_watching = self.store.view.watch(self._hear)
        self._coroutine = self.kernel.spawn(self._run(), type(self).__name__)

    def stop(self) -> None:
        """Stop at once; nothing of the loop happens any more."""
        self._stop_watching()
        self._backlog.clear()
        if self._coroutine is not None:
            self._coroutine.cancel()

    @abstractmethod
    async def begin(self) -> None:
        """Read the whole store: leadership may have just moved here."""

    @abstractmethod
    async def handle(self, changes: Sequence[Change]) -> None:
        """React to one transaction."""

    def concerns(self, change: Change) -> bool:
        """Asked at once for each change; a transaction none of whose changes concern the loop is not handled."""
        return True

    def _hear(self, changes: Sequence[Change]) -> None:
        wanted = [change for change in changes if self.concerns(change)]
        if wanted:
            self._backlog.append(wanted)
            self._more.notify()

    async def _run(self) -> None:
        await self._safely(self.begin())
        while True:
            while not self._backlog:
                await self._more.wait()
            changes = self._backlog.popleft()
            await self._safely(self.handle(changes))

    async def _safely(self, step: Awaitable[None]) -> None:
        try:
            await step
        except SwarmError:
            pass
