"""The sandbox: machines and a situation are chosen, by pointer or by keys, and are there in the lab."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import Served

pytestmark = pytest.mark.browser


def came_to_a_lab(page: Page, served: Served, labs: list[dict[str, Any]]) -> None:
    """Wait for the lab's page, and note the lab so that it ends with the test."""
    page.wait_for_url(re.compile(r"/labs/\w+"))
    lab = page.url.rpartition("/")[2].partition("#")[0]
    expect(page.locator("#diagram [data-node]")).not_to_have_count(0)
    token = page.evaluate("lab => sessionStorage.getItem(`token ${lab}`)", lab)
    labs.append(served.call("GET", f"/api/labs/{lab}", token) | {"token": token})


def test_the_start_page_leads_to_a_situation_that_is_there(
    page: Page, served: Served, labs: list[dict[str, Any]]
) -> None:
    page.goto(served.url)
    page.get_by_role("link", name="Split brain").click()
    expect(page.get_by_role("radio", name="Split brain")).to_be_checked()
    page.get_by_role("button", name="Open the lab").click()

    came_to_a_lab(page, served, labs)
    expect(page.locator("#lesson h1")).to_have_text("Split brain")
    expect(page.locator("#lesson .step-count")).to_have_text("Sandbox, 3 managers and 2 workers")
    expect(page.locator("#diagram .tear .edge")).not_to_have_count(0)
    page.get_by_role("button", name="Heal the network").click()
    expect(page.locator("#diagram .tear .edge")).to_have_count(0)


def test_a_lab_of_ones_own_size_is_made_by_keys_alone(page: Page, served: Served, labs: list[dict[str, Any]]) -> None:
    page.goto(f"{served.url}/sandbox?topology=1%2B1")
    split = page.get_by_role("radio", name="Split brain")
    expect(split).to_be_disabled()
    page.get_by_role("radio", name="One manager", exact=False).focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio", name="Your own")).to_be_checked()
    for number in ("5", "4", "2"):
        page.keyboard.press("Tab")
        page.keyboard.type(number)
    expect(page.locator("#size")).to_have_text(
        "5 managers and 4 workers, over two zones. Three of five managers must agree, so two may fail."
    )
    expect(split).to_be_enabled()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    came_to_a_lab(page, served, labs)
    expect(page.locator("#diagram [data-node]")).to_have_count(9)
    expect(page.locator("#diagram .zone-name")).to_have_text(["zone a", "zone b"])
