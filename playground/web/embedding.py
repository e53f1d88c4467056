"""The playground in a frame of another site: who may frame it, and the pages that a frame begins with."""

import re
from collections.abc import Mapping, Sequence

from flask import Blueprint, Flask, render_template, request

from playground.web.parts import registry

embedding = Blueprint("embedding", __name__)

_ORIGIN = re.compile(r"^https?://(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?$")


class NoOrigin(ValueError):
    """What was given is not the origin of a site."""


def origins(given: Sequence[str]) -> tuple[str, ...]:
    """The origins of sites that may show the playground in a frame.

    Raises:
        NoOrigin: one is more or less than scheme, host and port.
    """
    for origin in given:
        if _ORIGIN.match(origin) is None:
            raise NoOrigin(f"{origin!r} is no origin: write it like https://course.example, without a path")
    return tuple(dict.fromkeys(given))


def may_frame(policy: Mapping[str, object], allowed: Sequence[str]) -> dict[str, object]:
    """The Content-Security-Policy with those sites, and this one, as ancestors."""
    return {**policy, "frame-ancestors": ["'self'", *allowed]}


def tell_frames(app: Flask, allowed: Sequence[str]) -> None:
    """Give templates the origins to which a page in a frame may tell what happens."""
    app.config["EMBED_ORIGINS"] = tuple(allowed)

    @app.context_processor
    def frame_values() -> dict[str, object]:
        return {"embedded": request.args.get("embed") == "1", "embed_origins": " ".join(allowed)}


@embedding.get("/embed/lessons/<slug>")
def lesson(slug: str) -> tuple[str, int]:
    """Opens a lesson in the frame: where it was left, or from the start.

    The page comes for a lesson that is not there too, with 404: it tells the site around it.
    """
    return render_template("embed.html", slug=slug), 200 if slug in registry().lessons else 404


@embedding.get("/embed/sandbox")
def sandbox() -> str:
    """Opens a new lab in the frame; ``?topology=3+2&situation=split-brain`` as on the sandbox's page."""
    return render_template("embed.html", slug="")
