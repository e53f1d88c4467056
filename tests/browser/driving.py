"""The lab page in a learner's hands: keys, pointer, and what can be read on the screen."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page, TimeoutError, expect

from tests.browser.serving import Served

PROMPT = r"(?:^|\n)[\w-]+@[\w-]+:[^\n]*?[$#] *$"
"""A prompt with nothing behind it, as the last line of a screen."""
CONTROL_C, CONTROL_R, CONTROL_D = "Control+c", "Control+r", "Control+d"

_LINES = """name => {
    const screen = document.querySelector(`#screen-${name}`);
    const ruler = screen?.querySelector(".xterm-char-measure-element");
    if (!ruler) return "";
    const cell = ruler.getBoundingClientRect().width / ruler.textContent.length;
    const columns = Math.round(screen.querySelector(".xterm-screen").clientWidth / cell);
    const rows = [...screen.querySelectorAll(".xterm-rows > div")]
        .map(row => row.textContent.replaceAll("\\u00a0", " "));
    return rows.map(row => row.length < columns ? row.trimEnd() + "\\n" : row).join("").trimEnd();
}"""
"""What of a terminal is in sight, as a string; a line that was wrapped, because it is too long, is one line."""


@dataclass
class LabPage:
    """One page on one lab. Waits are for what the page shows; none sleeps."""

    page: Page
    lab: dict[str, Any]
    served: Served
    limit_s: float = 30

    # Terminals

    def text(self, name: str) -> str:
        """What of a terminal is in sight; lines that were wrapped are whole."""
        return str(self.page.evaluate(_LINES, name))

    def look_at(self, name: str) -> None:
        """Bring a terminal to the front if it is not in sight."""
        tab = self.page.locator(f'.tab[data-terminal="{name}"]')
        if tab.get_attribute("aria-selected") != "true":
            tab.click()

    def focus(self, name: str) -> None:
        """Bring a terminal to the front if it is not in sight, and click into it."""
        self.look_at(name)
        self.page.locator(f"#screen-{name} .xterm-screen").click()

    def shows(self, name: str, pattern: str, limit_s: float | None = None) -> str:
        """Wait until a terminal shows what a pattern (of JavaScript) says; returns all that it shows."""
        limit_s = limit_s or self.limit_s
        try:
            test = f"([name, pattern]) => new RegExp(pattern).test(({_LINES})(name))"
            self.page.wait_for_function(test, arg=[name, pattern], timeout=limit_s * 1000, polling=40)
        except TimeoutError:
            pytest.fail(f"within {limit_s} s {name} did not show {pattern!r}, but:\n{self.text(name)}")
        return self.text(name)

    def ready(self, name: str, limit_s: float | None = None) -> str:
        """Wait for a prompt with nothing typed behind it."""
        return self.shows(name, PROMPT, limit_s)

    def write(self, name: str, typed: str) -> None:
        """Type into a terminal that has the focus, and wait until the end of it is on the screen."""
        self.page.keyboard.type(typed)
        self.shows(name, re.escape(typed[-12:].rstrip()) + r"\s*$")

    def enter(self, name: str, line: str) -> None:
        """Type a line at a prompt and press Enter."""
        self.focus(name)
        self.ready(name)
        self.write(name, line)
        self.page.keyboard.press("Enter")

    def run(self, name: str, line: str, limit_s: float | None = None) -> str:
        """Type a line at a prompt, press Enter, wait for the next prompt; returns what the command wrote, or what of
        that is in sight."""
        self.enter(name, line)
        shown = self.ready(name, limit_s)
        found = shown.rfind(f"$ {line}\n")
        return shown[found + len(line) + 3 if found >= 0 else 0 : shown.rfind("\n") + 1].rstrip("\n")

    def tall_terminals(self) -> None:
        """Give the terminals as much of a tall page as their divider allows: enough for the chapter's long answers."""
        self.page.set_viewport_size({"width": 1440, "height": 1100})
        self.page.locator("#split-terminals").press("End")

    # The lesson

    def command(self, part: str) -> str:
        """The command in the step's text that contains a word; lines that end in a backslash are one command."""
        expect(self.page.locator("#lesson .run").filter(has_text=part).first).to_be_visible()
        blocks = self.page.locator("#lesson .run code").all_inner_texts()
        for line in "\n".join(blocks).replace("\\\n", "\\\r").split("\n"):
            if part in line:
                return line.replace("\\\r", "\\\n")
        raise AssertionError(f"no command with {part!r} in the step: {blocks}")

    def check(self, text: str) -> Locator:
        return self.page.locator("#lesson .check").filter(has_text=text)

    def answer(self, choice: str) -> None:
        """Choose in the step's question, and see that the page agrees."""
        question = self.page.locator("form.ask")
        question.get_by_label(choice, exact=True).check()
        question.get_by_role("button", name="Check my answer").click()
        expect(question).to_have_attribute("data-verdict", "right")

    def press_in_step(self, label: str) -> None:
        """Press a button in the lesson's text that acts on the machines."""
        self.page.locator("#lesson .act").get_by_role("button", name=label).click()

    def step_is(self, title: str) -> None:
        expect(self.page.locator("#lesson h1")).to_have_text(title)

    def step_done(self, limit_s: float | None = None) -> None:
        """Wait until every check of the step in sight is met."""
        limit_s = limit_s or self.limit_s
        try:
            expect(self.page.locator("#next")).to_be_enabled(timeout=limit_s * 1000)
        except AssertionError:
            checks = self.page.locator("#lesson .check").evaluate_all(
                "all => all.map(one => ('met' in one.dataset) + ': ' + one.textContent)"
            )
            pytest.fail(f"the step {self.page.locator('#lesson h1').inner_text()!r} is not done: {checks}")
        expect(self.page.locator("#lesson .check:not([data-met])")).to_have_count(0)

    def next_step(self) -> None:
        """Wait until the step is done, and go to the next."""
        self.step_done()
        title = self.page.locator("#lesson h1").inner_text()
        self.page.locator("#next").click()
        expect(self.page.locator("#lesson h1")).not_to_have_text(title)

    def lesson_done(self) -> None:
        """Wait until the page says that the lesson is complete."""
        self.step_done()
        steps = self.page.locator("#lesson .steps button")
        done = self.page.locator('#lesson .steps button[data-state="done"]')
        expect(done).to_have_count(steps.count())
        expect(self.page.locator("#next")).to_have_text(re.compile("Next lesson|To the chapter map"))
        expect(self.page.locator("#lesson .ending")).to_contain_text("The lesson is finished.")

    # The cluster

    def node(self, name: str) -> Locator:
        return self.page.locator(f'#diagram [data-node="{name}"]')

    def expect_without_quorum(self, manager: str) -> None:
        """Wait until the diagram says that a manager has no majority: as a follower of nobody, or asking for votes."""
        node = self.page.locator(
            f'#diagram [data-node="{manager}"]:is([data-form="lost"], [aria-description*="asks to be leader"])'
        )
        expect(node).to_have_count(1)

    def task_ids(self, node: str) -> list[str]:
        """The tasks drawn as running on a node."""
        squares = self.node(node).locator('[data-task][data-form="running"]')
        ids: list[str] = squares.evaluate_all("all => all.map(one => one.dataset.task)")
        return ids

    def box(self, node: str) -> FloatRect:
        """Where a node's card stands on the page, once it has stopped moving."""
        card = self.node(node).locator(".card")
        card.hover(trial=True)
        box = card.bounding_box()
        assert box is not None
        return box

    def expect_running(self, *on: str, count: int) -> None:
        """Wait until the diagram draws so many running tasks on these nodes together."""
        where = ", ".join(f'#diagram [data-node="{name}"] [data-task][data-form="running"]' for name in on)
        expect(self.page.locator(where)).to_have_count(count)

    def choose(self, node: str, action: str) -> None:
        """Click a node's card, and choose from its menu."""
        self.node(node).locator(".card").click(position={"x": 20, "y": 12})
        self.page.locator("#node-menu").get_by_role("menuitem", name=action).click()

    def speed(self, factor: float) -> None:
        """Let the lab's clock run faster."""
        self.served.call("POST", f"/api/labs/{self.lab['id']}/clock", self.lab["token"], {"speed": factor})

    def fault(self, fault: dict[str, Any]) -> None:
        """Break or mend something by REST, where doing so is not the subject of a test."""
        self.served.call("POST", f"/api/labs/{self.lab['id']}/faults", self.lab["token"], fault)

    def prepare(self, node: str, command: str) -> str:
        """Do by REST what is not the subject of a test."""
        body = {"node": node, "command": command}
        answer = self.served.call("POST", f"/api/labs/{self.lab['id']}/exec", self.lab["token"], body)
        assert answer["exit"] == 0, answer
        return str(answer["stdout"])

    def swarm(self, managers: list[str], workers: list[str]) -> None:
        """Make a swarm by REST, where making it is not the subject of a test."""
        first = managers[0]
        self.prepare(first, "docker swarm init")
        address = f"{self.lab['nodes'][first]['ip']}:2377"
        for role, names in (("manager", managers[1:]), ("worker", workers)):
            if names:
                token = self.prepare(first, f"docker swarm join-token -q {role}").strip()
            for name in names:
                self.prepare(name, f"docker swarm join --token {token} {address}")

    def view(self) -> dict[str, Any]:
        view: dict[str, Any] = self.served.call("GET", f"/api/labs/{self.lab['id']}/view", self.lab["token"])
        return view
