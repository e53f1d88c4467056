"""Keeps other sites' pages away from labs on real engines.

A server that listens on loopback is reached by every page in a browser on the same machine. A name of another site that
leads to 127.0.0.1 (DNS rebinding) makes such a page even one of ours, and a form needs not be one to send a request. On
the emulation nothing is to be got by that; on real engines, root. So requests have to come by a name of this machine,
and what browsers send for another site's page is refused.
"""

from urllib.parse import urlsplit

from flask import Flask, request
from flask.typing import ResponseReturnValue

from playground.web.real_options import is_loopback
from playground.web.refusals import refusal

SAFE = ("GET", "HEAD", "OPTIONS")


def guard(app: Flask, *, exposed: bool) -> None:
    """Refuse what other sites' pages send. ``exposed``: served to others too, so under names that are not known."""

    @app.before_request
    def foreign() -> ResponseReturnValue | None:
        name = urlsplit(f"//{request.host}").hostname or ""
        if not exposed and not is_loopback(name):
            return refusal(
                403,
                f"real engines are switched on here, so this server answers only as localhost, not as {name!r}; "
                "open it as http://localhost, or start it with --expose-real",
            )
        origin = request.headers.get("Origin")
        if origin is not None and request.method not in SAFE and urlsplit(origin).netloc != request.host:
            return refusal(403, "real engines are switched on here, so pages of other sites may not send this")
        return None
