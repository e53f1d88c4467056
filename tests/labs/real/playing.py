"""What tests of real labs do with them; the driver only plays machines."""

import time
from collections.abc import Callable
from typing import Any

from playground.backends.real.limits import Limits
from playground.labs.journal import Header
from playground.labs.real_lab import RealLab

LIMITS = Limits(nodes=3, labs=1)


def header(*nodes: str, **more: Any) -> Header:
    return Header(seed=1, wall_us=time.time_ns() // 1000, nodes=nodes, backend="docker", **more)


def pump(lab: RealLab, until: Callable[[], bool], limit_s: float = 10) -> None:
    end_s = time.monotonic() + limit_s
    while not until():
        assert time.monotonic() < end_s, "it did not come to that in time"
        lab.pump()
        time.sleep(0.005)


def do(lab: RealLab, **fault: Any) -> None:
    ticket = lab.submit({"do": "fault", "fault": fault})
    pump(lab, lambda: ticket.ready)
