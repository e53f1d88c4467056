"""Learners as they are: careless, without a mouse, in another language, in a frame of another page."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.driving import LabPage
from tests.browser.serving import Served

pytestmark = pytest.mark.browser
LESSON = "Join workers and managers"


def lab_of(page: Page, served: Served, labs: list[dict[str, Any]]) -> LabPage:
    """The lab that a page has come to by itself, to be driven and to be taken away afterwards."""
    page.wait_for_url(re.compile(r"/labs/\w+"))
    lab_id = page.url.partition("/labs/")[2][:12]
    kept = page.evaluate("localStorage.getItem('lessons')") or "{}"
    token = page.url.partition("token=")[2] or next(
        visit["token"] for visit in json.loads(kept).values() if visit["lab"] == lab_id
    )
    lab = served.call("GET", f"/api/labs/{lab_id}", token)
    if lab_id not in [each["id"] for each in labs]:
        labs.append({"id": lab_id, "token": token})
    return LabPage(page, {**lab, "token": token}, served)


def card(page: Page, title: str) -> Any:
    return page.locator(".lesson-list li").filter(has=page.get_by_role("heading", name=title, exact=True))


def join_line(lab: LabPage, role: str) -> str:
    return f"docker swarm join --token {lab.prepare('manager1', f'docker swarm join-token -q {role}').strip()}"


def test_a_careless_learner_arrives(
    page: Page, context: BrowserContext, served: Served, labs: list[dict[str, Any]]
) -> None:
    page.goto(f"{served.url}/lessons")
    card(page, LESSON).get_by_role("button", name="Begin").click()
    lab = lab_of(page, served, labs)
    lab.speed(20)
    address = f"{lab.lab['nodes']['manager1']['ip']}:2377"

    # On the wrong machine, three times; then the command of a later step.
    lab.step_is("The token")
    for _ in range(3):
        lab.run("worker1", "docker swarm join-token worker")
    expect(page.locator(".lesson-notice")).to_contain_text("Only a manager knows the tokens")
    page.get_by_role("button", name="Show a hint").click()
    expect(page.locator(".hint")).to_contain_text("docker swarm join-token")
    expect(page.locator(".offer")).to_be_empty()
    lab.run("worker1", f"{join_line(lab, 'worker')} {address}")
    lab.run("manager1", "docker swarm join-token worker")
    lab.next_step()

    # What was done too early holds; in between the page is loaded anew.
    lab.step_is("A worker joins")
    page.reload()
    lab.step_is("A worker joins")
    lab.next_step()

    # Closed, and opened again another day from the map.
    lab.step_is("What a worker knows")
    lab.run("worker1", "docker node ls")
    page.close()
    page = context.new_page()
    page.goto(f"{served.url}/lessons")
    expect(card(page, LESSON)).to_contain_text("2 of 5 steps done")
    card(page, LESSON).get_by_role("button", name="Go on").click()
    lab = lab_of(page, served, labs)
    lab.step_is("What a worker knows")
    expect(lab.check("worker1 says")).to_have_attribute("data-met", "")
    lab.run("manager1", "docker node ls")
    lab.next_step()

    # The wrong token; the step is begun again, then skipped.
    lab.step_is("A manager joins")
    lab.run("manager2", f"{join_line(lab, 'worker')} {address}")
    expect(page.locator(".lesson-notice")).to_contain_text("as a worker")
    page.locator(".again summary").click()
    page.locator(".again-list").get_by_role("button", name="Begin this step again").click()
    page.get_by_role("dialog").get_by_role("button", name="Begin this step again").click()
    expect(lab.node("manager2")).to_have_attribute("data-form", "plain")
    lab.step_is("A manager joins")
    page.locator("#skip").click()
    lab.next_step()

    lab.step_is("On your own")
    lab.run("worker2", f"{join_line(lab, 'worker')} {address}")
    lab.lesson_done()
    page.goto(f"{served.url}/certificate")
    page.get_by_label("Your name").fill("Ada")
    expect(page.get_by_role("article")).to_contain_text("Ada")
    expect(page.get_by_role("article")).to_contain_text(f"{LESSON}4 of 5 steps")


def test_a_lesson_is_finished_with_the_keyboard_alone(page: Page, served: Served, labs: list[dict[str, Any]]) -> None:
    page.goto(f"{served.url}/lessons/02-join")
    begin = page.get_by_role("button", name="Begin")
    expect(begin).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        if begin.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    lab = lab_of(page, served, labs)
    lab.speed(20)
    keys = page.keyboard

    def next_block() -> None:
        waits = page.locator(".prose :is(.run, .act):not([data-ran])").count()
        keys.press("Alt+Enter")
        expect(page.locator(".prose :is(.run, .act):not([data-ran])")).to_have_count(waits - 1)

    def next_step() -> None:
        lab.step_done()
        title = page.locator("#lesson h1").inner_text()
        keys.press("Alt+PageDown")
        expect(page.locator("#lesson h1")).not_to_have_text(title)

    lab.step_is("The token")
    keys.press("Alt+1")
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    keys.press("Escape")
    next_block()
    next_step()
    lab.step_is("A worker joins")
    next_block()
    next_step()

    lab.step_is("What a worker knows")
    choice = page.locator("form.ask").get_by_label("An error")
    for _ in range(20):
        keys.press("Tab")
        if page.evaluate("document.activeElement.name === 'choice'"):
            break
    while not choice.is_checked():
        keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.locator("form.ask")).to_have_attribute("data-verdict", "right")
    next_block()
    next_block()
    next_step()

    lab.step_is("A manager joins")
    next_block()
    next_block()
    next_step()

    lab.step_is("On your own")
    keys.press("Alt+h")
    expect(page.locator(".hint")).to_be_visible()
    keys.press("Alt+2")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"):
        if page.evaluate("document.activeElement.dataset.node") == "worker2":
            break
        keys.press(key)
    assert page.evaluate("document.activeElement.dataset.node") == "worker2"
    keys.press("Enter")
    keys.press("Enter")
    lab.ready("worker2")
    lab.write("worker2", f"{join_line(lab, 'worker')} {lab.lab['nodes']['manager1']['ip']}:2377")
    keys.press("Enter")
    lab.lesson_done()

    # The questions are there for whoever wants them: one is answered, and the next lesson waits for none.
    keys.press("Alt+q")
    expect(page.locator("#lesson h1")).to_have_text("What stays with you")
    keys.press("Tab")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.locator("form.ask").first).to_have_attribute("data-verdict", "right")
    keys.press("Alt+PageUp")
    lab.step_is("On your own")
    keys.press("Alt+PageDown")
    page.wait_for_url(lambda url: lab.lab["id"] not in url)
    lab_of(page, served, labs)


def test_a_lesson_in_german(page: Page, served: Served, labs: list[dict[str, Any]]) -> None:
    page.goto(f"{served.url}/lessons")
    page.get_by_label("Language").select_option("Deutsch")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kapitelübersicht")
    card(page, "Worker und Manager beitreten lassen").get_by_role("button", name="Beginnen").click()
    lab = lab_of(page, served, labs)
    lab.speed(20)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    lab.step_is("Das Token")
    lab.run("worker1", "docker swarm join-token worker")
    expect(page.locator(".lesson-notice")).to_have_text("Nur ein Manager kennt die Tokens. Frag manager1.")
    expect(page.locator("#lesson .check")).to_contain_text("Du hast das Worker-Token gesehen")
    expect(page.locator("#lesson .check .saw")).to_contain_text("wurde noch nicht gefragt")
    expect(page.locator("#quorum .sentence")).to_have_text("Quorum: 1 von 1 Manager. Er darf nicht ausfallen.")
    page.locator("#hint").click()
    expect(page.locator(".hint")).to_contain_text("mit der Rolle, die du willst")
    page.goto(served.url)
    expect(page.locator("#start")).to_have_text("Weiter mit der Lektion")


def put_into_a_frame(page: Page, address: str) -> None:
    """A page with nothing of the lab in it, around the frame; what it hears is in `window.heard`."""
    page.goto(f"{address.partition('/embed/')[0]}/lessons/02-join/print")
    page.evaluate(
        """address => {
            window.heard = [];
            addEventListener("message", ({ origin, data }) => {
                window.heard.push([origin, data]);
                document.body.dataset.heard = window.heard.map(([, { event }]) => event).join(" ");
            });
            const frame = document.createElement("iframe");
            Object.assign(frame, { src: address, width: 1000, height: 700, title: "lesson" });
            document.body.prepend(frame);
        }""",
        address,
    )


def test_a_frame_tells_the_page_around_it_and_nobody_else(
    page: Page, served: Served, labs: list[dict[str, Any]], open_lab: Callable[..., LabPage]
) -> None:
    put_into_a_frame(page, f"{served.url}/embed/lessons/02-join?language=de")
    frame = page.frame_locator("iframe")
    expect(frame.locator("#lesson h1")).to_have_text("Das Token")
    inner = next(each for each in page.frames if "/labs/" in each.url)
    assert "embed=1" in inner.url
    labs.append({"id": inner.url.partition("/labs/")[2][:12], "token": inner.url.partition("token=")[2]})
    frame.locator("#skip").click()
    expect(page.locator("body")).to_have_attribute("data-heard", re.compile(r"\bstep\b"))
    heard = page.evaluate("window.heard")
    assert {origin for origin, _ in heard} == {served.url}
    assert heard[0][1]["event"] == "ready"
    step = next(data for _, data in heard if data["event"] == "step")
    assert (step["source"], step["lesson"], step["done"], step["played"]) == ("swarm-playground", "02-join", 1, True)

    # Closed, and opened again another day: the same step of the same lab, cluster included, and nothing is told twice.
    lab = LabPage(page, served.call("GET", f"/api/labs/{labs[-1]['id']}", labs[-1]["token"]) | labs[-1], served)
    lab.speed(20)
    lab.prepare("manager1", "docker node update --label-add seen=yes manager1")
    frame.locator("#next").click()
    expect(frame.locator("#lesson h1")).to_have_text("Ein Worker tritt bei")
    page.goto(f"{served.url}/lessons")
    put_into_a_frame(page, f"{served.url}/embed/lessons/02-join?language=de")
    expect(frame.locator("#lesson h1")).to_have_text("Ein Worker tritt bei")
    expect(frame.locator('#diagram [data-node="manager1"]')).to_have_attribute("data-form", "leader")
    again = next(each for each in page.frames if "/labs/" in each.url)
    assert again.url.partition("/labs/")[2][:12] == lab.lab["id"]
    assert "yes" in lab.prepare("manager1", "docker node inspect manager1 --format '{{.Spec.Labels.seen}}'")
    expect(page.locator("body")).to_have_attribute("data-heard", "ready")
