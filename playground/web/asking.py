"""What a request of the REST API brings: a body, a token, the lab that it is about."""

from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel
from werkzeug.exceptions import RequestEntityTooLarge

from playground.labs.errors import LabError
from playground.labs.lab import Lab
from playground.web.parts import registry

M = TypeVar("M", bound=BaseModel)


class Malformed(LabError):
    """The body is no JSON object."""


def body() -> Any:
    """The JSON object that was sent; an empty one for nothing.

    Raises:
        Malformed: it is something else.
    """
    most = request.max_content_length
    if most is not None and len(request.get_data(cache=True)) >= most:
        raise RequestEntityTooLarge  # Of a body in chunks the limit cuts the rest off in silence.
    try:
        data = request.get_json(force=True, silent=True)
    except RecursionError:
        raise Malformed("the body is nested too deeply") from None
    if not request.get_data(cache=True).strip():
        return {}  # Nothing is asked for beyond what goes without saying.
    if data is None:
        raise Malformed("the body is not a JSON object; send one, or nothing")
    if not isinstance(data, dict):
        raise Malformed("the body must be a JSON object")
    return data


def parse(model: type[M]) -> M:
    return model.model_validate(body())


def _token() -> str | None:
    header = request.headers.get("Authorization", "")
    kind, _, token = header.partition(" ")
    return token.strip() if kind.lower() == "bearer" and token else None


def known_lab(lab_id: str) -> Lab:
    """The lab of that id, for whoever sent its token.

    Raises:
        NotFound, Forbidden: see ``Registry.get``.
    """
    lab = registry().get(lab_id, _token())
    lab.touch()
    return lab
