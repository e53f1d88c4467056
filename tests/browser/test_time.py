"""Back in time, other ways from there, undo, links and files, with the pointer and with the keyboard."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Download, Locator, Page, expect

from tests.browser.driving import LabPage
from tests.browser.serving import Served

pytestmark = pytest.mark.browser

MINUTE = 60


def at_work(open_lab: Callable[..., LabPage]) -> LabPage:
    """Two machines in a swarm, a minute, a service, a minute."""
    lab = open_lab(nodes=["manager1", "worker1"], images=["joeyratt/webpage:latest"])
    lab.swarm(["manager1"], ["worker1"])
    pass_time(lab, MINUTE)
    lab.prepare("manager1", "docker service create --detach --name web --replicas 2 joeyratt/webpage:latest")
    pass_time(lab, MINUTE)
    expect(services(lab)).to_have_count(1)
    return lab


def pass_time(lab: LabPage, seconds: float) -> None:
    lab.served.call("POST", f"/api/labs/{lab.lab['id']}/clock", lab.lab["token"], {"advance": seconds})


def services(lab: LabPage) -> Locator:
    return lab.page.locator("#services li")


def saved(page: Page, button: str) -> Download:
    with page.expect_download() as download:
        page.locator(button).click()
    return download.value


def there(lab: LabPage) -> LabPage:
    """The lab that the page has gone to."""
    lab.page.wait_for_url(lambda url: "/labs/" in url and lab.lab["id"] not in url)
    expect(lab.page.locator("#diagram [data-node]").first).to_be_visible()
    lab_id = re.search(r"/labs/(\w+)", lab.page.url)
    assert lab_id is not None
    token = lab.page.evaluate("id => sessionStorage.getItem(`token ${id}`)", lab_id[1])
    return LabPage(lab.page, {**lab.lab, "id": lab_id[1], "token": token}, lab.served)


def test_the_past_is_seen_by_dragging_and_by_keys_and_another_lab_goes_on_from_there(
    open_lab: Callable[..., LabPage], labs: list[dict[str, object]]
) -> None:
    lab = at_work(open_lab)
    page = lab.page
    track = page.locator("#timeline .track")
    box = track.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2

    page.mouse.move(box["x"] + box["width"] * 0.9, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.25, y, steps=8)
    expect(services(lab)).to_have_count(0)
    page.mouse.up()
    expect(page.locator("#past")).to_contain_text("As it was at 00:00:3")
    expect(page.locator("#cut")).to_be_hidden()

    # From mark to mark: where the command was given, then where the service was there.
    track.press("PageDown")
    expect(page.locator("#past")).to_contain_text("As it was at 00:01:")
    expect(services(lab)).to_have_count(0)
    track.press("PageDown")
    expect(services(lab)).to_have_count(1)
    track.press("Shift+ArrowLeft")
    expect(services(lab)).to_have_count(0)
    expect(track).to_have_attribute("aria-valuetext", re.compile("as it was at 00:0"))
    # Who loads the page again sees the same moment.
    said = page.locator("#past .past-words").inner_text()
    page.reload()
    expect(page.locator("#past .past-words")).to_have_text(said)
    expect(services(lab)).to_have_count(0)
    track.press("End")
    expect(page.locator("#past")).to_be_hidden()
    expect(services(lab)).to_have_count(1)

    track.press("Home")
    expect(page.locator("#quorum")).to_contain_text("No swarm yet")
    track.press("PageDown")
    page.get_by_role("button", name="All events").click()
    page.locator("#timeline-list li", has_text="worker1 is ready").get_by_role("button").click()
    expect(lab.node("manager1")).to_have_attribute("data-form", "leader")
    expect(services(lab)).to_have_count(0)
    page.get_by_role("button", name="Continue from here").click()
    branch = there(lab)
    labs.append(branch.lab)
    assert branch.view()["services"] == {}
    assert lab.view()["services"] != {}


def test_another_moment_is_there_at_once_and_what_happens_next_is_seen_happening(
    open_lab: Callable[..., LabPage],
) -> None:
    lab = at_work(open_lab)
    page = lab.page
    page.evaluate(
        """() => {
          window.moved = [];
          const animate = Element.prototype.animate;
          Element.prototype.animate = function (...how) {
            moved.push("animate");
            return animate.apply(this, how);
          };
          addEventListener("transitionrun", ({ target, propertyName }) => {
            if (target.closest(".diagram-host, #services")) moved.push(propertyName);
          }, true);
        }"""
    )
    track = page.locator("#timeline .track")
    for key, count in (("Home", 0), ("End", 1), ("PageUp", 1), ("Home", 0), ("End", 1)):
        track.press(key)
        expect(services(lab)).to_have_count(count)
    assert page.evaluate("moved") == []
    lab.prepare("manager1", "docker service scale --detach web=4")
    pass_time(lab, 5)
    expect(page.locator("#diagram .task")).to_have_count(4)
    assert "animate" in page.evaluate("moved")


def test_what_acts_on_the_present_waits_in_the_past_and_says_so(open_lab: Callable[..., LabPage]) -> None:
    lab = at_work(open_lab)
    page = lab.page
    sentence = "This is the past. Go back to now, or continue from here."
    lab.fault({"slow": ["manager1", "worker1"], "ms": 200})
    pass_time(lab, 5)
    track = page.locator("#timeline .track")
    track.press("ArrowLeft")
    expect(page.locator("#past")).to_be_visible()

    # By keyboard, in the order of the page: what can be pressed says why it waits, and the lab stays as it is.
    page.locator("#broken-open").press("Enter")
    expect(page.locator("#broken h2")).to_have_text("What was broken then")
    for button in page.locator("#broken li button, #broken [data-all]").all():
        expect(button).to_have_attribute("aria-disabled", "true")
        button.press("Enter")
        expect(page.locator("#notice")).to_contain_text(sentence)
        page.locator("#notice button").press("Enter")
    page.locator("#broken [data-close]").press("Enter")
    for subject, deed in (("#services .name", "misbehave"), ("#inspector .parts button", "Kill its program")):
        page.locator(subject).first.press("Enter")
        page.locator("#inspector .actions button", has_text=deed).press("Enter")
        expect(page.locator("#notice")).to_contain_text(sentence)
        page.locator("#notice button").press("Enter")
    lab.node("worker1").press("Enter")
    expect(page.locator("#node-menu")).to_be_hidden()
    page.locator("#outline-open").press("Enter")
    page.locator("#outline").get_by_role("button", name=re.compile("is 200 ms slower")).first.press("Enter")
    expect(page.locator("#inspector h2")).to_have_text("manager1 – worker1")
    for button in ("Mend it", "Apply"):
        page.locator("#link-form").get_by_label("Slower by").fill("100")
        page.locator("#link-form").get_by_role("button", name=button).press("Enter")
        expect(page.locator("#link-form .told")).to_have_text(sentence)
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert list(lab.view()["faults"]) == ["slow:manager1|worker1"]

    page.locator("#back-to-now").press("Enter")
    page.locator("#broken-open").press("Enter")
    page.locator("#broken [data-all]").press("Enter")
    expect(page.locator("#broken-open")).to_have_text("0 faults")


def test_the_log_of_a_manager_ends_in_the_past_where_it_ended_then(open_lab: Callable[..., LabPage]) -> None:
    lab = at_work(open_lab)
    page = lab.page
    page.locator("#raft-open").press("Enter")
    first = page.locator("#raft .log-entries > li").first
    expect(first).to_be_visible()
    page.locator("#timeline .track").press("Home")
    page.locator("#timeline .track").press("PageDown")
    page.get_by_role("button", name="All events").click()
    page.locator("#timeline-list li", has_text="worker1 is ready").get_by_role("button").first.click()
    expect(page.locator("#raft .log-state")).to_contain_text("As it was then: agreed up to ")
    agreed = re.search(r"agreed up to (\d+)", page.locator("#raft .log-state").inner_text())
    assert agreed is not None
    expect(first.locator(".log-index")).to_have_text(re.compile(rf"^{agreed[1]}term \d+$"))
    expect(page.locator("#raft .member").first).to_contain_text(f"committed to {agreed[1]}")


def test_a_typed_command_is_undone_and_done_again(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(nodes=["manager1"])
    page = lab.page
    undo = page.locator("#undo")
    lab.look_at("manager1")
    expect(undo).to_be_disabled()
    expect(undo).to_have_attribute("title", re.compile("nothing to undo"))
    page.keyboard.press("Alt+z")
    expect(page.locator("#notice")).to_contain_text("There is nothing to undo: nothing was done in this lab yet.")
    lab.run("manager1", "docker swarm init")
    expect(undo).to_be_enabled()
    expect(page.locator("#quorum")).to_contain_text("1 of 1")

    page.locator("#screen-manager1 .xterm-screen").click()
    page.keyboard.press("Alt+z")
    expect(page.locator("#notice")).to_contain_text("Undone: `docker swarm init` on manager1.")
    expect(page.locator("#quorum")).to_contain_text("No swarm yet")
    assert "swarm init" not in lab.ready("manager1")

    page.locator("#timeline .track").press("Alt+Shift+Z")
    expect(page.locator("#notice")).to_contain_text("Done again: `docker swarm init`")
    expect(page.locator("#quorum")).to_contain_text("1 of 1")
    lab.shows("manager1", "is now a manager")
    lab.run("manager1", "docker node ls")
    expect(page.locator("#redo")).to_be_disabled()


def test_the_clock_steps_from_event_to_event(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(nodes=["manager1"], images=["joeyratt/webpage:latest"])
    lab.swarm(["manager1"], [])
    lab.page.locator("#clock [data-pause]").click()
    expect(lab.page.locator("#clock [data-pause]")).to_have_attribute("aria-pressed", "true")
    create = "docker service create --detach --name web joeyratt/webpage:latest"
    lab.look_at("manager1")
    lab.page.locator("#screen-manager1 .xterm-screen").click()
    lab.page.keyboard.type(create + "\n")
    expect(lab.page.locator("#notice")).to_contain_text("The clock is paused, so nothing runs.")
    for text in ("web created, 1 wanted", "web: 1 of 1 run"):
        for _ in range(4):
            expect(lab.page.locator("#step")).to_be_enabled()
            with lab.page.expect_response(re.compile("/clock$")) as stepped:
                lab.page.keyboard.press("Alt+n")
            if stepped.value.json()["event"]["text"] == text:
                break
        expect(lab.page.locator(".newest")).to_have_text(text)
    pass_time(lab, MINUTE)
    before = lab.view()["now"]
    lab.page.keyboard.press("Alt+n")
    expect(lab.page.locator("#notice")).to_contain_text("Nothing is about to happen: no event comes within 60 minutes.")
    assert lab.view()["now"] == before
    assert lab.view()["clock"]["paused"]
    pause, fast = lab.page.locator("#clock [data-pause]"), lab.page.locator("#clock [data-speed='5']")
    lab.page.keyboard.press("Alt+p")
    expect(pause).to_have_attribute("aria-pressed", "false")
    lab.page.keyboard.press("Alt+p")
    expect(pause).to_have_attribute("aria-pressed", "true")
    fast.press("Enter")
    expect(fast).to_have_attribute("aria-pressed", "true")
    assert (lab.view()["clock"]["paused"], lab.view()["clock"]["speed"]) == (False, 5)


def test_a_link_opens_in_another_browser_as_a_copy_and_as_a_replay(
    open_lab: Callable[..., LabPage], browser: Browser, labs: list[dict[str, object]]
) -> None:
    lab = at_work(open_lab)
    links = []
    lab.page.locator("#share-open").click()
    for kind in ("#link-copy", "#link-replay"):
        before = lab.page.locator(".share-link input").input_value()
        lab.page.locator(kind).click()
        expect(lab.page.locator(".share-link input")).not_to_have_value(before)
        links.append(lab.page.locator(".share-link input").input_value())
    assert all(lab.lab["token"] not in link for link in links)

    stranger = browser.new_context(viewport={"width": 1440, "height": 900})
    page = stranger.new_page()
    page.goto(links[0])
    copy = there(LabPage(page, lab.lab, lab.served))
    expect(services(copy)).to_have_count(1)
    page.goto(links[1])
    replay = there(LabPage(page, copy.lab, lab.served))
    labs += [copy.lab, replay.lab]
    expect(page.locator("#past")).to_contain_text("A recording plays, until 00:0")
    expect(services(replay)).to_have_count(0)
    page.get_by_role("button", name="To its end").click()
    expect(services(replay)).to_have_count(1)
    expect(page.locator("#past")).to_be_hidden()
    assert "hello" in replay.run("manager1", "echo hello")
    stranger.close()


def test_a_lab_is_saved_and_opened_again_and_its_picture_and_terminal_are_files(
    open_lab: Callable[..., LabPage], served: Served, tmp_path: Path, labs: list[dict[str, object]], errors: list[str]
) -> None:
    lab = at_work(open_lab)
    page = lab.page
    lab.ready("manager1")
    page.locator("#share-open").click()
    journal, picture, pixels, text = (
        saved(page, button) for button in ("#save-journal", "#save-svg", "#save-png", "#save-transcript")
    )
    root = ElementTree.parse(picture.path()).getroot()
    words = "".join(root.itertext())
    assert "manager1" in words
    assert "worker1" in words
    # Below it stands what it shows and what its colours mean.
    assert "Quorum: 1 of 1 manager. It may not fail.web" in words
    assert not [element for element in root.iter() if element.get("class")]
    assert any(element.get("fill", "").startswith("rgb") for element in root.iter())
    assert Path(pixels.path()).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert Path(pixels.path()).stat().st_size > 10_000
    assert "ubuntu@manager1:~$" in Path(text.path()).read_text()

    file = tmp_path / "lab.json"
    journal.save_as(file)
    assert json.loads(file.read_text())["entries"]
    page.goto(served.url)
    page.locator("#journal").set_input_files(
        files=[{"name": "no.json", "mimeType": "application/json", "buffer": b'{"entries": 1}'}]
    )
    expect(page.locator("#trouble")).to_contain_text("this is no journal")
    assert [error for error in errors if "400" not in error] == []
    errors.clear()
    page.locator("#journal").set_input_files(file)
    again = there(lab)
    labs.append(again.lab)
    expect(services(again)).to_have_count(1)


def test_a_lab_of_five_machines_that_is_saved_and_opened_again_is_the_same_to_the_last_digit_of_its_seed(
    open_lab: Callable[..., LabPage], served: Served, tmp_path: Path, labs: list[dict[str, object]]
) -> None:
    lab = open_lab(sandbox={"topology": "3+2", "situation": "swarm"}, seed=2**62 + 12_345)
    lab.prepare("manager1", "docker service create --detach --name web --replicas 4 joeyratt/webpage:latest")
    pass_time(lab, MINUTE)
    page = lab.page
    page.locator("#share-open").click()
    file = tmp_path / "lab.json"
    saved(page, "#save-journal").save_as(file)
    journal = json.loads(file.read_text())
    assert journal["header"]["seed"] == 2**62 + 12_345
    page.goto(served.url)
    page.locator("#journal").set_input_files(file)
    again = there(lab)
    labs.append(again.lab)

    def then(one: LabPage) -> dict[str, object]:
        at = journal["now_us"] / 1_000_000
        view = served.call("GET", f"/api/labs/{one.lab['id']}/view?at={at}", str(one.lab["token"]))
        return {part: view[part] for part in ("quorum", "nodes", "tasks")}

    ours, theirs = then(lab), then(again)
    assert len(ours["tasks"]) == 4
    assert theirs == ours
