"""The pages: start, chapter map, lab."""

from flask import Blueprint, current_app, render_template

from playground.labs.registry import Registry
from playground.web.catalogue import lesson_list

pages = Blueprint("pages", __name__)


@pages.get("/")
def start() -> str:
    return render_template("start.html", lessons=_lessons())


@pages.get("/lessons")
def lessons() -> str:
    return render_template("lessons.html", lessons=_lessons())


@pages.get("/labs/<lab_id>")
def lab(lab_id: str) -> str:
    """The lab page; it finds out by REST whether there is such a lab, because only the page has the token."""
    return render_template("lab.html", lab_id=lab_id)


def _lessons() -> list[dict[str, object]]:
    registry: Registry = current_app.extensions["playground"]
    return lesson_list(registry)
