"""Addresses of static files name their content, so that a browser may keep them and never shows an old page."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

KEPT = "public, max-age=31536000, immutable"
HASHED_BY_THE_BUNDLER = ("vendor/chunk-", "vendor/font-")
"""Beginnings of file names that carry a hash: other files of the bundle name them."""


def name_static_files_by_content(app: Flask) -> None:
    """Let ``url_for("static", ...)`` add the content's hash as ``v``, and answers to such addresses be kept.

    What is asked for without it, or with another, is to be asked for again each time (an answer without content, if
    nothing changed).
    """
    folder = Path(app.static_folder or "")
    hashes: dict[str, tuple[tuple[int, int], str]] = {}

    def version(name: str) -> str | None:
        try:
            found = (folder / name).stat()
        except OSError:
            return None
        state = (found.st_mtime_ns, found.st_size)
        known = hashes.get(name)
        if known is None or known[0] != state:
            hashes[name] = known = (state, hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12])
        return known[1]

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values and (of := version(values.get("filename", ""))):
            values["v"] = of

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            name = str((request.view_args or {}).get("filename", ""))
            asked = request.args.get("v")
            if name.startswith(HASHED_BY_THE_BUNDLER) or (asked is not None and asked == version(name)):
                response.headers["Cache-Control"] = KEPT
        return response
