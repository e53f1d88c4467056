"""The answer to an input, when it comes."""

import threading
from collections.abc import Callable
from typing import Any


class Ticket:
    """Where an answer will be. ``wait`` may be called from any thread."""

    def __init__(self) -> None:
        self._ready = threading.Event()
        self.value: Any = None
        self.so_far: Callable[[], Any] = lambda: None
        """What there is of the answer to a command that still runs; ask with the lab's lock held."""

    def set(self, value: Any) -> None:
        self.value = value
        self._ready.set()

    @property
    def ready(self) -> bool:
        return self._ready.is_set()

    def wait(self, limit_s: float) -> bool:
        return self._ready.wait(limit_s)
