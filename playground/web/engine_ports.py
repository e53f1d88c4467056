"""One plain TCP port on loopback for every node's engine, for clients that cannot take a path (``--engine-ports``)."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from playground.labs.lab import Lab
from playground.web.engine_mount import HIDDEN, engine_path
from playground.web.servers import Application, Environ, Name, serve_also

HOST = "127.0.0.1"
MAX_PORTS = 500


class EnginePorts:
    """Opens a port when a node's address is first asked for, and closes it with the lab. For any threads.

    Whoever is on this machine can connect: a port needs no secret, like the daemon's own without TLS.
    """

    def __init__(self, server: Name, engines: Application) -> None:
        self._server = server
        self._engines = engines
        self._open: dict[tuple[str, str], tuple[int, Callable[[], None]]] = {}
        self._lock = threading.Lock()

    def address(self, lab: Lab, node: str) -> str | None:
        """The value for ``DOCKER_HOST``; None when there are too many ports."""
        with self._lock:
            found = self._open.get((lab.id, node))
            if found is None:
                if len(self._open) >= MAX_PORTS:
                    return None
                try:
                    listener = socket.create_server((HOST, 0))
                except OSError:
                    return None
                port = listener.getsockname()[1]
                stop = serve_also(self._server, listener, below(engine_path(lab, node), self._engines))
                found = self._open[lab.id, node] = (port, stop)
            return f"tcp://{HOST}:{found[0]}"

    def close(self, lab: Lab) -> None:
        """The lab has ended."""
        with self._lock:
            ended = [self._open.pop(key)[1] for key in list(self._open) if key[0] == lab.id]
        for stop in ended:
            with contextlib.suppress(OSError):
                stop()


def below(path: str, application: Application) -> Application:
    """An application as it looks when its ``path`` is taken for the root."""

    def shifted(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        return application({**environ, "PATH_INFO": path + environ.get("PATH_INFO", ""), HIDDEN: path}, start_response)

    return shifted
