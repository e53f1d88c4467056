"""Programs as channels: what other threads hold is not taken away under their hands."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from playground.backends.real.driver import DriverError
from playground.backends.real.local_process import LocalProcess
from tests.waiting import until

DEAF = """sh -c 'trap "" TERM; echo $$; exec sleep 120' & wait"""
"""What it starts does not hear of an end, while it does itself."""

KEPT_OPEN = "setsid sleep 20 & echo begun; sleep 20"
"""What it starts lives on in a session of its own, and holds the pipes."""

TO_NOBODY = """
import eventlet
eventlet.monkey_patch()
from playground.backends.real.local_process import LocalProcess
process = LocalProcess(["true"])
process.wait(20)
try:
    process.write(b"x")
except OSError:
    print("broken")
"""


def test_closing_wakes_a_thread_that_reads_though_somebody_still_holds_the_pipe() -> None:
    process = LocalProcess(["sh", "-c", KEPT_OPEN])
    heard: list[bytes] = []

    def read() -> None:
        while data := process.read():
            heard.append(data)

    reader = threading.Thread(target=read)
    reader.start()
    until(lambda: heard)
    process.close()
    reader.join(5)

    assert not reader.is_alive()
    assert heard == [b"begun\n"]


def test_the_numbers_of_closed_ends_are_free_only_when_no_thread_holds_them() -> None:
    process = LocalProcess(["sleep", "20"])
    held = process._out
    with process._using() as open_:
        assert open_
        process.close()
        others = [os.pipe() for _ in range(4)]
        numbers = {number for pair in others for number in pair}
        assert held not in numbers
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(held)
    for number in numbers:
        os.close(number)


def test_closing_kills_what_does_not_listen_though_the_program_itself_has_ended() -> None:
    process = LocalProcess(["sh", "-c", DEAF])
    deaf = int(process.read())
    process.close()
    until(lambda: not Path(f"/proc/{deaf}").exists())


@pytest.mark.parametrize("size", [None, (80, 24)])
def test_closing_again_closes_nothing_of_somebody_else(size: tuple[int, int] | None) -> None:
    process = LocalProcess(["true"], size)
    process.close()
    theirs = os.pipe()
    process.close()

    assert process.read() == b""
    with pytest.raises(OSError, match="no more input"):
        process.write(b"x")
    for number in theirs:
        os.close(number)  # Raises if it was closed already.


def test_writing_to_a_program_that_has_ended_fails_under_the_server_eventlet_too() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TO_NOBODY], capture_output=True, timeout=60, check=False
    )
    assert done.stdout == b"broken\n", done.stderr


def test_a_program_that_is_not_there_leaves_no_ends_open() -> None:
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(DriverError, match="cannot be run"):
        LocalProcess(["no-such-program"])
    assert len(os.listdir("/proc/self/fd")) == before
