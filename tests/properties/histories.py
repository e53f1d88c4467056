"""Tests that play histories: a seed, and steps that Hypothesis thinks of."""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def histories(
    variable: str, few: int, step: st.SearchStrategy[Any], *, least: int, most: int, **more: Any
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Play a test with ``seed`` and ``steps``: ``few`` times, and always the same, or as often as a variable says.

    ``least`` and ``most`` say how many steps a history has; ``more`` is for ``hypothesis.settings``.
    """
    played = settings(
        max_examples=int(os.environ.get(variable, few)),
        deadline=None,
        derandomize=variable not in os.environ,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
        **more,
    )
    given_ = given(seed=st.integers(1, 1000), steps=st.lists(step, min_size=least, max_size=most))
    return lambda test: played(given_(test))
