"""The end of a lab while machines are being made."""

import threading

import pytest

from playground.backends.real.driver import DriverError
from playground.backends.real.launches import Launches


def test_what_a_launch_makes_after_the_end_is_removed() -> None:
    launches, made, removed = Launches(), threading.Event(), []
    going = threading.Event()

    def launch() -> None:
        with launches.one(lambda: removed.append("all")):
            going.set()
            made.wait(10)

    thread = threading.Thread(target=launch)
    thread.start()
    going.wait(10)
    launches.end()
    assert not launches.wait(0)
    made.set()

    assert launches.wait(10)
    assert removed == ["all"]
    thread.join()


def test_a_launch_gives_up_at_its_next_step_and_none_begins_any_more() -> None:
    launches = Launches()
    with launches.one(lambda: None):
        launches.end()
        with pytest.raises(DriverError, match="has ended"):
            launches.require_going()

    with pytest.raises(DriverError, match="has ended"), launches.one(lambda: None):
        pytest.fail("it began")
    assert launches.wait(0)


def test_a_launch_that_ends_in_time_removes_nothing() -> None:
    launches, removed = Launches(), []
    with launches.one(lambda: removed.append("all")):
        assert not launches.wait(0)

    assert launches.wait(0)
    assert removed == []
