"""The diagram by pointer and by keys: networks, ports and the small browser, zooming, a rollout, a small screen."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import LabPage

pytestmark = pytest.mark.browser

AT_WORK: dict[str, Any] = {"sandbox": {"topology": "3+2", "situation": "at-work"}, "seed": 3}


def view_box(page: Page) -> list[float]:
    return [float(part) for part in (page.locator("#diagram .diagram").get_attribute("viewBox") or "").split()]


def test_networks_and_ports_stand_in_the_picture_and_open(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(**AT_WORK)
    page = lab.page
    shop = page.get_by_role("button", name="Network shop")
    shop.hover()
    expect(page.locator("#caption")).to_contain_text("the tasks of web and api find each other")
    shop.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#inspector h2")).to_have_text("shop")
    page.locator("#inspector").get_by_role("button", name="api").click()
    expect(page.locator("#inspector h2")).to_have_text("api")
    page.get_by_role("button", name="Close the inspector").click()

    page.get_by_role("button", name="Port 8080 api", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#browser .browser-status")).to_contain_text("200, answered by api.")
    page.get_by_role("button", name="Ask ten times").click()
    expect(page.locator("#browser .tally-sum")).to_have_text("11 answers.")
    # Three tasks take turns: eleven answers are four, four and three.
    expect(page.locator("#browser .tally-count")).to_have_count(3)
    assert sorted(page.locator("#browser .tally-count").all_inner_texts()) == ["3×", "4×", "4×"]

    page.locator("#browser [name=port]").fill("9999")
    page.locator("#browser .address .primary").click()
    expect(page.locator("#browser .browser-status")).to_contain_text("No service publishes port 9999.")
    expect(page.locator("#browser .tally-sum")).to_have_text("0 answers. 1 failure.")


def test_the_picture_is_zoomed_and_moved_by_pointer_and_by_keys(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(**AT_WORK)
    page = lab.page
    expect(lab.node("worker2")).to_be_visible()
    lab.box("worker2")
    whole = view_box(page)

    card = lab.box("manager1")
    page.mouse.move(card["x"] + 20, card["y"] + 20)
    page.mouse.wheel(0, -240)
    nearer = view_box(page)
    assert nearer[2] < whole[2]
    page.mouse.move(card["x"] - 24, card["y"] + 60)
    page.mouse.down()
    page.mouse.move(card["x"] - 60, card["y"] + 20, steps=4)
    page.mouse.up()
    assert view_box(page)[0] > nearer[0]
    page.get_by_role("button", name="Fit").click()
    assert view_box(page) == whole

    lab.node("manager1").focus()
    page.keyboard.press("+")
    before = view_box(page)
    assert before[2] < whole[2]
    page.keyboard.press("Shift+ArrowRight")
    assert view_box(page)[0] > before[0]
    page.keyboard.press("0")
    assert view_box(page) == whole
    page.keyboard.press("ArrowDown")
    expect(lab.node("worker1")).to_be_focused()


def test_two_fingers_make_the_picture_larger_about_what_is_between_them(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(**AT_WORK)
    page = lab.page
    card = lab.box("manager1")
    whole = view_box(page)
    tools = page.context.new_cdp_session(page)
    tools.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})
    middle, height = card["x"] + card["width"] / 2, card["y"] + card["height"] / 2

    def touch(kind: str, *apart: int) -> None:
        points = [{"x": middle + side * by, "y": height, "id": side} for by in apart for side in (-1, 1)]
        tools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 40)
    for apart in (50, 65, 80):
        touch("touchMove", apart)
    touch("touchEnd")
    page.wait_for_function(
        "before => document.querySelector('#diagram .diagram').viewBox.baseVal.width < before * 0.6", arg=whole[2]
    )
    larger = lab.box("manager1")
    assert larger["width"] / card["width"] == pytest.approx(2, rel=0.1)
    # What was between the fingers is there still.
    assert larger["x"] + larger["width"] / 2 == pytest.approx(middle, abs=larger["width"] / 4)


def test_a_rollout_is_a_wave_of_another_form(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(**AT_WORK)
    page = lab.page
    lab.prepare("manager1", "docker service update -d --update-delay 1m --image joeyratt/webpage:v2.0 web")
    lab.speed(20)
    expect(page.locator('#diagram .task[data-age="new"][data-form="running"]')).to_have_count(1)
    lab.served.call("POST", f"/api/labs/{lab.lab['id']}/clock", lab.lab["token"], {"paused": True})

    expect(page.locator('#diagram .task[data-age="old"][data-form="running"]')).to_have_count(4)
    expect(page.locator("#services .rollout").first).to_have_text("1 of 5 are of the new version")
    page.locator('#diagram .task[data-age="new"][data-form="running"]').hover()
    expect(page.locator("#caption")).to_contain_text("It is of the new version.")


def test_a_small_screen_lacks_nothing(page: Page, open_lab: Callable[..., LabPage]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    lab = open_lab(**AT_WORK)
    page.locator('.pane-tabs [data-pane="cluster"]').click()
    for name in ("Cut", "Sides…", "Raft", "Outline", "Larger", "Fit"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name=re.compile("^×60"))).to_be_visible()
    page.get_by_role("button", name=re.compile("^×¼")).click()
    expect(page.get_by_role("button", name=re.compile("^×¼"))).to_have_attribute("aria-pressed", "true")
    assert lab.view()["clock"]["speed"] == 0.25
    page.get_by_role("button", name="Raft", exact=True).click()
    expect(page.get_by_role("heading", name="Raft", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_link_is_slowed_cut_and_mended_by_keys_alone_and_one_undo_takes_it_back(
    open_lab: Callable[..., LabPage],
) -> None:
    lab = open_lab(nodes=["manager1", "manager2", "worker1"])
    lab.swarm(["manager1", "manager2"], ["worker1"])
    page = lab.page
    line = page.locator('#diagram .link[data-link="manager1|worker1"]')
    expect(line).to_have_attribute("data-form", "whole")
    page.keyboard.press("Alt+2")
    expect(lab.node("manager1")).to_be_focused()
    # Behind the machines the links, as they are called; arrows go from one to the next.
    page.keyboard.press("Tab")
    stop = page.locator("#diagram .link-stop:focus")
    expect(stop).to_have_attribute("aria-label", "manager1 and manager2 hear each other.")
    page.keyboard.press("ArrowRight")
    expect(stop).to_have_attribute("aria-label", "manager1 and worker1 hear each other.")
    expect(page.locator("#caption")).to_have_text("manager1 and worker1 hear each other.")

    page.keyboard.press("Enter")
    form = page.locator("#link-form")
    expect(form).to_be_visible()
    form.get_by_label("Slower by").press("Control+a")
    page.keyboard.type("200")
    form.get_by_label("Loses of its packets").press("Control+a")
    page.keyboard.type("30")
    page.keyboard.press("Enter")
    expect(line).to_have_attribute("data-form", "lossy")
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    expect(stop).to_have_attribute(
        "aria-label", "The link between manager1 and worker1 is 200 ms slower and loses 30 % of its packets."
    )
    page.keyboard.press("Alt+z")
    expect(line).to_have_attribute("data-form", "whole")

    # The same from the outline.
    page.locator("#outline-open").press("Enter")
    page.locator("#outline").get_by_role("button", name="manager1 and worker1 hear each other.").press("Enter")
    form.get_by_label("Cut").press("Space")
    page.keyboard.press("Enter")
    expect(line).to_have_attribute("data-form", "cut")
    page.locator("#outline-open").press("Enter")
    page.locator("#outline").get_by_role("button", name="The link between manager1 and worker1 is cut.").first.press(
        "Enter"
    )
    expect(line).to_have_attribute("data-form", "whole")
