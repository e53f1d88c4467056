"""A step goes to the next thing that happens; where nothing is about to happen, nothing is touched."""

import time
from dataclasses import replace
from random import Random

import pytest

from playground.labs import stepping
from playground.labs.clock import SECOND
from playground.labs.errors import Conflict
from playground.labs.journal import Entry, MemoryStore, Record
from playground.labs.lab import Lab
from playground.labs.registry import Registry
from playground.labs.stepping import step
from tests.labs import busy_lab
from tests.labs.random_lab import RandomLab


def quiet_lab(nodes: tuple[str, ...] = ("manager1", "worker1")) -> Lab:
    """A swarm in which nothing is going on."""
    lab = Registry(MemoryStore(), {}).create(replace(busy_lab.HEADER, nodes=nodes))
    if nodes:
        busy_lab.run(lab, "manager1", "docker swarm init")
        lab.advance(60, time.sleep)
    return lab


def copies(monkeypatch: pytest.MonkeyPatch) -> list[Lab]:
    """Hears of every lab that is made from now on."""
    made: list[Lab] = []
    real = stepping.Lab

    def make(*given: object, **more: object) -> Lab:
        made.append(real(*given, **more))
        return made[-1]

    monkeypatch.setattr(stepping, "Lab", make)
    return made


@pytest.mark.parametrize("number", range(20, 23))
def test_a_step_comes_to_what_would_have_come_next_and_at_its_moment(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "LIMIT_US", 120 * SECOND)
    record, random = RandomLab(number, steps=12).record, Random(number)
    for moment in (random.randrange(record.now_us // 2, record.now_us) for _ in range(4)):
        entries = [entry for entry in record.entries if entry.at_us <= moment]
        then = Record("lab", "", record.header, moment, entries)
        store = MemoryStore()
        store.create(then)
        lab = Lab(then, store, None)
        told = lab.history.told

        taken = step(lab, time.sleep)

        alone = Lab(replace(then, now_us=lab.now_us), MemoryStore(), None)
        assert busy_lab.trace(lab) == busy_lab.trace(alone)
        assert alone.history.entries == lab.history.entries
        if taken.event is None:
            assert (lab.now_us, lab.history.told) == (moment, told)
            assert taken.looked_us >= stepping.LIMIT_US
        else:
            assert taken.event == alone.history.entries[-1]
            assert all(entry["at"] == lab.now_us for entry in alone.history.entries[told:])


def test_where_nothing_is_about_to_happen_nothing_happens() -> None:
    lab = quiet_lab()
    call = lab.call_engine("manager1", "GET", "/events", {}, None, time.sleep)
    lab.settle()
    record, trace = lab.record(), busy_lab.trace(lab)

    taken = step(lab, time.sleep)

    assert taken.event is None
    assert taken.looked_us == stepping.LIMIT_US
    assert busy_lab.trace(lab) == trace
    assert lab.record() == record
    assert not call.ended


def test_who_waits_for_a_command_goes_on_waiting() -> None:
    lab = quiet_lab()
    ticket = lab.submit({"do": "exec", "node": "manager1", "command": "sleep 7200", "tty": False, "limit_us": 10**11})
    step(lab, time.sleep)

    assert step(lab, time.sleep).event is None
    assert not ticket.ready
    assert lab.finish(ticket, time.sleep)["exit"] == 0


def test_a_lab_in_which_nothing_can_happen_says_so() -> None:
    lab = quiet_lab(())

    assert step(lab, time.sleep).event is None
    assert lab.now_us == 0


def test_what_was_found_out_is_kept_for_the_next_step_as_long_as_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    lab, made = quiet_lab(), copies(monkeypatch)
    assert step(lab, time.sleep).event is None
    assert step(lab, time.sleep).event is None
    assert len(made) == 1

    scale = "docker service create -d --name web --replicas 2 joeyratt/webpage:latest"
    lab.submit({"do": "exec", "node": "manager1", "command": scale, "tty": False, "limit_us": 90 * SECOND})
    texts = []
    while (taken := step(lab, time.sleep)).event is not None:
        texts.append(taken.event["text"])
    assert texts == [scale, "web created, 2 wanted", "web: 2 of 2 run"]
    assert len(made) == 2
    assert taken.looked_us >= stepping.LIMIT_US


def test_what_is_done_meanwhile_counts() -> None:
    lab = quiet_lab()
    fault = {"do": "fault", "fault": {"kill": "worker1"}}
    to_do = [lambda: lab.submit(fault)]

    def sleep(_: float) -> None:
        if to_do:
            to_do.pop()()

    taken = step(lab, sleep)
    assert taken.event is not None
    assert "worker1: power cut" in [entry["text"] for entry in lab.history.entries if entry["at"] == lab.now_us]


def test_a_lab_takes_one_step_at_a_time() -> None:
    lab = quiet_lab()
    refused: list[Conflict] = []

    def sleep(_: float) -> None:
        if not refused:
            with pytest.raises(Conflict) as error:
                step(lab, time.sleep)
            refused.append(error.value)

    assert step(lab, sleep).event is None
    assert "try again" in str(refused[0])
    assert step(lab, time.sleep).event is None


def test_a_recording_that_plays_is_stepped_through(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = quiet_lab()
    at_us = lab.now_us
    tape = [
        Entry(at_us + 20 * SECOND, {"do": "fault", "fault": {"kill": "worker1"}}),
        Entry(at_us + 200 * SECOND, {"do": "fault", "fault": {"start": "worker1"}}),
    ]
    store = MemoryStore()
    record = replace(lab.record(), id="played")
    store.create(record)
    played = Lab(record, store, None, tape)

    assert [step(played, time.sleep).event["at"] for _ in range(2)] == [tape[0].at_us, tape[1].at_us]


def test_a_copy_that_is_not_used_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = quiet_lab()
    step(lab, time.sleep)
    lab.pump()
    assert lab.ahead is not None

    lab.ahead.used_s -= 61
    lab.pump()
    assert lab.ahead is None


def test_looking_ahead_has_a_limit_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepping, "LIMIT_S", -1.0)
    lab = quiet_lab()

    taken = step(lab, time.sleep)

    assert taken.event is None
    assert taken.looked_us < stepping.LIMIT_US
