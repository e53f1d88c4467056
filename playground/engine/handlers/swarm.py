"""``/swarm`` and ``/nodes``.

Source: moby ``api/server/router/swarm``, ``daemon/cluster``.
"""

from typing import TYPE_CHECKING, Any

from playground.api.client import Response
from playground.engine import query, wire
from playground.engine.call import Call
from playground.swarm.control.lookup import find
from playground.swarm.wire import objects, specs, types

if TYPE_CHECKING:
    from playground.engine.engine import Engine


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
    body = types.SWARM_SPEC.write(call.object("swarm.Spec"))
    version = query.version(call.query, "swarm")
    await engine.swarm.control(
        "update_cluster",
        version,
        specs.cluster_spec(body),
        rotate_worker_token=query.strict_boolean(call.query, "rotateWorkerToken", why=False),
        rotate_manager_token=query.strict_boolean(call.query, "rotateManagerToken", why=False),
        rotate_unlock_key=query.strict_boolean(call.query, "rotateManagerUnlockKey", why=False),
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
    body = types.NODE_SPEC.write(call.object("swarm.NodeSpec"))
    version = query.version(call.query, "node")
    spec = specs.node_spec(body)
    node = (await _node(engine, call.parameters["id"])).node
    await engine.swarm.control("update_node", node.id, version, spec)
    return Response(200)


async def remove_node(engine: "Engine", call: Call) -> Response:
    node = (await _node(engine, call.parameters["id"])).node
    await engine.swarm.control("remove_node", node.id, query.boolean(call.query, "force"))
    return Response(200)
