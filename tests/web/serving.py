"""The program as users start it, for tests with real clients."""

import json
import os
import re
import select
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass
class Served:
    """A running playground."""

    url: str

    def call(self, method: str, path: str, token: str | None = None, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, method=method, data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            raw = answer.read()
        return json.loads(raw) if raw else None

    def lab(self, *nodes: str, **more: Any) -> "ServedLab":
        return ServedLab(self, self.call("POST", "/api/labs", body={"nodes": list(nodes), "seed": 1, **more}))


@dataclass
class ServedLab:
    served: Served
    made: dict[str, Any]

    def engine(self, node: str) -> str:
        """The value for DOCKER_HOST."""
        return str(self.made["nodes"][node]["engine"])

    def call(self, method: str, below: str, body: Any = None) -> Any:
        return self.served.call(method, f"/api/labs/{self.made['id']}{below}", self.made["token"], body)

    def run(self, node: str, command: str, tty: bool = False) -> tuple[str, str, int]:
        answer = self.call("POST", "/exec", {"node": node, "command": command, "tty": tty})
        return answer["stdout"], answer["stderr"], answer["exit"]


@contextmanager
def serving(server: str, *options: str) -> Iterator[Served]:
    """Start the program on a free port, wait until it says its address, stop it at the end."""
    command = [sys.executable, "-W", "ignore", "-m", "playground.command_line", "serve"]
    process = subprocess.Popen(
        [*command, "--port", "0", "--memory", "--server", server, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        yield Served(_address(process))
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _address(process: "subprocess.Popen[bytes]") -> str:
    assert process.stdout is not None
    said = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([process.stdout], [], [], 0.5)[0]:
            piece = os.read(process.stdout.fileno(), 4096)
            assert piece, f"the program ended: {said.decode(errors='replace')}"
            said += piece
            found = re.search(rb"on (http://\S+:\d+)", said)
            if found is not None and _up(found[1].decode()):
                return found[1].decode()
    raise AssertionError(f"no address within a minute: {said.decode(errors='replace')}")


def _up(url: str) -> bool:
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"{url}/api/lessons", timeout=5):
                return True
        except OSError:
            time.sleep(0.1)
    return False
