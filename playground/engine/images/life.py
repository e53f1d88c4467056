"""What an image is and how a container of it behaves, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """A line that a program writes ``after_us`` its start. ``text`` may hold ``{ip}``, ``{time:...}`` and more."""

    after_us: int
    text: str
    stream: int = 1


@dataclass(frozen=True, slots=True)
class Life:
    """The scripted life of an image's main program.

    ``main`` are the words by which its command is recognised; any other command runs in a shell.
    """

    main: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    ready_us: int = 50_000
    """From its start until it listens."""
    listens: tuple[int, ...] = ()
    page: str = ""
    """Which page of ``playground.engine.images.pages`` answers on those ports; empty: no HTTP is spoken."""
    access: str = ""
    """What each request adds to the log, with its stream as first character; empty: nothing."""
    ends: int | None = None
    """Exit code of a program that ends by itself after its lines."""
    on_stop: int | None = None
    """Exit code at SIGTERM or the stop signal. None: it has no handler, and as process 1 it ignores them."""
    stop_us: int = 100_000
    stop_lines: tuple[Line, ...] = ()
    required: tuple[tuple[tuple[str, ...], int, tuple[str, ...]], ...] = ()
    """(variables, exit code, lines on stderr): without any of the variables it ends so."""


@dataclass(frozen=True, slots=True)
class Image:
    """One image as its registry has it.

    ``tags`` all name it; ``size`` is what ``docker images`` shows, in bytes; ``userland`` says which
    commands are in it: ``busybox``, ``debian`` or ``none``.
    """

    repository: str
    tags: tuple[str, ...]
    size: int
    layers: int
    created: str
    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    env: tuple[str, ...] = ("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",)
    ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    directory: str = ""
    user: str = ""
    stop_signal: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    health: Mapping[str, object] | None = None
    userland: str = "debian"
    programs: tuple[str, ...] = ()
    """Commands it has besides those of its userland."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    life: Life = Life()
    architectures: tuple[str, ...] = ("amd64", "arm64")
    digest: str = ""
    """The registry's digest where it matters; else it is derived from name and tags."""
    version: str = ""
