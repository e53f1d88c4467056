"""What lessons ask of the nodes they run on."""

from pathlib import Path

import pytest

from playground.lessons.loader import load_all
from playground.lessons.needs import needs

LESSONS, _ = load_all(Path(__file__).parents[2] / "lessons")


def test_a_lesson_that_asks_a_published_port_needs_the_mesh() -> None:
    assert needs(LESSONS["04-scale"]).ingress
    assert not needs(LESSONS["03-lock"]).ingress


def test_a_lesson_that_splits_the_network_needs_faults() -> None:
    assert needs(LESSONS["05-partition"]).faults
    assert not needs(LESSONS["03-lock"]).faults


@pytest.mark.parametrize(("slug", "nodes"), [("01-init", 3), ("05-partition", 4)])
def test_machines_that_are_there_and_those_that_are_launched_count(slug: str, nodes: int) -> None:
    assert needs(LESSONS[slug]).nodes == nodes
