"""From threads into a lab: real machines answer when they like, a lab takes answers between two instants.

What a thread has to say goes into an inbox. ``deliver``, which the lab calls with its lock held, takes it out, and only
there anything of the cluster changes. So the cluster itself knows no threads, like the emulated one.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from playground.sim import Future, Kernel

T = TypeVar("T")
log = logging.getLogger(__name__)


class Bridge:
    """One lab's inbox, and the threads that fill it."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._inbox: deque[tuple[Callable[..., object], tuple[Any, ...]]] = deque()
        self.closed = threading.Event()

    def post(self, callback: Callable[..., object], *arguments: Any) -> None:
        """Have ``callback`` called at the next ``deliver``. From any thread."""
        self._inbox.append((callback, arguments))

    def deliver(self) -> None:
        """Put what has come into the lab's events of this instant. Lab's thread only."""
        if self._inbox:
            self._kernel.touch("api")
        for _ in range(len(self._inbox)):
            callback, arguments = self._inbox.popleft()
            self._kernel.soon(callback, *arguments)

    def call(self, act: Callable[..., T], *arguments: Any, **named: Any) -> "Future[T]":
        """Do something that blocks in a thread; await what it returns or raises."""
        future: Future[T] = self._kernel.future()

        def work() -> None:
            try:
                value = act(*arguments, **named)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the coroutine that waits gets it
                self.post(future.fail, error)
            else:
                self.post(future.set, value)

        self.thread(work, getattr(act, "__name__", "call"))
        return future

    def thread(self, work: Callable[[], object], name: str) -> None:
        """Run ``work`` in the background; what it raises is logged."""

        def guarded() -> None:
            try:
                work()
            except Exception:
                if not self.closed.is_set():
                    log.exception("%s failed", name)

        threading.Thread(target=guarded, name=name, daemon=True).start()

    def close(self) -> None:
        """Threads that look at ``closed`` end soon."""
        self.closed.set()
