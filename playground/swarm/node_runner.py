"""Keeps the swarm component of an engine running: starts it, restarts it when it fails, says how it is.

Source: moby ``daemon/cluster/noderunner.go``.
"""

from collections.abc import Callable
from dataclasses import replace
from enum import Enum

from playground.sim.futures import Future
from playground.sim.kernel import MILLISECOND, SECOND, Kernel, Timer
from playground.swarm.errors import SwarmError
from playground.swarm.membership import Locked, Membership
from playground.swarm.node_disk import NodeDisk, StartConfig

INITIAL_DELAY_US = 100 * MILLISECOND
MAX_DELAY_US = 30 * SECOND


class LocalState(Enum):
    """``Swarm.LocalNodeState`` of ``GET /info``."""

    INACTIVE = "inactive"
    PENDING = "pending"
    ACTIVE = "active"
    ERROR = "error"
    LOCKED = "locked"


class NodeRunner:
    """Runs from construction until ``stop``.

    ``begin(config, on_exit)`` makes a new run of the component. ``ready`` is of the newest
    run: it is set when that is ready and fails with what ended it before.
    """

    def __init__(
        self,
        kernel: Kernel,
        disk: NodeDisk,
        config: StartConfig,
        begin: Callable[[StartConfig, Callable[[SwarmError], object]], Membership],
    ) -> None:
        self.config = config
        self.error: SwarmError | None = None
        self.membership: Membership | None = None
        self.ready: Future[None] = Future(kernel)
        self._kernel = kernel
        self._disk = disk
        self._begin = begin
        self._delay_us = INITIAL_DELAY_US
        self._reconnect: Timer | None = None
        self._repeated = False
        self._stopped = False
        self._start()

    def _start(self) -> None:
        self._reconnect = None
        self._kernel.touch("swarm")
        self._disk.config = self.config.stored()
        self.ready = Future(self._kernel)
        self.membership = self._begin(self.config, self._exited)
        self.membership.ready.when_done(self._became_ready)

    def _became_ready(self, ready: Future[None]) -> None:
        if self._stopped or self.membership is None or self.membership.ready is not ready:
            return
        self.error = None
        self._kernel.touch("swarm")
        self.config = replace(self.config, join_in_progress=False)
        self._disk.config = self.config.stored()
        self.ready.set(None)

    def _exited(self, error: SwarmError) -> None:
        membership, self.membership = self.membership, None
        self.error = error
        self._kernel.touch("swarm")
        was_ready = membership is not None and membership.ready.done
        if was_ready:
            self.config = replace(self.config, join_address="")
        if was_ready or self._repeated:
            self._delay_us = min(2 * self._delay_us, MAX_DELAY_US)
            self._reconnect = self._kernel.after(self._delay_us, self._start)
        self._repeated = True
        self.ready.fail(error)

    def stop(self, orderly: bool, leave: bool = False) -> None:
        self._stopped = True
        self._kernel.touch("swarm")
        if self._reconnect is not None:
            self._reconnect.cancel()
        if self.membership is not None:
            self.membership.stop(orderly, leave)
            self.membership = None

    @property
    def state(self) -> LocalState:
        if self.error is not None:
            return LocalState.LOCKED if isinstance(self.error, Locked) else LocalState.ERROR
        ready = self.membership is not None and self.membership.ready.done
        return LocalState.ACTIVE if ready else LocalState.PENDING
