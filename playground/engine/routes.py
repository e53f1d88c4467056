"""The route table: every path of the Engine API that is answered, and by what.

Readable beside moby's ``api/swagger.yaml``. ``{name}`` takes anything, slashes included; ``{id}`` takes one part.
The first row that fits counts.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playground.api.client import Duplex, Response
from playground.engine.call import Call
from playground.engine.handlers import containers, images, networks, services, swarm, system
from playground.engine.handlers.payloads import CONFIGS, SECRETS

if TYPE_CHECKING:
    from playground.engine.engine import Engine

Handler = Callable[["Engine", Call], Awaitable[Response]]
Hijacker = Callable[["Engine", Call], Awaitable[Duplex]]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    template: str
    handler: Handler
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", compiled(self.template))


def compiled(template: str) -> re.Pattern[str]:
    text = template.replace("{name}", "(?P<name>.*)").replace("{id}", "(?P<id>[^/]+)")
    return re.compile(text)


ROUTES: tuple[Route, ...] = (
    Route("OPTIONS", "/.*", system.options),
    Route("GET", "/_ping", system.ping),
    Route("HEAD", "/_ping", system.head_ping),
    Route("GET", "/version", system.version),
    Route("GET", "/info", system.info),
    Route("GET", "/events", system.events),
    Route("GET", "/system/df", system.disk_usage),
    Route("POST", "/auth", system.auth),
    Route("GET", "/plugins", system.list_plugins),
    Route("GET", "/plugins/{name}/json", system.inspect_plugin),
    Route("DELETE", "/plugins/{name}", system.inspect_plugin),
    Route("POST", "/swarm/init", swarm.init),
    Route("POST", "/swarm/join", swarm.join),
    Route("POST", "/swarm/leave", swarm.leave),
    Route("GET", "/swarm", swarm.inspect),
    Route("GET", "/swarm/unlockkey", swarm.unlock_key),
    Route("POST", "/swarm/update", swarm.update),
    Route("POST", "/swarm/unlock", swarm.unlock),
    Route("GET", "/services", services.list_services),
    Route("GET", "/services/{id}", services.inspect),
    Route("POST", "/services/create", services.create),
    Route("POST", "/services/{id}/update", services.update),
    Route("DELETE", "/services/{id}", services.remove),
    Route("GET", "/services/{id}/logs", services.service_logs),
    Route("GET", "/nodes", swarm.list_nodes),
    Route("GET", "/nodes/{id}", swarm.inspect_node),
    Route("DELETE", "/nodes/{id}", swarm.remove_node),
    Route("POST", "/nodes/{id}/update", swarm.update_node),
    Route("GET", "/tasks", services.list_tasks),
    Route("GET", "/tasks/{id}", services.inspect_task),
    Route("GET", "/tasks/{id}/logs", services.task_logs),
    Route("GET", "/secrets", SECRETS.list),
    Route("POST", "/secrets/create", SECRETS.create),
    Route("DELETE", "/secrets/{id}", SECRETS.remove),
    Route("GET", "/secrets/{id}", SECRETS.inspect),
    Route("POST", "/secrets/{id}/update", SECRETS.update),
    Route("GET", "/configs", CONFIGS.list),
    Route("POST", "/configs/create", CONFIGS.create),
    Route("DELETE", "/configs/{id}", CONFIGS.remove),
    Route("GET", "/configs/{id}", CONFIGS.inspect),
    Route("POST", "/configs/{id}/update", CONFIGS.update),
    Route("GET", "/networks/?", networks.list_networks),
    Route("GET", "/networks/{id}", networks.inspect),
    Route("POST", "/networks/create", networks.create),
    Route("POST", "/networks/prune", networks.prune),
    Route("POST", "/networks/{id}/connect", networks.connect),
    Route("POST", "/networks/{id}/disconnect", networks.disconnect),
    Route("DELETE", "/networks/{id}", networks.remove),
    Route("GET", "/containers/json", containers.list_containers),
    Route("HEAD", "/containers/{name}/archive", containers.head_archive),
    Route("GET", "/containers/{name}/archive", containers.get_archive),
    Route("PUT", "/containers/{name}/archive", containers.put_archive),
    Route("GET", "/containers/{name}/changes", containers.changes),
    Route("GET", "/containers/{name}/json", containers.inspect),
    Route("GET", "/containers/{name}/top", containers.top),
    Route("GET", "/containers/{name}/logs", containers.logs),
    Route("GET", "/containers/{name}/stats", containers.stats),
    Route("POST", "/build/prune", images.prune_build_cache),
    Route("POST", "/containers/create", containers.create),
    Route("POST", "/containers/prune", containers.prune),
    Route("POST", "/containers/{name}/kill", containers.kill),
    Route("POST", "/containers/{name}/pause", containers.pause),
    Route("POST", "/containers/{name}/unpause", containers.unpause),
    Route("POST", "/containers/{name}/restart", containers.restart),
    Route("POST", "/containers/{name}/start", containers.start),
    Route("POST", "/containers/{name}/stop", containers.stop),
    Route("POST", "/containers/{name}/wait", containers.wait),
    Route("POST", "/containers/{name}/resize", containers.resize),
    Route("POST", "/containers/{name}/exec", containers.create_exec),
    Route("POST", "/containers/{name}/rename", containers.rename),
    Route("POST", "/containers/{name}/update", containers.update),
    Route("DELETE", "/containers/{name}", containers.remove),
    Route("GET", "/exec/{name}/json", containers.inspect_exec),
    Route("POST", "/exec/{name}/start", containers.start_exec),
    Route("POST", "/exec/{name}/resize", containers.resize_exec),
    Route("GET", "/images/json", images.list_images),
    Route("GET", "/images/search", images.search),
    Route("GET", "/images/{name}/history", images.history),
    Route("GET", "/images/{name}/json", images.inspect),
    Route("POST", "/images/create", images.create),
    Route("POST", "/images/prune", images.prune),
    Route("POST", "/images/{name}/push", images.push),
    Route("POST", "/images/{name}/tag", images.tag),
    Route("DELETE", "/images/{name}", images.remove),
    Route("GET", "/distribution/{name}/json", images.distribution),
    Route("GET", "/volumes", images.list_volumes),
    Route("GET", "/volumes/{name}", images.inspect_volume),
    Route("POST", "/volumes/create", images.create_volume),
    Route("POST", "/volumes/prune", images.prune_volumes),
    Route("DELETE", "/volumes/{name}", images.remove_volume),
)

WEBSOCKET = "/containers/{name}/attach/ws"
HIJACKED: tuple[tuple[re.Pattern[str], Hijacker], ...] = (
    (compiled("/containers/{name}/attach"), containers.hijack_attach),
    (compiled("/exec/{name}/start"), containers.hijack_exec),
    (compiled(WEBSOCKET), containers.hijack_websocket),
)
"""Requests that take the connection over: POSTs, but for the one that asks for a websocket."""

UNIMPLEMENTED = tuple(
    compiled(template)
    for template in (
        "/build",
        "/build/cancel",
        "/commit",
        "/session",
        "/grpc",
        "/plugins.*",
        "/images/load",
        "/images/get",
        "/images/{name}/get",
        "/containers/{name}/export",
        "/containers/{name}/checkpoints.*",
    )
)
"""Paths of the real API that the emulation refuses, with status 501."""
