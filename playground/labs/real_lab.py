"""A lab of real engines: the same face as an emulated lab, in wall time.

It has no seed to be rebuilt from. What its record holds besides the learner's progress is a log, not a journal: after
a restart of the playground the machines themselves are taken up again, or removed (``docs/decisions``).
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from playground.backends.api_view import UNSEEN
from playground.backends.real.cluster import RealCluster
from playground.backends.real.driver import Driver, DriverError
from playground.backends.real.limits import Limits
from playground.labs.at_rest import at_rest
from playground.labs.errors import Conflict
from playground.labs.journal import Entry, Input, Record, Store
from playground.labs.lab import Lab
from playground.labs.real_calls import RealEngineCalls
from playground.labs.ticket import Ticket
from playground.labs.view_log import Changes
from playground.labs.wall_clock import REFUSAL, WallClock
from playground.lessons.model import Lesson

RESTORED = ("begin", "progress")
"""Entries of the record that are about the learner, not about the machines."""
MADE: Input = {"do": "made"}
"""The entry that says that the machines are there and the set-up was played."""
RETRY_S, MAX_RETRY_S = 2.0, 60.0
"""After a removal that failed, because the engine did not answer, it is tried again; each time after twice as long."""
ATTENTIVE_S = 60.0
"""So long after the last request engines are asked as often as while a page watches."""
MAX_MORE_US = 60_000_000
"""So much longer than it says a wait lasts at the most."""
log = logging.getLogger(__name__)


def was_made(record: Record) -> bool:
    """Whether a lab was whole once. Of one that was not, nobody knows what is missing."""
    return any(entry.input == MADE for entry in record.entries)


class RealLab(Lab):
    """One lab whose machines are real. Made anew, or taken up after a restart: the driver knows which there are."""

    cluster: RealCluster

    def __init__(self, record: Record, store: Store, lesson: Lesson | None, driver: Driver, limits: Limits) -> None:
        self._driver = driver
        self._limits = limits
        self._begin_later = False
        self._made = was_made(record)
        kept = [entry for entry in record.entries if entry.input["do"] in RESTORED]
        faults = [(entry.at_us, entry.input["fault"]) for entry in record.entries if entry.input["do"] == "fault"]
        super().__init__(replace(record, entries=kept), store, lesson)
        self.clock = WallClock(record.header.wall_us)
        self.busy = 1  # It is never dropped from memory: its machines run.
        if self.cluster.names():
            self.cluster.faults.take_up(faults)
        self._take(self.now_us, Changes(put={"backend": driver.kind, "unseen": UNSEEN}))

    def _make(self, record: Record) -> tuple[RealCluster, RealEngineCalls]:
        header = record.header
        cluster = RealCluster(
            seed=header.seed,
            wall_us=header.wall_us,
            driver=self._driver,
            limits=self._limits,
            nodes=header.nodes,
            on_changes=self._changed,
        )
        return cluster, RealEngineCalls(cluster, self._opened)

    @property
    def expired(self) -> str:
        """Why the lab has to end now; empty while it may go on."""
        if self.now_us > self._limits.life_s * 1_000_000:
            return f"labs on real engines live {self._limits.life_s / 60:.0f} minutes on this server"
        if not self.watchers and time.monotonic() - self.touched_s > self._limits.idle_s:
            return f"nobody used this lab for {self._limits.idle_s / 60:.0f} minutes"
        return ""

    def pump(self) -> bool:
        with self.lock:
            if self.ended:
                return False
            attentive = time.monotonic() - self.touched_s < ATTENTIVE_S
            self.cluster.machines.watched = bool(self.watchers) or attentive or self._actions.pending
            self.cluster.bridge.deliver()
            more = super().pump()
            if self.begun and not self._made:
                self._made = True
                self._store.append(self.id, Entry(self.now_us, MADE))
            return more

    def submit(self, what: Input) -> Ticket:
        with self.lock:
            if what["do"] == "begin" and self._actions.pending:
                self._begin_later = True
                return Ticket()
            return super().submit(what)

    @property
    def begun(self) -> bool:
        """The machines are there, the set-up was played, and the learner's part has begun."""
        return not (self.cluster.making or self._begin_later or self._actions.pending)

    def prepare(self, actions: list[dict[str, Any]], sleep: Callable[[float], object]) -> None:
        """The set-up is played while the learner watches the machines come up; the lesson begins after it."""
        self.play(actions)

    def _go_on(self) -> None:
        if not self.cluster.making:  # Addresses are filled into commands, and machines that are being made have none.
            super()._go_on()
        if self._begin_later and not self._actions.pending:
            self._begin_later = False
            super().submit({"do": "begin"})

    def at_rest(self, waited_us: int) -> bool:
        """Real engines take what time the machine gives them: a wait is over when nothing goes on, or it took long."""
        known = self.cluster.observer.known
        return waited_us > MAX_MORE_US or at_rest(known("nodes"), known("services"), known("tasks"))

    def advance(self, seconds: float, sleep: Callable[[float], object], limit_s: float = math.inf) -> float:
        raise Conflict(REFUSAL)

    def hang_up_lost_calls(self) -> None:
        """There are none: connections ended with the process that held them."""

    def end(self, reason: str = "this lab was deleted") -> None:
        super().end(reason)
        try:
            self.cluster.end(remove=True)
        except DriverError as error:
            log.warning("lab %s could not be removed yet: %s", self.id, error)
            threading.Thread(target=self._remove_later, daemon=True, name=f"removal of {self.id}").start()

    def _remove_later(self) -> None:
        """Try until it is done. Where the program ends before, the next start does it."""
        pause_s = RETRY_S
        while True:
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, MAX_RETRY_S)
            try:
                self._driver.clear()
            except DriverError:
                continue
            log.warning("lab %s is removed now", self.id)
            return

    def let_go(self) -> None:
        """Stop watching and leave the machines running, for the next start to take up."""
        with self.lock:
            self.ended = True
            self.cluster.end(remove=False)
