"""What a lab refuses, and with which HTTP status the web says so."""

from playground.backends.errors import Refusal


class LabError(Refusal):
    """A refusal; ``str(error)`` says what is wrong and what to do."""

    status = 400


class NotFound(LabError):
    """There is no such lab, node or terminal."""

    status = 404


class Conflict(LabError):
    """Not now, or not here: it does not go with how the lab, or the server, is."""

    status = 409


class Forbidden(LabError):
    """The token is missing or is another lab's."""

    status = 403


class TooMany(LabError):
    """A limit is reached."""

    status = 429
