"""What travels on the links, in a word: the pills of the diagram.

Listening costs something for every message, so it is on only while somebody looks.
"""

from typing import Any

from playground.sim import Network

MAX_KEPT = 20

KINDS = {
    "raft": "append",
    "control": "control",
    "ca": "join",
    "dispatcher": "beat",
    "agent": "assign",
    "health": "join",
}


class Traffic:
    """A sample of the messages since the last ``take``; rare kinds come before heartbeats."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._kept: list[dict[str, str]] = []
        self._seen: dict[tuple[str, str, str], None] = {}

    def listen(self, on: bool) -> None:
        self._network.observer = self._hear if on else None
        if not on:
            self.take()

    def take(self) -> list[dict[str, str]]:
        kept, self._kept, self._seen = self._kept, [], {}
        kept.sort(key=lambda message: message["kind"] in ("heartbeat", "beat"))
        return kept[:MAX_KEPT]

    def _hear(self, source: str, target: str, service: str, payload: Any, due_us: int) -> None:
        if source == target or len(self._seen) >= 4 * MAX_KEPT:
            return
        kind, word = describe(service, payload)
        if not kind or (source, target, word) in self._seen:
            return
        self._seen[source, target, word] = None
        self._kept.append({"from": source, "to": target, "kind": kind, "word": word})


def describe(service: str, payload: Any) -> tuple[str, str]:
    """Kind and word of a message; an empty kind for what is not drawn."""
    name = type(payload).__name__
    if service == "raft":
        return _raft(name, payload)
    kind = KINDS.get(service, "")
    if kind and "eartbeat" in name:
        return "beat", "heartbeat"
    if kind and "tatus" in name:
        return "status", "status"
    return kind, kind


def _raft(name: str, payload: Any) -> tuple[str, str]:
    if "Vote" in name:
        return "vote", "vote" if "Response" in name or "Reply" in name else "vote?"
    if "eartbeat" in name:
        return ("", "") if "Response" in name or "Reply" in name else ("heartbeat", "heartbeat")
    if "Snapshot" in name:
        return "snapshot", "snapshot"
    if "Append" in name and "Response" not in name and "Reply" not in name:
        entries = getattr(payload, "entries", ())
        return "append", f"append {entries[-1].index}" if entries else "append"
    return "", ""
