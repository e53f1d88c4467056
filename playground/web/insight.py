"""What no Docker API shows, over REST: the way of a command, and the raft log of a manager."""

from flask import Blueprint, Response, jsonify, request

from playground.labs.errors import LabError
from playground.web.asking import known_lab

insight = Blueprint("insight", __name__, url_prefix="/api")


def _number(name: str, most: int = 2**53) -> int | None:
    """A whole number from the query, None when it is not given."""
    text = request.args.get(name)
    if text is None:
        return None
    number = int(text) if len(text) < 20 and text.isascii() and text.isdigit() else most + 1
    if number > most:
        raise LabError(f"`{name}` must be a whole number from 0 to {most}")
    return number


@insight.get("/labs/<lab_id>/way")
def show_way(lab_id: str) -> Response:
    lab, number = known_lab(lab_id), _number("command")
    with lab.lock:
        return jsonify(lab.cluster.way(number))


@insight.get("/labs/<lab_id>/raft/<node>")
def show_raft(lab_id: str, node: str) -> Response:
    lab, first = known_lab(lab_id), _number("from")
    with lab.lock:
        return jsonify(lab.cluster.raft(node, first))
