"""Which machines a driver is making, so that the end of a lab leaves none that was half made.

A launch goes on in its thread while the lab is removed: what it makes after that would be nobody's.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator

from playground.backends.real.driver import DriverError

ENDED = "this lab has ended"


class Launches:
    """For all threads of one driver."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._under_way = 0
        self._ended = False

    @contextlib.contextmanager
    def one(self, remove_all: Callable[[], object]) -> Iterator[None]:
        """Around a launch. Where the lab ended meanwhile ``remove_all`` is called, for what came too late.

        Raises:
            DriverError: the lab has ended.
        """
        with self._changed:
            self.require_going()
            self._under_way += 1
        try:
            yield
        finally:
            try:
                if self._ended:
                    remove_all()
            finally:
                with self._changed:
                    self._under_way -= 1
                    self._changed.notify_all()

    def require_going(self) -> None:
        """Raises DriverError when the lab has ended; between the steps of a launch."""
        if self._ended:
            raise DriverError(ENDED)

    def end(self) -> None:
        """No launch begins any more, and those under way give up at their next step."""
        with self._changed:
            self._ended = True

    def wait(self, limit_s: float) -> bool:
        """Wait until no launch is under way; False when some still are."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._under_way, limit_s)
