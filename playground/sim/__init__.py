"""Discrete-event kernel: virtual time, coroutines, seeded randomness, a simulated network."""

from playground.sim.futures import Cancelled, Channel, Future, Mutex, Signal, Task, TimedOut
from playground.sim.kernel import MILLISECOND, SECOND, Kernel, Timer
from playground.sim.network import ConnectionRefused, Link, Network, Unreachable
from playground.sim.trail import Step, Trail

__all__ = [
    "MILLISECOND",
    "SECOND",
    "Cancelled",
    "Channel",
    "ConnectionRefused",
    "Future",
    "Kernel",
    "Link",
    "Mutex",
    "Network",
    "Signal",
    "Step",
    "Task",
    "TimedOut",
    "Timer",
    "Trail",
    "Unreachable",
]
