"""Where the engines of all labs are found on this server: ``/engines/<secret of the lab>/<node>/...``.

The emulation is large and takes longer to import than everything else together, so it is imported when the first
lab needs it, or by ``warm_up`` once pages are being served.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from playground.labs.registry import Registry, engine_secret
from playground.web.servers import Application, Environ

if TYPE_CHECKING:
    from playground.labs.lab import Lab

PREFIX = "/engines/"
HIDDEN = "playground.hidden_path"
"""In a request's environment: the part of its path that the client did not send, because its port stands for it."""


def engine_path(lab: "Lab", node: str) -> str:
    """Where a node's engine is found on this server."""
    return f"{PREFIX}{engine_secret(lab)}/{node}"


class EngineMount:
    """WSGI: the engines of all labs; everything else goes to ``pages``. ``sleep`` lets other green threads run."""

    def __init__(self, pages: Application, registry: Registry, sleep: Callable[[float], object]) -> None:
        self._pages = pages
        self._registry = registry
        self._sleep = sleep
        self._engines: Callable[..., Iterable[bytes]] | None = None

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "replace")
        if not path.startswith(PREFIX):
            return self._pages(environ, start_response)
        if self._engines is None:
            from playground.web.engine_http import Engines

            self._engines = Engines(self._registry, self._sleep)
        return self._engines(environ, start_response, path.removeprefix(PREFIX))


ROOMS = ("sim", "raft", "api", "swarm", "docker_cli", "engine", "shell")


def warm_up(sleep: Callable[[float], object]) -> None:
    """Import the emulation module by module, from the bottom up, and let others run in between."""
    for room in ROOMS:
        package = importlib.import_module(f"playground.{room}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
            sleep(0)
    importlib.import_module("playground.backends.emulated")
    importlib.import_module("playground.web.engine_http")
