"""The servers that can carry the playground, and what they need done before anything else is imported.

eventlet is the default because it was asked for; it is in maintenance mode, so this is the
only module that names it, and two others can take its place (``docs/decisions/0002-servers.md``).
"""

import warnings
from typing import Literal, get_args

Name = Literal["eventlet", "threading", "gevent"]
NAMES: tuple[str, ...] = get_args(Name)


def prepare(name: Name) -> None:
    """Make the standard library cooperate with the server. Call it before other imports.

    Raises:
        ImportError: the server's package is not installed.
    """
    if name == "eventlet":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            import eventlet

        eventlet.monkey_patch()
    elif name == "gevent":
        from gevent import monkey

        monkey.patch_all()
