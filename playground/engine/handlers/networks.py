"""``/networks``: those of this engine and those of its swarm, as one list.

Source: moby ``api/server/router/network/network_routes.go``, ``daemon/cluster/networks.go``.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from playground.api.client import Response
from playground.engine import query, wire
from playground.engine.call import Call
from playground.engine.containers import creation
from playground.engine.errors import BadParameter, Conflict, EngineError, Forbidden, NotFound
from playground.engine.filters import Filters
from playground.engine.networks import ACCEPTED_FILTERS, PREDEFINED, filtered
from playground.swarm.control.lookup import NotFound as NotFoundInSwarm
from playground.swarm.control.lookup import find
from playground.swarm.errors import SwarmError
from playground.swarm.model import Network
from playground.swarm.wire import objects, specs

if TYPE_CHECKING:
    from playground.engine.engine import Engine


async def _of_swarm(engine: "Engine", *, predefined: bool = False) -> list[Network]:
    """The swarm's networks; none when it cannot be asked (a worker, no leader).

    ``predefined`` ones stand for each node's own bridge and host, and are not listed.
    """
    if not engine.swarm.control_available:
        return []
    try:
        networks: list[Network] = await engine.swarm.control("list_networks")
    except SwarmError:
        return []
    return [network for network in networks if predefined or not network.predefined]


async def list_networks(engine: "Engine", call: Call) -> Response:
    filters = call.filters
    filters.validate(ACCEPTED_FILTERS)
    swarm = [objects.network(network, engine.wall_us) for network in await _of_swarm(engine)]
    known = {network["Id"] for network in swarm}
    detailed = call.version < (1, 28)
    local = [engine.networks.wire(n, detailed=detailed) for n in engine.networks.all() if n.id not in known]
    return Response(200, filtered(swarm, filters) + filtered(local, filters))


async def _choose(engine: "Engine", term: str, scope: str = "") -> tuple[str, Any]:
    """(``local`` or ``swarm``, the network) that a term names.

    Raises:
        NotFound: none.
        BadParameter: several.
    """
    local = [n for n in engine.networks.all() if not scope or n.scope == scope]
    swarm = await _of_swarm(engine, predefined=scope == "swarm") if scope in ("", "swarm") else []
    for network in local:
        if network.id == term:
            return "local", network
    for found in swarm:
        if found.id == term:
            return "swarm", found
    rules: tuple[tuple[str, Callable[[Any], bool]], ...] = (
        ("name", lambda network: bool(network.name == term)),
        ("ID prefix", lambda network: bool(term) and network.id.startswith(term)),
    )
    for what, fits in rules:
        matches: dict[str, tuple[str, Any]] = {n.id: ("local", n) for n in local if fits(n)}
        for found in swarm:
            if fits(found):
                matches.setdefault(found.id, ("swarm", found))
        if len(matches) > 1:
            raise BadParameter(f"network {term} is ambiguous ({len(matches)} matches found based on {what})")
        if matches:
            return next(iter(matches.values()))
    raise NotFound(f"network {term} not found")


async def inspect(engine: "Engine", call: Call) -> Response:
    verbose = query.strict_boolean(call.query, "verbose")
    where, network = await _choose(engine, call.parameters["id"], call.query.get("scope", ""))
    if where == "swarm":
        return Response(200, objects.network(network, engine.wall_us))
    found = engine.networks.wire(network, detailed=True)
    if verbose and network.driver == "overlay" and not network.ingress:
        found["Services"] = engine.plane.services_on(network.id)
    return Response(200, found)


async def create(engine: "Engine", call: Call) -> Response:
    request = wire.read(wire.NETWORK_CREATE, call.body)
    name = request["Name"]
    if any(network.name == name for network in await _of_swarm(engine, predefined=True)):
        raise Conflict(f"network with name {name} already exists")
    made = engine.networks.create(request)
    if made is None:
        if name in PREDEFINED:
            raise Forbidden(f"{name} is a pre-defined network and cannot be created")
        made = (
            await engine.swarm.control("create_network", specs.network_spec(call.object("network.CreateRequest")))
        ).id
    return Response(201, {"Id": made, "Warning": ""})


async def remove(engine: "Engine", call: Call) -> Response:
    where, network = await _choose(engine, call.parameters["id"])
    if where == "swarm" or network.scope == "swarm":
        if engine.swarm.control_available:
            try:
                found = find("network", await engine.swarm.control("list_networks"), network.id)
            except NotFoundInSwarm:
                raise NotFound(f"network {network.id} not found") from None
            if found.predefined:
                raise Forbidden(
                    f"network {network.id} ({network.name}) is a swarm predefined network and cannot be removed"
                )
        await engine.swarm.control("remove_network", network.id)
    else:
        engine.networks.remove(network)
    return Response(204)


async def connect(engine: "Engine", call: Call) -> Response:
    request = wire.read(wire.NETWORK_CONNECT, call.body)
    container = engine.containers.find(request["Container"])
    if container.removed or container.state.dead:
        raise Conflict(
            f"container {container.id} is marked for removal and cannot be connected or disconnected to the network"
        )
    try:
        where, network = await _choose(engine, call.parameters["id"])
    except NotFound as error:
        if engine.swarm.control_available:  # The real one asks the swarm then, as for an overlay.
            raise EngineError(
                f"Could not attach to network {call.parameters['id']}: rpc error: code = NotFound desc = {error}"
            ) from None
        raise
    if network.name in container.endpoints:
        raise Forbidden(f"endpoint with name {container.name} already exists in network {network.name}")
    if network.name == "host":
        raise BadParameter("cannot connect container to host network - container must be created in host network mode")
    if network.name == "none" or "none" in container.endpoints:
        raise BadParameter(
            "container cannot be connected to multiple networks with one of the networks in private (none) mode"
        )
    creation.check_endpoint(network.name, request.get("EndpointConfig"), network if where == "local" else None)
    endpoint = creation.endpoint(network.name, request.get("EndpointConfig"))
    if where == "local":
        endpoint.network_id = network.id
    if container.state.running:
        await engine.containers.attach(container, endpoint)
    container.endpoints[network.name] = endpoint
    if container.state.running:
        engine.plane.publish(container)
    return Response(200)


async def disconnect(engine: "Engine", call: Call) -> Response:
    request = wire.read(wire.NETWORK_DISCONNECT, call.body)
    _, network = await _choose(engine, call.parameters["id"])
    try:
        container = engine.containers.find(request["Container"])
    except NotFound:
        if not request["Force"]:
            raise
        network.delete_endpoint(request["Container"])
        return Response(200)
    endpoint = container.endpoints.get(network.name)
    if endpoint is None:
        raise EngineError(f"container {container.id} is not connected to network {network.name}")
    if container.state.running:
        engine.networks.detach(container.id, endpoint)
        engine.plane.withdraw(container.id)
    del container.endpoints[network.name]
    if container.state.running:
        engine.plane.publish(container)
    return Response(200)


async def prune(engine: "Engine", call: Call) -> Response:
    """``POST /networks/prune``: the swarm's networks that no service uses, where this is a manager, then this engine's.

    Source: moby ``daemon/prune.go``.
    """
    filters = call.filters
    filters.validate(("label", "label!", "until"))
    deleted = await _prune_swarm(engine, filters) + engine.networks.prune(filters)
    if deleted:
        engine.events.log("network", "prune", "", {"reclaimed": "0"})
    return Response(200, {"NetworksDeleted": deleted or None})


async def _prune_swarm(engine: "Engine", filters: Filters) -> list[str]:
    until = query.pruned_until(filters, engine.clock.unix_us())
    deleted = []
    for network in await _of_swarm(engine):
        old = until is None or engine.wall_us + network.created_us <= until
        if network.spec.get("Ingress") or not old or not filters.labels("label", network.spec.get("Labels") or {}):
            continue
        try:
            await engine.swarm.control("remove_network", network.id)
        except SwarmError:
            continue  # It is in use.
        deleted.append(network.name)
    return deleted
