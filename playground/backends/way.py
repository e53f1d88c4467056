"""The way of a command: the steps that the emulation noted, told one by one.

What the cluster agrees on first because of the command is told in full, message by message; of what follows
(the loops of the leader, the reports of agents) each agreement is one step.
"""

from collections.abc import Callable, Iterable
from typing import Any

from playground.backends import way_words as words
from playground.backends.change_words import describe, summary
from playground.backends.recorded import Command
from playground.sim import Step
from playground.swarm.proposal import Proposal

Json = dict[str, Any]
Hostname = Callable[[str], str]

MAX_TOLD = 200
"""Steps of one answer."""


def list_commands(commands: Iterable[Command]) -> list[Json]:
    """The newest commands in a line each, oldest first."""
    return [
        {
            "n": command.number,
            "at": command.began_us,
            "machine": command.machine,
            "line": command.line,
            "exit": command.exit,
        }
        for command in commands
    ]


def tell(command: Command, hostname: Hostname) -> Json:
    """The whole way; ``steps`` as ``docs/socket-messages.md`` shows them."""
    teller = Teller(command, hostname)
    steps = teller.tell()
    left_out = max(0, len(steps) - MAX_TOLD)
    return {
        **list_commands([command])[0],
        "steps": steps[:MAX_TOLD],
        "more": left_out > 0 or command.trail.full,
        "under_way": command.exit is None,
    }


STAGES = {
    "orchestrator": "planning",
    "allocator": "planning",
    "constraint enforcer": "planning",
    "scheduler": "placement",
    "dispatcher": "report",
    "task reaper": "report",
}
"""The stage to which the work of a part of the leader belongs."""


class Teller:
    """Goes through a trail once."""

    def __init__(self, command: Command, hostname: Hostname) -> None:
        self._command = command
        self._hostname = hostname
        self._steps: list[Json] = []
        self._leader = ""
        self._main: tuple[int, int] | None = None
        """The log entry that is told in full: the first that the command brought about."""
        self._proposals: dict[tuple[int, int], Proposal] = {}
        self._acknowledged: dict[tuple[int, int], list[str]] = {}
        self._lost: dict[tuple[int, int], list[str]] = {}
        self._committed: set[tuple[int, int]] = set()
        self._walked: dict[str, Json] = {}
        """What the agents last made of each task."""
        self._watches = False

    def tell(self) -> list[Json]:
        for step in self._command.trail.steps:
            getattr(self, f"_on_{step.kind.replace(' ', '_')}")(step, step.facts)
        self._dangling()
        return self._steps

    def _add(
        self,
        step: Step,
        stage: str,
        title: str,
        text: str,
        *,
        nodes: Iterable[str] = (),
        links: Iterable[tuple[str, str]] = (),
        tasks: Iterable[str] = (),
        changes: Iterable[Json] = (),
        stops: bool = False,
    ) -> Json:
        told = {
            "at": step.at_us,
            "stage": stage,
            "title": title,
            "text": text,
            "nodes": [node for node in nodes if node],
            "links": [list(link) for link in links if link[0] and link[1] and link[0] != link[1]],
            "tasks": list(tasks),
            "changes": list(changes),
            "stops": stops,
        }
        self._steps.append(told)
        return told

    # The command and the API

    def _on_started(self, step: Step, facts: Json) -> None:
        self._add(
            step, "command", "The command starts", words.started(step.machine, facts["line"]), nodes=[step.machine]
        )

    def _on_asked(self, step: Step, facts: Json) -> None:
        method, path = facts["method"], facts["path"]
        if method.upper() == "GET" and self._main in self._committed:
            if not self._watches:
                self._watches = True
                text = words.watches(step.machine)
                self._add(step, "answer", "The command watches", text, nodes=[step.machine])
            return
        title = f"{method} {words.short_path(path)}"
        self._add(step, "request", title, words.asked(step.machine, method, path), nodes=[step.machine])

    def _on_answered(self, step: Step, facts: Json) -> None:
        status, message = facts["status"], facts["message"]
        if self._watches and status < 400 and facts["method"].upper() == "GET":
            return
        request = f"{facts['method']} {words.short_path(facts['path'])}"
        last = self._steps[-1] if self._steps else None
        if last is not None and last["title"] == request and status < 400:
            last["text"] += f" {words.answered(step.machine, status, message)}"
            return
        text = words.answered(step.machine, status, message)
        title = f"The API answers {status}"
        refused = status >= 400
        self._add(step, "answer" if refused else "request", title, text, nodes=[step.machine], stops=refused)

    def _on_ended(self, step: Step, facts: Json) -> None:
        text = words.ended(step.machine, facts["exit"], facts["output"])
        stops = facts["exit"] != 0
        self._add(step, "answer", "The command ends", text, nodes=[step.machine], stops=stops)

    # To the leader

    def _on_forwarded(self, step: Step, facts: Json) -> None:
        if self._watches and facts["method"].startswith(("get_", "list_")):
            return
        to = facts["to"]
        text = words.forwarded(step.machine, to, facts["service"], facts["method"])
        link = (step.machine, to)
        self._add(step, "request", f"Passed on to {to}, the leader", text, nodes=link, links=[link])

    def _on_led(self, step: Step, facts: Json) -> None:
        self._leader = step.machine
        if self._watches and facts["method"].startswith(("get_", "list_")):
            return
        text = words.led(step.machine, facts["service"], facts["method"])
        self._add(step, "request", f"{step.machine} takes it as the leader", text, nodes=[step.machine])

    def _on_no_leader(self, step: Step, facts: Json) -> None:
        text = words.no_leader(step.machine, facts["waits"], facts["seconds"], facts["members"])
        self._add(step, "agreement", "There is no leader", text, nodes=[step.machine], stops=True)

    # Agreement

    def _on_proposed(self, step: Step, facts: Json) -> None:
        self._leader = step.machine
        key = (facts["index"], facts["term"])
        self._proposals[key] = facts["proposal"]
        if self._main is None:
            self._main = key
            changes = self._changes(key)
            text = words.proposed(step.machine, facts["proposal"].by, key[0], key[1], summary(changes, 0))
            title = f"Proposed as entry {key[0]}"
            self._add(step, "agreement", title, text, nodes=[step.machine], changes=changes)

    def _changes(self, key: tuple[int, int]) -> list[Json]:
        return [describe(change, self._hostname) for change in self._proposals[key].changes()[:40]]

    def _is_main(self, facts: Json) -> bool:
        return (facts["index"], facts["term"]) == self._main

    def _on_sent(self, step: Step, facts: Json) -> None:
        key = (facts["index"], facts["term"])
        if not facts["arrives"]:
            self._lost.setdefault(key, []).append(facts["to"])
        if not self._is_main(facts):
            return
        to = facts["to"]
        link = (step.machine, to)
        text = words.sent(step.machine, to, key[0], facts["arrives"])
        last = self._steps[-1]
        if last.get("sent") == key and last["stops"] is not facts["arrives"]:
            last["links"].append(list(link))
            last["text"] = words.sent_to_several(
                step.machine, [end for _, end in last["links"]], key[0], facts["arrives"]
            )
            last["title"] = f"Entry {key[0]} goes to the others"
            return
        title = f"Entry {key[0]} goes to {to}" if facts["arrives"] else f"Entry {key[0]} is lost on the way to {to}"
        told = self._add(step, "agreement", title, text, nodes=[step.machine], links=[link], stops=not facts["arrives"])
        told["sent"] = key

    def _on_stored(self, step: Step, facts: Json) -> None:
        if self._is_main(facts) and step.machine != self._leader:
            text = words.stored(step.machine, facts["index"])
            self._add(step, "agreement", f"{step.machine} writes it down", text, nodes=[step.machine])

    def _on_acknowledged(self, step: Step, facts: Json) -> None:
        key = (facts["index"], facts["term"])
        have = self._acknowledged.setdefault(key, [])
        have.append(facts["from"])
        if self._is_main(facts):
            text = words.acknowledged(step.machine, facts["from"], 1 + len(have))
            link = (facts["from"], step.machine)
            title = f"{facts['from']} says: I have it"
            self._add(step, "agreement", title, text, nodes=[step.machine], links=[link])

    def _on_committed(self, step: Step, facts: Json) -> None:
        key = (facts["index"], facts["term"])
        self._committed.add(key)
        proposal = self._proposals.get(key)
        if proposal is None:
            return
        have = [step.machine, *self._acknowledged.get(key, ())]
        changes = self._changes(key)
        if self._is_main(facts):
            text = words.committed(key[0], have, facts["members"])
            self._add(step, "agreement", f"Entry {key[0]} is committed", text, nodes=have, changes=changes)
            return
        title, why = words.part(proposal.by, changes)
        stage = STAGES.get(proposal.by, "agreement")
        text = f"{why} {words.agreed(key[0], len(have), facts['members'])}"
        tasks = [change["id"] for change in changes if change["object"].startswith("task ")]
        self._add(step, stage, title, text, nodes=[step.machine], tasks=tasks, changes=changes)

    def _on_applied(self, step: Step, facts: Json) -> None:
        if self._is_main(facts):
            text = words.applied(step.machine, facts["index"])
            self._add(step, "agreement", f"{step.machine} applies it too", text, nodes=[step.machine])

    def _on_not_committed(self, step: Step, facts: Json) -> None:
        key = (facts["index"], facts["term"])
        self._committed.add(key)
        text = words.not_committed(step.machine, key[0], 1 + len(self._acknowledged.get(key, ())))
        title = f"Entry {key[0]} is not committed"
        self._add(step, "agreement", title, text, nodes=[step.machine], stops=True)

    def _dangling(self) -> None:
        """What was proposed and never agreed on, while the command already ended or the trail did."""
        for key in self._proposals:
            if key not in self._committed and self._lost.get(key):
                text = words.hangs(self._leader, key[0], self._lost[key])
                at_us = self._steps[-1]["at"]
                step = Step(at_us, "hangs", self._leader)
                self._add(step, "agreement", f"Entry {key[0]} still waits", text, nodes=[self._leader], stops=True)

    # Planning and work

    def _on_chosen(self, step: Step, facts: Json) -> None:
        text = words.chosen(facts)
        title = f"{facts['task']} shall run on {facts['node']}"
        changes = [words.weighed(each) for each in facts["weighed"]]
        self._add(step, "placement", title, text, nodes=[facts["node"]], changes=changes)

    def _on_no_node(self, step: Step, facts: Json) -> None:
        title = f"No node for {words.count(facts['count'], 'task')}"
        changes = [words.weighed(each) for each in facts["weighed"]]
        text = words.no_node(facts)
        self._add(step, "placement", title, text, nodes=[self._leader], changes=changes, stops=True)

    def _on_dispatched(self, step: Step, facts: Json) -> None:
        link = (self._leader, facts["to"])
        text = words.dispatched(self._leader, facts["to"], facts["tasks"], facts["removed"])
        self._add(step, "work", f"The dispatcher tells {facts['to']}", text, nodes=link, links=[link])

    def _on_received(self, step: Step, facts: Json) -> None:
        if facts["tasks"]:
            text = words.received(step.machine, facts["tasks"])
            self._add(step, "work", f"The agent on {step.machine} hears it", text, nodes=[step.machine])

    def _on_walked(self, step: Step, facts: Json) -> None:
        last = self._steps[-1] if self._steps else None
        # An agent takes a task on as it was assigned; what it had made of others before the command is not known here.
        before = self._walked.get(facts["id"]) or ({"state": "assigned"} if facts["state"] == "accepted" else None)
        after = self._walked[facts["id"]] = {key: facts[key] for key in ("state", "message", "error") if facts[key]}
        if last is not None and last.get("walk") == (step.machine, facts["task"]):
            before = last["changes"].pop()["before"]
            last["states"].append(facts["state"])
        else:
            last = self._add(step, "work", "", "", nodes=[step.machine], tasks=[facts["id"]])
            last |= {"walk": (step.machine, facts["task"]), "states": [facts["state"]]}
        last["changes"].append(
            {
                "object": f"task {facts['task']}",
                "id": facts["id"],
                "text": f"{facts['state']}" + (f": {facts['error']}" if facts["error"] else ""),
                "before": before,
                "after": {key: after[key] for key in after if before is None or key in before or key == "error"},
            }
        )
        last["title"] = words.walked_title(facts["task"], facts["state"])
        last["text"] = words.walked(step.machine, facts["task"], last["states"], facts["error"])
        last["stops"] = facts["state"] in ("failed", "rejected")

    def _on_event(self, step: Step, facts: Json) -> None:
        told = words.event(step.machine, facts["type"], facts["action"], facts["name"])
        if told is not None:
            title, text, stops = told
            self._add(step, "work", title, text, nodes=[step.machine], stops=stops)

    def _on_reported(self, step: Step, facts: Json) -> None:
        """Each walk is followed by its report: told by the dispatcher's entry, where it is committed."""
