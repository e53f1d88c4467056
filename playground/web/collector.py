"""When Python looks for objects that hold only each other, and among which.

It looks at all there is whenever a quarter more has come, and everybody waits meanwhile: a hundred milliseconds for one
lab of ten machines and an hour. So what it has looked at once is put aside. Of that only labs go: when some have gone
it is all looked at again, and no earlier.
"""

import gc
from collections.abc import Callable
from typing import Any

from playground.labs.lab import alive
from playground.labs.registry import Registry

LOOKS_EVERY_S = 2.0


class Collector:
    """Puts aside what has come to stay, from ``begin`` to ``end``."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._made = 0
        """Labs that nobody held and that were there after all: they are being made, or just used."""

    def begin(self) -> None:
        gc.collect()
        gc.freeze()
        gc.callbacks.append(self._looked)

    def end(self) -> None:
        gc.callbacks.remove(self._looked)
        gc.unfreeze()

    def tidy(self) -> bool:
        """Free labs that nobody holds any more, if they are many beside those that are held; True when it did."""
        held = self._registry.held
        gone = len(alive) - held
        self._made = min(self._made, gone)
        if gone <= self._made or gone < held // 4:
            return False
        gc.unfreeze()
        gc.collect()
        self._made = len(alive) - self._registry.held
        return True

    def tidy_forever(self, sleep: Callable[[float], object]) -> None:
        self.begin()
        while True:
            sleep(LOOKS_EVERY_S)
            self.tidy()

    def _looked(self, phase: str, info: dict[str, Any]) -> None:
        if phase == "stop" and info["generation"] == 2:
            gc.freeze()
