"""What is done to the machines from the diagram, and what the diagram then shows."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.driving import LabPage

pytestmark = pytest.mark.browser

MACHINES = ["manager1", "manager2", "manager3", "worker1"]
CUT = '#diagram .link[data-form="cut"]'


def test_the_tasks_of_a_killed_worker_move(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(nodes=["manager1", "worker1", "worker2"])
    lab.swarm(["manager1"], ["worker1", "worker2"])
    lab.prepare("manager1", "docker node update --availability drain manager1")
    lab.prepare("manager1", "docker service create --detach --name web --replicas 4 joeyratt/webpage")
    lab.speed(20)
    lab.expect_running("worker1", count=2)
    lab.expect_running("worker2", count=2)
    before = set(lab.task_ids("worker1") + lab.task_ids("worker2"))

    lab.choose("worker1", "Kill")
    expect(lab.node("worker1")).to_have_attribute("data-form", "off")
    # The swarm has not noticed yet, or has it: in the end there are four on the other, two of which are new.
    lab.expect_running("worker2", count=4)
    assert len(set(lab.task_ids("worker2")) - before) == 2
    lab.expect_running("worker1", count=0)

    lab.choose("worker1", "Start")
    expect(lab.node("worker1")).to_have_attribute("data-form", "worker")
    lab.expect_running("worker2", count=4)
    lab.expect_running("worker1", count=0)


def test_a_line_drawn_across_the_diagram_cuts_the_network(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(nodes=MACHINES)
    lab.swarm(MACHINES[:3], MACHINES[3:])
    lab.speed(20)
    expect(lab.node("manager3")).to_have_attribute("data-form", "manager")
    expect(lab.node("worker1")).to_have_attribute("data-form", "worker")
    expect(lab.page.locator(CUT)).to_have_count(0)
    expect(lab.page.locator("#heal")).to_be_disabled()

    lab.page.locator("#cut").click()
    expect(lab.page.locator("#cut")).to_have_attribute("aria-pressed", "true")
    boxes = {name: lab.box(name) for name in MACHINES}
    # From above, down between manager1 and the next card to its right, past the bottom of it, and out to the left.
    card = boxes["manager1"]
    right = min((box["x"] for box in boxes.values() if box["x"] > card["x"] + card["width"]), default=None)
    assert right is not None, f"manager1 has nobody to its right: {boxes}"
    x = (card["x"] + card["width"] + right) / 2
    y = card["y"] + card["height"] + 20
    mouse = lab.page.mouse
    mouse.move(x, card["y"] - 20)
    mouse.down()
    mouse.move(x, y, steps=12)
    mouse.move(card["x"] - 20, y, steps=12)
    expect(lab.page.locator("#diagram [data-side]")).to_have_count(4)
    mouse.up()

    expect(lab.page.locator("#cut")).to_have_attribute("aria-pressed", "false")
    expect(lab.page.locator(CUT)).not_to_have_count(0)
    groups = lab.view()["partition"]["groups"]
    assert sorted(map(sorted, groups)) == [["manager1"], ["manager2", "manager3", "worker1"]]
    lab.expect_without_quorum("manager1")
    leaders = lab.page.locator('#diagram [data-node][data-form="leader"]')
    expect(leaders).to_have_count(1)
    assert leaders.get_attribute("data-node") in ("manager2", "manager3")

    lab.page.locator("#heal").click()
    expect(lab.page.locator(CUT)).to_have_count(0)
    expect(lab.node("manager1")).to_have_attribute("data-form", "manager")
    expect(lab.page.locator("#heal")).to_be_disabled()
    assert lab.view()["partition"] is None


def test_a_line_that_parts_nobody_cuts_nothing(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(nodes=["manager1", "manager2"])
    expect(lab.node("manager2")).to_be_visible()
    lab.page.locator("#cut").click()
    scene = lab.page.locator("#diagram svg.diagram").bounding_box()
    assert scene is not None
    lab.page.mouse.move(scene["x"] + 30, scene["y"] + 40)
    lab.page.mouse.down()
    lab.page.mouse.move(scene["x"] + 120, scene["y"] + 44, steps=6)
    lab.page.mouse.up()
    expect(lab.page.locator("#caption")).to_contain_text("A cut passes between machines")
    lab.page.keyboard.press("Escape")
    expect(lab.page.locator("#cut")).to_have_attribute("aria-pressed", "false")
    assert lab.view()["partition"] is None


def test_the_network_is_cut_and_healed_with_the_keyboard_alone(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(nodes=MACHINES)
    lab.swarm(MACHINES[:3], MACHINES[3:])
    lab.speed(20)
    expect(lab.node("worker1")).to_have_attribute("data-form", "worker")
    keyboard = lab.page.keyboard
    lab.page.locator("#choose-sides").focus()
    keyboard.press("Enter")
    dialog = lab.page.locator("#sides")
    expect(dialog).to_be_visible()

    # All on one side is no cut, and the dialog says so.
    for name in MACHINES:
        lab.page.locator(f'#sides input[name="side {name}"][value="a"]').focus()
        keyboard.press("Space")
    keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("both sides")
    for name in ("manager3", "worker1"):
        lab.page.locator(f'#sides input[name="side {name}"][value="a"]').focus()
        keyboard.press("ArrowRight")
    keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(lab.page.locator(CUT)).not_to_have_count(0)
    groups = lab.view()["partition"]["groups"]
    assert sorted(map(sorted, groups)) == [["manager1", "manager2"], ["manager3", "worker1"]]
    lab.expect_without_quorum("manager3")

    # The outline says the same in words.
    lab.page.locator("#outline-open").focus()
    keyboard.press("Enter")
    outline = lab.page.locator("#outline")
    expect(outline).to_contain_text("The network is cut between manager1 and manager2 | manager3 and worker1.")

    lab.page.locator("#heal").focus()
    keyboard.press("Enter")
    expect(lab.page.locator(CUT)).to_have_count(0)
    expect(outline).to_contain_text("No faults.")
    outline.get_by_role("button").first.press("Escape")
    expect(outline).to_be_hidden()
    expect(lab.page.locator("#outline-open")).to_be_focused()
    expect(lab.node("manager3")).to_have_attribute("data-form", "manager")


def test_machines_are_reached_with_the_keyboard(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(nodes=["manager1", "worker1"])
    expect(lab.node("worker1")).to_be_visible()
    keyboard = lab.page.keyboard
    keyboard.press("Alt+2")
    expect(lab.node("manager1")).to_be_focused()
    keyboard.press("Enter")
    menu = lab.page.locator("#node-menu")
    expect(menu.get_by_role("menuitem", name="Open its terminal")).to_be_focused()
    keyboard.press("ArrowUp")
    expect(menu.get_by_role("menuitem", name="Kill")).to_be_focused()
    keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(lab.node("manager1")).to_be_focused()
    keyboard.press("Enter")
    keyboard.press("Enter")
    expect(lab.page.locator("#screen-manager1 textarea")).to_be_focused()
    keyboard.press("F6")
    expect(lab.page.locator("#screen-manager1 textarea")).not_to_be_focused()


def test_nothing_sticks_out_of_the_page_and_the_tools_keep_their_places(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(nodes=["manager1", "worker1"])
    lab.swarm(["manager1"], ["worker1"])
    page = lab.page
    expect(lab.node("worker1")).to_be_visible()
    size = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert page.evaluate(size) == [1440, 900]
    tools = "document.querySelectorAll('.tool-buttons > :not(#broken-open)')"
    places = f"[...{tools}].map(each => each.getBoundingClientRect().right)"
    before = page.evaluate(places)
    lab.fault({"slow": ["manager1", "worker1"], "ms": 200})
    expect(page.locator("#broken-open")).to_have_text("1 fault")
    assert page.evaluate(places) == before
    assert max(before) <= 1440

    # A sentence that does not fit wraps.
    page.locator("#quorum .sentence").evaluate(
        "element => { element.textContent = 'managers hear each other '.repeat(9) }"
    )
    assert max(page.evaluate(places)) <= 1440
    assert page.evaluate(size) == [1440, 900]
    # What is said and what zooms stand beside the scene, not on it.
    foot = "document.querySelector('.scene').getBoundingClientRect().bottom"
    for part in ("#caption", ".zoom"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] >= page.evaluate(foot)
