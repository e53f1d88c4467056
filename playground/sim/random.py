"""Seeded randomness, one independent stream for each purpose.

A lab has one seed. Whoever needs randomness asks for the stream of their own
name, so that a new consumer never shifts the numbers that another one sees.
"""

import hashlib
from random import Random


def stream(seed: int, *name: str | int) -> Random:
    """Return the generator that belongs to ``name`` under ``seed``.

    The same seed and name give the same numbers in every process: the stream is
    seeded from a digest, never from ``hash()``.
    """
    key = "/".join([str(seed), *map(str, name)])
    return Random(int.from_bytes(hashlib.sha256(key.encode()).digest(), "big"))
