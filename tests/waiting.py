"""Waiting in wall time, for the tests that drive processes, servers and other people's programs."""

import time
from collections.abc import Callable


def until(holds: Callable[[], object], what: str = "it did not come to hold", limit_s: float = 20) -> None:
    """Look every twentieth of a second until something holds.

    Raises:
        AssertionError: With ``what``, when it does not hold within ``limit_s`` seconds.
    """
    end_s = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < end_s, what
        time.sleep(0.05)
