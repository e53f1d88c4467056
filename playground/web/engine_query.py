"""The query of a request to an engine, read as the daemon's handlers read it: most refuse one that is malformed.

Source: Go ``net/url/url.go``; moby ``api/server/router``, where ``httputils.ParseForm`` is called.
"""

import re

from playground.engine.routes import compiled

_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}", re.S)

_LENIENT = tuple(
    (method, compiled(template))
    for method, template in (
        ("OPTIONS", "/.*"),
        ("HEAD", "/_ping"),
        ("GET", "/(_ping|info|version|swarm|swarm/unlockkey)"),
        ("GET", "/(services|nodes|tasks|secrets|configs)/{id}"),
        ("GET", "/(plugins|exec)/{name}/json"),
        ("GET", "/containers/{name}/(changes|json)"),
        ("POST", "/(auth|session|grpc)"),
        ("POST", "/swarm/(init|join|update|unlock)"),
        ("POST", "/(services|secrets|configs)/create"),
        ("POST", "/(services|nodes|secrets|configs)/{id}/update"),
        ("DELETE", "/(services|secrets|configs)/{id}"),
    )
)
"""Requests of which the daemon leaves the query alone, or out of which it takes what can be read."""


_REPEATED = {"/system/df": "type", "/commit": "changes"}
"""Names of which every value counts; they are handed over as lines."""


class BadQuery(ValueError):
    """The query cannot be read; ``str(error)`` is Go's sentence."""


def read(method: str, path: str, text: str) -> dict[str, str]:
    """The first value of each name, as Go's ``Form.Get`` gives it; all of those that may be repeated.

    Raises:
        BadQuery: the query is malformed, and the request is one where that counts.
    """
    # "containers/json" is a list, not a container: its query counts.
    lenient = path != "/containers/json" and any(
        method == its_method and pattern.fullmatch(path) for its_method, pattern in _LENIENT
    )
    query: dict[str, str] = {}
    for part in text.split("&"):
        try:
            if ";" in part:
                raise BadQuery("invalid semicolon separator in query")
            if part:
                name, _, value = part.partition("=")
                name, value = unescaped(name), unescaped(value)
                if name in query and _REPEATED.get(path) == name:
                    query[name] += f"\n{value}"
                query.setdefault(name, value)
        except BadQuery:
            if not lenient:
                raise
    return query


def bad_escape(text: str) -> str:
    """The first malformed escape in a text; empty when there is none."""
    found = _BAD_ESCAPE.search(text)
    return found[0] if found is not None else ""


def unescaped(text: str) -> str:
    """
    Raises:
        BadQuery: a percent sign without two digits.
    """
    bad = bad_escape(text)
    if bad:
        raise BadQuery(f'invalid URL escape "{bad}"')
    raw = text.encode("latin-1", "replace").replace(b"+", b" ")
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), raw).decode("utf-8", "replace")
