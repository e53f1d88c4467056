"""A lab: one learner's cluster, its terminals and the progress in its lesson.

The only ways in are ``submit`` (an input, journaled before it is applied) and
``pump`` (time passes). Both hold the lab's lock; callers may be any thread.
"""

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from playground.engine.api_versions import CURRENT, Version
from playground.labs.actions import Actions
from playground.labs.clock import SECOND, Clock
from playground.labs.emulated_calls import EmulatedEngineCalls
from playground.labs.engine_calls import POLL_US, EngineCall, EngineCalls
from playground.labs.errors import Conflict, NotFound, TooMany
from playground.labs.inputs import Inputs
from playground.labs.journal import Entry, Header, Input, Record, Store
from playground.labs.pace import is_pace, pace_of, set_pace
from playground.labs.passing_time import MAX_INPUTS, PassingTime
from playground.labs.scrollback import Scrollback
from playground.labs.tape import Tape
from playground.labs.telling import Telling
from playground.labs.ticket import Ticket
from playground.labs.undo import is_act
from playground.labs.view_log import Changes
from playground.lessons.checks import Command
from playground.lessons.model import Lesson
from playground.lessons.render import fill
from playground.lessons.run import LessonRun

if TYPE_CHECKING:
    from playground.backends.cluster import Cluster
    from playground.backends.recorded import Recorded
    from playground.labs.stepping import Ahead

log = logging.getLogger(__name__)

STRICT = "SWARM_PLAYGROUND_STRICT"
"""Set in the environment of tests: a fault of ours ends the lab instead of being told and left behind."""
Json = dict[str, Any]

alive: "weakref.WeakSet[Lab]" = weakref.WeakSet()
"""All labs in memory, also those that nobody holds any more: each is a ring of objects, which Python has to find."""


class Lab(PassingTime):
    """One lab in memory. Rebuilt from its record by applying the journal again.

    What is on its ``tape`` is applied, and journaled, when its moment comes, as if somebody did it then.
    """

    def __init__(
        self,
        record: Record,
        store: Store,
        lesson: Lesson | None,
        tape: Iterable[Entry] = (),
        *,
        between: Callable[[float], object] | None = None,
        checked: bool = False,
    ) -> None:
        """Apply the record's journal, with the speed of the processor.

        ``between(share)``, when given, is called every few milliseconds with how much of it is done. ``checked``: the
        journal comes from a stranger, and each input is looked at before it is applied.

        Raises:
            LabError: an input of such a journal makes no sense where it stands.
        """
        alive.add(self)
        self.id = record.id
        self.token = record.token
        self.header: Header = record.header
        self.clock = Clock(manual=record.header.manual)
        self.lock = threading.RLock()
        self.telling = Telling(lambda: self.now_us, self.clock_state, lambda: self.cluster.observer.traffic.take())
        self.views, self.history = self.telling.views, self.telling.history
        self.scrollbacks: dict[str, Scrollback] = {}
        self.watchers = 0
        self.busy = 0
        self.touched_s = time.monotonic()
        self.ended = False
        self.on_output: Callable[[str], object] | None = None
        self.on_end: Callable[[str], object] | None = None
        self.on_progress: Callable[[Lab, Json, Json], object] | None = None
        self._store = store
        self.inputs = 0
        """So many there were so far."""
        self._acts = 0
        """So much was done since the set-up that could be undone."""
        self.stepping = False
        self.ahead: Ahead | None = None
        """A copy that has looked ahead, kept for the next step; see ``labs/stepping.py``."""
        self._marked_us = 0
        self._pace = pace_of(self.clock)
        self._actions = Actions(self)
        self._checked = checked
        self.undone: list[tuple[Record, str]] = []
        """What ``redo`` would bring back, newest last: the lab as it was, and what was done."""
        self.rebuilding = False
        self._progress: Json = {}
        self._stored = False
        self.lesson: LessonRun | None = None
        self.cluster, self.engine_calls = self._make(record)
        self._tape = Tape(self.cluster.kernel, record.entries, self._apply_next)
        if not os.environ.get(STRICT):
            self.cluster.kernel.on_fault = self._fault
        self.cluster.on_output = self._output
        if lesson is not None:
            self.lesson = LessonRun(lesson, self.cluster.facts)
        self._inputs = Inputs(self.cluster, self.engine_calls, self.scrollbacks, self.lesson, self._opened)
        self._look()
        self.cluster.on_command = self._heard
        self._replay(max(record.now_us, record.entries[-1].at_us if record.entries else 0), between)
        self._tape.extend(tape)
        self._checked = False
        if self.lesson is not None:
            self._progress = self.lesson.progress()
        self._stored = True
        self._look()

    def _fault(self, error: Exception) -> None:
        """A mistake of ours in one task or callback: it is told to the operator, and the rest of the lab goes on.

        It happens again at the same moment when the journal is replayed, so it changes no outcome.
        """
        log.error("lab %s, at %d us: a fault of the playground", self.id, self.now_us, exc_info=error)

    def _make(self, record: Record) -> "tuple[Cluster, EngineCalls]":
        from playground.backends.emulated import EmulatedCluster  # Large: see web/engine_mount.py.

        cluster = EmulatedCluster(
            seed=record.header.seed,
            wall_us=record.header.wall_us,
            nodes=record.header.nodes,
            images=record.header.images,
            on_changes=self._changed,
        )
        return cluster, EmulatedEngineCalls(cluster, self._opened)

    # Looking

    @property
    def expired(self) -> str:
        """Why the lab has to end now; empty while it may go on."""
        return ""

    @property
    def now_us(self) -> int:
        return self.cluster.kernel.now_us

    def view(self) -> Json:
        with self.lock:
            return self.telling.view()

    def view_at(self, at_us: int) -> Json:
        """The view as it was at a moment; a moment that has not been yet is now."""
        with self.lock:
            return self.telling.view_at(at_us)

    def clock_state(self) -> Json:
        """Pace, until when a recording plays (None: none does), whether there is something to undo and to do again."""
        return {
            "speed": self.clock.speed,
            "paused": self.clock.paused or self.clock.manual,
            "plays_until": self._tape.end_us if self._tape else None,
            "undo": self._acts > 0,
            "redo": self.undone[-1][1] if self.undone else None,
        }

    def nodes(self) -> Json:
        """Name, address of every machine that the learner made."""
        with self.lock:
            return {name: {"ip": self.cluster.address(name)} for name in self.cluster.names()}

    # Inputs

    def submit(self, what: Input) -> Ticket:
        """Journal an input, apply it at this moment, and return where its answer will be.

        Raises:
            LabError: the input makes no sense here; nothing was journaled or changed.
        """
        with self.lock:
            if self.ended:
                raise NotFound("this lab has ended")
            if self.rebuilding:
                raise Conflict("the lab is being rebuilt; try again in a moment")
            self._inputs.check(what)
            if self.inputs >= MAX_INPUTS:
                raise TooMany("this lab has had too many inputs; start a new one")
            self.touch()
            if is_act(what) and (self._tape or self.undone):
                self._take_over()
            self.settle()
            self._store.append(self.id, Entry(self.now_us, what))
            self.inputs += 1
            ticket = Ticket()
            self._inputs.apply(what, ticket, heard=True)
            self._count_act(what)
            self._look()
            return ticket

    def call_engine(
        self,
        node: str,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Any,
        sleep: Callable[[float], object],
        *,
        hijack: bool = False,
        size: int = 0,
        version: Version = CURRENT,
    ) -> EngineCall:
        """Send a request to a node's engine; its answer comes as time passes. ``size`` is the body's, in bytes.

        ``version`` is that of the API in which the client asks.

        Raises:
            LabError: as ``submit``; also UnknownMachine.
        """
        with self.lock:
            what = self.engine_calls.request(node, method, path, query, body, hijack=hijack, version=version)
            self.engine_calls.check(what, size)
            again = self.clock.manual and self.engine_calls.polls(what)
        if again:
            self.advance(POLL_US / SECOND, sleep)
        with self.lock:
            if "call" in what:
                what = self.engine_calls.request(node, method, path, query, body, hijack=hijack, version=version)
                call: EngineCall = self.submit(what).value
                return call
            self.touch()
            self.settle()
            return self.engine_calls.apply(what, heard=True)

    def hang_up_lost_calls(self) -> None:
        """The clients of calls that a replay brought back are gone: take their connections down."""
        with self.lock:
            for number in list(self.engine_calls.open):
                self.submit({"do": "engine-hangup", "call": number})

    def open_terminal(self, terminal: str, columns: int, rows: int) -> None:
        """A page wants to show a terminal. While a recording plays, that one opens terminals; pages only look.

        Raises:
            LabError: as ``submit``.
        """
        with self.lock:
            if self._tape:
                self.cluster.require(terminal, terminal=True)
                self.scrollbacks.setdefault(terminal, Scrollback())
            else:
                self.submit({"do": "open", "terminal": terminal, "columns": columns, "rows": rows})

    def resize_terminal(self, terminal: str, columns: int, rows: int) -> None:
        """A page shows a terminal in another size. While a recording plays, the size is the recorded one.

        Raises:
            LabError: as ``submit``.
        """
        with self.lock:
            if not self._tape:
                self.submit({"do": "resize", "terminal": terminal, "columns": columns, "rows": rows})

    def _take_over(self) -> None:
        """Somebody does something else than what is on the tape, or was undone: from here on it goes their way."""
        self.undone.clear()
        if self._tape:
            self._tape.clear()
            self.hang_up_lost_calls()
        self.clock_changed()

    def stop_tape(self) -> None:
        """Play no further: the lab goes on from here by itself."""
        with self.lock:
            self._take_over()

    @property
    def on_tape(self) -> bool:
        """True while a recording plays."""
        return bool(self._tape)

    @property
    def tape(self) -> list[Entry]:
        """What is still to be played of a recording."""
        return self._tape.entries

    def _count_act(self, what: Input) -> None:
        before = self._acts
        self._acts = 0 if what["do"] == "begin" else before + is_act(what)
        if self._stored and bool(before) != bool(self._acts):
            self.clock_changed()

    def _opened(self, more: int) -> None:
        self.busy += more

    def touch(self) -> None:
        """Somebody is here: let time run."""
        self.touched_s = time.monotonic()
        self.clock.freeze(False, self.now_us)

    # What is seen: at the end of every instant and after every input, whatever the pace and whoever looks

    def _changed(self, at_us: int, found: Json) -> None:
        """The cluster is different from this moment on."""
        self._take(at_us, Changes(**found))

    def _look(self) -> None:
        """After an input: what it changed is seen before time goes on."""
        self.cluster.kernel.settle()
        if self.lesson is not None and self.lesson.dirty:
            self._take(self.now_us, Changes())

    def _take(self, at_us: int, changes: Changes) -> None:
        self.views.absorb(changes)
        if self.lesson is not None:
            self.lesson.judge(self.views.current)
            self._keep_progress()
            state = self.lesson.state()
            if state != self.views.current["lesson"]:
                changes.put["lesson"] = state
                self.views.absorb(Changes(put={"lesson": state}))
        self.telling.take(at_us, changes)

    def settle(self) -> None:
        """Finish the current instant, so that the input comes between two of them."""
        self._tape.run_until(self.now_us)

    def _apply_next(self, entry: Entry) -> None:
        if is_pace(entry):
            self.inputs += 1
            self._pace = entry.input
            set_pace(self.clock, entry.input, entry.at_us)
            return
        if self._checked:
            self._inputs.check_read(entry, self.inputs + 1)
        if self._stored:
            self._store.append(self.id, entry)
        self.inputs += 1
        self._inputs.apply(entry.input, Ticket(), heard=False)
        self._count_act(entry.input)
        self._look()
        if self._stored and not self._tape:
            self.clock_changed()

    def collect(self) -> Json | None:
        """Number what changed since the last time; returns the delta, if there is any."""
        return self.telling.collect()

    def _keep_progress(self) -> None:
        """Journal what was ticked, so that it outlives a change of the lesson."""
        assert self.lesson is not None
        progress = self.lesson.progress()
        if progress != self._progress and self._stored:
            self._store.append(self.id, Entry(self.now_us, {"do": "progress", **progress}))
            if self.on_progress is not None:
                self.on_progress(self, self._progress, progress)
        self._progress = progress

    def clock_changed(self) -> None:
        """Send the clock's new state to the pages."""
        self.telling.clock_changed()

    def _output(self, terminal: str, data: bytes) -> None:
        scrollback = self.scrollbacks.get(terminal)
        if scrollback is not None:
            scrollback.write(data)
            if self.on_output is not None:
                self.on_output(terminal)

    # Playing actions for the learner

    def _go_on(self) -> None:
        self._actions.go_on()

    def play(self, actions: list[Json]) -> None:
        """Do a lesson's actions one after another, as time passes."""
        with self.lock:
            self._actions.add(actions)

    @property
    def playing(self) -> bool:
        """Is there anything left to be done for the learner?"""
        return self._actions.pending

    def prepare(self, actions: list[Json], sleep: Callable[[float], object]) -> None:
        """Do actions at once, letting virtual time pass as they need; for what happens before the learner comes."""
        self.play(actions)
        self._actions.finish(sleep)

    def fill(self, command: str) -> str:
        """A command with the lab's addresses and tokens in it."""
        return fill(command, self.cluster.facts())

    def _heard(self, recorded: "Recorded") -> None:
        if self.lesson is not None:
            self.lesson.heard(Command(recorded.machine, recorded.line, recorded.output, recorded.exit))

    def retire(self) -> Record:
        """Another form of this lab takes its place: answer whoever waits; returns the record as it stands."""
        with self.lock:
            self.ended = True
            self.engine_calls.cut_all()
            self._inputs.give_up()
            return self.record()

    def record(self) -> Record:
        """Header and journal, up to now."""
        with self.lock:
            record = self._store.load(self.id)
            assert record is not None
            return Record(self.id, self.token, self.header, self.now_us, list(record.entries))

    def change_lesson(self, lesson: Lesson) -> None:
        """The lesson was written anew: go on at the same step, as far as it is there."""
        with self.lock:
            self.ahead = None
            if self.lesson is not None:
                self.lesson = self.lesson.in_other_words(lesson)
                self._look()

    def let_go(self) -> None:
        """The program ends; the lab is stored and goes on with the next one."""

    def end(self, reason: str = "this lab was deleted") -> None:
        """No more time, no more inputs; pages are told why."""
        with self.lock:
            self.ended = True
            self.engine_calls.cut_all()
            if self.on_end is not None:
                self.on_end(reason)
