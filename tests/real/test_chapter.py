"""The chapter on real engines, in the page: five machines, a service, drain, kill, partition, autolock."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import LabPage
from tests.real.conftest import LEADERLESS, RealLab

pytestmark = [pytest.mark.real, pytest.mark.browser]

NODES = ("manager1", "manager2", "manager3", "worker1", "worker2")
LIMIT_S = 90


def running(view: dict[str, Any], node: str = "") -> int:
    tasks = view["tasks"].values()
    return sum(task["state"] == task["desired"] == "running" and node in ("", task["node"]) for task in tasks)


def test_the_chapter_is_played_on_real_engines_in_the_page(page: Page, make_lab: Callable[..., RealLab]) -> None:
    lab = make_lab(*NODES)
    page.goto(f"{lab.served.url}{lab.made['url']}")
    shown = LabPage(page, lab.made, lab.served, LIMIT_S)
    expect(page.locator("#backend")).to_have_text("real engines · docker")
    expect(page.locator("#clock")).to_be_hidden()
    expect(page.locator("#real-time")).to_be_visible()
    lab.up(5)
    quorum = page.locator("#quorum .sentence")

    # A learner types; the rest is the same by REST, and quicker.
    shown.run("worker1", "docker node ls")
    assert "not a swarm manager" in shown.text("worker1")
    lab.swarm("manager1")
    expect(quorum).to_contain_text("3 of 3 managers", timeout=LIMIT_S * 1000)
    expect(page.locator('#diagram [data-node][data-form="leader"]')).to_have_count(1)

    shown.enter("manager1", "docker service create --name web -p 5000:5000 --replicas 5 joeyratt/webpage:latest")
    shown.shows("manager1", r"Service \w+ converged", LIMIT_S)
    lab.until("five tasks run", lambda view: running(view) == 5)
    expect(page.locator("#services")).to_contain_text("5 wanted, 5 run")

    lab.run("manager1", "docker service scale -d web=7")
    lab.until("seven tasks run", lambda view: running(view) == 7, LIMIT_S)
    lab.run("manager1", "docker node update --availability drain worker2")
    lab.until("worker2 is empty", lambda view: running(view, "worker2") == 0 and running(view) == 7, LIMIT_S)

    lab.fault(kill="worker1")
    lab.until("worker1 is held for down", lambda view: view["nodes"]["worker1"]["state"] == "down", LIMIT_S)
    expect(shown.node("worker1")).to_have_attribute("data-form", "off")
    lab.until("its tasks run elsewhere", lambda view: running(view, "worker1") == 0 and running(view) == 7, LIMIT_S)
    lab.fault(start="worker1")
    lab.until("worker1 is ready", lambda view: view["nodes"]["worker1"]["state"] == "ready", LIMIT_S)

    lab.run("manager1", "docker swarm update --autolock=true")
    key = lab.run("manager2", "docker swarm unlock-key -q")["stdout"].strip()
    lab.fault(restart="manager3")
    lab.until("manager3 is locked", lambda view: view["nodes"]["manager3"]["swarm"] == "locked", LIMIT_S)
    assert "encrypted and needs to be unlocked" in lab.ask("manager3", "docker node ls")["stderr"]
    lab.ask("manager3", f"echo {key} | docker swarm unlock")  # Unlocked, but it may take long to find a leader.
    lab.until("manager3 is back", lambda view: view["nodes"]["manager3"]["reachability"] == "reachable", LIMIT_S)

    lab.fault(partition=[["manager1"], ["manager2", "manager3", "worker1", "worker2"]])
    lab.until("the majority has a leader", lambda view: view["quorum"]["leader"] in ("manager2", "manager3"), LIMIT_S)
    expect(quorum).to_contain_text("2 of 3 managers", timeout=LIMIT_S * 1000)
    lab.answers("manager2", "docker node ls", lambda told: "Leader" in told["stdout"], LIMIT_S)
    # A leader that is cut off answers from what it knows until it notices.
    minority = lab.answers("manager1", "docker node ls", lambda told: told["exit"] != 0, LIMIT_S)
    assert minority["exit"] == 1
    assert any(word in minority["stderr"] for word in LEADERLESS), minority
    lab.fault(heal=True)
    whole = "all managers hear each other"
    lab.until(whole, lambda view: view["quorum"]["has"] and view["quorum"]["reachable"] == 3, LIMIT_S)
    expect(page.locator("#quorum")).not_to_have_attribute("data-tone", "bad")


def test_what_a_real_lab_cannot_show_says_so_in_place(page: Page, make_lab: Callable[..., RealLab]) -> None:
    lab = make_lab("manager1")
    page.goto(f"{lab.served.url}{lab.made['url']}")
    lab.up(1)
    lab.run("manager1", "docker swarm init")

    expect(page.locator("#real-time")).to_contain_text("Real engines live in your time")
    page.locator("#raft-open").click()
    expect(page.locator("#raft .about")).to_contain_text("does not show terms, votes and the log of Raft")
