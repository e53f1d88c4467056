"""The Flask application: pages, REST API, Socket.IO, wired to one registry of labs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from flask.json.provider import DefaultJSONProvider
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_socketio import SocketIO
from flask_talisman import Talisman
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix

from playground import __version__
from playground.labs.errors import TooMany
from playground.labs.journal import MemoryStore, Store
from playground.labs.registry import Registry
from playground.labs.sandbox import load_sandbox
from playground.labs.sqlite_store import SqliteStore
from playground.web import assets
from playground.web.collector import Collector
from playground.web.embedding import embedding, may_frame, tell_frames
from playground.web.engine_mount import EngineMount, warm_up
from playground.web.engine_ports import EnginePorts
from playground.web.insight import insight
from playground.web.languages import Languages, speak_languages
from playground.web.learning import learning
from playground.web.lesson_pages import lesson_pages
from playground.web.pages import pages
from playground.web.refusals import answer_refusals, describe, refusal
from playground.web.rest import rest
from playground.web.same_machine import guard
from playground.web.servers import Name, ends_bodies, options
from playground.web.shelf import Shelf
from playground.web.sockets import LabNamespace
from playground.web.static_files import name_static_files_by_content
from playground.web.time_travel import time_travel
from playground.web.xapi import RecordStore, Statements

if TYPE_CHECKING:
    from playground.labs.real_labs import RealLabs
    from playground.labs.real_verdicts import RealVerdicts

MAX_BODY_BYTES = 1024 * 1024
POLICY = {
    "default-src": "'self'",
    "connect-src": ["'self'", "ws:", "wss:"],
    "img-src": ["'self'", "data:"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
}
"""xterm.js writes style elements for its colours, so inline styles are allowed; inline scripts are not."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a playground is run. ``database`` is a file, or None to keep labs in memory."""

    database: Path | None = None
    server: Name = "threading"
    max_labs: int = 1000
    labs_per_minute: int = 60
    proxies: int = 0
    """Reverse proxies in front whose ``X-Forwarded-*`` headers are believed; with 0 nobody's are."""
    engine_ports: bool = False
    lessons: tuple[Path, ...] = (assets.LESSONS,)
    watch: bool = False
    embed_on: tuple[str, ...] = ()
    records: RecordStore | None = None
    real: "RealLabs | None" = None
    """Real engines, where the operator switched them on."""
    verdicts: "RealVerdicts | None" = None
    """What of the lessons does not work on them."""
    exposed: bool = False
    """Whether real engines are served to others than this machine."""


@dataclass(slots=True)
class Playground:
    """The application and what it holds."""

    app: Flask
    socketio: SocketIO
    registry: Registry
    namespace: LabNamespace

    def start(self) -> None:
        """Let labs' time run, in the background."""
        self.registry.take_up()
        self.socketio.start_background_task(self.registry.pump_forever, self.socketio.sleep, self.namespace.send)
        verdicts: RealVerdicts | None = self.app.extensions["real_verdicts"]
        if verdicts is not None:
            self.socketio.start_background_task(verdicts.look)
        statements: Statements | None = self.app.extensions["statements"]
        if statements is not None:
            self.socketio.start_background_task(statements.send_forever, self.socketio.sleep)
        if self.app.config["WATCHING"]:
            shelf: Shelf = self.app.extensions["shelf"]
            self.socketio.start_background_task(shelf.watch, self.socketio.sleep, self.registry.lessons_changed)

    def run(self, host: str, port: int) -> None:
        """Serve until interrupted."""
        self.start()
        self.socketio.start_background_task(warm_up, self.socketio.sleep)
        self.socketio.start_background_task(Collector(self.registry).tidy_forever, self.socketio.sleep)
        try:
            more = options(self.app.config["SERVER"])
            self.socketio.run(self.app, host=host, port=port, allow_unsafe_werkzeug=True, **more)
        finally:
            self.registry.stop()


def create_app(settings: Settings | None = None) -> Playground:
    """Make the application. Nothing runs before ``Playground.start``."""
    settings = settings or Settings()
    app = Flask("playground", static_folder=str(assets.STATIC), template_folder=str(assets.TEMPLATES))
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["SERVER"] = settings.server
    app.json = written = DefaultJSONProvider(app)
    written.sort_keys = False
    Talisman(
        app,
        force_https=False,
        strict_transport_security=False,
        session_cookie_secure=False,
        content_security_policy=may_frame(POLICY, settings.embed_on),
        # An older header that knows no other sites: where some may frame us, the policy alone speaks.
        frame_options=None if settings.embed_on else "SAMEORIGIN",
        referrer_policy="no-referrer",
    )
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", strategy="fixed-window")
    store: Store = SqliteStore(settings.database) if settings.database is not None else MemoryStore()
    lessons = Shelf(settings.lessons)
    registry = Registry(store, lessons, max_labs=settings.max_labs, real=settings.real)
    socketio = SocketIO(
        app,
        async_mode=settings.server,
        max_http_buffer_size=MAX_BODY_BYTES,
        cors_allowed_origins=None,
        async_handlers=False,  # A thread for each message would let keys overtake each other.
    )
    namespace = LabNamespace("/lab", registry, socketio)
    socketio.on_namespace(namespace)
    app.extensions["playground"] = registry
    app.extensions["shelf"] = lessons
    app.config["WATCHING"] = settings.watch
    app.config["SLEEP"] = registry.sleep = socketio.sleep
    app.config["TELL_REBUILDING"] = namespace.rebuilding
    app.extensions["sandbox"], broken = load_sandbox(assets.SANDBOX)
    app.config["LESSON_PROBLEMS"] = lessons.problems + broken
    answer_refusals(app)
    speak_languages(app, Languages(assets.TRANSLATIONS))
    app.extensions["real_verdicts"] = settings.verdicts
    if settings.real is not None:
        guard(app, exposed=settings.exposed)
    name_static_files_by_content(app)
    app.register_blueprint(pages)
    app.register_blueprint(rest)
    app.register_blueprint(learning)
    app.register_blueprint(embedding)
    tell_frames(app, settings.embed_on)
    statements = None if settings.records is None else Statements(settings.records)
    app.extensions["statements"] = statements
    if statements is not None:
        registry.on_progress = statements.progressed
    app.register_blueprint(lesson_pages)
    app.register_blueprint(insight)
    app.register_blueprint(time_travel)
    engines = EngineMount(ends_bodies(app.wsgi_app), registry, socketio.sleep)
    served: Any = engines
    if (n := settings.proxies) > 0:
        served = ProxyFix(engines, x_for=n, x_proto=n, x_host=n)
    app.wsgi_app = served  # type: ignore[method-assign]  # Flask's own way of putting something around itself.
    ports = EnginePorts(settings.server, engines) if settings.engine_ports else None
    app.extensions["engine_ports"] = ports
    if ports is not None:
        registry.on_remove = ports.close
    for making in (
        "rest.create_lab",
        "learning.restart_step",
        "time_travel.branch",
        "time_travel.open_share",
        "time_travel.import_journal",
    ):
        view: Callable[..., Any] = app.view_functions[making]
        app.view_functions[making] = limiter.limit(f"{settings.labs_per_minute} per minute")(view)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response | tuple[Response, int] | tuple[str, int]:
        if isinstance(error, RequestEntityTooLarge) and request.max_content_length:
            most = request.max_content_length // 1024**2
            return refusal(413, f"that is too large: here at most {most} MB can be sent")
        if isinstance(error, TooManyRequests):
            often = settings.labs_per_minute
            return refusal(
                *describe(TooMany(f"these are many new labs: one address may open {often} in a minute; wait a moment"))
            )
        if error.code == 404 and not request.path.startswith("/api/"):
            return refusal(404, "there is no such page; the start page leads to all there are")
        if error.code == 404:
            return refusal(404, "there is no such address; docs/socket-messages.md lists those of the API")
        if error.code == 405:
            return refusal(405, f"{request.method} is not for this address; docs/socket-messages.md lists what is")
        return refusal(error.code or 500, error.description or error.name)

    @app.context_processor
    def template_values() -> dict[str, Any]:
        real = settings.real
        return {
            "version": __version__,
            "real_backend": real.kind if real else "",
            "real_nodes": real.limits.nodes if real else 0,
        }

    @app.after_request
    def no_store(response: Response) -> Response:
        if request.path.startswith("/api/"):
            response.headers["Cache-Control"] = "no-store"
        return response

    return Playground(app, socketio, registry, namespace)
