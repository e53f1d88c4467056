"""What only lessons need, over REST: to begin a step again."""

from flask import Blueprint, Response, jsonify

from playground.labs.lab import SECOND
from playground.web.rest import known_lab, parse, registry
from playground.web.schema import RestartStep
from playground.web.time_travel import between

learning = Blueprint("learning", __name__, url_prefix="/api")


@learning.post("/labs/<lab_id>/lesson/restart")
def restart_step(lab_id: str) -> Response:
    """The lab becomes what it was when the step began; pages see it at once."""
    lab, wanted = known_lab(lab_id), parse(RestartStep)
    again = registry().restart_step(lab, wanted.step, between(lab))
    again.touch()
    return jsonify({"ok": True, "step": wanted.step, "now": again.now_us / SECOND})
