"""A lab's time over REST: any moment of it, other labs made from its journal, undo, links and files."""

import time

from flask import Blueprint, Response, jsonify, request, url_for

from playground.labs import time_travel as travel
from playground.labs.clock import SECOND
from playground.labs.errors import LabError
from playground.labs.journal_file import from_file
from playground.labs.lab import Lab
from playground.web.asking import body, known_lab, parse
from playground.web.parts import registry, sleep
from playground.web.patience import between
from playground.web.rest import hand_over
from playground.web.schema import Branch, ShareKind

time_travel = Blueprint("time_travel", __name__, url_prefix="/api")

MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_ENTRIES = 2_000
REPLAY_LIMIT_S = 60.0
"""Processor time that the journal of a stranger may take."""
MADE = 201


def _described(lab: Lab, **more: object) -> tuple[Response, int]:
    lab.touch()
    return jsonify({**hand_over(lab), **more}), MADE


@time_travel.get("/labs/<lab_id>/timeline")
def show_timeline(lab_id: str) -> Response:
    lab = known_lab(lab_id)
    with lab.lock:
        history = lab.history
        entries = history.entries[-MAX_ENTRIES:]
        left_out = history.dropped + len(history.entries) - len(entries)
        return jsonify({"start": history.start_us, "now": lab.now_us, "left_out": left_out, "entries": entries})


@time_travel.post("/labs/<lab_id>/branch")
def branch(lab_id: str) -> tuple[Response, int]:
    lab, wanted = known_lab(lab_id), parse(Branch)
    return _described(travel.branch(registry(), lab, round(wanted.at * SECOND), between(lab)))


@time_travel.post("/labs/<lab_id>/undo")
def undo(lab_id: str) -> Response:
    lab = known_lab(lab_id)
    new, words = travel.undo(registry(), lab, between(lab))
    return jsonify({"undone": words, "now": new.now_us / SECOND})


@time_travel.post("/labs/<lab_id>/redo")
def redo(lab_id: str) -> Response:
    lab = known_lab(lab_id)
    new, words = travel.redo(registry(), lab, between(lab))
    return jsonify({"redone": words, "now": new.now_us / SECOND})


@time_travel.post("/labs/<lab_id>/share")
def share(lab_id: str) -> tuple[Response, int]:
    lab, wanted = known_lab(lab_id), parse(ShareKind)
    made = registry().share(lab, wanted.kind)
    return jsonify({"id": made.id, "kind": made.kind, "url": url_for("pages.shared", share_id=made.id)}), MADE


@time_travel.post("/shares/<share_id>")
def open_share(share_id: str) -> tuple[Response, int]:
    lab, kind = registry().open_share(share_id, between(None))
    return _described(lab, kind=kind)


@time_travel.post("/labs/import")
def import_journal() -> tuple[Response, int]:
    request.max_content_length = MAX_FILE_BYTES
    header, now_us, entries = from_file(body())
    end_s = time.process_time() + REPLAY_LIMIT_S

    def in_time(_: float) -> None:
        if time.process_time() > end_s:
            raise LabError("this journal takes too long to replay; cut it, or make its lab's time shorter")
        sleep(0)

    return _described(registry().add(header, now_us, entries, between=in_time, checked=True))
