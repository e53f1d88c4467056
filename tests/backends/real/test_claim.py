"""Whose machines are left over is told by a lock that dies with its holder."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from playground.backends.real.claim import Claim, is_orphan, own_claim, sweep

HERE = socket.gethostname()
HOLD = """
import sys
from pathlib import Path
from playground.backends.real.claim import Claim

claim = Claim(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_claim_that_is_held_is_no_orphan_and_one_that_was_released_is(tmp_path: Path) -> None:
    claim = Claim(tmp_path / "owner.lock")
    assert not is_orphan(claim.path, HERE)

    claim.release()
    assert is_orphan(claim.path, HERE)


def test_two_playgrounds_cannot_hold_the_same_claim(tmp_path: Path) -> None:
    claim = Claim(tmp_path / "owner.lock")
    with pytest.raises(BlockingIOError):
        Claim(tmp_path / "owner.lock")
    claim.release()


def test_killing_the_holder_frees_its_claim(tmp_path: Path) -> None:
    path = tmp_path / "owner.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == "held\n"
    assert not is_orphan(str(path), HERE)

    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    holder.stdin.close()
    holder.stdout.close()

    assert is_orphan(str(path), HERE)


def test_an_owner_on_another_machine_is_left_alone_and_a_file_that_is_gone_is_nobodys(tmp_path: Path) -> None:
    assert not is_orphan(str(tmp_path / "gone.lock"), "another-machine")
    assert is_orphan(str(tmp_path / "gone.lock"), HERE)


def test_an_owner_whose_file_may_not_be_looked_at_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str, flags: int) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", refuse)
    assert not is_orphan(str(tmp_path / "of-another-user.lock"), HERE)


def test_a_sweep_removes_what_nobody_owns_and_what_nobody_knows_any_more(tmp_path: Path) -> None:
    mine, other = Claim(tmp_path / "mine.lock"), Claim(tmp_path / "other.lock")
    left = {
        "known": (mine.path, HERE),
        "forgotten": (mine.path, HERE),
        "of another": (other.path, HERE),
        "orphan": (str(tmp_path / "gone.lock"), HERE),
        "far away": (str(tmp_path / "gone.lock"), "elsewhere"),
    }
    removed: list[str] = []

    told = sweep(left, mine.path, lambda lab: lab == "known", removed.append)

    assert told == (["forgotten", "orphan"], ["known"])
    assert removed == ["forgotten", "orphan"]
    mine.release()
    other.release()


def test_a_claim_of_a_process_lies_in_the_users_folder_and_tidies_what_killed_ones_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / ".local" / "share" / "swarm-playground" / "owners"
    living = Claim(folder / "1.lock")
    (folder / "2.lock").touch()

    claim = own_claim()

    assert sorted(folder.iterdir()) == sorted([Path(claim.path), Path(living.path)])
    claim.release()
    living.release()
