"""``/images``, ``/distribution`` and ``/volumes``.

Source: moby ``api/server/router/{image,distribution,volume}``.
"""

import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from playground.api.client import Response
from playground.api.image_reference import Reference
from playground.engine import query, wire
from playground.engine.call import Call
from playground.engine.errors import BadParameter, EngineError, Forbidden, NotFound, Unimplemented
from playground.engine.images.platform import check_platform
from playground.engine.images.reference import parse, with_tag

if TYPE_CHECKING:
    from playground.engine.engine import Engine

_CLUSTER_VOLUMES = (1, 42)


async def list_images(engine: "Engine", call: Call) -> Response:
    return Response(200, engine.images.summaries(call.filters, query.boolean(call.query, "shared-size")))


async def inspect(engine: "Engine", call: Call) -> Response:
    return Response(200, engine.images.inspect(call.parameters["name"]))


async def history(engine: "Engine", call: Call) -> Response:
    return Response(200, engine.images.history(call.parameters["name"]))


async def create(engine: "Engine", call: Call) -> Response:
    """Pull."""
    name, tag = call.query.get("fromImage", "").removesuffix(":"), call.query.get("tag", "")
    if not name:
        raise Unimplemented("importing images is not part of the emulation")
    check_platform(call.query.get("platform", ""))
    reference = with_tag(parse(name), tag) if tag else parse(name)
    if reference.path == "library/scratch":
        raise Forbidden("'scratch' is a reserved name")
    if not tag and not reference.tag and not reference.digest and engine.images.registry.tags(reference):
        references = [
            Reference(reference.domain, reference.path, one) for one in engine.images.registry.tags(reference)
        ]
    else:
        references = [reference.tagged()]
    first = await engine.puller.resolve(references[0])

    async def messages() -> AsyncIterator[dict[str, Any]]:
        for one in references:
            manifest = first if one is references[0] else engine.images.registry.find(one)
            async for message in engine.puller.messages(one, manifest):
                yield message

    return Response(200, stream=messages(), headers={"Content-Type": "application/json"})


async def tag(engine: "Engine", call: Call) -> Response:
    repository = call.query.get("repo", "")
    if not repository:
        return Response(200)  # The real one does nothing either, and does not say so.
    engine.images.tag(call.parameters["name"], repository, call.query.get("tag", ""))
    return Response(201)


async def remove(engine: "Engine", call: Call) -> Response:
    name = call.parameters["name"]
    if not name.strip():
        raise EngineError("image name cannot be blank")
    return Response(200, engine.images.remove(name, query.boolean(call.query, "force")))


async def prune(engine: "Engine", call: Call) -> Response:
    return Response(200, engine.images.prune(call.filters))


async def prune_build_cache(engine: "Engine", call: Call) -> Response:
    """Nothing is built, so there is nothing to give back."""
    filters = call.filters
    keep = call.query.get("keep-storage", "")
    if keep and not re.fullmatch(r"[+-]?[0-9]+", keep):
        raise BadParameter(
            f"keep-storage is in bytes and expects an integer, got {keep}: "
            f'strconv.Atoi: parsing "{keep}": invalid syntax'
        )
    try:
        filters.validate(("until", "id", "parent", "type", "description", "inuse", "shared", "private"))
    except BadParameter as error:
        raise BadParameter(f"failed to prune build cache: {error}") from None
    engine.events.log("builder", "prune", "", {"reclaimed": "0"})
    return Response(200, {"CachesDeleted": None, "SpaceReclaimed": 0})


async def search(engine: "Engine", call: Call) -> Response:
    filters = call.filters
    filters.validate(("is-automated", "is-official", "stars"))
    official = filters.boolean("is-official") if "is-official" in filters else None
    try:
        limit = query.integer(call.query.get("limit") or "0") or 25
    except EngineError as error:
        raise BadParameter(f"invalid limit specified: {error}") from None
    if not 1 <= limit <= 100:
        raise BadParameter(f"limit {limit} is outside the range of [1, 100]")
    found = [
        {
            "star_count": 20_000 - 37 * len(name) if "/" not in name else 100 - len(name),
            "is_official": "/" not in name,
            "name": name,
            "is_automated": False,
            "description": "",
        }
        for name in engine.images.registry.search(call.query.get("term", ""))
        if official is None or official == ("/" not in name)
    ]
    return Response(200, found[:limit])


async def push(engine: "Engine", call: Call) -> Response:
    reference = parse(call.parameters["name"])
    known = engine.images.knows(reference.familiar_name)

    async def messages() -> AsyncIterator[dict[str, Any]]:
        yield {"status": f"The push refers to repository [{reference.name}]"}
        text = f"An image does not exist locally with the tag: {reference.familiar_name}"
        if known:
            await engine.kernel.sleep(600_000)
            text = "denied: requested access to the resource is denied"
        yield {"errorDetail": {"message": text}, "error": text}

    return Response(200, stream=messages(), headers={"Content-Type": "application/json"})


async def distribution(engine: "Engine", call: Call) -> Response:
    reference = parse(call.parameters["name"])
    try:
        manifest = await engine.puller.resolve(reference.tagged())
    except NotFound as error:
        if "pull access denied" in str(error):
            raise Forbidden(
                "errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n"
            ) from None
        raise NotFound("manifest unknown: manifest unknown") from None
    return Response(
        200,
        {
            "Descriptor": {
                "mediaType": "application/vnd.oci.image.index.v1+json",
                "digest": manifest.digest,
                "size": 1024 + 512 * len(manifest.image.architectures),
            },
            "Platforms": [{"architecture": word, "os": "linux"} for word in manifest.image.architectures],
        },
    )


# Volumes


async def list_volumes(engine: "Engine", call: Call) -> Response:
    try:
        filters = call.filters
    except BadParameter as error:
        raise BadParameter(f"error reading volume filters: {error}") from None
    return Response(200, engine.volumes.list(filters))


async def inspect_volume(engine: "Engine", call: Call) -> Response:
    try:
        return Response(200, engine.volumes.wire(engine.volumes.get(call.parameters["name"])))
    except NotFound as error:
        raise _nor_in_swarm(engine, call) or error from None


def _nor_in_swarm(engine: "Engine", call: Call) -> NotFound | None:
    """A manager looks for a volume in the swarm next, where there are none: CSI volumes are not emulated."""
    if call.version < _CLUSTER_VOLUMES or not engine.swarm.control_available:
        return None
    return NotFound(f"volume {call.parameters['name']} not found")


async def create_volume(engine: "Engine", call: Call) -> Response:
    request = wire.read(wire.VOLUME_CREATE, call.body)
    return Response(201, engine.volumes.wire(engine.volumes.create(request)))


async def remove_volume(engine: "Engine", call: Call) -> Response:
    try:
        engine.volumes.remove(call.parameters["name"], query.boolean(call.query, "force"))
    except NotFound as error:
        raise _nor_in_swarm(engine, call) or error from None
    return Response(204)


async def prune_volumes(engine: "Engine", call: Call) -> Response:
    return Response(200, engine.volumes.prune(call.filters))
