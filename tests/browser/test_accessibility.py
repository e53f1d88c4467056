"""axe-core finds nothing on any page: light and dark, wide and narrow."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import LabPage
from tests.browser.serving import Served

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = (1440, 900), (390, 844)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not AXE.is_file(), reason="axe-core is missing: python -m playground.web.bundle --with-tests"),
    pytest.mark.parametrize("scheme", ["light", "dark"]),
]


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it is, each with the first elements that it names."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("() => axe.run({ resultTypes: ['violations'] })")
    return [
        f"{rule['id']}: {rule['help']}: {[(node['target'], node['failureSummary']) for node in rule['nodes'][:4]]}"
        for rule in found["violations"]
    ]


def dress(page: Page, scheme: Literal["light", "dark"], size: tuple[int, int]) -> None:
    # With less motion nothing is caught half way through fading in.
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": size[0], "height": size[1]})


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_start_page(page: Page, served: Served, scheme: Literal["light", "dark"], size: tuple[int, int]) -> None:
    dress(page, scheme, size)
    page.goto(served.url)
    expect(page.locator("#diagram [data-node]")).not_to_have_count(0)
    assert violations(page) == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_chapter_map(page: Page, served: Served, scheme: Literal["light", "dark"], size: tuple[int, int]) -> None:
    dress(page, scheme, size)
    page.goto(f"{served.url}/lessons")
    expect(page.locator("#lessons li")).not_to_have_count(0)
    assert violations(page) == []
    if size == WIDE:
        return
    done = {
        "lab": "",
        "token": "",
        "step": 5,
        "steps": 5,
        "done": True,
        "played": 1,
        "at": 1,
        "finished": 1,
        "unaided": 4,
    }
    page.evaluate("visits => localStorage.setItem('lessons', visits)", json.dumps({"02-join": done}))
    for address, shown in (
        ("/certificate", "#finished li"),
        ("/authors", "#authors h2"),
        ("/lessons/02-join", "#lessons li"),
        ("/lessons/02-join/print", "article h2"),
    ):
        page.goto(f"{served.url}{address}?language=de")
        expect(page.locator(shown)).not_to_have_count(0)
        assert violations(page) == [], address


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_sandbox(page: Page, served: Served, scheme: Literal["light", "dark"], size: tuple[int, int]) -> None:
    dress(page, scheme, size)
    page.goto(f"{served.url}/sandbox?topology=1%2B1")
    expect(page.locator("#size")).not_to_be_empty()
    assert violations(page) == []


def busy_lab(open_lab: Callable[..., LabPage]) -> LabPage:
    """A lesson's lab with much to see: services, a worker that is off, a cut network."""
    lab = open_lab(lesson="05-partition")
    lab.speed(20)
    lab.prepare("manager1", "docker service create --detach --name api -p 8080:80 --replicas 3 joeyratt/webpage")
    body = {"partition": [["manager1"], ["manager2", "manager3", "worker1"]]}
    lab.served.call("POST", f"/api/labs/{lab.lab['id']}/faults", lab.lab["token"], body)
    lab.expect_without_quorum("manager1")
    lab.served.call("POST", f"/api/labs/{lab.lab['id']}/clock", lab.lab["token"], {"paused": True})
    return lab


def test_the_lab_wide(page: Page, open_lab: Callable[..., LabPage], scheme: Literal["light", "dark"]) -> None:
    dress(page, scheme, WIDE)
    lab = busy_lab(open_lab)
    lab.step_is("Three managers")
    page.locator("#hint").click()
    expect(page.locator("#lesson .hint")).to_have_count(1)
    assert violations(page) == []
    page.locator("#outline-open").click()
    expect(page.locator("#outline li")).not_to_have_count(0)
    assert violations(page) == []
    page.locator("#outline-open").click()
    lab.node("worker1").locator(".card").click(position={"x": 20, "y": 12})
    expect(page.locator("#node-menu")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator("#timeline .track").press("PageUp")
    expect(page.locator("#past")).to_be_visible()
    assert violations(page) == []
    page.locator("#back-to-now").click()
    dialogs = {
        "#choose-sides": "#sides",
        "#timeline-open": "#timeline-list",
        "#share-open": "#share",
        "#keys-open": "#keys",
    }
    for opener, dialog in dialogs.items():
        page.locator(opener).click()
        expect(page.locator(dialog)).to_be_visible()
        assert violations(page) == [], dialog
        page.keyboard.press("Escape")


def test_the_panels_of_a_lab_at_work(
    page: Page, open_lab: Callable[..., LabPage], scheme: Literal["light", "dark"]
) -> None:
    dress(page, scheme, WIDE)
    lab = open_lab(sandbox={"topology": "5+3", "situation": "at-work"}, seed=3)
    lab.prepare("manager1", "docker service update -d --update-delay 1m --image joeyratt/webpage:v2.0 web")
    lab.speed(20)
    expect(page.locator('#diagram .task[data-age="new"]')).not_to_have_count(0)
    lab.served.call("POST", f"/api/labs/{lab.lab['id']}/clock", lab.lab["token"], {"paused": True})
    assert violations(page) == []
    page.get_by_role("button", name="Network shop").click()
    expect(page.locator("#inspector h2")).to_have_text("shop")
    assert violations(page) == []
    for opener, panel in (("#services .name >> nth=0", "#inspector"), ("#raft-open", "#raft")):
        page.locator(opener).evaluate("button => button.click()")
        expect(page.locator(panel)).to_be_visible()
        assert violations(page) == [], opener
    page.locator("#raft [data-close]").click()
    lab.served.call("POST", f"/api/labs/{lab.lab['id']}/clock", lab.lab["token"], {"paused": False})
    page.locator("#services .open").last.click()
    expect(page.locator("#browser .browser-status")).to_contain_text("answered by api.")
    assert violations(page) == []


def test_what_looks_inside(page: Page, open_lab: Callable[..., LabPage], scheme: Literal["light", "dark"]) -> None:
    dress(page, scheme, WIDE)
    lab = open_lab(nodes=["manager1", "worker1"])
    lab.swarm(["manager1"], ["worker1"])
    lab.fault({"slow": ["manager1", "worker1"], "ms": 50})
    page.locator("#way-open").click()
    expect(page.locator("#way .way-title")).to_have_text("The command starts")
    assert violations(page) == []
    page.locator("#raft-open").click()
    expect(page.locator("#raft .log-entries li")).not_to_have_count(0)
    page.locator("#raft .log-entries summary").first.click()
    assert violations(page) == []
    page.locator("#broken-open").click()
    expect(page.locator("#broken li")).to_have_count(1)
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator("#raft [data-close]").click()
    lab.node("worker1").press("Enter")
    expect(page.locator("#node-menu")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("menuitem", name="Its links…").click()
    expect(page.locator("#link-form")).to_be_visible()
    assert violations(page) == []


def test_what_is_read_in_another_language_is_in_the_names_of_its_buttons(
    page: Page, open_lab: Callable[..., LabPage], scheme: Literal["light", "dark"]
) -> None:
    dress(page, scheme, NARROW)
    page.set_extra_http_headers({"Accept-Language": "de"})
    open_lab(sandbox={"topology": "3+2", "situation": "at-work"}, seed=3)
    page.locator('.pane-tabs [data-pane="cluster"]').click()
    expect(page.locator("#services .open")).to_have_count(2)
    assert violations(page) == []
    page.locator("#timeline-open").click()
    expect(page.locator("#timeline-list")).to_contain_text("Zeig wie")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW[0]


def test_the_lab_narrow(page: Page, open_lab: Callable[..., LabPage], scheme: Literal["light", "dark"]) -> None:
    dress(page, scheme, NARROW)
    lab = open_lab(lesson="05-partition")
    lab.step_is("Three managers")
    for pane in ("lesson", "cluster", "terminals"):
        page.locator(f'.pane-tabs [data-pane="{pane}"]').click()
        expect(page.locator(f"#{pane}")).to_be_visible()
        assert violations(page) == [], pane
