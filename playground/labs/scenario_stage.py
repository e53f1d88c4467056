"""Where scenarios are played: on a lab of this process, or on one of a server, over REST."""

import json
import time
import urllib.error
import urllib.request
from typing import Any

from playground.backends.errors import Refusal
from playground.labs.clock import SECOND
from playground.labs.errors import LabError
from playground.labs.journal import Header, MemoryStore
from playground.labs.lab import Lab
from playground.labs.registry import Registry
from playground.labs.scenario import IMAGES, Json

RUNNING = 124
"""The exit code of a command that took longer than the server waits, as of one that took longer than it may."""
FIRST_INSTANT_US = 1_760_000_000_000_000


class HereStage:
    """A lab of this process, with a manual clock: as fast as the processor, and the same every time for one seed."""

    def __init__(self, nodes: tuple[str, ...], seed: int) -> None:
        self._registry = Registry(MemoryStore(), {})
        header = Header(seed=seed, wall_us=FIRST_INSTANT_US, nodes=nodes, images=IMAGES, manual=True)
        self.lab: Lab = self._registry.create(header)

    def address(self, node: str) -> str:
        return self.lab.cluster.address(node)

    def now_s(self) -> float:
        return self.lab.now_us / SECOND

    def run(self, node: str, command: str, *, tty: bool, limit_s: float) -> Json:
        what = {"do": "exec", "node": node, "command": command, "tty": tty, "limit_us": int(limit_s * SECOND)}
        try:
            answer: Json = self.lab.finish(self.lab.submit(what), time.sleep)
        except Refusal as refused:
            return {"stdout": "", "stderr": f"{refused}\n", "exit": 1}
        return answer

    def fault(self, fault: Json) -> None:
        self.lab.finish(self.lab.submit({"do": "fault", "fault": fault}), time.sleep)

    def wait(self, seconds: float) -> None:
        self.lab.advance(seconds, time.sleep)


class ServerStage:
    """A lab of a server. It stays there; ``url`` opens its page.

    Raises:
        LabError: the server does not answer, or refuses.
    """

    def __init__(self, server: str, nodes: tuple[str, ...], seed: int) -> None:
        self._server = server.rstrip("/")
        self._token = ""
        body = {"nodes": list(nodes), "images": list(IMAGES), "seed": seed, "clock": "manual"}
        self._made: Json = self._call("POST", "/api/labs", body)
        self._token = self._made["token"]
        self._below = f"/api/labs/{self._made['id']}"
        self.url = f"{self._server}/labs/{self._made['id']}#token={self._token}"

    def address(self, node: str) -> str:
        return str(self._made["nodes"][node]["ip"])

    def now_s(self) -> float:
        return float(self._call("POST", f"{self._below}/clock", {"advance": 0})["now"])

    def run(self, node: str, command: str, *, tty: bool, limit_s: float) -> Json:
        body = {"node": node, "command": command, "tty": tty, "timeout": limit_s}
        try:
            answer: Json = self._call("POST", f"{self._below}/exec", body)
        except LabError as refused:
            return {"stdout": "", "stderr": f"{refused}\n", "exit": 1}
        return {**answer, "exit": RUNNING} if answer.pop("running", False) else answer

    def fault(self, fault: Json) -> None:
        self._call("POST", f"{self._below}/faults", fault)

    def wait(self, seconds: float) -> None:
        self._call("POST", f"{self._below}/clock", {"advance": seconds})

    def _call(self, method: str, path: str, body: Any) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        try:
            request = urllib.request.Request(
                self._server + path, method=method, data=json.dumps(body).encode(), headers=headers
            )
            with urllib.request.urlopen(request, timeout=300) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            said = error.read()
            try:
                reason = json.loads(said)["error"]
            except (ValueError, KeyError, TypeError):
                reason = f"the server answered {error.code}"
            raise LabError(str(reason)) from None
        except (OSError, ValueError) as error:
            raise LabError(f"{self._server} does not answer: {getattr(error, 'reason', error)}") from None
