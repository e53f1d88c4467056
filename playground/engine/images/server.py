"""An image that runs one server, said in a line: most of the catalogue needs no more."""

from collections.abc import Sequence
from shlex import split

from playground.engine.images.life import Image, Life, Line

_MB = 1_000_000
_MS = 1_000


def server(
    repository: str,
    tags: str,
    megabytes: float,
    command: str,
    ports: Sequence[int] = (),
    *,
    page: str = "none",
    entrypoint: str = "",
    ready_ms: int = 400,
    log: Sequence[str] = (),
    created: str = "2025-04-28T18:00:00Z",
    userland: str = "debian",
    volumes: Sequence[str] = (),
    directory: str = "",
    user: str = "",
    on_stop: int | None = 0,
    ends: int | None = None,
    version: str = "",
) -> Image:
    """An image; ``tags``, ``command`` and ``entrypoint`` are words with spaces between them.

    ``ports`` are those of TCP that it exposes and listens on. ``log`` are the lines that it writes until it is ready.
    ``page`` is empty for a server that speaks no HTTP.
    """
    words = tuple(split(command))
    first = tuple(split(entrypoint))
    main = words[:1] if words and not words[0].startswith("-") else first
    every_ms = ready_ms // (len(log) + 1)
    return Image(
        repository,
        tuple(tags.split()),
        int(megabytes * _MB),
        max(2, min(14, int(megabytes) // 20)),
        created,
        command=words,
        entrypoint=first,
        ports=tuple(f"{port}/tcp" for port in ports),
        volumes=tuple(volumes),
        directory=directory,
        user=user,
        userland=userland,
        programs=tuple(word.rpartition("/")[2] for word in (*main[:1], *first[:1])),
        life=Life(
            main=main,
            lines=tuple(Line((index + 1) * every_ms * _MS, text) for index, text in enumerate(log)),
            ready_us=ready_ms * _MS,
            listens=tuple(ports),
            page=page,
            ends=ends,
            on_stop=on_stop,
        ),
        version=version,
    )
