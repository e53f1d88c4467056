"""What real engines answered, and what ours do: scenario by scenario."""

import re
import time
from typing import Any

import pytest

from playground.labs.journal import Header, MemoryStore
from playground.labs.registry import Registry
from tests.conformance.recording import answer, compared, difference, read

SCENARIOS = {
    "01-chapter": 1.0,
    "02-high-availability": 0.96,
    "03-lock": 0.97,
    "04-nodes-and-placement": 0.97,
    "05-updates": 0.95,
    "06-stacks-secrets-networks": 0.95,
    "07-words": 0.97,
    "08-everyday": 0.96,
    "09-service-flags": 0.95,
    "10-service-update": 0.98,
    "11-lists-and-formats": 0.9,
    "12-stacks": 0.95,
    "13-swarm-init": 0.95,
    "14-nodes-odd": 0.98,
    "15-unsettled": 0.85,
    "16-containers": 0.85,
    "17-images-volumes-networks": 0.75,
    "18-services-life": 0.99,
    "19-rollouts": 0.98,
    "20-placement": 0.99,
    "21-trust": 0.98,
    "22-workings": 0.91,
    "23-lost-quorum": 0.97,
    "24-locked-managers": 0.98,
    "25-roles-and-joins": 0.97,
    "26-updates-that-fail": 0.96,
    "27-secrets-and-configs": 0.98,
    "28-stack-life": 0.98,
    "29-networks-and-places": 0.98,
    "30-slips-of-the-keyboard": 0.98,
    "31-inspected": 0.91,
    "32-drain-pause-and-loss": 0.97,
    "33-a-long-evening": 0.97,
    "34-tasks-up-close": 0.97,
    "35-a-workshop-day": 0.9,
    "36-a-new-certificate": 0.96,
    "37-a-shop-in-a-file": 0.92,
    "38-chores-and-checks": 0.97,
    "39-doors": 0.96,
    "40-names-and-voices": 0.88,
    "41-in-one-line": 0.98,
    "42-one-engine": 0.91,
    "43-three-heads": 0.92,
    "44-every-object": 0.98,
    "45-wrong-again": 0.99,
    "46-gone-beneath": 0.92,
}
"""The share of compared answers that must be the real engine's; ``docs/fidelity.md`` names the others."""


class Player:
    """Plays a recorded scenario on a lab of ours, with a manual clock."""

    def __init__(self, nodes: list[str]) -> None:
        self._registry = Registry(MemoryStore(), {})
        images = ("joeyratt/webpage:latest", "joeyratt/webpage:v2.0")
        header = Header(seed=1, wall_us=1_760_000_000_000_000, nodes=tuple(nodes), images=images, manual=True)
        self.lab = self._registry.create(header)
        self.addresses = {name: entity["ip"] for name, entity in self.lab.nodes().items()}

    def run(self, node: str, command: str, *, tty: bool) -> dict[str, Any]:
        what = {"do": "exec", "node": node, "command": command, "tty": tty, "limit_us": 90_000_000}
        result = self.lab.finish(self.lab.submit(what), time.sleep)
        return {"out": result["stdout"], "err": result["stderr"], "rc": result["exit"], "cmd": command, "tty": tty}

    def do(self, what: str) -> None:
        word, _, rest = what.partition(" ")
        if word == "sleep":
            self.lab.advance(float(rest), time.sleep)
            return
        if word == "partition":
            fault: dict[str, Any] = {"partition": [group.strip().split(",") for group in rest.split("|")]}
        else:
            fault = {"heal": True} if word == "heal" else {word: rest}
        self.lab.finish(self.lab.submit({"do": "fault", "fault": fault}), time.sleep)
        if word == "start":
            self.lab.advance(4, time.sleep)


@pytest.mark.parametrize("name", SCENARIOS)
def test_answers_are_those_of_a_real_engine(name: str) -> None:
    scenario = read(name)
    player = Player(list(scenario.addresses))
    recorded: dict[str, str] = {}
    ours: dict[str, str] = {}
    total = 0
    wrong: list[str] = []

    def translated(command: str) -> str:
        for variable, value in recorded.items():
            command = command.replace(value, ours[variable]) if value else command
        for node, address in scenario.addresses.items():
            command = re.sub(rf"\b{re.escape(address)}\b", player.addresses[node], command)
        return command

    for step, again in zip(scenario.steps, scenario.again, strict=True):
        if "do" in step:
            player.do(step["do"])
            continue
        result = player.run(step["node"], translated(step["cmd"]), tty=step["tty"])
        waited = 0.0
        limit = 90.0 if step.get("met") else step.get("waited", 0.0)
        while "until" in step and waited < limit and not re.search(step["until"], result["out"] + result["err"], re.S):
            player.lab.advance(0.5, time.sleep)
            waited += 0.5
            result = player.run(step["node"], translated(step["cmd"]), tty=step["tty"])
        variable = re.search(r"=> ([A-Z][A-Z0-9_]*)$", step.get("line", ""))
        if variable:
            recorded[variable[1]], ours[variable[1]] = step["out"].strip(), result["out"].strip()
        player.lab.advance(0.1, time.sleep)
        if not compared(step, again, scenario):
            continue
        total += 1
        want = answer(step, scenario.addresses)
        have = answer({**result, "cmd": step["cmd"]}, player.addresses)
        if want != have:
            wrong.append(difference(name, step, want, have))

    share = (total - len(wrong)) / total
    assert share >= SCENARIOS[name], f"{total - len(wrong)} of {total} match\n" + "\n".join(wrong)
