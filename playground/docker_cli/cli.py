"""What every command has in its hands: the process it is, and the engine it speaks to."""

import json
from collections.abc import Mapping
from typing import Any

from playground.api import ApiError, EngineClient, EngineUnreachable, Process, Response
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.numbers import SECOND, quoted
from playground.docker_cli.formatter.instants import rfc3339_nano

HOST = "unix:///var/run/docker.sock"


class Cli:
    """One invocation of ``docker``."""

    def __init__(self, process: Process, client: EngineClient) -> None:
        self.process = process
        self.client = client
        self.host = HOST

    async def write(self, text: str | bytes) -> None:
        """Write to standard output."""
        if text:
            await self.process.stdout.write(text)

    async def line(self, text: str = "") -> None:
        await self.process.stdout.write(text + "\n")

    async def complain(self, text: str | bytes) -> None:
        """Write to standard error."""
        if text:
            await self.process.stderr.write(text)

    @property
    def now_ns(self) -> int:
        """The time of day in nanoseconds since 1970."""
        return (self.process.wall_us + self.process.loop.now_us) * 1000

    async def response(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Ask the engine; a refusal becomes the error that the real client makes of it.

        Raises:
            ApiError: the engine refused.
            EngineUnreachable: nobody answers.
        """
        response = await self.client.request(method, path, query, body, headers)
        if response.status < 400:
            return response
        body = response.body
        message = str(body.get("message", "")) if isinstance(body, dict) else str(body or "")
        message = message.strip()
        if not message:
            url = f"{self.host}{path}"
            raise CommandFailed(
                f"request returned {response.status} for API route and version {url},"
                " check if the server supports the requested API version"
            )
        raise ApiError(response.status, message)

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        return (await self.response("GET", path, query)).body

    async def post(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        return (await self.response("POST", path, query, body, headers)).body

    async def delete(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        return (await self.response("DELETE", path, query)).body

    async def list(self, path: str, filters: "Mapping[str, list[str]] | None" = None, **query: str) -> list[Any]:
        """``GET`` of a list, with the filters as the wire has them."""
        if filters:
            query["filters"] = filters_json(filters)
        return list((await self.get(path, query or None)) or [])

    async def wait_for_exit(self, container: str, condition: str = "") -> dict[str, Any]:
        """Wait until a container ends; returns what the engine says of it (``StatusCode``, ``Error``).

        The engine answers at once and sends the body when the container has ended.
        """
        query = {"condition": condition} if condition else None
        response = await self.response("POST", f"/containers/{container}/wait", query)
        if response.stream is None:
            return dict(response.body or {})
        return dict(await anext(response.stream))

    async def swarm_status(self) -> str | None:
        """What the engine's ping says of its swarm (``inactive``, ``active/manager``); None when it does not say."""
        try:
            response = await self.client.request("GET", "/_ping")
        except EngineUnreachable:
            return None
        for name, value in response.headers.items():
            if name.lower() == "swarm":
                return value
        return None

    async def warn(self, text: str) -> None:
        """Say what the real client's log says."""
        await self.complain(f'time="{rfc3339_nano(self.now_ns // SECOND * SECOND)}" level=warning msg={quoted(text)}\n')

    async def read_all(self) -> bytes:
        """Standard input to its end."""
        pieces = []
        while piece := await self.process.stdin.read():
            pieces.append(piece)
        return b"".join(pieces)

    async def confirm(self, question: str) -> bool:
        """Ask for a yes; anything else is a no.

        Source: docker/cli internal/prompt.
        """
        await self.write(f"{question} [y/N] ")
        answer = (await self.process.stdin.readline()).decode("utf-8", "replace").strip()
        return answer in ("y", "Y")

    @property
    def width(self) -> int:
        """Columns of the terminal, 200 where there is none (as the progress display counts)."""
        return self.process.stdout.columns if self.process.stdout.is_terminal else 200


def filters_json(filters: Mapping[str, list[str]]) -> str:
    """Filters as the API takes them: ``{"name":{"web":true}}``, keys sorted as Go's encoder does."""
    shape = {key: dict.fromkeys(sorted(filters[key]), True) for key in sorted(filters)}
    return json.dumps(shape, separators=(",", ":"), ensure_ascii=False)


def error_text(error: Exception) -> str:
    """The sentence that the real client prints for this error."""
    if isinstance(error, ApiError):
        return f"Error response from daemon: {error.message}"
    if isinstance(error, EngineUnreachable):
        return f"Cannot connect to the Docker daemon at {HOST}. Is the docker daemon running?"
    if isinstance(error, CommandFailed):
        return error.message
    if isinstance(error, OSError):
        return f"open {error.filename}: {(error.strerror or str(error)).lower()}"
    return str(error)
