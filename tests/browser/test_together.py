"""Several pages on one lab, and a page that was away for a while."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.driving import LabPage

pytestmark = pytest.mark.browser

DRAWN = """() => [...document.querySelectorAll("#diagram [data-node]")].map(node => [
    node.dataset.node, node.dataset.form, node.querySelector(".status").textContent,
    [...node.querySelectorAll("[data-task]")].map(task => `${task.dataset.task} ${task.dataset.form}`).sort(),
]).sort()"""


def another_page(lab: LabPage, context: BrowserContext) -> LabPage:
    """The same lab, opened once more."""
    page = context.new_page()
    page.goto(f"{lab.served.url}/labs/{lab.lab['id']}#token={lab.lab['token']}")
    return LabPage(page, lab.lab, lab.served)


def drawn(page: Page) -> Any:
    return page.evaluate(DRAWN)


def expect_drawn_alike(first: Page, second: Page) -> None:
    """Wait until both diagrams show the same machines in the same state, with the same tasks."""
    second.wait_for_function(
        f"wanted => JSON.stringify(({DRAWN})()) === wanted", arg=first.evaluate(f"() => JSON.stringify(({DRAWN})())")
    )


def test_two_pages_on_one_lab_see_the_same(open_lab: Callable[..., LabPage], context: BrowserContext) -> None:
    mine = open_lab(nodes=["manager1", "worker1"])
    theirs = another_page(mine, context)
    theirs.focus("manager1")
    mine.page.bring_to_front()
    mine.run("manager1", "docker swarm init")
    mine.run("manager1", "docker service create --name web --replicas 2 joeyratt/webpage")
    theirs.page.bring_to_front()
    theirs.shows("manager1", r"verify: Service \w+ converged\s*\n\S+\$ *$")
    assert theirs.text("manager1") == mine.text("manager1")
    theirs.expect_running("manager1", count=2)
    expect_drawn_alike(mine.page, theirs.page)

    # Both type into one terminal, as into a shared screen.
    theirs.focus("manager1")
    theirs.write("manager1", "docker service scale ")
    mine.page.bring_to_front()
    mine.focus("manager1")
    mine.write("manager1", "web=3")
    mine.page.keyboard.press("Enter")
    theirs.page.bring_to_front()
    theirs.shows("manager1", r"docker service scale web=3\n(.*\n)*verify: Service \w+ converged")
    theirs.expect_running("manager1", count=3)

    # What one page does to the machines and the clock, the other shows.
    theirs.choose("worker1", "Kill")
    theirs.page.locator('#clock [data-speed="20"]').click()
    mine.page.bring_to_front()
    expect(mine.node("worker1")).to_have_attribute("data-form", "off")
    expect(mine.page.locator('#clock [data-speed="20"]')).to_have_attribute("aria-pressed", "true")
    expect_drawn_alike(theirs.page, mine.page)


def test_a_page_that_was_away_catches_up(
    open_lab: Callable[..., LabPage], context: BrowserContext, errors: list[str]
) -> None:
    lab = open_lab(nodes=["manager1", "worker1", "worker2"])
    lab.swarm(["manager1"], ["worker1"])
    lab.run("manager1", "docker node ls")
    context.set_offline(True)
    expect(lab.page.locator("#notice")).to_contain_text("The connection is gone")
    # The lab goes on, and so does who types.
    lab.page.keyboard.type("hostname")
    lab.page.keyboard.press("Enter")
    token = lab.prepare("manager1", "docker swarm join-token -q worker").strip()
    lab.prepare("worker2", f"docker swarm join --token {token} {lab.lab['nodes']['manager1']['ip']}:2377")
    lab.prepare("manager1", "docker service create --name web --replicas 6 joeyratt/webpage")
    expect(lab.node("worker2")).to_have_attribute("data-form", "plain")
    lab.expect_running("manager1", "worker1", "worker2", count=0)
    context.set_offline(False)

    expect(lab.page.locator("#notice")).to_be_hidden()
    lab.expect_running("manager1", "worker1", "worker2", count=6)
    expect(lab.node("worker2")).to_have_attribute("data-form", "worker")
    shown = lab.shows("manager1", r"\$ hostname\nmanager1\n\S+\$ *$")
    assert shown.count("docker node ls") == 1
    again = another_page(lab, context)
    again.expect_running("manager1", "worker1", "worker2", count=6)
    expect_drawn_alike(lab.page, again.page)
    # That it could not reach the server while it was away is what a browser says of itself.
    errors[:] = [error for error in errors if "ERR_INTERNET_DISCONNECTED" not in error]


def test_a_reload_in_the_middle_of_a_lesson_goes_on_there(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(lesson="02-join")
    lab.run("manager1", "docker swarm join-token worker")
    lab.next_step()
    lab.step_is("A worker joins")
    lab.page.reload()
    lab.step_is("A worker joins")
    expect(lab.page.locator("#lesson .step-count")).to_have_text("Step 2 of 5")
    expect(lab.page.locator('#lesson .steps button[data-state="done"]')).to_have_count(1)


def test_a_lab_that_does_not_let_one_in_says_why_and_leads_away(
    open_lab: Callable[..., LabPage], context: BrowserContext
) -> None:
    lab = open_lab(nodes=["manager1"])
    page = context.new_page()
    for address, title in (
        ("nope#token=x", "There is no such lab"),
        (f"{lab.lab['id']}#token=x", "This lab is not open to you"),
    ):
        page.goto("about:blank")
        page.goto(f"{lab.served.url}/labs/{address}")
        expect(page.locator("#lesson h1")).to_have_text(title)
        expect(page.locator("#lesson .prose a").first).to_have_attribute("href", "/")
        expect(page.locator("#notice")).to_be_hidden()
        expect(page.locator("#cluster")).to_have_attribute("inert", "")
    page.close()
