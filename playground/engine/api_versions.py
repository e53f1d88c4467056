"""What an older client may ask for, and what it is told: the differences between versions of the API, route by route.

``asked`` takes away what the client's version did not know, before a request is answered as one of the newest
version; ``answered`` makes the answer one of the client's version. What a new container's older settings mean stands
in ``containers/older_requests.py``.

Source: moby ``api/server/router/{swarm,system,network,container,image,volume}``.
"""

import copy
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

from playground.api.client import API_VERSION, Response
from playground.engine.call import Call
from playground.engine.errors import BadParameter

Version = tuple[int, ...]
Json = dict[str, Any]

CURRENT: Version = tuple(int(part) for part in API_VERSION.split("."))
_NO_NAMES = {"RepoTags": ["<none>:<none>"], "RepoDigests": ["<none>@<none>"]}


def asked(call: Call, template: str) -> Call:
    """The request in the terms of the newest version.

    Raises:
        BadParameter: the client's version has not what it asks for.
    """
    version = call.version
    query = dict(call.query)
    for since, name in _QUERY.get(template, ()):
        if version < since:
            query.pop(name, None)
    if template == "/volumes/prune" and version < (1, 42):
        # Anonymous volumes were not told apart then.
        query["filters"] = _with_filter(query.get("filters", ""), "all", "true")
    if template == "/images/json" and version < (1, 41) and query.get("filter"):
        query["filters"] = _with_filter(query.get("filters", ""), "reference", query["filter"])
    body = call.body
    narrow = _BODIES.get(template)
    if narrow is not None and isinstance(body, dict):
        body = copy.deepcopy(body)
        narrow(version, body)
    return replace(call, query=query, body=body)


def answered(version: Version, template: str, response: Response) -> Response:
    """The answer in the terms of the client's version."""
    tell = _ANSWERS.get(template)
    if tell is not None and response.status == 200 and response.body is not None:
        tell(version, response.body)
    if template == "/events" and version < (1, 46) and response.stream is not None:
        response.stream = _without_new_images(response.stream)
    return response


# What is asked

_QUERY: dict[str, tuple[tuple[Version, str], ...]] = {
    "/services": (((1, 41), "status"),),
    "/system/df": (((1, 42), "type"),),
    "/images/json": (((1, 42), "shared-size"),),
    "/containers/{name}/stats": (((1, 41), "one-shot"),),
    "/containers/{name}/stop": (((1, 42), "signal"),),
    "/containers/{name}/restart": (((1, 42), "signal"),),
    "/containers/{name}/wait": (((1, 30), "condition"),),
}
"""Parameters that mean something only from a version on."""


def _with_filter(text: str, name: str, value: str) -> str:
    try:
        filters = json.loads(text) if text else {}
    except ValueError:
        return text
    if not isinstance(filters, dict):
        return text
    kept = filters.get(name)
    return json.dumps({**filters, name: [*kept, value] if isinstance(kept, list) else [value]})


def _part(body: Any, *path: str) -> Json:
    """An object inside another; an empty one of no consequence where it is missing."""
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body if isinstance(body, dict) else {}


def _parts(body: Any, *path: str) -> list[Json]:
    found = _part(body, *path[:-1]).get(path[-1])
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _drop(body: Json, *names: str) -> None:
    for name in names:
        body.pop(name, None)


def _swarm_init(version: Version, body: Json) -> None:
    if version < (1, 39):
        _drop(body, "DefaultAddrPool", "SubnetSize")
    if version < (1, 40):
        _drop(body, "DataPathPort")


def _service(version: Version, body: Json) -> None:
    """``adjustForAPIVersion``."""
    container = _part(body, "TaskTemplate", "ContainerSpec")
    privileges = _part(container, "Privileges")
    if version < (1, 46):
        _drop(container, "OomScoreAdj")
        for mount in _parts(container, "Mounts"):
            _drop(_part(mount, "TmpfsOptions"), "Options")
    if version < (1, 44):
        _drop(privileges, "Seccomp", "AppArmor", "NoNewPrivileges")
        _drop(_part(container, "Healthcheck"), "StartInterval")
    if version < (1, 41):
        _drop(container, "CapabilityAdd", "CapabilityDrop", "Ulimits")
        _drop(_part(body, "TaskTemplate", "Resources", "Limits"), "Pids")
        _drop(_part(body, "Mode"), "ReplicatedJob", "GlobalJob")
    if version < (1, 40):
        _drop(container, "Sysctls")
        _drop(_part(privileges, "CredentialSpec"), "Config")
        for config in _parts(container, "Configs"):
            _drop(config, "Runtime")
        _drop(_part(body, "TaskTemplate", "Placement"), "MaxReplicas")


def _templating(kind: str) -> Callable[[Version, Json], None]:
    def refuse(version: Version, body: Json) -> None:
        if version < (1, 37) and body.get("Templating") is not None:
            text = ".".join(str(number) for number in version)
            raise BadParameter(f"{kind} templating is not supported on the specified API version: {text}")

    return refuse


def _network(version: Version, body: Json) -> None:
    if version < (1, 48):
        _drop(body, "EnableIPv4")


def _container_update(version: Version, body: Json) -> None:
    if version < (1, 40):
        _drop(body, "PidsLimit")


def _console(version: Version, body: Json) -> None:
    if version < (1, 42):
        _drop(body, "ConsoleSize")


_BODIES: dict[str, Callable[[Version, Json], None]] = {
    "/swarm/init": _swarm_init,
    "/services/create": _service,
    "/services/{id}/update": _service,
    "/secrets/create": _templating("secret"),
    "/configs/create": _templating("config"),
    "/networks/create": _network,
    "/containers/{name}/update": _container_update,
    "/containers/{name}/exec": _console,
    "/exec/{name}/start": _console,
}


# What is answered


def _info(version: Version, info: Json) -> None:
    if version < (1, 25):
        info["SecurityOptions"] = [
            option.partition(",")[0].removeprefix("name=") for option in info["SecurityOptions"] or ()
        ]
    if version < (1, 44):
        info["Runtimes"] = {name: {"path": runtime["path"]} for name, runtime in info["Runtimes"].items()}
    if version < (1, 46):
        _drop(info, "Containerd")
    if version < (1, 47):
        nothing = {"AllowNondistributableArtifactsCIDRs": None, "AllowNondistributableArtifactsHostnames": None}
        info["RegistryConfig"] = {**nothing, **info["RegistryConfig"]}
    if version < (1, 49):
        _drop(info, "FirewallBackend")
        for name in ("ContainerdCommit", "RuncCommit", "InitCommit"):
            info[name] = {**info[name], "Expected": info[name]["ID"]}


def _disk_usage(version: Version, usage: Json) -> None:
    if version < (1, 44):
        for image in usage["Images"] or ():
            image["VirtualSize"] = image["Size"]


def _images(version: Version, images: list[Json]) -> None:
    for image in images:
        if version < (1, 43) and not image["RepoTags"] and not image["RepoDigests"]:
            image |= _NO_NAMES
        if version < (1, 44):
            image["VirtualSize"] = image["Size"]


def _image(version: Version, image: Json) -> None:
    if version < (1, 44):
        found: Json = {}
        for name, value in image.items():
            found[name] = value
            if name == "Size":
                found["VirtualSize"] = value
        image.clear()
        image |= found


def _containers(version: Version, containers: list[Json]) -> None:
    if version < (1, 46):
        for container in containers:
            _drop(container["HostConfig"], "Annotations")


def _container(version: Version, container: Json) -> None:
    if version < (1, 45):
        for name, endpoint in container["NetworkSettings"]["Networks"].items():
            if name not in ("default", "bridge", "host", "none", "nat"):
                names = [*(endpoint["Aliases"] or ()), container["Id"][:12], container["Config"]["Hostname"]]
                endpoint["Aliases"] = list(dict.fromkeys(names))


_ANSWERS: dict[str, Callable[[Version, Any], None]] = {
    "/info": _info,
    "/system/df": _disk_usage,
    "/images/json": _images,
    "/images/{name}/json": _image,
    "/containers/json": _containers,
    "/containers/{name}/json": _container,
}


async def _without_new_images(stream: AsyncIterator[Any]) -> AsyncIterator[Any]:
    try:
        async for event in stream:
            if (event.get("Type"), event.get("Action")) != ("image", "create"):
                yield event
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()
