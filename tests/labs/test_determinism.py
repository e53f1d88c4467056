"""A lab is a function of its seed and its journal."""

import os
import subprocess
import sys
from dataclasses import replace

from playground.labs.journal import MemoryStore
from playground.labs.lab import Lab
from playground.labs.registry import Registry
from tests.labs import busy_lab


def digest(hash_seed: str) -> str:
    """What the busy lab comes to in a process of its own."""
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.labs.busy_lab"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout


def test_another_process_with_another_hash_seed_comes_to_the_same_bytes() -> None:
    first, second = digest("1"), digest("4711")

    assert len(first.strip()) == 64
    assert first == second


def test_a_replayed_journal_comes_to_the_same_lab() -> None:
    store = MemoryStore()
    registry = Registry(store, {})
    lab = registry.create(busy_lab.HEADER)
    busy_lab.play(lab)
    record = store.load(lab.id)
    assert record is not None

    again = Lab(replace(record, now_us=lab.now_us), MemoryStore(), None)

    assert busy_lab.trace(again) == busy_lab.trace(lab)


def test_another_seed_gives_another_lab() -> None:
    tokens = []
    for seed in (1, 2):
        lab = Registry(MemoryStore(), {}).create(replace(busy_lab.HEADER, seed=seed))
        busy_lab.run(lab, "manager1", "docker swarm init")
        tokens.append(busy_lab.run(lab, "manager1", "docker swarm join-token -q worker")["stdout"])

    assert tokens[0] != tokens[1]
