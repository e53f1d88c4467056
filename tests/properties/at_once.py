"""Asks engines between two instants of a cluster: no time passes, and nothing that happens later is another."""

from collections.abc import Coroutine
from dataclasses import replace
from heapq import heappop
from typing import Any, TypeVar

from playground.api.client import Response
from playground.engine.engine import Engine
from playground.sim import Kernel, Network
from playground.sim.futures import Task

T = TypeVar("T")
MOST_EVENTS = 200
AT_ONCE_US = 10_000
"""So long an answer takes no time; what waits longer, waits for its own end only, and that comes."""


class NoAnswer(Exception):
    """What was asked waits for something that has not happened yet."""


def at_once(kernel: Kernel, network: Network, question: Coroutine[Any, Any, T]) -> T:
    """What a coroutine comes to when only its own events happen, all of them now.

    Raises:
        NoAnswer: it does not come to an end so.
    """
    now_us, cause, scheduled = kernel.now_us, kernel.cause, kernel._scheduled_count
    heap, kernel._heap = kernel._heap, []
    touched, kernel._touched = kernel._touched, {}
    draws, observer = network._random.getstate(), network.observer
    ways, network._ways = network._ways, {pair: replace(way) for pair, way in network._ways.items()}
    lost, kernel.on_lost_error = kernel.on_lost_error, None
    kernel.cause = network.observer = None

    def run(asking: Task[T], most: int) -> None:
        while most and not asking.done and kernel._heap:
            most -= 1
            due_us, _, timer = heappop(kernel._heap)
            if due_us - now_us > AT_ONCE_US:
                kernel.now_us = due_us
            if timer.callback is not None:
                timer.callback(*timer.arguments)

    try:
        asking = kernel.spawn(question)
        run(asking, MOST_EVENTS)
        if not asking.done:
            asking.cancel()
            run(asking, MOST_EVENTS)
            raise NoAnswer
        return asking.result()
    finally:
        kernel._heap, kernel._touched, kernel.on_lost_error = heap, touched, lost
        kernel.now_us, kernel.cause, kernel._scheduled_count = now_us, cause, scheduled
        network._random.setstate(draws)
        network._ways, network.observer = ways, observer


def get(kernel: Kernel, network: Network, engine: Engine, path: str) -> Response | None:
    """An engine's answer at this moment; None where it waits for something before it answers.

    Raises:
        EngineUnreachable: it is not running.
    """
    try:
        return at_once(kernel, network, engine.request("GET", path))
    except NoAnswer:
        return None
