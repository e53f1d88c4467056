"""What happened, in plain words, as it follows from changes of the view."""

from typing import Any

from playground.sim import Kernel

Json = dict[str, Any]


class Timeline:
    """Collects entries: ``{"at", "kind", "text", "node"}`` (see ``docs/socket-messages.md``)."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._entries: list[Json] = []

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

    def field(self, name: str, before: Any, after: Any) -> None:
        """A field of the view changed."""
        if name == "quorum" and after is not None:
            self._quorum(before, after)

    def _quorum(self, before: Json | None, after: Json) -> None:
        had = before is not None and before["has"]
        if after["has"] and (not had or before is None or before["leader"] != after["leader"]):
            term = f", term {after['term']}" if after["term"] is not None else ""  # A real engine does not tell.
            self.add("election", f"{after['leader']} leads{term}", after["leader"])
        elif had and not after["has"]:
            self.add("election", f"Quorum lost: {after['reachable']} of {after['managers']} managers")

    def _node(self, name: str, before: Json | None, after: Json | None) -> None:
        if after is None:
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
        if after["id"] and not old["id"]:
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
            self.add("service", f"{before['name']} removed")
        elif before is not None and after is not None:
            if before["wanted"] != after["wanted"] and "global" not in after["mode"]:
                self.add("service", f"{after['name']} scaled from {before['wanted']} to {after['wanted']}")
            update = after["update"]
            if update is not None and (before["update"] or {}).get("state") != update["state"]:
                self.add("service", f"{after['name']}: {update['message']}")
            if after["running"] == after["wanted"] != before["running"]:
                self.add("service", f"{after['name']}: {after['running']} of {after['wanted']} run")
