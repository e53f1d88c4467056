"""A playground in a process of its own, on a free port."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_LIMIT_S = 60


@dataclass(frozen=True)
class Served:
    """A running playground."""

    url: str
    log: Path
    pid: int

    def call(self, method: str, path: str, token: str | None = None, body: Any = None) -> Any:
        """One REST call; raises ``urllib.error.HTTPError`` when it is refused."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, method=method, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                raw = answer.read()
        except urllib.error.HTTPError as error:
            if error.code == 500:
                raise AssertionError(f"{method} {path} broke the server:\n{self.said()}") from error
            raise
        return json.loads(raw) if raw else None

    def said(self) -> str:
        """The newest of what the program wrote."""
        return self.log.read_text()[-4000:]


@contextmanager
def playground(
    server: str = "eventlet", more: Sequence[str] = ("--memory",), environment: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """Start the program, wait until it says its address, and stop it at the end."""
    command = [sys.executable, "-m", "playground.command_line", "serve", "--port", "0", "--server", server, *more]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("w") as output:
            process = subprocess.Popen(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
            )
        try:
            yield Served(_address(process, log), log, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    deadline = time.monotonic() + START_LIMIT_S
    while process.poll() is None and time.monotonic() < deadline:
        if found := re.search(r"on (http://\S+)\n", log.read_text()):
            with suppress(OSError):  # It says its address a moment before it listens.
                urllib.request.urlopen(f"{found[1]}/api/lessons", timeout=10).close()
                return found[1]
        time.sleep(0.05)
    raise AssertionError(f"the playground did not start:\n{log.read_text()}")
