"""A playground on a free port, and Chromium as the machine has it."""

import json
import os
import re
import select
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.install_browser import system_chromium

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = system_chromium()
    return {**browser_type_launch_args, "args": CHROMIUM_FLAGS, **({"executable_path": path} if path else {})}


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
        with urllib.request.urlopen(request, timeout=60) as answer:
            raw = answer.read()
        return json.loads(raw) if raw else None


def serve(server: str = "eventlet") -> Iterator[Served]:
    """Start the program on a free port, wait until it says its address, stop it at the end."""
    command = [sys.executable, "-m", "playground.command_line", "serve", "--port", "0", "--memory", "--server", server]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        deadline = time.monotonic() + 60
        lines: list[str] = []
        while time.monotonic() < deadline:
            if not select.select([process.stdout], [], [], 1)[0]:
                continue
            line = process.stdout.readline()
            lines.append(line)
            found = re.search(r"on (http://\S+)", line)
            if found:
                yield Served(found[1])
                return
            if not line:
                break
        raise AssertionError("the playground did not start:\n" + "".join(lines))
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    yield from serve()


@pytest.fixture
def errors(page: Page) -> list[str]:
    """What the page complained about in its console."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    return found


@dataclass
class LabPage:
    """The lab page as a learner uses it."""

    page: Page
    lab: dict[str, Any]
    served: Served

    def terminal(self, name: str) -> None:
        """Bring a terminal to the front."""
        tab = self.page.get_by_role("tab", name=re.compile(rf"^{name}\b"))
        if tab.get_attribute("aria-selected") != "true":
            tab.click()

    def type(self, name: str, line: str) -> None:
        """Type a line into a terminal and press Enter."""
        self.terminal(name)
        self.page.locator(f'[data-terminal-screen="{name}"] textarea').focus()
        self.page.keyboard.type(line, delay=1)
        self.page.keyboard.press("Enter")

    def screen(self, name: str) -> str:
        """What the server sent to a terminal so far, as the page holds it."""
        return str(self.page.evaluate("name => window.playground.terminalText(name)", name))

    def wait_for_text(self, name: str, pattern: str, timeout_s: float = 60) -> re.Match[str]:
        """Wait until a terminal shows something."""
        deadline = time.monotonic() + timeout_s
        while True:
            found = re.search(pattern, self.screen(name))
            if found:
                return found
            assert time.monotonic() < deadline, f"{name} never showed {pattern!r}:\n{self.screen(name)[-2000:]}"
            self.page.wait_for_timeout(100)

    def speed(self, factor: float) -> None:
        self.served.call("POST", f"/api/labs/{self.lab['id']}/clock", self.lab["token"], {"speed": factor})

    def view(self) -> dict[str, Any]:
        view: dict[str, Any] = self.served.call("GET", f"/api/labs/{self.lab['id']}/view", self.lab["token"])
        return view


@pytest.fixture
def open_lab(page: Page, served: Served) -> Callable[..., LabPage]:
    """Make a lab by REST and open its page."""

    def open_(**wanted: Any) -> LabPage:
        lab = served.call("POST", "/api/labs", body=wanted)
        page.goto(f"{served.url}/labs/{lab['id']}#token={lab['token']}")
        return LabPage(page, lab, served)

    return open_
