"""What only lessons need, over REST: to begin a step again, and a draft made of what was done in a lab."""

import io
import re
import zipfile

from flask import Blueprint, Response, jsonify, request

from playground.labs.clock import SECOND
from playground.labs.recording import draft_of
from playground.web.asking import known_lab, parse
from playground.web.parts import registry, sleep
from playground.web.patience import between
from playground.web.schema import RestartStep

learning = Blueprint("learning", __name__, url_prefix="/api")


@learning.post("/labs/<lab_id>/lesson/restart")
def restart_step(lab_id: str) -> Response:
    """The lab becomes what it was when the step began; pages see it at once."""
    lab, wanted = known_lab(lab_id), parse(RestartStep)
    again = registry().restart_step(lab, wanted.step, between(lab))
    again.touch()
    return jsonify({"ok": True, "step": wanted.step, "now": again.now_us / SECOND})


@learning.get("/labs/<lab_id>/draft")
def show_draft(lab_id: str) -> Response:
    """What was done in the lab, as the files of a lesson, in a zip."""
    lab = known_lab(lab_id)
    record = lab.record()
    title = request.args.get("title", "")[:100]
    files = draft_of(record.header, record.now_us, record.entries, title, lambda: sleep(0))
    slug = "20-" + (re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "recorded")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"{slug}/{name}", text)
    response = Response(packed.getvalue(), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.zip"'
    return response
