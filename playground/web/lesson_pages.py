"""Pages about lessons: one's own, its images, exercises to read and to print, what authors have to mend."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_talisman import Talisman

from playground.lessons.export import Labels, all_exercises, exercises, printable
from playground.lessons.lint import IMAGES, MAX_IMAGE_BYTES
from playground.lessons.model import Lesson
from playground.web.languages import current_language, say
from playground.web.parts import registry, shelf
from playground.web.retold import reteller

lesson_pages = Blueprint("lesson_pages", __name__)

FOR_IMAGES = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""An SVG that is opened by itself runs nothing and asks for nothing."""


def _lesson(slug: str) -> Lesson:
    lesson = registry().lessons.get(slug)
    if lesson is None:
        abort(404, "There is no such lesson. The chapter map has those that there are.")
    return lesson


@lesson_pages.get("/lessons/<slug>")
def lesson(slug: str) -> str:
    """What a lesson is about, and the way into it."""
    found = _lesson(slug)
    language = current_language()
    return render_template(
        "lesson.html",
        slug=slug,
        outline=found.outline_in(language),
        titles=[heading.title for heading in found.prose_in(language)],
        before=[
            (before, registry().lessons[before].outline_in(language).title)
            for before in found.outline.prerequisites
            if before in registry().lessons
        ],
    )


@lesson_pages.get("/lessons/<slug>/files/<path:name>")
def image(slug: str, name: str) -> ResponseReturnValue:
    """An image of a lesson's folder, and nothing else of it."""
    _lesson(slug)
    folder = shelf().folder(slug)
    kind = IMAGES.get(Path(name).suffix.lower())
    file = (folder / name).resolve()
    if kind is None or not file.is_relative_to(folder.resolve()) or not file.is_file():
        abort(404, "There is no such image in this lesson.")
    if file.stat().st_size > MAX_IMAGE_BYTES:
        abort(404, "This image is too large to be shown; `lessons check` says how large it may be.")
    response = Response(file.read_bytes(), mimetype=kind)
    response.add_etag()
    response.make_conditional(request)
    response.headers["Cache-Control"] = "no-cache"
    return response


Talisman()(content_security_policy=FOR_IMAGES)(image)  # Notes it on the view; the application's own Talisman reads it.


def _labels() -> Labels:
    return Labels(
        minutes=say("minutes"),
        on=say("On {machine}:"),
        do=say("Do:"),
        done_when=say("Done when"),
        at_the_end=say("At the end"),
        solutions=say("Solutions"),
        wait=say("wait {seconds} seconds"),
        fault=say("do: {fault}"),
    )


def _markdown(text: str, name: str) -> Response:
    response = Response(text, mimetype="text/markdown")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.md"'
    return response


def _options() -> dict[str, Any]:
    language = current_app.extensions["languages"].all[current_language()]
    return {"solutions": request.args.get("solutions") == "1", "labels": _labels(), "retell": reteller(language)}


@lesson_pages.get("/lessons/<slug>.md")
def lesson_as_markdown(slug: str) -> Response:
    return _markdown(exercises(_lesson(slug), current_language(), **_options()), slug)


@lesson_pages.get("/lessons.md")
def lessons_as_markdown() -> Response:
    return _markdown(all_exercises(registry().lessons.values(), current_language(), **_options()), "lessons")


@lesson_pages.get("/lessons/<slug>/print")
def print_lesson(slug: str) -> str:
    return _printed([_lesson(slug)], f"/lessons/{slug}")


@lesson_pages.get("/lessons/print")
def print_lessons() -> str:
    return _printed(list(registry().lessons.values()), "/lessons")


def _printed(lessons: list[Lesson], back: str) -> str:
    options = _options()
    sheets = [printable(exercises(each, current_language(), **options)) for each in lessons]
    return render_template("print.html", sheets=sheets, back=back, solutions=options["solutions"])


@lesson_pages.get("/authors")
def authors() -> str:
    """What is wrong with the lessons that are served here, by file and line; learners see the others."""
    return render_template("authors.html", report=shelf().report())
