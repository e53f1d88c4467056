"""Each lesson, from its first step to the page's word that it is complete, with a learner's means.

Commands are typed into the terminals, buttons are pressed in the page, answers chosen; addresses, tokens and keys are
read where a learner reads them.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.driving import LabPage

pytestmark = pytest.mark.browser

ADDRESS = r"\d+\.\d+\.\d+\.\d+"
TOKEN = r"SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}"
KEY = r"SWMKEY-1-[0-9A-Za-z+/]{43}"


def on_screen(lab: LabPage, terminal: str, pattern: str) -> str:
    """Look at a terminal: the last thing of that kind that it shows."""
    lab.look_at(terminal)
    lab.ready(terminal)
    found = re.findall(pattern, lab.text(terminal))
    assert found, f"{terminal} shows no {pattern}:\n{lab.text(terminal)}"
    return str(found[-1])


def test_lesson_1_two_machines_and_a_swarm_of_one(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(lesson="01-init")
    lab.tall_terminals()
    lab.speed(60)
    lab.step_is("Launch a machine")
    lab.run("host", lab.command("multipass launch"))
    expect(lab.node("manager1")).to_have_attribute("data-form", "plain")
    lab.next_step()

    lab.step_is("And a second one")
    lab.run("host", lab.command("--name worker1"))
    assert "worker1" in lab.run("host", "multipass ls")
    lab.next_step()

    lab.step_is("An engine on its own")
    lab.answer("An error")
    lab.run("manager1", "docker node ls")
    lab.next_step()

    lab.step_is("Start the swarm")
    command = lab.command("docker swarm init")
    address = on_screen(lab, "host", rf"manager1 +Running +({ADDRESS})")
    assert f"--advertise-addr {address}:2377" in command
    lab.run("manager1", f"docker swarm init --advertise-addr {address}:2377 --listen-addr {address}:2377")
    expect(lab.node("manager1")).to_have_attribute("data-form", "leader")
    lab.next_step()

    lab.step_is("Look at it")
    assert re.search(r"\* +manager1 +Ready +Active +Leader", lab.run("manager1", "docker node ls"))
    lab.run("manager1", "docker info | grep Swarm")
    assert "inactive" in lab.run("worker1", "docker info | grep Swarm")
    lab.run("manager1", "docker info")
    lab.next_step()

    lab.step_is("On your own")
    lab.run("host", "multipass launch docker --name worker2 --cpus 1 --disk 20G --memory 2G")
    assert "Swarm: inactive" in lab.run("worker2", "docker info")
    lab.lesson_done()


def test_lesson_2_workers_and_managers_join(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(lesson="02-join")
    lab.tall_terminals()
    lab.speed(20)
    lab.step_is("The token")
    lab.run("manager1", "docker swarm join-token worker")
    worker_token = on_screen(lab, "manager1", TOKEN)
    address = on_screen(lab, "manager1", rf"{ADDRESS}:2377")
    lab.next_step()

    lab.step_is("A worker joins")
    join = f"docker swarm join --token {worker_token} {address}"
    assert lab.command("docker swarm join") == join
    assert "This node joined a swarm as a worker." in lab.run("worker1", join)
    expect(lab.node("worker1")).to_have_attribute("data-form", "worker")
    lab.next_step()

    lab.step_is("What a worker knows")
    lab.answer("An error")
    assert "Worker nodes can't be used" in lab.run("worker1", "docker node ls")
    lab.run("manager1", "docker node ls")
    lab.next_step()

    lab.step_is("A manager joins")
    lab.run("manager1", "docker swarm join-token manager")
    manager_token = on_screen(lab, "manager1", TOKEN)
    assert manager_token != worker_token
    lab.run("manager2", f"docker swarm join --token {manager_token} {address}")
    expect(lab.node("manager2")).to_have_attribute("data-form", "manager")
    lab.next_step()

    lab.step_is("On your own")
    lab.run("worker2", join)
    lab.lesson_done()


def test_lesson_3_a_locked_manager_is_let_in_with_the_key(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(lesson="03-lock")
    lab.tall_terminals()
    lab.speed(20)
    lab.step_is("Switch autolock on")
    lab.run("manager1", "docker swarm update --autolock")
    key = on_screen(lab, "manager1", KEY)
    lab.next_step()

    lab.step_is("Restart a manager")
    lab.answer("None of them")
    lab.run("host", "multipass restart manager2")
    expect(lab.node("manager2")).to_have_attribute("data-form", "locked")
    lab.next_step()

    lab.step_is("A locked manager")
    assert "encrypted and needs to be unlocked" in lab.run("manager2", "docker node ls")
    lab.next_step()

    lab.step_is("Let it back in")
    refused = lab.run("manager2", f"docker swarm unlock {key}")
    assert "accepts no arguments" in refused
    lab.enter("manager2", "docker swarm unlock")
    lab.shows("manager2", "Enter unlock key: *$")
    lab.page.keyboard.type(key)
    lab.page.keyboard.press("Enter")
    # A key that is typed is not shown: it stands there once, as the argument that was refused.
    assert lab.ready("manager2").count(key) == 1
    expect(lab.node("manager2")).to_have_attribute("data-form", "manager")
    lab.next_step()

    lab.step_is("A new key")
    lab.run("manager1", "docker swarm unlock-key --rotate")
    assert on_screen(lab, "manager1", KEY) != key
    lab.next_step()

    lab.step_is("On your own")
    lab.run("manager1", "docker swarm update --autolock=false")
    assert "no unlock key is set" in lab.run("manager1", "docker swarm unlock-key")
    lab.lesson_done()


def test_lesson_4_a_service_is_scaled_and_heals(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(lesson="04-scale")
    lab.speed(20)
    lab.step_is("Create a service")
    command = lab.command("docker service create")
    assert command.count("\\\n") == 3
    first, *rest = command.split("\n")
    lab.enter("manager1", first)
    for line in rest:
        lab.shows("manager1", r"> *$")
        lab.write("manager1", line.strip())
        lab.page.keyboard.press("Enter")
    assert "converged" in lab.ready("manager1")
    lab.expect_running("manager1", "worker1", "worker2", count=5)
    lab.next_step()

    lab.step_is("Where they run")
    lab.answer("The page answers")
    lab.run("manager1", "docker service ps web-fe")
    assert "<html" in lab.run("host", lab.command("curl")).lower()
    lab.next_step()

    lab.step_is("Business is booming")
    assert "converged" in lab.run("manager1", "docker service scale web-fe=9")
    lab.expect_running("manager1", "worker1", "worker2", count=9)
    lab.next_step()

    lab.step_is("A worker dies")
    lab.answer("About twenty seconds")
    lab.press_in_step("Cut the power of worker1")
    expect(lab.node("worker1")).to_have_attribute("data-form", "off")
    lab.next_step()

    lab.step_is("And comes back")
    lab.answer("No")
    lab.press_in_step("Switch worker1 on")
    expect(lab.node("worker1")).to_have_attribute("data-form", "worker")
    assert "converged" in lab.run("manager1", "docker service update --force web-fe", 60)
    lab.next_step()

    lab.step_is("Keep the manager free")
    lab.run("manager1", "docker node update --availability drain manager1")
    lab.next_step()
    lab.expect_running("manager1", count=0)

    lab.step_is("On your own")
    lab.run("manager1", "docker service rm web-fe")
    assert "no such service: web-fe" in lab.run("manager1", "docker service ps web-fe")
    lab.lesson_done()


def test_lesson_5_the_network_splits_and_heals(open_lab: Callable[..., LabPage]) -> None:
    lab = open_lab(lesson="05-partition")
    lab.speed(20)
    sentence = lab.page.locator("#quorum .sentence")
    lab.step_is("Three managers")
    lab.answer("One")
    lab.run("manager2", "docker node ls")
    lab.next_step()

    lab.step_is("Cut the leader off")
    lab.answer("manager2 and manager3, because they are two of three")
    lab.press_in_step("Cut manager1 off")
    expect(lab.page.locator('.link[data-form="cut"]')).not_to_have_count(0)
    lab.expect_without_quorum("manager1")
    lab.next_step()

    lab.step_is("The old leader, alone")
    assert "Error response from daemon" in lab.run("manager1", "docker node ls")
    assert "Error response from daemon" in lab.run("manager1", "docker service scale --detach web=2")
    assert "web." in lab.run("manager1", "docker ps")
    lab.next_step()

    lab.step_is("The majority goes on")
    lab.run("manager2", "docker service scale --detach web=6")
    lab.next_step()

    lab.step_is("Heal")
    lab.answer("manager2 or manager3")
    lab.press_in_step("Heal the network")
    expect(lab.page.locator('.link[data-form="cut"]')).to_have_count(0)
    lab.next_step()

    lab.step_is("An even number")
    lab.answer("Three")
    lab.run("manager2", "docker node promote worker1")
    lab.press_in_step("Cut two from two")
    expect(sentence).to_contain_text("quorum")
    lab.next_step()

    lab.step_is("On your own")
    lab.page.locator("#heal").click()
    expect(lab.check("The swarm can decide again")).to_have_attribute("data-met", "")
    lab.run("manager2", "docker node demote worker1")
    lab.lesson_done()
