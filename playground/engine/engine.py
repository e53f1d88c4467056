"""The Docker Engine of one emulated node: answers the Engine API in process.

``request`` and ``hijack`` find the route (``playground.engine.routes``) and turn every refusal into
its status by the one table in ``playground.engine.errors``.
"""

from collections.abc import Mapping
from typing import Any

from playground.api.client import Duplex, Response
from playground.swarm.node import SwarmNode


class Engine:
    """One engine. Implements ``playground.api.EngineClient``; made by its ``Machine``."""

    name: str
    swarm: SwarmNode
    running: bool
    """True while dockerd serves its API."""

    async def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        raise NotImplementedError

    async def hijack(self, path: str, query: Mapping[str, str] | None = None, body: Any = None) -> Duplex:
        raise NotImplementedError
