"""All that can be done to a lab from outside: what is checked before it is journaled, and what it does."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from playground.backends.errors import Refusal, UnknownMachine
from playground.labs.engine_calls import EngineCalls
from playground.labs.errors import LabError, NotFound
from playground.labs.journal import Entry, Input
from playground.labs.scrollback import Scrollback
from playground.labs.ticket import Ticket
from playground.lessons.run import LessonRun

if TYPE_CHECKING:
    from playground.backends.cluster import Cluster

SECOND = 1_000_000
MAX_BYTES = 64 * 1024


class Inputs:
    """The inputs of one lab. ``busy(1)`` and ``busy(-1)`` are called around what takes time."""

    def __init__(
        self,
        cluster: "Cluster",
        engine_calls: EngineCalls,
        scrollbacks: dict[str, Scrollback],
        lesson: LessonRun | None,
        busy: Callable[[int], object],
    ) -> None:
        self._cluster = cluster
        self._engine_calls = engine_calls
        self._scrollbacks = scrollbacks
        self._lesson = lesson
        self._busy = busy
        self._waiting: dict[Ticket, Any] = {}
        """Answers that are still to come, and what they are when the lab goes away before."""

    def check(self, what: Input) -> None:
        """
        Raises:
            LabError: this makes no sense here. Also what the cluster and the lesson raise.
        """
        match what:
            case {"do": "type", "terminal": terminal, "data": str(data)}:
                self._cluster.require(terminal, terminal=True)
                if len(data) > MAX_BYTES:
                    raise LabError(f"one input may have {MAX_BYTES} characters, not {len(data)}")
                self._require_open(terminal)
            case {"do": "open", "terminal": terminal}:
                self._cluster.require(terminal, terminal=True)
            case {"do": "resize", "terminal": terminal}:
                self._cluster.require(terminal, terminal=True)
                self._require_open(terminal)
            case {"do": "exec", "node": node, "command": str(command)}:
                self._cluster.require(node, terminal=True)
                self._cluster.require_on(node)
                if len(command) > MAX_BYTES:
                    raise LabError(f"a command may have {MAX_BYTES} characters, not {len(command)}")
            case {"do": "fault", "fault": fault}:
                self._cluster.check_fault(fault)
            case {"do": "begin"} | {"do": "note", "text": str()}:
                pass
            case {"do": "open-port", "node": node}:
                self._cluster.require(node)
            case {"do": "engine" | "engine-input" | "engine-eof" | "engine-hangup"}:
                self._engine_calls.check(what, 0)
            case {"do": "lesson", **rest}:
                if self._lesson is None:
                    raise NotFound("this lab has no lesson")
                self._lesson.check_input(rest)
            case _:
                raise LabError(f"no such input: {what.get('do')!r}")

    def check_read(self, entry: Entry, number: int) -> None:
        """Look at an input of a journal that somebody else wrote, before it is applied.

        Raises:
            LabError: it does not fit where it stands.
        """
        try:
            if entry.input["do"] == "progress":
                if self._lesson is None:
                    raise LabError("this lab has no lesson")
            elif entry.input["do"] not in ("engine-input", "engine-eof", "engine-hangup"):
                self.check(entry.input)
        except Refusal as refused:
            reason = str(refused)
            where = f"entry {number} of the journal, at {entry.at_us / SECOND:g} s,"
            raise LabError(f"{where} cannot be applied: {reason}") from None

    def apply(self, what: Input, ticket: Ticket, *, heard: bool) -> None:
        """Do what an input says. ``heard``: somebody waits for what an engine answers."""
        match what["do"]:
            case "open" | "resize" if not self._fits(what):
                ticket.set(False)
            case "open":
                self._scrollbacks.setdefault(what["terminal"], Scrollback())
                self._cluster.open_terminal(what["terminal"], what["columns"], what["rows"])
                ticket.set(True)
            case "type":
                self._cluster.type(what["terminal"], what["data"].encode())
                ticket.set(True)
            case "resize":
                self._cluster.resize(what["terminal"], what["columns"], what["rows"])
                ticket.set(True)
            case "exec":
                done = self._done(ticket, {"stdout": "", "stderr": "[the lab was rebuilt]", "exit": 137})
                node, command, limit_us = what["node"], what["command"], what["limit_us"]
                ticket.so_far = self._cluster.execute(node, command, tty=what["tty"], limit_us=limit_us, done=done)
            case "fault":
                self._cluster.fault(what["fault"], self._done(ticket, True))
            case "open-port":
                done = self._done(ticket, {"failed": "the lab was rebuilt"})
                self._cluster.open_port(what["node"], what["port"], what["path"], done)
            case "engine" | "engine-input" | "engine-eof" | "engine-hangup":
                ticket.set(self._engine_calls.apply(what, heard=heard))
            case "lesson":
                assert self._lesson is not None
                ticket.set(self._lesson.input(what, what.get("language", "en")))
            case "progress":
                assert self._lesson is not None
                self._lesson.restore(what)
            case "begin":
                if self._lesson is not None:
                    self._lesson.begin()
                ticket.set(True)
            case "note":
                self._cluster.observer.timeline.add("lesson", what["text"])
                ticket.set(True)

    def give_up(self) -> None:
        """The lab goes away: whoever waits gets an answer now."""
        for ticket, otherwise in list(self._waiting.items()):
            ticket.set(otherwise)

    def _fits(self, what: Input) -> bool:
        """False for a window onto a machine that is not there: in a journal whose act that made it was undone."""
        try:
            self._cluster.require(what["terminal"], terminal=True)
        except UnknownMachine:
            return False
        return what["do"] == "open" or self._cluster.has_terminal(what["terminal"])

    def _require_open(self, terminal: str) -> None:
        if not self._cluster.has_terminal(terminal):
            raise NotFound(f"terminal {terminal} is not open")

    def _done(self, ticket: Ticket, otherwise: Any) -> Callable[[Any], None]:
        self._waiting[ticket] = otherwise
        self._busy(1)

        def done(value: Any) -> None:
            self._busy(-1)
            self._waiting.pop(ticket, None)
            ticket.set(value)

        return done
