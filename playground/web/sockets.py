"""The Socket.IO namespace of the lab page (``docs/socket-messages.md``).

A handler checks its message, posts to the lab's inbox and returns. What goes to the
pages is sent from one background task, at the pace at which each page takes it.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from flask import Request, request
from flask_socketio import Namespace, SocketIO, join_room, leave_room

from playground.labs.errors import Forbidden
from playground.labs.lab import Lab
from playground.labs.registry import Registry
from playground.labs.scrollback import Scrollback
from playground.web.refusals import REFUSALS, describe
from playground.web.schema import Ack, Join, Look, TerminalOpen, Typed

WINDOW = 128 * 1024
"""Characters of one terminal that may be on the way to a page before it says that it has shown them."""
CHUNK = 16 * 1024
CATCH_UP = 64 * 1024
"""A page that fell behind gets the last so many characters."""

Json = dict[str, Any]


@dataclass(slots=True)
class Viewer:
    """One connected page."""

    sid: str
    lab: Lab
    sent: dict[str, int] = field(default_factory=dict)
    """For each terminal the position up to which output was sent."""
    on_the_way: dict[str, deque[tuple[int, int]]] = field(default_factory=dict)
    """For each terminal what the page has not shown yet: end position and length of each message."""

    def in_flight(self, terminal: str) -> int:
        return sum(length for _, length in self.on_the_way[terminal])


class LabNamespace(Namespace):
    """Pages by connection; terminals' output is sent as far as each page has made room."""

    def __init__(self, name: str, registry: Registry, socketio: SocketIO) -> None:
        super().__init__(name)
        self._registry = registry
        self._io = socketio
        self._viewers: dict[str, Viewer] = {}
        self._pending: dict[tuple[str, str], None] = {}
        self._guard = threading.Lock()
        registry.on_load = self._loaded
        registry.on_swap = self._swapped

    # Pages come and go

    def on_disconnect(self, *_: object) -> None:
        self._forget(_sid())

    def on_join(self, data: Any) -> Json:
        def join() -> Json:
            wanted = Join.model_validate(data)
            lab = self._registry.get(wanted.lab, wanted.token)
            sid = _sid()
            before = self._viewers.get(sid)
            self._forget(sid)
            with lab.lock:
                lab.touch()
                lab.watchers += 1
                lab.cluster.observer.traffic.listen(True)
                viewer = self._viewers[sid] = Viewer(sid, lab)
                if before is not None and before.lab is lab:  # It missed a delta; its terminals are as they were.
                    viewer.sent, viewer.on_the_way = before.sent, before.on_the_way
                view = lab.view()
                join_room(lab.id, namespace=self.namespace)
                missed = lab.views.since(wanted.n) if wanted.n is not None else None
                if missed is None:
                    self._io.emit("view", view, to=sid, namespace=self.namespace)
                else:
                    for delta in missed:
                        self._io.emit("delta", delta, to=sid, namespace=self.namespace)
            return {"ok": True}

        return _answer(join)

    def _forget(self, sid: str) -> None:
        viewer = self._viewers.pop(sid, None)
        if viewer is not None:
            viewer.lab.watchers -= 1
            viewer.lab.touch()
            leave_room(viewer.lab.id, sid=sid, namespace=self.namespace)
            if not viewer.lab.watchers:
                viewer.lab.cluster.observer.traffic.listen(False)

    # What pages send

    def on_terminal_open(self, data: Any) -> Json:
        def open_terminal() -> Json:
            wanted, viewer = TerminalOpen.model_validate(data), self._viewer()
            lab = viewer.lab
            with lab.lock:  # What the terminal prints meanwhile comes after what is read here.
                lab.open_terminal(wanted.terminal, wanted.columns, wanted.rows)
                self._begin_output(viewer, wanted.terminal)
            return {"ok": True}

        return _answer(open_terminal)

    def on_input(self, data: Any) -> Json:
        def type_in() -> Json:
            wanted = Typed.model_validate(data)
            self._viewer().lab.submit({"do": "type", **wanted.model_dump()})
            return {"ok": True}

        return _answer(type_in)

    def on_resize(self, data: Any) -> Json:
        def resize() -> Json:
            wanted = TerminalOpen.model_validate(data)
            self._viewer().lab.resize_terminal(wanted.terminal, wanted.columns, wanted.rows)
            return {"ok": True}

        return _answer(resize)

    def on_look(self, data: Any) -> Json:
        def look() -> Json:
            return {"ok": True, "view": self._viewer().lab.view_at(round(Look.model_validate(data).at * 1_000_000))}

        return _answer(look)

    def on_ack(self, data: Any) -> None:
        try:
            ack, viewer = Ack.model_validate(data), self._viewer()
        except REFUSALS:
            return
        if ack.terminal in viewer.sent:
            on_the_way = viewer.on_the_way[ack.terminal]
            while on_the_way and on_the_way[0][0] <= ack.position:
                on_the_way.popleft()
            self._mark(viewer.lab.id, ack.terminal)

    def _viewer(self) -> Viewer:
        viewer = self._viewers.get(_sid())
        if viewer is None:
            raise Forbidden("send `join` first")
        return viewer

    # What pages get

    def _loaded(self, lab: Lab) -> None:
        def delta(data: Json) -> None:
            self._io.emit("delta", data, to=lab.id, namespace=self.namespace)

        def output(terminal: str) -> None:
            self._mark(lab.id, terminal)

        def end(reason: str) -> None:
            self._io.emit("ended", {"reason": reason}, to=lab.id, namespace=self.namespace)

        lab.on_end = end
        lab.telling.on_delta = delta
        lab.on_output = output

    def _swapped(self, old: Lab, new: Lab) -> None:
        """Another form of a lab takes its place: its pages see that one from now on."""
        for viewer in list(self._viewers.values()):
            if viewer.lab is not old:
                continue
            viewer.lab = new
            new.watchers += 1
            new.cluster.observer.traffic.listen(True)
            self._io.emit("view", new.view(), to=viewer.sid, namespace=self.namespace)
            for terminal in list(viewer.sent):
                self._begin_output(viewer, terminal)

    def rebuilding(self, lab: Lab, share: float) -> None:
        """Tell the pages of a lab how much of the work on it is done."""
        self._io.emit("rebuilding", {"share": round(share, 3)}, to=lab.id, namespace=self.namespace)

    def _begin_output(self, viewer: Viewer, terminal: str) -> None:
        """Send what a terminal shows, as if it was opened now."""
        scrollback = viewer.lab.scrollbacks.setdefault(terminal, Scrollback())
        text, end, _ = scrollback.read(scrollback.tail(CATCH_UP), CATCH_UP)
        viewer.on_the_way[terminal] = deque()
        self._emit_output(viewer, terminal, text, end, reset=True)

    def _mark(self, lab_id: str, terminal: str) -> None:
        """There is something to send; the next ``send`` looks."""
        with self._guard:
            self._pending[lab_id, terminal] = None

    def send(self) -> None:
        """Send what is due, as much as every page has room for."""
        if not self._pending:
            return
        with self._guard:
            pending, self._pending = self._pending, {}
        for viewer in list(self._viewers.values()):
            for terminal in list(viewer.sent):
                if (viewer.lab.id, terminal) in pending:
                    self._send(viewer, terminal)

    def _send(self, viewer: Viewer, terminal: str) -> None:
        scrollback = viewer.lab.scrollbacks[terminal]
        with viewer.lab.lock:
            while viewer.sent[terminal] < scrollback.end and viewer.in_flight(terminal) < WINDOW:
                start = viewer.sent[terminal]
                behind = scrollback.end - start > WINDOW
                if behind:
                    start = scrollback.tail(CATCH_UP)
                text, end, skipped = scrollback.read(start, CATCH_UP if behind else CHUNK)
                self._emit_output(viewer, terminal, text, end, reset=behind or skipped)

    def _emit_output(self, viewer: Viewer, terminal: str, text: str, position: int, *, reset: bool) -> None:
        viewer.sent[terminal] = position
        viewer.on_the_way[terminal].append((position, len(text)))
        message = {"terminal": terminal, "data": text, "position": position, "reset": reset}
        self._io.emit("output", message, to=viewer.sid, namespace=self.namespace)


class _SocketRequest(Request):
    """A request as Flask-SocketIO hands it to what it calls."""

    sid: str


def _sid() -> str:
    return cast(_SocketRequest, request).sid


def _answer(handle: Callable[[], Json]) -> Json:
    try:
        return handle()
    except REFUSALS as error:
        status, text = describe(error)
        return {"error": text, "status": status}
