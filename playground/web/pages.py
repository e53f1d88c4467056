"""The pages: start, chapter map, sandbox, lab."""

from typing import Any

from flask import Blueprint, render_template

from playground.web import parts
from playground.web.catalogue import lesson_list
from playground.web.languages import current_language

TROUBLE_FROM = 3
"""The first situations are calm; the start page names the others."""

pages = Blueprint("pages", __name__)


@pages.get("/")
def start() -> str:
    return render_template("start.html", lessons=_lessons(), situations=_sandbox()["situations"][TROUBLE_FROM:])


@pages.get("/lessons")
def lessons() -> str:
    return render_template("lessons.html", lessons=_lessons())


@pages.get("/certificate")
def certificate() -> str:
    """What this browser remembers of the lessons; the server keeps no account of anybody."""
    return render_template("certificate.html")


@pages.get("/sandbox")
def sandbox() -> str:
    return render_template("sandbox.html", choice=_sandbox())


@pages.get("/shared/<share_id>")
def shared(share_id: str) -> str:
    """The page behind a link: it asks by REST for a lab of its own, because looking at a link makes none."""
    return render_template("shared.html", share_id=share_id)


@pages.get("/labs/<lab_id>")
def lab(lab_id: str) -> str:
    """The lab page; it finds out by REST whether there is such a lab, because only the page has the token."""
    return render_template("lab.html", lab_id=lab_id)


def _sandbox() -> dict[str, Any]:
    return parts.sandbox().describe(current_language())


def _lessons() -> list[dict[str, object]]:
    return lesson_list(parts.registry(), current_language())
