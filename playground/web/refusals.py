"""The one place where refusals become HTTP answers: ``{"error": text}`` with a fitting status."""

from flask import Flask, Response, jsonify, render_template, request
from pydantic import ValidationError

from playground.backends.errors import BadRequest, NoRaft, UnknownCommand, UnknownMachine, Unseen
from playground.labs.errors import LabError
from playground.lessons.run import BadLessonInput
from playground.web.schema import reason

STATUS: dict[type[Exception], int] = {
    BadRequest: 400,
    BadLessonInput: 400,
    ValidationError: 400,
    UnknownMachine: 404,
    UnknownCommand: 404,
    NoRaft: 404,
    Unseen: 409,
}


def describe(error: Exception) -> tuple[int, str]:
    """Status and sentence of a refusal."""
    if isinstance(error, LabError):
        return error.status, str(error)
    if isinstance(error, ValidationError):
        return 400, reason(error.errors())
    status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
    return status, str(error)


REFUSALS: tuple[type[Exception], ...] = (LabError, *STATUS)


def refusal(status: int, text: str) -> tuple[Response, int] | tuple[str, int]:
    """An answer for whoever asked: JSON for the API, a page for a browser."""
    if request.path.startswith("/api/"):
        return jsonify({"error": text}), status
    sentence = f"{text[:1].upper()}{text[1:].removesuffix('.')}."
    return render_template("error.html", status=status, message=sentence), status


def answer_refusals(app: Flask) -> None:
    """Turn every refusal that a view raises into its answer."""

    def handle(error: Exception) -> tuple[Response, int] | tuple[str, int]:
        return refusal(*describe(error))

    for kind in REFUSALS:
        app.register_error_handler(kind, handle)
