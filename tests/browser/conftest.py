"""A playground on a free port, Chromium as the machine has it, and a lab page that nothing may go wrong on."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.driving import LabPage
from tests.browser.serving import Served, playground
from tests.install_browser import system_chromium

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LIMIT_MS = 30_000
expect.set_options(timeout=LIMIT_MS)


def pytest_configure(config: pytest.Config) -> None:
    """A test that fails leaves a picture of its page in test-results/."""
    # pytest-base-url, which pytest-playwright brings, defines its fixture in a way that pytest 10 will refuse.
    config.addinivalue_line("filterwarnings", "ignore:Session-scoped fixtures defined as instance methods")
    if hasattr(config.option, "screenshot"):
        config.option.screenshot = "only-on-failure"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = system_chromium()
    return {**browser_type_launch_args, "args": CHROMIUM_FLAGS, **({"executable_path": path} if path else {})}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "viewport": {"width": 1440, "height": 900},
        "permissions": ["clipboard-read", "clipboard-write"],
    }


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    with playground() as running:
        yield running


@pytest.fixture
def labs(served: Served) -> Iterator[list[dict[str, Any]]]:
    """The labs that a test made; they end after its pages are closed, so that no page complains of it."""
    made: list[dict[str, Any]] = []
    yield made
    for lab in made:
        served.call("DELETE", f"/api/labs/{lab['id']}", lab["token"])


@pytest.fixture(autouse=True)
def errors(labs: list[dict[str, Any]], context: BrowserContext, served: Served) -> Iterator[list[str]]:
    """What the pages complained about in their consoles. At the end of a test there must be nothing in it.

    Nor may the server have complained.
    """
    found: list[str] = []
    said_before = len(served.log.read_text())
    context.on("weberror", lambda error: found.append(str(error.error)))
    context.on("console", lambda said: found.append(said.text) if said.type in ("error", "warning") else None)
    context.set_default_timeout(LIMIT_MS)
    yield found
    assert found == []
    assert "Traceback" not in (said := served.log.read_text()[said_before:]), said


@pytest.fixture
def open_lab(page: Page, served: Served, labs: list[dict[str, Any]]) -> Callable[..., LabPage]:
    """Make a lab by REST, as ``POST /api/labs`` takes it, and open its page."""

    def open_(**wanted: Any) -> LabPage:
        lab = served.call("POST", "/api/labs", body=wanted)
        labs.append(lab)
        page.goto(f"{served.url}/labs/{lab['id']}#token={lab['token']}")
        return LabPage(page, lab, served)

    return open_
