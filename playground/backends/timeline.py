"""What happened, in plain words, as it follows from changes of the view."""

import re
from typing import Any

from playground.sim import Kernel

Json = dict[str, Any]

_OWN_NUMBERS = re.compile(r"[0-9a-f]{12,}|\d{6,}")
"""What differs in the words of one fault, as the folder of each container on a disk that is full."""

ROLLING = ("updating", "rollback_started")
"""States of an update in which tasks are replaced."""


class Timeline:
    """Collects entries: ``{"at", "kind", "text", "node"}`` (see ``docs/socket-messages.md``)."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._entries: list[Json] = []
        self._leads: tuple[str, int | None] | None = None
        """Who leads, and the term, as it was told last; None once it was told that nobody does."""
        self._lost = False
        """It was told last that the managers are too few."""
        self._member_as: dict[str, str] = {}
        """Machine -> the id under which it was told that it joined."""
        self._of_removed: set[str] = set()
        """Ids of machines that are gone; the swarm lists them still, and a new machine may have their name."""
        self._failed: dict[str, dict[str, str]] = {}
        """Service id -> task name -> the error that was told of it since the service was last whole."""

    def add(self, kind: str, text: str, node: str = "", **more: Any) -> None:
        """Add an entry; ``more`` are its further fields, as a command's number."""
        self._entries.append({"at": self._kernel.now_us, "kind": kind, "text": text, "node": node, **more})
        self._kernel.touch("timeline")

    def take(self) -> list[Json]:
        entries, self._entries = self._entries, []
        return entries

    def changed(self, part: str, key: str, before: Json | None, after: Json | None) -> None:
        """An entity of the view changed, came (``before`` is None) or went (``after`` is None)."""
        if part == "nodes":
            self._node(key, before, after)
        elif part == "services":
            self._service(before, after)
        elif part == "tasks" and before is not None and after is not None:
            self._task(before, after)

    def field(self, name: str, before: Any, after: Any) -> None:
        """A field of the view changed."""
        if name == "quorum":
            self._quorum(before, after)

    def _quorum(self, before: Json | None, after: Json | None) -> None:
        if after is None:
            self._leads, self._lost = None, False
        elif after["has"]:
            leads = (after["leader"], after["term"])
            if leads != self._leads:
                term = f", term {after['term']}" if after["term"] is not None else ""  # A real engine does not tell.
                self.add("election", f"{after['leader']} leads{term}", after["leader"])
            self._leads, self._lost = leads, False
        elif before is None or (before["has"] and after["managers"] > before["managers"]):
            return  # A second manager joins: until its raft runs, one of two is there, and nothing was lost.
        elif after["reachable"] < after["needed"]:
            if not self._lost:
                self.add("election", f"Quorum lost: {after['reachable']} of {after['managers']} managers")
            self._leads, self._lost = None, True
        elif self._leads is not None:
            self.add(
                "election",
                f"No leader: {after['reachable']} of {after['managers']} managers hear each other and elect one",
            )
            self._leads = None

    def _node(self, name: str, before: Json | None, after: Json | None) -> None:
        if after is None:
            self._of_removed.add(self._member_as.pop(name, ""))
            self.add("node", f"{name} was removed", name)
            return
        old: Json = before or {
            "power": "off",
            "swarm": "inactive",
            "state": "",
            "role": "",
            "availability": "",
            "id": "",
        }
        if after["power"] != old["power"] and after["power"] in ("on", "off"):
            self.add("node", f"{name} is {'on' if after['power'] == 'on' else 'off'}", name)
        if after["swarm"] == "locked" != old["swarm"]:
            self.add("node", f"{name} is locked", name)
        if after["engine"] and after["swarm"] == "inactive" and old["swarm"] not in ("inactive", "pending"):
            self.add("node", f"{name} left the swarm", name)
        known = after["id"] in (self._member_as.get(name, ""), "") or after["id"] in self._of_removed
        if not known and after["swarm"] in ("pending", "active"):
            self._member_as[name] = after["id"]
            self.add("node", f"{name} joined as a {after['role']}", name)
        elif after["role"] != old["role"] and after["role"] and old["role"]:
            self.add("node", f"{name} is a {after['role']} now", name)
        if after["state"] != old["state"] and old["state"] and after["state"] and old["id"]:
            words = {
                "down": f"{name} is down",
                "ready": f"{name} is ready",
                "unknown": f"{name} is unknown",
                "disconnected": f"{name} is disconnected",
            }
            self.add("node", words[after["state"]], name)
        if after["availability"] != old["availability"] and old["availability"] and after["availability"]:
            self.add("node", f"{name}: availability {after['availability']}", name)

    def _service(self, before: Json | None, after: Json | None) -> None:
        if before is None and after is not None:
            self.add("service", f"{after['name']} created, {after['wanted']} wanted")
        elif after is None and before is not None:
            self._failed.pop(before["id"], None)
            self.add("service", f"{before['name']} removed")
        elif before is not None and after is not None:
            if before["wanted"] != after["wanted"] and "global" not in after["mode"]:
                self.add("service", f"{after['name']} scaled from {before['wanted']} to {after['wanted']}")
            update = after["update"]
            if update is not None and (before["update"] or {}).get("state") != update["state"]:
                self.add("service", f"{after['name']}: {update['message']}")
            elif update is not None and update["state"] in ROLLING:
                if after["current"] > before["current"]:
                    self._rolled(after, update["state"])
                return
            self._ran(before, after)

    def _rolled(self, service: Json, state: str) -> None:
        """An update, or its way back, came further."""
        name, current, wanted = service["name"], service["current"], service["wanted"]
        if state == "updating":
            self.add("service", f"{name}: {current} of {wanted} are new")
        else:
            self.add("service", f"{name}: {current} of {wanted} are as before the update")

    def _ran(self, before: Json, after: Json) -> None:
        """More or fewer tasks of a service run than before, and no update is the reason."""
        running, wanted = after["running"], after["wanted"]
        fewer = running < before["running"] and running < wanted and "job" not in after["mode"]
        whole = running == wanted != before["running"]
        if whole:
            self._failed.pop(after["id"], None)
        if whole or (fewer and (running == 0 or before["running"] >= before["wanted"])):
            self.add("service", f"{after['name']}: {running} of {wanted} run")

    def _task(self, before: Json, after: Json) -> None:
        """A task failed. What fails again and again with the same words is told once, until all of its service runs."""
        if after["state"] == before["state"] or after["state"] not in ("failed", "rejected"):
            return
        told = self._failed.setdefault(after["service"], {})
        words = _OWN_NUMBERS.sub("", after["error"])
        if told.get(after["name"]) == words:
            return
        told[after["name"]] = words
        if after["state"] == "rejected":
            self.add("service", f"{after['name']} was rejected by {after['node']}: {after['error']}", after["node"])
        else:
            self.add("service", f"{after['name']} failed on {after['node']}: {after['error']}", after["node"])
