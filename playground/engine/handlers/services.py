"""``/services`` and ``/tasks``, with their logs.

Source: moby ``api/server/router/swarm``, ``daemon/cluster/{services,tasks}.go``.
"""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from playground.api.client import Frame, Response
from playground.engine import query
from playground.engine.call import Call
from playground.engine.errors import EngineError, Forbidden, NotFound
from playground.engine.identity import new_name
from playground.engine.images.reference import parse
from playground.swarm.control.lookup import Ambiguous, LookupFailed, find
from playground.swarm.errors import SwarmError
from playground.swarm.log_broker import LogMessage, LogOptions, LogSelector
from playground.swarm.model import Network, Service, Task
from playground.swarm.wire import objects, specs

if TYPE_CHECKING:
    from playground.engine.engine import Engine

_PINNED_BY_CLIENT = (1, 30)
_NO_DIGEST = (
    "image {0} could not be accessed on a registry to record\n"
    "its digest. Each node will access {0} independently,\n"
    "possibly leading to different nodes running different\n"
    "versions of the image.\n"
)


async def _service(engine: "Engine", reference: str) -> Service:
    services: list[Service] = await engine.swarm.control("list_services")
    return find("service", services, reference)


async def list_services(engine: "Engine", call: Call) -> Response:
    filters = call.filters
    with_status = query.strict_boolean(call.query, "status")
    services = await engine.swarm.control("list_services", filters.as_dict())
    counts: dict[str, Any] = {}
    if with_status:
        counts = await engine.swarm.control("list_service_statuses", [service.id for service in services])
    return Response(200, [objects.service(s, engine.wall_us, counts.get(s.id)) for s in services])


async def inspect(engine: "Engine", call: Call) -> Response:
    defaults = query.strict_boolean(call.query, "insertDefaults")
    service = await _service(engine, call.parameters["id"])
    if defaults:
        service = await engine.swarm.control("get_service", service.id, insert_defaults=True)
    return Response(200, objects.service(service, engine.wall_us))


async def create(engine: "Engine", call: Call) -> Response:
    spec = specs.service_spec(await _with_networks(engine, specs.parsed_service(call.object("swarm.ServiceSpec"))))
    spec, warnings = await _with_digest(engine, call, spec)
    if not spec.get("Name"):
        spec = {**spec, "Name": new_name(engine.random, 0).replace("_", "_")}
    service = await engine.swarm.control("create_service", spec)
    return Response(201, {"ID": service.id, "Warnings": warnings})


async def update(engine: "Engine", call: Call) -> Response:
    body = call.object("swarm.ServiceSpec")
    body = specs.parsed_service(body)
    version = query.version(call.query, "service")
    spec = specs.service_spec(await _with_networks(engine, body))
    service = await _service(engine, call.parameters["id"])
    source = call.query.get("registryAuthFrom", "")
    if source not in ("", "spec", "previous-spec"):
        raise EngineError("unsupported registryAuthFrom value")
    if source == "previous-spec" and service.previous_spec is None:
        raise EngineError("service does not have a previous spec")
    spec, warnings = await _with_digest(engine, call, spec)
    rollback = call.query.get("rollback", "")
    if rollback not in ("", "none", "previous"):
        raise EngineError(f"unrecognized rollback option {rollback}")
    await engine.swarm.control("update_service", service.id, version, spec, rollback=rollback == "previous")
    return Response(200, {"Warnings": warnings})


async def remove(engine: "Engine", call: Call) -> Response:
    service = await _service(engine, call.parameters["id"])
    await engine.swarm.control("remove_service", service.id)
    return Response(200)


async def _with_digest(engine: "Engine", call: Call, spec: dict[str, Any]) -> tuple[dict[str, Any], list[str] | None]:
    """The image's digest in its place, for clients so old that they do not ask the registry themselves; and warnings.

    Source: moby ``daemon/cluster/services.go``, ``imageWithDigestString``.
    """
    template = spec.get("TaskTemplate") or {}
    container = template.get("ContainerSpec") or {}
    image = str(container.get("Image") or "")
    if call.version >= _PINNED_BY_CLIENT or not image:
        return spec, None
    try:
        reference = parse(image)
        if reference.digest:
            return spec, None
        manifest = await engine.puller.resolve(reference.tagged())
    except EngineError:
        return spec, [_NO_DIGEST.format(image)]
    pinned = f"{reference.tagged()}@{manifest.digest}"
    return {**spec, "TaskTemplate": {**template, "ContainerSpec": {**container, "Image": pinned}}}, None


async def _with_networks(engine: "Engine", spec: dict[str, Any]) -> dict[str, Any]:
    """Turn the names of networks into ids.

    Source: moby ``daemon/cluster/networks.go``, ``populateNetworkID``.

    Raises:
        EngineError: no such network. The real one forgets there what kind of fault that is.
        Ambiguous: several.
        Forbidden: it is not one of the swarm.
    """
    template = spec.get("TaskTemplate") or {}
    wanted = template.get("Networks") or spec.get("Networks") or ()
    if not wanted:
        return spec
    known: list[Network] = await engine.swarm.control("list_networks")
    resolved = []
    for attachment in wanted:
        target = str(attachment.get("Target", ""))
        try:
            resolved.append({**attachment, "Target": find("network", known, target).id})
        except Ambiguous:
            raise
        except LookupFailed:
            try:
                local = engine.networks.find(target)
            except NotFound:
                raise EngineError(f"network {target} not found") from None
            if local.scope == "local":
                raise Forbidden(
                    f"The network {local.name} cannot be used with services. Only networks scoped to the swarm can "
                    "be used, such as those created with the overlay driver."
                ) from None
            resolved.append({**attachment, "Target": local.id})
    return {**spec, "TaskTemplate": {**template, "Networks": resolved}}


# Tasks


async def list_tasks(engine: "Engine", call: Call) -> Response:
    filters = call.filters.as_dict()
    if "service" in filters:
        filters["service"] = [(await _service(engine, reference)).id for reference in filters["service"]]
    if "node" in filters:
        answers = await engine.swarm.control("list_nodes")
        nodes = [answer.node for answer in answers]
        filters["node"] = [find("node", nodes, wanted).id for wanted in filters["node"]]
    tasks = await engine.swarm.control("list_tasks", filters)
    return Response(200, await _wire(engine, tasks))


async def inspect_task(engine: "Engine", call: Call) -> Response:
    task = find("task", await engine.swarm.control("list_tasks"), call.parameters["id"])
    return Response(200, (await _wire(engine, [task]))[0])


async def _wire(engine: "Engine", tasks: list[Task]) -> list[dict[str, Any]]:
    networks: dict[str, Network] = {}
    if any(task.networks for task in tasks):
        networks = {network.id: network for network in await engine.swarm.control("list_networks")}
    return [objects.task(task, engine.wall_us, networks.get) for task in tasks]


# Logs


async def service_logs(engine: "Engine", call: Call) -> Response:
    _streams(call)
    service = await _service(engine, call.parameters["id"])
    container = (service.spec.get("TaskTemplate") or {}).get("ContainerSpec") or {}
    return await _logs(engine, call, LogSelector(service_ids=(service.id,)), bool(container.get("TTY")))


async def task_logs(engine: "Engine", call: Call) -> Response:
    _streams(call)
    task = find("task", await engine.swarm.control("list_tasks"), call.parameters["id"])
    container = task.spec.get("ContainerSpec") or {}
    return await _logs(engine, call, LogSelector(task_ids=(task.id,)), bool(container.get("TTY")))


def _streams(call: Call) -> tuple[int, ...]:
    streams = tuple(n for n, name in ((1, "stdout"), (2, "stderr")) if query.boolean(call.query, name))
    if not streams:
        raise EngineError("Bad parameters: you must choose at least one stream")
    return streams


async def _logs(engine: "Engine", call: Call, selector: LogSelector, tty: bool) -> Response:
    streams = _streams(call)
    tail: int | None = None
    text = call.query.get("tail", "")
    if text not in ("", "all"):
        try:
            tail = query.integer(text)
        except EngineError:
            raise EngineError('tail value must be a positive integer or "all"') from None
        if tail < 0:
            raise EngineError("negative tail values not supported")
    since = call.query.get("since", "")
    try:
        since_us = query.moment(since, engine.clock.unix_us()) - engine.wall_us if since and since != "0" else None
    except EngineError as error:
        raise EngineError(f"could not parse since timestamp: {error}") from None
    options = LogOptions(streams, query.boolean(call.query, "follow"), tail, since_us)
    lines = engine.swarm.logs(selector, options)
    timestamps, details = query.boolean(call.query, "timestamps"), query.boolean(call.query, "details")
    return Response(200, stream=_frames(engine, lines, timestamps, details), framed=not tty)


async def _frames(
    engine: "Engine", lines: AsyncIterator[LogMessage], timestamps: bool, details: bool
) -> AsyncIterator[Frame]:
    try:
        async for line in lines:
            head = f"{engine.clock.rfc3339_nanos(line.timestamp_us)} " if timestamps else ""
            if details:
                values = (("node", line.node_id), ("service", line.service_id), ("task", line.task_id))
                head += ",".join(f"com.docker.swarm.{kind}.id={quote(value)}" for kind, value in values) + " "
            data = line.data if line.data.endswith(b"\n") else line.data + b"\n"
            yield line.stream, head.encode() + data
    except SwarmError as error:
        yield 3, f"Error grabbing logs: {error}\n".encode()
    finally:
        close = getattr(lines, "aclose", None)
        if close is not None:
            await close()
