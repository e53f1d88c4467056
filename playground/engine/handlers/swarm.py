"""``/swarm``, ``/nodes``, ``/secrets`` and ``/configs``.

Source: moby ``api/server/router/swarm``, ``daemon/cluster``.
"""

from typing import TYPE_CHECKING, Any, TypeVar

from playground.api.client import Response
from playground.engine import query, wire
from playground.engine.call import Call
from playground.engine.errors import BadParameter
from playground.swarm.control.lookup import find
from playground.swarm.model import Config, Secret
from playground.swarm.wire import objects, specs, types

if TYPE_CHECKING:
    from playground.engine.engine import Engine

Kept = TypeVar("Kept", Secret, Config)


async def init(engine: "Engine", call: Call) -> Response:
    node_id = await engine.swarm.init(wire.read(types.INIT_REQUEST, call.body))
    engine.joined_swarm()
    return Response(200, node_id)


async def join(engine: "Engine", call: Call) -> Response:
    await engine.swarm.join(wire.read(types.JOIN_REQUEST, call.body))
    return Response(200)


async def leave(engine: "Engine", call: Call) -> Response:
    await engine.swarm.leave(query.boolean(call.query, "force"))
    return Response(200)


async def unlock(engine: "Engine", call: Call) -> Response:
    await engine.swarm.unlock(wire.read(types.UNLOCK_REQUEST, call.body)["UnlockKey"])
    return Response(200)


async def unlock_key(engine: "Engine", call: Call) -> Response:
    return Response(200, {"UnlockKey": await engine.swarm.control("get_unlock_key")})


async def inspect(engine: "Engine", call: Call) -> Response:
    return Response(200, objects.swarm(await engine.swarm.control("get_cluster"), engine.wall_us))


async def update(engine: "Engine", call: Call) -> Response:
    spec = specs.cluster_spec(call.object("swarm.Spec"))
    await engine.swarm.control(
        "update_cluster",
        query.version(call.query, "swarm"),
        spec,
        rotate_worker_token=query.strict_boolean(call.query, "rotateWorkerToken"),
        rotate_manager_token=query.strict_boolean(call.query, "rotateManagerToken"),
        rotate_unlock_key=query.strict_boolean(call.query, "rotateManagerUnlockKey"),
    )
    return Response(200)


# Nodes


async def _node(engine: "Engine", reference: str) -> Any:
    answers = await engine.swarm.control("list_nodes")
    chosen = find("node", [answer.node for answer in answers], reference)
    return next(answer for answer in answers if answer.node.id == chosen.id)


async def list_nodes(engine: "Engine", call: Call) -> Response:
    answers = await engine.swarm.control("list_nodes", call.filters.as_dict())
    return Response(200, [objects.node(answer, engine.wall_us) for answer in answers])


async def inspect_node(engine: "Engine", call: Call) -> Response:
    return Response(200, objects.node(await _node(engine, call.parameters["id"]), engine.wall_us))


async def update_node(engine: "Engine", call: Call) -> Response:
    body = call.object("swarm.NodeSpec")
    version = query.version(call.query, "node")
    spec = specs.node_spec(body)
    node = (await _node(engine, call.parameters["id"])).node
    await engine.swarm.control("update_node", node.id, version, spec)
    return Response(200)


async def remove_node(engine: "Engine", call: Call) -> Response:
    node = (await _node(engine, call.parameters["id"])).node
    await engine.swarm.control("remove_node", node.id, query.boolean(call.query, "force"))
    return Response(200)


# Secrets and configs


async def _find(engine: "Engine", kind: type[Kept], reference: str) -> Kept:
    noun = kind.__name__.lower()
    found: Kept = find(noun, await engine.swarm.control(f"list_{noun}s"), reference)
    return found


def _short_version(call: Call, kind: str) -> int:
    try:
        return query.unsigned(call.query.get("version", ""))
    except ValueError:
        raise BadParameter(f"invalid {kind} version") from None


async def list_secrets(engine: "Engine", call: Call) -> Response:
    found = await engine.swarm.control("list_secrets", call.filters.as_dict())
    return Response(200, [objects.secret(secret, engine.wall_us) for secret in found])


async def create_secret(engine: "Engine", call: Call) -> Response:
    spec, data = specs.secret_spec(call.object("swarm.SecretSpec"))
    return Response(201, {"ID": (await engine.swarm.control("create_secret", spec, data)).id})


async def inspect_secret(engine: "Engine", call: Call) -> Response:
    secret = await _find(engine, Secret, call.parameters["id"])
    return Response(200, objects.secret(secret, engine.wall_us))


async def update_secret(engine: "Engine", call: Call) -> Response:
    spec, data = specs.secret_spec(call.object("swarm.SecretSpec"))
    version = _short_version(call, "secret")
    secret = await _find(engine, Secret, call.parameters["id"])
    await engine.swarm.control("update_secret", secret.id, version, spec, data or None)
    return Response(200)


async def remove_secret(engine: "Engine", call: Call) -> Response:
    secret = await _find(engine, Secret, call.parameters["id"])
    await engine.swarm.control("remove_secret", secret.id)
    return Response(204)


async def list_configs(engine: "Engine", call: Call) -> Response:
    found = await engine.swarm.control("list_configs", call.filters.as_dict())
    return Response(200, [objects.config(config, engine.wall_us) for config in found])


async def create_config(engine: "Engine", call: Call) -> Response:
    spec, data = specs.config_spec(call.object("swarm.ConfigSpec"))
    return Response(201, {"ID": (await engine.swarm.control("create_config", spec, data)).id})


async def inspect_config(engine: "Engine", call: Call) -> Response:
    config = await _find(engine, Config, call.parameters["id"])
    return Response(200, objects.config(config, engine.wall_us))


async def update_config(engine: "Engine", call: Call) -> Response:
    spec, data = specs.config_spec(call.object("swarm.ConfigSpec"))
    version = _short_version(call, "config")
    config = await _find(engine, Config, call.parameters["id"])
    await engine.swarm.control("update_config", config.id, version, spec, data or None)
    return Response(200)


async def remove_config(engine: "Engine", call: Call) -> Response:
    config = await _find(engine, Config, call.parameters["id"])
    await engine.swarm.control("remove_config", config.id)
    return Response(204)
