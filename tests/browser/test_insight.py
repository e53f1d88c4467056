"""Looking inside and breaking things, with pointer and keyboard: a command's way, Raft's log, faults and their undo."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.driving import LabPage

pytestmark = pytest.mark.browser

CREATE = "docker service create --detach --name web --replicas 2 joeyratt/webpage"


def test_the_way_of_a_command_is_walked_by_keys_and_shown_in_the_diagram(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(nodes=["manager1", "manager2", "manager3"])
    lab.swarm(["manager1", "manager2", "manager3"], [])
    lab.prepare("manager2", CREATE)
    page = lab.page
    page.locator("#way-open").focus()
    page.keyboard.press("Enter")
    title, count = page.locator("#way .way-title"), page.locator("#way .way-count")
    expect(title).to_have_text("The command starts")
    expect(count).to_have_text(re.compile(r"^1 of \d+"))
    expect(lab.node("manager2")).to_have_attribute("data-told", "")
    expect(lab.node("manager3")).not_to_have_attribute("data-told", "")

    for _ in range(30):
        if title.inner_text().endswith("goes to the others"):
            break
        page.keyboard.press("ArrowRight")
    expect(page.locator("#diagram .told-link")).to_have_count(2)
    page.locator("#way .way-stages button", has_text="Placement").click()
    expect(title).to_contain_text("shall run on")
    expect(page.locator("#way .way-changes li").first).to_contain_text("could take it")
    page.keyboard.press("Escape")
    expect(page.locator("#way")).to_be_hidden()
    expect(page.locator("#diagram [data-told]")).to_have_count(0)

    # From the list of what happened, of an older command.
    page.locator("#timeline-open").click()
    page.get_by_role("button", name=re.compile("Show how docker swarm init")).click()
    expect(page.locator("#way .way-text")).to_contain_text("docker swarm init")


def test_a_log_that_waits_for_a_majority_is_seen_to_wait(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(nodes=["manager1", "manager2", "manager3"])
    lab.swarm(["manager1", "manager2", "manager3"], [])
    page = lab.page
    page.locator("#raft-open").click()
    entries = page.locator("#raft .log-entries > li")
    expect(entries.first).to_have_attribute("data-form", "agreed")
    page.locator("#raft .log-choice button", has_text="manager2").click()
    expect(page.locator("#raft .log-entries")).to_contain_text("manager3 becomes a member")
    page.locator("#raft .log-choice button", has_text="manager1").click()

    lab.fault({"partition": [["manager1"], ["manager2", "manager3"]]})
    lab.enter("manager1", CREATE)
    expect(entries.first).to_have_attribute("data-form", "open")
    expect(entries.first).to_contain_text("service web: created")
    lab.speed(20)
    expect(page.locator("#raft .member").first).to_contain_text("no quorum")


def test_a_link_is_slowed_and_made_to_lose_by_its_form_and_both_are_undone(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(nodes=["manager1", "worker1"])
    lab.swarm(["manager1"], ["worker1"])
    page = lab.page
    expect(page.locator("#broken-open")).to_be_disabled()
    lab.node("manager1").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Its links").press("Enter")
    form = page.locator("#link-form")
    form.get_by_label("Slower by").fill("150")
    form.get_by_label("Loses of its packets").fill("20")
    page.keyboard.press("Enter")
    link = page.locator('#diagram [data-link="manager1|worker1"]')
    expect(link).to_have_attribute("data-form", re.compile("slow|lossy"))
    # Its inspector says so too, and stays: state against what it should be, what was done to it, who is at its ends.
    inspector = page.locator("#inspector")
    expect(inspector.get_by_role("row", name="Slower by 0 ms 150 ms")).to_be_visible()
    expect(inspector.locator(".events li").first).to_contain_text("Link manager1 to worker1 loses 20 % of its packets")
    expect(inspector.locator(".parts button")).to_have_text(["manager1: leader · term 2", "worker1: ready"])
    expect(link).to_have_attribute("data-inspected", "")

    page.locator("#broken-open").click()
    faults = page.locator("#broken li")
    expect(faults).to_have_count(2)
    # Both came in one act, at one moment: neither is first.
    slow = faults.filter(has_text="manager1 to worker1 takes 150 ms longer")
    slow.get_by_role("button").press("Enter")
    expect(faults).to_have_count(1)
    page.get_by_role("button", name="Undo all").click()
    expect(page.locator("#broken-open")).to_be_disabled()
    expect(link).to_have_attribute("data-form", "whole")
    expect(form.get_by_label("Loses of its packets")).to_have_value("0")


def test_a_task_is_killed_and_its_image_made_to_fail(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(nodes=["manager1"])
    lab.swarm(["manager1"], [])
    lab.prepare("manager1", CREATE)
    lab.speed(20)
    lab.expect_running("manager1", count=2)
    page = lab.page
    page.locator("#services .service button").first.click()
    page.get_by_role("button", name="Make its image misbehave").click()
    form = page.locator("#image-form")
    expect(form.locator(".image-name")).to_have_text("joeyratt/webpage:latest")
    form.get_by_label("end with an error").check()
    form.get_by_role("button", name="Apply").click()
    expect(page.locator("#broken-open")).to_have_text("1 fault")
    expect(page.locator("#services .flaws")).to_have_text("✕ New containers of joeyratt/webpage fail")

    page.locator("#inspector .parts button").first.press("Enter")
    page.get_by_role("button", name="Kill its program").click()
    lab.expect_running("manager1", count=1)
    page.locator("#broken-open").press("Enter")
    page.get_by_role("button", name="Undo: New containers of joeyratt/webpage fail").click()
    lab.expect_running("manager1", count=2)
