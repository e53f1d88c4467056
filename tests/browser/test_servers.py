"""Whatever carries the connections, the page works: the same small visit with each of them."""

import re

import pytest
from playwright.sync_api import Page, expect

from playground.web import servers
from tests.browser.driving import LabPage
from tests.browser.serving import Served, playground

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("server", servers.NAMES)
def test_a_visit_from_the_start_page_to_a_machine(server: str, page: Page) -> None:
    with playground(server) as served:
        sockets: list[str] = []
        page.on("websocket", lambda socket: sockets.append(socket.url))
        page.goto(served.url)
        page.locator("#free").click()
        page.wait_for_url("**/labs/*")
        lab = LabPage(page, {"id": page.url.split("/labs/")[1].split("#")[0]}, served)
        page.locator('#clock [data-speed="20"]').click()
        lab.run("host", "multipass launch docker --name manager1")
        expect(lab.node("manager1")).to_have_attribute("data-form", "plain")
        assert lab.run("manager1", "hostname") == "manager1"
        lab.run("manager1", "docker swarm init")
        expect(lab.node("manager1")).to_have_attribute("data-form", "leader")
        assert any("transport=websocket" in url for url in sockets)
        page.reload()
        expect(lab.node("manager1")).to_have_attribute("data-form", "leader")
        # The page goes before its server does: else it would complain.
        page.close()


def test_the_chapter_begins_on_the_start_page(page: Page, served: Served) -> None:
    page.goto(served.url)
    page.locator("#start").click()
    page.wait_for_url("**/labs/*")
    expect(page.locator("#lesson .step-count")).to_have_text(re.compile(r"Step 1 of \d"))
