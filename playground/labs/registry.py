"""All labs of this process: makes them, finds them, lets their time run, forgets idle ones."""

import hmac
import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from playground.labs.errors import Conflict, Forbidden, LabError, NotFound, TooMany
from playground.labs.journal import Entry, Header, MemoryStore, Record, Store, learners_part
from playground.labs.lab import Json, Lab
from playground.labs.pace import without_pace
from playground.labs.restart import at_step
from playground.labs.share import MAX_OF_A_LAB, Kind, Share, pack, unpack
from playground.lessons.model import Lesson

if TYPE_CHECKING:
    from playground.labs.real_labs import RealLabs

log = logging.getLogger(__name__)

MAX_NODES = 60
UNLOAD_S = 900.0
"""A lab that nobody watches or touches for so long is dropped from memory; its journal brings it back."""


ID_CHARACTERS = 12


def new_id() -> str:
    return secrets.token_hex(ID_CHARACTERS // 2)


def new_token() -> str:
    return secrets.token_urlsafe(24)


def engine_secret(lab: Lab) -> str:
    """The part of a path that opens a lab's engines: another secret than the lab's token, so that one can be shown."""
    return lab.id + _proof(lab.id, lab.token)


def _proof(lab_id: str, token: str) -> str:
    return hmac.digest(token.encode(), f"engines of {lab_id}".encode(), "sha256").hex()[:40]


def _require_journal(header: Header) -> None:
    """Raises Conflict for a lab that cannot be had again from what was done in it."""
    if header.backend != "emulated":
        raise Conflict(
            "a lab on real engines cannot be taken back, copied or played again: its machines are the only ones"
        )


class Registry:
    """Labs by id. Every method may be called from any thread."""

    def __init__(
        self,
        store: Store,
        lessons: Mapping[str, Lesson],
        *,
        max_labs: int = 1000,
        real: "RealLabs | None" = None,
    ) -> None:
        """``real`` makes the labs of the one real backend that is switched on."""
        self.lessons = lessons
        self._store = store
        self._max_labs = max_labs
        self.real = real
        self._labs: dict[str, Lab] = {}
        self._loading: dict[str, threading.Event] = {}
        self._lock = threading.RLock()
        self._making_real = threading.Lock()
        self._running = True
        self.sleep: Callable[[float], object] = time.sleep
        self.on_load: Callable[[Lab], object] | None = None
        self.on_swap: Callable[[Lab, Lab], object] | None = None
        self.on_remove: Callable[[Lab], object] | None = None
        self.on_progress: Callable[[Lab, Json, Json], object] | None = None

    def create(
        self, header: Header, sleep: Callable[[float], object] = time.sleep, actions: Sequence[Json] = ()
    ) -> Lab:
        """Start a new lab, with its lesson's machines and set-up when it has one.

        ``actions`` are done before the learner comes, as fast as virtual time can pass.

        Raises:
            LabError: too many nodes, or no such lesson.
            TooMany: the server holds as many labs as it may.
        """
        if header.backend == "emulated":
            return self._create(header, sleep, actions)
        with self._making_real:  # Each counts those before it: there may be so many and no more.
            return self._create(header, sleep, actions)

    def _create(self, header: Header, sleep: Callable[[float], object], actions: Sequence[Json]) -> Lab:
        self._check(header)
        lesson = self.lessons.get(header.lesson)
        if lesson is not None:
            topology = lesson.outline.topology
            nodes = header.nodes or tuple(topology.nodes)
            header = replace(header, nodes=nodes, images=header.images or tuple(topology.images))
        if header.backend != "emulated":
            running = sum(lab.header.backend != "emulated" for lab in self._all())
            self._real(header.backend).check(header, lesson, running)
        record = Record(new_id(), new_token(), header)
        lab = self._make(record, lesson, fresh=True)
        self._store.create(replace(record, now_us=lab.now_us))
        if lesson is not None and lab.lesson is not None:
            lab.prepare(lab.lesson.actions(lesson.outline.setup), sleep)
            lab.submit({"do": "begin"})
        elif actions:
            lab.prepare(list(actions), sleep)
            lab.submit({"do": "begin"})
        self._keep(lab)
        return lab

    def _check(self, header: Header) -> None:
        if len(header.nodes) > MAX_NODES:
            raise LabError(f"a lab may have {MAX_NODES} nodes, not {len(header.nodes)}")
        if header.lesson and header.lesson not in self.lessons:
            raise NotFound(f"there is no lesson {header.lesson!r}; see /api/lessons")
        if self._store.count() >= self._max_labs:
            raise TooMany(f"this server holds {self._max_labs} labs, its limit; ask who runs it for more (--max-labs)")

    def add(
        self,
        header: Header,
        now_us: int,
        entries: Sequence[Entry],
        *,
        tape: Sequence[Entry] = (),
        between: Callable[[float], object] | None = None,
        checked: bool = False,
    ) -> Lab:
        """Start a new lab from a journal: at ``now_us``, and playing what is on the ``tape``. See ``Lab``.

        Raises:
            LabError: the journal makes no sense, or as ``create``.
            TooMany: the server holds as many labs as it may.
        """
        self._check(header)
        _require_journal(header)
        # It may be another learner's.
        record = Record(new_id(), new_token(), replace(header, learner=""), now_us, without_pace(entries))
        lesson = self.lessons.get(header.lesson)
        lab = Lab(record, self._store, lesson, without_pace(tape), between=between, checked=checked)
        self._store.create(replace(record, now_us=lab.now_us))
        lab.hang_up_lost_calls()
        self._keep(lab)
        return lab

    def rebuild(self, lab: Lab, record: Record, between: Callable[[float], object] | None = None) -> Lab:
        """Let a lab become what another journal of it makes of it: same id and token, same pages, other history.

        Raises:
            Conflict: it is being rebuilt already.
        """
        _require_journal(record.header)
        with lab.lock:
            if lab.rebuilding or lab.ended:
                raise Conflict("the lab is being rebuilt already; try again in a moment")
            lab.rebuilding = True
        try:
            new = Lab(record, self._store, self.lessons.get(record.header.lesson), between=between)
        except BaseException:
            lab.rebuilding = False
            raise
        with lab.lock, new.lock:
            lab.retire()
            self._store.rewrite(replace(record, now_us=new.now_us))
            new.clock.like(lab.clock, new.now_us)
            new.keep_pace()
            new.hang_up_lost_calls()
            new.view()  # What has changed up to here is in the views that pages are given, and no news.
            self._keep(new)
            if self.on_swap is not None:
                self.on_swap(lab, new)
        return new

    def share(self, lab: Lab, kind: Kind) -> Share:
        """Keep a copy of a lab as it stands, for whoever knows the share's id.

        Raises:
            TooMany: it has been shared too often.
            LabError: its journal is too large.
        """
        _require_journal(lab.header)
        if self._store.count_shares(lab.id) >= MAX_OF_A_LAB:
            raise TooMany(f"this lab has {MAX_OF_A_LAB} links already, as many as it may; use one of those")
        record = lab.record()
        share = Share(secrets.token_urlsafe(16), lab.id, kind, pack(record.header, record.now_us, record.entries))
        self._store.add_share(share)
        return share

    def open_share(self, share_id: str, between: Callable[[float], object] | None = None) -> tuple[Lab, Kind]:
        """Start a new lab from what was shared.

        Raises:
            NotFound: there is no such share, or not any more.
        """
        share = self._store.share(share_id)
        if share is None:
            raise NotFound("this link leads nowhere: it was mistyped, or the lab behind it was deleted")
        header, now_us, entries = unpack(share.data)
        if share.kind == "copy":
            return self.add(header, now_us, entries, between=between), share.kind
        begun = learners_part(entries)
        start_us = entries[begun - 1].at_us if begun else 0
        return self.add(header, start_us, entries[:begun], tape=entries[begun:], between=between), share.kind

    def restart_step(self, lab: Lab, step: str, between: Callable[[float], object] | None = None) -> Lab:
        """Let a lab become what it was when a step of its lesson began, cluster included; what came later is gone.

        Raises:
            NotFound: the lab has no lesson, or its lesson no such step.
            LabError: the step was not reached yet.
            Conflict: the lab is being rebuilt already.
        """
        lesson = self.lessons.get(lab.header.lesson)
        ids = [each.id for each in lesson.outline.steps] if lesson is not None else []
        if step not in ids:
            raise NotFound(f"there is no step {step!r} to begin again in this lab")
        record = at_step(lab.record(), step, step == ids[0])
        if record is None:
            raise LabError(f"step {step} was not reached in this lab; go through the steps before it, or skip them")
        return self.rebuild(lab, record, between)

    @property
    def count(self) -> int:
        """How many labs are stored."""
        return self._store.count()

    @property
    def held(self) -> int:
        """How many labs are in memory, with the copies that have looked ahead for them."""
        labs = self._all()
        return len(labs) + sum(lab.ahead is not None for lab in labs)

    def get(self, lab_id: str, token: str | None) -> Lab:
        """Return a lab, from memory or rebuilt from its journal.

        Raises:
            NotFound: there is none of that id.
            Forbidden: the token is not the lab's.
        """
        return self._find(lab_id, lambda wanted: self._authorise(wanted, token))

    def with_engine_secret(self, secret: str) -> Lab:
        """Return the lab whose ``engine_secret`` that is.

        Raises:
            NotFound: there is none.
        """
        lab_id, proof = secret[:ID_CHARACTERS], secret[ID_CHARACTERS:]

        def check(token: str) -> None:
            if not hmac.compare_digest(_proof(lab_id, token).encode(), proof.encode()):
                raise NotFound("there is no such lab")

        return self._find(lab_id, check)

    def _find(self, lab_id: str, authorise: Callable[[str], None]) -> Lab:
        while True:
            with self._lock:
                lab = self._labs.get(lab_id)
                if lab is not None:
                    authorise(lab.token)
                    return lab
                record = self._store.load(lab_id)
                if record is None:
                    raise NotFound(f"there is no lab {lab_id!r}; it may have been deleted")
                authorise(record.token)
                loading = self._loading.get(lab_id)
                mine = loading is None
                if loading is None:
                    loading = self._loading[lab_id] = threading.Event()
            if not mine:
                loading.wait()
                continue
            try:  # Without the lock: a long journal takes seconds, and other labs go on meanwhile.
                lab = self._make(record, self.lessons.get(record.header.lesson))
                lab.hang_up_lost_calls()
                self._keep(lab)
                return lab
            finally:
                with self._lock:
                    del self._loading[lab_id]
                loading.set()

    def _breathe(self, _: float) -> None:
        """A replay lets others have their turn."""
        self.sleep(0)

    def lessons_changed(self, slugs: Sequence[str]) -> None:
        """Lessons were written anew: labs that are in memory go on in them."""
        for lab in list(self._labs.values()):
            if lab.header.lesson in slugs:
                lab.change_lesson(self.lessons[lab.header.lesson])

    def remove(self, lab: Lab) -> None:
        """End a lab for good."""
        lab.end()
        with self._lock:
            self._labs.pop(lab.id, None)
        self._store.remove(lab.id)
        if self.on_remove is not None:
            self.on_remove(lab)

    def record(self, lab: Lab) -> Record:
        """The lab as stored: header and journal."""
        return lab.record()

    def pump(self) -> bool:
        """Let time pass in every lab by one slice. Returns True when some have more due at once."""
        more = False
        for lab in list(self._labs.values()):
            try:
                more |= lab.pump()
            except Exception:
                # A fault of ours in one lab must not stop the others; its journal is kept to find it with.
                log.exception("lab %s failed at %d us and was stopped", lab.id, lab.now_us)
                lab.end("the lab failed: this is a fault of the playground, and its log says more")
                with self._lock:
                    self._labs.pop(lab.id, None)
                continue
            if lab.expired:
                lab.ended = True
                threading.Thread(target=self._expire, args=(lab,), daemon=True, name=f"end of {lab.id}").start()
                continue
            if not lab.watchers and not lab.busy and time.monotonic() - lab.touched_s > UNLOAD_S:
                self._unload(lab)
        return more

    def pump_forever(self, sleep: Callable[[float], object], after: Callable[[], object] = lambda: None) -> None:
        """Pump until ``stop``. ``sleep`` lets other threads (or green threads) run; ``after`` is called each round."""
        while self._running:
            more = self.pump()
            try:
                after()
            except Exception:
                log.exception("what the labs printed could not be sent to some page")  # Time goes on all the same.
            moving = any(lab.clock.moving for lab in list(self._labs.values()))
            sleep(0 if more else 0.01 if moving else 0.05)

    def stop(self) -> None:
        """Keep what outlives the program, and remove what does not."""
        self._running = False
        keeps = self.real is not None and self.real.keep and not isinstance(self._store, MemoryStore)
        for lab in self._all():
            self._store.mark(lab.id, lab.now_us)
            if lab.header.backend != "emulated":
                lab.let_go() if keeps else self._end_at_once(lab)
        self._store.close()
        if self.real is not None:
            self.real.release()

    def _end_at_once(self, lab: Lab) -> None:
        """The program ends: machines that nobody watches do not go on. What cannot be removed the next start finds."""
        lab.end("the server stopped")
        self._store.remove(lab.id)

    def take_up(self) -> None:
        """Find the machines that an earlier run left: take up those of stored labs, remove what is nobody's."""
        if self.real is None:
            return
        swept = self.real.sweep(lambda lab_id: self._store.load(lab_id) is not None)
        for lab_id, why in swept.removed.items():
            log.warning("lab %s was left on real engines and is removed: %s", lab_id, why)
        for lab_id, database in swept.waiting.items():
            log.warning("lab %s on real engines is left for the playground of %s to take up again", lab_id, database)
        for lab_id in swept.ours:
            try:
                self._find(lab_id, lambda token: None)
            except LabError as error:
                log.warning("lab %s could not be taken up: %s", lab_id, error)

    def _expire(self, lab: Lab) -> None:
        lab.end(lab.expired)
        self.remove(lab)

    def _all(self) -> list[Lab]:
        return list(self._labs.values())

    def _make(self, record: Record, lesson: Lesson | None, *, fresh: bool = False) -> Lab:
        if record.header.backend == "emulated":
            return Lab(record, self._store, lesson, between=None if fresh else self._breathe)
        return self._real(record.header.backend).open(record, self._store, lesson, fresh=fresh)

    def _real(self, backend: str) -> "RealLabs":
        if self.real is None or self.real.kind != backend:
            raise Conflict(
                f"real engines are off on this server; whoever runs it can start it with `--backend {backend}`"
            )
        return self.real

    def _keep(self, lab: Lab) -> None:
        lab.on_progress = self.on_progress
        with self._lock:
            self._labs[lab.id] = lab
        if self.on_load is not None:
            self.on_load(lab)

    def _unload(self, lab: Lab) -> None:
        self._store.mark(lab.id, lab.now_us)
        with self._lock:
            self._labs.pop(lab.id, None)

    @staticmethod
    def _authorise(wanted: str, given: str | None) -> None:
        if given is None or not secrets.compare_digest(wanted.encode(), given.encode()):
            raise Forbidden("the lab's token is needed: send it as `Authorization: Bearer TOKEN`")
