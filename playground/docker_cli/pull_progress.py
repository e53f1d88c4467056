"""Shows what the engine tells while it pulls or pushes an image.

Source: moby pkg/jsonmessage.
"""

from typing import Any

from playground.api import Response
from playground.docker_cli.cli import Cli
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.progress_lines import Display, Line


async def show_stream(cli: Cli, response: Response, to_error: bool = False, quiet: bool = False) -> None:
    """Display every message of a stream of JSON objects.

    Raises:
        CommandFailed: the engine reports an error.
    """
    display = Display(cli, to_error)
    async for message in _messages(response):
        if message.get("errorDetail") or message.get("error"):
            detail = message.get("errorDetail") or {}
            raise CommandFailed(str(detail.get("message") or message.get("error", "")))
        if message.get("aux") is not None or quiet:
            continue
        progress = message.get("progressDetail")
        line = Line(
            str(message.get("id", "")),
            str(message.get("status", "")),
            current=int((progress or {}).get("current", 0)),
            total=int((progress or {}).get("total", 0)),
            hide_counts=bool((progress or {}).get("hidecounts")),
            units=str((progress or {}).get("units", "")),
            has_progress=progress is not None,
            stream=str(message.get("stream", "")),
        )
        await display.show(line)


async def _messages(response: Response) -> Any:
    if response.stream is not None:
        async for message in response.stream:
            yield message
    elif isinstance(response.body, list):
        for message in response.body:
            yield message
