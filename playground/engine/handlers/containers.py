"""``/containers`` and ``/exec``.

Source: moby ``api/server/router/container``.
"""

import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from playground.api.client import Duplex, Response
from playground.engine import query, wire
from playground.engine.call import Call
from playground.engine.clock import rfc3339
from playground.engine.containers import archive, older_requests, showing, updating
from playground.engine.containers.clients import ExecFailed
from playground.engine.containers.container import Container
from playground.engine.containers.exec import Attachment, Exec, detach_sequence
from playground.engine.errors import BadParameter, Conflict, EngineError, NotFound, NotModified
from playground.engine.identity import signal_number
from playground.engine.images.platform import must_match
from playground.sim import SECOND
from playground.swarm.executor import LogLine

if TYPE_CHECKING:
    from playground.engine.engine import Engine


_STREAMS = ("stdin", "stdout", "stderr")
_CONFIG_KEYS = frozenset(name.lower() for name, *_ in wire.CONFIG_FIELDS)


def _find(engine: "Engine", call: Call) -> Container:
    return engine.containers.find(call.parameters["name"])


async def list_containers(engine: "Engine", call: Call) -> Response:
    limit = query.integer(call.query["limit"]) if call.query.get("limit") else 0
    return Response(
        200,
        showing.listed(
            engine.containers.all(),
            engine.containers.find,
            engine.images,
            engine.clock,
            call.filters,
            query.boolean(call.query, "all"),
            limit,
            query.boolean(call.query, "size"),
        ),
    )


async def inspect(engine: "Engine", call: Call) -> Response:
    container = _find(engine, call)
    return Response(200, showing.inspected(container, engine.clock, query.boolean(call.query, "size")))


async def create(engine: "Engine", call: Call) -> Response:
    if call.body is None:
        raise BadParameter("invalid JSON: got EOF while reading request body")
    request = wire.read(wire.CREATE, call.body)
    if not any(key.lower() in _CONFIG_KEYS for key in call.body):
        raise BadParameter("config cannot be empty in order to create a container")
    must_match(request["Image"], call.query.get("platform", ""))
    advice = older_requests.fitted(call.version, request)
    container, warnings = await engine.containers.create(call.query.get("name", ""), request)
    return Response(201, {"Id": container.id, "Warnings": [*warnings, *advice]})


async def start(engine: "Engine", call: Call) -> Response:
    await engine.containers.start(_find(engine, call))
    return Response(204)


def _seconds(call: Call) -> int | None:
    return query.integer(call.query["t"]) if call.query.get("t") else None


async def stop(engine: "Engine", call: Call) -> Response:
    seconds = _seconds(call)
    container = _find(engine, call)
    if not container.state.running:
        raise NotModified("container is already stopped")
    try:
        await engine.containers.stop(container, seconds, call.query.get("signal", ""))
    except EngineError as error:
        raise EngineError(f"cannot stop container: {call.parameters['name']}: {error}") from None
    return Response(204)


async def restart(engine: "Engine", call: Call) -> Response:
    seconds = _seconds(call)
    container = _find(engine, call)
    try:
        await engine.containers.restart(container, seconds, call.query.get("signal", ""))
    except EngineError as error:
        raise EngineError(f"Cannot restart container {call.parameters['name']}: {error}") from None
    return Response(204)


async def kill(engine: "Engine", call: Call) -> Response:
    name = call.parameters["name"]
    signal = call.query.get("signal", "")
    try:
        if signal:
            signal_number(signal)
        await engine.containers.kill(_find(engine, call), signal)
    except (NotFound, Conflict, BadParameter) as error:
        raise type(error)(f"cannot kill container: {name}: {error}") from None
    return Response(204)


async def pause(engine: "Engine", call: Call) -> Response:
    engine.containers.pause(_find(engine, call))
    return Response(204)


async def unpause(engine: "Engine", call: Call) -> Response:
    engine.containers.unpause(_find(engine, call))
    return Response(204)


async def rename(engine: "Engine", call: Call) -> Response:
    if not call.query.get("name"):
        raise BadParameter("Neither old nor new names may be empty")
    engine.containers.rename(_find(engine, call), call.query["name"])
    return Response(204)


async def remove(engine: "Engine", call: Call) -> Response:
    if query.boolean(call.query, "link"):
        raise EngineError("Conflict, cannot remove the default link name of the container")
    container = _find(engine, call)
    await engine.containers.remove(container, query.boolean(call.query, "force"), query.boolean(call.query, "v"))
    return Response(204)


async def wait(engine: "Engine", call: Call) -> Response:
    condition = call.query.get("condition", "") or "not-running"
    if condition not in ("not-running", "next-exit", "removed"):
        raise BadParameter(f'invalid condition: "{condition}"')
    container = _find(engine, call)
    waiting = engine.kernel.spawn(engine.containers.wait(container, condition), f"wait for {container.short_id}")

    async def answer() -> AsyncIterator[dict[str, Any]]:
        yield {"StatusCode": await waiting}

    return Response(200, stream=answer(), headers={"Content-Type": "application/json"})


async def update(engine: "Engine", call: Call) -> Response:
    request = wire.read(wire.UPDATE, call.body)
    updating.check(request, engine.cpus)
    container = _find(engine, call)
    updating.update(container, request)
    engine.containers.log_event(container, "update")
    return Response(200, {"Warnings": None})


async def prune(engine: "Engine", call: Call) -> Response:
    filters = call.filters
    filters.validate(("label", "label!", "until"))
    until = query.pruned_until(filters, engine.clock.unix_us())
    deleted, reclaimed = [], 0
    for container in engine.containers.all():
        if until is not None and engine.wall_us + container.created_us > until:
            continue
        if not container.state.running and filters.labels("label", container.labels):
            reclaimed += showing.size_of(container)
            await engine.containers.remove(container)
            deleted.append(container.id)
    engine.events.log("container", "prune", "", {"reclaimed": str(reclaimed)})
    return Response(200, {"ContainersDeleted": deleted or None, "SpaceReclaimed": reclaimed})


async def logs(engine: "Engine", call: Call) -> Response:
    streams = tuple(n for n, name in ((1, "stdout"), (2, "stderr")) if query.boolean(call.query, name))
    if not streams:
        raise BadParameter("Bad parameters: you must choose at least one stream")
    container = _find(engine, call)
    if container.state.removing or container.state.dead:
        raise Conflict("can not get logs from container which is dead or marked for removal")
    if container.host_config["LogConfig"]["Type"] == "none":
        raise EngineError("configured logging driver does not support reading")
    tail = call.query.get("tail", "")
    last = int(tail) if tail.isdigit() else None
    bounds: list[int | None] = []
    for name in ("since", "until"):
        text = call.query.get(name, "")
        bounds.append(query.moment(text, engine.clock.unix_us()) - engine.wall_us if text not in ("", "0") else None)
    timestamps, details = query.boolean(call.query, "timestamps"), query.boolean(call.query, "details")
    follow = query.boolean(call.query, "follow")

    def dress(line: LogLine) -> bytes:
        head = f"{engine.clock.rfc3339_nanos(line.timestamp_us)} " if timestamps else ""
        return (head + (" " if details else "")).encode() + line.data

    stream = container.log.stream(
        streams, last, bounds[0], bounds[1], (lambda: container.state.running) if follow else None, dress
    )
    return Response(200, stream=stream, framed=not container.config["Tty"])


async def top(engine: "Engine", call: Call) -> Response:
    return Response(200, showing.top(_find(engine, call), engine.clock, call.query.get("ps_args", "")))


async def changes(engine: "Engine", call: Call) -> Response:
    return Response(200, showing.changes(_find(engine, call)) or None)


async def stats(engine: "Engine", call: Call) -> Response:
    container = _find(engine, call)
    once = not query.boolean(call.query, "stream", True)
    if once:
        return Response(200, _sample(engine, container, None))

    async def samples() -> AsyncIterator[dict[str, Any]]:
        before: dict[str, Any] | None = None
        while not container.removed:
            before = _sample(engine, container, before)
            yield before
            await engine.kernel.sleep(SECOND)

    return Response(200, stream=samples())


def _sample(engine: "Engine", container: Container, before: dict[str, Any] | None) -> dict[str, Any]:
    """One reading; figures grow with the time that the program has run, as those of an idle server do."""
    running = container.state.running
    ran_us = engine.clock.now_us - (container.state.started_us or 0) if running else 0
    cpu: dict[str, Any] = {
        "cpu_usage": {
            "total_usage": 40_000_000 + ran_us // 2 if running else 0,
            "usage_in_kernelmode": 10_000_000 + ran_us // 8 if running else 0,
            "usage_in_usermode": 30_000_000 + ran_us * 3 // 8 if running else 0,
        },
        "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
    }
    if running:
        cpu |= {"system_cpu_usage": engine.clock.now_us * 1000 * engine.cpus, "online_cpus": engine.cpus}
    memory = 4_000_000 + container.manifest.image.size // 20
    limit = container.host_config["Memory"] or engine.memory_bytes
    empty = {"cpu_usage": {"total_usage": 0, "usage_in_kernelmode": 0, "usage_in_usermode": 0},
             "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0}}  # fmt: skip
    return {
        "name": f"/{container.name}",
        "id": container.id,
        "read": rfc3339(engine.clock.unix_us()),
        "preread": before["read"] if before else "0001-01-01T00:00:00Z",
        "pids_stats": {"current": 1, "limit": 18_000} if running else {},
        "blkio_stats": {"io_service_bytes_recursive": None, "io_serviced_recursive": None, "io_queue_recursive": None,
                        "io_service_time_recursive": None, "io_wait_time_recursive": None,
                        "io_merged_recursive": None, "io_time_recursive": None, "sectors_recursive": None},
        "num_procs": 0,
        "storage_stats": {},
        "cpu_stats": cpu,
        "precpu_stats": before["cpu_stats"] if before else empty,
        "memory_stats": {"usage": memory, "stats": {"inactive_file": 0}, "limit": limit} if running else {},
        "networks": {
            f"eth{index}": {"rx_bytes": 1086, "rx_packets": 13, "rx_errors": 0, "rx_dropped": 0, "tx_bytes": 0,
                            "tx_packets": 0, "tx_errors": 0, "tx_dropped": 0}
            for index, endpoint in enumerate(container.endpoints.values()) if endpoint.address
        },
    }  # fmt: skip


# Execs


async def create_exec(engine: "Engine", call: Call) -> Response:
    request = wire.read(wire.EXEC_CREATE, call.body)
    if not request["Cmd"]:
        raise BadParameter("No exec command specified")
    return Response(201, {"Id": engine.containers.create_exec(_find(engine, call), request).id})


async def inspect_exec(engine: "Engine", call: Call) -> Response:
    return Response(200, engine.containers.find_exec(call.parameters["name"]).wire())


async def start_exec(engine: "Engine", call: Call) -> Response:
    """Detached; or, without hijacking, the output as a stream."""
    request = wire.read(wire.EXEC_START, call.body)
    exec_ = engine.containers.find_exec(call.parameters["name"])
    if request["Detach"]:
        await engine.containers.start_exec(exec_, lambda _, __: None, request["Tty"])
        return Response(200)
    attachment = await _begin(engine, exec_, request["Tty"])

    async def frames() -> AsyncIterator[Any]:
        while (frame := await attachment.read()) is not None:
            yield frame

    return Response(200, stream=frames(), framed=not exec_.tty)


def _size(call: Call) -> tuple[int, int]:
    found = []
    for name, word in (("h", "height"), ("w", "width")):
        text = call.query.get(name, "")
        if not re.fullmatch(r"[+-]?[0-9]{1,20}", text):
            raise BadParameter(f'invalid resize {word} "{text}": invalid syntax')
        if not 0 <= int(text) < 1 << 32:
            raise BadParameter(f'invalid resize {word} "{text}": value out of range')
        found.append(int(text))
    return found[1], found[0]


async def resize_exec(engine: "Engine", call: Call) -> Response:
    columns, rows = _size(call)
    exec_ = engine.containers.find_exec(call.parameters["name"])
    exec_.columns, exec_.rows = columns, rows
    if exec_.command is not None:
        exec_.command.resize(columns, rows)
    return Response(200)


async def resize(engine: "Engine", call: Call) -> Response:
    columns, rows = _size(call)
    container = _find(engine, call)
    if not container.state.running:
        raise Conflict(f"container {container.id} is not running")
    if container.process is not None and container.process.command is not None:
        container.process.command.resize(columns, rows)
    return Response(200)


async def hijack_exec(engine: "Engine", call: Call) -> Duplex:
    request = wire.read(wire.EXEC_START, call.body)
    exec_ = engine.containers.find_exec(call.parameters["name"])
    size = request.get("ConsoleSize")
    if size and len(size) == 2:
        exec_.rows, exec_.columns = size
    return await _begin(engine, exec_, request["Tty"])


async def _begin(engine: "Engine", exec_: Exec, tty: bool) -> Attachment:
    """Run an exec; that it cannot begin is said on the connection, which is taken over by then."""
    try:
        attachment = await engine.containers.start_exec(exec_, None, tty)
        assert attachment is not None
    except ExecFailed as error:
        attachment = Attachment(engine.kernel, None, exec_.tty, lambda: None, True, lambda: None)
        attachment.put(1, f"{error}\r\n".encode())
        attachment.end()
    return attachment


async def hijack_attach(engine: "Engine", call: Call) -> Duplex:
    return _attach(engine, call, {name: query.boolean(call.query, name) for name in _STREAMS})


async def hijack_websocket(engine: "Engine", call: Call) -> Duplex:
    """As ``hijack_attach``; which streams are meant is asked since 1.42 only."""
    return _attach(engine, call, {name: call.version < (1, 42) or query.boolean(call.query, name) for name in _STREAMS})


def _attach(engine: "Engine", call: Call, wanted: dict[str, bool]) -> Duplex:
    keys = _detach_keys(call.query.get("detachKeys", ""))
    return engine.containers.attach_client(
        _find(engine, call),
        query.boolean(call.query, "logs"),
        wanted["stdin"],
        tuple(number for number, name in enumerate(_STREAMS) if number and wanted[name]),
        query.boolean(call.query, "stream"),
        keys,
    )


def _detach_keys(text: str) -> bytes:
    try:
        return detach_sequence(text)
    except ValueError:
        raise BadParameter(f"Invalid detach keys ({text}) provided") from None


# Archives


def _looked_into(engine: "Engine", call: Call) -> tuple[Container, str]:
    container, path = _find(engine, call), _path(call)
    engine.containers.look_inside(container)
    return container, path


async def get_archive(engine: "Engine", call: Call) -> Response:
    container, path = _looked_into(engine, call)
    data = archive.pack(container.files, path, container.name)
    engine.containers.log_event(container, "archive-path")
    return Response(200, data, headers=_path_header(engine, container, path))


async def head_archive(engine: "Engine", call: Call) -> Response:
    container, path = _looked_into(engine, call)
    return Response(200, headers=_path_header(engine, container, path))


async def put_archive(engine: "Engine", call: Call) -> Response:
    container, path = _looked_into(engine, call)
    if not isinstance(call.body, bytes):
        raise BadParameter("the archive is missing")
    archive.unpack(container, path, call.body)
    engine.containers.log_event(container, "extract-to-dir")
    return Response(200)


def _path(call: Call) -> str:
    path = call.query.get("path", "")
    if not path:
        raise BadParameter("bad parameter: pathcannot be empty")
    return path


def _path_header(engine: "Engine", container: Container, path: str) -> dict[str, str]:
    stat = archive.stat(container.files, path, container.name)
    text = json.dumps({**stat, "mtime": rfc3339(stat["mtime"])}, separators=(",", ":"))
    return {"X-Docker-Container-Path-Stat": b64encode(text.encode()).decode(), "Content-Type": "application/x-tar"}
