"""Calls of the Engine API that come into an emulated lab: the engine answers them as time passes."""

import base64
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from playground.api.client import ApiError, Duplex, EngineUnreachable, Frame, Response
from playground.engine.api_versions import CURRENT
from playground.labs.engine_calls import EngineCall, EngineCalls, Unheard
from playground.labs.journal import Input

if TYPE_CHECKING:
    from playground.backends.emulated import EmulatedCluster
    from playground.engine.machine import Machine
    from playground.sim import Task

_SWITCHING = 101
log = logging.getLogger(__name__)


class EmulatedEngineCalls(EngineCalls):
    """As ``EngineCalls``: each call is a task of the lab's kernel."""

    def __init__(self, cluster: "EmulatedCluster", opened: Callable[[int], object]) -> None:
        super().__init__(cluster, opened)
        self._emulated = cluster
        self._watched: dict[str, Machine] = {}
        self._tasks: dict[int, Task[None]] = {}
        self._duplexes: dict[int, Duplex] = {}

    def _typed(self, call: EngineCall, data: bytes | None) -> None:
        duplex = self._duplexes[call.number]
        if data is None:
            duplex.close_write()
        else:
            self._emulated.kernel.spawn(duplex.write(data), f"input of call {call.number}")

    def _hang_up(self, call: EngineCall) -> None:
        self._tasks[call.number].cancel()

    def _begin(self, what: Input, heard: bool) -> EngineCall:
        number = what.get("call", 0)
        call = (EngineCall if heard else Unheard)(number, what["node"])
        if number:
            self._next = number + 1
            self.open[number] = call
        self._opened(1)
        machine = self._emulated.machines[what["node"]]
        if self._watched.get(machine.name) is not machine:
            self._watched[machine.name] = machine
            machine.watch(self._power_changed)
        body = what.get("body")
        if "archive" in what:
            body = base64.b64decode(what["archive"])
            self._bodies += len(body)
        task = self._emulated.kernel.spawn(
            self._run(machine, call, what, body), f"{what['method']} {what['path'][:40]} of {machine.name}"
        )
        if number:
            self._tasks[number] = task
        task.when_done(lambda _: self._end(call))
        return call

    def _end(self, call: EngineCall) -> None:
        self.open.pop(call.number, None)
        self._tasks.pop(call.number, None)
        self._duplexes.pop(call.number, None)
        self._opened(-1)
        if not call.ended:
            call.end()

    async def _run(self, machine: "Machine", call: EngineCall, what: Input, body: Any) -> None:
        try:
            if what.get("hijack"):
                await self._take_over(machine, call, what, body)
            else:
                await self._ask(machine, call, what, body)
        except EngineUnreachable:
            call.nobody()
        except ApiError as refused:
            call.answer(Response(refused.status, {"message": refused.message}))
        except Exception as error:  # A mistake of the emulation must not stop this lab and all others.
            log.exception("%s %s", what["method"], what["path"])
            call.answer(Response(500, {"message": f"the emulation failed: {type(error).__name__}: {error}"}))

    async def _ask(self, machine: "Machine", call: EngineCall, what: Input, body: Any) -> None:
        version = tuple(what.get("version") or CURRENT)
        response = await machine.engine.request(what["method"], what["path"], what["query"], body, version=version)
        call.answer(response)
        stream = response.stream
        if stream is None:
            return
        close = getattr(stream, "aclose", None)
        try:
            async for item in stream:
                if not call.put(item):
                    call.cut()
                    return
        except GeneratorExit:
            close = None  # The whole lab is thrown away, and the stream with it.
            raise
        finally:
            if close is not None:
                await close()

    async def _take_over(self, machine: "Machine", call: EngineCall, what: Input, body: Any) -> None:
        path = what["path"]
        terminal = bool(body.get("Tty")) if isinstance(body, Mapping) else False
        if path.startswith("/containers/"):
            found = await machine.engine.request("GET", path.removesuffix("/ws").removesuffix("/attach") + "/json")
            if found.status != 200:
                call.answer(found)
                return
            terminal = bool(found.body["Config"]["Tty"])
        duplex = await machine.engine.hijack(path, what["query"], body, tuple(what.get("version") or CURRENT))
        self._duplexes[call.number] = duplex
        call.taken_over = True
        call.answer(Response(_SWITCHING, framed=not terminal))
        try:
            frame: Frame | None
            while (frame := await duplex.read()) is not None:
                if not call.put(frame):
                    call.cut()
                    return
        finally:
            duplex.close()

    def cut_all(self, node: str | None = None) -> None:
        for call in list(self.open.values()):
            if node in (None, call.node):
                if call.response is None:
                    call.nobody()
                call.cut()
                self._hang_up(call)

    def _power_changed(self, machine: "Machine") -> None:
        """Connections to an engine that stops break."""
        from playground.engine.machine import Power

        if machine.power is not Power.ON:
            self.cut_all(machine.name)
