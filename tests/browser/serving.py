"""A playground in a process of its own, on a free port."""

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

START_LIMIT_S = 60


@dataclass(frozen=True)
class Served:
    """A running playground."""

    url: str

    def call(self, method: str, path: str, token: str | None = None, body: Any = None) -> Any:
        """One REST call; raises `urllib.error.HTTPError` when it is refused."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, method=method, data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            raw = answer.read()
        return json.loads(raw) if raw else None


@contextmanager
def playground(server: str = "eventlet") -> Iterator[Served]:
    """Start the program, wait until it says its address, and stop it at the end."""
    command = [sys.executable, "-m", "playground.command_line", "serve", "--port", "0", "--memory", "--server", server]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield Served(_address(process))
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    deadline = time.monotonic() + START_LIMIT_S
    said: list[str] = []
    while time.monotonic() < deadline:
        if not select.select([process.stdout], [], [], 1)[0]:
            continue
        line = process.stdout.readline()
        said.append(line)
        if found := re.search(r"on (http://\S+)", line):
            return found[1]
        if not line:
            break
    raise AssertionError("the playground did not start:\n" + "".join(said))
