"""``/secrets`` and ``/configs``.

Source: moby ``api/server/router/swarm``, ``daemon/cluster``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from playground.api.client import Response
from playground.engine import query
from playground.engine.call import Call
from playground.engine.errors import BadParameter
from playground.swarm.control.lookup import find
from playground.swarm.model import Config, Secret
from playground.swarm.wire import objects, specs

if TYPE_CHECKING:
    from playground.engine.engine import Engine

Kept = TypeVar("Kept", Secret, Config)


@dataclass(frozen=True, slots=True)
class PayloadHandlers(Generic[Kept]):
    """The five routes of one kind. ``spec_type`` is what Go calls the body of a request."""

    noun: str
    spec_type: str
    read: Callable[[Any], tuple[dict[str, Any], bytes | None]]
    shown: Callable[[Kept, int], dict[str, Any]]

    async def list(self, engine: "Engine", call: Call) -> Response:
        found = await engine.swarm.control(f"list_{self.noun}s", call.filters.as_dict())
        return Response(200, [self.shown(each, engine.wall_us) for each in found])

    async def create(self, engine: "Engine", call: Call) -> Response:
        spec, data = self.read(call.object(self.spec_type))
        return Response(201, {"ID": (await engine.swarm.control(f"create_{self.noun}", spec, data)).id})

    async def inspect(self, engine: "Engine", call: Call) -> Response:
        return Response(200, self.shown(await self._find(engine, call), engine.wall_us))

    async def update(self, engine: "Engine", call: Call) -> Response:
        spec, data = self.read(call.object(self.spec_type))
        try:
            version = query.unsigned(call.query.get("version", ""))
        except ValueError:
            raise BadParameter(f"invalid {self.noun} version") from None
        found = await self._find(engine, call)
        await engine.swarm.control(f"update_{self.noun}", found.id, version, spec, data or None)
        return Response(200)

    async def remove(self, engine: "Engine", call: Call) -> Response:
        found = await self._find(engine, call)
        await engine.swarm.control(f"remove_{self.noun}", found.id)
        return Response(204)

    async def _find(self, engine: "Engine", call: Call) -> Kept:
        known = await engine.swarm.control(f"list_{self.noun}s")
        found: Kept = find(self.noun, known, call.parameters["id"])
        return found


SECRETS: PayloadHandlers[Secret] = PayloadHandlers("secret", "swarm.SecretSpec", specs.secret_spec, objects.secret)
CONFIGS: PayloadHandlers[Config] = PayloadHandlers("config", "swarm.ConfigSpec", specs.config_spec, objects.config)
