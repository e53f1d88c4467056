"""Whose the machines of a lab are: what others may remove, and what waits for whom."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.backends.real.claim import Claim
from playground.backends.real.ownership import Owner, abandoned, owner_of, sweep

HERE = socket.gethostname()
NOW_S = 1_000_000
LATER_S = NOW_S + 60


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Claim]:
    claim = Claim(tmp_path / "mine.lock")
    yield claim
    claim.release()


def killed(tmp_path: Path, *, data: bool, until_s: int = LATER_S) -> Owner:
    """The owner that stands on machines of a playground which was killed."""
    claim = Claim(tmp_path / "killed.lock", tmp_path / "killed.sqlite3" if data else None)
    (tmp_path / "killed.sqlite3").touch()
    owner = owner_of(claim, until_s)
    claim.release()
    return owner


def test_what_a_database_knows_is_left_to_it_until_the_time_of_the_lab_is_over(tmp_path: Path) -> None:
    owner = killed(tmp_path, data=True)

    assert abandoned(owner, NOW_S) == ""
    assert "its time is over" in abandoned(owner, LATER_S)


def test_what_a_database_knew_is_nobodys_once_that_is_gone(tmp_path: Path) -> None:
    owner = killed(tmp_path, data=True)
    (tmp_path / "killed.sqlite3").unlink()

    assert f"{tmp_path}/killed.sqlite3 is gone" in abandoned(owner, NOW_S)


def test_what_was_kept_in_memory_is_nobodys_once_its_maker_runs_no_more(tmp_path: Path) -> None:
    assert abandoned(killed(tmp_path, data=False), NOW_S) == "whoever made it runs no more"


def test_what_belongs_to_one_that_runs_is_left_however_old_it_is(mine: Claim) -> None:
    assert abandoned(owner_of(mine, 1), NOW_S) == ""


def test_what_is_of_another_machine_is_left(tmp_path: Path) -> None:
    assert abandoned(Owner(str(tmp_path / "gone.lock"), "another-machine"), NOW_S) == ""


def test_a_database_that_cannot_be_looked_at_is_not_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = killed(tmp_path, data=True)

    def refuse(path: Any) -> os.stat_result:
        raise PermissionError

    monkeypatch.setattr(os, "stat", refuse)
    assert abandoned(owner, NOW_S) == ""


def test_a_sweep_takes_up_its_own_leaves_what_others_may_want_and_removes_the_rest(tmp_path: Path, mine: Claim) -> None:
    other = Claim(tmp_path / "other.lock")
    left = {
        "known": owner_of(mine, LATER_S),
        "forgotten": owner_of(mine, LATER_S),
        "of another": owner_of(other, LATER_S),
        "orphan": Owner(str(tmp_path / "gone.lock"), HERE),
        "far away": Owner(str(tmp_path / "gone.lock"), "elsewhere"),
        "waiting": killed(tmp_path, data=True, until_s=LATER_S),
    }
    removed: list[str] = []

    swept = sweep(left, mine.path, lambda lab: lab == "known", removed.append, NOW_S)

    assert removed == list(swept.removed) == ["forgotten", "orphan"]
    assert swept.ours == ("known",)
    assert swept.waiting == {"waiting": str(tmp_path / "killed.sqlite3")}
    other.release()
