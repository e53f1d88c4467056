"""Everyday one-liners answer as on a real machine. ``record_everyday`` keeps the answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.shell.machines import run

ROWS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("everyday.json").read_text())


@pytest.mark.parametrize("row", ROWS, ids=[row["command"][:60] for row in ROWS])
def test_a_one_liner_answers_as_on_a_real_machine(row: dict[str, Any]) -> None:
    result = run(row["command"])
    answer = (result.stdout.decode("utf-8", "replace"), result.stderr.decode("utf-8", "replace"), result.exit)
    assert answer == (row["stdout"], row["stderr"], row["exit"])
