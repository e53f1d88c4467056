"""The chapter as it is written, from `multipass launch` to `docker service rm`, typed into an empty lab."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.driving import LabPage

pytestmark = pytest.mark.browser

ADDRESS = r"\d+\.\d+\.\d+\.\d+"


def type_lines(lab: LabPage, terminal: str, lines: str) -> str:
    """Type a command over several lines, each but the last ended with a backslash, as the shell asks for them."""
    first, *rest = (line.strip() for line in lines.strip().split("\n"))
    lab.enter(terminal, first)
    for line in rest:
        lab.shows(terminal, r"\n> *$")
        lab.write(terminal, line)
        lab.page.keyboard.press("Enter")
    return lab.ready(terminal)


def test_the_chapter_from_launch_to_removal(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab()
    lab.tall_terminals()
    lab.speed(20)
    lab.run("host", "multipass launch docker --name manager1 --cpus 2 --disk 40G --memory 4G")
    lab.run("host", "multipass launch docker --name worker1 --cpus 2 --disk 40G --memory 4G")
    listed = lab.run("host", "multipass ls")
    addresses = {
        name: re.search(rf"{name} +Running +({ADDRESS}) +Ubuntu 24.04 LTS\n +172.17.0.1", listed)
        for name in ("manager1", "worker1")
    }
    assert all(addresses.values()), listed
    manager, worker = (found[1] for found in addresses.values() if found)

    # By way of the host, as the chapter goes.
    lab.enter("host", "multipass shell manager1")
    lab.shows("host", r"ubuntu@manager1:~\$ *$")
    assert lab.run("host", "docker --version") == "Docker version 28.1.1, build 4eba377"
    lab.enter("host", "exit")
    lab.shows("host", r"logout\n\S+@host:\S*\$ *$")

    started = type_lines(
        lab,
        "manager1",
        rf"""docker swarm init \
            --advertise-addr {manager}:2377 \
            --listen-addr {manager}:2377""",
    )
    assert re.search(r"Swarm initialized: current node \([0-9a-z]{25}\) is now a manager\.", started)
    token = re.findall(rf"docker swarm join --token (SWMTKN-1-\S+) {manager}:2377", started)[-1]
    expect(lab.node("manager1")).to_have_attribute("data-form", "leader")
    assert token in lab.run("manager1", "docker swarm join-token worker  # TOKEN FOR A WORKER")

    # 2337 is the chapter's slip; on a worker, which listens on no such port, it does no harm.
    joined = type_lines(
        lab,
        "worker1",
        rf"""docker swarm join \
            --token {token} {manager}:2377 \
            --advertise-addr {worker}:2337 \
            --listen-addr {worker}:2337""",
    )
    assert "This node joined a swarm as a worker." in joined
    expect(lab.node("worker1")).to_have_attribute("data-form", "worker")
    nodes = lab.run("manager1", "docker node ls")
    assert re.search(r"[0-9a-z]{25} \*  +manager1  +Ready  +Active  +Leader  +28\.1\.1", nodes)
    assert re.search(r"[0-9a-z]{25}  +worker1  +Ready  +Active  +28\.1\.1", nodes)
    assert "This node is not a swarm manager." in lab.run("worker1", "docker node ls")

    created = type_lines(
        lab,
        "manager1",
        r"""docker service create --name web-fe \
            -p 5000:5000 \
            --replicas 5 \
            joeyratt/webpage:latest""",
    )
    assert "overall progress: 5 out of 5 tasks" in created
    assert re.search(r"1/5: running   \[=+>\]", created)
    assert re.search(r"verify: Service [0-9a-z]{25} converged", created)
    lab.expect_running("manager1", "worker1", count=5)
    expect(lab.page.locator("#services .counts")).to_have_text("5 wanted, 5 run")

    # The page answers on any node: asked for from the host, from a node, and with the page's own little browser.
    assert "<html" in lab.run("host", f"curl -s {worker}:5000").lower()
    assert "<html" in lab.run("manager1", f"curl -s http://{worker}:5000/").lower()
    lab.page.locator("#services").get_by_role("button", name="Open port 5000").click()
    expect(lab.page.locator("#browser .browser-status")).to_contain_text("200, answered by web-fe.")
    lab.page.locator("#browser [data-close]").click()

    inspected = lab.run("manager1", "docker service inspect --pretty web-fe")
    assert re.search(r"Service Mode:\s+Replicated\n Replicas:\s+5\n", inspected)
    assert re.search(r"Image:\s+joeyratt/webpage:latest@sha256:[0-9a-f]{64}", inspected)
    assert "PublishedPort = 5000" in inspected
    tasks = lab.run("manager1", "docker service ps web-fe")
    assert (
        len(re.findall(r"web-fe\.[1-5] +joeyratt/webpage:latest +(?:manager1|worker1) +Running +Running ", tasks)) == 5
    )
    on_worker = tasks.count(" worker1 ")
    assert lab.run("worker1", "docker ps").count("web-fe.") == on_worker
    services = lab.run("manager1", "docker service ls")
    assert re.search(r"web-fe +replicated +5/5 +joeyratt/webpage:latest +\*:5000->5000/tcp", services)

    assert lab.run("manager1", "docker service rm web-fe") == "web-fe"
    assert "web-fe" not in lab.run("manager1", "docker service ls")
    assert lab.run("manager1", "docker service ps web-fe") == "no such service: web-fe"
    expect(lab.page.locator("#services .service")).to_have_count(0)
    expect(lab.page.locator("#diagram .nodes [data-task]")).to_have_count(0)
    assert "web-fe" not in lab.run("worker1", "docker ps")
    expect(lab.page.locator("#quorum .sentence")).not_to_have_text("No swarm yet.")
