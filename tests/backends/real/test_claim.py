"""Whose machines are left over is told by a lock that dies with its holder."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from playground.backends.real.claim import Claim, own_claim, runs

HOLD = """
import sys
from pathlib import Path
from playground.backends.real.claim import Claim

claim = Claim(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_holder_of_a_claim_runs_until_it_is_released(tmp_path: Path) -> None:
    claim = Claim(tmp_path / "owner.lock")
    assert runs(claim.path)

    claim.release()
    assert not runs(claim.path)


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
    assert runs(str(path))

    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    holder.stdin.close()
    holder.stdout.close()

    assert not runs(str(path))


def test_who_left_no_file_does_not_run(tmp_path: Path) -> None:
    assert not runs(str(tmp_path / "gone.lock"))
    assert not runs(str(tmp_path / "gone" / "too.lock"))


def test_a_claim_tells_its_whole_path_wherever_it_was_taken_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    claim = Claim(Path("data/labs.lock"), Path("data/labs.sqlite3"))
    assert (claim.path, claim.data) == (str(tmp_path / "data/labs.lock"), str(tmp_path / "data/labs.sqlite3"))
    claim.release()


def test_whose_file_may_not_be_looked_at_may_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, flags: int) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", refuse)
    assert runs(str(tmp_path / "of-another-user.lock"))


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
