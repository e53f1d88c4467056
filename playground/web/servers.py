"""The servers that can carry the playground, what they need done first, and how each gives a connection away.

eventlet is the default because it was asked for; it is in maintenance mode, so this is the
only module that names it, and two others can take its place (``docs/decisions/0002-servers.md``).
"""

import _socket
import contextlib
import logging
import socket
import warnings
from collections.abc import Callable, Iterable
from typing import Any, Literal, Protocol, get_args

Name = Literal["eventlet", "threading", "gevent"]
NAMES: tuple[str, ...] = get_args(Name)
Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
READ_BYTES = 32 * 1024


def prepare(name: Name) -> None:
    """Make the standard library cooperate with the server. Call it before other imports.

    Raises:
        ImportError: the server's package is not installed.
    """
    if name == "eventlet":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import eventlet

        eventlet.monkey_patch()
    elif name == "gevent":
        from gevent import monkey

        monkey.patch_all()
    else:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # Else a line for every request, as others do not.


def ends_bodies(application: Application) -> Application:
    """Tell the application that the server ends the body of a request in chunks: eventlet does, and does not say so."""

    def told(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            environ["wsgi.input_terminated"] = True
        return application(environ, start_response)

    return told


MAX_PATH = 64 * 1024
"""Bytes of a request's first line: the filters of clients can be long. eventlet alone would take 8 KiB."""


def options(name: Name) -> dict[str, Any]:
    """What a server is to be started with."""
    return {"url_length_limit": MAX_PATH} if name == "eventlet" else {}


def declared_type(environ: Environ) -> str:
    """The media type that a client gave to its request's body; empty when it gave none, where eventlet invents one."""
    sent = environ.get("headers_raw")
    if sent is None:
        return str(environ.get("CONTENT_TYPE") or "")
    return next((str(value) for name, value in sent if name.lower() == "content-type"), "")


class _ReadsSome(Protocol):
    """As much of a server's reader as is asked for."""

    def read1(self, size: int, /) -> bytes: ...


class RawConnection:
    """A client's connection, taken from the server: from now on only its holder reads and writes it.

    ``read`` first gives what the server has read already. At the end call ``release`` and let the application
    return what it returns (or pass on what it raises).
    """

    def __init__(
        self,
        reader: _ReadsSome,
        connection: socket.socket,
        release: Callable[[], list[bytes]],
        *,
        chunks: bool = True,
        single: bool = False,
    ) -> None:
        self._reader = reader
        self._socket = connection
        self._release = release
        self.chunks = chunks
        """True where the client understands a body in chunks (HTTP/1.1)."""
        self.single = single
        """True where the server closes the connection after one answer, and would put its own name into it."""

    def read(self) -> bytes:
        """Some bytes as soon as there are any; ``b""`` when the client sends no more or is gone."""
        try:
            return self._reader.read1(READ_BYTES)
        except (OSError, ValueError):
            return b""

    def write(self, data: bytes) -> None:
        """
        Raises:
            OSError: the client is gone.
        """
        self._socket.sendall(data)

    def gone(self) -> bool:
        """True when the client has closed its side; does not wait."""
        try:
            probe = _socket.socket(fileno=self._socket.fileno())
        except OSError:
            return True
        try:
            return probe.recv(1, _socket.MSG_PEEK | _socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            probe.detach()

    def close(self) -> None:
        """End the connection both ways; whoever waits in ``read`` or ``write`` wakes up."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def release(self) -> list[bytes]:
        """Close, and tell the server that there is nothing for it to send."""
        self.close()
        return self._release()


def take_over(environ: Environ) -> RawConnection | None:
    """The connection beneath a request whose body has been read; None where the server does not give it away."""
    reader: Any = environ["wsgi.input"]
    chunks = environ.get("SERVER_PROTOCOL") != "HTTP/1.0"
    if "werkzeug.socket" in environ:
        reader = getattr(reader, "_rfile", reader)  # Wrapped where the body came in chunks.
        return RawConnection(reader, environ["werkzeug.socket"], _leave_werkzeug, chunks=chunks, single=True)
    if "eventlet.input" in environ:
        taken = environ["eventlet.input"]  # eventlet calls every protocol HTTP/1.0.
        return RawConnection(taken.rfile, taken.get_socket(), _leave_eventlet)
    reader = getattr(reader, "rfile", reader)  # Not wrapped where the client asked for an upgrade.
    connection: Any = getattr(getattr(reader, "raw", None), "_sock", None)
    if type(connection).__module__.startswith("gevent."):
        return RawConnection(reader, connection, list, chunks=chunks)
    return None


def has_shaken_hands(environ: Environ) -> bool:
    """True where the server has answered a websocket's handshake before anybody was asked: gevent's does."""
    return "wsgi.websocket" in environ


def _leave_werkzeug() -> list[bytes]:
    raise ConnectionAbortedError("the connection was taken over")  # The server takes it for a client that left.


def _leave_eventlet() -> list[bytes]:
    from eventlet.wsgi import WSGI_LOCAL

    WSGI_LOCAL.already_handled = True
    return []


def serve_also(name: Name, listener: socket.socket, application: Application) -> Callable[[], None]:
    """Serve an application on one more listening socket, in the background. Returns how to stop."""
    if name == "eventlet":
        import eventlet
        from eventlet import wsgi

        thread = eventlet.spawn(wsgi.server, listener, application, log_output=False, **options(name))

        def kill() -> None:
            thread.kill()
            listener.close()

        return kill
    if name == "gevent":
        from gevent.pywsgi import WSGIServer

        server = WSGIServer(listener, application, log=None)
        server.start()
        return lambda: server.stop(timeout=0)
    import threading

    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            pass

    host, port = listener.getsockname()[:2]
    threaded = make_server(host, port, application, threaded=True, request_handler=Quiet, fd=listener.fileno())
    threading.Thread(target=threaded.serve_forever, daemon=True, name=f"engine port {port}").start()

    def stop() -> None:
        threaded.shutdown()
        threaded.server_close()
        listener.close()

    return stop
