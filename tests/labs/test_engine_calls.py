"""Calls of the Engine API from outside are inputs of a lab: a replay comes to the same, whoever has left."""

import base64
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from playground.labs.clock import SECOND
from playground.labs.engine_calls import MAX_OPEN, EngineCall
from playground.labs.errors import NotFound, TooMany
from playground.labs.journal import Header, MemoryStore
from playground.labs.lab import Lab
from playground.labs.registry import Registry, engine_secret
from tests.labs import busy_lab

HEADER = Header(
    seed=5, wall_us=1_760_000_000_000_000, nodes=("manager1", "worker1"), images=("alpine:latest",), manual=True
)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def registry(store: MemoryStore) -> Registry:
    return Registry(store, {})


@pytest.fixture
def lab(registry: Registry) -> Lab:
    return registry.create(HEADER)


def call(lab: Lab, method: str, path: str, body: Any = None, node: str = "manager1", **more: Any) -> EngineCall:
    """One call, up to its answer."""
    made = lab.call_engine(node, method, path, more.pop("query", {}), body, time.sleep, **more)
    assert lab.hurry(lambda: made.answered, time.sleep, 60 * SECOND)
    return made


def body_of(made: EngineCall) -> Any:
    assert made.response is not None
    return made.response.body


def everything(made: EngineCall) -> bytes:
    """What a connection that was taken over has given so far."""
    return b"".join(data for _, data in made.take(0) or [])


def run_box(lab: Lab, *command: str) -> None:
    created = call(lab, "POST", "/containers/create", {"Image": "alpine:latest", "Cmd": command}, query={"name": "box"})
    assert created.response is not None
    assert created.response.status == 201, body_of(created)
    call(lab, "POST", "/containers/box/start")


def take_over(lab: Lab, *command: str) -> EngineCall:
    """An exec in the box whose connection is taken over."""
    request = {"Cmd": command, "AttachStdin": True, "AttachStdout": True}
    exec_id = body_of(call(lab, "POST", "/containers/box/exec", request))["Id"]
    return call(lab, "POST", f"/exec/{exec_id}/start", {"Tty": False}, hijack=True)


def until(lab: Lab, condition: Callable[[], bool]) -> None:
    assert lab.hurry(condition, time.sleep, 60 * SECOND)


def test_a_replay_of_calls_comes_to_the_same_lab(lab: Lab, store: MemoryStore) -> None:
    call(lab, "POST", "/swarm/init", {"ListenAddr": "0.0.0.0:2377"})
    call(lab, "POST", "/services/create", {"Name": "w", "TaskTemplate": {"ContainerSpec": {"Image": "alpine"}}})
    lab.advance(5, time.sleep)
    run_box(lab, "sleep", "1000")
    typed = take_over(lab, "cat")
    lab.submit({"do": "engine-input", "call": typed.number, "data": base64.b64encode(b"typed\n").decode()})
    lab.submit({"do": "engine-eof", "call": typed.number})
    until(lab, lambda: typed.ended)
    events = call(lab, "GET", "/events")
    call(lab, "POST", "/volumes/create", {"Name": "made"})
    lab.submit({"do": "engine-hangup", "call": events.number})
    lab.advance(20, time.sleep)
    record = store.load(lab.id)
    assert record is not None

    again = Lab(replace(record, now_us=lab.now_us), MemoryStore(), None)

    assert everything(typed) == b"typed\n"
    assert busy_lab.trace(again) == busy_lab.trace(lab)
    assert not again.engine_calls.open


def test_looking_at_the_version_is_not_journaled(lab: Lab, store: MemoryStore) -> None:
    for method, path in (("GET", "/_ping"), ("HEAD", "/_ping"), ("GET", "/version")):
        assert call(lab, method, path).response is not None

    record = store.load(lab.id)

    assert record is not None
    assert record.entries == []


def test_calls_that_outlive_the_program_are_hung_up(lab: Lab, store: MemoryStore) -> None:
    events = call(lab, "GET", "/events")
    store.mark(lab.id, lab.now_us)

    again = Registry(store, {}).with_engine_secret(engine_secret(lab))
    again.advance(0.1, time.sleep)

    assert not events.ended
    assert not again.engine_calls.open
    assert body_of(call(again, "GET", "/info"))["NEventsListener"] == 0


def test_hanging_up_ends_a_stream_and_nothing_more_can_be_sent(lab: Lab) -> None:
    events = call(lab, "GET", "/events")
    lab.submit({"do": "engine-hangup", "call": events.number})
    lab.advance(0.1, time.sleep)

    assert events.take(0) is None
    with pytest.raises(NotFound):
        lab.submit({"do": "engine-hangup", "call": events.number})


def test_a_client_that_does_not_read_is_cut_off_and_changes_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.labs.engine_calls.MAX_KEPT", 3_000)
    told: list[bool] = []
    events = call(lab, "GET", "/events")
    events.when_broken = lambda: told.append(True)

    for number in range(5):
        call(lab, "POST", "/volumes/create", {"Name": f"volume{number}"})

    assert events.broken
    assert told == [True]
    assert len(body_of(call(lab, "GET", "/volumes"))["Volumes"]) == 5


def test_an_engine_that_goes_off_breaks_what_is_open_and_refuses_what_comes(lab: Lab) -> None:
    events = call(lab, "GET", "/events", node="worker1")
    lab.finish(lab.submit({"do": "fault", "fault": {"kill": "worker1"}}), time.sleep)

    assert events.broken
    assert call(lab, "GET", "/info", node="worker1").unreachable


def test_there_is_a_limit_to_what_is_open(lab: Lab) -> None:
    for _ in range(MAX_OPEN):
        call(lab, "GET", "/events")
    with pytest.raises(TooMany):
        lab.call_engine("manager1", "GET", "/info", {}, None, time.sleep)


def test_a_failure_of_the_emulation_is_an_answer_and_the_lab_goes_on(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = lab.cluster.machines["manager1"].engine

    async def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(engine, "request", broken)
    made = call(lab, "GET", "/info")
    monkeypatch.undo()

    assert made.response is not None
    assert (made.response.status, made.response.body) == (
        500,
        {"message": "the emulation failed: ZeroDivisionError: a bug"},
    )
    assert body_of(call(lab, "GET", "/info"))["Name"] == "manager1"


def test_a_lab_taken_ahead_of_its_clock_goes_on_from_there(registry: Registry) -> None:
    lab = registry.create(replace(HEADER, manual=False))
    lab.touch()
    lab.clock.set_speed(60, lab.now_us)
    lab.advance(1000, time.sleep)
    reached = lab.now_us
    deadline = time.monotonic() + 10
    while lab.now_us <= reached and time.monotonic() < deadline:
        lab.pump()

    assert lab.now_us > reached
