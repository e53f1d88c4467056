"""The REST API (``docs/socket-messages.md``), so that scripts can drive a lab."""

import secrets
import time
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for

from playground.labs.errors import Conflict, LabError, NotFound
from playground.labs.journal import Header
from playground.labs.journal_file import to_file
from playground.labs.lab import Lab
from playground.labs.sandbox import topology_of
from playground.labs.stepping import step
from playground.labs.ticket import Ticket
from playground.web.asking import body, known_lab, parse
from playground.web.catalogue import lesson_list
from playground.web.engine_mount import engine_path
from playground.web.languages import current_language
from playground.web.parts import engine_ports, real_verdicts, registry, sandbox, sleep
from playground.web.patience import between
from playground.web.schema import ClockChange, CreateLab, Exec, LessonInput

rest = Blueprint("rest", __name__, url_prefix="/api")

SEED_BITS = 53
"""As many as every reader of JSON keeps, JavaScript among them."""
WAIT_S = 600.0
HELD_S = 100.0
"""Of the wall's time that one ``exec`` or ``advance`` may hold its caller, and a thread of the server."""


def _moment_us(text: str) -> int:
    """Microseconds of a moment that is given in seconds."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 1e9:
        raise LabError("`at` must be a moment in seconds since the lab began, as `?at=12.5`")
    return round(seconds * 1_000_000)


def _wait(lab: Lab, ticket: Ticket) -> Any:
    """The answer to an input; lets time pass where the lab's clock is manual."""
    if lab.clock.manual:
        return lab.finish(ticket, sleep)
    if not ticket.wait(WAIT_S):
        raise LabError("the lab did not answer in time; its clock may be paused")
    return ticket.value


def _answer_in_time(lab: Lab, ticket: Ticket) -> Any:
    """The answer to a command; past ``HELD_S`` what it has printed so far, while it goes on in the lab."""
    if lab.clock.manual:
        end_s = time.monotonic() + HELD_S
        lab.hurry(lambda: ticket.ready or time.monotonic() > end_s, sleep)
    else:
        ticket.wait(HELD_S)
    with lab.lock:
        if ticket.ready:
            return ticket.value
        note = f"[it still runs after {HELD_S:g} s here, and goes on in the lab"
        note += ", whose clock is paused]" if not (lab.clock.manual or lab.clock.moving) else "]"
        printed = ticket.so_far()
        return {**printed, "stderr": printed["stderr"] + note, "exit": None, "running": True}


def describe_lab(lab: Lab) -> dict[str, Any]:
    return {
        "id": lab.id,
        "backend": lab.header.backend,
        "lesson": lab.header.lesson,
        "situation": lab.header.situation,
        "nodes": {name: {**node, "engine": _engine(lab, name)} for name, node in lab.nodes().items()},
        "url": url_for("pages.lab", lab_id=lab.id),
    }


def hand_over(lab: Lab) -> dict[str, Any]:
    """The lab with its token, for who made it; the address opens it in a browser as it stands."""
    return {
        **describe_lab(lab),
        "token": lab.token,
        "url": url_for("pages.lab", lab_id=lab.id, _anchor=f"token={lab.token}"),
    }


def _engine(lab: Lab, node: str) -> str:
    """What to set ``DOCKER_HOST`` to, as seen by whoever asks."""
    ports = engine_ports()
    address = ports.address(lab, node) if ports is not None else None
    if address is not None:
        return address
    host = request.host
    if not host.rpartition("]")[2].rpartition(":")[1]:
        host += ":443" if request.is_secure else ":80"
    return f"tcp://{host}{engine_path(lab, node)}"


@rest.post("/labs")
def create_lab() -> tuple[Response, int]:
    wanted = parse(CreateLab)
    plan = sandbox().plan(wanted.sandbox.topology, wanted.sandbox.situation) if wanted.sandbox is not None else None
    header = Header(
        seed=secrets.randbits(SEED_BITS) if wanted.seed is None else wanted.seed,
        wall_us=time.time_ns() // 1000,
        learner=wanted.learner,
        nodes=plan.nodes if plan is not None else tuple(wanted.nodes),
        images=plan.images if plan is not None and not wanted.images else tuple(wanted.images),
        lesson=wanted.lesson,
        situation=plan.situation if plan is not None else "",
        manual=wanted.clock == "manual",
        backend=wanted.backend,
    )
    lab = registry().create(header, sleep, plan.actions if plan is not None else ())
    if not isinstance(wanted.clock, str):
        lab.change_pace(speed=float(wanted.clock))
    lab.touch()
    return jsonify(hand_over(lab)), 201


@rest.get("/labs/<lab_id>")
def show_lab(lab_id: str) -> Response:
    return jsonify(describe_lab(known_lab(lab_id)))


@rest.delete("/labs/<lab_id>")
def delete_lab(lab_id: str) -> tuple[str, int]:
    registry().remove(known_lab(lab_id))
    return "", 204


@rest.get("/labs/<lab_id>/view")
def show_view(lab_id: str) -> Response:
    lab, at = known_lab(lab_id), request.args.get("at")
    return jsonify(lab.view() if at is None else lab.view_at(_moment_us(at)))


@rest.post("/labs/<lab_id>/exec")
def execute(lab_id: str) -> Response:
    lab, wanted = known_lab(lab_id), parse(Exec)
    ticket = lab.submit(
        {
            "do": "exec",
            "node": wanted.node,
            "command": wanted.command,
            "tty": wanted.tty,
            "limit_us": int(wanted.timeout * 1_000_000),
        }
    )
    return jsonify(_answer_in_time(lab, ticket))


@rest.post("/labs/<lab_id>/clock")
def change_clock(lab_id: str) -> Response:
    lab, wanted = known_lab(lab_id), parse(ClockChange)
    left = lab.advance(wanted.advance, sleep, HELD_S) if wanted.advance is not None else 0
    if wanted.step:
        taken = step(lab, sleep, between(lab))
        stands = {"now": lab.now_us / 1_000_000, **lab.clock_state()}
        return jsonify({**stands, "event": taken.event, "looked": taken.looked_us / 1_000_000})
    with lab.lock:
        if wanted.take_over:
            lab.stop_tape()
        lab.change_pace(speed=wanted.speed, paused=wanted.paused)
        if wanted.advance is None:
            lab.clock_changed()
    come = {"left": left} if wanted.advance is not None else {}
    return jsonify({"now": lab.now_us / 1_000_000, **lab.clock_state(), **come})


@rest.post("/labs/<lab_id>/faults")
def make_fault(lab_id: str) -> Response:
    lab, fault = known_lab(lab_id), body()
    with lab.lock:
        if idle := lab.cluster.idle_fault(fault):
            raise Conflict(idle)
    told = _wait(lab, lab.submit({"do": "fault", "fault": fault}))
    if isinstance(told, str):
        raise Conflict(told)
    return jsonify({"ok": True})


@rest.get("/labs/<lab_id>/journal")
def show_journal(lab_id: str) -> Response:
    record = known_lab(lab_id).record()
    return jsonify(to_file(record.header, record.now_us, record.entries))


@rest.get("/labs/<lab_id>/open")
def open_port(lab_id: str) -> Response:
    lab = known_lab(lab_id)
    port = request.args.get("port", "")
    path = request.args.get("path", "/")
    if not port.isdigit() or not 1 <= int(port) <= 65535:
        raise LabError("`port` must be a number from 1 to 65535")
    if len(path) > 2000 or not path.startswith("/"):
        raise LabError("`path` must begin with / and be shorter than 2000 characters")
    what = {"do": "open-port", "node": request.args.get("node", ""), "port": int(port), "path": path}
    return jsonify(_wait(lab, lab.submit(what)))


@rest.get("/sandbox")
def showsandbox() -> Response:
    return jsonify(sandbox().describe(current_language()))


@rest.get("/labs/<lab_id>/situation")
def show_situation(lab_id: str) -> Response:
    lab = known_lab(lab_id)
    situation = sandbox().situations.get(lab.header.situation)
    if situation is None:
        raise NotFound("this lab was not made in the sandbox, or its situation is gone from there")
    topology = topology_of(lab.header.nodes)
    language = current_language()
    with lab.lock:
        html = situation.html(topology, lab.cluster.facts(), language)
    title, _ = situation.names(language)
    size = topology.model_dump(include={"managers", "workers"})
    return jsonify({"slug": situation.slug, "title": title, **size, "html": html})


@rest.get("/lessons")
def show_lessons() -> Response:
    return jsonify(lesson_list(registry(), current_language(), real_verdicts()))


@rest.get("/labs/<lab_id>/lesson")
def show_lesson(lab_id: str) -> Response:
    lab = known_lab(lab_id)
    if lab.lesson is None:
        raise NotFound("this lab has no lesson")
    with lab.lock:
        return jsonify(lab.lesson.content(current_language()))


@rest.post("/labs/<lab_id>/lesson")
def lesson_input(lab_id: str) -> Response:
    lab, wanted = known_lab(lab_id), parse(LessonInput)
    if lab.lesson is None:
        raise NotFound("this lab has no lesson")
    if wanted.hint is not None:
        with lab.lock:
            html = lab.lesson.hint(wanted.hint.step, wanted.hint.number, current_language())
            return jsonify({"html": html})
    what = wanted.model_dump(exclude_none=True)
    if current_language() != "en":
        what["language"] = current_language()
    answer = _wait(lab, lab.submit({"do": "lesson", **what}))
    lab.play(answer.pop("actions", []))
    return jsonify(answer)
